"""The plan in the database: written from the file, read by the book.

So that all processes and the staff's pages go by one plan, and visits can refer to its desks.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from visits.calendar import Desk, OfficeDays
from visits.models import DeskRow, PlanRow, ServiceRow
from visits.plan import Plan, PlanSource, Rules, ServiceEntry, load_plan
from voice_gateway import telemetry
from voice_gateway.errors import HaloError, SetupError
from voice_gateway.records.database import Database

PLAN_FILE = "visits.yml"
PERIOD_S = 0.5  # the files are looked at after so long
SEED_LOCK = 4_856_800  # any fixed number: two processes that start at once take turns
log = structlog.get_logger(__name__)
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


async def run_seeding(database: Database, folder: Path, period_s: float = PERIOD_S) -> None:
    """Until cancelled: the plan is the one that stands in the knowledge folder's files.

    A file that is wrong, or a database that is down, leaves the plan as it is; the next look tries
    again, and each trouble is reported once.
    """
    seen: object = None
    well = True
    while True:
        stamp = await asyncio.to_thread(_stamp, folder)
        if stamp != seen:
            try:
                if await asyncio.to_thread(seed, database, folder / PLAN_FILE):
                    log.info("visit_plan_changed")
                seen, well = stamp, True
            except HaloError as error:
                if isinstance(error, SetupError):  # only another file can mend it
                    seen = stamp
                if well:
                    telemetry.count_error(error.code)
                    log.error("visit_plan_kept", code=error.code)
                well = seen == stamp
        await asyncio.sleep(period_s)


def _stamp(folder: Path) -> tuple[tuple[int, int, int], ...]:
    """Changes whenever a file that decides the plan does."""
    found = []
    for name in (PLAN_FILE, "office.yml"):
        try:
            status = (folder / name).stat()
        except OSError:  # it is just being replaced, or gone: the plan stays
            found.append((0, 0, 0))
        else:
            found.append((status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(found)


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
    desks = {
        kept.id: (kept.active, Desk.model_validate_json(kept.details))
        for kept in session.scalars(select(DeskRow))
    }
    return Plan(
        Rules.model_validate_json(row.rules),
        OfficeDays.model_validate_json(row.office),
        {id_: service for id_, (active, service) in services.items() if active},
        {id_: desk for id_, (active, desk) in desks.items() if active},
        {id_: service for id_, (active, service) in services.items() if not active},
        {id_: desk for id_, (active, desk) in desks.items() if not active},
    )
