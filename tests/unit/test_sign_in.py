"""Passwords, one-time links, codes of a second factor, sessions and what administrators may do."""

import re
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text, update

from staff_console.accounts import passwords, second
from staff_console.accounts.links import Links
from staff_console.accounts.models import LinkRow, SessionRow
from staff_console.accounts.oidc import _groups, _login, provider_from, roles_from
from staff_console.content.log import is_whole
from tests.unit.staff_app import staff_app
from voice_gateway.errors import RequestError, SetupError
from voice_gateway.records.database import Database
from voice_gateway.records.queries import now
from voice_gateway.settings import Settings

PASSWORD = "koń bateria zszywka"
OLD = "a long password"


class Browser:
    """One person's browser, before the whole application."""

    def __init__(self, app: Any, database: Database) -> None:
        self.client, self.database = app.client, database
        self.client.cookies.clear()
        self.app = app

    def token(self, path: str) -> str:
        answer = self.client.get(path)
        found = re.search(r'name="token" value="([^"]+)"', answer.text)
        assert found, (path, answer.status_code, answer.text[:300])
        return found[1]

    def send(self, path: str, at: str = "", **fields: str) -> Any:
        """Fill in the form of the page ``at`` (else ``path``) and send it to ``path``."""
        return self.client.post(path, data={"token": self.token(at or path), **fields})

    def signs_in(self, login: str, password: str = OLD) -> Any:
        return self.send("/staff/sign-in", login=login, password=password)

    def is_in(self) -> bool:
        return self.client.get("/staff/me").status_code == 200

    def log(self) -> list[tuple[str, str, str]]:
        with self.database.engine.connect() as connection:
            rows = connection.execute(text("SELECT who, deed, path FROM content_log ORDER BY id"))
            return [tuple(row) for row in rows]


@pytest.fixture
def browser(
    tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Browser]:
    shutil.copy(empty_database, tmp_path / "halo.db")
    database = Database(f"sqlite:///{tmp_path / 'halo.db'}")
    with staff_app(tmp_path, monkeypatch) as app:
        yield Browser(app, database)
    database.close()


def aged(database: Database, row: type, column: str, by: timedelta) -> None:
    """Make a moment in all rows of a table older."""
    database.run(lambda session: session.execute(update(row).values({column: now() - by})))


# --- passwords ---


@pytest.mark.parametrize(
    ("password", "login"),
    [
        ("krótkie", "anna"),
        ("x" * 1025, "anna"),
        ("Anna.Nowak-2026!", "annanowak"),
        ("Hasło Hasło Hasło", "anna"),
        ("qwerty 123456", "anna"),
        ("ababababababab", "anna"),
    ],
)
def test_weak_passwords_are_refused(password: str, login: str) -> None:
    with pytest.raises(RequestError) as refused:
        passwords.check_password(password, password, login)
    assert refused.value.code == "staff-weak"


def test_good_passwords_are_taken_when_typed_twice_alike() -> None:
    passwords.check_password(PASSWORD, PASSWORD, "anna")
    with pytest.raises(RequestError) as refused:
        passwords.check_password(PASSWORD, PASSWORD + " ", "anna")
    assert refused.value.code == "staff-repeat"


# --- one-time links ---


@pytest.fixture
def empty(browser: Browser) -> Browser:
    """An office without administrator."""
    change = "UPDATE staff_accounts SET active = :no WHERE login = 'admin'"
    browser.database.run(lambda session: session.execute(text(change), {"no": False}))
    return browser


def make_first(browser: Browser) -> str:
    return str(browser.app.do(Links(browser.database).first))


def make_link(browser: Browser, login: str) -> str:
    return str(browser.app.do(Links(browser.database).make, login))


