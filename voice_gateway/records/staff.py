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
        self.database = database
        self._hasher = hasher or PasswordHasher()
        self._decoy = self._hasher.hash("nobody")  # an unknown login costs as much as a known one
        self._hashing = asyncio.Semaphore(HASHES_AT_ONCE)

    async def check(self, login: str, password: str) -> StaffAccount | None:
        """The account when the password is right and it is active; constant work otherwise."""
        row = await self.database.call(partial(find, login=login))
        stored = (row.password_hash if row else "") or self._decoy
        async with self._hashing:
            right = await asyncio.to_thread(self._verify, stored, password)
        return account_of(row) if right and row and row.active and row.password_hash else None

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        async with self._hashing:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def get(self, login: str) -> StaffAccount | None:
        """The account, or None when it was removed or locked."""
        row = await self.database.call(partial(find, login=login))
        return account_of(row) if row and row.active else None

    async def add(self, account: StaffAccount, password: str) -> bool:
        """Make an account; False when the login is taken. Without password only a link opens it."""
        password_hash = await self.hash(password) if password else ""
        return await self.database.call(partial(_add, account=account, password_hash=password_hash))

    async def change(
        self, login: str, *, password: str = "", role: str = "", active: bool = True
    ) -> bool:
        """Set a new password or role (empty: leave it), lock or unlock; False when unknown."""
        password_hash = await self.hash(password) if password else ""
        return await self.database.call(
            partial(_change, login=login, password_hash=password_hash, role=role, active=active)
        )

    async def all(self) -> list[tuple[StaffAccount, bool]]:
        """Every account, by login, and whether it is active."""
        return await self.database.call(_all)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password[:LONGEST_PASSWORD])
        except (VerifyMismatchError, InvalidHashError, UnicodeEncodeError):
            return False


def find(session: Session, login: str) -> StaffRow | None:
    """The row of a login."""
    if clean(login) != login:  # what no database takes is nobody's login
        return None
    return session.scalar(select(StaffRow).where(StaffRow.login == login))


def _add(session: Session, account: StaffAccount, password_hash: str) -> bool:
    if find(session, account.login):
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
    return [(account_of(row), row.active) for row in rows]


def _change(session: Session, login: str, password_hash: str, role: str, active: bool) -> bool:
    row = find(session, login)
    if row is None:
        return False
    if password_hash or (role or row.role, active) != (row.role, row.active):
        row.session_version += 1  # who is signed in as this account is so no longer
    row.active = active
    row.role = role or row.role
    row.password_hash = password_hash or row.password_hash
    return True


def account_of(row: StaffRow) -> StaffAccount:
    """What others may know of a row."""
    return StaffAccount(row.login, row.name, row.department, row.role)
