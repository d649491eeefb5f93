"""What the two trained components share: training examples in, a saved TextModel out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.understanding.examples import Example, read_phrases
from bot.understanding.noise import as_heard, variants
from bot.understanding.text_model import TextModel

PHRASES = Path(__file__).resolve().parent.parent / "phrases"


class LinearComponent(GraphComponent):
    """Base of components that hold one TextModel; subclasses say what it is trained on."""

    def __init__(
        self, storage: ModelStorage, resource: Resource, model: TextModel | None = None
    ) -> None:
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearComponent:
        """Called by Rasa before training."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> LinearComponent:
        """Called by Rasa with a trained model."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, TextModel.load(Path(folder)))

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the data's examples and their noisy variants; save the model."""
        self._model = self.fit(_with_noise(_examples(training_data)))
        with self._storage.write_to(self._resource) as folder:
            self._model.save(Path(folder))
        return self._resource

    def fit(self, examples: list[Example]) -> TextModel:
        """The component's own model."""
        raise NotImplementedError(f"{type(self).__name__} must say what it is trained on")

    @property
    def model(self) -> TextModel:
        """The trained model; a component that was never trained is a programming error."""
        assert self._model is not None, f"{type(self).__name__} is not trained"  # noqa: S101
        return self._model


def _examples(training_data: TrainingData) -> list[Example]:
    found = []
    for message in training_data.intent_examples:
        meaning = (message.get("metadata") or {}).get("intent") or {}
        topic, aspect = meaning.get("topic"), meaning.get("aspect")
        found.append(Example(message.get(TEXT), message.get(INTENT), topic, aspect))
    return found


def _with_noise(examples: list[Example]) -> list[Example]:
    phrases = read_phrases(PHRASES)
    told = variants(examples, phrases["openings"], phrases["endings"])
    return [*told, *as_heard(examples, phrases["heard"])]
