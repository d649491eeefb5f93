"""The control messages of Asterisk's chan_websocket in JSON form (``f(json)``), without sockets.

Source: Asterisk 22's ``channels/chan_websocket.c`` and its documentation page "WebSocket channel
driver". Asterisk ignores text messages of more than 128 bytes, so commands are kept short.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from voice_gateway.ports import KeyPressed

MAX_COMMAND_BYTES = 128
RATES_HZ = {"slin": 8000, "slin16": 16000}
KEYS = frozenset("0123456789*#")


@dataclass(frozen=True, slots=True)
class MediaStarted:
    """The first message: sound in ``sound_format``, sent in multiples of ``frame_bytes``."""

    sound_format: str
    frame_bytes: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Asterisk's queue is nearly full (``go`` False: what is sent more is lost) or has room."""

    go: bool


@dataclass(frozen=True, slots=True)
class MarkPlayed:
    """Everything that was sent before this mark has been played."""

    mark: str


AsteriskEvent = MediaStarted | KeyPressed | Flow | MarkPlayed


def decode(text: str) -> AsteriskEvent | None:
    """One text message of Asterisk; None for kinds that we do not use and for what is no event."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict):
        return None
    event: AsteriskEvent | None = None
    match message.get("event"):
        case "MEDIA_START":
            event = _media_started(message)
        case "DTMF_END":
            event = _key(message)
        case "MEDIA_XOFF":
            event = Flow(go=False)
        case "MEDIA_XON":
            event = Flow(go=True)
        case "MEDIA_MARK_PROCESSED":
            event = _mark_played(message)
    return event


def _media_started(message: dict[str, object]) -> MediaStarted | None:
    sound_format, size = message.get("format"), message.get("optimal_frame_size")
    if not isinstance(sound_format, str) or not isinstance(size, int) or size <= 0:
        return None
    return MediaStarted(sound_format, size)


def _key(message: dict[str, object]) -> KeyPressed | None:
    digit = message.get("digit")
    return KeyPressed(digit) if isinstance(digit, str) and digit in KEYS else None


def _mark_played(message: dict[str, object]) -> MarkPlayed | None:
    mark = message.get("correlation_id")
    return MarkPlayed(mark) if isinstance(mark, str) else None


def flush_media() -> str:
    """Throw away what is queued at Asterisk."""
    return json.dumps({"command": "FLUSH_MEDIA"})


def mark_media(mark: str) -> str:
    """Ask for ``MarkPlayed`` when everything sent so far has been played."""
    return json.dumps({"command": "MARK_MEDIA", "correlation_id": mark})


def hang_up() -> str:
    """End our leg. Does not play what is queued: wait for a mark first."""
    return json.dumps({"command": "HANGUP"})
