"""What the desk shows and tells: lines, talks, events, and the streams that carry events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from voice_gateway.values import Channel

STREAM_EVENTS = 100  # a listener so far behind is ended; it reads the talk anew


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One line of a talk. ``name`` is the clerk's shown name."""

    who: Literal["resident", "assistant", "clerk"]
    text: str
    at: datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class DeskTalk:
    """A talk whose resident asked for a person; ``summary`` is masked, ``clerk`` a login."""

    talk_id: str
    channel: Channel
    department: str
    reason: str
    topic: str | None
    summary: str
    state: Literal["waiting", "taken", "ended"]
    since: datetime
    clerk: str = ""
    clerk_name: str = ""


@dataclass(frozen=True, slots=True)
class DeskEvent:
    """Something happened to a talk: ``line`` with kind "line", ``who`` with kind "typing"."""

    kind: Literal["waiting", "taken", "line", "typing", "ended"]
    talk_id: str
    line: DeskLine | None = None
    who: Literal["", "resident", "clerk"] = ""


class EventStream(AsyncIterator[DeskEvent]):
    """Events from the moment it was made. Ends when its reader is too slow or the desk closes."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[DeskEvent | None] = asyncio.Queue(STREAM_EVENTS)
        self.ended = False

    def put(self, event: DeskEvent) -> None:
        """Hand over an event; a full stream is emptied and ended, so that nothing is missed."""
        if self._queue.full():
            self.end()
        elif not self.ended:
            self._queue.put_nowait(event)

    def end(self) -> None:
        """No more events; what was not read is dropped."""
        self.ended = True
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def __anext__(self) -> DeskEvent:
        event = await self._queue.get()
        if event is None:
            self._queue.put_nowait(None)  # whoever asks again is told again
            raise StopAsyncIteration
        return event


class EventHub:
    """Gives every event to every stream. Belongs to one event loop."""

    def __init__(self) -> None:
        self._streams: set[EventStream] = set()

    def open(self) -> EventStream:
        """A stream of events from now on."""
        stream = EventStream()
        self._streams.add(stream)
        return stream

    def close(self, stream: EventStream) -> None:
        """The reader is gone. Idempotent."""
        self._streams.discard(stream)

    def publish(self, event: DeskEvent) -> None:
        """Tell everybody; streams that cannot keep up are ended."""
        for stream in tuple(self._streams):
            stream.put(event)
            if stream.ended:
                self._streams.discard(stream)

    def end(self) -> None:
        """End every stream: the gateway stops."""
        for stream in self._streams:
            stream.end()
        self._streams.clear()
