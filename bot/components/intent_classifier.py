"""Rasa component: is this a question about a matter (``ask``), or which act is it?"""

from __future__ import annotations

from collections import defaultdict

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.linear import LinearComponent
from bot.understanding.examples import ASK, Example
from bot.understanding.text_model import Scored, TextModel

HEAD = "intent"
SPLIT = "/"
RANKED = 5  # intents told to Rasa


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PolishIntentClassifier(LinearComponent, IntentClassifier):
    """Linear intent classifier.

    Inside, ``ask`` is learnt as one class a topic, whose shares are then added: a single class for
    questions about everything would swallow short texts.
    """

    def fit(self, examples: list[Example]) -> TextModel:
        """Fit on all examples."""
        labels = [
            f"{ASK}{SPLIT}{e.topic or ''}" if e.intent == ASK else e.intent for e in examples
        ]
        return TextModel.fit([e.text for e in examples], {HEAD: labels})

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``intent`` and ``intent_ranking`` of each message."""
        for message in messages:
            ranked = by_intent(self.model.rankings(message.get(TEXT) or "")[HEAD])
            told = [{"name": s.label, "confidence": s.confidence} for s in ranked]
            message.set("intent", told[0], add_to_output=True)
            message.set("intent_ranking", told[:RANKED], add_to_output=True)
        return messages


def by_intent(ranked: list[Scored]) -> list[Scored]:
    """The shares of the classes of ``ask`` added up; likeliest first."""
    shares: dict[str, float] = defaultdict(float)
    for scored in ranked:
        shares[scored.label.split(SPLIT)[0]] += scored.confidence
    return sorted((Scored(k, v) for k, v in shares.items()), key=lambda s: -s.confidence)
