"""Incident messages of ``nlu_data/incidents.yml``: said first, from one moment to another.

"Awaria wody na Witominie" is told to everybody who calls or writes while it lasts, once a talk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from actions.office.calendar import WARSAW
from actions.office.files import Record, read_record
from actions.office.sentence import PLACEHOLDER

FILE = "incidents.yml"
Phase = Literal["now", "planned", "past"]


def _aware(moment: datetime) -> datetime:
    """A moment without a time zone is meant as the office's wall clock shows it."""
    return moment if moment.tzinfo else moment.replace(tzinfo=WARSAW)


Moment = Annotated[datetime, AfterValidator(_aware)]


class Incident(Record):
    """One message. Told while ``begins`` <= now < ``ends``.

    ``text`` is shown and ``spoken`` read aloud, both as they stand (no ``{names}``); ``owner``: the
    department that answers for it; ``source``: where it is known from; ``topics``: ids of matters
    before whose answers it is told when the talk began without it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str = Field(pattern=r"^[a-z0-9_]{1,64}$")
    text: str = Field(min_length=1)
    spoken: str = Field(min_length=1)
    begins: Moment = Field(alias="from")
    ends: Moment = Field(alias="to")
    owner: str
    source: str = Field(min_length=1)
    topics: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends < self.begins:
            raise ValueError("„to” jest wcześniejsze niż „from”")
        if PLACEHOLDER.search(self.text) or PLACEHOLDER.search(self.spoken):
            raise ValueError("w komunikacie nie ma nazw w nawiasach klamrowych")
        return self

    def phase(self, now: datetime) -> Phase:
        """Whether it is told at an aware moment, will be, or was."""
        if now < self.begins:
            return "planned"
        return "now" if now < self.ends else "past"


class Incidents(Record):
    """The whole file."""

    incidents: tuple[Incident, ...] = ()

    @model_validator(mode="after")
    def _ids(self) -> Self:
        ids = [one.id for one in self.incidents]
        if len(set(ids)) != len(ids):
            raise ValueError("dwa komunikaty mają to samo id")
        return self


def load_incidents(folder: Path) -> Sequence[Incident]:
    """All messages of a knowledge folder, as written; none when it has no such file.

    Raises ``SetupError("setup-knowledge")`` naming what is wrong.
    """
    path = folder / FILE
    return read_record(path, Incidents).incidents if path.exists() else ()


def told_now(incidents: Iterable[Incident], now: datetime) -> list[Incident]:
    """The messages of an aware moment; the one that began last comes first."""
    current = [one for one in incidents if one.phase(now) == "now"]
    return sorted(current, key=lambda one: (one.begins, one.id), reverse=True)
