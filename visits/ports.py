"""Where visits are kept: the embedded calendar, or a city's own queue system.

Every implementation passes ``tests/contracts/test_visit_books.py``. All methods block (run them in
a thread where that matters), are safe for threads and processes, and raise ``VisitError`` for what
the resident can be told, ``RecordsError`` when the book cannot be reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from visits.values import FreeTime, Service, Visit, Visitor, Waiting, Wanted


class DeskPlace(Protocol):
    """Where a visit takes place, in words: ``name`` "stanowisko 4", ``where`` "parter", and
    ``where_spoken`` "na parterze"."""

    @property
    def id(self) -> str:
        """As ``FreeTime.desk``."""
        ...

    @property
    def name(self) -> str:
        """What stands on its sign."""
        ...

    @property
    def where(self) -> str:
        """Where in the building, shown."""
        ...

    @property
    def where_spoken(self) -> str:
        """Where in the building, after its name in a sentence read aloud."""
        ...


class VisitBook(Protocol):
    """Books visits. ``talk``: the conversation's id; ``now``: aware."""

    def services(self) -> Sequence[Service]:
        """Everything that can be booked."""
        ...

    def desks(self) -> Sequence[DeskPlace]:
        """The desks that visits name."""
        ...

    def free_times(
        self, wanted: Wanted, now: datetime, *, after: datetime | None = None, limit: int = 3
    ) -> Sequence[FreeTime]:
        """The first free times that fit, at most one for each starting moment, in order.

        ``after``: only such as start later than this.
        """
        ...

    def hold(self, free: FreeTime, talk: str, now: datetime) -> Visit:
        """Keep a time for this talk for some minutes; what the talk held before is released.

        Holding again what is held gives the same visit. ``visit-taken``, ``visit-not-bookable``.
        """
        ...

    def release(self, talk: str) -> None:
        """Let go of what the talk holds; nothing happens when it holds nothing."""
        ...

    def confirm(self, talk: str, visitor: Visitor, now: datetime) -> Visit:
        """Book what the talk holds. Again by the same talk: the same visit, booked once.

        ``visit-hold-expired``, ``visit-too-many``.
        """
        ...

    def find(self, number: str, proof: str, now: datetime) -> Visit:
        """The coming visit of this number; ``proof``: the visitor's surname, phone or
        e-mail address.

        ``visit-number-wrong``, ``visit-not-found``, ``visit-locked``.
        """
        ...

    def cancel(self, number: str, proof: str, now: datetime) -> Visit:
        """Cancel a visit or decline an offer; cancelling again gives the cancelled visit.

        Raises as ``find``. Its time is offered to the next on the waiting list.
        """
        ...

    def move(self, number: str, proof: str, talk: str, now: datetime) -> Visit:
        """Move a visit to the time that the talk holds; number and visitor stay.

        Raises as ``find`` and ``confirm``. Again by the same talk: the same visit.
        """
        ...

    def accept(self, number: str, proof: str, now: datetime) -> Visit:
        """Take an offer from the waiting list: it becomes booked. Raises as ``find``."""
        ...

    def wait(self, wanted: Wanted, visitor: Visitor, talk: str, now: datetime) -> Waiting:
        """Join the waiting list; again by the same talk: the same place."""
        ...
