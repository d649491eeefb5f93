"""Rasa's custom actions: thin classes over ``actions.office.talk``.

Each reads the tracker, lets the office rules decide, and says one message. What goes wrong inside
becomes a hand-off with reason ``trouble``: the resident never gets an empty answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.office.calendar import WARSAW
from actions.office.heard import Heard
from actions.office.knowledge import KnowledgeStore
from actions.office.reply import Handoff, Memory, Reply
from actions.office.routing import INFORMATION
from actions.office.sentence import Sentence
from actions.office.talk import STEPS, Talk, decide
from visits.ports import VisitBook

log = structlog.get_logger(__name__)

ACTION_FAILED = "action-failed"
ACTION_UNKNOWN = "action-unknown"
# Said when even the knowledge cannot be read, so it stands in no file.
TROUBLE = Sentence(
    "Przepraszamy, mamy kłopot techniczny. Przekazuję rozmowę pracownikowi urzędu.",
    "Przepraszamy, mamy kłopot techniczny. Łączę z pracownikiem urzędu.",
)
Now = Callable[[], datetime]


def warsaw_now() -> datetime:
    """The present moment in Warsaw."""
    return datetime.now(WARSAW)


def trouble(code: str) -> Reply:
    """What is answered when we fail: an apology and a person."""
    return Reply(
        TROUBLE,
        interruptible=False,
        handoff=Handoff(INFORMATION, "trouble"),
        error_code=code,
    )


class OfficeAction(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    """One of ``talk.STEPS`` under its name."""

    def __init__(
        self,
        name: str,
        store: KnowledgeStore,
        now: Now = warsaw_now,
        book: VisitBook | None = None,
    ) -> None:
        self._name = name
        self._store = store
        self._now = now
        self._book = book

    def name(self) -> str:
        """The name by which Rasa's rules call it."""
        return self._name

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Say one message and give the new slot values."""
        heard, memory = Heard(), Memory()
        try:
            heard = Heard.of(tracker.latest_message or {}, tracker.events or ())
            memory = Memory.from_slots(tracker.slots or {})
            knowledge, talk_id = self._store.current(), str(tracker.sender_id)
            talk = Talk(heard, memory, knowledge, self._now(), self._book, talk_id)
            reply = decide(self._name, talk)
        except Exception:
            log.exception("action_failed", code=ACTION_FAILED, part=self._name)
            reply = replace(trouble(ACTION_FAILED), understood=heard.as_understood())
        dispatcher.utter_message(json_message=reply.payload())
        return [SlotSet(name, value) for name, value in reply.slots(memory).items()]


def all_actions(
    store: KnowledgeStore, now: Now = warsaw_now, book: VisitBook | None = None
) -> list[OfficeAction]:
    """Every action that Rasa's rules may call."""
    return [OfficeAction(name, store, now, book) for name in STEPS]
