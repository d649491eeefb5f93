"""espeak-ng through pyttsx3's own low-level binding, in synchronous mode.

pyttsx3's usual interface (``init``/``say``/``runAndWait``) loses texts and crashes with threads on
Linux; its binding in SYNCHRONOUS mode gives the whole sound before ``Synth`` returns. One engine a
process, one text at a time: the library keeps its state in globals. Run only inside a worker.
"""

from __future__ import annotations

import ctypes
from typing import Any

import espeakng_loader

from voice_gateway.errors import SetupError

LIBRARY = "libespeak-ng.so.1"


def _load_library(bundled: bool) -> bytes | None:
    """Make ``libespeak-ng.so.1`` loadable; the data folder if it is not the system's own."""
    if not bundled:
        try:
            ctypes.CDLL(LIBRARY)
        except OSError:
            bundled = True
        else:
            return None
    # Loaded under its own name (soname), so that the binding's dlopen finds it.
    ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
    return str(espeakng_loader.get_data_path()).removesuffix("/espeak-ng-data").encode()


class EspeakEngine:
    """One engine with its voice set. ``bundled`` takes espeakng-loader's library in any case.

    Raises ``SetupError`` when there is no library or no such voice.
    """

    def __init__(self, voice: str, rate_wpm: int, pitch: int, bundled: bool = False) -> None:
        try:
            data = _load_library(bundled)
            from pyttsx3.drivers import _espeak as binding  # noqa: PLC0415 - after the library
        except (OSError, RuntimeError) as error:
            raise SetupError("setup-voice", "no espeak-ng library") from error
        self._binding: Any = binding
        self.rate_hz: int = binding.Initialize(binding.AUDIO_OUTPUT_SYNCHRONOUS, 200, data, 0)
        if self.rate_hz <= 0 or binding.SetVoiceByName(voice.encode()) != binding.EE_OK:
            raise SetupError("setup-voice", "espeak-ng has no such voice")
        binding.SetParameter(binding.RATE, rate_wpm)
        binding.SetParameter(binding.PITCH, pitch)
        self._chunks: list[bytes] = []
        binding.SetSynthCallback(self._collect)

    @property
    def name(self) -> str:
        """Name and version of the engine that speaks."""
        return "espeak-ng " + str(self._binding.Info().decode())

    def render(self, text: str) -> bytes:
        """PCM (mono s16le at ``rate_hz``) of the whole text."""
        self._chunks.clear()
        self._binding.Synth(text, flags=self._binding.CHARS_UTF8)
        return b"".join(self._chunks)

    def _collect(self, wav: Any, samples: int, _events: Any) -> int:
        if wav and samples > 0:
            self._chunks.append(ctypes.string_at(wav, samples * 2))
        return 0
