"""How long a training still takes, from how long its stages took the last time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from staff_console.dialogue_models.values import Progress, TrainingKind

STAGES_PL: Mapping[str, str] = {
    "waiting": "czekam, aż skończy się inna nauka",
    "preparing": "przygotowuję przykłady",
    "starting": "uruchamiam program do nauki i czytam przykłady",
    "emergencies": "uczę się zagrożeń",
    "matters": "uczę się spraw i zwrotów",
    "aspects": "uczę się, o co ludzie pytają w sprawie",
    "rules": "układam rozmowę",
    "saving": "zapisuję model",
    "scoring": "zadaję pytania kontrolne nowemu modelowi",
    "comparing": "zadaję te same pytania obowiązującemu modelowi",
}
COMPARING = ("scoring", "comparing")
# Seconds on 2 idle cores, used until there is a last time: the stages of a training of 48 matters
# on a busy machine (2026-11-24), scaled to the 128 s that it takes alone (docs/understanding.md).
USUAL_S: Mapping[str, float] = {
    "waiting": 0,
    "preparing": 4,
    "starting": 49,
    "emergencies": 1,
    "matters": 60,
    "aspects": 14,
    "rules": 2,
    "saving": 1,
    "scoring": 12,
    "comparing": 12,
}
DOUBT_SHARE = 0.1  # of the whole: short stages at the beginning say little about the long ones
LONGER_SHARE = 0.1  # of a stage that takes longer than expected: what is said to remain
SOON_S = 10.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """``share``: done, 0..1; ``remaining_s``: seconds that probably remain."""

    share: float
    remaining_s: float


def estimate(
    kind: TrainingKind, progress: Progress, last: Mapping[str, float], now: datetime
) -> Estimate:
    """From the stages' ``last`` seconds, and how this time's compare with them so far."""
    stages = COMPARING if kind == "compare" else tuple(STAGES_PL)
    expected = {stage: last.get(stage, USUAL_S[stage]) for stage in stages}
    done = {stage: seconds for stage, seconds in progress.done.items() if stage in expected}
    factor = _factor(done, expected)
    left = 0.0
    for stage in stages[_place(stages, progress.stage) :]:
        whole = factor * expected[stage]
        left += _left(whole, progress, now) if stage == progress.stage else whole
    gone = sum(done.values()) + _running_s(progress, now)
    return Estimate(gone / (gone + left) if gone + left else 0.0, left)


def _place(stages: tuple[str, ...], stage: str) -> int:
    return stages.index(stage) if stage in stages else 0


def _factor(done: Mapping[str, float], expected: Mapping[str, float]) -> float:
    """How slow the machine is this time; waiting says nothing about it."""
    told = [stage for stage in done if stage != "waiting"]
    usual, took = (sum(times[stage] for stage in told) for times in (expected, done))
    doubt = DOUBT_SHARE * sum(expected.values())
    return (took + doubt) / (usual + doubt) if usual + doubt else 1.0


def _running_s(progress: Progress, now: datetime) -> float:
    if progress.began_at is None:
        return 0.0
    return max(0.0, (now - progress.began_at).total_seconds())


def _left(whole: float, progress: Progress, now: datetime) -> float:
    running = _running_s(progress, now)
    if progress.share > 0.05:  # the stage says itself how far it is
        return running * (1 - progress.share) / progress.share
    return max(whole - running, LONGER_SHARE * whole)


def words(seconds: float) -> str:
    """The remaining time for people: never exacter than it is known."""
    if seconds < SOON_S:
        return "jeszcze kilka sekund"
    if seconds < 55:
        return f"jeszcze około {round(seconds / 10) * 10} s"
    minutes = max(1, round(seconds / 30) / 2)
    if minutes == 1:
        return "jeszcze około minuty"
    told = f"{minutes:g}".replace(".", ",")
    return f"jeszcze około {told} min"
