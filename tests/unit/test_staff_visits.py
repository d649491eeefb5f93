"""The staff's pages about visits, on the real routes: day list, table, feeds, who may see what."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from icalendar import Calendar
from pydantic import SecretStr

from actions.office.calendar import WARSAW
from staff_console.desk import StaffServices, build_staff_router
from staff_console.visits import VisitPages, as_csv, build_visits_router, feed_key
from visits.calendar import Desk
from visits.misfits import Misfit
from visits.outbox import Undelivered
from visits.plan import load_plan
from visits.values import Service, Visit, Visitor
from voice_gateway import problems
from voice_gateway.desk import HandoffDesk
from voice_gateway.errors import SetupError
from voice_gateway.records.database import Database
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.settings import ROOT, Settings

PLAN = load_plan(ROOT / "nlu_data" / "visits.yml").plan()
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "koń bateria zszywka"
SECRET = "tests only"
NOW = datetime(2026, 11, 24, 12, tzinfo=WARSAW)
STARTS = datetime(2026, 11, 25, 10, 30, tzinfo=WARSAW)
DAY = timedelta(days=1)
FIRST = Visit(
    id=1,
    number="01234567",
    state="booked",
    service="passport",
    desk="stanowisko_4",
    desk_place=0,
    starts_at=STARTS,
    ends_at=STARTS + timedelta(minutes=20),
    visitor=Visitor("<b>Żółć</b>", "600100200", "ewa@poczta.example"),
)
VISITS = [
    replace(FIRST, id=2, number="22222222", desk_place=1, visitor=Visitor("=1+1")),
    FIRST,
    replace(FIRST, id=3, number="33333333", state="offered"),
    replace(FIRST, id=4, number="44444444", state="cancelled"),
    replace(FIRST, id=5, number="55555555", desk="pokoj_5", service="gone"),
]
FAILED = Undelivered(
    "01234567", "stanowisko_4", "reminder", "sms", "600100200", NOW, "outbox-refused"
)


class Book:
    """Visits of one day; none of them outside the plan, unless a test says so."""

    unfit: Sequence[Misfit] = ()

    def services(self) -> Sequence[Service]:
        return list(PLAN.services.values())

    def desks(self) -> Sequence[Desk]:
        return list(PLAN.desks.values())

    def misfits(self, now: datetime) -> Sequence[Misfit]:
        return self.unfit

    def day(self, desk: str, day: date) -> Sequence[Visit]:
        return [visit for visit in self.between(day, day) if visit.desk == desk]

    def between(self, first_day: date, last_day: date) -> Sequence[Visit]:
        return VISITS if first_day <= STARTS.date() <= last_day else []


def undelivered(since: datetime) -> list[Undelivered]:
    assert since == NOW - 14 * DAY
    return [FAILED, replace(FAILED, desk="pokoj_5", recipient="", code="new-code")]


class Office:
    """The staff pages on a database of their own, with a browser before them."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'halo.db'}")
        self.desk = HandoffDesk(self.database, lambda text: text)
        self.accounts = StaffAccounts(self.database, CHEAP)
        settings = Settings(_env_file=None, data_dir=folder, secret_key=SecretStr(SECRET))
        pages = VisitPages(
            SECRET, self.accounts, Book(), undelivered, "nadmorzyn.example", lambda: NOW
        )
        app = FastAPI()
        problems.install(app)
        app.include_router(build_staff_router(StaffServices(settings, self.desk, self.accounts)))
        app.include_router(build_visits_router(pages))
        self.client = TestClient(app, base_url="http://urzad.test", follow_redirects=False)

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def sign_in(self, login: str = "anna") -> None:
        self.client.cookies.clear()
        form = self.get("/staff/sign-in").text
        token = re.search(r'name="token" value="([^"]+)"', form)
        assert token
        data = {"login": login, "password": PASSWORD, "token": token[1]}
        assert self.client.post("/staff/sign-in", data=data).status_code == 303


@pytest.fixture
def office(tmp_path: Path, empty_database: Path) -> Iterator[Office]:
    shutil.copy(empty_database, tmp_path / "halo.db")
    office = Office(tmp_path)
    with office.client:
        assert office.client.portal
        add = office.accounts.add
        office.client.portal.call(add, StaffAccount("anna", "Anna z urzędu"), PASSWORD)
        office.client.portal.call(add, StaffAccount("piotr", "Piotr", "obywatelskie"), PASSWORD)
        office.client.portal.call(add, StaffAccount("ola", "Ola", "bez stanowisk"), PASSWORD)
        yield office
        office.desk.close()
    office.database.close()


