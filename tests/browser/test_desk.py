"""A resident asks for a person; a clerk in another browser answers."""

import re

from playwright.sync_api import expect

from tests.browser.office import RunningOffice
from tests.browser.people import Clerk, Resident


def test_a_person_takes_over_and_gives_back(new_context, office: RunningOffice) -> None:
    clerk = Clerk(new_context().new_page(), office)
    resident = Resident(new_context().new_page(), office.url)
    already = clerk.waiting.count()
    resident.asks("godziny")
    resident.hears("otwarty od 8:00")
    resident.button("Porozmawiaj z człowiekiem").click()
    resident.hears("w kolejce")
    expect(resident.page.get_by_text("Prośba o rozmowę z człowiekiem")).to_be_visible()

    expect(clerk.waiting).to_have_count(already + 1)
    expect(clerk.page).to_have_title(re.compile(r"^\(\d+\) "))
    expect(clerk.page.locator("#news")).to_contain_text("Nowa rozmowa czeka")
    expect(clerk.waiting.last).to_contain_text("Wydział Spraw Obywatelskich")
    clerk.waiting.last.click()
    expect(clerk.log).to_contain_text("otwarty od 8:00")
    clerk.page.get_by_role("button", name="Przejmij rozmowę").click()
    expect(resident.page.locator(".halo-strip")).to_contain_text("Anna z urzędu")

    clerk.writes("Dzień dobry, <b>tu</b> Anna. Zobacz https://nadmorzyn.example/dowod.")
    resident.hears("<b>tu</b> Anna")
    expect(resident.log.get_by_role("link", name="https://nadmorzyn.example/dowod")).to_be_visible()
    resident.line.press_sequentially("Mam <i>pytanie</i>")
    expect(clerk.page.get_by_text("Mieszkaniec pisze…")).to_be_visible()
    resident.line.press("Enter")
    expect(clerk.log).to_contain_text("Mam <i>pytanie</i>")

    clerk.ends()
    expect(resident.log).to_contain_text("znów odpowiada automatyczny asystent")
    expect(clerk.waiting).to_have_count(already)
    resident.asks("ile to kosztuje?")
    resident.hears("jest bezpłatne")


def test_of_two_clerks_one_gets_the_talk(new_context, office: RunningOffice) -> None:
    first = Clerk(new_context().new_page(), office)
    second = Clerk(new_context().new_page(), office, "ewa")
    resident = Resident(new_context().new_page(), office.url)
    resident.asks("konsultant")
    resident.hears("w kolejce")
    first.takes_first()
    expect(second.waiting.first).to_contain_text("Rozmawia: Anna z urzędu")
    second.waiting.first.click()
    expect(second.log).to_contain_text("konsultant")
    expect(second.page.get_by_role("button", name="Przejmij rozmowę")).to_be_hidden()
    expect(second.page.get_by_label("Odpowiedź dla mieszkańca")).to_be_hidden()
    first.ends()
    expect(second.page.get_by_text("Nikt teraz nie czeka.")).to_be_visible()


def test_an_empty_desk_says_so_and_a_stranger_sees_only_the_form(
    new_context, office: RunningOffice
) -> None:
    page = new_context().new_page()
    page.goto(f"{office.url}/staff/")
    expect(page).to_have_url(f"{office.url}/staff/sign-in")
    clerk = Clerk(page, office, "piotr")
    expect(clerk.page.get_by_text("Nikt teraz nie czeka.")).to_be_visible()
    page.get_by_role("button", name="Wyloguj").click()
    expect(page).to_have_url(f"{office.url}/staff/sign-in")


def test_the_desk_comes_back_after_a_restart(new_context, office: RunningOffice) -> None:
    clerk = Clerk(new_context().new_page(), office)
    resident = Resident(new_context().new_page(), office.url)
    resident.asks("konsultant")
    resident.hears("w kolejce")
    clerk.takes_first()
    office.stop()
    expect(clerk.page.get_by_text("Połączenie zostało przerwane.")).to_be_visible()
    office.start()
    expect(clerk.page.get_by_text("Połączenie zostało przerwane.")).to_have_count(0)
    clerk.writes("Jestem znowu.")
    expect(resident.log).to_contain_text("Jestem znowu.", timeout=20_000)
    clerk.ends()
