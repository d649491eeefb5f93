"""Plays of whole talks through the actions, with real Rasa trackers and the real knowledge."""

import io
import logging
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.actions import OfficeAction, all_actions
from actions.office.knowledge import KnowledgeStore
from actions.office.slower import in_pieces
from actions.office.talk import STEPS
from actions.server import build_app
from tests.unit.knowledge_parts import CLOSED, OPEN, REAL, copy_of_knowledge, message
from voice_gateway.telemetry import configure

STORE = KnowledgeStore(REAL)
# intent -> action, as in bot/rules.yml
ACTIONS = {
    "ask": "action_answer",
    "nlu_fallback": "action_unsure",
    **{
        name: f"action_{name}"
        for name in (
            "human",
            "complaint",
            "emergency",
            "affirm",
            "deny",
            "repeat",
            "slower",
            "cancel",
        )
    },
}


class Play:
    """One talk: each ``say`` is a turn; slots are kept as Rasa keeps them."""

    def __init__(self, now: datetime = OPEN, channel: str = "chat") -> None:
        self.actions = {a.name(): a for a in all_actions(STORE, lambda: now)}
        self.slots: dict[str, Any] = {}
        self.channel = channel

    def say(self, text: str, intent: str = "ask", **entities: Any) -> dict[str, Any]:
        latest = message(text, intent, channel=self.channel, **entities)
        tracker = Tracker.from_dict(
            {"sender_id": "t", "slots": self.slots, "latest_message": latest, "events": []}
        )
        dispatcher = CollectingDispatcher()
        action = self.actions[ACTIONS.get(intent, "action_reply_act")]
        for event in action.run(dispatcher, tracker, {}):
            self.slots[event["name"]] = event["value"]
        assert len(dispatcher.messages) == 1
        payload: dict[str, Any] = dispatcher.messages[0]["custom"]
        assert payload["text"] and payload["spoken"]
        return payload


def test_every_action_of_the_rules_is_there() -> None:
    rules = (REAL.parent / "bot/rules.yml").read_text("utf-8")
    called = {line.split()[-1] for line in rules.splitlines() if "- action:" in line}
    assert called <= set(STEPS)


def test_every_act_of_the_taxonomy_is_answered() -> None:
    for act in STORE.current().acts:
        Play().say("…", act)


def test_a_named_matter_with_its_aspect_is_answered() -> None:
    reply = Play().say("ile kosztuje dowód?", topic="id_card", aspect="cost")
    assert "bezpłatny" in reply["spoken"]
    assert reply["understood"] == {
        "act": None,
        "topic": "id_card",
        "aspect": "cost",
        "confidence": 0.9,
        "entities": [
            {"entity": "topic", "value": "id_card", "start": 0, "end": 5},
            {"entity": "aspect", "value": "cost", "start": 0, "end": 5},
        ],
        "model": "m1",
    }
    assert (reply["handoff"], reply["end"], reply["expects"]) == (None, False, "anything")


def test_the_matter_is_remembered() -> None:
    play = Play()
    play.say("jakie dokumenty do paszportu", topic="passport", aspect="documents")
    reply = play.say("a ile to kosztuje", aspect="cost")
    assert "140 zł" in reply["text"]
    assert (reply["understood"]["topic"], reply["understood"]["aspect"]) == ("passport", "cost")
    play.say("dziękuję", "thanks")
    assert "30 dni" in play.say("ile się czeka", aspect="duration")["text"]


def test_a_new_matter_keeps_the_question_when_asked_so() -> None:
    play = Play()
    play.say("ile kosztuje dowód", topic="id_card", aspect="cost")
    assert "140 zł" in play.say("a paszport?", topic="passport", aspect="general")["text"]


def test_only_the_matter_gives_a_short_answer_and_offers() -> None:
    play = Play()
    reply = play.say("dowód osobisty", topic="id_card", aspect="general")
    assert reply["choices"] == ["Jakie dokumenty?", "Ile to kosztuje?", "Ile się czeka?"]
    assert reply["spoken"].endswith("?")
    assert "bezpłatny" in play.say("to drugie", "affirm")["text"]