def test_the_first_link_makes_one_administrator_once(empty: Browser) -> None:
    path = make_first(empty)
    with empty.database.engine.connect() as connection:
        kept = connection.execute(text("SELECT token_hash FROM staff_links")).scalar()
    assert kept not in path
    fields = {"login": "szef", "name": "Ola Szef", "password": PASSWORD, "again": PASSWORD}
    weak = empty.send(path, **{**fields, "password": "za krótkie", "again": "za krótkie"})
    assert weak.status_code == 400
    assert "co najmniej 12" in weak.text
    assert empty.send(path, **{**fields, "login": "Ola Szef"}).status_code == 400
    assert empty.send(path, **{**fields, "login": "clerk"}).status_code == 409
    assert empty.send(path, **fields).headers["location"] == "/staff/"
    assert empty.client.get("/staff/accounts").status_code == 200
    assert empty.client.get(path).status_code == 410
    assert make_first(empty) == ""
    assert ("szef", "account_password", "accounts/szef") in empty.log()


def test_a_first_link_is_void_once_somebody_is_administrator(empty: Browser) -> None:
    path = make_first(empty)
    change = "UPDATE staff_accounts SET active = :yes WHERE login = 'admin'"
    empty.database.run(lambda session: session.execute(text(change), {"yes": True}))
    assert empty.client.get(path).status_code == 410


def test_a_link_for_a_lost_password(browser: Browser) -> None:
    older, path = make_link(browser, "clerk"), make_link(browser, "clerk")
    assert browser.client.get(older).status_code == 410
    sent = browser.send(path, login="admin", password=PASSWORD, again=PASSWORD)
    assert sent.status_code == 303
    assert "login <strong>clerk</strong>" in browser.client.get("/staff/me").text
    browser.client.cookies.clear()
    assert browser.signs_in("clerk").status_code == 401
    assert browser.signs_in("clerk", PASSWORD).status_code == 303


def test_a_link_ends_after_a_day_and_with_its_account(browser: Browser) -> None:
    path = make_link(browser, "clerk")
    aged(browser.database, LinkRow, "expires_at", timedelta())
    assert browser.client.get(path).status_code == 410
    path = make_link(browser, "clerk")
    browser.signs_in("admin")
    browser.send("/staff/accounts/clerk/switch", "/staff/accounts/clerk", on="no")
    assert browser.client.get(path).status_code == 410
    with pytest.raises(RequestError):
        make_link(browser, "clerk")


# --- sessions ---


def test_a_session_ends_after_an_hour_without_use(browser: Browser) -> None:
    browser.signs_in("editor")
    aged(browser.database, SessionRow, "seen_at", timedelta(minutes=59))
    assert browser.is_in()
    aged(browser.database, SessionRow, "seen_at", timedelta(minutes=61))
    assert not browser.is_in()


def test_use_is_noted(browser: Browser) -> None:
    browser.signs_in("editor")
    for _ in range(3):  # 2 h 30 min of work with a click every 50 minutes
        aged(browser.database, SessionRow, "seen_at", timedelta(minutes=50))
        assert browser.is_in()


def test_a_session_ends_after_ten_hours_however_busy(browser: Browser) -> None:
    browser.signs_in("editor")
    aged(browser.database, SessionRow, "created_at", timedelta(hours=10, seconds=1))
    assert not browser.is_in()


def test_signing_out_ends_it_on_the_server_too(browser: Browser) -> None:
    browser.signs_in("editor")
    kept = dict(browser.client.cookies)
    assert browser.send("/staff/sign-out", "/staff/me").status_code == 303
    browser.client.cookies.update(kept)
    assert not browser.is_in()


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/staff/accounts/editor/switch", {"on": "no"}),
        ("/staff/accounts/editor", {"name": "Editor", "role": "clerk", "department": ""}),
    ],
)
def test_an_administrators_deed_ends_sessions_at_once(
    browser: Browser, path: str, fields: dict[str, str]
) -> None:
    browser.signs_in("editor")
    editors = dict(browser.client.cookies)
    browser.client.cookies.clear()
    browser.signs_in("admin")
    assert browser.send(path, "/staff/accounts/editor", **fields).status_code == 303
    browser.client.cookies.clear()
    browser.client.cookies.update(editors)
    assert not browser.is_in()


def test_an_own_new_password_signs_out_elsewhere_only(browser: Browser) -> None:
    browser.signs_in("editor")
    elsewhere = dict(browser.client.cookies)
    browser.client.cookies.clear()
    browser.signs_in("editor")
    fields = {"password": PASSWORD, "again": PASSWORD}
    wrong = browser.send("/staff/me/password", "/staff/me", old="zgaduję", **fields)
    assert wrong.status_code == 401
    assert browser.send("/staff/me/password", "/staff/me", old=OLD, **fields).status_code == 303
    assert browser.is_in()
    browser.client.cookies.clear()
    browser.client.cookies.update(elsewhere)
    assert not browser.is_in()


