"""All days that a sentence names, together: the days wanted for a visit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from polish.said_time.calendar import DAY, Problem, monday_of, weekday_from
from polish.said_time.day_mention import DayMention, is_name


@dataclass(frozen=True, slots=True)
class WantedDays:
    """All mentions of days together."""

    first: date | None = None
    last: date | None = None
    weekdays: frozenset[int] = frozenset()
    ambiguous: bool = False
    problem: Problem = ""


def combine_days(mentions: Iterable[DayMention], today: date) -> WantedDays:
    """What the mentions say together; a day that cannot be counts only where no other is named."""
    mentions = list(mentions)
    good = [mention for mention in mentions if not mention.problem]
    if not good:
        return WantedDays(problem=mentions[-1].problem if mentions else "")
    wanted = _span([mention for mention in good if not is_name(mention)])
    names = [mention for mention in good if is_name(mention)]
    if names:
        week = next((mention.week for mention in good if mention.week), None)
        wanted = _with_weekdays(wanted, names, week, today)
    return _from_today(wanted, today)


def _span(mentions: list[DayMention]) -> WantedDays:
    """From the first to the last day of all that are named, within the ends that are named."""
    points = [m for m in mentions if not m.bound]
    first = min((m.first for m in points if m.first), default=None)
    last = max((m.last for m in points if m.last), default=None)
    since = max((m.first for m in mentions if m.bound and m.first), default=None)
    until = min((m.last for m in mentions if m.bound and m.last), default=None)
    low = max((d for d in (first, since) if d), default=None)
    high = min((d for d in (last, until) if d), default=None)
    if low and high and low > high:  # they contradict each other: a day named itself counts more
        low, high = (first, last) if points else (since, None)
    ambiguous = any(m.ambiguous for m in mentions)
    return WantedDays(low, high, _only_these(points), ambiguous)


def _only_these(points: list[DayMention]) -> frozenset[int]:
    """The weekdays of several single days with others between them; a week's worth at most."""
    days: set[date] = set()
    for mention in points:
        if mention.first is None or mention.last is None:
            return frozenset()
        if mention.first != mention.last and not mention.weekdays:
            return frozenset()
        days |= {mention.first, mention.last}
    if not days or not len(days) <= (max(days) - min(days)).days < 7:
        return frozenset()
    return frozenset(day.weekday() for day in days)


def _with_weekdays(
    span: WantedDays, names: list[DayMention], week: date | None, today: date
) -> WantedDays:
    weekdays = frozenset[int]().union(*(name.weekdays for name in names))
    every = any(name.every for name in names)
    if week:
        span = replace(span, first=week, last=week + 6 * DAY)
    if span.first is None and span.last is None:
        return WantedDays(weekdays=weekdays) if every else _coming(weekdays, today)
    low = span.first or today
    high = span.last or low + 6 * DAY
    if every or (span.last and (high - low).days > 6):
        return replace(span, weekdays=weekdays)
    days = [low + i * DAY for i in range((high - low).days + 1)]
    days = [day for day in days if day.weekday() in weekdays]
    if not days:  # "jutro, w piątek" and tomorrow is Wednesday
        return replace(span, ambiguous=True)
    doubtful = span.ambiguous or (week is not None and _counted_else(days[0], week, today))
    several = weekdays if len(days) > 1 else frozenset[int]()
    return WantedDays(days[0], days[-1], several, doubtful)


def _counted_else(day: date, week: date, today: date) -> bool:
    """Whether so many weeks counted from the nearest such weekday give another day."""
    weeks = (week - monday_of(today)) // (7 * DAY)
    return weekday_from(today, day.weekday()) + 7 * DAY * weeks != day


def _coming(weekdays: frozenset[int], today: date) -> WantedDays:
    """The nearest of these weekdays; one that is today is next week's, and to be asked about."""
    days = sorted(weekday_from(today + DAY, weekday) for weekday in weekdays)
    several = weekdays if len(days) > 1 else frozenset[int]()
    return WantedDays(days[0], days[-1], several, today.weekday() in weekdays)


def _from_today(wanted: WantedDays, today: date) -> WantedDays:
    if wanted.last and wanted.last < today:
        return WantedDays(problem="past")
    if wanted.first is None and wanted.last is None:
        return wanted
    return replace(wanted, first=max(wanted.first or today, today))
