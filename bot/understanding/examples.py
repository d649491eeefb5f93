"""The training questions: read from the knowledge, widened by the phrases of bot/phrases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.understanding.inflect import CASES, inflect

ASK = "ask"
OUT_OF_SCOPE = "out_of_scope"
EMERGENCY = "emergency"
APPOINTMENT_BOOK = "appointment_book"
BOOKINGS = 10  # ways to ask for a visit, for each matter: they take turns
GENERAL = "general"
# libyaml's safe loader is ten times as fast; PyYAML's wheels have it, other builds may not.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, order=True)
class Example:
    """A text with what it means. ``topic``/``aspect`` None: the text names none (only for ask)."""

    text: str
    intent: str
    topic: str | None = None
    aspect: str | None = None


def read_yaml(path: Path) -> Any:
    """The content of one YAML file."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe one


def read_folder(folder: Path) -> list[dict[str, Any]]:
    """All YAML files of a folder, ordered by name."""
    return [read_yaml(path) for path in sorted(folder.glob("*.yml"))]


def read_phrases(folder: Path) -> dict[str, Any]:
    """``questions.yml`` with ``acts`` (act id -> phrases), ``foreign`` and ``heard`` (question ->
    what the recogniser made of it, see models/recipe/heard.py) from the text files.
    """
    acts = {path.stem: _lines(path) for path in sorted((folder / "acts").glob("*.txt"))}
    return {
        **read_yaml(folder / "questions.yml"),
        "acts": acts,
        "foreign": _lines(folder / "foreign.txt"),
        "heard": dict(line.split("\t", 1) for line in _lines(folder / "heard.tsv")),
    }


def _lines(path: Path) -> list[str]:
    """The lines of a text file; empty ones and those after ``#`` are left out."""
    lines = (line.strip(" ") for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def training_examples(knowledge_dir: Path, phrases: dict[str, Any]) -> list[Example]:
    """All examples to train on, without duplicates, ordered: the staff's own come first.

    A text that stands under two meanings keeps the first one.
    """
    topics = read_folder(knowledge_dir / "topics")
    acts = read_folder(knowledge_dir / "acts")
    seen: dict[str, Example] = {}
    for example in (
        *_topic_questions(topics),
        *_act_questions(acts, phrases),
        *_topic_free(phrases),
        *_named_matters(topics, phrases),
        *_bookings(topics, phrases),
        *_foreign_matters(phrases),
    ):
        seen.setdefault(example.text.casefold(), example)
    return list(seen.values())


def _topic_questions(topics: list[dict[str, Any]]) -> Iterator[Example]:
    for topic in topics:
        for aspect, questions in topic.get("questions", {}).items():
            for text in questions:
                yield Example(str(text), ASK, topic["id"], aspect)


def _act_questions(acts: list[dict[str, Any]], phrases: dict[str, Any]) -> Iterator[Example]:
    for act in acts:
        for text in act.get("questions", []):
            yield Example(str(text), act["id"])
    for act_id, questions in phrases["acts"].items():
        for text in questions:
            yield Example(str(text), act_id)


def _topic_free(phrases: dict[str, Any]) -> Iterator[Example]:
    for aspect, questions in phrases["topic_free"].items():
        for text in questions:
            yield Example(str(text), ASK, None, aspect)


def _named_matters(topics: list[dict[str, Any]], phrases: dict[str, Any]) -> Iterator[Example]:
    for topic in topics:
        names = [str(n) for n in dict.fromkeys([topic["name"], *topic.get("called", [])])]
        for name in names:
            yield Example(name, ASK, topic["id"], GENERAL)
        aspects = {GENERAL, *topic.get("questions", {}), *topic.get("answers", {})}
        for aspect in sorted(aspects):
            templates = phrases["templates"].get(aspect, [])
            for text in fill(templates, names):
                yield Example(text, ASK, topic["id"], aspect)


def _bookings(topics: list[dict[str, Any]], phrases: dict[str, Any]) -> Iterator[Example]:
    for number, topic in enumerate(topics):
        names = [str(n) for n in dict.fromkeys([topic["name"], *topic.get("called", [])])][:4]
        templates = phrases["booking"]
        start = number % len(templates)
        turned = templates[start:] + templates[:start]
        for text in fill(turned[:BOOKINGS], names):
            yield Example(text, APPOINTMENT_BOOK)


def _foreign_matters(phrases: dict[str, Any]) -> Iterator[Example]:
    for aspect, templates in sorted(phrases["templates"].items()):
        names = phrases["foreign"]
        start = len(names) * len(aspect) // 15  # each aspect begins elsewhere in the list
        rotated = names[start:] + names[:start]
        for text in fill(templates, rotated[: 3 * len(templates)]):
            yield Example(text, OUT_OF_SCOPE)


def fill(templates: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """Each template with one of the names, in the case that the template asks for.

    The names take turns, and each name comes at least once: enough to learn from, and the
    number of examples grows with the topics, not with the square of what staff write.
    """
    rounds = max(len(templates), len(names)) if templates else 0
    for i in range(rounds):
        name = names[i % len(names)]
        forms = {case: inflect(name, case) for case in CASES}
        yield templates[i % len(templates)].format(**forms)
