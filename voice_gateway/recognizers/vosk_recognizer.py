"""SpeechRecognizer on Vosk: one shared model, a light recogniser a talk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import vosk

from voice_gateway.errors import HearingError
from voice_gateway.values import Transcript, Word

UNKNOWN_WORD = "[unk]"  # what Vosk writes for sound that is no word of its vocabulary


class VoskSession:
    """One talk's recogniser. Vosk's own endpoints are joined, never obeyed.

    Only the turn detector ends a turn; Vosk cutting a sentence in two must not be seen outside.
    """

    def __init__(self, recognizer: Any) -> None:
        self._recognizer = recognizer
        self._words: list[Word] = []

    def accept(self, pcm: bytes) -> Transcript:
        """Take PCM and give the words so far."""
        try:
            if self._recognizer.AcceptWaveform(pcm):
                self._words += _words(self._recognizer.Result())
                partial = ""
            else:
                partial = str(json.loads(self._recognizer.PartialResult()).get("partial", ""))
        except Exception as error:  # the binding raises bare Exception
            raise HearingError("hearing-failed", type(error).__name__) from error
        said = [word.text for word in self._words]
        said += [word for word in partial.split() if word != UNKNOWN_WORD]
        return Transcript(" ".join(said), tuple(self._words), final=False)

    def finish(self) -> Transcript:
        """End the utterance and give its words with times and confidences."""
        try:
            self._words += _words(self._recognizer.FinalResult())
        except Exception as error:  # the binding raises bare Exception
            raise HearingError("hearing-failed", type(error).__name__) from error
        words, self._words = tuple(self._words), []
        return Transcript(" ".join(word.text for word in words), words)


class VoskRecognizer:
    """The shared model; the shipped one loads in 0.05 s, the official one in seconds."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is a Vosk model directory. Raises ``HearingError`` when it cannot be used."""
        vosk.SetLogLevel(-1)
        try:
            self._model = vosk.Model(str(folder))
        except Exception as error:  # the binding raises bare Exception
            raise HearingError("hearing-model", f"no usable model in {folder.name}") from error
        self._name = folder.name

    @property
    def model_name(self) -> str:
        """The model folder's name."""
        return self._name

    def open(self, rate_hz: int, phrases: tuple[str, ...] = ()) -> VoskSession:
        """A session at ``rate_hz`` (8000 or 16000); ``phrases`` limits what can be heard."""
        try:
            if phrases:
                grammar = json.dumps([*phrases, UNKNOWN_WORD], ensure_ascii=False)
                recognizer = vosk.KaldiRecognizer(self._model, rate_hz, grammar)
            else:
                recognizer = vosk.KaldiRecognizer(self._model, rate_hz)
            recognizer.SetWords(True)
        except Exception as error:  # the binding raises bare Exception
            raise HearingError("hearing-failed", type(error).__name__) from error
        return VoskSession(recognizer)


def _words(result_json: str) -> list[Word]:
    """The words of one Vosk result; ``[unk]`` is not a word."""
    return [
        Word(item["word"], float(item["start"]), float(item["end"]), float(item["conf"]))
        for item in json.loads(result_json).get("result", [])
        if item["word"] != UNKNOWN_WORD
    ]