@pytest.mark.parametrize(
    ("answer", "intent", "entities", "expected"),
    [
        ("Ile to kosztuje?", "ask", {"aspect": "cost"}, "bezpłatny"),
        ("tak", "affirm", {}, "zdjęcie"),
        ("trzecie", "nlu_fallback", {}, "30 dni"),
        ("a co z paszportem", "ask", {"topic": "passport", "aspect": "general"}, "140 zł"),
    ],
)
def test_answers_to_an_offer(
    answer: str, intent: str, entities: dict[str, str], expected: str
) -> None:
    play = Play()
    play.say("dowód", topic="id_card", aspect="general")
    assert expected in play.say(answer, intent, **entities)["text"]


def test_a_pressed_button_counts_whatever_the_model_makes_of_its_words() -> None:
    play = Play()
    choices = play.say("śmieci", topic="waste_collection", aspect="general")["choices"]
    assert choices[0] == "W jakie dni i godziny?"
    reply = play.say(choices[0], topic=[("office", 0.48)], aspect="hours")
    assert "bioodpady" in reply["text"]


RIVALS = [("id_card", 0.38), ("passport", 0.33)]


@pytest.mark.parametrize(
    ("answer", "intent", "entities"),
    [
        ("ten drugi", "affirm", {}),
        ("drugie", "nlu_fallback", {}),
        ("paszport", "ask", {"topic": "passport", "aspect": "general"}),
        ("o paszport mi chodziło", "deny", {}),
        ("ostatnie", "affirm", {}),
    ],
)
def test_two_likely_matters_are_asked_about(
    answer: str, intent: str, entities: dict[str, str]
) -> None:
    play = Play()
    reply = play.say("ile kosztuje wyrobienie", topic=RIVALS, aspect="cost")
    assert reply["text"] == "Chodzi o dowód osobisty, czy o paszport?"
    assert reply["choices"] == ["dowód osobisty", "paszport"]
    assert "140 zł" in play.say(answer, intent, **entities)["text"]


def test_an_either_or_question_is_not_asked_twice() -> None:
    play = Play()
    play.say("wyrobienie", topic=RIVALS)
    assert "Nie wiem" in play.say("no to wyrobienie", topic=RIVALS)["text"]


def test_neither_of_the_two_asks_for_other_words() -> None:
    play = Play()
    play.say("wyrobienie", topic=RIVALS)
    assert "innymi słowami" in play.say("ani to, ani to", "deny")["text"]


def test_a_clear_lead_is_answered_without_asking() -> None:
    reply = Play().say("ile kosztuje", topic=[("id_card", 0.45), ("passport", 0.2)], aspect="cost")
    assert "bezpłatny" in reply["text"]


def test_no_matter_known_asks_for_it_and_keeps_the_question() -> None:
    play = Play()
    assert (
        play.say("ile to kosztuje", aspect="cost")["spoken"] == "Której sprawy dotyczy to pytanie?"
    )
    assert "140 zł" in play.say("paszportu", topic="passport", aspect="general")["text"]


def test_hours_without_a_matter_are_the_offices() -> None:
    assert "8:00" in Play().say("o której dziś otwieracie?", aspect="hours")["text"]
    tomorrow = Play().say("czy jutro jest otwarte", topic="office", aspect="hours")
    assert tomorrow["spoken"] == "Jutro urząd pracuje od 8:00 do 16:00."


@pytest.mark.parametrize("intent", ["ask", "nlu_fallback"])
def test_a_mere_day_goes_on_about_hours(intent: str) -> None:
    play = Play()
    play.say("w jakich godzinach meldunki", topic="residence_registration", aspect="hours")
    reply = play.say("no a powiedzmy tak w czwartek po południu to też", intent)
    assert reply["text"] == "Tak, w czwartek urząd pracuje od 8:00 do 18:00."
    assert "W sobotę urząd" in Play().say("a w sobotę?", intent)["text"]


