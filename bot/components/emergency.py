"""Rasa component: danger overrides every other understanding, in any state of the talk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.understanding.emergency import EmergencyPatterns
from bot.understanding.examples import EMERGENCY, read_yaml

FILE = "patterns.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class EmergencyGuard(GraphComponent):
    """Patterns decide: they alarm with confidence 1, and they take back a false alarm.

    The patterns come from the knowledge file named in the configuration when the model is
    trained, and travel in the model.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``patterns``: the knowledge file; ``certain``: an alarm of the classifier that counts.

        Where nothing is understood (best under ``weak``), a trace of danger (``trace``) counts.
        """
        return {
            "patterns": "nlu_data/acts/emergency.yml",
            "certain": 0.2,
            "weak": 0.15,
            "trace": 0.03,
        }

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        patterns: EmergencyPatterns | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._patterns = patterns or EmergencyPatterns()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EmergencyGuard:
        """Called by Rasa before training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> EmergencyGuard:
        """Called by Rasa with a trained model."""
        with model_storage.read_from(resource) as folder:
            lists = json.loads((Path(folder) / FILE).read_text("utf-8"))
        return cls(config, model_storage, resource, EmergencyPatterns.of(lists))

    def train(self, training_data: TrainingData) -> Resource:
        """Take the patterns over into the model."""
        act = read_yaml(Path(self._config["patterns"]))
        lists = {key: act[key] for key in ("patterns", "false_alarms")}
        EmergencyPatterns.of(lists)  # a broken pattern fails here, not in a talk
        with self._storage.write_to(self._resource) as folder:
            (Path(folder) / FILE).write_text(json.dumps(lists), "utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Correct the intent of each message where danger, or its mere sound, is in it."""
        for message in messages:
            text = message.get(TEXT) or ""
            if self._patterns.alarm(text):
                decide(message, EMERGENCY, 1.0)
                message.set(ENTITIES, [], add_to_output=True)
            elif (message.get(INTENT) or {}).get("name") == EMERGENCY:
                self._doubt(message, text)
            elif self._smells(message) and not self._patterns.sounds_harmless(text):
                decide(message, EMERGENCY, self._config["certain"])
        return messages

    def _smells(self, message: Message) -> bool:
        if (message.get(INTENT) or {}).get("confidence", 1.0) >= self._config["weak"]:
            return False
        ranking = message.get("intent_ranking", [])
        return any(
            i["name"] == EMERGENCY and i["confidence"] >= self._config["trace"] for i in ranking
        )

    def _doubt(self, message: Message, text: str) -> None:
        certain = message.get(INTENT)["confidence"] >= self._config["certain"]
        if certain and not self._patterns.sounds_harmless(text):
            return
        for other in message.get("intent_ranking", []):
            if other["name"] != EMERGENCY:
                decide(message, other["name"], other["confidence"])
                return


def decide(message: Message, intent: str, confidence: float) -> None:
    """Put an intent first in the message's ranking."""
    told = {"name": intent, "confidence": confidence}
    others = [i for i in message.get("intent_ranking", []) if i["name"] != intent]
    message.set(INTENT, told, add_to_output=True)
    message.set("intent_ranking", [told, *others], add_to_output=True)
