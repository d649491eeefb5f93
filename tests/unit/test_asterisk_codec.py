"""Asterisk's control messages: what we use is read, everything else is skipped."""

import json

from hypothesis import given
from hypothesis import strategies as st

from voice_gateway.channels import asterisk_codec as codec
from voice_gateway.ports import KeyPressed

# As Asterisk 22.10 sends it.
MEDIA_START = json.dumps(
    {
        "event": "MEDIA_START",
        "connection_id": "halo",
        "channel": "WebSocket/halo/0x7f3c",
        "channel_id": "1795444750.323",
        "format": "slin",
        "optimal_frame_size": 320,
        "ptime": 20,
        "channel_variables": {"__HALO_DID": "100"},
    }
)


def test_media_start_says_format_and_frame_size():
    assert codec.decode(MEDIA_START) == codec.MediaStarted("slin", 320)


def test_events_that_we_use():
    assert codec.decode('{"event":"DTMF_END","digit":"#","channel_id":"1"}') == KeyPressed("#")
    assert codec.decode('{"event":"MEDIA_XOFF"}') == codec.Flow(go=False)
    assert codec.decode('{"event":"MEDIA_XON"}') == codec.Flow(go=True)
    mark = '{"event":"MEDIA_MARK_PROCESSED","correlation_id":"m1"}'
    assert codec.decode(mark) == codec.MarkPlayed("m1")


def test_other_events_and_nonsense_are_skipped():
    for text in (
        "",
        "MEDIA_START format:slin",
        "[" * 100_000,
        '{"event":"STATUS","queue_length":3}',
        '{"event":"DTMF_END"}',
        '{"event":"DTMF_END","digit":"10"}',
        '{"event":"DTMF_END","digit":"A"}',
        '{"event":"DTMF_END","digit":7}',
        '{"event":"MEDIA_START","format":"slin"}',
        '{"event":"MEDIA_START","format":"slin","optimal_frame_size":0}',
        '{"event":{"a":1}}',
        '{"event":"MEDIA_MARK_PROCESSED"}',
    ):
        assert codec.decode(text) is None, text


@given(st.text())
def test_any_text_is_survived(text):
    codec.decode(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    st.sampled_from(["MEDIA_START", "DTMF_END", "MEDIA_MARK_PROCESSED", "SOMETHING_NEW"]),
    st.dictionaries(
        st.sampled_from(["format", "optimal_frame_size", "digit", "correlation_id"]), JSON
    ),
)
def test_any_fields_give_a_sound_event_or_none(name, fields):
    event = codec.decode(json.dumps({"event": name, **fields}))
    match event:
        case codec.MediaStarted(sound_format, size):
            assert isinstance(sound_format, str)
            assert size > 0
        case KeyPressed(digit):
            assert digit in codec.KEYS
        case codec.MarkPlayed(mark):
            assert isinstance(mark, str)
        case _:
            assert event is None


def test_commands_are_what_asterisk_reads_and_short_enough():
    commands = {
        "FLUSH_MEDIA": codec.flush_media(),
        "MARK_MEDIA": codec.mark_media("m999999"),
        "HANGUP": codec.hang_up(),
    }
    for name, text in commands.items():
        assert json.loads(text)["command"] == name
        assert len(text.encode()) <= codec.MAX_COMMAND_BYTES
    assert json.loads(commands["MARK_MEDIA"])["correlation_id"] == "m999999"
