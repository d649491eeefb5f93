"""``halo staff``: accounts of the people of the office, for the administrator of the machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from staff_console.accounts.deeds import SERVER
from staff_console.accounts.links import Links
from staff_console.accounts.people import People
from voice_gateway.errors import RequestError
from voice_gateway.records.database import Database, upgrade
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.settings import Settings


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
    """Make an account and print the link that opens it.

    Raises ``RequestError`` staff-login, staff-name, staff-role, staff-taken.
    """
    async with _accounts(settings) as accounts:
        people, links = People(accounts.database), Links(accounts.database)
        await people.add(StaffAccount(login, name, department, role), SERVER)
        path = await links.make(login)
    console.print(f"Konto {login} założone. Odnośnik do ustawienia hasła (raz, przez 24 godziny):")
    _print_link(settings, console, path)


async def change_account(
    settings: Settings, console: Console, login: str, role: str, *, lock: bool, unlock: bool
) -> None:
    """Change an account. Raises ``RequestError`` staff-role, staff-unknown, staff-last."""
    async with _accounts(settings) as accounts:
        people = People(accounts.database)
        account = (await people.one(login)).account
        await people.change(replace(account, role=role or account.role), SERVER)
        if lock or unlock:
            await people.switch(login, SERVER, on=unlock)
    console.print(f"Konto {login} zmienione.")


async def print_link(settings: Settings, console: Console, login: str) -> None:
    """Print a link that sets a password once; without a login the first administrator's.

    Raises ``RequestError`` staff-unknown, and staff-has-admin when there is an administrator.
    """
    async with _accounts(settings) as accounts:
        links = Links(accounts.database)
        path = await (links.make(login) if login else links.first())
    if not path:
        raise RequestError(
            "staff-has-admin", "Jest już administrator. Proszę podać login: halo staff link LOGIN."
        )
    console.print("Odnośnik do ustawienia hasła (raz, przez 24 godziny):")
    _print_link(settings, console, path)


async def reset_codes(settings: Settings, console: Console, login: str) -> None:
    """Take somebody's second factor away. Raises ``RequestError`` staff-unknown."""
    async with _accounts(settings) as accounts:
        people = People(accounts.database)
        await people.one(login)
        await people.reset_codes(login, SERVER)
    console.print(f"Konto {login}: logowanie nie wymaga już kodu z telefonu.")


def _print_link(settings: Settings, console: Console, path: str) -> None:
    base = f"http://{settings.host}:{settings.port}"
    console.print(f"[bold]{base}{path}[/bold]", soft_wrap=True)
