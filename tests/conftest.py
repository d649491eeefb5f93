"""Shared by all tests: one running product a session, started when the first test asks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_product import RunningProduct, running_product

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
