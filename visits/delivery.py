"""Delivers the outbox: claims one message, sends it, writes down how it ended.

A row found in ``sending`` after ten minutes belongs to a process that died while sending. Nobody
can know whether it went out, so it is marked failed (``outbox-unsure``) for the staff to see.
Nothing is sent twice.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import structlog
from sqlalchemy import ColumnElement, Update, exists, select, update
from sqlalchemy.orm import Session, aliased

from visits.outbox import changed
from visits.outbox_models import VisitMessageRow
from visits.senders.base import UNSURE, Message, MessageChannel, SendError
from visits.senders.build import Senders
from voice_gateway import telemetry
from voice_gateway.errors import HaloError
from voice_gateway.records.database import Database, RecordsError

log = structlog.get_logger(__name__)

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
DIED_AFTER = timedelta(minutes=10)  # no sender takes so long: its process is gone
AT_ONCE = 20  # messages of one round
KEEP_WAITS_S = (0.1, 0.5, 2.0)
ROUND_S = 5.0  # from the end of a round to the next
LATE = "outbox-late"
UNCONFIGURED = "outbox-unconfigured"
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round did: how many were sent, put off to a later try, and failed for good."""

    sent: int = 0
    retried: int = 0
    failed: int = 0


def deliver_due(
    database: Database,
    senders: Senders,
    clock: Clock,
    *,
    stopping: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Send what is due, one message after another; blocks. Any number of processes may do it.

    A channel whose sender failed for now rests until the next round. ``stopping`` is asked before
    each message. Raises ``RecordsError``.
    """
    ends = {"sent": 0, "waiting": 0, "failed": 0}
    ends["failed"] += database.run(lambda session: _clear_up(session, clock()))
    resting: set[str] = set()
    for _ in range(AT_ONCE):
        if stopping():
            break
        row = database.run(lambda session: _claim(session, clock(), resting))
        if row is None:
            break
        end = _deliver(database, senders, clock, row)
        ends[end] += 1
        if end == "waiting":
            resting.add(row.channel)
    return Delivered(ends["sent"], ends["waiting"], ends["failed"])


async def run_outbox(
    database: Database, senders: Senders, clock: Clock = lambda: datetime.now(UTC)
) -> None:
    """Deliver until cancelled; await it then: the message being sent is finished first."""
    stop = threading.Event()
    while True:
        work = asyncio.to_thread(deliver_due, database, senders, clock, stopping=stop.is_set)
        sending = asyncio.create_task(work)
        try:
            await asyncio.shield(sending)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.gather(sending, return_exceptions=True)
            raise
        except HaloError as error:
            telemetry.count_error(error.code)
            log.error("outbox_round_failed", code=error.code)
        except Exception:  # the next round may work
            telemetry.count_error("internal")
            log.exception("outbox_round_failed", code="internal")
        await asyncio.sleep(ROUND_S)


def _clear_up(session: Session, now: datetime) -> int:
    """Cancel what newer changes overtook, fail what died or is too late; gives how many failed."""
    row = VisitMessageRow
    waiting = update(row).where(row.state == "waiting")
    changed(session, waiting.where(_overtaken()).values(state="cancelled"))
    late = waiting.where(row.useful_until <= now)
    died = update(row).where(row.state == "sending", row.claimed_at < now - DIED_AFTER)
    failed = 0
    for change, code in ((late, LATE), (died, UNSURE)):
        count = changed(session, change.values(state="failed", error_code=code))
        if count:
            telemetry.count_error(code)
            log.error("outbox_given_up", code=code, count=count)
        failed += count
    return failed


def _claim(session: Session, now: datetime, resting: set[str]) -> VisitMessageRow | None:
    """The next due message, from now on in ``sending``."""
    row = VisitMessageRow
    query = (
        select(row)
        .where(row.state == "waiting", row.next_try_at <= now, row.useful_until > now)
        .where(row.channel.not_in(resting), ~_overtaken())
        .order_by(row.next_try_at, row.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer anyway
    )
    found = session.scalar(query)
    if found:
        found.state, found.claimed_at = "sending", now
        found.attempts += 1
    return found


def _overtaken() -> ColumnElement[bool]:
    """Whether the visit changed again while a message about it was being tried."""
    row, newer = VisitMessageRow, aliased(VisitMessageRow)
    return exists().where(newer.visit_id == row.visit_id, newer.revision > row.revision)


def _deliver(database: Database, senders: Senders, clock: Clock, row: VisitMessageRow) -> str:
    """Send one claimed message and write down how it ended; gives its new state."""
    error = _send(senders, row)
    values: dict[str, object] = {"state": "sent", "sent_at": clock(), "error_code": None}
    if error:
        values = {"state": "failed", "error_code": error.code}
        if error.retry and row.attempts <= len(WAITS):
            values |= {"state": "waiting", "next_try_at": clock() + WAITS[row.attempts - 1]}
        telemetry.count_error(error.code)
    # Only while it is still ours: after a long sleep of this machine it is given up already.
    ours = (VisitMessageRow.id == row.id, VisitMessageRow.state == "sending")
    _keep(database, update(VisitMessageRow).where(*ours).values(**values))
    log.info(
        "visit_message",
        kind=row.kind,
        channel=row.channel,
        attempt=row.attempts,
        reason=values["state"],
        code=error.code if error else "",
    )
    return str(values["state"])


def _keep(database: Database, change: Update) -> None:
    """Write how a message ended; again and again while the database is busy.

    What is not written in the end will count as unsure, although it may have been sent.
    """
    for wait_s in KEEP_WAITS_S:
        try:
            database.run(lambda session: changed(session, change))
        except RecordsError:
            time.sleep(wait_s)
        else:
            return
    database.run(lambda session: changed(session, change))


def _send(senders: Senders, row: VisitMessageRow) -> SendError | None:
    """Give the message to its channel's sender; gives what went wrong."""
    channel = cast("MessageChannel", row.channel)
    method = "CANCEL" if row.kind == "cancelled" else "REQUEST"
    message = Message(row.key, channel, row.recipient, row.subject, row.body, row.ics, method)
    try:
        if channel not in senders:
            raise SendError(UNCONFIGURED)
        senders[channel].send(message)
    except SendError as error:
        return error
    except Exception:  # a fault of ours: whether it went out is as unknown as after a crash
        log.exception("outbox_broken", code=UNSURE)
        return SendError(UNSURE)
    return None
