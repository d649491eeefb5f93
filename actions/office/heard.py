"""What was understood of the resident's message, as Rasa hands it to an action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NOT_ACTS = ("ask", "nlu_fallback", "")


@dataclass(frozen=True)
class Ranked:
    """A possible id with its confidence, 0..1."""

    id: str
    confidence: float


@dataclass(frozen=True)
class Heard:
    """One message. ``topics``/``aspects``: likeliest first, empty when none is named."""

    text: str = ""
    channel: str = "chat"
    intent: str = ""
    intent_confidence: float = 0.0
    topics: tuple[Ranked, ...] = ()
    aspects: tuple[Ranked, ...] = ()
    choice: int | None = None  # 1-based: "ten drugi" is 2
    entities: tuple[Mapping[str, Any], ...] = ()
    model: str = ""

    @property
    def act(self) -> str | None:
        """Act id; None for a question and for what was not understood."""
        return None if self.intent in NOT_ACTS else self.intent

    @property
    def on_phone(self) -> bool:
        """Whether a hand-off connects a call; elsewhere the request is queued for the desk."""
        return self.channel == "phone"

    def as_understood(self) -> dict[str, Any]:
        """The ``understood`` object of a reply."""
        asked = self.intent == "ask"
        topic = self.topics[0] if asked and self.topics else None
        aspect = self.aspects[0] if asked and self.aspects else None
        surest = topic or aspect
        return {
            "act": self.act,
            "topic": topic.id if topic else None,
            "aspect": aspect.id if aspect else None,
            "confidence": round(surest.confidence if surest else self.intent_confidence, 4),
            "entities": [dict(entity) for entity in self.entities],
            "model": self.model,
        }

    @classmethod
    def of(cls, message: Mapping[str, Any], events: Sequence[Mapping[str, Any]] = ()) -> Heard:
        """From ``tracker.latest_message`` and ``tracker.events``; missing parts are left out."""
        intent = message.get("intent") or {}
        entities = message.get("entities") or []
        nothing: Mapping[str, Any] = {}
        said = next((e for e in reversed(events) if e.get("event") == "user"), nothing)
        metadata = {**(said.get("metadata") or {}), **(message.get("metadata") or {})}
        choice = next((str(e.get("value")) for e in entities if e.get("entity") == "choice"), "")
        return cls(
            text=str(message.get("text") or ""),
            channel=str(metadata.get("channel") or "chat"),
            intent=str(intent.get("name") or ""),
            intent_confidence=float(intent.get("confidence") or 0.0),
            topics=_ranked(entities, "topic"),
            aspects=_ranked(entities, "aspect"),
            choice=int(choice) if choice.isdigit() else None,
            entities=tuple(
                {key: e.get(key) for key in ("entity", "value", "start", "end")} for e in entities
            ),
            model=str(metadata.get("model_id") or message.get("model_id") or ""),
        )


def _ranked(entities: Sequence[Mapping[str, Any]], name: str) -> tuple[Ranked, ...]:
    for entity in entities:
        if entity.get("entity") == name and entity.get("value"):
            told = entity.get("ranking") or [
                {"id": entity["value"], "confidence": entity.get("confidence_entity", 1.0)}
            ]
            return tuple(Ranked(str(r["id"]), float(r["confidence"])) for r in told)
    return ()
