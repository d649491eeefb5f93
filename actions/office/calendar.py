"""When the office is open: weekly hours, public holidays, exceptions by date.

Every question takes its moment as an argument; nothing here reads a clock. Moments are local
(Europe/Warsaw); a moment with a zone is converted, one without is taken as local.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from actions.office.facts import WEEKDAYS, Office, OpenHours

WARSAW = ZoneInfo("Europe/Warsaw")
DAY = timedelta(days=1)
LOOK_AHEAD = 400  # days; an office that opens at least weekly is found long before


@lru_cache(maxsize=16)
def public_holidays(year: int) -> dict[date, str]:
    """Polish public holidays of a year with their names.

    Wigilia (24 December) is one since 2025: act of 6 December 2024 (Dz.U. 2024 poz. 1965).
    """
    named = holidays.country_holidays("PL", years=year, language="pl")
    return {day: name.split(" (")[0] for day, name in named.items()}


@dataclass(frozen=True)
class DayHours:
    """One day: its hours (None: closed) and why they differ ("jest Wigilia …"), or ""."""

    day: date
    hours: OpenHours | None
    why: str = ""


@dataclass(frozen=True)
class ClosedSpell:
    """Days in a row on which the office is closed; both ends belong to it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


class OfficeCalendar:
    """Opening hours of one office."""

    def __init__(self, office: Office) -> None:
        self._weekly = {day: office.hours.get(name) for day, name in enumerate(WEEKDAYS)}
        self._exceptions = {e.date: e for e in office.exceptions}

    def on(self, day: date) -> DayHours:
        """Hours of a day. An exception beats a holiday, a holiday beats the weekday."""
        if exception := self._exceptions.get(day):
            return DayHours(day, exception.hours, exception.reason)
        holiday = public_holidays(day.year).get(day)
        if holiday:
            return DayHours(day, None, f"jest {holiday}")
        return DayHours(day, self._weekly[day.weekday()])

    def is_open(self, now: datetime) -> bool:
        """Whether people are received at this moment; at the closing minute no more."""
        local = to_local(now)
        hours = self.on(local.date()).hours
        return hours is not None and hours.opens <= local.time() < hours.closes

    def next_opening(self, now: datetime) -> datetime:
        """The first moment after ``now`` at which the office opens."""
        local = to_local(now)
        for day in self._days(local.date()):
            hours = self.on(day).hours
            if hours and (day > local.date() or local.time() < hours.opens):
                return datetime.combine(day, hours.opens, WARSAW)
        raise AssertionError("load_office refuses an office that never opens")

    def closed_spell(self, day: date) -> ClosedSpell | None:
        """The days in a row around ``day`` that are closed; None when the office opens that day."""
        if self.on(day).hours:
            return None
        first = last = day
        while not self.on(first - DAY).hours:
            first -= DAY
        while not self.on(last + DAY).hours:
            last += DAY
        return ClosedSpell(first, last)

    def next_long_weekend(self, day: date) -> ClosedSpell | None:
        """The first spell of three or more closed days that ends on ``day`` or later."""
        for candidate in self._days(day):
            spell = self.closed_spell(candidate)
            if spell and spell.days >= 3:
                return spell
        return None

    def weekly(self) -> tuple[OpenHours | None, ...]:
        """Usual hours from Monday to Sunday."""
        return tuple(self._weekly[day] for day in range(7))

    @staticmethod
    def _days(start: date) -> Iterator[date]:
        return (start + DAY * i for i in range(LOOK_AHEAD))


def to_local(now: datetime) -> datetime:
    """The moment in Warsaw's time."""
    return now.astimezone(WARSAW) if now.tzinfo else now.replace(tzinfo=WARSAW)
