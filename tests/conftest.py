"""Shared by all tests: one running product and one PostgreSQL server a session, each started when
the first test asks, and tables to copy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.postgres import NoPostgresError, running_postgres
from tests.running_product import RunningProduct, running_product
from voice_gateway.records.database import upgrade

# Tests of one group run one after another in one process; groups run side by side (they mostly
# wait for sound in real time). A group shares what is slow to start: an exchange, a product.
GROUPS = {
    "telephony": "telephone",
    "product": "product",
    "integration": "product",
    "browser": "browser",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = Path(item.path).relative_to(Path(__file__).parent).parts[0]
        item.add_marker(pytest.mark.xdist_group(GROUPS.get(folder, str(item.path))))


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProduct]:
    """The whole product on free ports. Tests that kill a part wait until it is ready again."""
    with running_product(tmp_path_factory.mktemp("product")) as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server of the tests' own; ``new_database`` makes a database there."""
    try:
        with running_postgres() as server:
            yield server
    except NoPostgresError as error:
        pytest.skip(f"no PostgreSQL: {error}")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them: made once, each test takes a copy."""
    path = tmp_path_factory.mktemp("empty") / "halo.db"
    upgrade(f"sqlite:///{path}")
    return path
