"""Rows of visits before they are written, and the locks that writers take."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from visits.models import VisitRow
from visits.proof import nine_digits
from visits.reservation_number import random_number
from visits.values import FreeTime, Visitor, VisitState
from voice_gateway.records.queries import ID_CHARS, clean


def lock(session: Session, what: str) -> None:
    """Wait until nobody else holds ``what``, and hold it to the end of the transaction.

    SQLite has one writer at a time anyway. PostgreSQL locks numbers, so ``what`` is hashed; two
    names with one hash would only wait for each other.
    """
    if session.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], "big", signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def new_visit(
    session: Session, free: FreeTime, state: VisitState, talk: str, now: datetime
) -> VisitRow:
    """A visit at this time with a number that no other has; it is not added yet."""
    return VisitRow(
        number=_unused_number(session),
        state=state,
        service=free.service,
        desk=free.desk,
        desk_place=0,
        starts_at=free.starts_at,
        ends_at=free.ends_at,
        surname="",
        phone="",
        email="",
        talk=talk[:ID_CHARS],
        revision=0,
        created_at=now,
        changed_at=now,
    )


def _unused_number(session: Session) -> str:
    # Should another process draw the same number this very moment, the unique column refuses the
    # second and the whole deed is done again (EmbeddedBook._run).
    while True:
        number = random_number()
        if session.scalar(select(VisitRow.id).where(VisitRow.number == number)) is None:
            return number


def cleaned(visitor: Visitor) -> Visitor:
    """The visitor as the tables take it."""
    return Visitor(
        clean(visitor.surname).strip()[:128],
        nine_digits(visitor.phone),
        clean(visitor.email).strip()[:254],
    )


def change(row: VisitRow, state: VisitState, now: datetime) -> None:
    """Give a visit its new state: a change that calendars must hear of."""
    row.state, row.until = state, None
    row.revision += 1
    row.changed_at = now
