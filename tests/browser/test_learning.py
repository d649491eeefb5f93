"""What real talks teach, on the real pages: the inbox, bad talks, the replay.

``HALO_SHOTS=folder`` keeps pictures of all pages at 1280 and 390 px there.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, Page, expect

from staff_console.learning.routes import LearningPages, ReplayJob, build_learning_router
from tests.browser.conftest import PHONE
from tests.browser.office import PASSWORD
from tests.browser.test_accessibility import SIZES, assert_accessible
from tests.browser.test_editor import EditorOffice
from tests.unit.knowledge_parts import message
from tests.unit.learning_parts import EITHER, Talks, answered, missed, passed_on
from voice_gateway import problems
from voice_gateway.records.privacy import PERSONAL

SHOTS = os.environ.get("HALO_SHOTS", "")
DOG = "ile kosztuje paszport dla psa"
PASSPORT = "topics/passport.yml"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)  # the pages' own: no day ends while they are tried
YESTERDAY = timedelta(days=1)


class LearningOffice(EditorOffice):
    """The trial office with the editor and the pages of learning, and talks of yesterday."""

    def _serve(self, app: FastAPI) -> None:
        pages = LearningPages(
            "only for these tests",
            self.accounts,
            self.content,
            self.database,
            self.knowledge / "held_out",
            self.understands,
            lambda: [],
            self._no_model,
            90,
            lambda: NOW,
        )
        app.include_router(build_learning_router(pages, ReplayJob()))
        problems.install(app)
        self._add_talks()
        super()._serve(app)

    async def understands(self, text: str) -> Mapping[str, Any]:
        """Takes everything about a passport for its price, and nothing else for anything."""
        if "paszport" in text:
            return message("", topic=[("passport", 0.31), ("id_card", 0.08)], aspect="cost")
        return message("", "nlu_fallback")

    def _no_model(self, file: Path) -> AbstractAsyncContextManager[Any]:
        raise AssertionError("there is none")

    def _add_talks(self) -> None:
        talks = Talks(self.database, NOW - YESTERDAY)
        for number in range(4):
            talks.add(missed(DOG), channel="phone" if number else "chat")
        talks.add(missed("Ile kosztuje paszport psa?"), passed_on("no paszport dla mojego psa"))
        talks.add(missed("kiedy grają w teatrze"), passed_on("pytam o teatr"), channel="phone")
        talks.add(missed("mój pesel to [PESEL] i co teraz"))
        for word in ("kajaki", "sauna", "korty", "basen", "kręgle", "szachy", "żagle", "narty"):
            talks.add(missed(f"{word} cennik"))
        asks = {"words": "konsultant", "said": "Łączę.", "act": "human", "handoff": "asked"}
        talks.add(asks, channel="phone")
        talks.add(answered("ile za paszport", interrupted=True), channel="phone")
        visit = "W jakiej sprawie ma być wizyta? Na przykład dowodu, paszportu, prawa jazdy albo "
        talks.add(
            {"words": "umów mnie", "said": f"{visit}rejestracji pojazdu."},
            {"words": PERSONAL, "said": PERSONAL},
            passed_on("no mówię przecież"),
        )
        talks.add({"words": "ten dokument", "said": EITHER})
        talks.add({"words": "emerytura", "said": "To załatwia ZUS.", "act": "out_of_scope"})


@pytest.fixture(scope="package")
def learning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LearningOffice]:
    running = LearningOffice(tmp_path_factory.mktemp("learning"))
    yield running
    running.stop()


def signed_in(page: Page, learning: LearningOffice, login: str) -> None:
    if known := learning.cookies.get(login):  # signing in is limited
        page.context.add_cookies(known)
        return
    page.goto(f"{learning.url}/staff/sign-in")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj").click()
    expect(page.get_by_role("button", name="Wyloguj")).to_be_visible()
    learning.cookies[login] = page.context.cookies()


def opened(context: BrowserContext, learning: LearningOffice, path: str = "") -> Page:
    page = context.new_page()
    page.set_default_timeout(60_000)  # the first page reads all questions of all topics
    signed_in(page, learning, "maria")
    page.goto(f"{learning.url}/staff/learning{path}")
    return page


def seen(page: Page, name: str, size: dict[str, int]) -> None:
    assert_accessible(page)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/learning-{name}-{size['width']}.png", full_page=True)


@SIZES
def test_all_pages(new_context, learning: LearningOffice, size: dict[str, int]) -> None:
    page = opened(new_context(viewport=size), learning)
    expect(page.get_by_role("heading", level=2).first).to_have_text(f"„{DOG}”")
    seen(page, "inbox", size)
    page.get_by_role("link", name="Następna strona").click()
    expect(page.get_by_text("Strona 2")).to_be_visible()
    day = (NOW - YESTERDAY).date().isoformat()
    page.goto(f"{learning.url}/staff/learning/talks?day={day}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rozmowy, które źle się skończyły")
    seen(page, "talks", size)
    page.goto(f"{learning.url}/staff/learning/replay")
    seen(page, "replay-empty", size)
    replayed(page)
    seen(page, "replay", size)


def replayed(page: Page) -> None:
    """Press the button, and load the page again until the replay has ended."""
    page.get_by_role("button", name="Powtórz rozmowy").click()
    for _ in range(100):
        if page.get_by_text("Powtórzono").count():
            return
        page.get_by_role("link", name="Odśwież").click()
        page.wait_for_timeout(100)
    raise AssertionError("the replay does not end")


def test_words_become_an_example_by_keyboard(new_context, learning: LearningOffice) -> None:
    page = opened(new_context(), learning)
    group = page.locator("article.group").filter(has_text=DOG).first
    expect(group.get_by_label("Sprawa albo zwrot")).to_have_value(PASSPORT)
    expect(group.get_by_label("O co pytają")).to_have_value("cost")
    last = group.get_by_role("checkbox").last
    last.focus()
    page.keyboard.press("Space")  # not this one
    group.get_by_role("button", name="Dodaj do szkicu").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("zaczną działać po nauce i publikacji")
    assert_accessible(page)
    draft = learning.content.draft(PASSPORT)
    assert draft is not None
    assert DOG in yaml.safe_load(draft.body)["questions"]["cost"]
    assert draft.author == "maria"
    page.get_by_role("link", name="Otwórz szkic").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("paszport")
    page.goto(f"{learning.url}/staff/learning")
    page.get_by_text("Ostatnie decyzje").click()
    assert_accessible(page)
    page.locator(".latest li").filter(has_text=f"„{DOG}”").get_by_role("button").click()
    expect(page.get_by_role("status").first).to_contain_text("cofnięta")
    learning.content.drop_draft(PASSPORT, "maria", NOW)


def test_a_group_is_dismissed_and_comes_back(new_context, learning: LearningOffice) -> None:
    page = opened(new_context(viewport=PHONE), learning)
    group = page.locator("article.group").filter(has_text="kiedy grają w teatrze")
    group.get_by_role("button", name="Odrzuć całą grupę").click()
    expect(page.get_by_role("status").first).to_contain_text("Odrzucono")
    expect(group).to_have_count(0)
    page.get_by_text("Ostatnie decyzje").click()
    decision = page.locator(".latest li").filter(has_text="kiedy grają w teatrze")
    decision.get_by_role("button", name="Cofnij decyzję").click()
    expect(group).to_have_count(1)


def test_what_is_hidden_cannot_be_an_example(new_context, learning: LearningOffice) -> None:
    page = opened(new_context(), learning)
    expect(page.get_by_role("checkbox", name="mój pesel to [PESEL] i co teraz")).to_be_disabled()
    page.get_by_label("Co się stało").select_option("refused")
    page.get_by_role("button", name="Pokaż").click()
    expect(page.get_by_role("heading", name="„emerytura”")).to_be_visible()
    assert_accessible(page)


def test_a_replay_counts_what_passes_now(new_context, learning: LearningOffice) -> None:
    page = opened(new_context(), learning, "/replay")
    replayed(page)
    sums = page.locator(".sums")
    expect(sums.locator(".passes dd")).not_to_have_text("0")
    expect(sums.locator(".fails dd")).not_to_have_text("0")
    expect(page.get_by_text("Pominięto: umawianie wizyty.").first).to_be_attached()


def test_a_clerk_is_not_offered_the_pages(new_context, learning: LearningOffice) -> None:
    page = new_context().new_page()
    signed_in(page, learning, "olek")
    page.goto(f"{learning.url}/staff/")
    expect(page.get_by_role("link", name="Nauka z rozmów")).to_have_count(0)
    assert page.goto(f"{learning.url}/staff/learning").status == 403
