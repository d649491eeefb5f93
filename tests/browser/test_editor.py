"""People of the office change answers: real pages, real content, a real Chromium.

``HALO_SHOTS=folder`` keeps pictures of all pages at 1280 and 390 px there.
"""

import asyncio
import io
import math
import os
import shutil
import socket
import struct
import threading
import time
import wave
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
import yaml
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from actions.check import reading_s
from actions.office.facts import load_office
from staff_console.content.store import ContentStore
from staff_console.editor.routes import EditorPages, build_editor_router
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.office import PASSWORD, build
from tests.browser.test_accessibility import SIZES, assert_accessible
from voice_gateway.records.database import Database, upgrade
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.settings import ROOT, Settings

KNOWLEDGE = ROOT / "nlu_data"
SPOKEN = "Tekst w telefonie"
PEOPLE = {"maria": "editor", "marek": "editor", "zofia": "approver", "olek": "clerk"}


async def tone(text: str) -> bytes:
    """Something to hear, the longer the text."""
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setparams((1, 2, 8000, 0, "NONE", ""))
        waves = (int(3000 * math.sin(n / 3)) for n in range(len(text) * 400))
        wav.writeframes(b"".join(struct.pack("<h", one) for one in waves))
    return out.getvalue()


class EditorOffice:
    """The trial office with the editor, on a copy of the knowledge."""

    def __init__(self, folder: Path) -> None:
        self.cookies: dict[str, list] = {}
        self.knowledge = folder / "nlu_data"
        shutil.copytree(KNOWLEDGE, self.knowledge)
        settings = Settings(
            _env_file=None,
            data_dir=folder,
            knowledge_dir=self.knowledge,
            secret_key="only for these tests",
        )
        app = build(settings)
        upgrade(settings.db_url)
        self.database = Database(settings.db_url)
        self.accounts = StaffAccounts(self.database)
        self.content = ContentStore(self.database, self.knowledge)
        self.content.adopt(datetime.now(UTC))
        # Playwright's loop runs in this thread
        adding = threading.Thread(target=lambda: asyncio.run(self._add_people()))
        adding.start()
        adding.join()
        app.include_router(build_editor_router(self._pages()))
        self._serve(app)

    def _pages(self) -> EditorPages:
        return EditorPages(
            "only for these tests",
            self.accounts,
            self.content,
            lambda: load_office(self.knowledge / "office.yml"),
            tone,
            lambda: datetime.now(UTC),
            self.knowledge / "taxonomy.yml",
        )

    async def _add_people(self) -> None:
        for login, role in PEOPLE.items():
            name = f"{login.title()} z urzędu"
            await self.accounts.add(StaffAccount(login, name, "", role), PASSWORD)

    def _serve(self, app: FastAPI) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        deadline_s = time.monotonic() + 20
        while not self.server.started:
            assert time.monotonic() < deadline_s, "the trial office does not start"
            time.sleep(0.02)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(20)
        self.database.close()

    def answer(self, topic: str, aspect: str) -> dict[str, str]:
        """What stands in the file now."""
        return yaml.safe_load((self.knowledge / f"topics/{topic}.yml").read_text())["answers"][
            aspect
        ]


class Editor:
    """Somebody who changes answers."""

    def __init__(self, page: Page, office: EditorOffice, login: str) -> None:
        self.page, self.office = page, office
        if known := office.cookies.get(login):  # signing in is limited
            page.context.add_cookies(known)
            return
        page.goto(f"{office.url}/staff/sign-in")
        page.get_by_label("Login").fill(login)
        page.get_by_label("Hasło").fill(PASSWORD)
        page.get_by_role("button", name="Zaloguj").click()
        expect(page.get_by_role("button", name="Wyloguj")).to_be_visible()
        office.cookies[login] = page.context.cookies()

    def opens(self, path: str = "") -> None:
        self.page.goto(f"{self.office.url}/staff/content{path}")

    def part(self, name: str) -> Locator:
        """The fields of an answer, opened."""
        heading = self.page.locator("summary", has_text=name)
        details = self.page.locator("details.part").filter(has=heading).first
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        return details

    def publishes(self, reason: str) -> None:
        self.page.get_by_label("Powód zmiany").fill(reason)
        self.page.get_by_role("button", name="Opublikuj").click()

    @property
    def saved(self) -> Locator:
        return self.page.locator("#saved")


