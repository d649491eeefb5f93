"""A caller in software: plays a recording into ``/ws/voice`` in real time and listens.

Used by ``halo call``, by the measurements and by tests. It keeps a playout clock as a telephone
does, so its times are those at the caller's ear.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import websockets

from voice_gateway.detection import level_dbfs
from voice_gateway.errors import RequestError
from voice_gateway.values import FRAME_S, frame_bytes

AUDIBLE_DBFS = -50.0
QUIET_AFTER_ANSWER_S = 1.2  # silence after an answer that means: it has been said
LONGEST_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Recording:
    """Mono s16le sound of a WAV file."""

    pcm: bytes
    rate_hz: int

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.pcm) / frame_bytes(self.rate_hz, 1.0)


def read_wav(path: Path) -> Recording:
    """Read a mono 16-bit WAV of 8000 or 16000 Hz. Raises ``RequestError`` with a Polish text."""
    try:
        with wave.open(str(path), "rb") as file:
            shape = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            pcm = file.readframes(file.getnframes())
    except (wave.Error, EOFError, OSError) as error:
        raise RequestError(
            "request-bad-wav", f"Pliku {path.name} nie da się odczytać jako nagrania WAV."
        ) from error
    if shape[:2] != (1, 2) or shape[2] not in (8000, 16000):
        raise RequestError(
            "request-wav-format",
            f"Nagranie {path.name} musi być mono, 16 bitów, 8000 lub 16000 Hz "
            f"(jest: kanały {shape[0]}, bajty {shape[1]}, {shape[2]} Hz).",
        )
    return Recording(pcm, shape[2])


def wav_bytes(pcm: bytes, rate_hz: int) -> bytes:
    """Mono s16le PCM as the bytes of a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(pcm)
    return out.getvalue()


def write_wav(path: Path, pcm: bytes, rate_hz: int) -> None:
    """Write mono s16le PCM as a WAV file."""
    path.write_bytes(wav_bytes(pcm, rate_hz))


@dataclass
class Ear:
    """The caller's playout buffer: what is heard when, in seconds of the loop's clock."""

    rate_hz: int
    heard: bytearray = field(default_factory=bytearray)
    began_s: float = 0.0
    _until_s: float = 0.0
    audible_at_s: list[tuple[float, float]] = field(default_factory=list)

    def receive(self, pcm: bytes, now_s: float) -> None:
        """Sound arrived: it is heard after what is still to be played."""
        start_s = max(now_s, self._until_s)
        gap = frame_bytes(self.rate_hz, start_s - self.began_s) - len(self.heard)
        self.heard += b"\0" * max(0, gap)
        self.heard += pcm
        self._until_s = start_s + len(pcm) / frame_bytes(self.rate_hz, 1.0)
        if level_dbfs(pcm) > AUDIBLE_DBFS:
            self.audible_at_s.append((start_s, self._until_s))

    def flush(self, now_s: float) -> None:
        """The assistant was interrupted: what is not yet played is thrown away."""
        if self._until_s > now_s:
            del self.heard[frame_bytes(self.rate_hz, now_s - self.began_s) :]
            self._until_s = now_s
            self.audible_at_s = [
                (start, min(end, now_s)) for start, end in self.audible_at_s if start < now_s
            ]

    def quiet_for_s(self, now_s: float) -> float:
        """Seconds since the last audible sound was heard; 0 while something is heard."""
        last_s = self.audible_at_s[-1][1] if self.audible_at_s else self.began_s
        return max(0.0, now_s - last_s)

    def first_audible_after(self, moment_s: float) -> float | None:
        """When the first sound after ``moment_s`` was heard."""
        return next((start for start, _ in self.audible_at_s if start >= moment_s), None)


class VoiceCaller:
    """One call over ``/ws/voice``. Use as ``async with VoiceCaller(url, rate) as caller``."""

    def __init__(
        self,
        url: str,
        rate_hz: int,
        on_event: Callable[[float, dict[str, Any]], None] = lambda at_s, event: None,
        user_password: tuple[str, str] | None = None,
    ) -> None:
        """``url``: ws://host:port/ws/voice; ``on_event(seconds since start, JSON message)``."""
        self._url = url
        self._rate_hz = rate_hz
        self._on_event = on_event
        self._headers: dict[str, str] = {}
        if user_password:
            token = base64.b64encode(":".join(user_password).encode()).decode()
            self._headers["Authorization"] = f"Basic {token}"
        self._to_say: bytes = b""
        self._said = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.ear = Ear(rate_hz)
        self.events: list[tuple[float, dict[str, Any]]] = []
        self.ended = asyncio.Event()
        self.spoke_until_s = 0.0

    async def __aenter__(self) -> VoiceCaller:
        self._socket = await websockets.connect(
            self._url, additional_headers=self._headers, compression=None, max_size=2**20
        )
        await self._socket.send(json.dumps({"type": "start", "rate": self._rate_hz}))
        self.ear.began_s = asyncio.get_running_loop().time()
        self._tasks = [asyncio.create_task(self._send()), asyncio.create_task(self._receive())]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._socket.close()

    async def say(self, pcm: bytes) -> None:
        """Speak ``pcm`` in real time; returns when the last sample was sent."""
        self._said.clear()
        self._to_say = pcm
        await self._said.wait()

    async def wait_until_quiet(
        self, quiet_s: float = QUIET_AFTER_ANSWER_S, after_s: float | None = None
    ) -> bool:
        """Wait until something was heard (after ``after_s``) and then nothing for ``quiet_s``.

        Says False when nothing came within 30 s or the call ended.
        """
        clock = asyncio.get_running_loop().time
        since_s = self.ear.began_s if after_s is None else after_s
        limit_s = clock() + LONGEST_WAIT_S
        while clock() < limit_s:
            heard = self.ear.first_audible_after(since_s) is not None
            if heard and self.ear.quiet_for_s(clock()) >= quiet_s:
                return True
            if self.ended.is_set() and self.ear.quiet_for_s(clock()) > FRAME_S:
                return heard
            await asyncio.sleep(FRAME_S)
        return False

    async def _send(self) -> None:
        size = frame_bytes(self._rate_hz)
        clock = asyncio.get_running_loop().time
        next_s = clock()
        while True:
            frame, self._to_say = self._to_say[:size], self._to_say[size:]
            await self._socket.send(frame.ljust(size, b"\0"))
            if level_dbfs(frame) > AUDIBLE_DBFS:
                self.spoke_until_s = clock()
            if not self._to_say:
                self._said.set()
            next_s += FRAME_S
            await asyncio.sleep(next_s - clock())

    async def _receive(self) -> None:
        clock = asyncio.get_running_loop().time
        try:
            async for message in self._socket:
                if isinstance(message, bytes):
                    self.ear.receive(message, clock())
                    continue
                event = json.loads(message)
                if event.get("type") == "flush":
                    self.ear.flush(clock())
                at_s = clock() - self.ear.began_s
                self.events.append((at_s, event))
                self._on_event(at_s, event)
                if event.get("type") == "end":
                    self.ended.set()
        except websockets.ConnectionClosed:
            pass
        finally:
            self.ended.set()
