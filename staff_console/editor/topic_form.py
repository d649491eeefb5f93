"""A topic as the page shows it, and what is added to it: an aspect, or the topic itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from staff_console.editor import yaml_edit
from staff_console.editor.forms import ANSWER_FIELDS, NAME_FIELDS
from staff_console.editor.names import Names
from staff_console.editor.yaml_edit import Value


@dataclass(frozen=True, slots=True)
class Part:
    """One answer with its questions, as fields. ``place``: "answers.cost"; ``questions``: their
    field, empty for an answer of a variant, which has none of its own."""

    aspect: str
    label: str
    place: str
    questions: str = ""
    valid_until: str = ""


@dataclass(frozen=True, slots=True)
class VariantView:
    """A kind of the matter with answers of its own. ``field``: of the words that name it."""

    id: str
    label: str
    field: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class TopicView:
    """What the page of a topic shows besides its fields."""

    parts: Sequence[Part]
    variants: Sequence[VariantView]
    offered: Sequence[tuple[str, str, bool]]  # aspect, label, is it offered now
    missing: Sequence[tuple[str, str]]  # aspects that can be added
    is_off: bool


def view_of(body: str, names: Names) -> TopicView:
    """The parts of a topic's file, in the file's order."""
    data = yaml_edit.load(body) or {}
    questions, answers = _mapping(data.get("questions")), _mapping(data.get("answers"))
    aspects = list(dict.fromkeys([*answers, *questions]))
    offer = [one for one in data.get("offer") or () if one in answers]
    rest = [one for one in answers if one not in offer]
    return TopicView(
        parts=[_part("answers", one, answers, names, one in questions) for one in aspects],
        variants=[
            _variant(one, _mapping(v), names) for one, v in _mapping(data.get("variants")).items()
        ],
        offered=[(one, names.aspect(one), one in offer) for one in [*offer, *rest]],
        missing=[(one, label) for one, label in names.aspects.items() if one not in aspects],
        is_off=data.get("off") == "true",
    )


def with_aspect(body: str, aspect: str, questions: Sequence[str], answer: Mapping[str, str]) -> str:
    """The topic's file with one aspect more."""
    body = yaml_edit.put(body, ("questions", aspect), list(questions))
    kept = {name: answer.get(name, "") for name in ANSWER_FIELDS}
    shown = {k: v for k, v in kept.items() if v or k not in ("legal_basis", "source")}
    return yaml_edit.put(body, ("answers", aspect), shown)


def new_topic(topic: str, names: Mapping[str, str]) -> str:
    """The file of a new topic, without questions and answers yet."""
    first: dict[str, Value] = {"id": topic, **{name: names.get(name, "") for name in NAME_FIELDS}}
    empty: dict[str, Value] = {"called": [names.get("name", "")], "offer": []}
    more: dict[str, Value] = {"questions": {}, "answers": {}}
    return yaml_edit.put("", (), {**first, **empty, **more})


def soonest(body: str) -> date | None:
    """When the first of a topic's answers stops being given."""
    found = [_day(one) for one in _answers(body) if _day(one)]
    return min((day for day in found if day), default=None)


def owners(body: str) -> list[str]:
    """The departments that answer for a topic's answers."""
    return list(dict.fromkeys(str(one.get("owner", "")) for one in _answers(body)))


def _answers(body: str) -> list[Mapping[str, Any]]:
    data = yaml_edit.load(body) or {}
    groups = [data, *map(_mapping, _mapping(data.get("variants")).values())]
    return [_mapping(one) for group in groups for one in _mapping(group.get("answers")).values()]


def _day(answer: Mapping[str, Any]) -> date | None:
    try:
        return date.fromisoformat(str(answer.get("valid_until", "")))
    except ValueError:
        return None


def _part(place: str, aspect: str, answers: Mapping[str, Any], names: Names, asked: bool) -> Part:
    until = str(_mapping(answers.get(aspect)).get("valid_until", ""))
    questions = f"questions.{aspect}" if asked else ""
    return Part(aspect, names.aspect(aspect), f"{place}.{aspect}", questions, until)


def _variant(variant: str, data: Mapping[str, Any], names: Names) -> VariantView:
    answers = _mapping(data.get("answers"))
    place = f"variants.{variant}"
    words = list(data.get("called") or ())[:3]
    parts = [_part(f"{place}.answers", one, answers, names, asked=False) for one in answers]
    return VariantView(variant, ", ".join(words) or variant, f"{place}.called", parts)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
