"""Signing in to the staff pages, and what a clerk may see and do, over the real routes."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from starlette.websockets import WebSocketDisconnect

from staff_console import sessions
from staff_console.accounts.gate import GateKeeper, StaffGate
from staff_console.accounts.signed import SignedSessions
from staff_console.desk import StaffServices, build_staff_router
from staff_console.guard import SignInGuard
from staff_console.labels import load_labels
from voice_gateway import problems
from voice_gateway.desk import HandoffDesk
from voice_gateway.desk_events import DeskTalk
from voice_gateway.errors import RequestError, SetupError
from voice_gateway.records.database import Database
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.settings import ROOT, Settings
from voice_gateway.values import Handoff

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "koń bateria zszywka"
TALK = "11111111-1111-4111-8111-111111111111"


class Office:
    """The staff pages on a database of their own, with a browser before them."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'halo.db'}")
        self.desk = HandoffDesk(self.database, lambda text: text)
        self.accounts = StaffAccounts(self.database, CHEAP)
        settings = Settings(_env_file=None, data_dir=folder, secret_key=SecretStr("tests only"))
        app = FastAPI()
        problems.install(app)
        app.add_middleware(StaffGate)
        app.state.staff_gate = GateKeeper("tests only", SignedSessions(self.database))
        app.include_router(build_staff_router(StaffServices(settings, self.desk, self.accounts)))
        self.client = TestClient(app, base_url="http://urzad.test", follow_redirects=False)

    def do(self, function: Any, *arguments: Any) -> Any:
        """Run a coroutine function in the pages' own event loop."""
        assert self.client.portal
        return self.client.portal.call(function, *arguments)

    def token(self, path: str = "/staff/sign-in") -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.client.get(path).text)
        assert found
        return found[1]

    def sign_in(self, login: str = "anna", password: str = PASSWORD, **more: str) -> Any:
        form = {"login": login, "password": password, "token": self.token(), **more}
        return self.client.post("/staff/sign-in", data=form)

    def live(self, origin: str = "http://urzad.test") -> Any:
        return self.client.websocket_connect(
            "ws://urzad.test/staff/live", headers={"origin": origin}
        )

    def asks_for_person(self, talk_id: str = TALK, department: str = "obywatelskie") -> None:
        handoff = Handoff(department, "asked", "id_card")
        self.do(self.desk.request, talk_id, "chat", handoff, "zgubiony dowód")


@pytest.fixture
def office(tmp_path: Path, empty_database: Path) -> Iterator[Office]:
    shutil.copy(empty_database, tmp_path / "halo.db")
    office = Office(tmp_path)
    with office.client:
        office.do(office.accounts.add, StaffAccount("anna", "Anna z urzędu"), PASSWORD)
        office.do(office.accounts.add, StaffAccount("piotr", "Piotr", "komunikacja"), PASSWORD)
        yield office
        office.desk.close()
    office.database.close()


def test_without_signing_in_there_is_only_the_form(office: Office) -> None:
    answer = office.client.get("/staff/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/sign-in")
    assert "Hasło" in office.client.get("/staff/sign-in").text
    with office.live() as live, pytest.raises(WebSocketDisconnect) as closed:
        live.receive_json()
    assert closed.value.code == 4401


def test_signing_in_opens_the_desk_and_signing_out_closes_it(office: Office) -> None:
    assert office.sign_in().headers["location"] == "/staff/"
    assert "Anna z urzędu" in office.client.get("/staff/").text
    token = office.token("/staff/")
    assert office.client.post("/staff/sign-out", data={"token": token}).status_code == 303
    assert office.client.get("/staff/").status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(office: Office) -> None:
    cookies = office.sign_in().headers.get_list("set-cookie")
    cookie = next(one for one in cookies if one.startswith("halo_staff="))
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/staff" in cookie
    secure = TestClient(office.client.app, base_url="https://urzad.test")
    assert "Secure" in secure.get("/staff/sign-in").headers["set-cookie"]


