"""Danger is caught however it is said; its mere sound is not."""

import pytest

from bot.build import ROOT
from bot.understanding.choice import chosen_number
from bot.understanding.emergency import EmergencyPatterns
from bot.understanding.examples import read_folder, read_yaml

GUARD = EmergencyPatterns.of(read_yaml(ROOT / "nlu_data" / "acts" / "emergency.yml"))


@pytest.mark.parametrize(
    "text",
    [
        "Pali się!",
        "pali sie u sasiada",
        "PALI SIĘ DOM",
        "mama nie oddycha",
        "ona przestała oddychać",
        "czuję gaz",
        "na klatce czuć wyraźnie gaz",
        "mąż mnie bije",
        "ratunku",
        "chcę się zabić",
        "dym z okna naprzeciwko",
        "babcia upadła i się nie rusza",
    ],
)
def test_alarm(text):
    assert GUARD.alarm(text)


@pytest.mark.parametrize(
    "text",
    [
        "pali mi się z terminem",
        "nie pali się, mam czas",
        "lampa się pali cały dzień",
        "licznik gazu",
        "rachunek za gaz",
        "ile kosztuje dowód",
        "sprawa się nie rusza z miejsca",
        "",
    ],
)
def test_no_alarm(text):
    assert not GUARD.alarm(text)


def test_no_question_of_the_staff_alarms():
    topics = read_folder(ROOT / "nlu_data" / "topics")
    asked = [q for t in topics for questions in t["questions"].values() for q in questions]
    assert [q for q in asked if GUARD.alarm(str(q))] == []


def test_words_of_a_pattern_must_be_near_and_in_order():
    guard = EmergencyPatterns.of({"patterns": ["czuć|śmierdzieć gaz"], "false_alarms": []})
    assert guard.alarm("czuję tu chyba trochę gazu")
    assert not guard.alarm("gazu nie czuję")
    assert not guard.alarm("czuję się dobrze a rachunek wysoki przyszedł za gaz")


def test_an_empty_pattern_is_refused():
    with pytest.raises(ValueError, match="empty"):
        EmergencyPatterns.of({"patterns": [" "], "false_alarms": []})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("ten drugi", 2),
        ("to pierwsze", 1),
        ("o tę drugą", 2),
        ("dwójka", 2),
        ("1", 1),
        ("ostatnie", 2),
        ("ani jedno ani drugie", None),
        ("drugi raz dzwonię", None),
        ("pierwsze czy drugie", None),
        ("ile kosztuje drugi dokument w tym samym roku", None),
        ("tak", None),
    ],
)
def test_which_of_two(text, number):
    assert chosen_number(text) == number
