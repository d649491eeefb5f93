"""Fixtures that several unit tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.editor_parts import StoreOffice


@pytest.fixture
def store_office(tmp_path: Path, empty_database: Path) -> Iterator[StoreOffice]:
    """The editor on the real store."""
    office = StoreOffice(tmp_path, empty_database)
    with office.client:
        yield office
    office.database.close()
