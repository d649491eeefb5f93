"""A copy of the real knowledge to change in tests, and messages as Rasa hands them over."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from actions.office.calendar import WARSAW
from voice_gateway.settings import ROOT

REAL = ROOT / "nlu_data"
OPEN = datetime(2026, 11, 23, 10, 0, tzinfo=WARSAW)  # a Monday, the office is open
CLOSED = datetime(2026, 11, 23, 20, 0, tzinfo=WARSAW)


FEW_TOPICS = ("id_card", "passport", "waste_collection", "office")  # enough for most tests


def copy_of_knowledge(folder: Path) -> Path:
    """A copy with a few topics: reading all of them takes a second, and dozens of tests do it."""
    copy = folder / "nlu_data"
    not_read = shutil.ignore_patterns("held_out", "tuning", "topics")
    shutil.copytree(REAL, copy, ignore=not_read)
    (copy / "topics").mkdir()
    for topic in FEW_TOPICS:
        shutil.copy(REAL / "topics" / f"{topic}.yml", copy / "topics")
    return copy


def message(
    text: str,
    intent: str = "ask",
    *,
    topic: str | list[tuple[str, float]] | None = None,
    aspect: str | None = None,
    channel: str = "chat",
) -> dict[str, Any]:
    """``tracker.latest_message``; ``topic`` as a list is a ranking of ids with confidences."""
    entities: list[dict[str, Any]] = []
    if topic:
        ranked = [(topic, 0.9)] if isinstance(topic, str) else topic
        entities.append(_entity("topic", ranked))
    if aspect:
        entities.append(_entity("aspect", [(aspect, 0.9)]))
    return {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "entities": entities,
        "metadata": {"channel": channel, "model_id": "m1"},
    }


def _entity(name: str, ranked: list[tuple[str, float]]) -> dict[str, Any]:
    return {
        "entity": name,
        "value": ranked[0][0],
        "start": 0,
        "end": 5,
        "confidence_entity": ranked[0][1],
        "extractor": "TopicAspectClassifier",
        "ranking": [{"id": i, "confidence": c} for i, c in ranked],
    }
