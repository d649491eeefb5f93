"""Rasa component: "ten drugi" answers an either-or question (entity ``choice``: 1 or 2)."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.understanding.choice import chosen_number


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ChoiceExtractor(GraphComponent):
    """Adds the entity ``choice`` to short texts that say which of two is meant."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ChoiceExtractor:
        """Called by Rasa."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entity where there is one."""
        for message in messages:
            text = message.get(TEXT) or ""
            number = chosen_number(text)
            if number:
                choice = {
                    "entity": "choice",
                    "value": str(number),
                    "start": 0,
                    "end": len(text),
                    "extractor": type(self).__name__,
                }
                message.set(ENTITIES, [*message.get(ENTITIES, []), choice], add_to_output=True)
        return messages
