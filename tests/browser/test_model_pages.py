"""People of the office train, compare, publish and undo: real pages in a real Chromium.

``HALO_SHOTS=folder`` keeps pictures of all pages at 1280 and 390 px there.
"""

import asyncio
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import DESKTOP
from tests.browser.office import PASSWORD, build, trial_settings
from tests.browser.test_accessibility import SIZES, assert_accessible
from tests.model_office import QUESTIONS, ModelOffice
from voice_gateway.records.database import Database, upgrade
from voice_gateway.records.staff import StaffAccount, StaffAccounts

PEOPLE = {"ewa": "editor", "zofia": "approver", "adam": "admin"}
GREETINGS = tuple(i for i, row in enumerate(QUESTIONS) if row["meant"] == "greet")
PASSPORTS = tuple(i for i, row in enumerate(QUESTIONS) if row["meant"].startswith("passport."))
DANGERS = tuple(i for i, row in enumerate(QUESTIONS) if row["meant"] == "emergency")


class TrialOffice:
    """The trial office with the pages of models, on a free port."""

    def __init__(self, folder: Path) -> None:
        settings = trial_settings(folder)
        upgrade(settings.db_url)
        self.database = Database(settings.db_url)
        accounts = StaffAccounts(self.database, PasswordHasher(1, 8, 1))
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.models = ModelOffice(folder, self.database, accounts, self.url)
        app: FastAPI = build(settings)
        self.models.join(app)
        # Playwright's loop runs in this thread
        adding = threading.Thread(target=lambda: asyncio.run(self._add_people(accounts)))
        adding.start()
        adding.join()
        config = uvicorn.Config(app, port=port, log_level="warning")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        deadline_s = time.monotonic() + 30
        while not self.server.started:
            assert time.monotonic() < deadline_s, "the trial office does not start"
            time.sleep(0.02)

    async def _add_people(self, accounts: StaffAccounts) -> None:
        for login, role in PEOPLE.items():
            await accounts.add(StaffAccount(login, f"{login.title()} z urzędu", "", role), PASSWORD)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(20)
        self.database.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[TrialOffice]:
    office = TrialOffice(tmp_path)
    yield office
    office.stop()


