"""What an action answers: sentences, choices, a hand-off, and what to remember for next time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from actions.office.offers import Question
from actions.office.sentence import Sentence
from actions.office.visiting.state import VisitState

Expects = Literal["anything", "yes_no", "digits"]


@dataclass(frozen=True)
class Handoff:
    """A wish to pass the talk to a person; reasons as in the gateway's ``Handoff``."""

    department: str
    reason: str
    topic: str | None = None


@dataclass(frozen=True)
class Memory:
    """What is remembered between turns, kept in Rasa's slots of the same names."""

    topic: str | None = None
    aspect: str | None = None
    variant: str | None = None  # the kind of the topic's matter that is talked about
    earlier_topic: str | None = None  # talked about before the present one
    failures: int = 0  # misunderstandings in a row
    last_question: Question | None = None
    last_reply: Mapping[str, Any] | None = None
    visit: VisitState | None = None  # where a talk about a visit stands

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> Self:
        """From ``tracker.slots``; anything unexpected counts as nothing."""
        failures = slots.get("failures")
        last = slots.get("last_reply")
        return cls(
            topic=slots.get("topic") or None,
            aspect=slots.get("aspect") or None,
            variant=slots.get("variant") or None,
            earlier_topic=slots.get("earlier_topic") or None,
            failures=int(failures) if isinstance(failures, int | float) else 0,
            last_question=Question.from_slot(slots.get("last_question")),
            last_reply=last if isinstance(last, Mapping) else None,
            visit=VisitState.from_slot(slots.get("visit")),
        )


@dataclass(frozen=True)
class Reply:
    """One answer. ``topic``/``aspect``: what it was about, remembered; None keeps what was there.
    ``variant`` goes with the topic: a reply about a topic without one forgets it.

    ``failures``: misunderstandings in a row after this reply. ``forget``: start from nothing.
    ``visit``: where the talk about a visit stands now, None: where it stood; ``visit_over``: ended.
    """

    sentence: Sentence
    interruptible: bool = True
    choices: tuple[str, ...] = ()
    expects: Expects = "anything"
    ends: bool = False
    handoff: Handoff | None = None
    question: Question | None = None
    topic: str | None = None
    aspect: str | None = None
    variant: str | None = None
    failures: int = 0
    forget: bool = False
    visit: VisitState | None = None
    visit_over: bool = False
    personal: bool = False  # who comes was asked or told: neither text of the turn is kept
    slower: bool = False
    error_code: str = ""
    understood: Mapping[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """The ``custom`` object of Rasa's message, as the gateway reads it."""
        handoff = self.handoff
        told: dict[str, Any] = {
            "text": self.sentence.text,
            "spoken": self.sentence.spoken,
            "interruptible": self.interruptible,
            "choices": list(self.choices),
            "expects": self.expects,
            "end": self.ends,
            "handoff": {
                "department": handoff.department,
                "reason": handoff.reason,
                "topic": handoff.topic,
            }
            if handoff
            else None,
            "understood": dict(self.understood),
        }
        if self.slower:
            told["slower"] = True
        if self.personal:
            told["personal"] = True
        if self.error_code:
            told["error_code"] = self.error_code
        return told

    def slots(self, before: Memory) -> dict[str, Any]:
        """New values of the slots. A repeated reply leaves everything as it was."""
        if self.slower:
            return {}
        kept = Memory() if self.forget else before
        visit = None if self.visit_over else self.visit or kept.visit
        moved = bool(self.topic and kept.topic and self.topic != kept.topic)
        return {
            "topic": self.topic or kept.topic,
            "aspect": self.aspect if self.topic or self.aspect else kept.aspect,
            "variant": self.variant if self.topic else kept.variant,
            "earlier_topic": kept.topic if moved else kept.earlier_topic,
            "failures": self.failures,
            "visit": visit.as_slot() if visit else None,
            "last_question": self.question.as_slot() if self.question else None,
            "last_reply": {
                "text": self.sentence.text,
                "spoken": self.sentence.spoken,
                "choices": list(self.choices),
                "expects": self.expects,
            },
        }
