"""The people of the office: who has an account, and what an administrator may do with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from staff_console.accounts import second
from staff_console.accounts.deeds import note
from staff_console.accounts.links import other_administrators
from staff_console.accounts.passwords import check_login, check_name
from staff_console.rights import RIGHTS, ROLES_PL
from voice_gateway.errors import RequestError
from voice_gateway.records.database import Database
from voice_gateway.records.models import StaffRow
from voice_gateway.records.queries import now
from voice_gateway.records.staff import StaffAccount, account_of, find


@dataclass(frozen=True, slots=True)
class Person:
    """An account as an administrator sees it. ``provider``: the office's system signs them in."""

    account: StaffAccount
    active: bool
    has_password: bool
    has_codes: bool
    provider: bool
    version: int


class People:
    """Accounts, each deed with its line in the log. ``who``: the administrator's login."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Person]:
        """Everybody, by login."""
        return await self._database.call(_all)

    async def one(self, login: str) -> Person:
        """Raises ``RequestError`` staff-unknown (404)."""
        return await self._database.call(lambda session: _person(_row(session, login)))

    async def add(self, account: StaffAccount, who: str) -> None:
        """Make an account that a one-time link opens. Raises ``RequestError``.

        Codes: staff-login, staff-name, staff-role, staff-taken (409).
        """
        check_login(account.login)
        _check(account)
        await self._database.call(partial(_add, account=account, who=who))

    async def change(self, account: StaffAccount, who: str) -> None:
        """Set name, role and department. Raises ``RequestError``.

        Codes: staff-name, staff-role, staff-unknown (404), staff-last (409).
        """
        _check(account)
        await self._database.call(partial(_change, account=account, who=who))

    async def switch(self, login: str, who: str, *, on: bool) -> None:
        """Let somebody in, or out at once. Raises ``RequestError`` staff-unknown, staff-last."""
        await self._database.call(partial(_switch, login=login, who=who, on=on))

    async def reset_codes(self, login: str, who: str) -> None:
        """Take a colleague's second factor away: the telephone is lost."""
        await self._database.call(partial(second.switch_off, login=login, who=who))

    async def set_password(self, login: str, password_hash: str) -> None:
        """Keep somebody's own new password. Raises ``RequestError`` staff-unknown (404)."""
        await self._database.call(partial(_set_password, login=login, password_hash=password_hash))

    async def from_provider(self, account: StaffAccount, oidc_id: str) -> StaffAccount:
        """Make or update the account of somebody whom the office's system signed in.

        Raises ``RequestError`` staff-taken (409): the login is a local account's, which no claim
        may take over; staff-off (403): an administrator switched it off.
        """
        return await self._database.call(partial(_provided, account=account, oidc_id=oidc_id))


def _check(account: StaffAccount) -> None:
    check_name(account.name)
    if account.role not in RIGHTS:
        raise RequestError("staff-role", f"Role to: {', '.join(RIGHTS)}.")


def _row(session: Session, login: str) -> StaffRow:
    row = find(session, login)
    if row is None:
        raise RequestError("staff-unknown", f"Nie ma konta {login[:64]}.", status=404)
    return row


def _all(session: Session) -> list[Person]:
    return [_person(row) for row in session.scalars(select(StaffRow).order_by(StaffRow.login))]


def _person(row: StaffRow) -> Person:
    return Person(
        account=account_of(row),
        active=row.active,
        has_password=bool(row.password_hash),
        has_codes=bool(row.totp_secret),
        provider=row.oidc_id is not None,
        version=row.session_version,
    )


def _add(session: Session, account: StaffAccount, who: str) -> None:
    if find(session, account.login):
        raise RequestError("staff-taken", f"Konto {account.login} już istnieje.", status=409)
    session.add(_new(account))
    note(session, who, "account_added", account.login, _about(account))


def _new(account: StaffAccount, oidc_id: str | None = None) -> StaffRow:
    return StaffRow(
        login=account.login,
        name=account.name,
        department=account.department,
        role=account.role,
        password_hash="",
        active=True,
        created_at=now(),
        oidc_id=oidc_id,
    )


def _change(session: Session, account: StaffAccount, who: str) -> None:
    row = _row(session, account.login)
    if account_of(row) == account:
        return
    if row.role != account.role:
        _keep_an_administrator(session, row, still=account.role == "admin")
        row.session_version += 1
    row.name, row.role, row.department = account.name, account.role, account.department
    note(session, who, "account_changed", account.login, _about(account))


def _switch(session: Session, login: str, who: str, *, on: bool) -> None:
    row = _row(session, login)
    if row.active == on:
        return
    _keep_an_administrator(session, row, still=on)
    row.active = on
    row.session_version += 1
    note(session, who, "account_on" if on else "account_off", login)


def _keep_an_administrator(session: Session, row: StaffRow, *, still: bool) -> None:
    """The office may not lock itself out."""
    was = row.role == "admin" and row.active
    if was and not still and not other_administrators(session, row.id):
        raise RequestError(
            "staff-last",
            "To ostatni czynny administrator. Proszę najpierw nadać tę rolę komuś innemu.",
            status=409,
        )


def _set_password(session: Session, login: str, password_hash: str) -> None:
    row = _row(session, login)
    row.password_hash = password_hash
    row.session_version += 1
    note(session, login, "account_password", login)


def _provided(session: Session, account: StaffAccount, oidc_id: str) -> StaffAccount:
    row = session.scalar(select(StaffRow).where(StaffRow.oidc_id == oidc_id))
    if row is None:
        if find(session, account.login):
            raise RequestError(
                "staff-taken",
                "Login z systemu urzędu należy tu już do konta lokalnego. "
                "Proszę zawiadomić administratora.",
                status=409,
            )
        row = _new(account, oidc_id)
        session.add(row)
        note(session, account.login, "account_provider", account.login, _about(account))
        return account_of(row)
    if not row.active:
        raise RequestError(
            "staff-off",
            "To konto jest wyłączone. Proszę zwrócić się do administratora.",
            status=403,
        )
    fresh = StaffAccount(row.login, account.name, row.department, account.role)
    if account_of(row) != fresh:
        if row.role != fresh.role:
            row.session_version += 1
        row.name, row.role = fresh.name, fresh.role  # the department is an administrator's choice
        note(session, row.login, "account_provider", row.login, _about(fresh))
    return fresh


def _about(account: StaffAccount) -> str:
    role = ROLES_PL.get(account.role, account.role)
    return f"{role}, {account.department or 'wszystkie wydziały'}"
