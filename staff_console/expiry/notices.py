"""Tells departments by e-mail that their answers expire: each answer once a stage, and no more
than one letter a department a day.

A letter goes into the outbox of the visits' messages, in the transaction that notes its answers as
told. So a process that dies loses no letter and writes none twice; the outbox delivers it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from actions.office.calendar import to_local
from actions.office.facts import Department, Office
from staff_console.content.ports import Content
from staff_console.editor.names import names_from
from staff_console.expiry.due import Expiring, expiring
from staff_console.expiry.letter import body_pl, subject_pl
from staff_console.expiry.models import ExpiryNoticeRow
from visits.outbox import usable, write_answer
from visits.outbox_models import VisitMessageRow
from visits.senders.base import Message
from voice_gateway import telemetry
from voice_gateway.errors import HaloError
from voice_gateway.records.database import Database

log = structlog.get_logger(__name__)

KIND = "expiry"  # in the outbox
INFORMATION = "informacja"  # answers for what no department answers for
FIRST_HOUR = 7  # local time; letters are there when the office opens
PERIOD_S = 3600.0  # a day is missed only when the gateway was down all day
USEFUL = timedelta(days=3)  # later the next stage's letter is nearer
SHOWN = timedelta(days=30)
ID_CHARS = 40  # of a department, so that the outbox's key has room for the day


@dataclass(frozen=True, slots=True)
class Untold:
    """A department that does not get its letters. ``at``: when the letter was due; None: it has
    no address that mail could be sent to. ``code``: why the letter failed."""

    department: str
    at: datetime | None = None
    code: str = ""


class ExpiryNotices:
    """``office``: the facts as they stand now. All methods block; they raise ``RecordsError``."""

    def __init__(self, database: Database, content: Content, office: Callable[[], Office]) -> None:
        self._database = database
        self._content = content
        self._office = office

    def write(self, now: datetime) -> int:
        """Write today's letters into the outbox; gives their number."""
        written = 0
        for department, answers in self._by_owner(self._office(), now).items():
            write = partial(_write, department=department, answers=answers, now=now)
            written += self._database.run(write)
        return written

    def untold(self, now: datetime) -> list[Untold]:
        """Departments that were not reached, for the staff to see."""
        owners = self._by_owner(self._office(), now)
        found = [Untold(one.id) for one in owners if not usable(_message(one, [], now))]
        return found + self._database.run(lambda session: _failed(session, now - SHOWN))

    def _by_owner(self, office: Office, now: datetime) -> dict[Department, list[Expiring]]:
        live = self._content.live
        topics = [path for path in self._content.paths() if path.startswith("topics/")]
        names = names_from(live("dialogue.yml").body, live("office.yml").body)
        bodies = {path: live(path).body for path in topics}
        known = {one.id: one for one in office.departments}
        found: defaultdict[str, list[Expiring]] = defaultdict(list)
        for one in expiring(bodies, names, to_local(now).date()):
            found[one.owner if one.owner in known else INFORMATION].append(one)
        return {known[owner]: answers for owner, answers in found.items()}


async def run_expiry(
    notices: ExpiryNotices, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> None:
    """Write the letters every day, until cancelled."""
    while True:
        now = clock()
        if to_local(now).hour >= FIRST_HOUR:
            try:
                written = await asyncio.to_thread(notices.write, now)
                if written:
                    log.info("expiry_letters", count=written)
            except HaloError as error:  # the next hour may be better
                telemetry.count_error(error.code)
                log.error("expiry_failed", code=error.code)
            except Exception:
                telemetry.count_error("internal")
                log.exception("expiry_failed", code="internal")
        await asyncio.sleep(PERIOD_S)


def _write(
    session: Session, department: Department, answers: Sequence[Expiring], now: datetime
) -> int:
    """One department's letter; 1 when there was something to write."""
    told = _told(session, {one.path for one in answers})
    new = [one for one in answers if _once(one) not in told]
    message = _message(department, new, now)
    if not new or not usable(message) or _has_letter(session, message):
        return 0  # what comes up later today waits for tomorrow's letter
    write_answer(session, KIND, message, now, now + USEFUL)
    for one in new:
        path, place, until, stage = _once(one)
        session.add(
            ExpiryNoticeRow(
                path=path,
                place=place,
                valid_until=until,
                stage=stage,
                message_key=_outbox_key(message),
                told_at=now,
            )
        )
    return 1


def _once(one: Expiring) -> tuple[str, str, str, str]:
    return one.path, one.place, one.valid_until.isoformat(), one.stage


def _told(session: Session, paths: set[str]) -> set[tuple[str, str, str, str]]:
    row = ExpiryNoticeRow
    query = select(row.path, row.place, row.valid_until, row.stage).where(row.path.in_(paths))
    return {(path, place, until, stage) for path, place, until, stage in session.execute(query)}


def _message(department: Department, answers: Sequence[Expiring], now: datetime) -> Message:
    key = f"{KIND}:{department.id[:ID_CHARS]}:{to_local(now).date()}"
    body = body_pl(department.name, answers)
    return Message(key, "email", department.email, subject_pl(answers), body)


def _outbox_key(message: Message) -> str:
    return f"{message.key}:{message.channel}"


def _has_letter(session: Session, message: Message) -> bool:
    found = select(exists().where(VisitMessageRow.key == _outbox_key(message)))
    return bool(session.scalar(found))


def _failed(session: Session, since: datetime) -> list[Untold]:
    row = VisitMessageRow
    query = select(row).where(row.kind == KIND, row.state == "failed", row.due_at >= since)
    return [
        Untold(one.key.split(":")[1], one.due_at, one.error_code or "")
        for one in session.scalars(query.order_by(row.due_at.desc()))
    ]
