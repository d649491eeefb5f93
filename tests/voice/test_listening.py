"""Does the sound hold the words? What the voice says at telephone rate is heard by Vosk.

Sentences of the assistant go through ``to_speech`` and the default voice at 8000 Hz; the shipped
speech model writes down what it hears. A lost word, a wrong letter set or a cut end shows here.
"""

from __future__ import annotations

import difflib

from polish.fold import normalise
from polish.speech import to_speech
from voice_gateway.settings import ROOT
from voice_gateway.synthesizers.pyttsx3_voice import Pyttsx3Voice
from voice_gateway.values import frame_bytes

MODEL = ROOT / "models" / "speech" / "pl-small"
RATE_HZ = 8000

SENTENCES = [
    "Dowód osobisty jest bezpłatny, a czeka się na niego do 30 dni.",
    "Urząd jest czynny od poniedziałku do piątku, od 8 do 16.",
    "Opłata za paszport wynosi 140 zł.",
    "Zapraszamy na ul. Portową 1, II piętro.",
    "Proszę zabrać stary dowód i jedno zdjęcie.",
    "Wniosek można złożyć do 30 listopada.",
    "Łączę z pracownikiem urzędu, proszę czekać.",
    "Nic nie słychać. Proszę zadać pytanie.",
    "Opłata skarbowa to 17 zł.",
    "Rozmowy nie nagrywamy.",
]


def heard(pcm: bytes) -> list[str]:
    from voice_gateway.recognizers.vosk_recognizer import VoskRecognizer

    session = VoskRecognizer(MODEL).open(RATE_HZ)
    size = frame_bytes(RATE_HZ, 0.1)
    pcm += bytes(frame_bytes(RATE_HZ, 0.4))  # a line is quiet after the last word
    for start in range(0, len(pcm), size):
        session.accept(pcm[start : start + size])
    return normalise(session.finish().text).split()


def errors(said: list[str], got: list[str]) -> int:
    """Words that differ: substituted, missing or added (a little more than the edit distance)."""
    blocks = difflib.SequenceMatcher(a=said, b=got, autojunk=False).get_opcodes()
    return sum(max(a2 - a1, b2 - b1) for tag, a1, a2, b1, b2 in blocks if tag != "equal")


async def test_the_sound_holds_the_words() -> None:
    voice = Pyttsx3Voice(rate_wpm=150, timeout_s=10.0)
    wrong, total, report = 0, 0, []
    try:
        for sentence in SENTENCES:
            said = normalise(to_speech(sentence)).split()
            got = heard(await voice.synthesize(to_speech(sentence), RATE_HZ))
            wrong += errors(said, got)
            total += len(said)
            report.append(f"{' '.join(said)}\n   heard: {' '.join(got)}")
    finally:
        await voice.close()
    assert wrong / total <= 0.15, f"{wrong} of {total} words\n" + "\n".join(report)
