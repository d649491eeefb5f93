"""The small language between the gateway and a voice worker: length-prefixed frames on pipes.

A frame is a 4-byte big-endian length and that many bytes.

* worker -> gateway, once, when it can speak: ``OK`` + the engine's name; or ``ERROR`` + a reason
* gateway -> worker: JSON ``{"text": str, "rate_hz": int}``
* worker -> gateway: ``OK`` + PCM (mono s16le at that rate), or ``ERROR`` + a reason

Pure: bytes in, bytes out; no pipes here.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass

HEADER = struct.Struct(">I")
MAX_FRAME_BYTES = 64 * 1024 * 1024
"""Half an hour of sound at 16 kHz; a longer frame means the stream is out of step."""

OK = b"\x00"
ERROR = b"\x01"


@dataclass(frozen=True, slots=True)
class Request:
    """One text to speak; the sound comes back at ``rate_hz``."""

    text: str
    rate_hz: int


def frame(payload: bytes) -> bytes:
    """The payload with its length in front."""
    return HEADER.pack(len(payload)) + payload


def frame_length(header: bytes) -> int:
    """Length of the payload that follows. Raises ``ValueError`` for an impossible one."""
    length = int(HEADER.unpack(header)[0])
    if length > MAX_FRAME_BYTES:
        raise ValueError("frame too long")
    return length


def encode_request(request: Request) -> bytes:
    """The request as a payload."""
    return json.dumps({"text": request.text, "rate_hz": request.rate_hz}).encode()


def decode_request(payload: bytes) -> Request:
    """The request in a payload."""
    fields = json.loads(payload)
    return Request(text=str(fields["text"]), rate_hz=int(fields["rate_hz"]))


def split_answer(payload: bytes) -> tuple[bool, bytes]:
    """Whether the worker managed, and what it sent (sound, a name or a reason)."""
    return payload[:1] == OK, payload[1:]
