"""All hours that a sentence names, together: the hours wanted for a visit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from typing import Literal

from polish.said_time.hours import AROUND, MINUTES_A_DAY, HourMention, moment_of

Problem = Literal["", "no_such_hour"]


@dataclass(frozen=True, slots=True)
class WantedHours:
    """All mentions of hours together."""

    from_time: time | None = None
    to_time: time | None = None
    exact: bool = False
    problem: Problem = ""


_OR = re.compile(r"\b(?:albo|lub|czy|i|ewentualnie|badz)\b")


def combine_hours(
    mentions: Iterable[HourMention], refused: Iterable[HourMention], words: str
) -> WantedHours:
    """What the mentions say together. A clock hour counts more than a part of the day.

    ``refused``: what was named to say no to it; a refused part of the day leaves the rest of it.
    """
    mentions = list(mentions)
    clock = [mention for mention in mentions if not mention.part and not mention.problem]
    if clock:
        return _clock_together(clock, words)
    if any(mention.problem for mention in mentions):
        return WantedHours(problem="no_such_hour")
    parts = [mention for mention in mentions if mention.part]
    low = _smallest([part.from_time for part in parts])
    high = _largest([part.to_time for part in parts])
    for mention in refused:
        if mention.part and mention.from_time is None:
            low = max(low or time(0), mention.to_time or time(0))
        elif mention.part and mention.to_time is None and mention.from_time:
            high = min(high or time(23, 59), mention.from_time)
    return WantedHours(low, high if high is None or low is None or low < high else None)


def _smallest(times: list[time | None]) -> time | None:
    return None if None in times else min((t for t in times if t), default=None)


def _largest(times: list[time | None]) -> time | None:
    return None if None in times else max((t for t in times if t), default=None)


def _clock_together(clock: list[HourMention], words: str) -> WantedHours:
    last = clock[-1]
    if not any(mention.exact for mention in clock):  # ends: "po dziesiątej, przed dwunastą"
        low = max((m.from_time for m in clock if m.from_time), default=None)
        high = min((m.to_time for m in clock if m.to_time), default=None)
        if low is None or high is None or low < high:
            return WantedHours(low, high)
        return WantedHours(last.from_time, last.to_time)
    exact = [mention for mention in clock if mention.exact]
    if len(exact) == 1 or not _OR.search(words[exact[-2].end : exact[-1].start]):
        return WantedHours(exact[-1].from_time, None, exact=True)
    times = sorted(m.from_time for m in exact[-2:] if m.from_time)
    return WantedHours(times[0], _later(times[1], AROUND))


def _later(moment: time, minutes: int) -> time:
    total = moment.hour * 60 + moment.minute + minutes
    return moment_of(min(total, MINUTES_A_DAY - 1)) or moment
