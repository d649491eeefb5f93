"""When a reminder is due: at ten o'clock on the working day before the visit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from actions.office.calendar import DAY, LOOK_AHEAD, WARSAW, OfficeCalendar, to_local

REMINDER_HOUR = time(10)


def reminder_due(starts_at: datetime, working_day_before: Callable[[date], date]) -> datetime:
    """The moment (Warsaw) at which a visit's reminder goes out."""
    day = working_day_before(to_local(starts_at).date())
    return datetime.combine(day, REMINDER_HOUR, WARSAW)


def last_open_day(calendar: OfficeCalendar, day: date) -> date:
    """The last day before ``day`` on which the office is open: holidays and closing days not.

    A visit may still be cancelled by telephone then, so its time is not lost.
    """
    for back in range(1, LOOK_AHEAD):
        earlier = day - DAY * back
        if calendar.on(earlier).hours:
            return earlier
    return day - DAY  # load_office refuses an office that never opens
