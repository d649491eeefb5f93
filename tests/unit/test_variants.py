"""Kinds of one matter with answers of their own ("a dla dziecka?"), through the actions."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.actions import all_actions
from actions.check import check
from actions.office.knowledge import KnowledgeStore
from tests.unit.knowledge_parts import OPEN, copy_of_knowledge, message

CHILD = {
    "child": {"called": ["dzieck", "syna", "corki"], "answers": {}},
    "adult": {"called": ["doros"]},
}


def answer(text: str) -> dict[str, str]:
    return {
        "text": text,
        "spoken": text,
        "owner": "obywatelskie",
        "source": "test",
        "checked_on": "2026-11-23",
        "valid_until": "2027-06-30",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = copy_of_knowledge(tmp_path)
    path = folder / "topics/id_card.yml"
    topic = yaml.safe_load(path.read_text("utf-8"))
    topic["variants"] = CHILD | {
        "child": {**CHILD["child"], "answers": {"validity": answer("Dziecka pięć lat.")}}
    }
    path.write_text(yaml.safe_dump(topic, allow_unicode=True), "utf-8")
    return folder


class Talk:
    """Turns with the knowledge of ``folder``; slots are kept as Rasa keeps them."""

    def __init__(self, folder: Path) -> None:
        self.actions = {a.name(): a for a in all_actions(KnowledgeStore(folder), lambda: OPEN)}
        self.slots: dict[str, Any] = {}

    def say(self, text: str, intent: str = "ask", **entities: Any) -> str:
        tracker = Tracker.from_dict(
            {
                "sender_id": "t",
                "slots": self.slots,
                "latest_message": message(text, intent, **entities),
                "events": [],
            }
        )
        dispatcher = CollectingDispatcher()
        action = self.actions["action_answer" if intent == "ask" else "action_unsure"]
        for event in action.run(dispatcher, tracker, {}):
            self.slots[event["name"]] = event["value"]
        return str(dispatcher.messages[0]["custom"]["text"])


def test_the_kind_named_in_the_question_has_its_own_answer(folder: Path) -> None:
    said = Talk(folder).say("ile ważny dowód dziecka", topic="id_card", aspect="validity")
    assert said == "Dziecka pięć lat."


@pytest.mark.parametrize("intent", ["ask", "nlu_fallback"])
def test_the_kind_alone_asks_the_same_about_it(folder: Path, intent: str) -> None:
    talk = Talk(folder)
    usual = talk.say("ile ważny jest dowód", topic="id_card", aspect="validity")
    assert talk.say("a dla mojej córki?", intent, aspect="eligibility") == "Dziecka pięć lat."
    assert talk.say("no a dla dorosłego?", intent) == usual


def test_the_kind_is_remembered_with_the_matter(folder: Path) -> None:
    talk = Talk(folder)
    talk.say("dowód dla dziecka", topic="id_card", aspect="general")
    assert talk.say("a jak długo ważny?", aspect="validity") == "Dziecka pięć lat."
    talk.say("a paszport?", topic="passport", aspect="general")
    usual = talk.say("jak długo ważny jest dowód", topic="id_card", aspect="validity")
    assert usual != "Dziecka pięć lat."


def test_a_kind_without_an_own_answer_gets_the_usual_one(folder: Path) -> None:
    talk = Talk(folder)
    usual = talk.say("ile kosztuje dowód", topic="id_card", aspect="cost")
    assert talk.say("a dla dziecka?") == usual


def test_a_question_of_its_own_is_not_taken_for_a_kind(folder: Path) -> None:
    talk = Talk(folder)
    talk.say("ile ważny jest dowód", topic="id_card", aspect="validity")
    said = talk.say("gdzie dla dziecka złożyć wniosek", aspect="where")
    assert said != "Dziecka pięć lat."


def test_faults_of_kinds_are_found(folder: Path) -> None:
    path = folder / "topics/id_card.yml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("- dzieck\n", "- Dziećk\n"), "utf-8")
    assert "ma być bez polskich znaków" in "\n".join(check(folder, OPEN.date()))
