"""The caller's side of a phone line: even 20 ms frames, whatever the network does.

Three rules live here, shared by both phone channels:

* **Cutting.** Whatever sizes arrive, exact 20 ms frames come out.
* **Old sound is dropped.** When this process stood still, everything said meanwhile arrives in one
  burst; talking with somebody four seconds behind is worse than having missed it.
* **Gaps are filled.** A muted phone sends nothing at all; deciders count frames, so silence is put
  where nothing came.

The queue is bounded: full, it drops the oldest sound and counts it. Keys are not dropped for sound.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable

from voice_gateway.ports import KeyPressed, LineEvent
from voice_gateway.values import BYTES_PER_SAMPLE, FRAME_S, AudioFrame, frame_bytes

QUEUE_S = 1.0  # sound that may wait for the talk; more means the talk does not keep up
MAX_KEYS = 200  # keys that may wait; nobody presses so many while a talk stands still
LATE_S = 0.4  # older sound is dropped; a busy machine's usual hiccups are under 0.2 s
BURST_S = 0.008  # messages closer together than this belong to one burst
GAP_FRAMES = 10  # nothing came for so many frames: the phone is muted, silence is filled in


class CallerAudio:
    """Takes what the wire brings, gives ``LineEvent``s. For one call, in one event loop."""

    def __init__(self, rate_hz: int, now_s: Callable[[], float] = time.monotonic) -> None:
        self.rate_hz = rate_hz
        self.dropped_s = 0.0  # sound thrown away as too old or too much
        self._now_s = now_s
        self._frame_bytes = frame_bytes(rate_hz)
        self._silence = AudioFrame(bytes(self._frame_bytes), rate_hz)
        self._rest = b""
        self._queue: deque[LineEvent] = deque()
        self._frames = 0
        self._keys = 0
        self._arrived = asyncio.Event()
        self._closed = False
        self._last_s = now_s()  # when sound came last
        self._late_s = 0.0  # how old the next message of a burst is at most
        self._filled_s = self._last_s  # up to when the frames given out reach
        self._in_gap = False

    def put(self, pcm: bytes) -> None:
        """Take sound from the wire, of any length."""
        seconds = len(pcm) / (BYTES_PER_SAMPLE * self.rate_hz)
        if self._is_late(seconds):
            self.dropped_s += seconds
            return
        self._rest += pcm
        while len(self._rest) >= self._frame_bytes:
            frame, self._rest = self._rest[: self._frame_bytes], self._rest[self._frame_bytes :]
            self._queue.append(AudioFrame(frame, self.rate_hz))
            self._frames += 1
        while self._frames * FRAME_S > QUEUE_S:
            self._drop_oldest()
        self._arrived.set()

    def press(self, digit: str) -> None:
        """Take a key."""
        if self._keys < MAX_KEYS:
            self._keys += 1
            self._queue.append(KeyPressed(digit))
            self._arrived.set()

    def close(self) -> None:
        """The caller hung up: ``events`` ends after what is queued. Idempotent."""
        self._closed = True
        self._arrived.set()

    async def events(self) -> AsyncIterator[LineEvent]:
        """Frames and keys in order; ends after ``close``."""
        while True:
            while self._queue:
                yield self._take()
            if self._closed:
                return
            for _ in range(self._missing_frames()):
                yield self._silence
            await self._wait()

    def _is_late(self, seconds: float) -> bool:
        """Whether sound that comes now is the old part of a burst."""
        now = self._now_s()
        interval = now - self._last_s
        self._last_s = now
        if interval > BURST_S:  # fresh, or the head of a burst that covers the time since
            self._late_s = max(0.0, interval - seconds)
            return False
        self._late_s = max(0.0, self._late_s + interval - seconds)
        return self._late_s > LATE_S

    def _drop_oldest(self) -> None:
        for index, event in enumerate(self._queue):
            if isinstance(event, AudioFrame):
                del self._queue[index]
                self._frames -= 1
                self.dropped_s += event.seconds
                return

    def _take(self) -> LineEvent:
        event = self._queue.popleft()
        if isinstance(event, AudioFrame):
            self._frames -= 1
            self._filled_s = self._now_s()
            self._in_gap = False
        else:
            self._keys -= 1
        return event

    def _missing_frames(self) -> int:
        """Frames of silence due now; at most ``GAP_FRAMES`` at once."""
        now = self._now_s()
        missing = round((now - self._filled_s) / FRAME_S)
        if missing < (1 if self._in_gap else GAP_FRAMES):
            return 0
        self._in_gap = True
        self._filled_s = now if missing > GAP_FRAMES else self._filled_s + missing * FRAME_S
        return min(missing, GAP_FRAMES)

    async def _wait(self) -> None:
        """Until something arrives or silence is due."""
        self._arrived.clear()
        patience_s = FRAME_S if self._in_gap else GAP_FRAMES * FRAME_S
        try:
            async with asyncio.timeout(max(0.0, self._filled_s + patience_s - self._now_s())):
                await self._arrived.wait()
        except TimeoutError:
            return
