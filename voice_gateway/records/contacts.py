"""Keeps when calls begin and end, and whether the same person calls again within seven days.

A caller is recognised by a keyed hash of the number. Its key changes every eight days, and a hash
is removed after seven; then only "came back", "did not" or "unknown" is left. The number itself is
neither written nor logged. Rules and their limits: docs/decisions/0011-repeat-contact.md.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from voice_gateway import telemetry
from voice_gateway.records import queries
from voice_gateway.records.call_models import KEY_CHARS, CallRow, ContactSecretRow
from voice_gateway.records.database import Database, RecordsError
from voice_gateway.values import CallStart

log = structlog.get_logger(__name__)

RETURN_WITHIN = timedelta(days=7)
SECRET_PERIOD = timedelta(days=8)  # longer than RETURN_WITHIN, so two secrets cover any return
UPKEEP_S = 3600.0
SHORTEST_NUMBER = 7  # digits; shorter ones are extensions, which many people share
SHOWN_NUMBER = re.compile(r"\+?[0-9]+")
POLAND = re.compile(r"(?:\+|00)?48(?=[0-9]{9}$)")


def same_number(caller: str) -> str | None:
    """A caller's number in one spelling; None when it does not tell who calls: withheld, an
    extension, a name. ``+48600100200``, ``0048600100200`` and ``600100200`` are one number."""
    number = re.sub(r"[ .-]", "", caller)
    if not SHOWN_NUMBER.fullmatch(number) or len(number) < SHORTEST_NUMBER:
        return None
    number = POLAND.sub("", number)
    return re.sub(r"^00", "+", number)


class CallNotes:
    """Writes calls. What cannot be written is counted and logged; no talk waits for it.

    ``pepper``: a secret that is not in the database, so that a copy of the database alone does not
    tell whose number a key is.
    """

    def __init__(
        self, database: Database, pepper: str, clock: Callable[[], datetime] = queries.now
    ) -> None:
        self._database = database
        self._pepper = pepper.encode()
        self._clock = clock
        self._beginning: dict[str, asyncio.Task[None]] = {}  # never more than calls are on

    def began(self, start: CallStart) -> None:
        """A call begins; never waits, never raises."""
        write = partial(add_call, start=start, pepper=self._pepper, now=self._clock())
        self._beginning[start.call_id] = asyncio.create_task(self._write(write))

    async def ended(self, call_id: str) -> None:
        """A call is over. Never raises."""
        beginning = self._beginning.pop(call_id, None)
        if beginning:
            await beginning
        await self._write(partial(end_call, call_id=call_id, now=self._clock()))

    async def upkeep(self, keep_days: int) -> None:
        """Settle what is seven days old and remove what is older than ``keep_days``; each hour."""
        while True:
            await self._write(partial(settle, now=self._clock(), keep_days=keep_days))
            await asyncio.sleep(UPKEEP_S)

    async def _write(self, query: Callable[[Session], None]) -> None:
        try:
            await self._database.call(query)
        except RecordsError as error:
            telemetry.count_error(error.code)
            log.error("call_unnoted", code=error.code)


def add_call(session: Session, start: CallStart, pepper: bytes, now: datetime) -> None:
    """Write that a call begins, and that its caller came back, if they called shortly before."""
    number = same_number(start.caller)
    key = None
    if number:
        key, before = (_key(session, pepper, number, period) for period in _periods(now))
        session.execute(
            update(CallRow)
            .where(
                CallRow.contact_key.in_([key, before]),
                CallRow.began_at > now - RETURN_WITHIN,
                CallRow.conversation_id != start.call_id[: queries.ID_CHARS],
            )
            .values(came_back=True),
            execution_options={"synchronize_session": False},
        )
    session.add(
        CallRow(
            conversation_id=start.call_id[: queries.ID_CHARS],
            channel=start.channel,
            began_at=now,
            contact_key=key,
        )
    )


def end_call(session: Session, call_id: str, now: datetime) -> None:
    """Write when a call ended."""
    session.execute(
        update(CallRow)
        .where(CallRow.conversation_id == call_id[: queries.ID_CHARS], CallRow.ended_at.is_(None))
        .values(ended_at=now),
        execution_options={"synchronize_session": False},
    )


def settle(session: Session, now: datetime, keep_days: int) -> None:
    """After seven days: who did not come back did not, and the key is removed. Older secrets than
    the two in use are removed as well, and calls older than ``keep_days``."""
    over = (CallRow.began_at <= now - RETURN_WITHIN, CallRow.contact_key.is_not(None))
    unsaid = {"synchronize_session": False}
    session.execute(
        update(CallRow).where(*over, CallRow.came_back.is_(None)).values(came_back=False),
        execution_options=unsaid,
    )
    session.execute(update(CallRow).where(*over).values(contact_key=None), execution_options=unsaid)
    session.execute(delete(ContactSecretRow).where(ContactSecretRow.period < _periods(now)[1]))
    session.execute(delete(CallRow).where(CallRow.began_at < now - timedelta(days=keep_days)))


def _periods(now: datetime) -> tuple[int, int]:
    """This period of eight days and the one before it, counted from 1970."""
    period = int(now.timestamp() // SECRET_PERIOD.total_seconds())
    return period, period - 1


def _key(session: Session, pepper: bytes, number: str, period: int) -> str:
    secret = hmac.digest(pepper, _secret(session, period).encode(), "sha256")
    return hmac.digest(secret, number.encode(), "sha256").hex()[:KEY_CHARS]


def _secret(session: Session, period: int) -> str:
    query = select(ContactSecretRow.secret).where(ContactSecretRow.period == period)
    known = session.scalar(query)
    if known:
        return known
    try:
        with session.begin_nested():
            session.add(ContactSecretRow(period=period, secret=secrets.token_hex(32)))
    except IntegrityError:  # another gateway was a moment faster
        return session.scalar(query) or ""
    return session.scalar(query) or ""
