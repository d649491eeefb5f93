"""Who is signed in: rows on the server, so that they end when we say and not when a cookie does.

A session ends 10 hours after signing in, after an hour without use, at signing out, and at once
when its account is switched off or its role or password changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from staff_console.accounts.models import SessionRow
from staff_console.accounts.tokens import hashed, new_token
from voice_gateway.records.database import Database
from voice_gateway.records.models import StaffRow
from voice_gateway.records.queries import now
from voice_gateway.records.staff import StaffAccount, account_of, find

LONGEST = timedelta(hours=10)  # a working day; then the password again
IDLE = timedelta(hours=1)
NOTED_EVERY = timedelta(minutes=1)  # use is written down no oftener; IDLE may be that much shorter


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody signed in. ``provider``: the office's own system signed them in."""

    account: StaffAccount
    provider: bool


class SignedSessions:
    """Begins, finds and ends sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, login: str, version: int | None = None) -> str:
        """A new session's id for the cookie; "" when the account may not sign in (any more).

        ``version``: the account's as it was when the password was checked.
        """
        token = new_token()
        begin = partial(_begin, login=login, version=version, id_hash=hashed(token), at=now())
        return token if await self._database.call(begin) else ""

    async def find(self, id_: str) -> SignedIn | None:
        """Who it is, and note the use; None when the session ended."""
        if not id_:
            return None
        return await self._database.call(partial(_find, id_hash=hashed(id_), at=now()))

    async def end(self, id_: str) -> None:
        """Sign out."""
        await self._database.call(partial(_end, id_hash=hashed(id_)))


def _begin(session: Session, login: str, version: int | None, id_hash: str, at: datetime) -> bool:
    session.execute(delete(SessionRow).where(SessionRow.created_at < at - LONGEST))
    account = find(session, login)
    if account is None or not account.active:
        return False
    if version not in (None, account.session_version):
        return False
    session.add(
        SessionRow(
            id_hash=id_hash,
            staff_id=account.id,
            version=account.session_version,
            created_at=at,
            seen_at=at,
        )
    )
    return True


def _find(session: Session, id_hash: str, at: datetime) -> SignedIn | None:
    found = session.execute(
        select(SessionRow, StaffRow)
        .join(StaffRow, StaffRow.id == SessionRow.staff_id)
        .where(
            SessionRow.id_hash == id_hash,
            SessionRow.version == StaffRow.session_version,
            SessionRow.created_at > at - LONGEST,
            SessionRow.seen_at > at - IDLE,
            StaffRow.active,
        )
    ).one_or_none()
    if found is None:
        return None
    signed, account = found
    if signed.seen_at < at - NOTED_EVERY:
        signed.seen_at = at
    return SignedIn(account_of(account), account.oidc_id is not None)


def _end(session: Session, id_hash: str) -> None:
    session.execute(delete(SessionRow).where(SessionRow.id_hash == id_hash))
