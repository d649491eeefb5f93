"""A content file as the fields of a form, and what came back from the form as the file again.

A field's name is its place in the file: ``answers.cost.text``. What a form does not hold, or what
nobody touched, stays in the file as it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from polish.fold import fold
from staff_console.editor import yaml_edit
from staff_console.editor.plan_form import plan_fields, with_plan_value
from staff_console.editor.yaml_edit import Key, Value

ANSWER_FIELDS = (
    "text", "spoken", "owner", "legal_basis", "source", "checked_on", "valid_until",
)  # fmt: skip
UNWRITTEN_WHEN_EMPTY = frozenset({"legal_basis", "source"})
NAME_FIELDS = ("name", "accusative", "genitive", "department")
OFFICE_FIELDS = (
    "phone", "email", "website", "address", "address_spoken", "directions", "directions_spoken",
    "accessibility", "accessibility_spoken",
)  # fmt: skip
DEPARTMENT_TEXTS = (
    "name", "locative", "instrumental", "phone", "email", "desk", "desk_spoken", "target",
)  # fmt: skip
DEPARTMENT_FIELDS = (*DEPARTMENT_TEXTS, "called")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOSED = "closed"
CLOSED_PL = "nieczynne"
BETWEEN = " | "  # a row of exceptions as one line: date | hours | reason
_LINES = re.compile(r"[ \t]+")

Fields = dict[str, str]


def fields_of(path: str, body: str) -> Fields:
    """All fields that can be edited here, name -> value as the form shows it."""
    return dict(_fields(path, body))


@lru_cache(maxsize=256)  # a page asks several times of the same text
def _fields(path: str, body: str) -> Fields:
    data = yaml_edit.load(body)
    kind = path.split("/", maxsplit=1)[0]
    if kind == "topics":
        found = _topic(data)
    elif kind == "visits.yml":
        found = plan_fields(data)
    else:
        found = _office(data) if kind == "office.yml" else _sentences(data, path)
    return {name: cleaned(name, value) for name, value in found}


def with_values(path: str, body: str, values: Mapping[str, str]) -> str:
    """The file with these fields changed; an unknown field is not taken."""
    known = fields_of(path, body)
    for name, value in values.items():
        if name in known and value != known[name]:
            body = _with_value(path, body, name, value)
    return body


def cleaned(name: str, value: str) -> str:
    """What somebody typed, as it is kept: single spaces, no empty lines at the ends."""
    lines = [_LINES.sub(" ", line).strip() for line in value.replace("\r", "").split("\n")]
    if is_list(name) or name == "exceptions":
        lines = [line for line in lines if line]
    if name.startswith("variants.") and name.endswith(".called"):
        lines = [fold(line) for line in lines]  # they are compared with folded words
    elif name.startswith("departments.") and name.endswith(".called"):
        lines = [fold(line) for line in lines]
    text = "\n".join(lines).strip()
    return "".join(sign for sign in text if sign == "\n" or sign.isprintable())


def is_list(name: str) -> bool:
    """Whether a field holds one entry per line."""
    return name in ("called", "offer", "questions") or bool(
        re.fullmatch(
            r"questions\.\w+|(?:variants|departments)\.\w+\.called"
            r"|services\.\w+\.desks|desks\.\w+\.(?:breaks|exceptions)",
            name,
        )
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """What came back from a form: values by field, and the marks of what the form had shown."""

    values: Mapping[str, str]
    marks: Mapping[str, str]

    def touched(self) -> Fields:
        """The fields that the person changed."""
        return {
            name: value
            for name, value in self.values.items()
            if mark(value) != self.marks.get(name, "")
        }

    def clashes(self, now: Mapping[str, str]) -> list[str]:
        """Fields that this person and somebody else changed, each in another way."""
        return [
            name
            for name, value in self.touched().items()
            if name in now and mark(now[name]) != self.marks.get(name, "") and now[name] != value
        ]


def sent(form: Sequence[tuple[str, str]]) -> Sent:
    """Read a form's (name, value) pairs; several values of one name are lines."""
    collected: dict[str, list[str]] = {}
    for name, value in form:
        collected.setdefault(name, []).append(value)
    marks = _marks(" ".join(collected.pop("marks", [])))
    if "exceptions.date" in collected:
        collected["exceptions"] = _rows(collected)
    values = {name: cleaned(name, "\n".join(value)) for name, value in collected.items()}
    return Sent(values, marks)


def mark(value: str) -> str:
    """A value in eight letters, to tell whether it was changed."""
    return hashlib.sha256(value.encode()).hexdigest()[:8]


def marks_of(fields: Mapping[str, str]) -> str:
    """What a form carries with it to know later what was changed."""
    return " ".join(f"{name}.{mark(value)}" for name, value in fields.items())


def _marks(text: str) -> dict[str, str]:
    parts = (one.rpartition(".") for one in text.split())
    return {name: found for name, _, found in parts}


