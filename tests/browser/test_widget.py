"""The one-line embed on a city's own page, of another origin and with styles of its own."""

from playwright.sync_api import Page, expect

from tests.browser.office import RunningOffice
from tests.browser.people import Resident
from tests.browser.test_keyboard import tab_to


class WidgetResident(Resident):
    def __init__(self, page: Page, office: RunningOffice) -> None:
        self.page = page
        page.goto(office.foreign_url)
        self.button("Zapytaj urząd").click()
        expect(self.log).to_contain_text("automatyczny asystent")


def test_the_widget_answers_on_a_foreign_page(page: Page, office: RunningOffice) -> None:
    resident = WidgetResident(page, office)
    expect(resident.line).to_be_focused()
    resident.asks("dowód")
    resident.button("Ile to kosztuje?").click()
    resident.hears("jest bezpłatne")


def test_escape_closes_gives_the_focus_back_and_keeps_the_talk(
    page: Page, office: RunningOffice
) -> None:
    resident = WidgetResident(page, office)
    resident.asks("godziny")
    resident.hears("otwarty od 8:00")
    page.keyboard.press("Escape")
    expect(resident.log).to_be_hidden()
    expect(resident.button("Zapytaj urząd")).to_be_focused()
    page.keyboard.press("Enter")
    resident.hears("otwarty od 8:00")
    resident.button("Zamknij okno rozmowy").click()
    expect(resident.button("Zapytaj urząd")).to_be_focused()


def test_the_keyboard_is_not_trapped(page: Page, office: RunningOffice) -> None:
    WidgetResident(page, office)
    tab_to(page, "Aktualności")
    tab_to(page, "Aktualności", key="Shift+Tab")


def test_nothing_leaks_either_way(page: Page, office: RunningOffice) -> None:
    page.goto(f"{office.url}/foreign?server={office.url}/nothing")
    without = set(page.evaluate("Object.keys(window)"))
    resident = WidgetResident(page, office)
    assert set(page.evaluate("Object.keys(window)")) == without
    colour = "getComputedStyle(line).color"
    assert resident.line.evaluate(f"line => {colour}") != "rgb(255, 0, 0)"
    heading = page.get_by_role("heading", name="Strona miasta")
    assert heading.evaluate("line => getComputedStyle(line).color") == "rgb(255, 0, 0)"


def test_on_a_telephone_it_takes_the_whole_screen(new_context, office: RunningOffice) -> None:
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    WidgetResident(page, office)
    box = page.get_by_role("dialog").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
