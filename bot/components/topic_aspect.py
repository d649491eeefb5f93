"""Rasa component: which matter a question is about (topic), and what about it (aspect)."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.intent_classifier import NONE, TOPICS
from bot.components.linear import LinearComponent
from bot.understanding.examples import ASK, Example
from bot.understanding.text_model import Scored, TextModel

RANKED = 3
ASPECT = "aspect"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class TopicAspectClassifier(LinearComponent, EntityExtractorMixin):
    """Gives the entities ``topic`` and ``aspect`` of a question (intent ``ask``).

    Each covers the whole text, with ``confidence_entity`` and ``ranking``: the likeliest ids with
    their confidence, for an either-or question. No ``topic`` entity: the text names no matter, so
    the one talked about before is meant. The topics come from ``PolishIntentClassifier``.
    """

    def fit(self, examples: list[Example]) -> TextModel:
        """Fit the aspects on the questions alone."""
        asked = [e for e in examples if e.intent == ASK]
        return TextModel.fit([e.text for e in asked], {ASPECT: [str(e.aspect) for e in asked]})

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities to messages that are questions."""
        for message in messages:
            found = message.get(ENTITIES, [])
            if (message.get(INTENT) or {}).get("name") == ASK:
                text = message.get(TEXT) or ""
                aspects = self.model.rankings(text, question_last=True)[ASPECT]
                for name, ranked in (("topic", message.get(TOPICS)), (ASPECT, aspects)):
                    if ranked[0].label != NONE:
                        found = [*found, self._entity(name, ranked, text)]
            message.set(ENTITIES, found, add_to_output=True)
        return messages

    def _entity(self, name: str, ranked: list[Scored], text: str) -> dict[str, Any]:
        told = [
            {"id": s.label, "confidence": s.confidence}
            for s in ranked[: RANKED + 1]
            if s.label != NONE
        ]
        return {
            "entity": name,
            "value": ranked[0].label,
            "start": 0,
            "end": len(text),
            "confidence_entity": ranked[0].confidence,
            "extractor": type(self).__name__,
            "ranking": told[:RANKED],
        }
