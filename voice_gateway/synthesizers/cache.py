"""A cache around any voice: what was said once costs nothing the second time.

The assistant's own sentences are rendered ahead (``warm``); the few that must be said when
everything else is broken are pinned and never leave memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import structlog

from voice_gateway.errors import VoiceError
from voice_gateway.synthesizers.sound_memory import SoundMemory
from voice_gateway.synthesizers.sound_store import SoundStore

log = structlog.get_logger(__name__)


class RenderingVoice(Protocol):
    """What the cache needs of a voice: ``SpeechSynthesizer`` with a background mode."""

    @property
    def voice_name(self) -> str:
        """Voice and settings: equal names, equal sound."""

    @property
    def engine_name(self) -> str:
        """Engine and version, for people."""

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of what speaks."""

    def start(self) -> None:
        """Bring up what is needed, in the background."""

    async def synthesize(self, spoken: str, rate_hz: int, *, background: bool = False) -> bytes:
        """PCM of the text. Raises ``VoiceError``."""

    async def close(self) -> None:
        """Stop everything. Idempotent."""


@dataclass(slots=True)
class CacheStats:
    """Counters since start, for ``/metrics``."""

    hits: int = 0
    disk_hits: int = 0
    misses: int = 0
    failures: int = 0


class CachedVoice:
    """``SpeechSynthesizer`` with a memory (least recently used out first) of ``max_bytes``.

    Pinned sentences count beside the limit: they are few and fixed.
    """

    def __init__(
        self, voice: RenderingVoice, max_bytes: int, store: SoundStore | None = None
    ) -> None:
        self._voice = voice
        self._memory = SoundMemory(max_bytes)
        self._store = store
        self._under_way: dict[str, asyncio.Task[bytes]] = {}
        self._owned: set[str] = set()
        self.stats = CacheStats()

    @property
    def voice_name(self) -> str:
        """Name of the voice, for ``/readyz``."""
        return self._voice.engine_name or self._voice.voice_name

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the voice's workers."""
        return self._voice.pids

    @property
    def memory(self) -> SoundMemory:
        """What is held, for ``/metrics``."""
        return self._memory

    def start(self) -> None:
        """Bring the workers up in the background. Idempotent."""
        self._voice.start()

    async def ready(self) -> str:
        """Speak one word past the cache: the voice's name. Raises ``VoiceError``."""
        await self._voice.synthesize("tak", 8000)
        return self.voice_name

    async def synthesize(self, spoken: str, rate_hz: int) -> bytes:
        """PCM of the text, from memory, from disk (own sentences) or fresh. Raises ``VoiceError``.

        Callers who want the same text at the same time share one synthesis; one who hangs up
        does not stop it for the others.
        """
        key = self._key(spoken, rate_hz)
        if (pcm := self._memory.get(key)) is not None:
            self.stats.hits += 1
            return pcm
        if key in self._owned and (pcm := await self._from_disk(key)) is not None:
            self.stats.disk_hits += 1
            self._memory.put(key, pcm)
            return pcm
        self.stats.misses += 1
        return await asyncio.shield(self._shared(key, spoken, rate_hz))

    async def warm(
        self, texts: Iterable[str], rates: Iterable[int] = (8000, 16000), *, pin: bool = False
    ) -> int:
        """Render the assistant's own sentences ahead; how many failed. Never raises for a text.

        Runs behind live callers. ``pin`` keeps them in memory for good: they are said even when
        no worker lives. Give only fixed sentences: they are also written to disk.
        """
        rates = tuple(rates)
        failed = 0
        for text in dict.fromkeys(texts):
            for rate_hz in rates:
                try:
                    await self._warm_one(text, rate_hz, pin)
                except VoiceError as error:
                    failed += 1
                    log.warning("voice_sentence_not_rendered", code=error.code)
                await asyncio.sleep(0)
        if self._store:
            await asyncio.to_thread(self._store.trim)
        log.info("voice_warmed", failed=failed, held_bytes=self._memory.size_bytes)
        return failed

    def unpin(self, texts: Iterable[str], rates: Iterable[int] = (8000, 16000)) -> None:
        """Sentences that are no longer ours to say at any price."""
        rates = tuple(rates)
        for text in texts:
            for rate_hz in rates:
                self._memory.unpin(self._key(text, rate_hz))

    async def close(self) -> None:
        """Stop the workers; what memory holds can still be said. Idempotent."""
        await self._voice.close()

    async def _warm_one(self, text: str, rate_hz: int, pin: bool) -> None:
        key = self._key(text, rate_hz)
        self._owned.add(key)
        pcm = self._memory.get(key) or await self._from_disk(key)
        if pcm is None:
            pcm = await self._voice.synthesize(text, rate_hz, background=True)
            await self._to_disk(key, pcm)
        if pin:
            self._memory.pin(key, pcm)
        else:
            self._memory.put(key, pcm)

    def _shared(self, key: str, spoken: str, rate_hz: int) -> asyncio.Task[bytes]:
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._fresh(key, spoken, rate_hz))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._landed(key, done))
        return task

    async def _fresh(self, key: str, spoken: str, rate_hz: int) -> bytes:
        pcm = await self._voice.synthesize(spoken, rate_hz)
        self._memory.put(key, pcm)
        return pcm

    def _landed(self, key: str, task: asyncio.Task[bytes]) -> None:
        self._under_way.pop(key, None)
        if not task.cancelled() and task.exception():  # read: its callers may be gone
            self.stats.failures += 1

    def _key(self, spoken: str, rate_hz: int) -> str:
        return f"{self._voice.voice_name}|{rate_hz}|{spoken}"

    async def _from_disk(self, key: str) -> bytes | None:
        return await asyncio.to_thread(self._store.get, key) if self._store else None

    async def _to_disk(self, key: str, pcm: bytes) -> None:
        if not self._store:
            return
        try:
            await asyncio.to_thread(self._store.put, key, pcm)
        except OSError as error:
            log.warning("voice_store_failed", reason=type(error).__name__)
