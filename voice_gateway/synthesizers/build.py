"""The voice as the settings ask for it."""

from __future__ import annotations

from voice_gateway.errors import SetupError
from voice_gateway.settings import Settings
from voice_gateway.synthesizers.cache import CachedVoice, RenderingVoice
from voice_gateway.synthesizers.sound_store import SoundStore

MEMORY_BYTES = 64 * 1024 * 1024
"""About an hour of telephone sound."""

DISK_BYTES = 512 * 1024 * 1024


def build_voice(settings: Settings) -> CachedVoice:
    """The chosen voice with its cache; starts nothing before its first use or ``start()``.

    Raises ``SetupError`` for an unknown ``voice_engine`` or a missing program.
    """
    store = SoundStore(settings.data_dir / "voice", DISK_BYTES)
    return CachedVoice(_engine(settings), MEMORY_BYTES, store)


def _engine(settings: Settings) -> RenderingVoice:
    if settings.voice_engine == "pyttsx3":
        from voice_gateway.synthesizers.pyttsx3_voice import Pyttsx3Voice  # noqa: PLC0415 - chosen

        return Pyttsx3Voice(
            rate_wpm=settings.voice_rate_wpm,
            timeout_s=settings.voice_timeout_s,
            workers=settings.voice_workers,
        )
    if settings.voice_engine == "espeak":
        from voice_gateway.synthesizers.espeak_process import EspeakProcess  # noqa: PLC0415 - same

        return EspeakProcess(rate_wpm=settings.voice_rate_wpm, timeout_s=settings.voice_timeout_s)
    raise SetupError("setup-voice", "HALO_VOICE_ENGINE must be pyttsx3 or espeak")
