"""Which changes need a second person, and the small parts of publishing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from staff_console.content.folder import ContentFolder
from staff_console.content.publish import check_all, is_off, new_faults, shape_fault, switched
from staff_console.content.rules import needs_second_person
from tests.unit.knowledge_parts import REAL, copy_of_knowledge
from voice_gateway.errors import RequestError

TOPIC = """\
id: psy
name: psy  # uwaga
questions:
  cost: [ile kosztuje pies]
answers:
  general:
    text: Opłata za psa to 120 zł rocznie, wpłaca się ją w ciągu 14 dni. Pies jest fajny.
    spoken: Opłata to 120 zł rocznie, w ciągu miesiąca.
    owner: podatki
    checked_on: 2026-11-23
    valid_until: 2027-06-30
  where:
    text: Wydział Podatków, stanowisko 3, numer konta 12 3456. Zniżka to 50%.
    spoken: Wydział Podatków, stanowisko trzecie, w godzinach od 8 do 16.
  duration:
    text: Od 3 do 5 dni roboczych, najwyżej 2 tys. zł. Wpis jest bezpłatny.
    spoken: Czeka się trzy dni.
  cost:
    text: Za psa płaci się 120 zł.
    spoken: Sto dwadzieścia złotych.
    legal_basis: uchwała nr 7
    source: a
    owner: podatki
    checked_on: 2026-11-23
    valid_until: 2027-06-30
  deadline:
    text: Do końca maja.
    spoken: Do końca maja.
  eligibility:
    text: Emeryci nie płacą.
    spoken: Emeryci nie płacą.
  validity:
    text: Wpis jest ważny bezterminowo.
    spoken: Wpis jest ważny bezterminowo.
variants:
  puppy:
    called: [szczeni]
    answers:
      cost:
        text: Połowa.
        spoken: Połowa.
      how:
        text: Proszę przyjść z psem.
        spoken: Proszę przyjść z psem.
