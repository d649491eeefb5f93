"""Counting days, weeks and months; the year that a date without one is of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

Problem = Literal["", "past", "no_such_day"]


DAY = timedelta(days=1)
LONG_PAST = timedelta(days=61)
"""A date with no year that is longer over than this is taken as next year's."""


def coming_date(day: int, month: int, year: int | None, today: date) -> tuple[date | None, Problem]:
    """The date meant, or why there is none."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None, "no_such_day"
    meant = year or today.year
    if year is None and today - date(meant, month, min(day, 28)) > LONG_PAST:
        meant += 1
    try:
        found = date(meant, month, day)
    except ValueError:
        return None, "no_such_day"
    return (None, "past") if found < today else (found, "")


def next_day_number(day: int, today: date) -> date | None:
    """The next day of a month with this number, today included."""
    if not 1 <= day <= 31:
        return None
    first = today.replace(day=1)
    for _ in range(3):
        if day <= month_end(first).day and first.replace(day=day) >= today:
            return first.replace(day=day)
        first = month_end(first) + DAY
    return None


def month_end(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - DAY


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, month_end(first).day))


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - DAY * day.weekday()


def weekday_from(day: date, weekday: int) -> date:
    """The weekday on ``day`` or after it."""
    return day + DAY * ((weekday - day.weekday()) % 7)


def month_span(month: int, today: date) -> tuple[date, date]:
    """The first and the last day of the month meant; the last may lie before today."""
    first = date(today.year, month, 1)
    if today - month_end(first) > LONG_PAST:
        first = date(today.year + 1, month, 1)
    return first, month_end(first)
