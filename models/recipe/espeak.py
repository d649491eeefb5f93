"""A small binding of libespeak-ng: text in, audio with phoneme times out.

The engine and its data come from the PyPI package ``espeakng-loader``, so that the
recipe and the measurements speak with one pinned version on every machine.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS; mode 1 is asynchronous and cuts silently
PHONEME_EVENTS = 1
EVENT_END, EVENT_WORD, EVENT_PHONEME = 0, 1, 7
PARAM_RATE, PARAM_PITCH, PARAM_RANGE = 1, 3, 4
UTF8 = 1
SEPARATOR = "/"  # between phoneme names; no name holds it

_TOKEN = re.compile(r"[^\s,.?!]+")


class _EventId(ctypes.Union):
    _fields_ = [
        ("number", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("string", ctypes.c_char * 8),
    ]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True)
class Voice:
    """A caller's voice: an espeak-ng voice name and how it is driven."""

    name: str
    rate_wpm: int = 175
    pitch: int = 50
    pitch_range: int = 50


@dataclass(frozen=True)
class Phone:
    """One phoneme event: which word of the text it belongs to (-1: none) and when it starts."""

    word: int
    symbol: str
    start_s: float


@dataclass(frozen=True)
class Utterance:
    """Spoken text: int16-scale samples at ``rate_hz``, phoneme events, and the text's words."""

    samples: NDArray[np.int16]
    rate_hz: int
    phones: tuple[Phone, ...]
    words: tuple[str, ...]


class Engine:
    """One initialised libespeak-ng. There can be only one in a process."""

    def __init__(self, data_dir: Path | None = None) -> None:
        self._lib: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        path = str(data_dir) if data_dir else espeakng_loader.get_data_path()
        self.rate_hz: int = self._lib.espeak_Initialize(
            SYNCHRONOUS, 0, path.encode(), PHONEME_EVENTS
        )
        if self.rate_hz <= 0:
            raise RuntimeError("espeak-ng could not read its data")
        self._audio: list[NDArray[np.int16]] = []
        self._events: list[tuple[int, int, int, str]] = []
        self._callback = _Callback(self._receive)  # kept: C holds only a pointer
        self._lib.espeak_SetSynthCallback(self._callback)
        self._voice = ""

    def _receive(self, wav: Any, count: int, events: Any) -> int:
        if count > 0:
            self._audio.append(np.ctypeslib.as_array(wav, (count,)).copy())
        index = 0
        while events[index].type != EVENT_END:
            event = events[index]
            if event.type in (EVENT_WORD, EVENT_PHONEME):
                name = event.id.string.decode("utf8", "replace")
                symbol = name if event.type == EVENT_PHONEME else ""
                position = event.text_position - 1
                self._events.append((event.type, event.sample, position, symbol))
            index += 1
        return 0

    def speak(self, text: str, voice: Voice) -> Utterance:
        """Speak ``text``; the phoneme events name the whitespace-separated word they are in."""
        if voice.name != self._voice:
            if self._lib.espeak_SetVoiceByName(voice.name.encode()) != 0:
                raise ValueError(f"espeak-ng has no voice {voice.name!r}")
            self._voice = voice.name
        self._lib.espeak_SetParameter(PARAM_RATE, voice.rate_wpm, 0)
        self._lib.espeak_SetParameter(PARAM_PITCH, voice.pitch, 0)
        self._lib.espeak_SetParameter(PARAM_RANGE, voice.pitch_range, 0)
        self._audio, self._events = [], []
        raw = text.encode()
        self._lib.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, UTF8, None, None)
        samples = np.concatenate(self._audio) if self._audio else np.zeros(0, np.int16)
        tokens = list(_TOKEN.finditer(text))
        phones = self._phones([(t.start(), t.end()) for t in tokens])
        return Utterance(samples, self.rate_hz, phones, tuple(t.group().lower() for t in tokens))

    def phonemes(self, word: str) -> list[str]:
        """The phoneme names of a word said alone by the plain Polish voice, without speaking."""
        if self._voice != "pl":
            self._lib.espeak_SetVoiceByName(b"pl")
            self._voice = "pl"
        self._lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
        text = ctypes.c_char_p(word.encode())
        mode = ord(SEPARATOR) << 8
        found: bytes = self._lib.espeak_TextToPhonemes(ctypes.byref(text), UTF8, mode)
        return [name.strip() for name in found.decode().split(SEPARATOR)]

    def _phones(self, spans: Sequence[tuple[int, int]]) -> tuple[Phone, ...]:
        phones, word = [], -1
        for kind, sample, position, symbol in self._events:
            if kind == EVENT_WORD:
                found = (i for i, (start, end) in enumerate(spans) if start <= position < end)
                word = next(found, word)
            else:
                phones.append(Phone(word, symbol, sample / self.rate_hz))
        return tuple(phones)