@pytest.fixture(scope="module")
def editors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EditorOffice]:
    office = EditorOffice(tmp_path_factory.mktemp("editors"))
    yield office
    office.stop()


@pytest.fixture
def editor(page: Page, editors: EditorOffice) -> Editor:
    return Editor(page, editors, "maria")


def seconds_of(length: Locator) -> float:
    return float(length.inner_text().removesuffix(" s").replace(",", "."))


def test_an_answer_is_changed_heard_and_published(editor: Editor) -> None:
    before = (editor.office.knowledge / "topics/legal_aid.yml").read_text()
    editor.opens()
    editor.page.get_by_label("Szukaj sprawy").fill("porada prawna")
    editor.page.get_by_role("button", name="Szukaj").click()
    editor.page.get_by_role("link", name="pomoc prawna").click()
    part = editor.part("Gdzie to załatwić?")
    spoken = part.get_by_label(SPOKEN)
    length = part.locator("[data-length]")
    old = seconds_of(length)
    text = "Punkt pomocy prawnej jest przy ulicy Portowej 3."
    spoken.fill(text)
    expect(length).not_to_have_text(f"{old:.1f} s".replace(".", ","))
    exact = f"{reading_s(text):.1f} s".replace(".", ",")
    expect(length).to_have_text(exact)  # the server's figure follows the estimate
    expect(editor.saved).to_contain_text("Szkic zapisany")
    listen = part.get_by_role("button", name="Posłuchaj")
    listen.click()
    expect(part.get_by_role("button", name="Zatrzymaj")).to_be_visible()
    assert float(listen.or_(part.locator("[data-heard]")).get_attribute("data-heard") or 0) > 1
    editor.publishes("nowy adres punktu")
    expect(editor.page.get_by_role("status").filter(has_text="Opublikowano")).to_be_visible()
    assert editor.office.answer("legal_aid", "where")["spoken"] == text
    after = (editor.office.knowledge / "topics/legal_aid.yml").read_text()
    gone = set(before.splitlines()) - set(after.splitlines())
    assert 0 < len(gone) <= 3


def test_advice_comes_while_writing(editor: Editor) -> None:
    editor.opens("/topics/senior")
    part = editor.part("Gdzie to załatwić?")
    part.get_by_label(SPOKEN).fill(
        "Należy złożyć wniosek niezwłocznie na stronie www.miasto.example."
    )
    advice = part.locator(".advice li")
    expect(advice.filter(has_text="od razu")).to_be_visible()
    expect(advice.filter(has_text="to adres")).to_be_visible()
    questions = part.get_by_label("Jak mieszkańcy o to pytają")
    questions.fill("ile kosztuje paszport\n" + questions.input_value())
    twice = part.locator(".advice .pair")
    expect(twice).to_contain_text("Tam:")
    assert_accessible(editor.page)
    expect(editor.saved).to_contain_text("Szkic zapisany")
    editor.page.get_by_role("button", name="Usuń szkic").or_(editor.saved).first.wait_for()
    editor.opens("/topics/senior")
    editor.page.get_by_role("button", name="Usuń szkic").click()
    expect(editor.page.get_by_text("Szkic jest usunięty")).to_be_visible()


