"""AudioSocket frames: any cutting of the stream gives the same messages; nonsense is skipped."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_gateway.channels import audiosocket_codec as codec
from voice_gateway.ports import KeyPressed

CALL = UUID("3d6a2b1c-0000-4000-8000-00000000002a")


def frame(kind: int, payload: bytes) -> bytes:
    return bytes([kind]) + len(payload).to_bytes(2, "big") + payload


def test_the_messages_of_a_call():
    stream = (
        frame(0x01, CALL.bytes)
        + frame(0x10, b"\1\0" * 160)
        + frame(0x03, b"0")
        + frame(0x00, b"")
        + b"\x10\x01"
    )
    messages, rest = codec.decode(stream)
    assert messages == [
        codec.CallId(str(CALL)),
        codec.Sound(b"\1\0" * 160),
        KeyPressed("0"),
        codec.HungUp(),
    ]
    assert rest == b"\x10\x01"


def test_other_kinds_and_wrong_lengths_are_skipped():
    stream = (
        frame(0x12, b"\0" * 640)
        + frame(0xFF, b"\1")
        + frame(0x01, b"short")
        + frame(0x03, b"12")
        + frame(0x03, b"A")
        + frame(0x03, b"5")
    )
    assert codec.decode(stream) == ([KeyPressed("5")], b"")


@given(
    st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=400)), max_size=6),
    st.lists(st.integers(1, 500), max_size=20),
)
def test_cutting_the_stream_changes_nothing(frames, cuts):
    stream = b"".join(frame(kind, payload) for kind, payload in frames)
    whole, rest = codec.decode(stream)
    assert rest == b""
    pieces, buffer, at = [], b"", 0
    for cut in [*cuts, len(stream)]:
        messages, buffer = codec.decode(buffer + stream[at : at + cut])
        at += cut
        pieces += messages
    assert pieces == whole
    assert buffer == b""


@given(st.binary(max_size=2000))
def test_any_bytes_are_survived(data):
    _, rest = codec.decode(data)
    assert data.endswith(rest)


@given(st.binary(max_size=2000))
def test_sound_is_carried_unchanged(pcm):
    assert codec.decode(codec.encode_sound(pcm)) == ([codec.Sound(pcm)], b"")


def test_a_frame_has_a_limit():
    with pytest.raises(ValueError, match="65535"):
        codec.encode_sound(bytes(65536))


def test_hang_up_is_three_zero_bytes():
    assert codec.encode_hang_up() == b"\0\0\0"