class Tables(HTMLParser):
    """The words in the cells of a page's tables, row by row, and the tags of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._in_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


PAGES = (
    "/staff/visits",
    "/staff/visits/stanowisko_4/2026-11-25",
    "/staff/visits.csv?first=2026-11-25&last=2026-11-25",
)


@pytest.mark.parametrize("path", PAGES)
def test_without_signing_in_nothing_is_shown(office: Office, path: str) -> None:
    answer = office.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/sign-in")
    assert answer.text == ""


def test_a_day_is_listed_with_hour_service_number_and_surname(office: Office) -> None:
    office.sign_in()
    page = office.get("/staff/visits/stanowisko_4/2026-11-25")
    assert Tables(page.text).rows == [
        ["Godzina", "Usługa", "Numer rezerwacji", "Nazwisko", "Obecność"],
        ["10:30–10:50", "paszport", "01 23 45 67", "<b>Żółć</b>", ""],  # it is to come
        ["10:30–10:50", "paszport", "22 22 22 22", "=1+1", ""],
    ]
    assert "<h1>stanowisko 4: środa, 25 listopada 2026 r.</h1>" in page.text
    assert "<caption>Umówione wizyty: 2</caption>" in page.text
    assert 'href="/staff/visits/stanowisko_4/2026-11-24"' in page.text
    assert 'href="/staff/visits/stanowisko_4/2026-11-26"' in page.text
    assert "600100200" not in page.text
    empty = office.get("/staff/visits/stanowisko_4/2026-11-26").text
    assert "nikt się nie umówił" in empty
    assert office.get("/staff/visits/stanowisko_4/9999-12-31").status_code == 200


@pytest.mark.parametrize("path", PAGES[:2])
def test_pages_can_be_read_by_everybody(office: Office, path: str) -> None:
    office.sign_in()
    page = office.get(path)
    headers = page.headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert '<html lang="pl">' in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    read = Tables(page.text)
    names = [tag for tag, _ in read.tags]
    assert names.count("h1") == 1
    assert names.count("main") == 1
    assert names.count("caption") == names.count("table") == 1
    assert all("scope" in more for tag, more in read.tags if tag == "th")
    labelled = {more["for"] for tag, more in read.tags if tag == "label"}
    fields = [more for tag, more in read.tags if tag in ("input", "select")]
    assert {more["id"] for more in fields if more.get("type") != "hidden"} == labelled


def test_the_choice_leads_to_the_day(office: Office) -> None:
    office.sign_in()
    page = office.get("/staff/visits").text
    assert '<option value="stanowisko_4">stanowisko 4</option>' in page
    assert 'value="2026-11-24"' in page
    answer = office.get("/staff/visits?desk=stanowisko_4&day=2026-11-25")
    assert answer.headers["location"] == "/staff/visits/stanowisko_4/2026-11-25"
    for wrong in ("desk=stanowisko_4&day=", "desk=none&day=2026-11-25", "desk=%22&day=x"):
        answer = office.get(f"/staff/visits?{wrong}")
        assert answer.status_code == 400
        assert "Proszę wybrać stanowisko i dzień." in answer.text


def test_messages_that_did_not_arrive_are_shown(office: Office) -> None:
    office.sign_in()
    assert Tables(office.get("/staff/visits").text).rows[1:] == [
        [
            "01 23 45 67",
            "stanowisko 4",
            "przypomnienie",
            "600100200",
            "24.11.2026, 12:00",
            "adres lub numer jest błędny albo zablokowany",
        ],
        [
            "01 23 45 67",
            "pokój 5",
            "przypomnienie",
            "dane usunięte",
            "24.11.2026, 12:00",
            "new-code",
        ],
    ]


def test_a_clerk_of_one_department_sees_no_other(office: Office) -> None:
    office.sign_in("piotr")
    page = office.get("/staff/visits").text
    assert "stanowisko 4" in page
    assert "pokój 5" not in page
    assert office.get("/staff/visits/stanowisko_4/2026-11-25").status_code == 200
    refused = office.get("/staff/visits/pokoj_5/2026-11-25")
    assert (refused.status_code, refused.json()["code"]) == (404, "request-not-found")
    table = office.get("/staff/visits.csv?first=2026-11-25&last=2026-11-25").text
    assert "55 55 55 55" not in table
    office.sign_in("ola")
    assert "nie ma stanowisk" in office.get("/staff/visits").text


@pytest.mark.parametrize("day", ["2026-13-01", "dzis", "20261125", "2026-W48-3", "x" * 99])
def test_days_that_are_none(office: Office, day: str) -> None:
    office.sign_in()
    assert office.get(f"/staff/visits/stanowisko_4/{day}").status_code == 404
    answer = office.get(f"/staff/visits.csv?first={day}&last=2026-11-25")
    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


def test_a_table_is_at_most_a_year_and_forwards(office: Office) -> None:
    office.sign_in()
    for first, last in (("2026-11-26", "2026-11-25"), ("2025-01-01", "2026-11-25"), ("", "")):
        assert office.get(f"/staff/visits.csv?first={first}&last={last}").status_code == 422


def test_the_table_opens_in_polish_excel(office: Office) -> None:
    office.sign_in()
    answer = office.get("/staff/visits.csv?first=2026-11-01&last=2026-11-30")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "wizyty-2026-11-01-2026-11-30.csv" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows == [
        ["Data", "Od", "Do", "Stanowisko", "Usługa", "Numer rezerwacji", "Nazwisko"],
        ["2026-11-25", "10:30", "10:50", "pokój 5", "gone", "55 55 55 55", "<b>Żółć</b>"],
        ["2026-11-25", "10:30", "10:50", "stanowisko 4", "paszport", "01 23 45 67", "<b>Żółć</b>"],
        ["2026-11-25", "10:30", "10:50", "stanowisko 4", "paszport", "22 22 22 22", "'=1+1"],
    ]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r\n=1", " =1", '=";x"'])
def test_no_cell_is_a_formula(cell: str) -> None:
    read = csv.reader(
        io.StringIO(as_csv([[cell, "Nowak"]]).decode("utf-8-sig"), newline=""), delimiter=";"
    )
    assert next(read) == ["'" + cell, "Nowak"]


def test_a_feed_needs_the_key_of_its_desk_and_no_signing_in(office: Office) -> None:
    key = feed_key(SECRET, "stanowisko_4")
    answer = office.get(f"/staff/visits/stanowisko_4.ics?key={key}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.text)
    assert isinstance(calendar, Calendar)
    assert calendar["METHOD"] == "PUBLISH"
    assert [str(event["SUMMARY"]) for event in calendar.events] == [
        "paszport (01 23 45 67)",
        "paszport (22 22 22 22)",
    ]
    assert {event.DTSTART for event in calendar.events} == {STARTS}
    assert "Żółć" not in answer.text
    assert office.client.head(f"/staff/visits/stanowisko_4.ics?key={key}").status_code == 200
    for wrong in (
        f"pokoj_5.ics?key={key}",
        "stanowisko_4.ics",
        "stanowisko_4.ics?key=",
        "stanowisko_4.ics?key=zażółć",
        f"stanowisko_4.ics?key={feed_key('another', 'stanowisko_4')}",
        f"none.ics?key={feed_key(SECRET, 'none')}",
    ):
        assert office.get(f"/staff/visits/{wrong}").status_code == 404


def test_the_page_links_to_feeds_that_work(office: Office) -> None:
    office.sign_in()
    found = re.findall(r'href="([^"]+\.ics[^"]+)"', office.get("/staff/visits").text)
    assert len(found) == len(PLAN.desks)
    office.client.cookies.clear()
    assert {office.get(link).status_code for link in found} == {200}


def test_no_key_no_pages(office: Office) -> None:
    with pytest.raises(SetupError):
        build_visits_router(VisitPages("", office.accounts, Book(), undelivered, "x"))


def test_visits_that_do_not_fit_the_plan_are_shown_to_their_department(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = replace(FIRST, desk="dawne", number="77777777")
    desk = replace_desk(PLAN.desks["stanowisko_4"], "dawne")
    unfit = Misfit(gone, desk, PLAN.services["passport"], "tego stanowiska już nie ma w planie")
    monkeypatch.setattr(Book, "unfit", [unfit])
    office.sign_in("anna")
    page = office.get("/staff/visits").text
    assert "tego stanowiska już nie ma w planie" in page
    assert "77 77 77 77" in page
    assert '<option value="dawne"' in page
    office.sign_in("piotr")  # passports are his department's
    assert "77 77 77 77" in office.get("/staff/visits").text
    office.sign_in("ola")
    assert "77 77 77 77" not in office.get("/staff/visits").text


def replace_desk(desk: Desk, id_: str) -> Desk:
    return desk.model_copy(update={"id": id_, "name": "dawne stanowisko"})
