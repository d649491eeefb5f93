"""A clerk looks up who comes to a desk, on a desktop, on a telephone and on paper."""

from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from actions.office.calendar import WARSAW, to_local
from tests.browser.conftest import DESKTOP
from tests.browser.office import RunningOffice
from tests.browser.people import Clerk
from tests.browser.test_accessibility import assert_accessible
from visits.book import EmbeddedBook
from visits.calendar import Desk
from visits.messages import grouped
from visits.values import Visit, Visitor, Wanted

SMALL = {"width": 360, "height": 740}
LONG_SURNAME = "Brzęczyszczykiewicz-Grzegżółkowska"


@pytest.fixture(scope="module")
def visit(office: RunningOffice) -> Visit:
    """A visit of the next days."""
    book: EmbeddedBook = office.app.state.book
    now = datetime.now(WARSAW)
    book.hold(book.free_times(Wanted("passport"), now)[0], "talk-1", now)
    return book.confirm("talk-1", Visitor(LONG_SURNAME, "600100200"), now)


def desk_of(office: RunningOffice, visit: Visit) -> Desk:
    return next(desk for desk in office.app.state.book.desks() if desk.id == visit.desk)


def opens_the_day(page: Page, office: RunningOffice, visit: Visit) -> None:
    """From the desk to the list of the visit's day."""
    clerk = Clerk(page, office)
    clerk.page.get_by_role("link", name="Wizyty").click()
    expect(page.get_by_role("heading", name="Wizyty", exact=True)).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Stanowisko").select_option(label=desk_of(office, visit).name)
    page.get_by_label("Dzień", exact=True).fill(to_local(visit.starts_at).date().isoformat())
    page.get_by_role("button", name="Pokaż listę").click()
    expect(page.get_by_text("Umówione wizyty: 1")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, SMALL], ids=["1280", "360"])
def test_a_day_is_found_and_everybody_can_read_it(
    new_context, office: RunningOffice, visit: Visit, size: dict[str, int]
) -> None:
    page = new_context(viewport=size).new_page()
    opens_the_day(page, office, visit)
    row = page.get_by_role("row").filter(has_text=LONG_SURNAME)
    expect(row).to_contain_text(f"{to_local(visit.starts_at):%H:%M}")
    expect(row).to_contain_text("paszport")
    expect(row).to_contain_text(grouped(visit.number))
    expect(page.get_by_text("600100200")).to_have_count(0)
    assert_accessible(page)

    page.get_by_role("link", name="Następny dzień").click()
    expect(page.get_by_text(LONG_SURNAME)).to_have_count(0)
    page.get_by_role("link", name="Inne stanowisko lub dzień").click()
    expect(page).to_have_url(f"{office.url}/staff/visits")
    page.get_by_role("link", name="Stanowisko urzędu").click()
    expect(page.get_by_role("heading", name="Czekają na rozmowę")).to_be_visible()


def test_on_paper_there_is_only_the_list(new_context, office: RunningOffice, visit: Visit) -> None:
    page = new_context().new_page()
    opens_the_day(page, office, visit)
    page.emulate_media(media="print")
    for name in ("Stanowisko urzędu", "Poprzedni dzień", "Inne stanowisko lub dzień"):
        expect(page.get_by_text(name)).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_contain_text(desk_of(office, visit).name)
    expect(page.get_by_role("cell", name=LONG_SURNAME)).to_be_visible()


def test_a_stranger_sees_only_the_form(page: Page, office: RunningOffice) -> None:
    page.goto(f"{office.url}/staff/visits")
    expect(page).to_have_url(f"{office.url}/staff/sign-in")
