"""Holidays by the names that people use: "po świętach", "w Wigilię", "do nowego roku"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

import holidays

from polish.fold import fold
from polish.said_time.calendar import DAY, LONG_PAST
from polish.said_time.day_mention import DayMention, bounded


@lru_cache(maxsize=16)
def _easter(year: int) -> date:
    named = holidays.country_holidays("PL", years=year, language="pl")
    return next(day for day, name in named.items() if "wielkanocna" in fold(name))


def _christmas(year: int) -> tuple[date, date]:
    return date(year, 12, 24), date(year, 12, 26)  # Wigilia too: a day off since 2025


def _easter_days(year: int) -> tuple[date, date]:
    return _easter(year) - DAY, _easter(year) + DAY  # from Holy Saturday


def _fixed(month: int, day: int, last: int | None = None) -> Callable[[int], tuple[date, date]]:
    return lambda year: (date(year, month, day), date(year, month, last or day))


def _corpus_christi(year: int) -> tuple[date, date]:
    return (_easter(year) + 60 * DAY,) * 2


# a piece of the folded name -> its first and last day in a year; the first piece found counts
_HOLIDAYS: tuple[tuple[str, Callable[[int], tuple[date, date]]], ...] = (
    ("wigili", _fixed(12, 24)),
    ("sylwest", _fixed(12, 31)),
    ("mikolajk", _fixed(12, 6)),
    ("andrzejk", _fixed(11, 30)),
    ("krol", _fixed(1, 6)),
    ("now", _fixed(1, 1)),
    ("cial", _corpus_christi),
    ("majow", _fixed(5, 1, 3)),
    ("wszystkich", _fixed(11, 1)),
    ("niepodl", _fixed(11, 11)),
    ("wielk", _easter_days),
    ("bozeg", _christmas),
    ("bozy", _christmas),
    ("boze", _christmas),
    ("gwiazdk", _christmas),
)


def _next_spell(days: Callable[[int], tuple[date, date]], today: date) -> tuple[date, date]:
    spell = days(today.year)
    return spell if spell[1] >= today else days(today.year + 1)


def holiday(match: re.Match[str], today: date) -> DayMention | None:
    """A holiday by its name; "święta" are whichever come first."""
    name = match["name"]
    days = next((days for piece, days in _HOLIDAYS if piece in name), None)
    if days:
        spell = _next_spell(days, today)
    else:  # "święta": whichever come first
        spell = min(_next_spell(_christmas, today), _next_spell(_easter_days, today))
    far = days is None and spell[0] - today > LONG_PAST
    mention = DayMention(*match.span(), *spell, ambiguous=far)
    if match["prep"]:  # "do świąt" ends before them, as "przed świętami"
        return bounded(mention, "to" if name.startswith("wigili") else "before")
    return mention


def between_holidays(match: re.Match[str], today: date) -> DayMention | None:
    """From the day after Christmas to the end of the year."""
    year = today.year
    return DayMention(*match.span(), date(year, 12, 27), date(year, 12, 31))
