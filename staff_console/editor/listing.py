"""The list of topics, and all questions that residents ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from actions.office.files import read_yaml
from polish.fold import fold
from staff_console.content.values import Draft, Version
from staff_console.editor import yaml_edit
from staff_console.editor.advice import SOON, Asked
from staff_console.editor.alike import AlikeIndex
from staff_console.editor.names import Names, file_name
from staff_console.editor.topic_form import owners, soonest


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic in the list. ``validity``: "expired", "soon", "later" or "" when it has no answer."""

    id: str
    name: str
    owners: str
    changed: Version | None
    until: date | None
    validity: str
    has_draft: bool
    is_pending: bool
    is_off: bool


def topic_rows(
    live: Iterable[Version],
    drafts: Iterable[Draft],
    pending: Iterable[Version],
    names: Names,
    today: date,
    wanted: str = "",
) -> list[TopicRow]:
    """All topics, or those that ``wanted`` is found in; expired and expiring ones first."""
    lives = {one.path: one for one in live if one.path.startswith("topics/")}
    drafted = {one.path: one for one in drafts if one.path.startswith("topics/")}
    waiting = {one.path for one in pending}
    rows = []
    for path in sorted({*lives, *drafted}):
        version, draft = lives.get(path), drafted.get(path)
        body = version.body if version else drafted[path].body
        if fold(wanted) in _searched(body):
            marks = (draft is not None, path in waiting)
            rows.append(_row(path, body, version, marks, names, today))
    return sorted(rows, key=_order)


def all_questions(bodies: Mapping[str, str], names: Names) -> Mapping[str, Sequence[Asked]]:
    """Folded question -> where it stands, in topics and acts."""
    return _all_questions(tuple(bodies.items()), tuple(names.aspects.items()))


@lru_cache(maxsize=2)  # each page of a topic asks; the files change seldom
def _all_questions(
    bodies: tuple[tuple[str, str], ...], aspects: tuple[tuple[str, str], ...]
) -> Mapping[str, Sequence[Asked]]:
    names = Names(dict(aspects), {})
    found: dict[str, list[Asked]] = {}
    for path, body in bodies:
        title = file_name(path, body)
        for field, question, words in _questions(path, body):
            aspect = f" – {names.aspect(field.removeprefix('questions.'))}" if "." in field else ""
            found.setdefault(words, []).append(Asked(path, field, question, title + aspect))
    return found


def alike_index(asked: Mapping[str, Sequence[Asked]]) -> AlikeIndex:
    """What finds almost the same question among these."""
    return _alike(frozenset(asked))


@lru_cache(maxsize=2)  # it takes a tenth of a second, and the questions seldom change
def _alike(folded: frozenset[str]) -> AlikeIndex:
    return AlikeIndex.of(folded)


def topic_names(bodies: Mapping[str, str], taxonomy: Path) -> dict[str, str]:
    """All topic ids that there are, each with the name that staff know, by name; blocks.

    ``bodies``: path -> live text.
    """
    found = {}
    for topic, what in read_yaml(taxonomy)["topics"].items():
        path = f"topics/{topic}.yml"
        found[topic] = file_name(path, bodies[path]) if path in bodies else str(what)
    return dict(sorted(found.items(), key=lambda one: fold(one[1])))


@lru_cache(maxsize=256)  # folding some ten thousand questions for each page would take a second
def _questions(path: str, body: str) -> tuple[tuple[str, str, str], ...]:
    """(field, question, folded question) of a file."""
    questions = (yaml_edit.load(body) or {}).get("questions")
    groups: Mapping[str, Sequence[str]] = {}
    if path.startswith("topics/") and isinstance(questions, dict):
        groups = {f"questions.{aspect}": of for aspect, of in questions.items()}
    elif path.startswith("acts/") and isinstance(questions, list):
        groups = {"questions": questions}
    return tuple((field, one, fold(one)) for field, of in groups.items() for one in of)


@lru_cache(maxsize=256)
def _searched(body: str) -> str:
    data = yaml_edit.load(body) or {}
    questions = data.get("questions") or {}
    lists = [data.get("called") or [], *(of for of in questions.values() if isinstance(of, list))]
    words = [str(data.get("name", "")), str(data.get("id", ""))]
    return "\n".join(fold(one) for one in [*words, *(q for of in lists for q in of)])


def _row(
    path: str,
    body: str,
    version: Version | None,
    marks: tuple[bool, bool],
    names: Names,
    today: date,
) -> TopicRow:
    until = soonest(body)
    validity = ""
    if until:
        validity = "expired" if until < today else "soon" if until <= today + SOON else "later"
    return TopicRow(
        id=path.removeprefix("topics/").removesuffix(".yml"),
        name=file_name(path, body),
        owners=", ".join(names.department(one) for one in owners(body)),
        changed=version,
        until=until,
        validity=validity,
        has_draft=marks[0],
        is_pending=marks[1],
        is_off=yaml_edit.load(body).get("off") == "true",
    )


def _order(row: TopicRow) -> tuple[int, str, str]:
    first = ("expired", "soon").index(row.validity) if row.validity in ("expired", "soon") else 2
    return first, str(row.until) if first < 2 else "", fold(row.name)
