"""What the chat answers, and the sentences that are its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voice_gateway.values import Understood, as_jsonable


@dataclass(frozen=True, slots=True)
class ChatSentences:
    """The chat's own sentences, from ``nlu_data/system.yml``."""

    chat_greeting: str
    chat_disclosure: str
    trouble: str
    nobody_free: str
    handoff_chat_queued: str
    handoff_chat_position: str
    handoff_chat_taken: str
    handoff_chat_ended: str

    @classmethod
    def from_system(cls, system: Mapping[str, tuple[str, str]]) -> ChatSentences:
        """Build from name -> (text, spoken). Raises ``KeyError`` for a missing sentence."""
        return cls(**{name: system[name][0] for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One thing the assistant writes, with answers to choose from."""

    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandoffStatus:
    """How far the wish to reach a person is. ``position`` counts from 1 while waiting."""

    department: str
    state: str
    reason: str
    topic: str | None
    position: int | None = None
    name: str = ""

    def as_jsonable(self) -> dict[str, Any]:
        """The contract's ``handoff`` object (docs/api.md)."""
        more: dict[str, Any] = {"position": self.position} if self.position else {}
        if self.name:
            more["name"] = self.name
        return {
            "department": self.department,
            "state": self.state,
            "reason": self.reason,
            "topic": self.topic,
            **more,
        }


@dataclass(frozen=True, slots=True)
class ChatReply:
    """The answer to one turn; no messages while a clerk has the talk."""

    conversation_id: str
    replies: tuple[ChatMessage, ...]
    understood: Understood
    handoff: HandoffStatus | None = None

    def as_jsonable(self) -> dict[str, Any]:
        """The contract's answer of ``POST /api/v1/chat`` (docs/api.md)."""
        return {
            "conversation_id": self.conversation_id,
            "replies": [{"text": r.text, "choices": list(r.choices)} for r in self.replies],
            "understood": as_jsonable(self.understood),
            "handoff": self.handoff.as_jsonable() if self.handoff else None,
        }
