"""Polish names for the ids that a talk carries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog

from actions.office.facts import load_office
from actions.office.files import read_record
from actions.office.knowledge_files import Topic
from voice_gateway.desk_events import DeskLine, DeskTalk
from voice_gateway.errors import SetupError

log = structlog.get_logger(__name__)

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
    """Read the names. A file that staff broke costs its names only: answering goes on."""
    topics = (_topic(path) for path in sorted((knowledge_dir / "topics").glob("*.yml")))
    return Labels(_departments(knowledge_dir / "office.yml"), dict(filter(None, topics)))


def _departments(path: Path) -> dict[str, str]:
    try:
        return {department.id: department.name for department in load_office(path).departments}
    except SetupError as error:
        log.warning("labels_unread", code=error.code)
        return {}


def _topic(path: Path) -> tuple[str, str] | None:
    try:
        topic = read_record(path, Topic)
    except SetupError as error:
        log.warning("labels_unread", code=error.code)
        return None
    return topic.id, topic.name