def test_two_people_lose_nothing(
    editor: Editor, new_context: Callable[..., BrowserContext]
) -> None:
    other = Editor(new_context().new_page(), editor.office, "marek")
    for one in (editor, other):
        one.opens("/topics/cemetery")
    expect(other.page.locator("#others")).to_contain_text("Maria z urzędu")
    editor.part("Gdzie to załatwić?").get_by_label(SPOKEN).fill("Tekst Marii.")
    expect(editor.saved).to_contain_text("Szkic zapisany")
    # another field: both stay, and the other page shows it
    other.part("Jak to załatwić?").get_by_label(SPOKEN).fill("Inne pole Marka.")
    expect(other.saved).to_contain_text("Zmiany innych osób są już w formularzu")
    mine = other.part("Gdzie to załatwić?").get_by_label(SPOKEN)
    expect(mine).to_have_value("Tekst Marii.")
    # the same field
    editor.part("Gdzie to załatwić?").get_by_label(SPOKEN).fill("Drugi tekst Marii.")
    expect(editor.saved).to_contain_text("Zmiany innych osób")
    mine.fill("Tekst Marka.")
    expect(other.page.locator("#clash")).to_contain_text("Maria z urzędu")
    assert_accessible(other.page)
    other.page.get_by_role("button", name="Porównaj oba teksty").click()
    expect(other.page.get_by_role("heading", name="Dwie osoby zmieniły to samo")).to_be_visible()
    expect(other.page.locator("[data-theirs]")).to_have_text("Drugi tekst Marii.")
    field = other.part("Gdzie to załatwić?").get_by_label(SPOKEN)
    expect(field).to_have_value("Tekst Marka.")
    assert_accessible(other.page)
    keep_picture(other.page, "conflict")
    other.page.get_by_role("button", name="Weź ten tekst").click()
    expect(field).to_have_value("Drugi tekst Marii.")
    field.fill("Oba teksty razem.")
    other.page.get_by_role("button", name="Zapisz szkic").click()
    expect(other.page.get_by_text("Szkic jest zapisany")).to_be_visible()
    other.page.get_by_role("button", name="Usuń szkic").click()


def test_a_fee_needs_a_second_person(
    editor: Editor, new_context: Callable[..., BrowserContext]
) -> None:
    editor.opens("/topics/passport")
    part = editor.part("Ile to kosztuje?")
    part.get_by_label(SPOKEN).fill("Paszport kosztuje 150 zł.")
    part.get_by_label("Tekst w czacie").fill("Paszport kosztuje 150 zł.")
    editor.publishes("nowa opłata")
    expect(editor.page.get_by_text("Wysłano do zatwierdzenia")).to_be_visible()
    assert "150" not in editor.office.answer("passport", "cost")["spoken"]
    editor.opens("/approvals")
    expect(editor.page.get_by_text("To Twoja zmiana")).to_be_visible()
    second = Editor(new_context().new_page(), editor.office, "zofia")
    second.opens("/approvals")
    assert_accessible(second.page)
    keep_picture(second.page, "approvals")
    second.page.get_by_role("button", name="Zatwierdź").click()
    expect(second.page.get_by_text("Zatwierdzono.")).to_be_visible()
    assert editor.office.answer("passport", "cost")["spoken"] == "Paszport kosztuje 150 zł."
    second.opens("/topics/passport.yml/versions")
    assert_accessible(second.page)
    second.page.get_by_label("Powód").fill("jednak nie")
    second.page.get_by_role("button", name="Przywróć").click()
    expect(second.page.get_by_text("musi to zrobić druga osoba")).to_be_visible()


def test_faults_lead_to_their_fields(editor: Editor) -> None:
    editor.opens("/topics/greenery")
    part = editor.part("Gdzie to załatwić?")
    part.get_by_label(SPOKEN).fill("")
    part.get_by_label("Ważne do").fill("2020-01-01")
    editor.publishes("próba")
    faults = editor.page.get_by_role("alert").filter(has_text="Nie opublikowano")
    expect(faults).to_contain_text("tekst w telefonie")
    assert_accessible(editor.page)
    keep_picture(editor.page, "faults")
    faults.get_by_role("link", name="tekst w telefonie").click()
    field = editor.part("Gdzie to załatwić?").get_by_label(SPOKEN)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    editor.page.get_by_role("button", name="Usuń szkic").click()


def test_days_are_added_and_taken_away(editor: Editor) -> None:
    editor.opens("/office")
    rows = editor.page.locator("#exceptions li")
    count = rows.count()
    editor.page.get_by_role("button", name="Dodaj dzień").click()
    expect(rows).to_have_count(count + 1)
    expect(editor.page.get_by_label(f"Dzień {count + 1}")).to_be_focused()
    editor.page.get_by_label(f"Dzień {count + 1}").fill("2027-05-02")
    editor.page.get_by_label(f"Powód {count + 1}").fill("jest dzień wolny")
    editor.page.get_by_role("button", name="Usuń dzień 1", exact=True).click()
    expect(editor.saved).to_contain_text("Szkic zapisany")
    editor.publishes("dzień wolny")
    expect(editor.page.get_by_text("Opublikowano.")).to_be_visible()
    office = yaml.safe_load((editor.office.knowledge / "office.yml").read_text())
    days = [str(one["date"]) for one in office["exceptions"]]
    assert "2027-05-02" in days
    assert "2026-12-31" not in days


