"""Rasa component: when the understanding is too weak to act on, say so (``nlu_fallback``)."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME as FALLBACK
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.emergency import decide
from bot.understanding.examples import ASK, OUT_OF_SCOPE
from polish.fold import normalise
from polish.lemmas import is_word

SHORT = 3  # letters: Morfeusz takes many shorter strings for abbreviations


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class UnsureClassifier(GraphComponent):
    """Turns a weak understanding into ``nlu_fallback``; the weak guess stays second in the ranking.

    Weak: the intent's confidence is under ``intent``; or a question's best topic is under
    ``topic`` and its two best together are under ``either_or`` (else the action asks which one);
    or the text is "not our matter" to the classifier only because no word of it is a word.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Thresholds, 0..1: higher ones refuse more of our matters, lower ones answer more of
        what is not ours (docs/understanding.md has the figures).
        """
        return {"intent": 0.04, "topic": 0.09, "either_or": 0.15}

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> UnsureClassifier:
        """Called by Rasa."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Put ``nlu_fallback`` first where the understanding is weak."""
        for message in messages:
            intent = message.get(INTENT) or {"name": None, "confidence": 0.0}
            if (
                intent["confidence"] < self._config["intent"]
                or (intent["name"] == ASK and self._topic_unsure(message))
                or (intent["name"] == OUT_OF_SCOPE and _gibberish(message.get(TEXT) or ""))
            ):
                decide(message, FALLBACK, intent["confidence"])
        return messages

    def _topic_unsure(self, message: Message) -> bool:
        for entity in message.get(ENTITIES, []):
            if entity["entity"] == "topic":
                best = [r["confidence"] for r in entity["ranking"][:2]]
                return best[0] < self._config["topic"] and sum(best) < self._config["either_or"]
        return False


def _gibberish(text: str) -> bool:
    """Whether none of the text's words is in the dictionary: "qwerty uiop asdf"."""
    return not any(len(word) >= SHORT and is_word(word) for word in normalise(text).split())
