"""A real Chromium and a trial office.

Scope "package": Playwright keeps an event loop running, which other folders' tests must not meet.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser.office import RunningOffice

ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
if os.geteuid() == 0:
    ARGUMENTS.append("--no-sandbox")  # Chromium's sandbox does not work for root

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def launch(playwright: Playwright) -> Iterator[Callable[..., Browser]]:
    """Start Chromium with more arguments; all are closed at the end."""
    path = shutil.which("chromium")
    if not path:
        pytest.skip("Chromium is missing: apt-get install chromium")
    with ExitStack() as stack:

        def start(*more: str) -> Browser:
            browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *more])
            stack.callback(browser.close)
            return browser

        yield start


@pytest.fixture(scope="package")
def browser(launch: Callable[..., Browser]) -> Browser:
    return launch()


@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    running = RunningOffice(tmp_path_factory.mktemp("office"))
    yield running
    running.stop()


class Faults(list[str]):
    """What pages complained about: faults of scripts, and what the security policy refused."""

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on(
            "console",
            lambda message: "Content Security Policy" in message.text and self.append(message.text),
        )


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A person with a browser of their own. A test fails when any page has a fault."""
    faults = Faults()
    with ExitStack() as stack:

        def make(**options: object) -> BrowserContext:
            context = browser.new_context(**{"viewport": DESKTOP, "locale": "pl-PL", **options})
            context.set_default_timeout(10_000)
            context.on("page", faults.watch)
            stack.callback(context.close)
            return context

        yield make
    assert not faults


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()
