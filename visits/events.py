"""What happened to a visit, told to whoever sends messages about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from visits.values import Service, Visit

EventKind = Literal["booked", "moved", "cancelled", "offered"]


@dataclass(frozen=True, slots=True)
class Event:
    """One deed, at the moment ``now``; ``previous``: when a moved visit was to begin before."""

    kind: EventKind
    visit: Visit
    service: Service
    now: datetime
    previous: datetime | None = None


# Called inside the deed's transaction: what it writes is kept exactly when the deed is.
Outbox = Callable[[Session, Event], None]
