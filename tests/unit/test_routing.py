"""Who takes over a talk, and other institutions that people take us for."""

import pytest

from actions.office.called import find_called
from actions.office.knowledge import KnowledgeStore
from actions.office.routing import department_of, route
from tests.unit.knowledge_parts import CLOSED, OPEN, REAL

KNOWLEDGE = KnowledgeStore(REAL).current()
TARGETS = set(
    "informacja obywatelskie komunikacja odpady swiadczenia usc podatki edukacja gospodarka "
    "architektura geodezja srodowisko mieszkania mops orzecznictwo drogi transport straz "
    "cmentarze".split()
)


@pytest.mark.parametrize(
    ("topic", "department"),
    [
        ("id_card", "obywatelskie"),
        ("vehicle_registration", "komunikacja"),
        ("waste_collection", "odpady"),
        ("child_benefit", "swiadczenia"),
        ("office", "informacja"),
        (None, "informacja"),
        ("no_such_topic", "informacja"),
    ],
)
def test_each_topic_has_its_department(topic: str | None, department: str) -> None:
    assert department_of(KNOWLEDGE, topic).id == department


def test_targets_are_those_that_the_dialplan_knows() -> None:
    assert {d.target for d in KNOWLEDGE.office.departments} == TARGETS


def test_sample_phone_numbers_belong_to_nobody() -> None:
    """Area code 99 is not assigned in Poland."""
    assert KNOWLEDGE.office.sample
    phones = [KNOWLEDGE.office.phone, *(d.phone for d in KNOWLEDGE.office.departments)]
    assert all(p.startswith("99 ") for p in phones)


def test_route_says_whether_people_are_there() -> None:
    assert route(KNOWLEDGE, "id_card", OPEN).people_now
    closed = route(KNOWLEDGE, "id_card", CLOSED)
    assert (closed.people_now, closed.opens) == (False, "jutro o 8:00")


@pytest.mark.parametrize(
    ("text", "institution"),
    [
        ("mam pytanie o emeryturę z ZUS-u", "zus"),
        ("chcę złożyć PIT", "skarbowka"),
        ("urząd skarbowy przysłał mi pismo", "skarbowka"),
        ("jak zapisać się do lekarza", "nfz"),
        ("sprawa w sądzie", "sad"),
        ("chcę zarejestrować się jako bezrobotny", "praca"),
        ("kiedy włączą prąd", "prad"),
        ("sadzonki drzew", None),
        ("ile kosztuje dowód", None),
        ("jaka będzie pogoda", None),
    ],
)
def test_other_institutions_by_how_they_are_called(text: str, institution: str | None) -> None:
    found = find_called(text, KNOWLEDGE.acts["out_of_scope"].institutions)
    assert (found.id if found else None) == institution