def test_without_scripts_everything_works(browser: Browser, editors: EditorOffice) -> None:
    context = browser.new_context(java_script_enabled=False, locale="pl-PL", viewport=DESKTOP)
    page = context.new_page()
    page.goto(f"{editors.url}/staff/sign-in")
    page.get_by_label("Login").fill("marek")
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj").click()
    page.goto(f"{editors.url}/staff/content/acts/thanks")
    expect(page.get_by_role("button", name="Posłuchaj")).to_have_count(0)
    page.get_by_label(SPOKEN).fill("Bardzo proszę.")
    page.get_by_role("button", name="Zapisz szkic").click()
    expect(page.get_by_text("Szkic jest zapisany")).to_be_visible()
    page.get_by_label("Powód zmiany").fill("krócej")
    page.get_by_role("button", name="Opublikuj").click()
    expect(page.get_by_text("Opublikowano.")).to_be_visible()
    assert "spoken: Bardzo proszę." in (editors.knowledge / "acts/thanks.yml").read_text()
    context.close()


def test_only_the_keyboard_is_needed(editor: Editor) -> None:
    editor.opens("/topics/school")
    editor.page.keyboard.press("Tab")
    expect(editor.page.get_by_role("link", name="Przejdź do treści")).to_be_focused()
    editor.page.keyboard.press("Enter")
    summary = editor.page.locator("details.part summary").nth(1)
    for _ in range(12):
        editor.page.keyboard.press("Tab")
        if summary.evaluate("node => node === document.activeElement"):
            break
    expect(summary).to_be_focused()
    editor.page.keyboard.press("Enter")
    editor.page.keyboard.press("Tab")
    focused = editor.page.evaluate("document.activeElement.name")
    assert focused.endswith(".text")


PAGES = {
    "list": "",
    "topic": "/topics/passport",
    "add": "/topics/legal_aid/add",
    "new": "/new",
    "acts": "/acts",
    "act": "/acts/human",
    "sentences": "/sentences",
    "system": "/sentences/system",
    "dialogue": "/sentences/dialogue",
    "office": "/office",
    "approvals": "/approvals",
    "log": "/log",
    "versions": "/topics/passport.yml/versions",
    "incidents": "/incidents",
    "incident": "/incidents/new",
    "visits": "/visits",
    "service": "/visits/service",
    "desk": "/visits/desk",
    "department": "/office/department",
    "transfer": "/transfer",
}


@SIZES
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_accessible(
    new_context: Callable[..., BrowserContext],
    editors: EditorOffice,
    name: str,
    size: dict[str, int],
) -> None:
    editor = Editor(new_context(viewport=size).new_page(), editors, "maria")
    editor.opens(PAGES[name])
    if name == "topic":
        editor.part("Nazwa, wydział")
        editor.part("Ile to kosztuje?")
    if name == "visits":
        editor.part("paszport")
        editor.part("stanowisko 1,")
    if name == "incident":
        editor.part("Sprawy, których dotyczy")
    assert_accessible(editor.page)
    keep_picture(editor.page, name, size)


def test_a_clerk_only_looks(
    new_context: Callable[..., BrowserContext], editors: EditorOffice
) -> None:
    clerk = Editor(new_context(viewport=PHONE).new_page(), editors, "olek")
    clerk.opens("/topics/id_card")
    expect(clerk.page.get_by_text("To konto może treści oglądać")).to_be_visible()
    part = clerk.part("Ile to kosztuje?")
    expect(part.get_by_label(SPOKEN)).not_to_be_editable()
    expect(part.get_by_role("button", name="Posłuchaj")).to_be_visible()
    expect(clerk.page.get_by_role("button", name="Opublikuj")).to_have_count(0)
    assert_accessible(clerk.page)


def keep_picture(page: Page, name: str, size: dict[str, int] = DESKTOP) -> None:
    if folder := os.environ.get("HALO_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}-{size['width']}.png", full_page=True)
