"""Figures and marks of visits in a real browser: readable, by keyboard, without scripts."""

from __future__ import annotations

import random
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, expect
from pydantic import SecretStr
from starlette.staticfiles import StaticFiles

from actions.office.calendar import WARSAW, to_local
from staff_console.figures.build import figures_router
from staff_console.sessions import CHECKED, StaffSession
from staff_console.visits import VisitPages, build_visits_router
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_accessibility import assert_accessible
from visits.build import open_book
from visits.values import Visit, Visitor, Wanted
from voice_gateway import problems
from voice_gateway.records.call_models import CallRow
from voice_gateway.records.database import Database
from voice_gateway.records.models import HandoffRow, TurnRow
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.settings import ROOT, Settings

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
TOPICS = ("id_card", "passport", "waste_fee", "vehicle_registration", "parking_zone", "")
REASONS = (None, None, None, "asked", "unsure")


class Served:
    """The pages for somebody signed in, on a port of their own. ``clock``: the visits' now."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(
            _env_file=None,
            data_dir=folder,
            secret_key=SecretStr("tests only"),
            public_figures=True,
            records_days=120,
        )
        self.database = Database(settings.db_url)
        self.clock = [datetime.now(WARSAW)]
        accounts = StaffAccounts(self.database)
        book = open_book(settings, self.database)
        pages = VisitPages("tests only", accounts, book, lambda _: [], "x", lambda: self.clock[0])

        @asynccontextmanager
        async def life(_: FastAPI) -> Any:
            await accounts.add(StaffAccount("anna", "Anna z urzędu", role="admin"), "hasło 12345")
            yield

        app = FastAPI(lifespan=life)
        problems.install(app)
        app.include_router(figures_router(settings, self.database, accounts))
        app.include_router(build_visits_router(pages))
        app.mount("/staff/static", StaticFiles(directory=ROOT / "staff_console" / "static"))
        app.mount("/static", StaticFiles(directory=ROOT / "voice_gateway" / "web" / "static"))

        async def gate(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "lifespan":
                scope[CHECKED] = StaffSession("anna", "token")
            await app(scope, receive, send)

        self.database.run(lambda session: session.add_all(_talks()))
        now = self.clock[0]
        book.hold(book.free_times(Wanted("passport"), now)[0], "talk", now)
        self.visit: Visit = book.confirm("talk", Visitor("Żółć", "600100200"), now)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._server = uvicorn.Server(uvicorn.Config(gate, port=port, log_level="warning"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        deadline_s = time.monotonic() + 20
        while not self._server.started:
            assert time.monotonic() < deadline_s, "the pages are not served"
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        self.database.close()


def _talks() -> list[Any]:
    """Some hundred talks of the last three months, the same in each run but for the days."""
    draw = random.Random(1)
    rows: list[Any] = []
    now = datetime.now(UTC)
    for number in range(600):
        at = now - timedelta(days=draw.uniform(0, 100))
        at = at.replace(hour=min(18, max(6, round(draw.gauss(10, 2)))))
        channel, reason = draw.choice(("phone", "phone", "chat", "browser")), draw.choice(REASONS)
        said = draw.choice(("Odpowiedź.", "Odpowiedź.", "Chodzi o dowód, czy o paszport?"))
        rows.append(
            TurnRow(
                conversation_id=f"t{number}", channel=channel, turn=1, kind="typed",
                caller_text="", bot_text=said, topic=draw.choice(TOPICS) or None,
                confidence=1.0, model="", interrupted=False, dialogue_s=draw.uniform(0.1, 1.5),
                created_at=at,
            )
        )  # fmt: skip
        if reason:
            taken = at + timedelta(seconds=draw.uniform(5, 300))
            rows.append(
                HandoffRow(
                    conversation_id=f"t{number}", channel=channel, department="informacja",
                    reason=reason, state="ended", context="", created_at=at, taken_at=taken,
                )
            )  # fmt: skip
        if channel != "chat":
            ended = at + timedelta(seconds=draw.uniform(20, 240))
            back = draw.choice((False, False, False, True, None)) if channel == "phone" else None
            rows.append(
                CallRow(
                    conversation_id=f"t{number}", channel=channel, began_at=at, ended_at=ended,
                    came_back=back,
                )
            )  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("figures")
    shutil.copy(empty_database, folder / "halo.db")
    running = Served(folder)
    yield running
    running.stop()


@SIZES
def test_staff_choose_a_period_and_read_its_figures_without_scripts(
    new_context: Callable[..., BrowserContext], served: Served, size: dict[str, int]
) -> None:
    page = new_context(viewport=size, java_script_enabled=False).new_page()
    page.goto(f"{served.url}/staff/figures")
    first = (datetime.now(WARSAW) - timedelta(days=60)).date()
    page.get_by_label("Od dnia").fill(first.isoformat())
    page.get_by_role("button", name="Pokaż").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{first.day}.{first:%m.%Y}")
    expect(page.get_by_role("link", name="Liczby")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("img", name="Rozmowy według zakończenia")).to_be_visible()
    expect(page.get_by_role("img", name="Rozmowy według godziny")).to_be_visible()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="niezrozumiane"))
    expect(row.first).to_contain_text("%")
    with page.expect_download() as loading:
        page.get_by_role("link", name="Pobierz plik CSV").click()
    assert loading.value.suggested_filename.startswith(f"liczby-{first}")


@SIZES
@pytest.mark.parametrize(
    "path", ["/staff/figures", "/staff/figures?first=x", "/statystyki", "/staff/visits"]
)
def test_pages_are_accessible(
    new_context: Callable[..., BrowserContext], served: Served, size: dict[str, int], path: str
) -> None:
    page = new_context(viewport=size).new_page()
    page.goto(f"{served.url}{path}")
    assert_accessible(page)
    folder = Path("/tmp/figures-shots")
    if folder.is_dir():
        name = path.strip("/").replace("/", "-").replace("?", "-")
        page.screenshot(path=folder / f"{name}-{size['width']}.png", full_page=True)


@SIZES
def test_a_clerk_marks_who_came(
    new_context: Callable[..., BrowserContext], served: Served, size: dict[str, int]
) -> None:
    page = new_context(viewport=size).new_page()
    day = to_local(served.visit.starts_at).date()
    address = f"{served.url}/staff/visits/{served.visit.desk}/{day}"
    served.clock[0] = served.visit.starts_at - timedelta(minutes=1)
    page.goto(address)
    expect(page.get_by_role("button", name="nikt nie przyszedł")).to_have_count(0)
    served.clock[0] = served.visit.starts_at
    page.reload()
    expect(page.get_by_text("nie zaznaczono")).to_be_visible()
    page.get_by_role("button", name="nikt nie przyszedł").press("Enter")
    row = page.get_by_role("row").filter(has_text="Żółć")
    expect(row.get_by_text("nikt nie przyszedł", exact=True)).to_be_visible()
    assert_accessible(page)
    folder = Path("/tmp/figures-shots")
    if folder.is_dir():
        page.screenshot(path=folder / f"day-{size['width']}.png", full_page=True)
    page.get_by_role("button", name="się odbyła").click()
    expect(row.get_by_text("wizyta się odbyła")).to_be_visible()
    page.get_by_role("button", name="Cofnij zaznaczenie").click()
    expect(page.get_by_text("nie zaznaczono")).to_be_visible()


def test_a_mark_needs_the_form_of_the_page(
    new_context: Callable[..., BrowserContext], served: Served
) -> None:
    day = to_local(served.visit.starts_at).date()
    address = f"{served.url}/staff/visits/{served.visit.desk}/{day}/came"
    served.clock[0] = served.visit.starts_at
    request = new_context().request
    form: dict[str, str | float | bool] = {"visit": served.visit.id, "came": "yes"}
    assert request.post(address, form=form).status == 403
    with_token = {**form, "token": "token"}
    assert request.post(address, form={**with_token, "came": "maybe"}).status == 404
    assert request.post(address, form=with_token).status == 200
