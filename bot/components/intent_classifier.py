"""Rasa component: which matter of the office is asked about, or which act is it?

One classifier whose labels are the acts and the topics together. Rasa gets the intent ``ask`` for
every topic; which one it was is left on the message for ``TopicAspectClassifier``.
"""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.linear import LinearComponent
from bot.understanding.examples import ASK, EMERGENCY, Example
from bot.understanding.text_model import Scored, TextModel

RANKED = 10  # intents told to Rasa
DANGER_WEIGHT = 3.0  # of an emergency in training: a missed one is worse than a false alarm
TOPICS = "topic_ranking"  # where the topics' ranking lies on a message
NONE = "none"  # a question that names no matter
MATTER = "matter"
_OF_TOPIC = f"{ASK}:"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PolishIntentClassifier(LinearComponent, IntentClassifier):
    """Linear classifier of acts and topics."""

    def fit(self, examples: list[Example]) -> TextModel:
        """Fit on all examples."""
        weights = [DANGER_WEIGHT if e.intent == EMERGENCY else 1.0 for e in examples]
        labels = [
            f"{_OF_TOPIC}{e.topic or NONE}" if e.intent == ASK else e.intent for e in examples
        ]
        return TextModel.fit([e.text for e in examples], {MATTER: labels}, weights)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set ``intent``, ``intent_ranking`` and the topics' ranking of each message."""
        for message in messages:
            ranked = self.model.rankings(message.get(TEXT) or "")[MATTER]
            topics = [_topic(s) for s in ranked if s.label.startswith(_OF_TOPIC)]
            acts = [s for s in ranked if not s.label.startswith(_OF_TOPIC)]
            asked = Scored(ASK, topics[0].confidence)
            intents = sorted([asked, *acts], key=lambda s: -s.confidence)[:RANKED]
            told = [{"name": s.label, "confidence": s.confidence} for s in intents]
            message.set(INTENT, told[0], add_to_output=True)
            message.set("intent_ranking", told, add_to_output=True)
            message.set(TOPICS, topics)
        return messages


def _topic(scored: Scored) -> Scored:
    return Scored(scored.label[len(_OF_TOPIC) :], scored.confidence)
