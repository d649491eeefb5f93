"""What happens to clean training speech on its way through a room, a handset and a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.recipe import audio
from models.recipe.audio import RATE_HZ, Samples

FFT_BLOCK = 2000  # lengths are padded to multiples of this: prime lengths make the FFT slow
NOISES = ("white", "pink", "brown", "colour", "colour", "hum", "babble", "babble")
EMPTY_KINDS = ("silence", "white", "pink", "colour", "hum", "dtmf", "busy", "music", "babble")


@dataclass(frozen=True)
class Line:
    """A call as it arrives: samples (n,), and where the speech lies in it (in samples)."""

    samples: Samples
    lead: int


def simulate(
    clean: NDArray[np.int16], rng: np.random.Generator, pool: Sequence[NDArray[np.int16]]
) -> Line:
    """Send a clean utterance through a random room, line and codec."""
    lead = int(rng.uniform(0, 0.5) * RATE_HZ)
    trail = int(rng.uniform(0, 0.7) * RATE_HZ)
    trail += (-(len(clean) + lead + trail)) % FFT_BLOCK
    speech = clean.astype(np.float32)
    samples = np.concatenate([np.zeros(lead, np.float32), speech, np.zeros(trail, np.float32)])
    active = slice(lead, lead + len(clean))
    samples *= np.float32(1000 / (np.sqrt(np.mean(samples[active] ** 2)) + 1))
    if rng.random() < 0.3:
        samples = _reverb(samples, rng)
    samples = _handset(samples, rng)
    samples = _disturb(samples, rng, pool, active)
    return Line(_finish(samples, rng, active), lead)


def empty_line(rng: np.random.Generator, pool: Sequence[NDArray[np.int16]]) -> Samples:
    """A call in which nobody speaks: noise, hum, keys, tones, music or a distant crowd."""
    count = int(rng.integers(2, 13)) * FFT_BLOCK
    kind = str(rng.choice(EMPTY_KINDS))
    if kind == "silence":
        return audio.noise(count, rng, "white") * np.float32(10 ** rng.uniform(-2, 0.5))
    if kind == "babble":
        samples = audio.babble(count, rng, pool, int(rng.integers(4, 9)))
    elif kind in ("dtmf", "busy", "music"):
        floor = audio.noise(count, rng, "pink")
        floor *= np.float32(10 ** rng.uniform(-3, -1) / (np.std(floor) + 1e-9))
        samples = audio.tones(count, rng, kind) + floor
    else:
        samples = audio.noise(count, rng, kind)
    if rng.random() < 0.7:
        samples = audio.band(samples, rng.uniform(100, 400), rng.uniform(3000, 3900))
    return _finish(samples, rng, slice(0, count), low_db=-55)


def _reverb(samples: Samples, rng: np.random.Generator) -> Samples:
    length = int(rng.uniform(0.08, 0.4) * RATE_HZ)
    tail = rng.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    tail[0] = 0
    tail *= rng.uniform(0.1, 0.5) / np.sqrt((tail**2).sum())
    tail[0] = 1
    size = 1 << int(np.ceil(np.log2(len(samples) + length)))
    product = np.fft.rfft(samples, size) * np.fft.rfft(tail, size)
    return np.fft.irfft(product, size)[: len(samples)].astype(np.float32)


def _handset(samples: Samples, rng: np.random.Generator) -> Samples:
    draw = rng.random()
    equaliser = rng.uniform(-5, 5, 8).tolist() if rng.random() < 0.5 else None
    tilt = rng.uniform(-4, 4)
    if draw < 0.75:
        low, high = rng.uniform(100, 420), rng.uniform(3000, 3900)
        return audio.band(samples, low, high, tilt, equaliser)
    if draw < 0.9:
        return audio.band(samples, 0, RATE_HZ / 2, tilt, equaliser)
    return samples


def _disturb(
    samples: Samples,
    rng: np.random.Generator,
    pool: Sequence[NDArray[np.int16]],
    active: slice,
) -> Samples:
    count = len(samples)
    if rng.random() >= 0.85:
        floor = rng.standard_normal(count) * 10 ** rng.uniform(-2, 0.3)
        return samples + floor.astype(np.float32)
    kind = str(rng.choice(NOISES))
    if kind == "babble":
        extra = audio.babble(count, rng, pool, int(rng.integers(1, 7)))
    else:
        extra = audio.noise(count, rng, kind)
    if rng.random() < 0.3:  # noise that comes and goes
        swell = np.interp(np.arange(count), np.linspace(0, count, 8), rng.uniform(0.2, 1.5, 8))
        extra = extra * swell.astype(np.float32)
    if rng.random() < 0.7:
        extra = audio.band(extra, rng.uniform(100, 400), rng.uniform(3000, 3900))
    return audio.add_noise(samples, extra, rng.uniform(6 if kind == "babble" else 2, 32), active)


def _finish(
    samples: Samples, rng: np.random.Generator, active: slice, low_db: float = -40
) -> Samples:
    level = 32768 * 10 ** (rng.uniform(low_db, -14) / 20)
    samples = samples * np.float32(level / (np.sqrt(np.mean(samples[active] ** 2)) + 1e-3))
    samples = np.clip(samples, -32768, 32767)
    return audio.mu_law(samples) if rng.random() < 0.8 else np.round(samples)
