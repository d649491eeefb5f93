"""``make bench-voice``: voice to voice at the caller's ear, by stage, for 1 and 5 calls.

Runs against a product that is up (``make run``), or any server of the same ``/ws/voice`` protocol
given by ``--url``. Prints a table and, with ``--json``, writes the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.callers import BROKEN, QUESTIONS, VOICES, broken, speak
from voice_gateway.voice_client import VoiceCaller

RATE_HZ = 16000
LISTEN_S = 1.6  # how long a caller listens to an answer before interrupting with the next question
ANSWER_WAIT_S = 8.0
PAUSE_S = 0.4
STAGES = ("endpoint_ms", "hearing_ms", "dialogue_ms", "speech_ms", "total_ms")


@dataclass
class Figures:
    """What was measured over some calls; milliseconds."""

    asked: int = 0
    voice_to_voice_ms: list[float] = field(default_factory=list)
    barge_in_ms: list[float] = field(default_factory=list)
    first_sound_ms: list[float] = field(default_factory=list)
    stages: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in STAGES})
    cut: int = 0
    paused: int = 0


async def one_call(
    url: str, questions: Sequence[str], voice: tuple[str, int], out: Figures
) -> None:
    """One caller asks ``questions`` in a row, interrupting each answer with the next."""
    loop = asyncio.get_running_loop()
    async with VoiceCaller(url, RATE_HZ) as caller:
        await caller.wait_until_quiet(quiet_s=0.8)
        first_s = caller.ear.first_audible_after(caller.ear.began_s)
        if first_s is not None:
            out.first_sound_ms.append((first_s - caller.ear.began_s) * 1000)
        interrupting = False
        for question in questions:
            began_s = loop.time()
            await caller.say(speak(question, *voice, RATE_HZ))
            if interrupting:
                out.barge_in_ms.append(silenced_after_ms(caller, began_s))
            out.asked += 1
            answered_s = await answer_after(caller, caller.spoke_until_s)
            if answered_s is None:
                interrupting = False
                continue
            out.voice_to_voice_ms.append((answered_s - caller.spoke_until_s) * 1000)
            await asyncio.sleep(LISTEN_S)
            interrupting = caller.ear.quiet_for_s(loop.time()) < 0.05
        keep_stages(caller, out)


def silenced_after_ms(caller: VoiceCaller, began_s: float) -> float:
    """How long the assistant went on after the caller began to speak over it."""
    ends = [end for start, end in caller.ear.audible_at_s if start < began_s + 1.0]
    return max(0.0, (max(ends) - began_s) * 1000) if ends else 0.0


async def answer_after(caller: VoiceCaller, moment_s: float) -> float | None:
    """When the first sound after ``moment_s`` was heard; None when nothing came."""
    clock = asyncio.get_running_loop().time
    while clock() < moment_s + ANSWER_WAIT_S:
        heard_s = caller.ear.first_audible_after(moment_s)
        if heard_s is not None and heard_s <= clock():
            return heard_s
        await asyncio.sleep(0.005)
    return None


def keep_stages(caller: VoiceCaller, out: Figures) -> None:
    """The server's own times of each answered turn."""
    for _, event in caller.events:
        for name, value in (event.get("times") or {}).items():
            if event.get("type") == "reply":
                out.stages[name].append(value)


async def pauses(url: str, voice: tuple[str, int], out: Figures) -> None:
    """Sentences with a pause of 0.4 s inside: how many are taken as two turns?"""
    async with VoiceCaller(url, RATE_HZ) as caller:
        await caller.wait_until_quiet(quiet_s=0.8)
        for first, second in BROKEN:
            before = finals(caller)
            await caller.say(broken(first, second, PAUSE_S, voice, RATE_HZ))
            await answer_after(caller, caller.spoke_until_s)
            await asyncio.sleep(LISTEN_S)
            out.paused += 1
            out.cut += finals(caller) - before > 1


def finals(caller: VoiceCaller) -> int:
    """Turns that the assistant has taken as ended."""
    return sum(e.get("type") == "transcript" and bool(e.get("final")) for _, e in caller.events)


async def measure(url: str, calls: int, questions_each: int) -> Figures:
    """``calls`` callers at once, started half a second apart."""
    out = Figures()

    async def later(number: int) -> None:
        await asyncio.sleep(0.5 * number)
        chosen = [QUESTIONS[(number * 3 + n) % len(QUESTIONS)] for n in range(questions_each)]
        await one_call(url, chosen, VOICES[number % len(VOICES)], out)

    await asyncio.gather(*(later(number) for number in range(calls)))
    return out


def quantiles(values: list[float]) -> tuple[float, float]:
    """p50 and p95; zeros when there is nothing."""
    if len(values) < 2:
        return (values[0], values[0]) if values else (0.0, 0.0)
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return cuts[9], cuts[18]


def show(calls: int, figures: Figures) -> None:
    """One block of the table."""
    v2v = quantiles(figures.voice_to_voice_ms)
    barge = quantiles(figures.barge_in_ms)
    print(f"\n{calls} call(s): {len(figures.voice_to_voice_ms)} of {figures.asked} turns answered")
    print(f"  voice to voice     p50 {v2v[0]:5.0f} ms   p95 {v2v[1]:5.0f} ms")
    for name in STAGES[:-1]:
        p50, p95 = quantiles(figures.stages[name])
        print(f"    {name.removesuffix('_ms'):16s} p50 {p50:5.0f} ms   p95 {p95:5.0f} ms")
    print(f"  barge-in           p50 {barge[0]:5.0f} ms   p95 {barge[1]:5.0f} ms")
    print(f"  first sound        p50 {quantiles(figures.first_sound_ms)[0]:5.0f} ms")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="ws://127.0.0.1:8000/ws/voice")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--no-pauses", action="store_true")
    options = parser.parse_args()
    print(
        f"{datetime.now(UTC):%Y-%m-%d}  {platform.platform()}  {platform.machine()}  {options.url}"
    )
    kept: dict[str, object] = {"url": options.url, "machine": platform.platform()}
    for calls, questions_each in ((1, len(QUESTIONS)), (5, 5)):
        figures = asyncio.run(measure(options.url, calls, questions_each))
        show(calls, figures)
        kept[f"{calls}_calls"] = vars(figures)
    if not options.no_pauses:
        out = Figures()
        for voice in VOICES[:2]:
            asyncio.run(pauses(options.url, voice, out))
        print(f"\npauses of {PAUSE_S} s inside a sentence: {out.cut} of {out.paused} cut")
        kept["pauses"] = {"cut": out.cut, "of": out.paused}
    if options.json:
        options.json.write_text(json.dumps(kept, indent=1))


if __name__ == "__main__":
    main()
