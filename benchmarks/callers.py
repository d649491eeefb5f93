"""Callers for the measurements: voices unlike the assistant's own, telephone band, real pauses."""

from __future__ import annotations

import subprocess
from functools import cache

import numpy as np
import numpy.typing as npt
import soxr

ENGINE_HZ = 22050
AUDIBLE = 60.0  # of 32768; quieter edges are cut so that a pause has the length it says
RMS = 2000.0
WAV_HEADER_MARK = b"data"

Sound = npt.NDArray[np.float32]

# Voices and speeds (words a minute) that the shipped speech model was not trained on.
VOICES = (("pl+f4", 150), ("pl+m7", 140), ("pl+linda", 160), ("pl+victor", 150))

QUESTIONS = (
    "o której dziś otwieracie",
    "ile kosztuje paszport",
    "jakie dokumenty są potrzebne do dowodu osobistego",
    "ile się czeka na paszport",
    "gdzie mogę zarejestrować samochód",
    "jak zameldować się na pobyt stały",
    "kiedy wywożą śmieci",
    "gdzie złożyć wniosek o osiemset plus",
    "czy jutro jest otwarte",
    "zgubiłem dowód osobisty co robić",
    "ile kosztuje rejestracja samochodu",
    "jaki jest numer telefonu do urzędu",
    "czy dowód można wyrobić przez internet",
    "jak długo ważny jest paszport",
    "ile mam czasu na zameldowanie",
    "gdzie jest urząd",
    "do kiedy trzeba zarejestrować samochód",
    "jaka jest opłata za paszport dla dziecka",
    "gdzie odebrać dowód osobisty",
    "w jakich godzinach jest czynny urząd",
)

# Sentences that a caller breaks for 0.4 s, at the break.
BROKEN = (
    ("ile kosztuje", "paszport dla dziecka"),
    ("chciałbym zapytać", "jakie dokumenty są potrzebne do dowodu"),
    ("kiedy wywożą", "śmieci z mojej ulicy"),
    ("muszę wymienić dowód", "bo zmieniłam nazwisko"),
    ("gdzie mogę", "zarejestrować samochód"),
    ("proszę mi powiedzieć", "o której zamykacie"),
    ("jutro czy pojutrze", "jest otwarte"),
    ("zgubiłem dowód", "co robić"),
    ("składałam wniosek o paszport", "czy już gotowy"),
    ("mieszkam tu od miesiąca", "jak się zameldować"),
    ("osiemset plus", "gdzie złożyć"),
    ("dzień dobry", "ile się czeka na dowód"),
)


@cache
def speak(text: str, voice: str, rate_wpm: int, rate_hz: int) -> bytes:
    """The caller's voice (espeak-ng): mono s16le, no silence at the edges."""
    wav = subprocess.run(  # noqa: S603 - fixed program, texts of this file
        ("espeak-ng", "-v", voice, "-s", str(rate_wpm), "--stdout", text),  # noqa: S607 - where the system has it
        capture_output=True,
        check=True,
    ).stdout
    begin = wav.index(WAV_HEADER_MARK) + 8
    samples = np.frombuffer(wav[begin : begin + (len(wav) - begin) // 2 * 2], "<i2")
    sound: Sound = soxr.resample(samples.astype(np.float32), ENGINE_HZ, rate_hz)
    audible = np.flatnonzero(np.abs(sound) > AUDIBLE)
    sound = sound[audible[0] : audible[-1] + 1]
    sound *= RMS / np.sqrt(np.mean(sound**2))
    return np.clip(sound, -32768, 32767).astype("<i2").tobytes()


def broken(first: str, second: str, pause_s: float, voice: tuple[str, int], rate_hz: int) -> bytes:
    """Two halves of a sentence with ``pause_s`` of silence between their audible samples."""
    pause = b"\0\0" * int(pause_s * rate_hz)
    return speak(first, *voice, rate_hz) + pause + speak(second, *voice, rate_hz)
