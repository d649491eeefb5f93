"""What every voice must do, whichever engine speaks. Real engines, real processes."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator, Callable

import numpy as np
import pytest

from voice_gateway.errors import VoiceError
from voice_gateway.synthesizers.cache import CachedVoice
from voice_gateway.synthesizers.espeak_process import EspeakProcess
from voice_gateway.synthesizers.pyttsx3_voice import Pyttsx3Voice

PATIENT_S = 60.0  # deadlines for a busy test machine; the product's own is a setting
HIT_S = 12.0  # where a stuck worker makes the test wait for half of it
GREETING = "Dzień dobry, tu automatyczny asystent urzędu miasta."

Voice = Pyttsx3Voice | EspeakProcess | CachedVoice


def pyttsx3_system(timeout_s: float) -> Voice:
    return Pyttsx3Voice(rate_wpm=150, timeout_s=timeout_s)


def pyttsx3_bundled(timeout_s: float) -> Voice:
    return Pyttsx3Voice(rate_wpm=150, timeout_s=timeout_s, bundled=True)


def espeak_process(timeout_s: float) -> Voice:
    return EspeakProcess(rate_wpm=150, timeout_s=timeout_s)


def cached(timeout_s: float) -> Voice:
    return CachedVoice(Pyttsx3Voice(rate_wpm=150, timeout_s=timeout_s), max_bytes=1 << 24)


needs_program = pytest.mark.skipif(
    not shutil.which("espeak-ng"), reason="the program espeak-ng is not installed"
)
ADAPTERS = [
    pyttsx3_system,
    pyttsx3_bundled,
    pytest.param(espeak_process, marks=needs_program),
    cached,
]


@pytest.fixture(params=ADAPTERS)
async def voice(request: pytest.FixtureRequest) -> AsyncIterator[Voice]:
    make: Callable[[float], Voice] = request.param
    voice = make(HIT_S if "hit" in request.node.name else PATIENT_S)
    yield voice
    await voice.close()


def seconds(pcm: bytes, rate_hz: int) -> float:
    return len(pcm) / (2 * rate_hz)


def samples(pcm: bytes) -> np.ndarray:
    return np.frombuffer(pcm, dtype="<i2").astype(int)


@pytest.mark.parametrize("rate_hz", [8000, 16000])
async def test_length_and_level(voice: Voice, rate_hz: int) -> None:
    pcm = await voice.synthesize(GREETING, rate_hz)
    assert 3.0 < seconds(pcm, rate_hz) < 5.5
    loudness = np.abs(samples(pcm))
    assert 8000 < loudness.max() < 32000, "loud enough for a telephone, nothing clipped"
    assert np.argmax(loudness > 300) / rate_hz < 0.03, "the caller does not wait for silence"
    assert np.argmax(loudness[::-1] > 300) / rate_hz < 0.05


async def test_polish_letters_are_spoken(voice: Voice) -> None:
    plain = await voice.synthesize("laka", 8000)
    polish = await voice.synthesize("łąka", 8000)
    assert plain != polish
    assert seconds(await voice.synthesize("zażółć gęślą jaźń", 8000), 8000) > 0.9


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "...", "🙂", "\x00\x07"])
async def test_nothing_to_say_is_an_error(voice: Voice, text: str) -> None:
    with pytest.raises(VoiceError) as caught:
        await voice.synthesize(text, 8000)
    assert caught.value.code == "voice-empty"
    assert await voice.synthesize("tak", 8000), "and the voice still works"


@pytest.mark.parametrize("text", ["tak", "o", "<b>uwaga</b> & [[x]]", "dom\x00ek", "\ud83d dom"])
async def test_odd_and_short_texts_are_spoken(voice: Voice, text: str) -> None:
    assert seconds(await voice.synthesize(text, 8000), 8000) > 0.05


async def test_a_very_long_text_comes_whole(voice: Voice) -> None:
    sentence = "Proszę czekać na linii. "
    one = seconds(await voice.synthesize(sentence, 8000), 8000)
    pcm = await voice.synthesize(sentence * (5000 // len(sentence)), 8000)
    assert seconds(pcm, 8000) > one * (5000 // len(sentence)) * 0.9


async def test_an_unknown_rate_is_refused(voice: Voice) -> None:
    with pytest.raises(ValueError, match="rate_hz"):
        await voice.synthesize("tak", 44100)


async def test_three_callers_of_thirty_sentences_each_get_their_own(voice: Voice) -> None:
    texts = [f"Numer {i}, " + "proszę podejść do okienka, " * (1 + i % 4) for i in range(30)]
    alone = {text: len(await voice.synthesize(text, 8000)) for text in texts[:4]}

    async def caller() -> list[int]:
        return [len(await voice.synthesize(text, 8000)) for text in texts]

    for lengths in await asyncio.gather(caller(), caller(), caller()):
        for text, length in zip(texts, lengths, strict=True):
            assert length > 0
            if text in alone:
                # Prosody differs by a few milliseconds with what was said before.
                assert length == pytest.approx(alone[text], rel=0.05)


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_worker_hit_in_mid_sentence(voice: Voice, blow: signal.Signals) -> None:
    await voice.synthesize("tak", 8000)
    began = time.monotonic()
    talk = asyncio.create_task(voice.synthesize("Proszę czekać na linii. " * 150, 8000))
    while not voice.pids:
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.01)
    for pid in voice.pids:
        os.kill(pid, blow)
    try:
        assert seconds(await talk, 8000) > 100, "a second attempt that works"
    except VoiceError as error:
        assert error.code in {"voice-worker-died", "voice-timeout"}
    assert time.monotonic() - began < HIT_S + 3
    assert seconds(await voice.synthesize("Już działa.", 8000), 8000) > 0.4


async def test_closing_twice_and_speaking_after(voice: Voice) -> None:
    await voice.synthesize("tak", 8000)
    await voice.close()
    await voice.close()
    with pytest.raises(VoiceError):
        await voice.synthesize("tego jeszcze nie mówiłam", 8000)
    assert not voice.pids
