"""A resident writes on the city's page."""

from playwright.sync_api import Page, expect

from tests.browser.office import RunningOffice
from tests.browser.people import Resident


def test_a_question_is_answered_and_a_choice_is_one_click(
    page: Page, office: RunningOffice
) -> None:
    resident = Resident(page, office.url)
    resident.asks("dowód")
    resident.hears("O co chodzi w sprawie dowodu?")
    resident.button("Ile to kosztuje?").click()
    resident.hears("jest bezpłatne")
    expect(resident.button("Ile to kosztuje?")).to_have_count(0)
    expect(resident.log).to_contain_text("Ile to kosztuje?")


def test_an_example_is_one_click(page: Page, office: RunningOffice) -> None:
    resident = Resident(page, office.url)
    resident.button("O której dziś otwieracie?").click()
    resident.hears("Nie wiem, o co chodzi.")
    expect(resident.line).to_be_focused()


def test_the_first_message_says_what_it_is_and_how_to_reach_a_person(
    page: Page, office: RunningOffice
) -> None:
    resident = Resident(page, office.url)
    for words in ("automatyczny asystent", "Nadmorzyn", "konsultant"):
        resident.hears(words)
    expect(resident.button("Porozmawiaj z człowiekiem")).to_be_visible()


def test_the_page_tells_the_number_and_the_speech_model_with_its_limits(
    page: Page, office: RunningOffice
) -> None:
    page.goto(office.url)
    expect(page.get_by_role("link", name="99 123 40 00")).to_have_attribute(
        "href", "tel:+48991234000"
    )
    expect(page.locator("#hearing")).to_contain_text("pl-small")
    expect(page.locator("#hearing")).to_contain_text("głosach syntetycznych")


def test_what_people_and_answers_say_is_never_markup(page: Page, office: RunningOffice) -> None:
    resident = Resident(page, office.url)
    resident.asks('<b onclick="x">gruby</b> javascript:alert(1)')
    expect(resident.log.locator(".halo-resident p").last).to_have_text(
        '<b onclick="x">gruby</b> javascript:alert(1)'
    )
    resident.asks("znaczniki")
    resident.hears("<img src=x")
    assert page.evaluate("window.hurt") is None
    assert resident.log.locator("img, b").count() == 0
    links = resident.log.locator("a").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    assert links == ["https://nadmorzyn.example/a?b=1&c", "mailto:urzad@nadmorzyn.example"]


def test_shift_enter_writes_a_second_line(page: Page, office: RunningOffice) -> None:
    resident = Resident(page, office.url)
    resident.line.press_sequentially("raz")
    resident.line.press("Shift+Enter")
    resident.line.press_sequentially("dwa")
    resident.line.press("Enter")
    assert resident.log.locator(".halo-resident p").last.text_content() == "raz\ndwa"
    expect(resident.line).to_have_value("")


def test_a_reloaded_page_goes_on_with_its_talk(page: Page, office: RunningOffice) -> None:
    resident = Resident(page, office.url)
    resident.asks("godziny")
    resident.hears("otwarty od 8:00")
    page.reload()
    resident.hears("otwarty od 8:00")
    expect(resident.log.locator(".halo-message")).to_have_count(3)
    resident.asks("ile to kosztuje?")
    resident.hears("jest bezpłatne")


def test_a_lost_connection_is_said_and_comes_back_with_what_was_written(
    page: Page, office: RunningOffice
) -> None:
    resident = Resident(page, office.url)
    resident.asks("godziny")
    resident.hears("otwarty od 8:00")
    office.stop()
    try:
        expect(page.get_by_text("Połączenie zostało przerwane.")).to_be_visible()
        resident.asks("ile to kosztuje?")
    finally:
        office.start()
    resident.hears("jest bezpłatne")
    expect(page.get_by_text("Połączenie zostało przerwane.")).to_have_count(0)
    expect(resident.log).to_contain_text("otwarty od 8:00")


def test_a_message_that_is_refused_is_explained(page: Page, office: RunningOffice) -> None:
    resident = Resident(page, office.url)
    resident.line.evaluate("line => line.removeAttribute('maxlength')")
    resident.asks("x" * 1001)
    expect(resident.log.locator(".halo-system").last).to_contain_text("za długa")
    resident.asks("godziny")
    resident.hears("otwarty od 8:00")


def test_without_scripts_there_is_still_the_number(new_context, office: RunningOffice) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(office.url)
    expect(page.get_by_role("link", name="99 123 40 00")).to_be_visible()
