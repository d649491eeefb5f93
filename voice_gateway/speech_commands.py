"""``halo say`` and ``halo transcribe``: the voice and the ears by themselves."""

from __future__ import annotations

from pathlib import Path

from polish.speech import to_speech
from voice_gateway.recognizers.vosk_recognizer import VoskRecognizer
from voice_gateway.settings import Settings
from voice_gateway.speech_models import speech_model_folder
from voice_gateway.synthesizers.build import build_voice
from voice_gateway.values import frame_bytes
from voice_gateway.voice_client import read_wav, write_wav

TELEPHONE_HZ = 8000
PIECE_S = 0.1


async def say_to_file(text: str, out: Path, settings: Settings) -> None:
    """Speak ``text`` (as shown; it is expanded for reading) into a WAV of 8000 Hz."""
    voice = build_voice(settings)
    try:
        pcm = await voice.synthesize(to_speech(text), TELEPHONE_HZ)
    finally:
        await voice.close()
    write_wav(out, pcm, TELEPHONE_HZ)


def transcribe_file(file: Path, settings: Settings) -> str:
    """What the speech model hears in ``file``, fed in pieces as from a telephone."""
    recording = read_wav(file)
    session = VoskRecognizer(speech_model_folder(settings)).open(recording.rate_hz)
    size = frame_bytes(recording.rate_hz, PIECE_S)
    for offset in range(0, len(recording.pcm), size):
        session.accept(recording.pcm[offset : offset + size])
    return session.finish().text
