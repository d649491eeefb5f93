"""Rasa's memory of talks: in memory only (nothing on disk), forgotten after an idle hour."""

from __future__ import annotations

from typing import Any

from cachetools import TTLCache
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.conversation import Dialogue
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

MOST_EVENTS = 240  # of a talk; about 30 turns. Older ones are left out, what they set is kept

_talks: TTLCache[str, tuple[Event, ...]] | None = None  # one a process: see ExpiringTrackerStore


class ExpiringTrackerStore(TrackerStore):
    """Talks are dropped ``idle_minutes`` after their last turn; the oldest first when there are
    more than ``most_talks``. A model swap makes a new store, which goes on with the same talks.
    """

    def __init__(
        self, domain: Domain, idle_minutes: int = 60, most_talks: int = 5000, **kwargs: Any
    ) -> None:
        super().__init__(domain, event_broker=kwargs.get("event_broker"))
        global _talks  # noqa: PLW0603 - Rasa offers no other place that outlives a model swap
        if _talks is None:
            _talks = TTLCache(maxsize=most_talks, ttl=idle_minutes * 60)
        self._talks = _talks

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the talk as it is now."""
        await self.stream_events(tracker)
        self._talks[tracker.sender_id] = shortened(tracker)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The talk, replayed from its events; None for an unknown or forgotten one."""
        events = self._talks.get(sender_id)
        if events is None:
            return None
        tracker = self.init_tracker(sender_id)
        tracker.recreate_from_dialogue(Dialogue(sender_id, list(events)))
        return tracker

    async def keys(self) -> list[str]:
        """Ids of the talks in memory."""
        self._talks.expire()
        return list(self._talks)


def shortened(tracker: DialogueStateTracker) -> tuple[Event, ...]:
    """The talk's events; of a very long talk the slots and its last part, from a whole turn on."""
    events = tuple(tracker.events)
    if len(events) <= MOST_EVENTS:
        return events
    recent = events[-MOST_EVENTS // 2 :]
    turns = [i for i, e in enumerate(recent) if _listens(e)]
    slots = (SlotSet(key, value) for key, value in tracker.current_slot_values().items())
    return (*slots, *recent[turns[0] if turns else 0 :])


def _listens(event: Event) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == "action_listen"
