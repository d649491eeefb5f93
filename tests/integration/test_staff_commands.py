"""``halo staff`` as the administrator types it."""

import asyncio
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voice_gateway.cli import app
from voice_gateway.errors import RequestError
from voice_gateway.records.database import Database
from voice_gateway.records.staff import StaffAccounts


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


def test_an_account_is_made_changed_and_locked(halo, tmp_path: Path) -> None:
    made = halo("add", "anna", "--name", "Anna Nowak", "--role", "editor")
    assert made.exit_code == 0, made.output
    password = re.search(r"teraz: (\S+)", made.output)[1]
    assert signs_in(tmp_path, "anna", password).role == "editor"
    assert halo("change", "anna", "--role", "approver").exit_code == 0
    assert signs_in(tmp_path, "anna", password).role == "approver"
    assert "approver" in halo("list").output
    assert halo("change", "anna", "--lock").exit_code == 0
    assert signs_in(tmp_path, "anna", password) is None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "Ania Zła", "--name", "A", "--role", "editor"), "staff-login"),
        (("add", "ania", "--name", "A", "--role", "szef"), "staff-role"),
        (("change", "nikt"), "staff-unknown"),
    ],
)
def test_wrong_orders_are_told_in_polish(halo, words, code) -> None:
    error = halo(*words).exception
    assert isinstance(error, RequestError)
    assert error.code == code
    assert error.detail_pl.endswith(".")
