"""The plan in the database: written from the file, read by the book.

So that all processes and the staff's pages go by one plan, and visits can refer to its desks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from visits.calendar import Desk, OfficeDays
from visits.models import DeskRow, PlanRow, ServiceRow
from visits.plan import Plan, PlanSource, Rules, ServiceEntry, load_plan
from voice_gateway.records.database import Database

SEED_LOCK = 4_856_800  # any fixed number: two processes that start at once take turns
NOTHING_SEEDED = Plan(Rules(), OfficeDays(hours={}), {}, {})


def seed(database: Database, path: Path, knowledge: Path | None = None) -> bool:
    """Bring services and desks in line with the file; True when something was to be changed.

    Visits stay as they are, also when their desk or service is no longer in the file. Cheap when
    nothing changed, so it may be called at each start and whenever the file may have changed.
    Raises ``SetupError("setup-visits")`` and ``RecordsError``.
    """
    source = load_plan(path, knowledge)
    return database.run(lambda session: _seed(session, source))


def _seed(session: Session, source: PlanSource) -> bool:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEED_LOCK})
    file, office = source.file.model_dump_json(), source.office.model_dump_json()
    content_hash = hashlib.sha256(f"{file}\n{office}".encode()).hexdigest()
    row = session.get(PlanRow, 1)
    if row and row.content_hash == content_hash:
        return False
    rules = source.file.model_dump_json(include=set(Rules.model_fields))
    session.merge(
        PlanRow(
            id=1,
            content_hash=content_hash,
            rules=rules,
            office=office,
            seeded_at=datetime.now(UTC),
        )
    )
    _write(session, ServiceRow, source.file.services)
    _write(session, DeskRow, source.file.desks)
    return True


def _write(
    session: Session,
    table: type[ServiceRow] | type[DeskRow],
    entries: Iterable[ServiceEntry] | Iterable[Desk],
) -> None:
    session.execute(update(table).values(active=False))
    for entry in entries:
        row = table(id=entry.id, name=entry.name, active=True, details=entry.model_dump_json())
        session.merge(row)


class SeededPlan:
    """The plan as it was seeded last; read anew only when another one was seeded."""

    def __init__(self) -> None:
        self._kept: tuple[str | None, Plan] = (None, NOTHING_SEEDED)

    def read(self, session: Session) -> Plan:
        """The plan that holds now; an empty one before the first seeding."""
        content_hash = session.scalar(select(PlanRow.content_hash))
        if content_hash != self._kept[0]:
            self._kept = (content_hash, _read(session))
        return self._kept[1]


def _read(session: Session) -> Plan:
    row = session.get_one(PlanRow, 1)
    services = {
        kept.id: (kept.active, ServiceEntry.model_validate_json(kept.details).service())
        for kept in session.scalars(select(ServiceRow))
    }
    desks = session.scalars(select(DeskRow.details).where(DeskRow.active))
    return Plan(
        Rules.model_validate_json(row.rules),
        OfficeDays.model_validate_json(row.office),
        {id_: service for id_, (active, service) in services.items() if active},
        {desk.id: desk for desk in map(Desk.model_validate_json, desks)},
        {id_: service for id_, (active, service) in services.items() if not active},
    )
