"""The pages of figures on the real routes: who may see them, and what everybody may."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from staff_console.figures.open_data import DICTIONARY, OpenData, finished_months, month_rows
from staff_console.figures.read import FiguresReader
from staff_console.figures.routes import FiguresPages, build_figures_router
from staff_console.figures.tables import Names
from staff_console.figures.values import Figures, Period, Spread, VisitFigures
from staff_console.figures.words import number, seconds, share
from staff_console.sessions import CHECKED, StaffSession
from voice_gateway import problems
from voice_gateway.records.contacts import same_number
from voice_gateway.records.database import Database
from voice_gateway.records.models import TurnRow
from voice_gateway.records.staff import StaffAccount, StaffAccounts

SECRET = "tests only"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 5, 8, tzinfo=UTC)
TOPICS = {"id_card": "dowód osobisty", "passport": "paszport"}
PUBLIC = ("/statystyki", "/open-data/figures.csv", "/open-data/figures.json")
STAFF = (
    "/staff/figures",
    "/staff/figures.csv?first=2026-10-01&last=2026-10-31",
    "/staff/figures/open-data.csv",
    "/staff/figures/open-data.json",
)


class Office:
    """The pages on a database with 40 talks in October; ``public``: switched on or off."""

    def __init__(self, folder: Path, *, public: bool) -> None:
        self.database = Database(f"sqlite:///{folder / 'halo.db'}")
        self.accounts = StaffAccounts(self.database, PasswordHasher(1, 8, 1))
        open_data = OpenData(self.database, lambda: TOPICS, 90, lambda: NOW)
        self.pages = FiguresPages(
            secret_key=SECRET,
            accounts=self.accounts,
            reader=FiguresReader(self.database, lambda: NOW),
            open_data=open_data,
            names=lambda: Names(TOPICS, {"topics/id_card.yml": "dowód osobisty"}),
            office=lambda: "Urząd Miasta Nadmorzyn",
            clock=lambda: NOW,
            public=public,
        )
        app = FastAPI()
        problems.install(app)
        app.include_router(build_figures_router(self.pages))
        self.signed_in: StaffSession | None = None

        async def gate(scope: Any, receive: Any, send: Any) -> None:
            scope[CHECKED] = self.signed_in
            await app(scope, receive, send)

        self.client = TestClient(gate, base_url="http://urzad.test", follow_redirects=False)

    def sign_in(self, role: str) -> None:
        assert self.client.portal
        self.client.portal.call(self.accounts.add, StaffAccount(role, role, role=role), "hasło 12")
        self.signed_in = StaffSession(role, "token")

    def get(self, path: str) -> Any:
        return self.client.get(path)


def talk(number_: int, topic: str) -> TurnRow:
    return TurnRow(
        conversation_id=f"t{number_}", channel="chat", turn=1, kind="typed", caller_text="",
        bot_text="Odpowiedź.", topic=topic, confidence=1.0, model="", interrupted=False,
        dialogue_s=0.5, created_at=OCTOBER + timedelta(minutes=number_),
    )  # fmt: skip


@pytest.fixture
def office(
    request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path
) -> Iterator[Office]:
    shutil.copy(empty_database, tmp_path / "halo.db")
    office = Office(tmp_path, public=getattr(request, "param", False))
    talks = [talk(n, "id_card" if n < 33 else "passport") for n in range(40)]
    office.database.run(lambda session: session.add_all(talks))
    with office.client:
        yield office
    office.database.close()


switched_on = pytest.mark.parametrize("office", [True], indirect=True)


@pytest.mark.parametrize("path", STAFF)
def test_without_signing_in_nothing_is_shown(office: Office, path: str) -> None:
    answer = office.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/sign-in")


@pytest.mark.parametrize("path", STAFF)
def test_a_clerk_has_no_right_to_figures_and_an_analyst_has(office: Office, path: str) -> None:
    office.sign_in("clerk")
    assert office.get(path).status_code == 403
    office.sign_in("analyst")
    answer = office.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PUBLIC)
def test_until_it_is_switched_on_there_is_no_public_page(office: Office, path: str) -> None:
    assert office.get(path).status_code == 404


def test_staff_see_every_number_of_the_period(office: Office) -> None:
    office.sign_in("analyst")
    page = office.get("/staff/figures?first=2026-10-01&last=2026-10-31").text
    assert "Liczby: 1.10.2026–31.10.2026" in page
    assert re.search(r"<dt>Rozmowy</dt><dd>40</dd>", page)
    assert '<th scope="row">paszport</th><td>7</td>' in page
    assert page.count('<svg class="chart" role="img" aria-labelledby=') == 3
    assert "style=" not in page and "<script" not in page
    table = office.get("/staff/figures.csv?first=2026-10-01&last=2026-10-31")
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig")), delimiter=";"))
    assert ["paszport", "7", "0,0%", "0,0%", "0,0%", "0,0%"] in rows
    assert (
        "nikt nie rozmawiał" in office.get("/staff/figures?first=2026-09-01&last=2026-09-02").text
    )


@pytest.mark.parametrize(
    "query",
    ["first=2026-10-02&last=2026-10-01", "first=x&last=", "first=2020-01-01&last=2026-01-01"],
)
def test_a_wrong_period_is_said(office: Office, query: str) -> None:
    office.sign_in("analyst")
    page = office.get(f"/staff/figures?{query}")
    assert page.status_code == 422
    assert 'role="alert"' in page.text and "Proszę podać dwa dni" in page.text
    assert office.get(f"/staff/figures.csv?{query}").status_code == 422


@switched_on
def test_everybody_sees_a_settled_month_without_small_counts(office: Office) -> None:
    page = office.get("/statystyki")
    assert page.status_code == 200
    assert "2026-10" in page.text and ">40<" in page.text
    assert "Content-Security-Policy" in page.headers
    assert office.get("/statystyki?month=2026-11").status_code == 404
    body = json.loads(office.get("/open-data/figures.json").content)
    assert {one["figure"] for one in body["rows"]} <= {one["figure"] for one in body["dictionary"]}
    rows = list(csv.DictReader(io.StringIO(office.get("/open-data/figures.csv").text)))
    assert {row["month"] for row in rows} == {"2026-09", "2026-10"}
    october = {(r["figure"], r["part"]): r for r in rows if r["month"] == "2026-10"}
    assert october["talks", ""]["value"] == "40"
    passport = october["talks_by_topic", "passport"]
    assert (passport["value"], passport["hidden"]) == ("", "1")
    assert october["talks_by_topic", "id_card"]["hidden"] == "1"  # 40 - 33 would tell 7
    assert office.get("/open-data/figures.xml").status_code == 404


def figures(**more: Any) -> Figures:
    values: dict[str, Any] = {
        "period": Period(OCTOBER.date().replace(day=1), OCTOBER.date().replace(day=31)),
        "outcomes": {
            "phone": {"resolved": 500},
            "chat": {"unknown": 40},
            "browser": {"unknown": 3},
        },
        "hours": {9: 300, 10: 243},
        "topics": {"id_card": {"resolved": 543}},
        "first_answer": {"phone": Spread(500, 0.8, 1.5), "chat": Spread(40, 0.44, 1.0)},
        "call_length": {"phone": Spread(9, 60.0, 90.0)},
        "waited": Spread(12, 30.0, 60.0),
        "never_taken": 0,
        "visits": VisitFigures(20, 3, 11, 12, 40),
        "services": {},
        "publications": [],
    }
    return Figures(**{**values, **more})


def test_open_rows_hide_what_is_small_and_what_would_tell_it() -> None:
    rows = {(row.figure, row.part): row.value for row in month_rows(figures(), TOPICS)}
    assert rows["talks", ""] == 543
    assert rows["talks_by_channel", "phone"] == 500
    assert rows["talks_by_channel", "browser"] is None and rows["talks_by_channel", "chat"] is None
    assert rows["first_answer_median", "phone"] == 0.8
    assert rows["first_answer_median", "chat"] is None  # it would tell that chats are not few
    assert rows["waiting_median", "chat"] is None
    assert rows["call_length_median", "phone"] is None  # of nine calls
    assert rows["visits_booked", ""] == 20 and rows["visits_cancelled", ""] is None
    assert rows["visits_by_attendance", "missed"] == 12
    assert ("talks_by_outcome", "open") not in rows
    assert {figure for figure, _ in rows} == set(DICTIONARY)


def test_a_topic_that_nobody_knows_any_more_is_counted_among_others() -> None:
    counts = {"gone": {"resolved": 543}}
    rows = month_rows(figures(topics=counts), TOPICS)
    parts = {row.part for row in rows if row.figure == "talks_by_topic"}
    assert parts == {"id_card", "passport", "other", "none"}


def test_months_are_those_that_are_settled_and_wholly_kept() -> None:
    def months(now: datetime, days: int = 90) -> list[str]:
        return [f"{one:%m}" for one in finished_months(now, timedelta(days=days))]

    assert months(NOW) == ["09", "10"]
    assert months(datetime(2026, 11, 8, 22, 59, tzinfo=UTC)) == ["09"]
    assert months(datetime(2026, 11, 8, 23, 1, tzinfo=UTC)) == ["09", "10"]
    assert months(NOW, 30) == []


def test_a_number_is_recognised_in_every_spelling_and_a_withheld_one_never() -> None:
    for spelling in ("600100200", "+48600100200", "0048600100200", "48600100200", "600-100-200"):
        assert same_number(spelling) == "600100200"
    assert same_number("+4915112345678") == same_number("004915112345678") == "+4915112345678"
    for nobody in (
        "",
        "anonymous",
        "Anonymous",
        "unavailable",
        "101",
        "recepcja",
        "+",
        "sip:1234567",
    ):
        assert same_number(nobody) is None


def test_numbers_are_written_as_people_do() -> None:
    assert (number(12345), number(0.5, 1), share(1, 8), share(0, 0)) == (
        "12\u00a0345", "0,5", "12,5%", "–",
    )  # fmt: skip
    assert (seconds(0.84), seconds(200), seconds(None)) == (
        "0,8\u00a0s",
        "3\u00a0min 20\u00a0s",
        "–",
    )
    assert Spread.of([]) == Spread(0, None, None) and Spread.of([3.0]) == Spread(1, 3.0, 3.0)
