"""Everything without a mouse."""

from playwright.sync_api import Page, expect

from tests.browser.office import RunningOffice
from tests.browser.people import Resident


def tab_to(page: Page, name: str, longest: int = 40, key: str = "Tab") -> None:
    """Press Tab until the control with this name has the focus, as a person would."""
    for _ in range(longest):
        page.keyboard.press(key)
        focused = page.evaluate(
            """() => {
                let at = document.activeElement;
                while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                return at?.getAttribute("aria-label") || at?.textContent || "";
            }"""
        )
        if focused.strip().startswith(name):
            return
    raise AssertionError(f"no way to {name!r} by {key}")


def test_a_talk_by_keyboard_alone(page: Page, office: RunningOffice) -> None:
    resident = Resident(page, office.url)
    tab_to(page, "Przejdź do rozmowy")
    page.keyboard.press("Enter")
    tab_to(page, "Twoje pytanie")
    page.keyboard.type("dowód")
    page.keyboard.press("Enter")
    resident.hears("O co chodzi")
    tab_to(page, "Ile to kosztuje?", key="Shift+Tab")
    page.keyboard.press("Enter")
    resident.hears("jest bezpłatne")
    expect(resident.line).to_be_focused()  # the pressed button is gone, the talk goes on here
    tab_to(page, "Porozmawiaj z człowiekiem", key="Shift+Tab")
    page.keyboard.press("Enter")
    resident.hears("w kolejce")
    expect(resident.line).to_be_focused()


def test_what_has_the_focus_is_seen(page: Page, office: RunningOffice) -> None:
    Resident(page, office.url)
    for _ in range(15):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        name = page.evaluate("document.activeElement.outerHTML.slice(0, 80)")
        assert outline == "3px", name
