"""Accounts of the people of the office who sign in: passwords only as argon2 hashes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Session

from voice_gateway.records.database import Database
from voice_gateway.records.models import StaffRow
from voice_gateway.records.queries import clean, now

HASHES_AT_ONCE = 2  # each takes 64 MiB and a core for some 50 ms; a flood of guesses waits
LONGEST_PASSWORD = 1024


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """Somebody who may sign in. ``name`` is shown to residents; ``department`` "" sees all."""

    login: str
    name: str
    department: str = ""
    role: str = "clerk"


class StaffAccounts:
    """Sign-in of staff."""

    def __init__(self, database: Database, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self._hasher = hasher or PasswordHasher()
        self._decoy = self._hasher.hash("nobody")  # an unknown login costs as much as a known one
        self._hashing = asyncio.Semaphore(HASHES_AT_ONCE)

    async def check(self, login: str, password: str) -> StaffAccount | None:
        """The account when the password is right and it is active; constant work otherwise."""
        row = await self._database.call(partial(_find, login=login))
        stored = row.password_hash if row else self._decoy
        async with self._hashing:
            right = await asyncio.to_thread(self._verify, stored, password)
        return _account(row) if right and row and row.active else None

    async def get(self, login: str) -> StaffAccount | None:
        """The account, or None when it was removed or locked."""
        row = await self._database.call(partial(_find, login=login))
        return _account(row) if row and row.active else None

    async def add(self, account: StaffAccount, password: str) -> bool:
        """Make an account; False when the login is taken."""
        password_hash = await asyncio.to_thread(self._hasher.hash, password)
        return await self._database.call(
            partial(_add, account=account, password_hash=password_hash)
        )

    async def change(
        self, login: str, *, password: str = "", role: str = "", active: bool = True
    ) -> bool:
        """Set a new password or role (empty: leave it), lock or unlock; False when unknown."""
        password_hash = await asyncio.to_thread(self._hasher.hash, password) if password else ""
        return await self._database.call(
            partial(_change, login=login, password_hash=password_hash, role=role, active=active)
        )

    async def all(self) -> list[tuple[StaffAccount, bool]]:
        """Every account, by login, and whether it is active."""
        return await self._database.call(_all)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password[:LONGEST_PASSWORD])
        except (VerifyMismatchError, InvalidHashError, UnicodeEncodeError):
            return False


def _find(session: Session, login: str) -> StaffRow | None:
    if clean(login) != login:  # what no database takes is nobody's login
        return None
    return session.scalar(select(StaffRow).where(StaffRow.login == login))


def _add(session: Session, account: StaffAccount, password_hash: str) -> bool:
    if _find(session, account.login):
        return False
    session.add(
        StaffRow(
            login=account.login,
            name=account.name,
            department=account.department,
            password_hash=password_hash,
            role=account.role,
            active=True,
            created_at=now(),
        )
    )
    return True


def _all(session: Session) -> list[tuple[StaffAccount, bool]]:
    rows = session.scalars(select(StaffRow).order_by(StaffRow.login))
    return [(_account(row), row.active) for row in rows]


def _change(session: Session, login: str, password_hash: str, role: str, active: bool) -> bool:
    row = _find(session, login)
    if row is None:
        return False
    row.active = active
    if role:
        row.role = role
    if password_hash:
        row.password_hash = password_hash
    return True


def _account(row: StaffRow) -> StaffAccount:
    return StaffAccount(row.login, row.name, row.department, row.role)
