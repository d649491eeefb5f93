"""Voice to voice at the caller's ear, by stage, for servers side by side.

Measures any servers of the ``/ws/voice`` protocol, in turns, so that what else the machine does
meets all of them. ``make bench-voice`` (run_voice.py) starts what is to be measured; by hand:

    python -m benchmarks.voice --target ours=ws://127.0.0.1:8000/ws/voice=PID --target …
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.callers import BROKEN, QUESTIONS, VOICES, broken, speak
from benchmarks.cost import Cost, CostMeter
from benchmarks.report import keep, show
from voice_gateway.voice_client import VoiceCaller

RATE_HZ = 16000
LISTEN_S = 1.6  # how long a caller listens to an answer before interrupting with the next question
ANSWER_WAIT_S = 8.0
PAUSE_S = 0.4
WARM_UP_TRIES = 5  # of 30 s each: a server's first talk may load a lot
STAGES = ("endpoint_ms", "hearing_ms", "dialogue_ms", "speech_ms", "total_ms")


@dataclass(frozen=True)
class Target:
    """A server to measure; ``pid`` is the root of its processes, 0 when unknown."""

    label: str
    url: str
    pid: int = 0


@dataclass(frozen=True)
class Plan:
    """How much is measured: (callers at once, questions of each), and how often in turns."""

    loads: tuple[tuple[int, int], ...] = ((1, len(QUESTIONS)), (5, 6))
    rounds: int = 2
    broken: int = len(BROKEN)  # sentences with a pause, of each of two voices


@dataclass
class Figures:
    """What was measured over some calls; milliseconds."""

    asked: int = 0
    talks: int = 0
    voice_to_voice_ms: list[float] = field(default_factory=list)
    barge_in_ms: list[float] = field(default_factory=list)
    first_sound_ms: list[float] = field(default_factory=list)
    stages: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in STAGES})
    cut: int = 0
    paused: int = 0
    cost: Cost = field(default_factory=Cost)


async def one_caller(
    url: str, questions: Sequence[str], voice: tuple[str, int], out: Figures
) -> None:
    """Ask ``questions``; whoever was passed to a person rings again for the rest."""
    left = [speak(question, *voice, RATE_HZ) for question in questions]
    out.asked += len(left)
    while left:
        before = len(left)
        async with VoiceCaller(url, RATE_HZ) as caller:
            out.talks += 1
            await one_talk(caller, left, out)
        if len(left) == before:  # nobody answers here
            return


async def one_talk(caller: VoiceCaller, left: list[bytes], out: Figures) -> None:
    """Ask what is ``left`` until the talk ends, interrupting each answer with the next question."""
    loop = asyncio.get_running_loop()
    await caller.wait_until_quiet(quiet_s=0.8)
    first_s = caller.ear.first_audible_after(caller.ear.began_s)
    if first_s is not None:
        out.first_sound_ms.append((first_s - caller.ear.began_s) * 1000)
    interrupting = False
    while left:
        began_s = loop.time()
        if not await said(caller, left[0]):
            break
        left.pop(0)
        if interrupting:
            out.barge_in_ms.append(silenced_after_ms(caller, began_s))
        answered_s = await answer_to(caller, began_s)
        if answered_s is None:
            interrupting = False
            continue
        out.voice_to_voice_ms.append((answered_s - caller.spoke_until_s) * 1000)
        await asyncio.sleep(LISTEN_S)
        interrupting = caller.ear.quiet_for_s(loop.time()) < 0.05
    keep_stages(caller, out)


async def said(caller: VoiceCaller, pcm: bytes) -> bool:
    """Speak; False when the talk ended meanwhile."""
    saying = asyncio.create_task(caller.say(pcm))
    over = asyncio.create_task(caller.ended.wait())
    await asyncio.wait({saying, over}, return_when=asyncio.FIRST_COMPLETED)
    ended = over.done()
    for task in (saying, over):
        task.cancel()
    await asyncio.gather(saying, over, return_exceptions=True)
    return not ended


def silenced_after_ms(caller: VoiceCaller, began_s: float) -> float:
    """How long the assistant went on after the caller began to speak over it."""
    ends = [end for start, end in caller.ear.audible_at_s if start < began_s + 1.0]
    return max(0.0, (max(ends) - began_s) * 1000) if ends else 0.0


async def answer_to(caller: VoiceCaller, began_s: float) -> float | None:
    """When the answer to what was said from ``began_s`` was first heard; None: no answer.

    Sound counts only after the server took the turn, so that the rest of a greeting or of an
    earlier answer, late on a busy machine, is not taken for a quick answer.
    """
    clock = asyncio.get_running_loop().time
    while clock() < caller.spoke_until_s + ANSWER_WAIT_S:
        taken_s = turn_taken_after(caller, began_s)
        if taken_s is not None:
            heard_s = caller.ear.first_audible_after(max(taken_s, caller.spoke_until_s))
            if heard_s is not None and heard_s <= clock():
                return heard_s
        await asyncio.sleep(0.005)
    return None


def turn_taken_after(caller: VoiceCaller, moment_s: float) -> float | None:
    """When the server first said after ``moment_s`` that a turn with words had ended."""
    taken = (at_s + caller.ear.began_s for at_s, event in caller.events if is_turn(event))
    return next((at_s for at_s in taken if at_s >= moment_s), None)


def keep_stages(caller: VoiceCaller, out: Figures) -> None:
    """The server's own times of each turn: those of the first sentence of its answer."""
    fresh = False
    for _, event in caller.events:
        fresh = fresh or is_turn(event)
        if event.get("type") == "reply" and event.get("times") and fresh:
            fresh = False
            for name, value in event["times"].items():
                out.stages[name].append(value)


