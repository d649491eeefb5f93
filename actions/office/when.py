"""Which day and hour a question about opening hours asks about: "jutro", "czy zdążę przed 15".

What days and hours a sentence names is read by ``polish.said_time``. Here is only what that means
to somebody who asks whether the office is open, which differs from a wish for a visit:

- a weekday that is today means today ("w poniedziałek", on a Monday);
- a date of this year that is over is next year's ("czynne pierwszego listopada?");
- "a w sobotę nie?" asks about Saturday;
- of an end of days ("do piątku", "po świętach") the day next to it is asked about;
- "po południu" begins late enough to be no longer in an early Friday's hours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from polish.fold import fold
from polish.said_time.calendar import DAY, coming_date, weekday_from
from polish.said_time.day_mention import DayMention, is_name
from polish.said_time.parts_of_day import PartOfDay
from polish.said_time.said import SaidTime, read_said
from polish.said_time.weekdays import WORKING_DAYS
from polish.wanted_days import combine_days
from polish.wanted_hours import combine_hours

Relation = Literal["before", "at", "after", "between"]
Kind = Literal["day", "weekend", "days", "week", "long_weekend"]

_LONG_WEEKEND = re.compile(r"\b(dlugi\w* weekend\w*|swiateczn\w+|miedzyswiet\w*|swiatk\w+)\b")
_WHICH_HOUR = re.compile(r"\b(?:o|od|do) ktorej\b")
_NOW = re.compile(r"\bteraz\b")
_PART_BEGINS: dict[PartOfDay, time] = {"afternoon": time(15), "evening": time(18)}
_NO_HOURS: frozenset[PartOfDay] = frozenset({"opening", "closing", "latest"})
"""Parts of a day that are the answer itself: "ile przed zamknięciem mogę przyjść"."""
_MOST_DAYS = 5  # Easter, 1 to 3 May, 27 to 31 December; more are a week or a month


@dataclass(frozen=True)
class When:
    """The day asked about (None: not named) and the hour with its relation (None: not named).

    ``kind`` "days": from ``day`` to ``last``; "week": more days than can be told one by one, which
    the usual week answers (``day``: the nearest of several weekdays named); "long_weekend": the
    next one. ``relation`` "between": from ``hour`` to ``until``.
    """

    kind: Kind = "day"
    day: date | None = None
    hour: time | None = None
    relation: Relation = "at"
    last: date | None = None
    until: time | None = None


def parse_when(text: str, today: date) -> When:
    """What a question names. Words that name nothing are passed over; never fails."""
    words = fold(text)
    if _LONG_WEEKEND.search(words):
        return When("long_weekend")
    said = read_said(text, today)
    hour, relation, until = _hours(said, which=bool(_WHICH_HOUR.search(words)))
    days = _days(said, today)
    if days is None:
        asks_now = hour is None and _NOW.search(words)
        return When("day", today if asks_now else None, hour, relation, until=until)
    first, last = days
    if first == last:
        return When("day", first, hour, relation, until=until)
    if (last - first) == DAY and first.weekday() == 5:
        return When("weekend", first)
    if weekdays := _only_weekdays(_asked(said)):
        return When("week", None if weekdays == WORKING_DAYS else first)
    return When("days", first, last=last) if last - first < _MOST_DAYS * DAY else When("week")


Days = tuple[date, date]


def _asked(said: SaidTime) -> list[DayMention]:
    return [mention for mention in said.days or said.refused_days if mention.bound != "away"]


def _only_weekdays(named: list[DayMention]) -> frozenset[int]:
    """The weekdays, where nothing but names of weekdays is said; else none."""
    if not all(is_name(mention) for mention in named):
        return frozenset()
    return frozenset[int]().union(*(mention.weekdays for mention in named))


def _days(said: SaidTime, today: date) -> Days | None:
    """The first and the last day asked about; None: no day is named."""
    named = _asked(said)
    if weekdays := _only_weekdays(named):  # today included
        days = sorted(weekday_from(today, weekday) for weekday in weekdays)
        return days[0], days[-1]
    if len(named) == 1 and (day := _end_of_days(named[0]) or _next_year(named[0], today)):
        return (day, day) if day >= today else None
    wanted = combine_days(named, today)
    first = wanted.first
    return None if first is None else (first, wanted.last or first)


def _end_of_days(mention: DayMention) -> date | None:
    """The day beside an end: "do piątku", "przed świętami"; None for what is no end."""
    return mention.last or mention.first if mention.bound else None


def _next_year(mention: DayMention, today: date) -> date | None:
    """The day a year after one that is over."""
    over = mention.over
    return coming_date(over.day, over.month, over.year + 1, today)[0] if over else None


def _hours(said: SaidTime, *, which: bool) -> tuple[time | None, Relation, time | None]:
    """The hour, its relation, and the later hour of two.

    ``which``: the hour is what is asked for; "o której rano otwieracie" then names none.
    """
    named = said.hours or said.refused_hours
    parts = [m for m in named if m.part]
    if which:
        named = [m for m in named if not m.part]
    elif len(parts) == len(named):
        if begins := next((_PART_BEGINS[m.part] for m in parts if m.part in _PART_BEGINS), None):
            return begins, "after", None
        named = [m for m in parts if m.part not in _NO_HOURS]
    hours = combine_hours(named, (), said.words)
    if hours.exact:
        return hours.from_time, "at", None
    if hours.from_time and hours.to_time:
        return hours.from_time, "between", hours.to_time
    if hours.to_time:
        return hours.to_time, "before", None
    return hours.from_time, "after" if hours.from_time else "at", None
