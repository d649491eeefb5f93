"""The software caller's ear and the recordings it takes."""

import wave

import pytest

from voice_gateway.errors import RequestError
from voice_gateway.values import frame_bytes
from voice_gateway.voice_client import Ear, read_wav, write_wav

LOUD = b"\x00\x40" * (frame_bytes(8000) // 2)
QUIET = b"\x00\x00" * (frame_bytes(8000) // 2)


def test_sound_sent_ahead_is_heard_one_after_the_other():
    ear = Ear(8000, began_s=10.0)
    ear.receive(LOUD * 10, 10.1)
    ear.receive(LOUD * 10, 10.1)
    assert ear.first_audible_after(10.0) == pytest.approx(10.1)
    assert ear.quiet_for_s(10.6) == pytest.approx(0.1)
    assert len(ear.heard) == frame_bytes(8000, 0.5)


def test_flushed_sound_is_not_heard():
    ear = Ear(8000, began_s=0.0)
    ear.receive(LOUD * 50, 0.0)
    ear.flush(0.3)
    assert ear.quiet_for_s(0.5) == pytest.approx(0.2)
    assert len(ear.heard) == frame_bytes(8000, 0.3)


def test_silence_is_not_an_answer():
    ear = Ear(8000)
    ear.receive(QUIET * 10, 0.0)
    assert ear.first_audible_after(0.0) is None


def test_a_recording_goes_through_a_file_unchanged(tmp_path):
    write_wav(tmp_path / "a.wav", LOUD, 16000)
    recording = read_wav(tmp_path / "a.wav")
    assert (recording.pcm, recording.rate_hz) == (LOUD, 16000)


@pytest.mark.parametrize(("channels", "width", "rate"), [(2, 2, 8000), (1, 1, 8000), (1, 2, 44100)])
def test_a_recording_of_another_shape_is_refused_in_polish(tmp_path, channels, width, rate):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(b"\0" * 400)
    with pytest.raises(RequestError) as refused:
        read_wav(tmp_path / "a.wav")
    assert refused.value.code == "request-wav-format"
    assert "musi być mono" in refused.value.detail_pl
