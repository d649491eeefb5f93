"""Plays one utterance to the caller, can be interrupted, and knows what was heard.

Sound is paced by the loop's clock and kept at most ``line.lead_s`` ahead of the caller's ear, so
that stopping is quick and a slow moment of ours is not heard.
"""

from __future__ import annotations

import asyncio

from voice_gateway.ports import CallLine
from voice_gateway.values import FRAME_S, Playback, Utterance, frame_bytes


class Player:
    """Owner of "what was heard?". One a talk; plays one utterance at a time."""

    def __init__(self, line: CallLine) -> None:
        self._line = line
        self._rate_hz = line.start.rate_hz
        self._stop = asyncio.Event()
        self._current: Utterance | None = None

    @property
    def playing(self) -> bool:
        """True while an utterance is being played."""
        return self._current is not None

    def interrupt(self) -> bool:
        """Stop the current utterance if it may be interrupted; says whether it will stop."""
        if self._current is None or not self._current.interruptible:
            return False
        self._stop.set()
        return True

    async def play(self, utterance: Utterance, pcm: bytes) -> Playback:
        """Play all of ``pcm`` (mono s16le at the line's rate) or until interrupted.

        Returns when the caller has heard it. Raises ``LineClosedError`` after a hang-up.
        """
        total_s = len(pcm) / frame_bytes(self._rate_hz, 1.0)
        self._stop.clear()
        self._current = utterance
        clock = asyncio.get_running_loop().time
        began_s = clock()
        try:
            await self._send_paced(pcm, began_s)
            await self._stopped_within(total_s - (clock() - began_s))
            heard_s = min(clock() - began_s, total_s)
            if not self._stop.is_set():
                return Playback(utterance, total_s, total_s)
            await self._line.flush()
            return Playback(utterance, heard_s, total_s, interrupted=True)
        finally:
            self._current = None

    async def _send_paced(self, pcm: bytes, began_s: float) -> None:
        clock = asyncio.get_running_loop().time
        size = frame_bytes(self._rate_hz)
        for number, offset in enumerate(range(0, len(pcm), size)):
            ahead_s = number * FRAME_S - (clock() - began_s)
            if ahead_s > self._line.lead_s and await self._stopped_within(
                ahead_s - self._line.lead_s
            ):
                return
            if self._stop.is_set():
                return
            await self._line.send(pcm[offset : offset + size].ljust(size, b"\0"))

    async def _stopped_within(self, seconds: float) -> bool:
        """Wait ``seconds`` or until interrupted; says whether we were."""
        if seconds > 0 and not self._stop.is_set():
            try:
                await asyncio.wait_for(self._stop.wait(), seconds)
            except TimeoutError:
                return False
        return self._stop.is_set()