def test_hours_of_a_matter_on_a_named_day_follow_the_calendar() -> None:
    reply = Play().say("czy w sobotę złożę wniosek o paszport", topic="passport", aspect="hours")
    assert "nieczynny" in reply["text"]
    lorry = Play().say("czy w sobotę wywożą śmieci", topic="waste_collection", aspect="hours")
    assert "urząd jest nieczynny" not in lorry["text"]


def test_two_failures_in_a_row_lead_to_a_person() -> None:
    play = Play()
    first = play.say("blabla", "nlu_fallback")
    assert "Nie wiem" in first["text"] and first["handoff"] is None
    second = play.say("blabla", "nlu_fallback")
    assert second["handoff"] == {"department": "informacja", "reason": "unsure", "topic": None}
    assert second["interruptible"] is False


def test_a_failure_after_an_answer_counts_anew_and_goes_to_the_department() -> None:
    play = Play()
    play.say("blabla", "nlu_fallback")
    play.say("rejestracja auta", topic="vehicle_registration", aspect="cost")
    assert play.say("blabla", "nlu_fallback")["handoff"] is None
    assert play.say("blabla", "nlu_fallback")["handoff"] == {
        "department": "komunikacja",
        "reason": "unsure",
        "topic": "vehicle_registration",
    }


@pytest.mark.parametrize(
    ("now", "channel", "words"),
    [
        (OPEN, "phone", "Łączę z Wydziałem Spraw Obywatelskich"),
        (OPEN, "chat", "Przekazuję rozmowę"),
        (OPEN, "browser", "Przekazuję rozmowę"),
        (CLOSED, "phone", "pracownicy będą jutro o 8:00"),
        (CLOSED, "chat", "zapisana"),
    ],
)
def test_a_person_is_always_granted(now: datetime, channel: str, words: str) -> None:
    play = Play(now, channel)
    play.say("dowód", topic="id_card", aspect="cost")
    reply = play.say("konsultant", "human")
    assert words in reply["text"]
    assert reply["handoff"] == {"department": "obywatelskie", "reason": "asked", "topic": "id_card"}


@pytest.mark.parametrize(
    ("text", "intent", "department"),
    [
        ("połącz mnie z kimś od paszportów", "human", "obywatelskie"),
        ("chcę porozmawiać o dowodzie rejestracyjnym", "human", "komunikacja"),
        ("skarga na wywóz śmieci", "complaint", "odpady"),
        ("o dowodzie albo paszporcie", "human", "informacja"),
        ("w dowolnej sprawie", "human", "informacja"),
        ("konsultant", "human", "informacja"),
        ("proszę z wydziałem komunikacji", "human", "komunikacja"),
        ("z urzędnikiem w sprawie ślubu", "human", "usc"),
    ],
)
def test_a_person_of_the_department_that_is_named(text: str, intent: str, department: str) -> None:
    assert Play().say(text, intent)["handoff"]["department"] == department


def test_the_named_department_is_told_and_gets_the_talk_whatever_came_before() -> None:
    play = Play(channel="phone")
    play.say("ile kosztuje dowód", topic="id_card", aspect="cost")
    reply = play.say("połącz mnie z wydziałem komunikacji", "human")
    assert "Wydziałem Komunikacji" in reply["text"]
    assert reply["handoff"]["department"] == "komunikacja"


def test_a_paper_of_another_matter_beside_the_matter_is_no_rival() -> None:
    reply = Play().say(
        "czy muszę mieć akt urodzenia do dowodu", topic="id_card", aspect="documents"
    )
    assert "zdjęcie" in reply["text"]


