"""``halo staff``: accounts of the people of the office, for the administrator of the machine."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console
from rich.table import Table

from staff_console.rights import RIGHTS
from voice_gateway.errors import RequestError
from voice_gateway.records.database import Database, upgrade
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.settings import Settings

LOGIN = re.compile(r"[a-z0-9._-]{2,64}")
PASSWORD_BYTES = 12  # of randomness in a first password; 16 letters


@asynccontextmanager
async def _accounts(settings: Settings) -> AsyncIterator[StaffAccounts]:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade(settings.db_url)
    database = Database(settings.db_url)
    try:
        yield StaffAccounts(database)
    finally:
        database.close()


async def list_accounts(settings: Settings, console: Console) -> None:
    """Print all accounts."""
    async with _accounts(settings) as accounts:
        table = Table("login", "nazwa", "rola", "wydział", "stan")
        for account, active in await accounts.all():
            state = "czynne" if active else "zablokowane"
            department = account.department or "wszystkie"
            table.add_row(account.login, account.name, account.role, department, state)
        console.print(table)


async def add_account(
    settings: Settings, console: Console, login: str, name: str, role: str, department: str
) -> None:
    """Make an account. Raises ``RequestError`` staff-login, staff-role, staff-taken."""
    if not LOGIN.fullmatch(login):
        raise RequestError("staff-login", "Login to 2–64 małe litery, cyfry, kropki lub kreski.")
    _check_role(role)
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    async with _accounts(settings) as accounts:
        if not await accounts.add(StaffAccount(login, name, department, role), password):
            raise RequestError("staff-taken", f"Konto {login} już istnieje.", status=409)
    console.print(f"Konto {login} założone. Hasło, pokazane tylko teraz: [bold]{password}[/bold]")


async def change_account(
    settings: Settings,
    console: Console,
    login: str,
    role: str,
    *,
    lock: bool,
    new_password: bool,
) -> None:
    """Change an account. Raises ``RequestError`` staff-role, staff-unknown."""
    if role:
        _check_role(role)
    password = secrets.token_urlsafe(PASSWORD_BYTES) if new_password else ""
    async with _accounts(settings) as accounts:
        if not await accounts.change(login, password=password, role=role, active=not lock):
            raise RequestError("staff-unknown", f"Nie ma konta {login}.", status=404)
    console.print(f"Konto {login} zmienione.")
    if password:
        console.print(f"Nowe hasło, pokazane tylko teraz: [bold]{password}[/bold]")


def _check_role(role: str) -> None:
    if role not in RIGHTS:
        raise RequestError("staff-role", f"Role to: {', '.join(RIGHTS)}.")
