"""Shared by all tests: one running product a session, started when the first test asks."""

from collections.abc import Iterator

import pytest

from tests.running_product import RunningProduct, running_product


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProduct]:
    """The whole product on free ports. Tests that kill a part wait until it is ready again."""
    with running_product(tmp_path_factory.mktemp("product")) as running:
        yield running
