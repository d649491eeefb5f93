"""Is this sound speech? WebRTC's detector, held back by an adaptive noise floor.

WebRTC's detector alone keeps saying "speech" for some 100 ms after a word and on loud hum; the
level gate removes both, so that the end of a turn is seen when it happens.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np
import webrtcvad

from voice_gateway.values import FRAME_S, AudioFrame

FULL_SCALE = 32768.0
SILENCE_DBFS = -58.0  # below this a telephone line carries nothing
ABOVE_NOISE_DB = 7.0  # speech stands out of the line's noise by at least this
FLOOR_WINDOW_S = 1.6  # the quietest moment of this window is the noise; longer than a syllable
BELOW_VOICE_DB = 26.0  # what is this much quieter than the voice itself is an echo or a tail
VOICE_DECAY_DB = 0.06  # a frame; the remembered voice level fades over seconds


class LevelGatedDetector:
    """One talk's voice detector; takes 20 ms frames at 8000 or 16000 Hz."""

    def __init__(self, aggressiveness: int = 2) -> None:
        """``aggressiveness`` is WebRTC's 0 (hears everything) to 3 (speech only)."""
        self._vad = webrtcvad.Vad(aggressiveness)
        self._levels: deque[float] = deque(maxlen=int(FLOOR_WINDOW_S / FRAME_S))
        self._voice_dbfs = -90.0

    def is_speech(self, frame: AudioFrame) -> bool:
        """True when somebody speaks in this frame."""
        level = level_dbfs(frame.pcm)
        self._levels.append(level)
        floor = max(min(self._levels), SILENCE_DBFS - ABOVE_NOISE_DB)
        self._voice_dbfs = max(self._voice_dbfs - VOICE_DECAY_DB, -90.0)
        loud = level > floor + ABOVE_NOISE_DB and level > self._voice_dbfs - BELOW_VOICE_DB
        if not loud or not self._vad.is_speech(frame.pcm, frame.rate_hz):
            return False
        self._voice_dbfs = max(self._voice_dbfs, level)
        return True


def level_dbfs(pcm: bytes) -> float:
    """Loudness of mono s16le PCM in dB of full scale; -100 for silence."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
    if not len(samples):
        return -100.0
    rms = float(np.sqrt(np.mean(samples * samples)))
    return 20 * math.log10(rms / FULL_SCALE) if rms > 0.3 else -100.0
