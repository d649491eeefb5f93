"""The file of visits: what it gives, what is refused, and which times it makes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from actions.office.calendar import WARSAW
from actions.office.facts import load_office
from actions.office.files import read_yaml
from tests.integration.visits_child import KNOWLEDGE, PLAN
from visits.calendar import Desk, OfficeDays, moment_of, open_periods, start_ticks, tick_of
from visits.plan import Plan, load_plan
from visits.values import VisitError
from voice_gateway.errors import SetupError

FRIDAY, SATURDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 30)


@pytest.fixture(scope="module")
def real() -> Plan:
    return load_plan(KNOWLEDGE / "visits.yml").plan()


@pytest.fixture(scope="module")
def office() -> OfficeDays:
    return OfficeDays.of(load_office(KNOWLEDGE / "office.yml"))


def desk(**more: object) -> Desk:
    fields = {"id": "d", "name": "pokój", "where": "parter", "where_spoken": "na parterze"}
    return Desk.model_validate({**fields, "places": 1, **more})


def hours(desk: Desk, office: OfficeDays, day: date) -> list[str]:
    return [f"{a:%H:%M}-{b:%H:%M}" for a, b in open_periods(desk, office, day)]


def faults_of(text: str, tmp_path: Path) -> str:
    path = tmp_path / "visits.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SetupError) as error:
        load_plan(path, KNOWLEDGE)
    assert error.value.code == "setup-visits"
    assert str(path) in str(error.value)
    return str(error.value)


def test_the_real_file(real: Plan) -> None:
    assert len(real.services) >= 14
    assert (real.rules.hold_min, real.rules.offer_min) == (5, 120)
    assert (real.rules.number_tries, real.rules.lock_min) == (10, 60)
    assert real.services["passport_child"].variant == "child"
    used = {desk for service in real.services.values() for desk in service.desks}
    assert used == set(real.desks)
    for service in real.services.values():
        topic = read_yaml(KNOWLEDGE / "topics" / f"{service.topic}.yml")
        assert service.department == topic["department"]
        assert service.about.startswith("w sprawie ")
        assert service.bring.endswith(".") and service.bring.count(". ") == 0
        for at in real.desks_of(service):
            week = [real.starts(service, at, MONDAY + timedelta(days=n)) for n in range(5)]
            assert any(week), service.id
    with pytest.raises(VisitError):
        real.bookable("flying")


def test_office_hours_breaks_and_own_hours(office: OfficeDays) -> None:
    assert hours(desk(), office, MONDAY) == ["08:00-16:00"]
    assert hours(desk(), office, FRIDAY) == ["08:00-14:00"]
    assert hours(desk(), office, SATURDAY) == []
    lunch = desk(breaks=["12:00-12:20", "9:00-9:10"])
    assert hours(lunch, office, MONDAY) == ["08:00-09:00", "09:10-12:00", "12:20-16:00"]
    edges = desk(breaks=["7:00-8:30", "8:20-9:00", "13:00-15:00"])
    assert hours(edges, office, FRIDAY) == ["09:00-13:00"]
    own = desk(hours={"monday": "10:00-18:00", "saturday": "9:00-10:00", "friday": "closed"})
    assert hours(own, office, MONDAY) == ["10:00-18:00"]
    assert hours(own, office, SATURDAY) == ["09:00-10:00"]
    assert hours(own, office, FRIDAY) == []
    assert hours(desk(breaks=["8:00-16:00"]), office, MONDAY) == []


def test_exceptions_and_holidays(office: OfficeDays) -> None:
    eve, christmas, free = date(2026, 12, 31), date(2026, 12, 25), date(2026, 12, 28)
    always = dict.fromkeys(("monday", "thursday", "friday"), "6:00-20:00")
    busy = desk(
        hours=always,
        exceptions=[
            {"date": MONDAY, "hours": "9:00-10:00", "reason": "szkolenie"},
            {"date": FRIDAY, "hours": "closed", "reason": "remont"},
            {"date": christmas, "hours": "8:00-9:00", "reason": "nie pomoże"},
        ],
    )
    assert hours(busy, office, MONDAY) == ["09:00-10:00"]
    assert hours(busy, office, FRIDAY) == []
    assert hours(busy, office, christmas) == []  # a holiday
    assert hours(busy, office, free) == []  # the office's exception
    assert hours(busy, office, eve) == ["08:00-12:00"]  # capped by the office
    assert hours(desk(hours={"thursday": "13:00-15:00"}), office, eve) == []
    working = OfficeDays.model_validate(
        {
            "hours": {},
            "exceptions": [{"date": christmas, "hours": "8:00-12:00", "reason": "dyżur"}],
        }
    )
    assert hours(busy, working, christmas) == ["08:00-09:00"]


def test_starts_lie_on_a_grid_from_each_opening(office: OfficeDays) -> None:
    def at(length_min: int, **more: object) -> list[str]:
        ticks = start_ticks(desk(**more), office, MONDAY, length_min)
        return [f"{moment_of(tick):%H:%M}" for tick in ticks]

    early = {"monday": "8:00-9:00"}
    assert at(20, hours=early) == ["08:00", "08:20", "08:40"]
    assert at(25, hours=early) == ["08:00", "08:25"]
    assert at(15, hours=early, breaks=["8:20-8:35"]) == ["08:00", "08:35"]
    assert at(65, hours=early) == []
    assert at(480) == ["08:00"]


def test_a_night_on_which_the_clock_changes_has_the_hours_it_has(office: OfficeDays) -> None:
    night = desk(hours={"sunday": "1:00-4:00"})
    assert len(start_ticks(night, office, date(2027, 10, 31), 60)) == 4  # 2:00 comes twice
    spring = desk(hours={"sunday": "1:00-4:00"}, exceptions=[])
    starts = start_ticks(spring, OfficeDays(hours={}), date(2026, 3, 29), 60)
    assert [f"{moment_of(tick):%H:%M}" for tick in starts] == ["01:00", "03:00"]


def test_ticks_are_moments() -> None:
    moment = datetime(2026, 11, 27, 8, 5, tzinfo=WARSAW)
    assert moment_of(tick_of(moment)) == moment
    assert tick_of(moment + timedelta(seconds=299)) == tick_of(moment)
    assert tick_of(moment + timedelta(minutes=5)) == tick_of(moment) + 1


def test_several_faults_of_fields_are_told_at_once(tmp_path: Path) -> None:
    told = faults_of(
        PLAN.replace("length_min: 20", "length_min: 22")
        .replace("places: 20", "places: dwa")
        .replace("places: 2,", "places: 0,")
        .replace("hold_min: 5", "hold_mins: 5")
        .replace("breaks: [10:00-10:20]", "breaks: [10:01-10:20]")
        .replace("wednesday: 8:00-9:00", "wednesday: 9:00-8:00")
        .replace("lead_min: 30, ahead_days: 14, ", ""),
        tmp_path,
    )
    for fault in (
        "services.id_card.length_min: liczba minut ma być wielokrotnością 5",
        "desks.front.places: ma tu być co najmniej 1",
        "desks.long.places: ma tu być liczba",
        "hold_mins: nie znam takiego pola",
        "desks.front.breaks.0: godziny mają być wielokrotnością 5 minut",
        "desks.back.hours.wednesday: godzina otwarcia musi być przed godziną zamknięcia",
        "services.pesel.lead_min: brakuje tego pola",
        "services.pesel.ahead_days: brakuje tego pola",
    ):
        assert fault in told
    assert "Input" not in told and "Value" not in told


def test_several_names_that_do_not_exist_are_told_at_once(tmp_path: Path) -> None:
    told = faults_of(
        PLAN.replace("topic: pesel", "topic: latanie")
        .replace("department: odpady", "department: kosmos")
        .replace("desks: [back]", "desks: [dach]")
        .replace("topic: id_card", "topic: passport, variant: child")
        .replace("topic: waste_fee", "topic: passport, variant: kosmita")
        .replace("id: back", "id: front"),
        tmp_path,
    )
    for fault in (
        "services.pesel.topic: nie ma sprawy „latanie” w taxonomy.yml",
        "services.waste_fee.department: nie ma wydziału „kosmos” w office.yml",
        "services.pesel.desks: nie ma stanowiska „dach”",
        "services.waste_fee.variant: nie ma odmiany „kosmita” w topics/passport.yml",
        "desks.front: to id jest użyte więcej niż raz",
    ):
        assert fault in told
    twice = faults_of(PLAN.replace("id: pesel, topic: pesel", "id: x, topic: id_card"), tmp_path)
    assert "services.x.topic: inna usługa ma tę samą sprawę i odmianę" in twice


def test_what_is_no_plan_at_all(tmp_path: Path) -> None:
    assert "plik" in faults_of("", tmp_path)
    assert "poprawny YAML" in faults_of("desks: [", tmp_path)
    assert "desks" in faults_of("desks: 5\nservices: []", tmp_path)
    assert "lista jest pusta" in faults_of(PLAN.replace("[front, back]", "[]"), tmp_path)
    with pytest.raises(SetupError, match="nie można odczytać") as error:
        load_plan(tmp_path / "nothing.yml", KNOWLEDGE)
    assert error.value.code == "setup-visits"


def test_office_hours_off_the_grid_are_a_fault_of_the_office_file(tmp_path: Path) -> None:
    for name in ("office.yml", "taxonomy.yml", "visits.yml"):
        text = (KNOWLEDGE / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("8:00-14:00", "8:00-14:02"), encoding="utf-8")
    with pytest.raises(SetupError, match=r"office\.yml.*friday.*wielokrotnością"):
        load_plan(tmp_path / "visits.yml")


def test_the_plan_survives_the_way_into_the_database_and_back(real: Plan) -> None:
    for at in real.desks.values():
        assert Desk.model_validate_json(at.model_dump_json()) == at
    assert OfficeDays.model_validate_json(real.office.model_dump_json()) == real.office
