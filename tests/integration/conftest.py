"""A database with empty tables: the same tests on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.postgres import new_database
from voice_gateway.records.database import Database, upgrade


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_database"), tmp_path / "halo.db")
        return f"sqlite:///{tmp_path / 'halo.db'}"
    url = new_database(request.getfixturevalue("postgres"))
    upgrade(url)
    return url


@pytest.fixture
def database(db_url: str) -> Iterator[Database]:
    database = Database(db_url)
    yield database
    database.close()
