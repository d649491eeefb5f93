"""Opening hours: holidays, exceptions, and the days and hours that people name."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from actions.office.calendar import WARSAW, OfficeCalendar
from actions.office.facts import OpenHours, load_office
from actions.office.hours import HoursAnswers
from actions.office.when import When, parse_when
from voice_gateway.errors import SetupError
from voice_gateway.settings import ROOT

OFFICE = load_office(ROOT / "nlu_data" / "office.yml")
CALENDAR = OfficeCalendar(OFFICE)
HOURS = HoursAnswers(OFFICE)
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=WARSAW)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-12-24", "jest Wigilia Bożego Narodzenia"),
        ("2025-12-24", "jest Wigilia Bożego Narodzenia"),
        ("2027-03-29", "jest Poniedziałek Wielkanocny"),
        ("2027-05-27", "jest Dzień Bożego Ciała"),
        ("2026-06-04", "jest Dzień Bożego Ciała"),
        ("2026-11-11", "jest Narodowe Święto Niepodległości"),
        ("2027-01-06", "jest Święto Trzech Króli"),
    ],
)
def test_closed_on_public_holidays(day: str, why: str) -> None:
    on = CALENDAR.on(date.fromisoformat(day))
    assert (on.hours, on.why) == (None, why)


def test_wigilia_was_a_working_day_before_2025() -> None:
    assert CALENDAR.on(date(2024, 12, 24)).hours == OpenHours(time(8), time(16))


def test_weekend_is_closed_without_a_reason() -> None:
    assert [CALENDAR.on(date(2026, 11, d)).hours for d in (28, 29)] == [None, None]
    assert CALENDAR.on(date(2026, 11, 28)).why == ""


def test_exceptions_shorten_and_close() -> None:
    assert CALENDAR.on(date(2026, 12, 31)).hours == OpenHours(time(8), time(12))
    assert CALENDAR.on(date(2026, 12, 28)).hours is None


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T07:59", False),
        ("2026-11-23T08:00", True),
        ("2026-11-23T15:59", True),
        ("2026-11-23T16:00", False),
        ("2026-11-26T17:59", True),  # Thursday to 18
        ("2026-11-27T14:00", False),  # Friday to 14
        ("2026-12-24T10:00", False),
        ("2026-12-31T12:00", False),
    ],
)
def test_open_at_a_moment(moment: str, is_open: bool) -> None:
    assert CALENDAR.is_open(at(moment)) is is_open


def test_a_moment_in_another_zone_is_taken_to_warsaw() -> None:
    assert CALENDAR.is_open(datetime(2026, 11, 23, 14, 59, tzinfo=UTC))
    assert not CALENDAR.is_open(datetime(2026, 11, 23, 15, 0, tzinfo=UTC))
    assert not CALENDAR.is_open(datetime(2026, 7, 6, 14, 0, tzinfo=UTC))  # summer time


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-23T07:00", "2026-11-23T08:00"),
        ("2026-11-23T08:00", "2026-11-24T08:00"),
        ("2026-11-27T15:00", "2026-11-30T08:00"),
        ("2026-12-23T17:00", "2026-12-29T08:00"),  # Wigilia, Christmas, Sunday, a day off
        ("2026-12-31T13:00", "2027-01-04T08:00"),
    ],
)
def test_next_opening(moment: str, opening: str) -> None:
    assert CALENDAR.next_opening(at(moment)) == at(opening)


def test_long_weekend_reaches_over_the_year_of_holidays() -> None:
    spell = CALENDAR.next_long_weekend(date(2026, 11, 23))
    assert spell is not None
    assert (spell.first, spell.last, spell.days) == (date(2026, 12, 24), date(2026, 12, 28), 5)
    easter = CALENDAR.next_long_weekend(date(2027, 3, 1))
    assert easter is not None
    assert (easter.first, easter.last) == (date(2027, 3, 27), date(2027, 3, 29))


@pytest.mark.parametrize(
    ("question", "when"),
    [
        ("czy jutro jest otwarte", When(day=date(2026, 11, 24))),
        ("w sobotę pracujecie?", When(day=date(2026, 11, 28))),
        ("w poniedziałek", When(day=date(2026, 11, 23))),
        ("czynne 24 grudnia?", When(day=date(2026, 12, 24))),
        ("dwudziestego czwartego grudnia", When(day=date(2026, 12, 24))),
        ("1 lutego", When(day=date(2027, 2, 1))),
        ("31 lutego", When()),
        ("czy w Wigilię", When(day=date(2026, 12, 24))),
        ("w trzech króli", When(day=date(2027, 1, 6))),
        ("w sylwestra", When(day=date(2026, 12, 31))),
        ("w weekend", When("weekend", date(2026, 11, 28))),
        ("w długi weekend", When("long_weekend")),
        ("czy zdążę przed piętnastą", When(hour=time(15), relation="before")),
        ("do 15:30", When(hour=time(15, 30), relation="before")),
        ("po szesnastej w piątek", When(day=date(2026, 11, 27), hour=time(16), relation="after")),
        ("w czwartek po południu", When(day=date(2026, 11, 26), hour=time(15), relation="after")),
        ("o ósmej", When(hour=time(8))),
        ("o 3", When(hour=time(15))),
        ("czwartek", When(day=date(2026, 11, 26))),  # not "o czwartej"
        ("do 30 dni", When()),
        ("ile kosztuje dowód", When()),
        ("", When()),
    ],
)
def test_days_and_hours_that_people_name(question: str, when: When) -> None:
    assert parse_when(question, MONDAY.date()) == when


@pytest.mark.parametrize(
    ("moment", "question", "answer"),
    [
        ("2026-11-23T10:00", "o której dziś otwieracie?",
         "Dziś urząd pracuje od 8:00 do 16:00, teraz jest otwarty."),
        ("2026-11-23T07:00", "o której dziś otwieracie?", "Dziś urząd pracuje od 8:00 do 16:00."),
        ("2026-11-23T19:00", "o której dziś otwieracie?",
         "Dziś urząd pracował od 8:00 do 16:00 i jest już zamknięty. "
         "Najbliższe otwarcie jutro o 8:00."),
        ("2026-11-28T10:00", "czy jesteście otwarci",
         "Dziś urząd jest nieczynny. Najbliższe otwarcie w poniedziałek o 8:00."),
        ("2026-11-23T10:00", "czy w sobotę pracujecie?",
         "W sobotę urząd jest nieczynny. Najbliższe otwarcie w poniedziałek 30 listopada o 8:00."),
        ("2026-11-23T10:00", "czy zdążę przed piętnastą",
         "Tak, dziś urząd pracuje od 8:00 do 16:00."),
        ("2026-11-23T10:00", "czy zdążę przed siedemnastą",
         "Nie, dziś urząd pracuje tylko do 16:00."),
        ("2026-11-23T10:00", "w czwartek o 17", "Tak, w czwartek urząd pracuje od 8:00 do 18:00."),
        ("2026-11-23T10:00", "jutro o siódmej", "Nie, jutro urząd otwiera dopiero o 8:00."),
        ("2026-12-21T10:00", "czy w wigilię pracujecie",
         "W czwartek urząd jest nieczynny, bo jest Wigilia Bożego Narodzenia. "
         "Najbliższe otwarcie we wtorek 29 grudnia o 8:00."),
        ("2026-12-21T10:00", "jak pracujecie w święta",
         "Urząd jest nieczynny od czwartku 24 grudnia do poniedziałku 28 grudnia. "
         "Najbliższe otwarcie we wtorek 29 grudnia o 8:00."),
        ("2026-11-23T10:00", "w jakich godzinach pracuje urząd",
         "Urząd pracuje od poniedziałku do środy od 8:00 do 16:00, w czwartek do 18:00, "
         "w piątek do 14:00."),
    ],
)  # fmt: skip
def test_what_is_said_about_hours(moment: str, question: str, answer: str) -> None:
    assert HOURS.answer(question, at(moment)).spoken == answer


def test_week_is_short_in_the_chat() -> None:
    assert HOURS.week().text == (
        "Godziny przyjęć: pon.–śr. 8:00–16:00, czw. 8:00–18:00, pt. 8:00–14:00."
    )


def broken(tmp_path: Path, old: str, new: str) -> str:
    path = tmp_path / "office.yml"
    path.write_text((ROOT / "nlu_data/office.yml").read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(SetupError) as fault:
        load_office(path)
    assert fault.value.code == "setup-knowledge"
    return str(fault.value)


def test_a_fault_in_office_yml_is_said_in_a_sentence(tmp_path: Path) -> None:
    assert "monday: Value error, godziny pisze się tak" in broken(tmp_path, "8:00-16:00", "8-16")
    assert "phone: brakuje tego pola" in broken(tmp_path, "phone: 99 123 40 00\nemail", "email")
    assert "nie znam takiego pola" in broken(tmp_path, "city: N", "miasto: N")
    assert "informacja" in broken(tmp_path, "id: informacja", "id: info")
    assert "wiersz" in broken(tmp_path, "sample: true", "sample: [true")
