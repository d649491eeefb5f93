"""Vosk and espeak-ng as services of pipecat, each at its quickest."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import vosk
from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.services.settings import STTSettings, TTSSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.utils.time import time_now_iso8601
from pyttsx3.drivers import _espeak as espeak
from stages import Stages

PIECE_S = 0.1  # sound that Vosk gets at once
FINAL_WORDS_S = 0.3  # from the end of speech: the VAD's 0.2 s and, seldom reached, 0.1 s of Vosk
VOICE, RATE_WPM = "pl", 150
ESPEAK_CHUNK_MS = 50


class VoskService(STTService):
    """Vosk streaming all the time; its final words at the moment when the VAD says stop."""

    def __init__(self, model: vosk.Model, rate_hz: int, stages: Stages):
        super().__init__(
            sample_rate=rate_hz,
            ttfs_p99_latency=FINAL_WORDS_S,
            settings=STTSettings(model=None, language=None),
        )
        self._recognizer = vosk.KaldiRecognizer(model, rate_hz)
        self._piece_bytes = int(PIECE_S * rate_hz) * 2
        self._pending = b""
        self._partial = ""
        self._held = ""  # words before an end that Vosk saw and the VAD did not
        self._stages = stages

    async def run_stt(self, audio: bytes) -> AsyncIterator[Frame | None]:
        """Take sound; partial words, and whole sentences where Vosk itself ends one."""
        self._pending += audio
        if len(self._pending) < self._piece_bytes:
            return
        pcm, self._pending = self._pending, b""
        ended, words = await asyncio.to_thread(self._accept, pcm)
        if ended and words and self._user_speaking:
            self._held = f"{self._held} {words}"
        elif ended and words:  # a word too short for the VAD
            yield TranscriptionFrame(words, "", time_now_iso8601())
        elif words and words != self._partial:
            yield InterimTranscriptionFrame(words, "", time_now_iso8601())
        self._partial = "" if ended else words

    async def _handle_vad_user_stopped_speaking(self, frame: VADUserStoppedSpeakingFrame) -> None:
        await super()._handle_vad_user_stopped_speaking(frame)
        began = time.monotonic()
        pcm, self._pending, self._partial = self._pending, b"", ""
        words = f"{self._held} {await asyncio.to_thread(self._finish, pcm)}".strip()
        self._held = ""
        self._stages.hearing_s = time.monotonic() - began
        if words:
            # Marked final, so that pipecat does not wait for more words.
            await self.push_frame(TranscriptionFrame(words, "", time_now_iso8601(), finalized=True))

    def _accept(self, pcm: bytes) -> tuple[bool, str]:
        if self._recognizer.AcceptWaveform(pcm):
            return True, words_of(self._recognizer.Result())
        return False, words_of(self._recognizer.PartialResult())

    def _finish(self, pcm: bytes) -> str:
        before = ""
        if pcm and self._recognizer.AcceptWaveform(pcm):
            before = words_of(self._recognizer.Result())
        return f"{before} {words_of(self._recognizer.FinalResult())}".strip()


def words_of(result_json: str) -> str:
    """The words of a result of Vosk, whole or partial, without sound that is no word."""
    result = json.loads(result_json)
    said: str = result.get("text", "") or result.get("partial", "")
    return " ".join(word for word in said.split() if word != "[unk]")


class Espeak:
    """espeak-ng in this process, synchronous; one sentence at a time, as the library demands."""

    def __init__(self) -> None:
        self.rate_hz = espeak.Initialize(espeak.AUDIO_OUTPUT_SYNCHRONOUS, ESPEAK_CHUNK_MS)
        espeak.SetVoiceByName(VOICE.encode())
        espeak.SetParameter(espeak.RATE, RATE_WPM)
        espeak.SetSynthCallback(self._sound)
        self._thread = ThreadPoolExecutor(1)
        self._take: Callable[[bytes], bool] = lambda pcm: False

    def _sound(self, wave: object, samples: int, _events: object) -> int:
        if not wave or not samples:
            return 0
        return 0 if self._take(np.ctypeslib.as_array(wave, (samples,)).tobytes()) else 1

    async def speak(self, text: str) -> AsyncIterator[bytes]:
        """Sound of ``text`` while it is being made; stops making it when nobody takes it."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Queue[bytes | None] = asyncio.Queue()
        wanted = True

        def take(pcm: bytes) -> bool:
            loop.call_soon_threadsafe(ready.put_nowait, pcm)
            return wanted

        def make() -> None:
            self._take = take
            espeak.Synth(text, flags=espeak.CHARS_UTF8)
            loop.call_soon_threadsafe(ready.put_nowait, None)

        making = loop.run_in_executor(self._thread, make)
        try:
            while (pcm := await ready.get()) is not None:
                yield pcm
        finally:
            wanted = False
            await asyncio.shield(making)


class EspeakService(TTSService):
    """The voice of the pipeline; pipecat resamples it."""

    def __init__(self, voice: Espeak):
        super().__init__(
            push_start_frame=True,
            push_stop_frames=True,
            settings=TTSSettings(model=None, voice=VOICE, language=None),
        )
        self._espeak = voice

    async def run_tts(self, text: str, context_id: str) -> AsyncIterator[Frame | None]:
        """Sound frames of one sentence."""
        async for frame in self._stream_audio_frames_from_iterator(
            self._espeak.speak(text), in_sample_rate=self._espeak.rate_hz, context_id=context_id
        ):
            yield frame
