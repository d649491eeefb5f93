"""Which free times are offered for a wish, and which one an answer means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from actions.office.calendar import to_local
from actions.office.visiting.state import Wish
from polish.fold import fold
from polish.wanted_time import WantedTime
from visits.ports import VisitBook
from visits.values import FreeTime

OFFERED = 3  # times told at once; nobody keeps more in mind on the phone
LOOKED_AT = 60  # free times from which those are chosen
APART = timedelta(minutes=30)  # offered times of one day are so far apart, where there are enough
_ORDINALS = (r"\b(pierwsz\w*|1)\b", r"\b(drug\w*|2)\b", r"\b(trzeci\w*|3)\b")
_LAST = r"\bostatni\w*\b"
_SHORT = 5  # words; in a longer answer "pierwszego" is a date


@dataclass(frozen=True)
class Found:
    """Free times for a wish; ``fitting`` False: there were none, these come nearest."""

    times: tuple[FreeTime, ...]
    fitting: bool = True


def find_times(book: VisitBook, service: str, wish: Wish, now: datetime) -> Found:
    """The times to offer for a wish, at most three; nearest ones where none fits."""
    if wish.exact and wish.from_time and (found := _at_the_hour(book, service, wish, now)):
        return found
    free = book.free_times(wish.of(service), now, limit=LOOKED_AT)
    if free:
        return Found(spread(free))
    return Found(_nearest(book, service, wish, now), fitting=False)


def earlier(
    book: VisitBook, service: str, offered: Sequence[FreeTime], now: datetime
) -> tuple[FreeTime, ...]:
    """Times before the first one offered: of its day the latest, else of earlier days."""
    first = to_local(offered[0].starts_at)
    same_day = Wish(first.date(), first.date(), to_time=first.time())
    if before := book.free_times(same_day.of(service), now, limit=LOOKED_AT):
        return tuple(before[-OFFERED:])
    days = Wish(last=first.date() - timedelta(days=1))
    if first.date() <= to_local(now).date():
        return ()
    return spread(book.free_times(days.of(service), now, limit=LOOKED_AT))


def later(
    book: VisitBook, service: str, offered: Sequence[FreeTime], now: datetime
) -> tuple[FreeTime, ...]:
    """Times after the last one offered."""
    after = offered[-1].starts_at
    wish = Wish(to_local(after).date())
    return spread(book.free_times(wish.of(service), now, after=after, limit=LOOKED_AT))


def spread(free: Sequence[FreeTime]) -> tuple[FreeTime, ...]:
    """Three of the times, in order, not all of them next to each other."""
    chosen: list[FreeTime] = []
    for time_ in free:
        if not chosen or time_.starts_at - chosen[-1].starts_at >= APART:
            chosen.append(time_)
        if len(chosen) == OFFERED:
            break
    for time_ in free:
        if len(chosen) == OFFERED:
            break
        if time_ not in chosen:
            chosen.append(time_)
    return tuple(sorted(chosen, key=lambda t: t.starts_at))


def picked(
    text: str, choice: int | None, wanted: WantedTime, offered: Sequence[FreeTime]
) -> FreeTime | None:
    """The offered time that an answer means: "ten drugi", "o szesnastej", "środa"; else None."""
    fits = [free for free in offered if _fits(free, wanted)] if _says_when(wanted) else []
    if len(fits) == 1:
        return fits[0]
    words = fold(text)
    if len(words.split()) <= _SHORT and not wanted.exact:
        if choice and choice <= len(offered):
            return offered[choice - 1]
        if offered and re.search(_LAST, words):
            return offered[-1]
        for number, free in enumerate(offered):
            if re.search(_ORDINALS[number], words):
                return free
    if wanted.any or wanted.earliest:
        return offered[0] if offered else None
    return None


def merged(wish: Wish, wanted: WantedTime) -> Wish:
    """The wish after another message: a new day or hour replaces the former one."""
    days = bool(wanted.first or wanted.last or wanted.weekdays)
    hours = bool(wanted.from_time or wanted.to_time)
    if wanted.earliest or wanted.any:
        return Wish()
    if days:
        wish = replace(
            wish, first=wanted.first, last=wanted.last, weekdays=tuple(sorted(wanted.weekdays))
        )
    if hours:
        wish = replace(wish, from_time=wanted.from_time, to_time=wanted.to_time, exact=wanted.exact)
    refused = wanted.rejected_weekdays
    if refused and not days:
        wish = replace(wish, weekdays=tuple(day for day in range(7) if day not in refused))
    return wish


def says_when(wanted: WantedTime) -> bool:
    """Whether a message names a time or how the offered ones should change."""
    return bool(
        _says_when(wanted)
        or wanted.earliest
        or wanted.any
        or wanted.shift
        or wanted.problem
        or wanted.rejected_weekdays
    )


def without_hours(wish: Wish) -> Wish:
    """The same days, at any hour."""
    return replace(wish, from_time=None, to_time=None, exact=False)


def _says_when(wanted: WantedTime) -> bool:
    return bool(
        wanted.first or wanted.last or wanted.weekdays or wanted.from_time or wanted.to_time
    )


def _fits(free: FreeTime, wanted: WantedTime) -> bool:
    local = to_local(free.starts_at)
    day, at = local.date(), local.time()
    if wanted.first and day < wanted.first:
        return False
    if wanted.last and day > wanted.last:
        return False
    if wanted.weekdays and day.weekday() not in wanted.weekdays:
        return False
    if wanted.exact and wanted.from_time:
        # "o szesnastej" where 16:15 was offered and no 16:00: that one is meant
        return at == wanted.from_time or (
            wanted.from_time.minute == 0 and at.hour == wanted.from_time.hour
        )
    return not (
        (wanted.from_time and at < wanted.from_time) or (wanted.to_time and at >= wanted.to_time)
    )


def _at_the_hour(book: VisitBook, service: str, wish: Wish, now: datetime) -> Found | None:
    """The very hour; else, on the same day, those next to it."""
    free = book.free_times(without_hours(wish).of(service), now, limit=4 * LOOKED_AT)
    hour = wish.from_time
    if hour is None or not free:
        return None
    exact = [f for f in free if to_local(f.starts_at).time() == hour]
    if exact:
        return Found(tuple(exact[:1]) if wish.names_day else tuple(exact[:OFFERED]))
    return Found(_next_to(hour, free), fitting=False)


def _next_to(hour: time, free: Sequence[FreeTime]) -> tuple[FreeTime, ...]:
    """Of the first day the times that are next to an hour, in order."""
    day = to_local(free[0].starts_at).date()
    same_day = [f for f in free if to_local(f.starts_at).date() == day]
    near = sorted(same_day, key=lambda f: _distance(f, day, hour))[:OFFERED]
    return tuple(sorted(near, key=lambda f: f.starts_at))


def _distance(free: FreeTime, day: date, hour: time) -> timedelta:
    local = to_local(free.starts_at)
    return abs(local - datetime.combine(day, hour, local.tzinfo))


def _nearest(book: VisitBook, service: str, wish: Wish, now: datetime) -> tuple[FreeTime, ...]:
    """Where nothing fits: the same days at other hours, else the first days after, else any."""
    hour = wish.from_time or wish.to_time
    same_days = book.free_times(without_hours(wish).of(service), now, limit=4 * LOOKED_AT)
    if same_days and hour:
        return _next_to(hour, same_days)
    for other in (Wish(first=wish.first), Wish()):
        if free := book.free_times(other.of(service), now, limit=LOOKED_AT):
            return spread(free)
    return ()