def _rows(collected: Mapping[str, Sequence[str]]) -> list[str]:
    columns = [collected.get(f"exceptions.{name}", ()) for name in ("date", "hours", "reason")]
    rows = ([cell.replace("|", "/").strip() for cell in row] for row in zip(*columns, strict=False))
    return [_as_line(*row) for row in rows if row[0]]


def _as_line(day: str, hours: str, reason: str) -> str:
    shown = CLOSED_PL if hours in ("", CLOSED) else hours
    return BETWEEN.join((day, shown, reason)).strip()


def exceptions_of(value: str) -> list[tuple[str, str, str]]:
    """The field ``exceptions`` as (date, hours, reason); no hours: closed."""
    rows = ([cell.strip() for cell in line.split("|")] + ["", ""] for line in value.splitlines())
    return [(row[0], "" if row[1] == CLOSED_PL else row[1], row[2]) for row in rows]


def _topic(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in NAME_FIELDS:
        yield name, _text(data.get(name))
    yield "called", _lines(data.get("called"))
    yield "offer", _lines(data.get("offer"))
    for aspect, questions in _mapping(data.get("questions")).items():
        yield f"questions.{aspect}", _lines(questions)
    yield from _answers("answers", data.get("answers"))
    for variant, fields in _mapping(data.get("variants")).items():
        yield f"variants.{variant}.called", _lines(_mapping(fields).get("called"))
        yield from _answers(f"variants.{variant}.answers", _mapping(fields).get("answers"))


def _answers(place: str, answers: Any) -> Iterator[tuple[str, str]]:
    for aspect, answer in _mapping(answers).items():
        for name in ANSWER_FIELDS:
            yield f"{place}.{aspect}.{name}", _text(_mapping(answer).get(name))


def _office(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    hours = _mapping(data.get("hours"))
    for day in WEEKDAYS:
        value = _text(hours.get(day))
        yield f"hours.{day}", "" if value == CLOSED else value
    rows = [_mapping(row) for row in data.get("exceptions") or ()]
    names = ("date", "hours", "reason")
    lines = (_as_line(*(_text(row.get(name)) for name in names)) for row in rows)
    yield "exceptions", "\n".join(lines)
    for name in OFFICE_FIELDS:
        yield name, _text(data.get(name))
    for place, department in enumerate(data.get("departments") or ()):
        for name in DEPARTMENT_FIELDS:
            entry = _mapping(department).get(name)
            yield f"departments.{place}.{name}", _lines(entry) if name == "called" else _text(entry)


def _sentences(data: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    if path.startswith("acts/"):
        yield "questions", _lines(data.get("questions"))
    for place in sentence_places(data, path):
        found: Any = data
        for step in keys(place):
            found = found[step]
        for name in ("text", "spoken"):
            yield f"{place}.{name}", _text(found.get(name) if isinstance(found, dict) else found)


def sentence_places(data: Mapping[str, Any], path: str) -> list[str]:
    """The places of all sentences of an act's file, ``system.yml`` or ``dialogue.yml``."""
    if path == "system.yml":
        return list(data)
    places = [f"replies.{place}" for place, _ in enumerate(data.get("replies") or ())]
    groups = ("sentences", "visits")
    return places + [f"{one}.{name}" for one in groups for name in _mapping(data.get(one))]


def keys(name: str) -> list[Key]:
    """A field's name as the way to it."""
    return [int(step) if step.isdigit() else step for step in name.split(".")]


def _with_value(path: str, body: str, name: str, value: str) -> str:
    if path == "visits.yml":
        return with_plan_value(body, name, value)
    way = keys(name)
    if name == "exceptions":
        return yaml_edit.put(body, way, [_exception(*row) for row in exceptions_of(value)])
    if not value and (way[-1] in UNWRITTEN_WHEN_EMPTY or way[0] == "hours"):
        return yaml_edit.drop(body, way)
    if is_list(name):
        return yaml_edit.put(body, way, value.splitlines())
    if path.startswith("topics/") or path == "office.yml":
        return yaml_edit.put(body, way, value)
    return _with_sentence(body, way, value)


def _exception(day: str, hours: str, reason: str) -> Mapping[str, Value]:
    return {"date": day, "hours": hours or CLOSED, "reason": reason}


def _with_sentence(body: str, way: Sequence[Key], value: str) -> str:
    """Both forms may stand as one sentence in the file; when they part, it becomes two."""
    found: Any = yaml_edit.load(body)
    for step in way[:-1]:
        found = found[step]
    if isinstance(found, dict):
        return yaml_edit.put(body, way, value)
    both = {"text": found, "spoken": found, str(way[-1]): value}
    return yaml_edit.put(body, way[:-1], both)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _lines(value: Any) -> str:
    return "\n".join(_text(one) for one in value) if isinstance(value, list) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
