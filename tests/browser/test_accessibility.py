"""axe-core on every page and state, on a desktop and on a telephone, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.office import RunningOffice
from tests.browser.people import Clerk, Resident
from tests.browser.test_widget import WidgetResident

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
WCAG = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
}


def assert_accessible(page: Page, *, ours: str | None = None) -> None:
    """No finding of axe-core, and nothing runs out of the screen's side. ``ours``: only there."""
    results = Axe().run(page, context=ours, options=WCAG)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), "scrolls sideways"


def context_of(new_context, size: dict[str, int], scheme: str = "light") -> BrowserContext:
    return new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")


@SIZES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_start_page(new_context, office: RunningOffice, size: dict[str, int], scheme: str) -> None:
    resident = Resident(context_of(new_context, size, scheme).new_page(), office.url)
    assert_accessible(resident.page)
    resident.page.get_by_text("Dla opiekunów stron").click()
    resident.asks("dowód")
    expect(resident.button("Ile to kosztuje?")).to_be_visible()
    assert_accessible(resident.page)
    resident.asks("konsultant")
    resident.hears("w kolejce")
    clerk = Clerk(new_context().new_page(), office)
    clerk.takes_first()
    clerk.writes("Dzień dobry: https://nadmorzyn.example")
    resident.hears("Dzień dobry")
    assert_accessible(resident.page)
    clerk.ends()


@SIZES
def test_widget(new_context, office: RunningOffice, size: dict[str, int]) -> None:
    page = context_of(new_context, size).new_page()
    page.goto(office.foreign_url)
    expect(page.get_by_role("button", name="Zapytaj urząd")).to_be_visible()
    assert_accessible(page, ours="body > div")
    resident = WidgetResident(page, office)
    resident.asks("dowód")
    expect(resident.button("Ile to kosztuje?")).to_be_visible()
    assert_accessible(page, ours="body > div")


@SIZES
def test_sign_in(new_context, office: RunningOffice, size: dict[str, int]) -> None:
    page = context_of(new_context, size).new_page()
    page.goto(f"{office.url}/staff/")
    assert_accessible(page)
    page.get_by_label("Login").fill("nikt")
    page.get_by_label("Hasło").fill("zle")
    page.get_by_role("button", name="Zaloguj").click()
    expect(page.get_by_role("alert")).to_contain_text("nie zgadza")
    assert_accessible(page)


@SIZES
def test_desk(new_context, office: RunningOffice, size: dict[str, int]) -> None:
    clerk = Clerk(context_of(new_context, size).new_page(), office)
    assert_accessible(clerk.page)
    resident = Resident(new_context().new_page(), office.url)
    resident.asks("konsultant")
    resident.hears("w kolejce")
    expect(clerk.waiting).to_have_count(1)
    assert_accessible(clerk.page)
    clerk.takes_first()
    clerk.writes("Dzień dobry: https://nadmorzyn.example")
    expect(clerk.log).to_contain_text("Dzień dobry")
    assert_accessible(clerk.page)
    clerk.ends()
