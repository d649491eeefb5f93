"""The voice detector on a real recording, silence, and noise."""

from pathlib import Path

import numpy as np
import pytest

from voice_gateway.detection import LevelGatedDetector, level_dbfs
from voice_gateway.values import AudioFrame, frame_bytes
from voice_gateway.voice_client import read_wav

RECORDING = read_wav(Path(__file__).parent.parent / "audio" / "godziny.wav")
LEAD_S = 0.2  # silence at both ends of the recording


def decisions(pcm: bytes, rate_hz: int = 8000) -> list[bool]:
    detector = LevelGatedDetector()
    size = frame_bytes(rate_hz)
    return [
        detector.is_speech(AudioFrame(pcm[at : at + size], rate_hz))
        for at in range(0, len(pcm) - size + 1, size)
    ]


def with_noise(level: float, seed: int = 1) -> bytes:
    samples = np.frombuffer(RECORDING.pcm, "<i2").astype(float)
    noisy = samples + np.random.default_rng(seed).normal(0, level, len(samples))
    return np.clip(noisy, -32768, 32767).astype("<i2").tobytes()


def test_the_edges_of_a_sentence_are_found_to_a_few_frames():
    found = np.flatnonzero(decisions(RECORDING.pcm)) * 0.02
    assert found[0] == pytest.approx(LEAD_S, abs=0.06)
    assert found[-1] == pytest.approx(RECORDING.seconds - LEAD_S, abs=0.16)


def test_a_sentence_has_no_hole_that_would_end_the_turn():
    found = np.flatnonzero(decisions(RECORDING.pcm)) * 0.02
    assert np.diff(found).max() < 0.3


@pytest.mark.parametrize("level", [20, 60])
def test_a_noisy_line_still_ends_the_sentence(level):
    tail = np.random.default_rng(2).normal(0, level, 8000 * 2).astype("<i2").tobytes()
    found = decisions(with_noise(level) + tail)
    assert sum(found[-75:]) < 5


@pytest.mark.parametrize("level", [0, 5, 300, 3000])
def test_silence_and_steady_noise_are_not_speech(level):
    noise = np.random.default_rng(3).normal(0, level, 8000 * 5).astype("<i2").tobytes()
    assert sum(decisions(noise)[100:]) < 8


def test_a_steady_hum_is_not_speech():
    seconds = np.arange(8000 * 5) / 8000
    hum = (4000 * np.sin(2 * np.pi * 50 * seconds)).astype("<i2").tobytes()
    assert sum(decisions(hum)[100:]) == 0


def test_level_is_in_db_of_full_scale():
    assert level_dbfs(b"\0" * 320) == -100.0
    assert level_dbfs(np.full(160, 3277, "<i2").tobytes()) == pytest.approx(-20, abs=0.1)