# --- codes ---


def switch_codes_on(browser: Browser, clock: list[float]) -> tuple[str, list[str]]:
    """The key and the spare codes of somebody signed in."""
    page = browser.client.get("/staff/me/codes").text
    key = re.search(r'class="key">([A-Z2-7 ]+)<', page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert key
    assert sealed
    assert "<svg" in page
    secret = key[1].replace(" ", "")
    fields = {"sealed": sealed[1], "code": pyotp.TOTP(secret).at(int(clock[0]))}
    wrong = browser.send("/staff/me/codes", "/staff/me", sealed=sealed[1], code="000000")
    assert wrong.status_code == 401
    done = browser.send("/staff/me/codes", "/staff/me", **fields)
    spare = re.findall(r"<code>([A-Z0-9-]{11})</code>", done.text)
    assert len(spare) == second.SPARE_CODES
    return secret, spare


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of codes, to be moved."""
    at = [time.time()]
    defaults = second.SecondFactor.__init__.__defaults__
    monkeypatch.setattr(second.SecondFactor.__init__, "__defaults__", (lambda: at[0],))
    assert defaults
    return at


def test_codes_are_asked_for_and_count_once(clock: list[float], browser: Browser) -> None:
    browser.signs_in("editor")
    secret, spare = switch_codes_on(browser, clock)
    with browser.database.engine.connect() as connection:
        rows = connection.execute(text("SELECT totp_secret FROM staff_accounts")).scalars()
        assert secret not in " ".join(rows)
    browser.client.cookies.clear()
    to_code = browser.signs_in("editor")
    assert to_code.headers["location"] == "/staff/sign-in/code"
    assert not browser.is_in()
    used = pyotp.TOTP(secret).at(int(clock[0]))  # confirmed the set-up a moment ago
    assert browser.send("/staff/sign-in/code", code=used).status_code == 401
    clock[0] += 60
    fresh = pyotp.TOTP(secret).at(int(clock[0]))
    assert browser.send("/staff/sign-in/code", code=f"{fresh[:3]} {fresh[3:]}").status_code == 303
    assert browser.is_in()
    browser.client.cookies.clear()
    browser.signs_in("editor")
    assert browser.send("/staff/sign-in/code", code=fresh).status_code == 401
    assert browser.send("/staff/sign-in/code", code=spare[0].lower()).status_code == 303
    browser.client.cookies.clear()
    browser.signs_in("editor")
    assert browser.send("/staff/sign-in/code", code=spare[0]).status_code == 401


def test_guessing_codes_is_slowed_down(clock: list[float], browser: Browser) -> None:
    browser.signs_in("editor")
    secret, _ = switch_codes_on(browser, clock)
    browser.client.cookies.clear()
    browser.signs_in("editor")
    clock[0] += 60
    tried = [browser.send("/staff/sign-in/code", code="123456").status_code for _ in range(6)]
    assert tried[-1] == 429
    right = pyotp.TOTP(secret).at(int(clock[0]))
    assert browser.send("/staff/sign-in/code", code=right).status_code == 429


def test_without_the_password_before_there_is_no_code_page(browser: Browser) -> None:
    assert browser.client.get("/staff/sign-in/code").headers["location"] == "/staff/sign-in"
    token = browser.token("/staff/sign-in")
    sent = browser.client.post("/staff/sign-in/code", data={"token": token, "code": "123456"})
    assert sent.headers["location"] == "/staff/sign-in"


def test_codes_are_switched_off_with_password_and_code(
    clock: list[float], browser: Browser
) -> None:
    browser.signs_in("editor")
    _, spare = switch_codes_on(browser, clock)
    for old, code in ((OLD, "000000"), ("zgaduję hasło", spare[1])):
        refused = browser.send("/staff/me/codes/off", "/staff/me", old=old, code=code)
        assert refused.status_code == 401
    off = browser.send("/staff/me/codes/off", "/staff/me", old=OLD, code=spare[1])
    assert off.status_code == 303
    browser.client.cookies.clear()
    assert browser.signs_in("editor").headers["location"] == "/staff/"


def test_an_administrator_takes_the_codes_of_a_lost_telephone_away(
    clock: list[float], browser: Browser
) -> None:
    browser.signs_in("editor")
    switch_codes_on(browser, clock)
    browser.client.cookies.clear()
    browser.signs_in("admin")
    browser.send("/staff/accounts/editor/codes", "/staff/accounts/editor")
    assert ("admin", "totp_reset", "accounts/editor") in browser.log()
    browser.client.cookies.clear()
    assert browser.signs_in("editor").headers["location"] == "/staff/"


def test_an_offer_is_for_one_account_only() -> None:
    made = second.SecondFactor(None, "key")  # type: ignore[arg-type] # asks no database
    offer = made.offer("anna")
    assert made.again("anna", offer.sealed).key == offer.key
    for login, sealed in (("ewa", offer.sealed), ("anna", Fernet.generate_key().decode())):
        with pytest.raises(RequestError):
            made.again(login, sealed)


# --- administrators ---


def test_the_last_administrator_stays(browser: Browser) -> None:
    browser.signs_in("admin")
    at = "/staff/accounts/admin"
    assert browser.send(f"{at}/switch", at, on="no").status_code == 409
    demoted = browser.send(at, at, name="Admin", role="clerk", department="")
    assert demoted.status_code == 409
    assert "ostatni czynny administrator" in demoted.text
    promoted = "/staff/accounts/editor"
    browser.send(promoted, promoted, name="Editor", role="admin", department="")
    assert browser.send(at, at, name="Admin", role="clerk", department="").status_code == 303


def test_a_new_colleague_gets_a_link_and_the_log_knows(browser: Browser) -> None:
    browser.signs_in("admin")
    fields = {"login": "nowa", "name": "Nowa Osoba", "role": "clerk", "department": ""}
    made = browser.send("/staff/accounts", **fields)
    link = re.search(r"http://urzad\.test(/staff/link/[\w-]+)", made.text)
    assert link
    assert browser.send("/staff/accounts", **fields).status_code == 409
    bad = {**fields, "login": "inna", "department": "nie ma"}
    assert browser.send("/staff/accounts", **bad).status_code == 400
    assert browser.send("/staff/accounts", **{**fields, "role": "szef"}).status_code == 400
    browser.client.cookies.clear()
    assert browser.send(link[1], password=PASSWORD, again=PASSWORD).status_code == 303
    assert browser.log() == [
        ("admin", "account_added", "accounts/nowa"),
        ("admin", "account_link", "accounts/nowa"),
        ("nowa", "account_password", "accounts/nowa"),
    ]
    assert browser.database.run(is_whole)


# --- the office's provider, as far as no provider is needed ---


def test_roles_of_groups_are_read_in_order() -> None:
    assert roles_from("clerk=a, admin = b c") == [("clerk", "a"), ("admin", "b c")]
    for wrong in ("", "szef=a", "clerk", "clerk="):
        with pytest.raises(SetupError):
            roles_from(wrong)


def test_claims_are_found_where_they_lie() -> None:
    assert _groups({"groups": ["a", 1, "b"]}, "groups") == {"a", "b"}
    assert _groups({"realm_access": {"roles": ["a"]}}, "realm_access.roles") == {"a"}
    assert _groups({"https://x.pl/role": "a"}, "https://x.pl/role") == {"a"}
    assert _groups({"groups": {"a": 1}}, "groups") == set()
    assert _login({"preferred_username": "Jan.Kowalski@urzad.pl", "sub": "1"}) == "jan.kowalski"
    assert _login({"email": "ż@urzad.pl", "sub": "1"}).startswith("urzad-")


def test_a_provider_must_be_reached_safely() -> None:
    settings = Settings(_env_file=None, oidc_issuer="http://login.urzad.pl", oidc_client_id="a")
    with pytest.raises(SetupError):
        provider_from(settings)
    assert provider_from(Settings(_env_file=None)) is None
