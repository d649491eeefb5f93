"""Rasa component: is this a question about a matter (``ask``), or which act is it?"""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.linear import LinearComponent
from bot.understanding.examples import ASK, OUT_OF_SCOPE, Example
from bot.understanding.text_model import TextModel

RANKED = 5  # intents told to Rasa
ACT_WEIGHT = 3.0  # acts have few examples beside the questions; measured: 0.86 -> 0.89 right


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PolishIntentClassifier(LinearComponent, IntentClassifier):
    """Linear intent classifier."""

    def fit(self, examples: list[Example]) -> TextModel:
        """Fit on all examples."""
        plenty = (ASK, OUT_OF_SCOPE)
        weights = [1.0 if e.intent in plenty else ACT_WEIGHT for e in examples]
        texts = [e.text for e in examples]
        return TextModel.fit(texts, {INTENT: [e.intent for e in examples]}, weights)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``intent`` and ``intent_ranking`` of each message."""
        for message in messages:
            ranked = self.model.rankings(message.get(TEXT) or "")[INTENT][:RANKED]
            told = [{"name": s.label, "confidence": s.confidence} for s in ranked]
            message.set(INTENT, told[0], add_to_output=True)
            message.set("intent_ranking", told, add_to_output=True)
        return messages
