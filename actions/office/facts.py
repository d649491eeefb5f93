"""The office's facts from ``nlu_data/office.yml``: departments, hours, address, phones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BeforeValidator, model_validator

from actions.office.files import Record, read_record
from actions.office.sentence import Sentence

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
HOURS_SENTENCES = frozenset(
    "open_now opens_later_today closed_for_today day_open day_closed in_time too_late too_early "
    "long_weekend week".split()
)


class OpenHours(NamedTuple):
    """From when to when people are received, local time."""

    opens: time
    closes: time

    @classmethod
    def of(cls, value: object) -> OpenHours | None:
        """From "8:00-16:00"; ``closed`` gives None. Raises ``ValueError``."""
        if isinstance(value, OpenHours) or value is None or value == "closed":
            return value if isinstance(value, OpenHours) else None
        found = _SPAN.fullmatch(str(value).strip())
        if not found:
            raise ValueError("godziny pisze się tak: 8:00-16:00, dzień wolny: closed")
        first, second, third, fourth = map(int, found.groups())
        span = cls(time(first, second), time(third, fourth))
        if span.opens >= span.closes:
            raise ValueError("godzina otwarcia musi być przed godziną zamknięcia")
        return span


Hours = Annotated[OpenHours | None, BeforeValidator(OpenHours.of)]


class Department(Record):
    """A department. ``target`` is the name by which Asterisk's dialplan knows it.

    ``called``: folded words by which people ask to be connected with it.
    """

    id: str
    name: str
    locative: str
    instrumental: str
    desk: str
    desk_spoken: str
    phone: str
    email: str
    target: str
    called: tuple[str, ...] = ()


class HoursException(Record):
    """A date with other hours than its weekday; ``reason`` completes "bo …"."""

    date: date
    hours: Hours
    reason: str


class Office(Record):
    """All facts of the office. ``sample`` says that the city is made up."""

    sample: bool
    name: str
    name_genitive: str
    name_locative: str
    city: str
    city_locative: str
    address: str
    address_spoken: str
    directions: str
    directions_spoken: str
    phone: str
    email: str
    website: str
    accessibility: str
    accessibility_spoken: str
    hours: Mapping[Weekday, Hours]
    exceptions: tuple[HoursException, ...] = ()
    departments: tuple[Department, ...]
    hours_sentences: Mapping[str, Sentence]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        ids = [d.id for d in self.departments]
        if len(set(ids)) != len(ids):
            raise ValueError("dwa wydziały mają to samo id")
        if "informacja" not in ids:
            raise ValueError("wśród wydziałów musi być „informacja”")
        missing = HOURS_SENTENCES - set(self.hours_sentences)
        if missing:
            raise ValueError(f"w hours_sentences brakuje: {', '.join(sorted(missing))}")
        if not any(self.hours.values()):
            raise ValueError("urząd musi być otwarty choć w jeden dzień tygodnia")
        return self

    def department(self, department_id: str) -> Department:
        """The department with this id. Raises ``KeyError``."""
        for department in self.departments:
            if department.id == department_id:
                return department
        raise KeyError(department_id)


def load_office(path: Path) -> Office:
    """Read ``office.yml``. Raises ``SetupError("setup-knowledge")`` naming what is wrong."""
    return read_record(path, Office)
