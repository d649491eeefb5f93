"""Signing in with a real Chromium: the first link, codes, accounts, and a real OpenID provider."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pyotp
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, Page, expect
from pydantic import SecretStr

from staff_console.accounts.gate import GateKeeper, StaffGate
from staff_console.accounts.links import Links
from staff_console.accounts.signed import SignedSessions
from staff_console.desk import StaffServices, build_staff_router
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.oidc_provider import NoProviderError, running_provider
from voice_gateway import problems
from voice_gateway.desk import HandoffDesk
from voice_gateway.records.database import Database, upgrade
from voice_gateway.records.staff import StaffAccounts
from voice_gateway.settings import Settings
from voice_gateway.web.pages import build_pages_router

KEY = "only for these tests"
PASSWORD = "koń bateria zszywka"


class StaffOffice:
    """The staff pages behind the real gate, on an empty database."""

    def __init__(self, folder: Path, port: int, **settings: object) -> None:
        made = Settings(_env_file=None, data_dir=folder, secret_key=SecretStr(KEY), **settings)  # type: ignore[arg-type] # by name
        upgrade(made.db_url)
        self.database = Database(made.db_url)
        self.desk = HandoffDesk(self.database, lambda text: text)
        app = FastAPI()
        problems.install(app)
        app.add_middleware(StaffGate)
        app.state.staff_gate = GateKeeper(KEY, SignedSessions(self.database))
        services = StaffServices(made, self.desk, StaffAccounts(self.database))
        app.include_router(build_staff_router(services))
        app.include_router(build_pages_router(made))
        self.url = f"http://127.0.0.1:{port}"
        self._server = uvicorn.Server(
            uvicorn.Config(app, port=port, log_level="warning", ws_ping_interval=None)
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        deadline_s = time.monotonic() + 20
        while not self._server.started:
            assert time.monotonic() < deadline_s, "the office does not start"
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        self.desk.close()
        self.database.close()

    def first_link(self) -> str:
        made: list[str] = []  # Playwright's loop runs in this thread
        thread = threading.Thread(
            target=lambda: made.append(asyncio.run(Links(self.database).first()))
        )
        thread.start()
        thread.join()
        return f"{self.url}{made[0]}"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[StaffOffice]:
    running = StaffOffice(tmp_path, free_port())
    yield running
    running.stop()


def accessible(page: Page) -> None:
    """axe finds nothing, and nothing sticks out, at both widths."""
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type] # width and height
        found = Axe().run(page)
        assert not found.response["violations"], (page.url, size, found.generate_report())
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (page.url, size, wide)


def type_password(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("Nowe hasło", exact=True).fill(password)
    page.get_by_label("Nowe hasło jeszcze raz").fill(password)


def become_administrator(page: Page, staff: StaffOffice) -> None:
    page.goto(staff.first_link())
    page.get_by_label("Login").fill("ola")
    page.get_by_label("Imię i nazwisko").fill("Ola Szef")
    type_password(page)
    page.get_by_role("button", name="Ustaw hasło i zaloguj").click()
    expect(page.get_by_role("heading", name="Czekają na rozmowę")).to_be_visible()


def test_from_the_first_link_to_codes(page: Page, staff: StaffOffice) -> None:
    page.goto(staff.first_link())
    accessible(page)
    page.get_by_label("Login").fill("ola")
    page.get_by_label("Imię i nazwisko").fill("Ola Szef")
    type_password(page, "ola ola ola ola")
    page.get_by_role("button", name="Ustaw hasło i zaloguj").click()
    expect(page.get_by_role("alert")).to_contain_text("łatwo zgadnąć")
    accessible(page)
    type_password(page)
    page.get_by_role("button", name="Ustaw hasło i zaloguj").click()
    expect(page.get_by_role("heading", name="Czekają na rozmowę")).to_be_visible()

    page.get_by_role("link", name="Ola Szef").click()
    accessible(page)
    page.get_by_role("link", name="Włącz kody z telefonu").click()
    expect(page.locator(".qr svg")).to_be_visible()
    accessible(page)
    secret = page.locator(".key").inner_text().replace(" ", "")
    page.get_by_label("Kod z telefonu").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Włącz").click()
    spare = page.locator(".spare code").first.inner_text()
    accessible(page)
    page.get_by_role("link", name="Mam zapisane").click()
    expect(page.get_by_text("Niewykorzystane kody zapasowe: 8")).to_be_visible()
    accessible(page)

    page.get_by_role("button", name="Wyloguj").click()
    accessible(page)
    page.get_by_label("Login").fill("ola")
    page.get_by_label("Hasło").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj").click()
    expect(page.get_by_role("heading", name="Kod z telefonu")).to_be_visible()
    accessible(page)
    page.get_by_label("Kod", exact=True).fill(spare)
    page.get_by_role("button", name="Zaloguj").click()
    expect(page.get_by_role("heading", name="Czekają na rozmowę")).to_be_visible()


def test_an_administrator_brings_a_colleague_in_and_out(
    new_context: Callable[..., BrowserContext], staff: StaffOffice
) -> None:
    page = new_context().new_page()
    become_administrator(page, staff)
    page.get_by_role("link", name="Konta").click()
    accessible(page)
    page.get_by_label("Login").fill("jan")
    page.get_by_label("Imię i nazwisko").fill("Jan Nowak")
    page.get_by_label("Rola").select_option("clerk")
    page.get_by_role("button", name="Załóż konto").click()
    link = page.get_by_label("Odnośnik").input_value()
    accessible(page)

    jan = new_context().new_page()
    jan.goto(link)
    expect(jan.get_by_text("Jan Nowak")).to_be_visible()
    type_password(jan)
    jan.get_by_role("button", name="Ustaw hasło i zaloguj").click()
    expect(jan.get_by_role("heading", name="Czekają na rozmowę")).to_be_visible()
    expect(jan.get_by_role("link", name="Konta")).to_have_count(0)
    jan.goto(f"{staff.url}/staff/accounts")
    expect(jan.get_by_role("heading", name="Ta strona jest dla innych osób")).to_be_visible()
    accessible(jan)
    jan.goto(f"{staff.url}/staff/")

    page.goto(f"{staff.url}/staff/accounts/jan")
    accessible(page)
    page.get_by_role("button", name="Wyłącz konto").click()
    expect(page.get_by_role("status")).to_contain_text("Konto wyłączone")
    jan.wait_for_url(re.compile("/staff/sign-in"))  # the open desk notices by itself
    jan.goto(link)
    expect(jan.get_by_role("heading", name="Odnośnik nieważny")).to_be_visible()
    accessible(jan)


# --- the office's own provider ---


@pytest.fixture(scope="module")
def with_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffOffice]:
    port = free_port()
    with ExitStack() as stack:
        try:
            issuer = stack.enter_context(running_provider(f"http://127.0.0.1:{port}"))
        except NoProviderError as error:
            pytest.skip(str(error))
        running = StaffOffice(
            tmp_path_factory.mktemp("provider"),
            port,
            oidc_issuer=issuer,
            oidc_client_id="halo",
            oidc_client_secret=SecretStr("sekret-tylko-do-testow"),
            oidc_roles="admin=halo-administratorzy,editor=halo-redaktorzy",
            local_sign_in=False,
        )
        stack.callback(running.stop)
        yield running


def through_provider(page: Page, office: StaffOffice, name: str) -> None:
    page.goto(f"{office.url}/staff/sign-in")
    page.get_by_role("link", name="Zaloguj systemem urzędu").click()
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill("any, the provider's pages are for trying")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def test_the_provider_signs_in_and_out(page: Page, with_provider: StaffOffice) -> None:
    page.goto(f"{with_provider.url}/staff/sign-in")
    expect(page.get_by_label("Hasło")).to_have_count(0)
    accessible(page)
    through_provider(page, with_provider, "ola")
    expect(page.get_by_role("heading", name="Czekają na rozmowę")).to_be_visible()
    page.goto(f"{with_provider.url}/staff/me")
    expect(page.get_by_text("Ola Kierownik, login ola, rola: administrator")).to_be_visible()
    expect(page.get_by_text("To konto loguje się przez system urzędu")).to_be_visible()
    cookies = {one["name"]: one for one in page.context.cookies(f"{with_provider.url}/staff/")}
    assert cookies["halo_staff"]["sameSite"] == "Strict"
    assert cookies["halo_staff"]["httpOnly"]
    page.get_by_role("button", name="Wyloguj").click()
    expect(page.get_by_role("heading", name="Wylogowano")).to_be_visible()
    accessible(page)
    away = page.get_by_role("link", name="Wyloguj z systemu urzędu")
    assert "/session/end?client_id=halo" in str(away.get_attribute("href"))
    away.click()
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url(f"{with_provider.url}/staff/sign-in*")


def test_the_provider_gives_the_role(page: Page, with_provider: StaffOffice) -> None:
    through_provider(page, with_provider, "jan")
    page.goto(f"{with_provider.url}/staff/me")
    expect(page.get_by_text("Jan Redaktor, login jan, rola: redaktor")).to_be_visible()


def test_without_a_role_there_is_a_clear_refusal(page: Page, with_provider: StaffOffice) -> None:
    through_provider(page, with_provider, "ktos")
    expect(page.get_by_role("alert")).to_contain_text("nie nadał żadnej roli")
    accessible(page)
    page.goto(f"{with_provider.url}/staff/")
    expect(page.get_by_role("heading", name="Stanowisko urzędu")).to_be_visible()


def test_what_nobody_began_here_is_refused(with_provider: StaffOffice) -> None:
    back = f"{with_provider.url}/staff/oidc/callback"
    with httpx.Client(trust_env=False) as client:
        assert client.get(back, params={"code": "x", "state": "y"}).status_code == 401
        begun = client.get(f"{with_provider.url}/staff/oidc/start")
        asked = httpx.URL(begun.headers["location"]).params
        assert asked["code_challenge_method"] == "S256"
        assert asked["nonce"]
        assert "samesite=lax" in begun.headers["set-cookie"].lower()
        other = client.get(back, params={"code": "x", "state": "not ours"})
        assert other.status_code == 401
        client.get(f"{with_provider.url}/staff/oidc/start")
        form = client.get(f"{with_provider.url}/staff/sign-in").text
        token = re.search(r'name="token" value="([^"]+)"', form)
        assert token is None  # no password form to send
        broken_off = client.get(back, params={"error": "access_denied", "state": "z"})
        assert broken_off.status_code == 401


def test_a_made_up_code_is_refused_by_the_provider(with_provider: StaffOffice) -> None:
    with httpx.Client(trust_env=False) as client:
        begun = client.get(f"{with_provider.url}/staff/oidc/start")
        state = httpx.URL(begun.headers["location"]).params["state"]
        back = f"{with_provider.url}/staff/oidc/callback"
        refused = client.get(back, params={"code": "made-up", "state": state})
        assert refused.status_code == 401
        assert "nie powiodło się" in refused.text
        assert "halo_staff=" not in refused.headers.get("set-cookie", "")
