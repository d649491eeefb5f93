"""The values of edited content: a file of the knowledge, its versions, its draft.

A path is a file's name within the knowledge folder: ``topics/passport.yml``, ``office.yml``. A body
is the file's whole text (YAML). Plain frozen data; moments are aware, in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

VersionState = Literal["pending", "live", "past", "rejected"]


@dataclass(frozen=True, slots=True)
class Version:
    """One saved state of a file. ``pending`` waits for a second person; one is ``live``.

    ``number`` counts within the path from 1; ``author`` and ``approver`` are logins;
    ``origin``: where a shared topic came from, else empty.
    """

    id: int
    path: str
    number: int
    body: str
    author: str
    reason: str
    created_at: datetime
    state: VersionState
    approver: str = ""
    decided_at: datetime | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """Unpublished work on a file, shared by all editors. ``revision`` grows with each save.

    ``based_on``: the number of the live version that it was begun from.
    """

    path: str
    body: str
    author: str
    revision: int
    based_on: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the log of who changed what. ``mark`` covers the line and the mark before it."""

    id: int
    at: datetime
    who: str
    deed: str
    path: str
    detail: str
    mark: str
