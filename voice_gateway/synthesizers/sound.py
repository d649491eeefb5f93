"""What every engine's sound goes through: trimmed, resampled, brought to telephone level.

Silence before the first sound is time the caller waits, so it goes. The level is the same for
every sentence, so that a short answer is not louder than a long one.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import soxr

RATES_HZ = (8000, 16000)
"""Rates that channels ask for: telephone and wideband/browser."""

KEEP_S = 0.008
"""Sound kept before the first and after the last audible sample, so that no consonant is cut."""

AUDIBLE = 0.006
"""Share of full scale (-44 dBFS) from which a sample counts as sound."""

TARGET_RMS = 0.1
"""-20 dBFS over the spoken parts: the loud end of what ITU-T P.56 active levels are on lines."""

MAX_PEAK = 0.89
"""-1 dBFS: room for G.711 and for a resampler in a phone."""

FULL_SCALE = 32768.0

Samples = npt.NDArray[np.float32]


def check_rate(rate_hz: int) -> None:
    """Raises ``ValueError`` for a rate that no channel of this project uses."""
    if rate_hz not in RATES_HZ:
        raise ValueError(f"rate_hz must be one of {RATES_HZ}")


def telephone_sound(pcm: bytes, from_hz: int, to_hz: int) -> bytes:
    """PCM (mono s16le) at ``to_hz``: trimmed, level set, never clipped; b"" for silence."""
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype="<i2").astype(np.float32) / FULL_SCALE
    samples = _trim(samples, from_hz)
    if not samples.size:
        return b""
    if from_hz != to_hz:
        samples = soxr.resample(samples, from_hz, to_hz)
    levelled = samples * _gain(samples)
    whole = (np.clip(levelled, -1.0, 1.0) * (FULL_SCALE - 1)).astype("<i2")
    return bytes(whole.tobytes())


def _trim(samples: Samples, rate_hz: int) -> Samples:
    audible = np.nonzero(np.abs(samples) > AUDIBLE)[0]
    if not audible.size:
        return samples[:0]
    keep = int(KEEP_S * rate_hz)
    return samples[max(0, int(audible[0]) - keep) : int(audible[-1]) + keep + 1]


def _gain(samples: Samples) -> float:
    spoken = samples[np.abs(samples) > AUDIBLE]
    rms = math.sqrt(float(np.mean(np.square(spoken)))) if spoken.size else 0.0
    peak = float(np.max(np.abs(samples)))
    if not rms or not peak:
        return 1.0
    return min(TARGET_RMS / rms, MAX_PEAK / peak)


MIN_S_PER_LETTER = 0.014
"""At 150 words a minute espeak-ng takes 0.05-0.09 s a letter; a quarter of that is a lost text."""

MIN_SOUND_S = 0.03


def speakable(text: str) -> str:
    """The text without control characters; "" when it holds nothing that can be said."""
    clean = "".join(c if c.isprintable() else " " for c in text).strip()
    clean = clean.encode("utf-8", "ignore").decode()
    return clean if any(c.isalnum() for c in clean) else ""


def long_enough(pcm: bytes, rate_hz: int, text: str, rate_wpm: int) -> bool:
    """Whether the sound can be the whole text: a lost or cut text is far shorter."""
    seconds = len(pcm) / (2 * rate_hz)
    letters = sum(c.isalpha() for c in text)
    return seconds >= max(MIN_SOUND_S, letters * MIN_S_PER_LETTER * 150 / rate_wpm)