async def pauses(url: str, voice: tuple[str, int], sentences: int, out: Figures) -> None:
    """Sentences with a pause of 0.4 s inside: how many are taken as two turns?"""
    left = [broken(*halves, PAUSE_S, voice, RATE_HZ) for halves in BROKEN[:sentences]]
    while left:
        async with VoiceCaller(url, RATE_HZ) as caller:
            await caller.wait_until_quiet(quiet_s=0.8)
            before = len(left)
            while left:
                turns, began_s = turns_taken(caller), asyncio.get_running_loop().time()
                if not await said(caller, left[0]):
                    break
                left.pop(0)
                await answer_to(caller, began_s)
                await asyncio.sleep(LISTEN_S)
                out.paused += 1
                out.cut += turns_taken(caller) - turns > 1
        if len(left) == before:
            return


def turns_taken(caller: VoiceCaller) -> int:
    """Turns with words that the assistant has taken as ended."""
    return sum(is_turn(event) for _, event in caller.events)


def is_turn(event: dict[str, object]) -> bool:
    """Whether the server says with this that a turn has ended."""
    return event.get("type") == "transcript" and bool(event.get("final") and event.get("text"))


async def warm_up(url: str) -> None:
    """One talk before the measuring, as a server loads things at its first."""
    for _ in range(WARM_UP_TRIES):
        async with VoiceCaller(url, RATE_HZ) as caller:
            await caller.wait_until_quiet()
            began_s = asyncio.get_running_loop().time()
            await said(caller, speak(QUESTIONS[0], *VOICES[0], RATE_HZ))
            if await answer_to(caller, began_s) is not None:
                return


async def under_load(target: Target, calls: int, numbers: range, out: Figures) -> None:
    """``calls`` callers at once, started half a second apart, each asking its ``numbers``."""

    async def later(caller: int) -> None:
        chosen = [QUESTIONS[(caller * 3 + n) % len(QUESTIONS)] for n in numbers]
        voice = VOICES[caller % len(VOICES)]
        for question in chosen:  # made ahead: making it holds up all callers
            await asyncio.to_thread(speak, question, *voice, RATE_HZ)
        await asyncio.sleep(0.5 * caller)
        await one_caller(target.url, chosen, voice, out)

    async with CostMeter(target.pid, out.cost):
        await asyncio.gather(*(later(caller) for caller in range(calls)))


async def measure(targets: Sequence[Target], plan: Plan) -> dict[str, dict[str, Figures]]:
    """Figures by load ("1", "5", "pauses") and target's label; targets take turns."""
    for target in targets:
        await warm_up(target.url)
    all_figures: dict[str, dict[str, Figures]] = {}
    for calls, questions in plan.loads:
        figures = all_figures[str(calls)] = {target.label: Figures() for target in targets}
        for turn in range(plan.rounds):
            numbers = range(turn * questions // plan.rounds, (turn + 1) * questions // plan.rounds)
            for target in in_turn(targets, turn):
                await under_load(target, calls, numbers, figures[target.label])
    if plan.broken:
        figures = all_figures["pauses"] = {target.label: Figures() for target in targets}
        for turn, voice in enumerate(VOICES[:2]):
            for target in in_turn(targets, turn):
                await pauses(target.url, voice, plan.broken, figures[target.label])
    return all_figures


def in_turn(targets: Sequence[Target], turn: int) -> list[Target]:
    """Another one is first in every round."""
    first = turn % len(targets)
    return [*targets[first:], *targets[:first]]


def target_from(text: str) -> Target:
    """``label=url`` or ``label=url=pid``."""
    label, url, *pid = text.split("=")
    return Target(label, url, int(pid[0]) if pid else 0)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", type=target_from, action="append", required=True)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    all_figures = asyncio.run(measure(options.target, Plan()))
    show(all_figures)
    if options.json:
        keep(all_figures, options.json)


if __name__ == "__main__":
    main()