def test_two_matters_in_one_question_are_asked_about() -> None:
    ranking = [("passport", 0.54), ("id_card", 0.3)]
    reply = Play().say("paszport i dowód ile kosztują", topic=ranking, aspect="cost")
    assert reply["text"] == "Chodzi o paszport, czy o dowód osobisty?"
    ranking = [("vehicle_registration", 0.6), ("id_card", 0.3)]
    one = Play().say("ile kosztuje dowód rejestracyjny", topic=ranking, aspect="cost")
    assert "tablic" in one["text"]


def test_a_visit_that_we_cannot_book_goes_to_its_department() -> None:
    play = Play()
    play.say("umów mnie w sprawie paszportu", "appointment_book")
    assert play.say("tak", "affirm")["handoff"]["department"] == "obywatelskie"


def test_complaint_goes_to_a_person() -> None:
    assert Play().say("to skandal", "complaint")["handoff"]["reason"] == "complaint"


def test_emergency_says_112_first_and_is_heard_whole() -> None:
    play = Play()
    play.say("wyrobienie", topic=RIVALS, aspect="cost")
    reply = play.say("pali się", "emergency")
    assert "112" in reply["spoken"].split(".")[0] and "112" in reply["text"].split(".")[0]
    assert reply["interruptible"] is False and reply["handoff"] is None
    assert "140 zł" in play.say("paszport", topic="passport", aspect="general")["text"]


def test_missing_and_old_answers_offer_a_person() -> None:
    play = Play()
    reply = play.say("jak długo ważny odbiór", topic="waste_collection", aspect="validity")
    assert "Nie mam sprawdzonej odpowiedzi" in reply["spoken"] and reply["expects"] == "yes_no"
    assert play.say("tak", "affirm")["handoff"] == {
        "department": "odpady",
        "reason": "no_answer",
        "topic": "waste_collection",
    }
    late = Play(OPEN.replace(year=2030))
    old = late.say("ile kosztuje paszport", topic="passport", aspect="cost")
    assert "140" not in old["text"] and "Nie mam sprawdzonej" in old["text"]
    assert late.say("nie", "deny")["handoff"] is None


@pytest.mark.parametrize(
    "act",
    ["appointment_book", "appointment_move", "appointment_cancel", "appointment_check", "language"],
)
def test_what_we_cannot_do_is_said_and_a_person_offered(act: str) -> None:
    play = Play()
    assert play.say("…", act)["expects"] == "yes_no"
    assert play.say("tak", "affirm")["handoff"]["reason"] == "asked"


def test_child_benefit_sends_to_zus() -> None:
    reply = Play().say("osiemset plus", topic="child_benefit", aspect="general")
    assert "ZUS" in reply["spoken"] and "22 560 16 00" in reply["text"]


def test_other_institutions_get_their_number_even_when_unsure() -> None:
    for intent in ("out_of_scope", "nlu_fallback"):
        reply = Play().say("sprawa emerytury", intent)
        assert "Zakład Ubezpieczeń Społecznych" in reply["text"] and "22 560 16 00" in reply["text"]
    weather = Play().say("jaka pogoda", "out_of_scope")
    assert "Nie mam o tym sprawdzonych informacji" in weather["spoken"]


def test_machine_says_that_it_is_one() -> None:
    assert "maszyną" in Play().say("czy jesteś robotem", "bot_identity")["spoken"]


def test_repeat_and_slower() -> None:
    play = Play()
    said = play.say("jakie dokumenty do dowodu", topic="id_card", aspect="documents")
    again = play.say("powtórz", "repeat")
    assert (again["text"], again["spoken"]) == (said["text"], said["spoken"])
    slow = play.say("wolniej", "slower")
    assert slow["slower"] is True
    assert slow["spoken"].count(".") > said["spoken"].count(".")
    assert play.say("powtórz", "repeat")["spoken"] == said["spoken"]
    assert Play().say("powtórz", "repeat")["text"].startswith("Nie mam jeszcze czego")


def test_repeat_keeps_the_open_question() -> None:
    play = Play()
    play.say("wyrobienie", topic=RIVALS, aspect="cost")
    play.say("powtórz", "repeat")
    assert "140 zł" in play.say("ten drugi", "affirm")["text"]


