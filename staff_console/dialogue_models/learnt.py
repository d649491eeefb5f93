"""What of the content a model has learnt: versions then and now, names of matters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from sqlalchemy import or_, select

from staff_console.content.models import VersionRow
from staff_console.dialogue_models.compare import Meanings
from staff_console.dialogue_models.values import Card
from staff_console.editor.names import ACTS_PL, names_from
from voice_gateway.records.database import Database

NAME_LINE = re.compile(r"^name:[^\n]*", re.MULTILINE)


def live_versions(database: Database) -> Mapping[str, int]:
    """File -> number of its live version, of the files that hold questions."""
    query = select(VersionRow.path, VersionRow.number).where(
        VersionRow.state == "live",
        or_(VersionRow.path.startswith("topics/"), VersionRow.path.startswith("acts/")),
    )
    return database.run(lambda session: {row.path: row.number for row in session.execute(query)})


def changed_since(card: Card, now: Mapping[str, int]) -> Sequence[str]:
    """Files with another version than the model learnt from; none when that is not known."""
    if not card.versions:
        return []
    return sorted(path for path, number in now.items() if card.versions.get(path) != number)


def meanings(knowledge: Path) -> Meanings:
    """Polish names of topics and aspects, as they stand in the knowledge folder now."""
    topics = {file.stem: _topic_name(file) for file in (knowledge / "topics").glob("*.yml")}
    files = [
        (knowledge / name).read_text(encoding="utf-8") for name in ("dialogue.yml", "office.yml")
    ]
    return Meanings(topics, names_from(*files).aspects)


def file_words(path: str, names: Meanings) -> str:
    """A file as staff know it: a topic's name, an act."""
    stem = path.partition("/")[2].removesuffix(".yml")
    return ACTS_PL.get(stem, stem) if path.startswith("acts/") else names.matter(stem)


def _topic_name(file: Path) -> str:
    line = NAME_LINE.search(file.read_text(encoding="utf-8"))
    try:
        return str(yaml.safe_load(line[0])["name"]) if line else file.stem
    except (yaml.YAMLError, KeyError, TypeError):
        return file.stem
