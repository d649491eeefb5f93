"""What a question about opening hours asks about; where that differs from a wish for a visit."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.office.calendar import WARSAW
from actions.office.facts import load_office
from actions.office.hours import HoursAnswers
from actions.office.when import When, parse_when
from polish.wanted_time import read_wanted
from voice_gateway.settings import ROOT

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=WARSAW)
HOURS = HoursAnswers(load_office(ROOT / "nlu_data" / "office.yml"))


def on(day: int, month: int, year: int = 2026) -> When:
    return When(day=date(year, month, day))


@pytest.mark.parametrize(
    ("question", "when"),
    [
        # days as a wish for a visit reads them
        ("czy 24.12 jest czynne", on(24, 12)),
        ("czynne 2026-12-24?", on(24, 12)),
        ("w przyszły wtorek", on(1, 12)),
        ("za tydzień w środę", on(2, 12)),
        ("za trzy dni", on(27, 11)),
        ("jutrzejszy dzień", on(25, 11)),
        ("w ostatni piątek grudnia", on(25, 12)),
        ("dwudziestego szóstego", on(26, 11)),
        ("nie w środę tylko w czwartek", on(26, 11)),
        ("w piątek przed świętami", When("week")),
        ("w poniedziałek po świętach", on(28, 12)),
        ("przed świętami", on(23, 12)),
        ("w przyszłym tygodniu w czwartek", on(3, 12)),
        ("w Boże Ciało", on(27, 5, 2027)),
        ("w Boże Narodzenie", When("days", date(2026, 12, 24), last=date(2026, 12, 26))),
        ("w majówkę", When("days", date(2027, 5, 1), last=date(2027, 5, 3))),
        ("między świętami", When("days", date(2026, 12, 27), last=date(2026, 12, 31))),
        ("w przyszłym tygodniu", When("week")),
        ("w dni robocze", When("week")),
        ("od poniedziałku do piątku", When("week")),
        ("we wtorek i w piątek", When("week", date(2026, 11, 24))),
        ("w sobotę i w niedzielę", When("weekend", date(2026, 11, 28))),
        # what only a question about hours means
        ("we wtorek", on(24, 11)),
        ("czynne pierwszego listopada?", on(1, 11, 2027)),
        ("11 listopada", on(11, 11, 2027)),
        ("29 lutego", When()),
        ("a w sobotę nie?", on(28, 11)),
        ("czy do piątku czynne", on(27, 11)),
        ("czy teraz jest otwarte", on(24, 11)),
        ("w dni świąteczne", When("long_weekend")),
        ("w międzyświęta", When("long_weekend")),
        ("czynne od września?", When()),
        # hours
        ("wpół do czwartej", When(hour=time(15, 30))),
        ("za kwadrans ósma", When(hour=time(7, 45))),
        ("o godz. 15.30", When(hour=time(15, 30))),
        ("czy zdążę 15", When(hour=time(15))),
        ("po dwudziestej drugiej", When(hour=time(22), relation="after")),
        ("między 10 a 12", When(hour=time(10), relation="between", until=time(12))),
        ("koło ósmej", When(hour=time(7, 30), relation="between", until=time(8, 30))),
        ("jutro rano", When("day", date(2026, 11, 25), time(10), "before")),
        ("po pracy", When(hour=time(15, 30), relation="after")),
        ("wieczorem", When(hour=time(18), relation="after")),
        ("czy pracujecie do szesnastej", When(hour=time(16), relation="before")),
        ("pracuję do szesnastej, zdążę?", When(hour=time(16), relation="after")),
        ("o której rano otwieracie", When()),
        ("ile przed zamknięciem trzeba przyjść", When()),
        # no time
        ("dobry wieczór", When()),
        ("dziecko idzie do pierwszej klasy", When()),
        ("nie działają światła", When()),
        ("dziecko przyszło na świat", When()),
        ("po dwóch latach", When()),
        ("ustawa z dnia 20 czerwca 1997 r.", When()),
    ],
)
def test_what_a_question_names(question: str, when: When) -> None:
    assert parse_when(question, TUESDAY.date()) == when


def test_a_weekday_that_is_today_differs_from_a_wish() -> None:
    wanted = read_wanted("we wtorek", TUESDAY)
    assert (wanted.first, wanted.ambiguous) == (date(2026, 12, 1), True)
    assert parse_when("we wtorek", TUESDAY.date()).day == TUESDAY.date()


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("czynne pierwszego listopada?",
         "W poniedziałek 1 listopada urząd jest nieczynny, "
         "bo jest Uroczystość Wszystkich Świętych. "
         "Najbliższe otwarcie we wtorek 2 listopada o 8:00."),
        ("w Boże Narodzenie",
         "Urząd jest nieczynny od czwartku 24 grudnia do poniedziałku 28 grudnia. "
         "Najbliższe otwarcie we wtorek 29 grudnia o 8:00."),
        ("czy między świętami a nowym rokiem urząd działa",
         "W poniedziałek 28 grudnia urząd jest nieczynny, "
         "bo jest dzień wolny za święto przypadające w sobotę. "
         "Najbliższe otwarcie we wtorek 29 grudnia o 8:00."),
        ("czy w piątek po południu jest otwarte", "Nie, w piątek urząd pracuje tylko do 14:00."),
        ("czy pracujecie do szesnastej", "Tak, dziś urząd pracuje od 8:00 do 16:00."),
        ("czy jutro między szesnastą a siedemnastą ktoś jest",
         "Nie, jutro urząd pracuje tylko do 16:00."),
        ("czy jutro między siódmą a ósmą rano jest otwarte",
         "Nie, jutro urząd otwiera dopiero o 8:00."),
        ("w jakich godzinach w przyszłym tygodniu jesteście otwarci",
         "Urząd pracuje od poniedziałku do środy od 8:00 do 16:00, w czwartek do 18:00, "
         "w piątek do 14:00."),
        ("jutro i pojutrze do której",
         "Urząd pracuje od poniedziałku do środy od 8:00 do 16:00, w czwartek do 18:00, "
         "w piątek do 14:00."),
    ],
)  # fmt: skip
def test_what_is_answered(question: str, answer: str) -> None:
    assert HOURS.answer(question, TUESDAY).spoken == answer


def test_a_holiday_that_is_not_closed_throughout_names_its_first_closed_day() -> None:
    said = HOURS.answer("w majówkę", datetime(2029, 4, 2, 10, 0, tzinfo=WARSAW)).spoken
    assert said.startswith("We wtorek 1 maja urząd jest nieczynny, bo jest ")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a w sobotę?", True),
        ("a po szesnastej?", True),
        ("a w święta?", True),
        ("a w środę i w piątek?", True),
        ("w tygodniu", False),
        ("w ciągu miesiąca", False),
        ("dobry wieczór", False),
    ],
)
def test_whether_a_moment_is_named(text: str, names: bool) -> None:
    assert HOURS.names_moment(text, TUESDAY) is names


WORDS = (
    "w we do od po przed nie tylko i albo między a o za dwa trzy środę piątek poniedziałki weekend "
    "święta wigilię lutego 29 31 24.12 10 dziesiątej rano po południu tygodniu miesiąc przyszłym "
    "ostatni wczoraj jutro dziś teraz której zdążę ósmej 26 września marca"
).split()


@settings(deadline=None)  # the first holiday loads its library
@given(
    st.one_of(st.text(), st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)),
    st.dates(date(2024, 1, 1), date(2099, 12, 31)),
)
def test_any_text_is_read_and_no_day_is_over(text: str, today: date) -> None:
    when = parse_when(text, today)
    assert when.day is None or when.day >= today
    assert when.last is None or (when.day is not None and when.day < when.last)
    assert (when.until is not None) == (when.relation == "between")
