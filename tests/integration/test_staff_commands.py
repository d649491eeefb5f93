"""``halo staff`` as the administrator types it."""

import asyncio
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from staff_console.accounts.links import Links
from voice_gateway.cli import app
from voice_gateway.errors import RequestError
from voice_gateway.records.database import Database
from voice_gateway.records.staff import StaffAccount, StaffAccounts

PASSWORD = "koń bateria zszywka"


@pytest.fixture
def halo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HALO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HALO_DATABASE_URL", "")
    return lambda *words: CliRunner().invoke(app, ["staff", *words])


def signs_in(folder: Path, login: str, password: str):
    database = Database(f"sqlite:///{folder / 'halo.db'}")
    try:
        return asyncio.run(StaffAccounts(database).check(login, password))
    finally:
        database.close()


def in_database(folder: Path, function):
    """Run ``function`` (given the database, returns a coroutine) on the commands' database."""
    database = Database(f"sqlite:///{folder / 'halo.db'}")
    try:
        return asyncio.run(function(database))
    finally:
        database.close()


def link_in(output: str) -> str:
    found = re.search(r"http://\S+/staff/link/(\S+)", output)
    assert found, output
    return found[1]


def sets_password(folder: Path, link: str, login: str = "") -> None:
    async def use(database: Database) -> None:
        hashed = await StaffAccounts(database).hash(PASSWORD)
        await Links(database).use(link, StaffAccount(login, "Ola Szef"), hashed)

    in_database(folder, use)


def test_an_account_is_made_changed_and_locked(halo, tmp_path: Path) -> None:
    made = halo("add", "anna", "--name", "Anna Nowak", "--role", "editor")
    assert made.exit_code == 0, made.output
    sets_password(tmp_path, link_in(made.output))
    assert signs_in(tmp_path, "anna", PASSWORD).role == "editor"
    assert halo("change", "anna", "--role", "approver").exit_code == 0
    assert signs_in(tmp_path, "anna", PASSWORD).role == "approver"
    assert "approver" in halo("list").output
    assert halo("change", "anna", "--lock").exit_code == 0
    assert signs_in(tmp_path, "anna", PASSWORD) is None
    assert halo("change", "anna", "--role", "editor").exit_code == 0  # stays locked
    assert signs_in(tmp_path, "anna", PASSWORD) is None
    assert halo("change", "anna", "--unlock").exit_code == 0
    assert signs_in(tmp_path, "anna", PASSWORD).role == "editor"


def test_links_are_for_the_first_administrator_and_for_lost_passwords(halo, tmp_path: Path) -> None:
    halo("add", "anna", "--name", "Anna Nowak", "--role", "clerk")
    sets_password(tmp_path, link_in(halo("link").output), "ola")
    assert signs_in(tmp_path, "ola", PASSWORD).role == "admin"
    error = halo("link").exception
    assert isinstance(error, RequestError)
    assert error.code == "staff-has-admin"
    sets_password(tmp_path, link_in(halo("link", "anna").output))
    assert signs_in(tmp_path, "anna", PASSWORD).role == "clerk"
    assert halo("reset-codes", "anna").exit_code == 0
    last = halo("change", "ola", "--lock").exception
    assert isinstance(last, RequestError)
    assert last.code == "staff-last"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "Ania Zła", "--name", "A", "--role", "editor"), "staff-login"),
        (("add", "ania", "--name", "A", "--role", "szef"), "staff-role"),
        (("change", "nikt"), "staff-unknown"),
        (("link", "nikt"), "staff-unknown"),
        (("reset-codes", "nikt"), "staff-unknown"),
    ],
)
def test_wrong_orders_are_told_in_polish(halo, words, code) -> None:
    error = halo(*words).exception
    assert isinstance(error, RequestError)
    assert error.code == code
    assert error.detail_pl.endswith(".")
