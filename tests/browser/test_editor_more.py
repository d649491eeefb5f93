"""Incident messages, the switch of a topic, the plan of visits, import: in a real Chromium."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import BrowserContext, Page, Route, expect

from actions.office.incidents import load_incidents, told_now
from staff_console.content.package import pack
from tests.browser.test_accessibility import SIZES, assert_accessible
from tests.browser.test_editor import (  # noqa: F401 - the fixture is used by its name
    Editor,
    EditorOffice,
    editors,
    keep_picture,
)
from tests.unit.editor_parts import NOW

TEXT = "Awaria wody na Witominie, potrwa do godziny 20. Beczkowóz stoi przy szkole."


@pytest.fixture
def editor(page: Page, editors: EditorOffice) -> Editor:  # noqa: F811
    return Editor(page, editors, "maria")


def test_what_is_written_before_the_script_runs_is_measured_too(editor: Editor) -> None:
    page, held = editor.page, list[Route]()
    page.route("**/staff/static/editor.js", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks handlers
    page.goto(f"{editor.office.url}/staff/content/incidents/new", wait_until="commit")
    page.get_by_label("Tekst w telefonie").fill(TEXT)
    assert held, "the script came too early"
    held[0].continue_()
    expect(page.locator("[data-length=spoken]")).to_have_text(re.compile(r"[4-9],\d s"))


@SIZES
def test_a_message_is_heard_saved_and_stopped(
    new_context: Callable[..., BrowserContext],
    editors: EditorOffice,  # noqa: F811
    size: dict[str, int],
) -> None:
    editor = Editor(new_context(viewport=size).new_page(), editors, "maria")
    page = editor.page
    editor.opens("/incidents")
    page.get_by_role("link", name="Dodaj komunikat").click()
    page.get_by_label("Tekst w czacie").fill(TEXT)
    page.get_by_label("Tekst w telefonie").fill(TEXT)
    expect(page.locator("[data-length=spoken]")).to_have_text(re.compile(r"[4-9],\d s"))
    page.get_by_role("button", name="Posłuchaj").click()
    expect(page.locator("[data-listen][data-heard]")).to_have_count(1)
    page.get_by_label("Źródło").fill("telefon z wodociągów")
    page.locator("summary").filter(has_text="Sprawy, których dotyczy").click()
    page.get_by_label("odpady", exact=False).first.check()
    page.get_by_role("button", name="Zapisz komunikat").click()
    expect(page.get_by_role("status")).to_contain_text("Komunikat jest zapisany")
    assert [one.text for one in told_now(load_incidents(editors.knowledge), datetime.now(UTC))]
    assert_accessible(page)
    keep_picture(page, "incidents-now", size)
    page.get_by_role("button", name="Zakończ teraz").first.click()
    expect(page.get_by_role("status")).to_contain_text("zakończony")
    assert not told_now(load_incidents(editors.knowledge), datetime.now(UTC))
    page.get_by_role("button", name="Usuń").first.click()
    expect(page.get_by_role("status")).to_contain_text("usunięty")


@SIZES
def test_a_topic_is_switched_off_and_on(
    new_context: Callable[..., BrowserContext],
    editors: EditorOffice,  # noqa: F811
    size: dict[str, int],
) -> None:
    editor = Editor(new_context(viewport=size).new_page(), editors, "maria")
    page, file = editor.page, editors.knowledge / "topics/greenery.yml"
    editor.opens("/topics/greenery")
    page.get_by_label("Dlaczego").fill("trwa zmiana uchwały")
    page.get_by_role("button", name="Wyłącz sprawę").click()
    expect(page.get_by_role("status").first).to_contain_text("wyłączona")
    assert yaml.safe_load(file.read_text())["off"] is True
    assert_accessible(page)
    keep_picture(page, "topic-off", size)
    editor.opens("?q=zieleń miejska")
    expect(page.get_by_text("Wyłączona", exact=True)).to_be_visible()
    editor.opens("/topics/greenery")
    page.get_by_label("Dlaczego").fill("uchwała gotowa")
    page.get_by_role("button", name="Włącz sprawę").click()
    expect(page.get_by_role("status").first).to_contain_text("włączona")
    assert "off" not in yaml.safe_load(file.read_text())


@SIZES
def test_a_package_of_another_city_is_looked_at_taken_in_and_published(
    new_context: Callable[..., BrowserContext],
    editors: EditorOffice,  # noqa: F811
    size: dict[str, int],
    tmp_path: Path,
) -> None:
    editor = Editor(new_context(viewport=size).new_page(), editors, "maria")
    page, path = editor.page, "topics/senior.yml"
    body = editors.content.live(path).body
    package = tmp_path / "gdynia.zip"
    package.write_bytes(pack({path: f"{body}# {size['width']}\n"}, "Gdynia", NOW))
    editor.opens("/transfer")
    with page.expect_download() as download:
        page.get_by_role("link", name="Pobierz całość").click()
    assert download.value.suggested_filename.endswith(".zip")
    page.get_by_label("Plik zip albo").set_input_files(package)
    page.get_by_role("button", name="Pokaż, co się zmieni").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Co się zmieni po wczytaniu")
    expect(page.locator("main")).to_contain_text("Gdynia")
    assert_accessible(page)
    keep_picture(page, "transfer-look", size)
    page.get_by_role("button", name="Wczytaj zaznaczone").click()
    expect(page.get_by_role("status")).to_contain_text("Wczytano jako szkice: 1")
    page.get_by_role("checkbox", name="senior").first.check()
    page.get_by_label("Powód zmiany").fill("z Gdyni")
    assert_accessible(page)
    keep_picture(page, "transfer-drafts", size)
    page.get_by_role("button", name="Opublikuj zaznaczone").click()
    expect(page.get_by_role("status")).to_contain_text("Opublikowano: 1")
    expect(page.locator("main")).to_contain_text("pochodzi z: Gdynia")


def test_a_service_is_changed_in_its_form(editor: Editor) -> None:
    editor.opens("/visits")
    part = editor.part("dowód osobisty")
    part.get_by_label("Ile minut trwa wizyta").fill("25")
    part.get_by_label("pokój 5").check()
    editor.publishes("dłuższe wizyty")
    expect(editor.page.get_by_role("status").first).to_contain_text("Opublikowano")
    data = yaml.safe_load((editor.office.knowledge / "visits.yml").read_text())
    changed = next(one for one in data["services"] if one["id"] == "id_card")
    assert changed["length_min"] == 25
    assert "pokoj_5" in changed["desks"]
