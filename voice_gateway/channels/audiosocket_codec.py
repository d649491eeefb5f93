"""The frames of Asterisk's AudioSocket, without sockets.

A frame is one byte of kind, two bytes of length (big endian), then so many bytes. Sound is 16-bit
little-endian mono. Source: Asterisk 22's ``include/asterisk/res_audiosocket.h``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from uuid import UUID

from voice_gateway.ports import KeyPressed

HANG_UP, SOUND_8K = 0x00, 0x10
KEYS = frozenset(b"0123456789*#")
_HEADER = struct.Struct(">BH")
CALL_ID_BYTES = _HEADER.size + 16


@dataclass(frozen=True, slots=True)
class CallId:
    """The first frame: which call this is."""

    call_id: str


@dataclass(frozen=True, slots=True)
class Sound:
    """The caller's sound: 8 kHz PCM."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class HungUp:
    """The far side ended the call."""


AudioSocketMessage = CallId | KeyPressed | Sound | HungUp


def decode(buffer: bytes) -> tuple[list[AudioSocketMessage], bytes]:
    """The whole messages in ``buffer`` and the bytes left over; other kinds are skipped."""
    messages: list[AudioSocketMessage] = []
    at = 0
    while len(buffer) - at >= _HEADER.size:
        kind, length = _HEADER.unpack_from(buffer, at)
        end = at + _HEADER.size + length
        if end > len(buffer):
            break
        message = _message(kind, buffer[at + _HEADER.size : end])
        if message is not None:
            messages.append(message)
        at = end
    return messages, buffer[at:]


def _message(kind: int, payload: bytes) -> AudioSocketMessage | None:
    match kind:
        case 0x00:
            return HungUp()
        case 0x01 if len(payload) == 16:
            return CallId(str(UUID(bytes=payload)))
        case 0x03 if len(payload) == 1 and payload[0] in KEYS:
            return KeyPressed(payload.decode("ascii"))
        case 0x10:
            return Sound(payload)
    return None


def encode_sound(pcm: bytes) -> bytes:
    """One frame of 8 kHz PCM, usually 20 ms. Raises ``ValueError`` over 65535 bytes."""
    if len(pcm) > 0xFFFF:
        raise ValueError("an AudioSocket frame holds at most 65535 bytes")
    return _HEADER.pack(SOUND_8K, len(pcm)) + pcm


def encode_hang_up() -> bytes:
    """Ask Asterisk to end our leg; its dialplan goes on."""
    return _HEADER.pack(HANG_UP, 0)