def test_pieces_do_not_tear_explaining_clauses() -> None:
    assert in_pieces("Weź dowód, zdjęcie, które masz, i przyjdź. Kiedy?") == (
        "Weź dowód. Zdjęcie, które masz. I przyjdź. Kiedy?"
    )


def test_cancel_forgets_everything() -> None:
    play = Play()
    play.say("dowód", topic="id_card", aspect="cost")
    play.say("od początku", "cancel")
    assert play.slots["topic"] is None
    assert "Której sprawy" in play.say("ile to kosztuje", aspect="cost")["text"]


def test_anything_more_and_no_ends_the_talk() -> None:
    play = Play()
    assert play.say("dziękuję", "thanks")["expects"] == "yes_no"
    assert play.say("nie", "deny")["end"] is True


def test_bad_slots_and_messages_do_no_harm() -> None:
    play = Play()
    play.slots = {"failures": "x", "last_question": [1], "last_reply": "y", "topic": "gone"}
    assert play.say("ile to kosztuje", aspect="cost")["handoff"] is None
    play.slots = {"last_question": {"unknown": 1}}
    assert play.say("tak", "affirm")["text"]


def call(action: str, **more: Any) -> dict[str, Any]:
    tracker = {"sender_id": "t", "slots": {}, "latest_message": message("x", "human"), "events": []}
    return {"next_action": action, "sender_id": "t", "tracker": tracker, "domain": {}, **more}


def test_server_answers_rasa() -> None:
    client = TestClient(build_app(STORE))
    answer = client.post("/webhook", json=call("action_human")).json()
    assert answer["responses"][0]["custom"]["handoff"]["reason"] == "asked"
    assert {e["name"] for e in answer["events"]} == {
        "topic", "aspect", "variant", "earlier_topic", "failures", "last_question", "last_reply",
        "visit",
    }  # fmt: skip
    health = client.get("/health").json()
    assert (health["status"], health["acts"], health["problems"]) == ("ok", 20, {})


def test_slots_that_are_set_stand_in_the_domain() -> None:
    domain = (REAL.parent / "bot/domain.yml").read_text("utf-8")
    for name in ("topic", "aspect", "failures", "last_question", "last_reply", "visit"):
        assert f"  {name}:" in domain


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"no json", "action-failed"),
        (b'{"next_action": "bogus"}', "action-unknown"),
        (b"[]", "action-failed"),
    ],
)
def test_nonsense_from_rasa_becomes_a_person(body: bytes, code: str) -> None:
    answer = TestClient(build_app(STORE)).post("/webhook", content=body).json()
    payload = answer["responses"][0]["custom"]
    assert (payload["handoff"]["reason"], payload["error_code"]) == ("trouble", code)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the action server writes to its log, set up as in the product."""
    root, log = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    monkeypatch.setattr(sys, "stderr", log)
    configure(as_json=True)
    yield log
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def test_a_fault_inside_becomes_a_person_and_no_words_are_logged(
    tmp_path: Path, written: io.StringIO
) -> None:
    folder = copy_of_knowledge(tmp_path)
    (folder / "acts/human.yml").unlink()
    action = OfficeAction("action_human", KnowledgeStore(folder), lambda: OPEN)
    dispatcher = CollectingDispatcher()
    latest = message("mój PESEL 44051401359", "human")
    tracker = Tracker.from_dict(
        {"sender_id": "t", "slots": {}, "latest_message": latest, "events": []}
    )
    action.run(dispatcher, tracker, {})
    payload = dispatcher.messages[0]["custom"]
    assert payload["handoff"] == {"department": "informacja", "reason": "trouble", "topic": None}
    assert payload["error_code"] == "action-failed"
    assert payload["understood"]["act"] == "human"
    assert "action_failed" in written.getvalue()
    assert "44051401359" not in written.getvalue()
