"""Polish names for the ids that a talk carries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from voice_gateway.desk_events import DeskLine, DeskTalk

REASONS = {
    "asked": "prosi o człowieka",
    "key": "klawisz 0 w telefonie",
    "unsure": "asystent nie zrozumiał",
    "complaint": "skarga",
    "trouble": "awaria asystenta",
    "silence": "cisza w rozmowie",
    "no_answer": "brak odpowiedzi w bazie",
}


@dataclass(frozen=True, slots=True)
class Labels:
    """Names of departments and topics; an unknown id is shown as it is."""

    departments: dict[str, str]
    topics: dict[str, str]

    def talk(self, talk: DeskTalk, login: str) -> dict[str, object]:
        """A talk as the desk page gets it."""
        return {
            "talk_id": talk.talk_id,
            "channel": talk.channel,
            "department": self.departments.get(talk.department, talk.department),
            "reason": REASONS.get(talk.reason, talk.reason),
            "topic": self.topics.get(talk.topic, talk.topic) if talk.topic else "",
            "summary": talk.summary,
            "state": talk.state,
            "since": talk.since.isoformat(),
            "mine": talk.state == "taken" and talk.clerk == login,
            "clerk_name": talk.clerk_name,
        }


def line(line: DeskLine) -> dict[str, object]:
    """A line of a talk as the desk page gets it."""
    return {"who": line.who, "text": line.text, "name": line.name, "at": line.at.isoformat()}


def load_labels(knowledge_dir: Path) -> Labels:
    """Read the names. Raises ``OSError``, ``KeyError`` and ``yaml.YAMLError``."""
    office = _read(knowledge_dir / "office.yml")
    topics = (_read(path) for path in sorted((knowledge_dir / "topics").glob("*.yml")))
    return Labels(
        departments={one["id"]: one["name"] for one in office["departments"]},
        topics={one["id"]: one["name"] for one in topics},
    )


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