@pytest.mark.parametrize(
    ("login", "password"),
    [("anna", "zle"), ("anna", ""), ("nikt", PASSWORD), ("", ""), ("a\0b", "x"), ("a" * 9999, "x")],
)
def test_a_wrong_password_is_refused_with_one_sentence(
    office: Office, login: str, password: str
) -> None:
    answer = office.sign_in(login, password)
    assert answer.status_code == 401
    assert "Login albo hasło się nie zgadza." in answer.text


def test_a_foreign_form_signs_nobody_in_or_out(office: Office) -> None:
    assert office.sign_in(token="made up").status_code == 403
    assert office.sign_in(token="").status_code == 403
    office.sign_in()
    office.client.post("/staff/sign-out", data={"token": "made up"})
    assert office.client.get("/staff/").status_code == 200


def test_opening_the_form_signs_nobody_out(office: Office) -> None:
    office.sign_in()
    assert office.client.get("/staff/sign-in").headers["location"] == "/staff/"
    assert office.client.get("/staff/").status_code == 200


def test_what_was_typed_comes_back_as_text(office: Office) -> None:
    answer = office.sign_in('"><script>alert(1)</script>')
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_guessing_is_slowed_down(office: Office) -> None:
    statuses = [office.sign_in(password=f"zgaduję {n}").status_code for n in range(6)]
    assert statuses == [401] * 5 + [429]
    assert office.sign_in().status_code == 429  # the right password too: haste gains nothing
    assert office.sign_in("piotr").status_code == 303  # a colleague at the same address may


async def test_slips_are_forgotten_after_signing_in() -> None:
    guard = SignInGuard()
    for _ in range(4):
        await guard.attempt("10.0.0.1", "anna")
    await guard.succeeded("10.0.0.1", "anna")
    for _ in range(5):
        await guard.attempt("10.0.0.1", "anna")
    with pytest.raises(RequestError) as refused:
        await guard.attempt("10.0.0.1", "anna")
    assert refused.value.status == 429


async def test_an_address_that_tries_many_logins_is_stopped() -> None:
    guard = SignInGuard()
    with pytest.raises(RequestError):
        for number in range(31):
            await guard.attempt("10.0.0.1", f"login{number}")
    await guard.attempt("10.0.0.2", "anna")


def _changed(cookie: str) -> str:
    """The cookie with the first character of its signature changed.

    Not the last one: some of its bits say nothing, so a changed last character can still be valid.
    """
    body, signature = cookie.rsplit(".", 1)
    return f"{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


def test_a_changed_or_old_cookie_is_nobody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.sign_in()
    good = office.client.cookies.get("halo_staff", path="/staff")
    office.client.cookies.set("halo_staff", _changed(good), domain="urzad.test", path="/staff")
    assert office.client.get("/staff/").status_code == 303
    office.client.cookies.set("halo_staff", good, domain="urzad.test", path="/staff")
    assert office.client.get("/staff/").status_code == 200
    monkeypatch.setattr(sessions, "LONGEST_S", -1)
    assert office.client.get("/staff/").status_code == 303


def test_no_key_no_pages() -> None:
    with pytest.raises(SetupError):
        sessions.Sessions("")


def test_pages_carry_the_headers_and_are_not_kept(office: Office) -> None:
    office.sign_in()
    for path in ("/staff/", "/staff/sign-in", "/staff/static/desk.js"):
        headers = office.client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    assert office.client.get("/staff/").headers["cache-control"] == "no-store"
    assert office.client.get("/staff/static/../desk.py").status_code in (403, 404)
    assert office.client.get("/staff/static/%2e%2e/desk.py").status_code in (403, 404)


def test_a_foreign_page_gets_no_live_channel(office: Office) -> None:
    office.sign_in()
    for origin in ("https://evil.example", "", "http://urzad.test.evil.example"):
        with office.live(origin) as live, pytest.raises(WebSocketDisconnect) as closed:
            live.receive_json()
        assert closed.value.code == 4401


