"""When a desk receives people, and at which moments a visit can start there.

Time is counted in ticks of five minutes since 1970 (UTC): whole numbers that compare fast and know
no summer time. Every visit takes whole ticks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from actions.office.calendar import WARSAW, public_holidays
from actions.office.facts import WEEKDAYS, Office, OpenHours, Weekday
from actions.office.files import Record

TICK_MIN = 5
TICK_S = TICK_MIN * 60
MOST_PLACES = 30  # places are bits of a number, and databases add numbers of 32 bits


def tick_of(moment: datetime) -> int:
    """The tick in which an aware moment lies."""
    return int(moment.timestamp()) // TICK_S


def next_tick(moment: datetime) -> int:
    """The first tick that begins at an aware moment or later."""
    return math.ceil(moment.timestamp() / TICK_S)


def moment_of(tick: int) -> datetime:
    """The moment at which a tick begins, Warsaw."""
    return datetime.fromtimestamp(tick * TICK_S, WARSAW)


def _whole_ticks(hours: OpenHours | None) -> OpenHours | None:
    if hours and any(at.minute % TICK_MIN for at in hours):
        raise ValueError("godziny mają być wielokrotnością 5 minut")
    return hours


def _span(hours: OpenHours | None) -> OpenHours:
    if hours is None:
        raise ValueError("przerwę pisze się tak: 12:00-12:20")
    return hours


def _written(hours: OpenHours | None) -> str:
    return f"{hours.opens:%H:%M}-{hours.closes:%H:%M}" if hours else "closed"


# As in office.yml; written back the way they are read, because the database keeps them as JSON.
DeskHours = Annotated[
    OpenHours | None,
    BeforeValidator(OpenHours.of),
    AfterValidator(_whole_ticks),
    PlainSerializer(_written),
]
Break = Annotated[
    OpenHours,
    BeforeValidator(OpenHours.of),
    AfterValidator(_span),
    AfterValidator(_whole_ticks),
    PlainSerializer(_written),
]


class DayException(Record):
    """A date with other hours than its weekday."""

    date: date
    hours: DeskHours
    reason: str


class OfficeDays(Record):
    """The office's own hours and exceptions, which hold at every desk."""

    hours: Mapping[Weekday, DeskHours]
    exceptions: tuple[DayException, ...] = ()

    @classmethod
    def of(cls, office: Office) -> OfficeDays:
        """From ``office.yml``. Raises ``ValueError`` (pydantic's) for hours off the grid."""
        return cls(
            hours=office.hours,
            exceptions=tuple(
                DayException(date=e.date, hours=e.hours, reason=e.reason) for e in office.exceptions
            ),
        )


class Desk(Record):
    """A desk: what it is called, where it is, how many clerks receive at once, and when.

    ``hours`` None: the office's.
    """

    id: str
    name: str
    where: str
    where_spoken: str
    places: int = Field(ge=1, le=MOST_PLACES)
    hours: Mapping[Weekday, DeskHours] | None = None
    breaks: tuple[Break, ...] = ()
    exceptions: tuple[DayException, ...] = ()


def open_periods(desk: Desk, office: OfficeDays, day: date) -> list[tuple[time, time]]:
    """From when to when the desk receives people on a day, without its breaks, in order."""
    hours = _hours_on(desk, office, day)
    if hours is None:
        return []
    periods, begins = [], hours.opens
    for pause in sorted(desk.breaks):
        periods.append((begins, min(pause.opens, hours.closes)))
        begins = max(begins, pause.closes)
    periods.append((begins, hours.closes))
    return [(opens, closes) for opens, closes in periods if opens < closes]


def _hours_on(desk: Desk, office: OfficeDays, day: date) -> OpenHours | None:
    # The office's exception beats a holiday, as in its own calendar, and caps what the desk says.
    own = desk.hours if desk.hours is not None else office.hours
    hours = own.get(WEEKDAYS[day.weekday()])
    for exception in desk.exceptions:
        if exception.date == day:
            hours = exception.hours
    for exception in office.exceptions:
        if exception.date == day:
            return _both(hours, exception.hours)
    return None if day in public_holidays(day.year) else hours


def _both(hours: OpenHours | None, cap: OpenHours | None) -> OpenHours | None:
    if hours is None or cap is None:
        return None
    opens, closes = max(hours.opens, cap.opens), min(hours.closes, cap.closes)
    return OpenHours(opens, closes) if opens < closes else None


def start_ticks(desk: Desk, office: OfficeDays, day: date, length_min: int) -> list[int]:
    """The ticks at which a visit can start: from each period's beginning, one after another."""
    length = length_min // TICK_MIN
    starts: list[int] = []
    for opens, closes in open_periods(desk, office, day):
        first = tick_of(datetime.combine(day, opens, WARSAW))
        end = tick_of(datetime.combine(day, closes, WARSAW))
        starts += range(first, end - length + 1, length)
    return starts
