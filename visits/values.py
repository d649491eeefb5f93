"""The values of visits: what can be booked, when it is free, and what was booked.

Plain frozen data that imports nothing of ours but the error base. Moments are aware datetimes; the
office's wall clock is Europe/Warsaw. Lengths are minutes (``_min``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from voice_gateway.errors import HaloError

VisitState = Literal["held", "offered", "booked", "cancelled"]


@dataclass(frozen=True, slots=True)
class Service:
    """Something that can be booked.

    ``topic``: id in the taxonomy; ``variant``: the kind of it this service is for, or None;
    ``about``: "w sprawie paszportu", after "wizyta"; ``length_min``: of one visit;
    ``lead_min``: shortest time from now to a visit; ``ahead_days``: how far ahead;
    ``per_person``: how many coming visits one phone number may hold;
    ``needs_name``: whether a surname is asked for.
    """

    id: str
    topic: str
    name: str
    about: str
    department: str
    length_min: int
    lead_min: int
    ahead_days: int
    per_person: int
    needs_name: bool
    desks: tuple[str, ...]
    variant: str | None = None
    bring: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What times are asked for: days ``first`` to ``last`` and hours ``from_time`` to ``to_time``
    (a visit starts at ``from_time`` or later and before ``to_time``); None: any."""

    service: str
    first: date | None = None
    last: date | None = None
    from_time: time | None = None
    to_time: time | None = None
    weekdays: frozenset[int] = frozenset()  # 0 is Monday; empty: any


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time that can be booked: at which desk, from when to when (aware, Warsaw)."""

    service: str
    desk: str
    starts_at: datetime
    ends_at: datetime

    @property
    def length(self) -> timedelta:
        """How long the visit takes."""
        return self.ends_at - self.starts_at


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who comes. Any may be empty; ``phone``: nine digits. Never log any of it."""

    surname: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit: held while somebody is asked, offered from the waiting list, booked or cancelled.

    ``number``: the reservation number, eight digits; ``until``: when a hold or an offer ends;
    ``revision``: grows with each change (iCalendar's SEQUENCE); ``came``: whether the visitor came,
    None: not marked.
    """

    id: int
    number: str
    state: VisitState
    service: str
    desk: str
    desk_place: int
    starts_at: datetime
    ends_at: datetime
    visitor: Visitor
    revision: int = 0
    until: datetime | None = None
    came: bool | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A place on the waiting list: ``ahead`` people before this one."""

    id: int
    wanted: Wanted
    visitor: Visitor
    ahead: int


class VisitError(HaloError):
    """A visit cannot be booked, found or changed. Codes:

    ``visit-service-unknown`` nobody can book this · ``visit-taken`` the time is no longer free ·
    ``visit-not-bookable`` never was (past, closed, outside hours) · ``visit-too-many`` this person
    holds as many as are allowed · ``visit-hold-expired`` was not confirmed in time ·
    ``visit-number-wrong`` the check digit is wrong · ``visit-not-found`` no such coming visit, or
    surname and phone do not fit (not told apart: numbers must not be guessed) ·
    ``visit-locked`` too many wrong tries
    """