def test_a_clerk_sees_takes_answers_and_ends(office: Office) -> None:
    office.sign_in()
    with office.live() as live:
        assert live.receive_json() == {"type": "queue", "talks": []}
        office.asks_for_person()
        talk = live.receive_json()["talks"][0]
        assert talk["department"] == "Wydział Spraw Obywatelskich"
        assert talk["reason"] == "prosi o człowieka"
        assert (talk["state"], talk["mine"]) == ("waiting", False)
        live.send_json({"type": "take", "talk_id": TALK})
        messages = {message["type"]: message for message in (live.receive_json() for _ in range(2))}
        assert messages["talk"]["talk"]["mine"]
        assert messages["queue"]["talks"][0]["state"] == "taken"
        live.send_json({"type": "say", "talk_id": TALK, "text": "Dzień dobry"})
        line = live.receive_json()["line"]
        assert (line["who"], line["text"], line["name"]) == (
            "clerk",
            "Dzień dobry",
            "Anna z urzędu",
        )
        live.send_json({"type": "end", "talk_id": TALK})
        assert live.receive_json() == {"type": "queue", "talks": []}


def test_refusals_are_polish_and_the_channel_stays(office: Office) -> None:
    office.sign_in()
    office.asks_for_person()
    with office.live() as live:
        live.receive_json()
        for message, code in [
            ({"type": "take", "talk_id": "nie ma"}, "request-desk-unknown"),
            ({"type": "say", "talk_id": TALK, "text": "x"}, "request-desk-not-yours"),
            ({"type": "open"}, "request-desk-unknown"),
            ({}, "request-desk-unknown"),
        ]:
            live.send_json(message)
            answer = live.receive_json()
            assert (answer["type"], answer["code"]) == ("error", code)
            assert answer["detail"]
        live.send_text("[" * 20_000)
        assert live.receive_json()["code"] == "request-desk-unknown"
        live.send_bytes(b"\0\1")
        assert live.receive_json()["code"] == "request-desk-unknown"


def test_a_clerk_of_one_department_sees_no_other(office: Office) -> None:
    office.sign_in("piotr")
    office.asks_for_person()
    with office.live() as live:
        assert live.receive_json()["talks"] == []
        live.send_json({"type": "open", "talk_id": TALK})
        assert live.receive_json()["code"] == "request-desk-unknown"
        other = "22222222-2222-4222-8222-222222222222"
        office.asks_for_person(other, "komunikacja")
        assert [talk["talk_id"] for talk in live.receive_json()["talks"]] == [other]


def test_a_locked_clerk_is_out_at_once(office: Office) -> None:
    office.sign_in()
    with office.live() as live:
        live.receive_json()
        office.do(lambda: office.accounts.change("anna", active=False))
        live.send_json({"type": "open", "talk_id": TALK})
        with pytest.raises(WebSocketDisconnect) as closed:
            live.receive_json()
    assert closed.value.code == 4401
    assert office.client.get("/staff/").status_code == 303


def test_ids_without_a_name_are_shown_as_they_are() -> None:
    labels = load_labels(ROOT / "nlu_data")
    talk = DeskTalk("x", "phone", "nieznany", "new", "unheard_of", "", "waiting", datetime.now(UTC))
    shown = labels.talk(talk, "anna")
    assert (shown["department"], shown["reason"], shown["topic"]) == (
        "nieznany",
        "new",
        "unheard_of",
    )


def test_a_broken_knowledge_file_costs_its_names_only(tmp_path: Path) -> None:
    (tmp_path / "topics").mkdir()
    (tmp_path / "office.yml").write_text("departments: [")
    good = ROOT / "nlu_data" / "topics" / "id_card.yml"
    (tmp_path / "topics" / "id_card.yml").write_bytes(good.read_bytes())
    (tmp_path / "topics" / "broken.yml").write_text("id: 1")
    labels = load_labels(tmp_path)
    assert labels.departments == {}
    assert list(labels.topics) == ["id_card"]
