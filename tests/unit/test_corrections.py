"""Which matter is meant when another one is rejected, and ways back to the earlier one."""

import pytest

from actions.office.corrections import corrected_topic, goes_back
from actions.office.knowledge import KnowledgeStore
from tests.unit.knowledge_parts import REAL
from tests.unit.test_actions import Play

KNOWLEDGE = KnowledgeStore(REAL).current()


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("nie, paszport, nie dowód", "passport"),
        ("nie paszport nie dowód", "passport"),
        ("nie dowód tylko paszport", "passport"),
        ("nie o dowód pytam tylko o paszport", "passport"),
        ("paszport a nie dowód", "passport"),
        ("chodzi o paszport, nie o dowód osobisty", "passport"),
        ("nie, chodziło mi o paszport", "passport"),
        ("nie no paszport", "passport"),
        ("zamiast dowodu paszport", "passport"),
        ("ile kosztuje paszport", None),
        ("paszport i dowód", None),
        ("nie wiem", None),
        ("czy dowód i paszport nie są drogie", None),
    ],
)
def test_what_is_meant(text: str, topic: str | None) -> None:
    assert corrected_topic(text, KNOWLEDGE) == topic


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("wróćmy do poprzedniej sprawy", True),
        ("wracając do tamtego", True),
        ("a co z tamtą sprawą", True),
        ("jeszcze w poprzednim temacie", True),
        ("jak wrócić do domu", False),
        ("ile to kosztuje", False),
    ],
)
def test_ways_back(text: str, back: bool) -> None:
    assert goes_back(text) is back


@pytest.mark.parametrize("intent", ["ask", "deny", "nlu_fallback"])
def test_a_correction_asks_the_same_of_the_other_matter(intent: str) -> None:
    play = Play()
    play.say("ile kosztuje dowód", topic="id_card", aspect="cost")
    assert "140" in play.say("nie, paszport, nie dowód", intent)["text"]
    assert (play.slots["topic"], play.slots["aspect"]) == ("passport", "cost")


def test_going_back_to_the_earlier_matter() -> None:
    play = Play()
    play.say("ile kosztuje dowód", topic="id_card", aspect="cost")
    play.say("a jak wyrobić paszport", topic="passport", aspect="how")
    play.say("wróćmy do poprzedniej sprawy ile się czeka", aspect="duration")
    assert (play.slots["topic"], play.slots["aspect"]) == ("id_card", "duration")
    assert play.slots["earlier_topic"] == "passport"