"""
PATH = "topics/psy.yml"


@pytest.mark.parametrize(
    ("old", "new", "about"),
    [
        # fees, deadlines, rights, validity: every word counts
        ("Za psa płaci się 120 zł", "Za psa płaci się 130 zł", "opłaty"),
        ("Za psa płaci się", "Za każdego psa płaci się", "opłaty"),
        ("Sto dwadzieścia złotych.", "Sto trzydzieści złotych.", "opłaty"),
        ("uchwała nr 7", "uchwała nr 8", "opłaty"),
        ("source: a\n    owner: podatki\n    checked_on: 2026-11-23\n    valid_until: 2027-06-30",
         "source: a\n    owner: podatki\n    checked_on: 2026-11-23\n    valid_until: 2029-06-30",
         "opłaty"),
        ("text: Do końca maja.", "text: Do końca czerwca.", "terminy"),
        ("spoken: Do końca maja.", "spoken: Do 31 maja.", "terminy"),
        ("text: Emeryci nie płacą.", "text: Emeryci płacą.", "uprawnienia"),
        ("spoken: Emeryci nie płacą.", "spoken: Studenci nie płacą.", "uprawnienia"),
        ("text: Wpis jest ważny bezterminowo", "text: Wpis jest ważny rok", "okres ważności"),
        ("text: Połowa.", "text: Ćwierć.", "opłaty"),
        ("  puppy:\n", "  old:\n", "opłaty"),
        ("  eligibility:\n", "  status:\n", "uprawnienia"),
        ("      how:\n", "      deadline:\n", "terminy"),
        # in other answers amounts and lengths of time
        ("Opłata za psa to 120 zł", "Opłata za psa to 125 zł", "kwoty albo liczby dni"),
        ("Opłata za psa to 120 zł", "Opłata za psa to 120,50 zł", "kwoty albo liczby dni"),
        ("Opłata za psa to 120 zł", "Opłata za psa to 1 120 zł", "kwoty albo liczby dni"),
        ("Opłata za psa to 120 zł rocznie", "Wpis trwa rok", "kwoty albo liczby dni"),
        ("w ciągu 14 dni", "w ciągu 7 dni", "kwoty albo liczby dni"),
        ("w ciągu 14 dni", "w ciągu 14 miesięcy", "kwoty albo liczby dni"),
        ("w ciągu 14 dni", "w ciągu siedmiu dni", "kwoty albo liczby dni"),
        ("w ciągu miesiąca", "w ciągu tygodnia", "kwoty albo liczby dni"),
        ("Od 3 do 5 dni", "Od 2 do 5 dni", "kwoty albo liczby dni"),
        ("2 tys. zł", "2 zł", "kwoty albo liczby dni"),
        ("Czeka się trzy dni", "Czeka się cztery dni", "kwoty albo liczby dni"),
        ("Wpis jest bezpłatny", "Wpis jest dobrowolny", "kwoty albo liczby dni"),
        ("Zniżka to 50%", "Zniżka to 60%", "kwoty albo liczby dni"),
        ("Proszę przyjść z psem.", "Proszę zapłacić 10 złotych.", "kwoty albo liczby dni"),
        ("Pies jest fajny", "Kara to 500 zł", "kwoty albo liczby dni"),
        # none of these
        ("Pies jest fajny", "Psy są fajne", None),
        ("w ciągu 14 dni", "w ciągu czternastu dni", None),
        ("Czeka się trzy dni", "Czeka się 3 dni", None),
        ("stanowisko 3, numer konta 12 3456", "stanowisko 4, numer konta 99 3456", None),
        ("od 8 do 16", "od 9 do 17", None),
        ("name: psy  # uwaga", "name: pies", None),
        ("ile kosztuje pies", "po ile pies za 100 zł", None),
        ("checked_on: 2026-11-23", "checked_on: 2026-11-24", None),
        ("source: a", "source: b", None),
        ("called: [szczeni]", "called: [szczeni, piesek]", None),
        ("text: Za psa płaci się 120 zł.", "text: >-\n      Za psa\n      płaci się 120 zł.", None),
        ("id: psy\n", 'id: psy\n"off": true\n', None),
    ],
)  # fmt: skip
def test_what_a_second_person_must_see(old: str, new: str, about: str | None) -> None:
    assert old in TOPIC
    after = TOPIC.replace(old, new)
    assert yaml.safe_load(after)
    told = needs_second_person(TOPIC, after, PATH)
    assert told == (f"Zmiana dotyczy: {about}." if about else None)
    back = needs_second_person(after, TOPIC, PATH)
    assert (back is None) == (about is None)


def test_several_reasons_are_all_told_once() -> None:
    after = TOPIC.replace("120 zł", "130 zł").replace("maja", "czerwca")
    told = needs_second_person(TOPIC, after, PATH)
    assert told == "Zmiana dotyczy: kwoty albo liczby dni, opłaty, terminy."


def test_new_broken_and_other_files() -> None:
    assert needs_second_person("", TOPIC, PATH) is not None
    harmless = "answers:\n  where:\n    text: Pokój 3.\n    spoken: Pokój trzeci.\n"
    assert needs_second_person("", harmless, PATH) is None
    assert needs_second_person("", "answers:\n  where:\n    text: 3 zł\n", PATH) is not None
    assert needs_second_person("id: [", TOPIC, PATH) is not None
    assert needs_second_person(TOPIC, "a: [", PATH) is not None
    for odd in ("", "1", "answers: 1", "answers: {cost: 1}", "variants: {a: 1}", "- a"):
        assert needs_second_person(odd, odd, PATH) is None
    for path in ("office.yml", "visits.yml", "dialogue.yml", "system.yml", "incidents.yml"):
        assert needs_second_person("a: 10 zł\n", "a: 20 zł\n", path) is None
    act = "replies: [{text: Kosztuje 10 zł., spoken: a}]\nquestions: [za 5 zł]\n"
    assert needs_second_person(act, act.replace("10 zł", "20 zł"), "acts/greet.yml") is not None
    assert needs_second_person(act, act.replace("5 zł", "6 zł"), "acts/greet.yml") is None


def test_the_real_topics_tell_fees_and_rights() -> None:
    for file in sorted((REAL / "topics").glob("*.yml"))[:5]:
        body = file.read_text(encoding="utf-8")
        assert needs_second_person("", body, f"topics/{file.name}") is not None
        assert needs_second_person(body, body, f"topics/{file.name}") is None


def test_a_topic_is_switched_in_its_text_only() -> None:
    off = switched(TOPIC, active=False)
    assert off == TOPIC.replace("id: psy\n", 'id: psy\n"off": true\n')
    assert yaml.safe_load(off)["off"] is True  # a bare off would be the key False
    assert is_off(off) and not is_off(TOPIC)
    assert switched(off, active=False) == off
    assert switched(off, active=True) == TOPIC
    windows = TOPIC.replace("\n", "\r\n")
    assert switched(switched(windows, active=False), active=True) == windows
    assert not is_off(f'{TOPIC}"off": false\n')
    with pytest.raises(RequestError):
        switched("name: a\n", active=False)


def test_real_files_can_be_read_and_tangled_ones_are_not_loaded() -> None:
    for path, data in ContentFolder(REAL).read().items():
        assert shape_fault(path, data.decode()) == "", path
    laughs = "a: &a [x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdef", "bcdefg", strict=True)
    )
    for body in ("[" * 500_000, "- " * 400_000, laughs, "a: &a [*a]", "a: *b", "", "1", "\x01"):
        assert shape_fault("office.yml", body) != ""
        assert shape_fault("visits.yml", body) != ""
    assert shape_fault("office.yml", "a: b: c").endswith("wiersz 1: to nie jest poprawny YAML")


def test_the_check_sees_visits_and_incidents(tmp_path: Path) -> None:
    folder, today = copy_of_knowledge(tmp_path), date(2026, 11, 25)
    bodies = {path: data.decode() for path, data in ContentFolder(folder).read().items()}
    for path, body in (("visits.yml", "services: 1\n"), ("incidents.yml", "a: [\n")):
        assert new_faults(bodies, {path: body}, folder, today, check_all) != []
    assert new_faults(bodies, {"incidents.yml": "a: 1\n"}, folder, today, check_all) != []
    assert new_faults(bodies, {"incidents.yml": "incidents: []\n"}, folder, today, check_all) == []
