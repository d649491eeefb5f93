"""Rasa's memory of talks: in memory only (nothing on disk), forgotten after an idle hour."""

from __future__ import annotations

from typing import Any

from cachetools import TTLCache
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain

_talks: TTLCache[str, str] | None = None  # one a process: a model swap makes a new store object


class ExpiringTrackerStore(InMemoryTrackerStore):
    """Talks are dropped ``idle_minutes`` after their last turn; the oldest when there are more
    than ``most_talks``. A new model, which recreates the store, goes on with the same talks.
    """

    def __init__(
        self, domain: Domain, idle_minutes: int = 60, most_talks: int = 5000, **kwargs: Any
    ) -> None:
        super().__init__(domain, event_broker=kwargs.get("event_broker"))
        global _talks  # noqa: PLW0603 - Rasa offers no other place that outlives a model swap
        if _talks is None:
            _talks = TTLCache(maxsize=most_talks, ttl=idle_minutes * 60)
        self.store = _talks
