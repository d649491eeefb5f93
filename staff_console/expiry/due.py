"""Which answers expire, and how near their end is: plain functions over the content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from staff_console.editor import yaml_edit
from staff_console.editor.names import Names, file_name

Stage = Literal["over", "week", "month"]
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Expiring:
    """An answer near its end. ``place``: "answers.cost"; ``title_pl``: "paszport: Ile to
    kosztuje?"; ``owner``: a department's id."""

    path: str
    place: str
    title_pl: str
    owner: str
    valid_until: date
    stage: Stage


def stage_of(valid_until: date, today: date) -> Stage | None:
    """How near the end is; None: further than thirty days. The last day still counts as valid."""
    if valid_until < today:
        return "over"
    if valid_until <= today + WEEK:
        return "week"
    return "month" if valid_until <= today + MONTH else None


def expiring(bodies: Mapping[str, str], names: Names, today: date) -> list[Expiring]:
    """All answers of these topic files that are near their end or past it, first ones first."""
    found = [one for path, body in bodies.items() for one in _of(path, body, names, today)]
    return sorted(found, key=lambda one: (one.valid_until, one.title_pl, one.place))


def _of(path: str, body: str, names: Names, today: date) -> Iterator[Expiring]:
    data = _mapping(yaml_edit.load(body))
    variants = _mapping(data.get("variants"))
    groups = [("", "", data)] + [
        (f"variants.{name}.", f" (odmiana „{name}”)", _mapping(one))
        for name, one in variants.items()
    ]
    for before, kind, group in groups:
        for aspect, answer in _mapping(group.get("answers")).items():
            try:
                until = date.fromisoformat(str(_mapping(answer).get("valid_until", "")))
            except ValueError:  # the check of the content tells about it
                continue
            if stage := stage_of(until, today):
                title = f"{file_name(path, body)}: {names.aspect(aspect)}{kind}"
                owner = str(_mapping(answer).get("owner", ""))
                yield Expiring(path, f"{before}answers.{aspect}", title, owner, until, stage)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
