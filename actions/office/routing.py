"""To whom a matter goes, and whether people are there now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from actions.office.facts import Department
from actions.office.knowledge import Knowledge

INFORMATION = "informacja"  # the department for everything that has no other


@dataclass(frozen=True)
class Route:
    """Where a person is found. ``opens``: when people are there again, such as "jutro o 8:00"."""

    department: Department
    people_now: bool
    opens: str


def department_of(knowledge: Knowledge, topic_id: str | None) -> Department:
    """The topic's department; the information desk for no, an unknown or a homeless topic."""
    topic = knowledge.topics.get(topic_id or "")
    try:
        return knowledge.office.department(topic.department if topic else INFORMATION)
    except KeyError:
        return knowledge.office.department(INFORMATION)


def route(knowledge: Knowledge, topic_id: str | None, now: datetime) -> Route:
    """Who takes over a talk about this topic at this moment."""
    hours = knowledge.hours
    return Route(
        department_of(knowledge, topic_id),
        hours.calendar.is_open(now),
        hours.next_opening(now),
    )
