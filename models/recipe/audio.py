"""Signal tools in plain numpy: telephone band, G.711, noises, tones. 8 kHz, int16 scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000
FULL_SCALE = 32767.0
BAND_HZ = (300.0, 3400.0)
DTMF_HZ = ((697, 770, 852, 941), (1209, 1336, 1477, 1633))

_TONE_S = {"dtmf": (0.06, 0.4), "busy": (0.4, 1.1), "music": (0.15, 0.8)}

Samples = NDArray[np.float32]


def resample(samples: NDArray[np.generic], from_hz: int, to_hz: int = RATE_HZ) -> Samples:
    """Band-limited resampling of a whole utterance (samples,) -> (samples * to / from,)."""
    count = len(samples)
    wanted = round(count * to_hz / from_hz)
    if not count or not wanted:
        return np.zeros(0, np.float32)
    fast = count + (-count) % 2205  # a smooth length keeps the FFT fast
    out = round(fast * to_hz / from_hz)
    spectrum = np.fft.rfft(samples.astype(np.float32), fast)
    kept = np.zeros(out // 2 + 1, np.complex64)
    shared = min(len(kept), len(spectrum))
    kept[:shared] = spectrum[:shared]
    wave: Samples = np.fft.irfft(kept, out)[:wanted].astype(np.float32)
    return wave * np.float32(out / fast)


def mu_law(samples: Samples) -> Samples:
    """Through G.711 mu-law and back: the segmented 8-bit code of ITU-T G.711."""
    value = np.clip(samples, -FULL_SCALE, FULL_SCALE) / 4.0  # 14-bit
    magnitude = np.minimum(np.abs(value) + 33.0, 8191.0)
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 5
    step = np.exp2(exponent + 1).astype(np.float32)
    mantissa = np.minimum(np.floor(magnitude / step), 31)
    decoded = (mantissa + 0.5) * step - 33.0
    signed: Samples = (np.sign(value) * np.maximum(decoded, 0) * 4.0).astype(np.float32)
    return signed


def band(
    samples: Samples,
    low_hz: float = BAND_HZ[0],
    high_hz: float = BAND_HZ[1],
    tilt_db_per_octave: float = 0.0,
    equaliser_db: Sequence[float] | None = None,
) -> Samples:
    """Filter by a smooth band pass, an optional spectral tilt and an optional equaliser."""
    spectrum = np.fft.rfft(samples)
    freq = np.arange(len(spectrum)) * RATE_HZ / len(samples)
    gain = np.ones(len(spectrum))
    if low_hz > 0:
        gain /= np.sqrt(1 + (low_hz / np.maximum(freq, 1)) ** 6)
    if high_hz < RATE_HZ / 2:
        gain /= np.sqrt(1 + (freq / high_hz) ** 20)
    if tilt_db_per_octave:
        gain *= (np.maximum(freq, 100) / 1000) ** (tilt_db_per_octave / 6.02)
    if equaliser_db is not None:
        points = np.linspace(0, RATE_HZ / 2, len(equaliser_db))
        gain *= 10 ** (np.interp(freq, points, equaliser_db) / 20)
    return np.fft.irfft(spectrum * gain, len(samples)).astype(np.float32)


def noise(count: int, rng: np.random.Generator, kind: str) -> Samples:
    """Noise of ``count`` samples: white, pink, brown, colour (random spectrum) or hum."""
    white = rng.standard_normal(count).astype(np.float32)
    if kind == "white":
        return white
    if kind == "hum":
        return (_harmonics(count, rng, 50.0, (1, 2, 3, 4, 6, 8)) + 0.3 * white).astype(np.float32)
    spectrum = np.fft.rfft(white)
    freq = np.maximum(np.arange(len(spectrum)) * RATE_HZ / count, 20)
    if kind == "pink":
        spectrum /= np.sqrt(freq)
    elif kind == "brown":
        spectrum /= freq
    else:
        shape = np.interp(freq, np.linspace(0, RATE_HZ / 2, 7), rng.uniform(-18, 6, 7))
        spectrum *= 10 ** (shape / 20)
    return np.fft.irfft(spectrum, count).astype(np.float32)


def tones(count: int, rng: np.random.Generator, kind: str) -> Samples:
    """What a line carries beside speech: ``dtmf`` keys, ``busy`` tone, or slow ``music`` chords."""
    out = np.zeros(count, np.float32)
    at = int(rng.uniform(0, 0.3) * RATE_HZ)
    while at < count:
        length = int(rng.uniform(*_TONE_S[kind]) * RATE_HZ)
        if kind == "dtmf":
            pitches = [float(rng.choice(group)) for group in DTMF_HZ]
        elif kind == "busy":
            pitches = [float(rng.choice((400, 425, 440, 480)))]
        else:
            root = 110 * 2 ** (rng.integers(0, 30) / 12)
            pitches = [float(root * 2 ** (step / 12)) for step in rng.choice((0, 3, 4, 7, 12), 3)]
        stop = min(count, at + length)
        for pitch in pitches:
            overtones = (1, 2, 3) if kind == "music" else (1,)
            out[at:stop] += _harmonics(length, rng, pitch, overtones)[: stop - at]
        at += length + int(rng.uniform(0, 0.25 if kind == "music" else 0.5) * RATE_HZ)
    return out


def _harmonics(
    count: int, rng: np.random.Generator, base_hz: float, multiples: Sequence[int]
) -> Samples:
    time = np.arange(count) / RATE_HZ
    total = np.zeros(count)
    for multiple in multiples:
        phase = 2 * np.pi * base_hz * multiple * time + rng.uniform(0, 6)
        total += rng.uniform(0.1, 1) * np.sin(phase) / (multiple if len(multiples) == 3 else 1)
    return total.astype(np.float32)


def babble(
    count: int, rng: np.random.Generator, pool: Sequence[NDArray[np.int16]], talkers: int
) -> Samples:
    """``talkers`` utterances of the pool, looped and mixed at nearly equal loudness."""
    total = np.zeros(count, np.float32)
    for _ in range(talkers):
        talk = pool[int(rng.integers(0, len(pool)))].astype(np.float32)
        if len(talk) < 10:
            continue
        talk /= np.sqrt(np.mean(talk**2)) + 1
        shifted = np.roll(np.resize(talk, count), int(rng.integers(0, count)))
        total += shifted * np.float32(rng.uniform(0.5, 1))
    return total


def add_noise(samples: Samples, extra: Samples, snr_db: float, active: slice) -> Samples:
    """Add ``extra`` so that the speech in ``active`` stands ``snr_db`` above it."""
    speech = float(np.mean(samples[active] ** 2)) + 1e-6
    power = float(np.mean(extra**2)) + 1e-9
    return samples + extra * np.float32(np.sqrt(speech / power / 10 ** (snr_db / 10)))