class Person:
    """Somebody signed in."""

    def __init__(self, context: BrowserContext, office: TrialOffice, login: str) -> None:
        self.page, self.office = context.new_page(), office
        self.page.goto(f"{office.url}/staff/enter/{login}")
        self.opens()

    def opens(self, path: str = "") -> None:
        self.page.goto(f"{self.office.url}/staff/models{path}")

    def clicks(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def sees(self, words: str) -> None:
        expect(
            self.page.get_by_text(re.compile(re.escape(words).replace(r"\ ", r"\s"))).first
        ).to_be_visible()

    def trains(self) -> None:
        """To the page that says how the new model does."""
        self.opens()
        self.clicks("Ucz model")
        self.page.get_by_role("link", name="Zobacz, jak wypada").click()


def test_train_compare_publish_undo(
    new_context: Callable[..., BrowserContext], office: TrialOffice
) -> None:
    zofia = Person(new_context(), office, "zofia")
    office.models.teach("m-1", *GREETINGS, stage_s=0.8)
    zofia.clicks("Ucz model")
    expect(zofia.page.get_by_role("progressbar")).to_be_visible()
    expect(zofia.page.get_by_role("link", name="Odśwież postęp")).to_be_hidden()
    zofia.sees("Teraz: uczę się spraw")
    zofia.page.reload()  # goes on without the page
    zofia.page.get_by_role("link", name="Zobacz, jak wypada").click()
    zofia.clicks("Opublikuj")
    zofia.sees("Asystent odpowiada tym modelem")

    office.models.teach("m-2", live_wrong=GREETINGS)
    zofia.trains()
    zofia.sees(f"Teraz dobrze, było źle: {len(GREETINGS)}")
    zofia.sees("Teraz źle, było dobrze: 0")
    zofia.page.get_by_label("Powód").fill("nowe powitania")
    zofia.clicks("Opublikuj")
    zofia.sees("Opublikowano.")
    zofia.sees("Asystent odpowiada tym modelem")
    assert office.models.models.pointer().name == "m-2"
    zofia.clicks("Cofnij")
    zofia.sees("Cofnięto")
    assert office.models.models.pointer().name == "m-1"


def test_without_scripts_everything_works_too(
    new_context: Callable[..., BrowserContext], office: TrialOffice
) -> None:
    zofia = Person(new_context(java_script_enabled=False), office, "zofia")
    office.models.teach("m-1", stage_s=0.5)
    zofia.clicks("Ucz model")
    again = zofia.page.get_by_role("link", name="Odśwież postęp")
    for _ in range(100):
        if not again.count():
            break
        again.click()
    zofia.page.get_by_role("link", name="Zobacz, jak wypada").click()
    zofia.clicks("Opublikuj")
    zofia.sees("Opublikowano.")


@SIZES
def test_pages_are_accessible(
    new_context: Callable[..., BrowserContext], office: TrialOffice, size: dict[str, int]
) -> None:
    ewa = Person(new_context(), office, "ewa")
    looked = Looker(new_context(viewport=size), office, size)
    looked.at("empty", "")
    office.models.teach("m-1", *GREETINGS[:2], *PASSPORTS[:3])
    ewa.trains()
    looked.at("first", "/m-1")
    Person(new_context(), office, "zofia").opens()
    office.models.store.publish("m-1", "", "zofia", office.models.pages.now())
    office.models.sync.once()
    office.models.teach("m-2", PASSPORTS[4], live_wrong=(*GREETINGS[:2], *PASSPORTS[:3]))
    ewa.trains()
    looked.at("better", "/m-2")
    office.models.teach("m-3", *DANGERS[:2], PASSPORTS[5], live_wrong=PASSPORTS[:3])
    ewa.trains()
    looked.at("worse", "/m-3")
    looked.person.page.get_by_label("Powód").fill("Nowy termin, poprawka jutro")
    looked.person.clicks("Poproś o zatwierdzenie")
    looked.at("asked", "/m-3")
    adam = Looker(new_context(viewport=size), office, size, "adam")
    adam.at("decide", "/m-3")
    office.models.store.publish("m-2", "", "zofia", office.models.pages.now())
    office.models.teach("m-4", failed="model-few-examples")
    ewa.opens()
    ewa.clicks("Ucz model")
    ewa.sees("ma za mało przykładowych pytań")
    looked.at("failed", "/trainings/4")
    office.models.teach("m-5", stage_s=3)
    ewa.opens()
    ewa.clicks("Ucz model")
    looked.at("running", "/trainings/5")
    looked.at("list", "")
    ewa.clicks("Przerwij")
    ewa.sees("przerwano na życzenie")


class Looker:
    """Looks at pages with axe, and keeps pictures of them."""

    def __init__(
        self,
        context: BrowserContext,
        office: TrialOffice,
        size: dict[str, int],
        login: str = "zofia",
    ) -> None:
        self.person, self._size = Person(context, office, login), size

    def at(self, name: str, path: str) -> None:
        self.person.opens(path)
        expect(self.person.page.get_by_role("heading", level=1)).to_be_visible()
        assert_accessible(self.person.page)
        keep_picture(self.person.page, name, self._size)


def test_only_the_keyboard_is_needed(
    new_context: Callable[..., BrowserContext], office: TrialOffice
) -> None:
    office.models.teach("m-1")
    page = Person(new_context(), office, "ewa").page
    train = page.get_by_role("button", name="Ucz model")
    for _ in range(20):
        page.keyboard.press("Tab")
        if train.evaluate("node => node === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nauka modelu")).to_be_visible()


def keep_picture(page: Page, name: str, size: dict[str, int] = DESKTOP) -> None:
    if folder := os.environ.get("HALO_SHOTS"):
        page.screenshot(path=Path(folder) / f"model-{name}-{size['width']}.png", full_page=True)
