"""What the gateway says by itself, as it stands in the files now: greeting, fixed sentences,
incident messages, and the office's facts.

The files are looked at four times a second on every machine. A change is rendered to sound first
and then taken, so that the first caller need not wait for it; if rendering takes longer than
``RENDER_S``, it is taken all the same, for two seconds are promised.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import structlog

from actions.office.facts import Office, load_office
from actions.office.incidents import FILE, Incident, load_incidents, told_now
from actions.office.system import load_system
from polish.speech import to_speech
from voice_gateway import telemetry
from voice_gateway.chat_values import ChatSentences
from voice_gateway.errors import SetupError
from voice_gateway.notices import Notice
from voice_gateway.sentences import Sentences, sentences_from

log = structlog.get_logger(__name__)

PERIOD_S = 0.25
RENDER_S = 1.0
FILES = ("office.yml", "system.yml", FILE)


class WarmVoice(Protocol):
    """What is needed of the voice."""

    async def warm(self, texts: Sequence[str], *, pin: bool = False) -> int:
        """Render texts ahead; how many failed."""

    def unpin(self, texts: Sequence[str]) -> None:
        """Texts that need no longer be held for good."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """One consistent picture of the files."""

    office: Office
    voice: Sentences
    chat: ChatSentences
    incidents: tuple[Incident, ...]

    def pinned(self) -> list[str]:
        """What must be sayable even when the voice is down, ready to be read aloud."""
        return [to_speech(utterance.spoken) for utterance in self.voice.all()]

    def coming(self, now: datetime) -> list[str]:
        """The messages that are told now or later, ready to be read aloud."""
        return [to_speech(one.spoken) for one in self.incidents if one.phase(now) != "past"]


def read_words(folder: Path) -> OwnWords:
    """Read the files. Raises ``SetupError`` naming what is wrong."""
    system = load_system(folder / "system.yml")
    return OwnWords(
        load_office(folder / "office.yml"),
        sentences_from(system),
        ChatSentences.from_system(system),
        tuple(load_incidents(folder)),
    )


class LiveSentences:
    """The present picture, for calls, chats and hand-offs."""

    def __init__(
        self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Raises ``SetupError`` when the files cannot be read at the start."""
        self._folder = folder
        self._now = now
        self._stamp = self._stamps()
        self._words = read_words(folder)

    @property
    def words(self) -> OwnWords:
        """The whole picture."""
        return self._words

    def voice(self) -> Sentences:
        """A call's sentences."""
        return self._words.voice

    def chat(self) -> ChatSentences:
        """The chat's sentences."""
        return self._words.chat

    def office(self) -> Office:
        """The office's facts."""
        return self._words.office

    def notices(self) -> list[Notice]:
        """The messages of this moment, the latest first."""
        current = told_now(self._words.incidents, self._now())
        return [Notice(one.id, one.text, one.spoken, one.topics) for one in current]

    async def refresh(self, voice: WarmVoice) -> bool:
        """Take the files' present words, if they changed; whether they did.

        A broken file is reported once and changes nothing.
        """
        stamp = await asyncio.to_thread(self._stamps)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            words = await asyncio.to_thread(read_words, self._folder)
        except SetupError as error:
            telemetry.count_error(error.code)
            log.error("own_words_broken", code=error.code)
            return False
        before = self._words.pinned()
        rendering = asyncio.create_task(self._render(words, voice))
        await asyncio.wait({rendering}, timeout=RENDER_S)
        self._words = words
        log.info("own_words_changed", count=len(words.incidents))
        await rendering
        voice.unpin([text for text in before if text not in words.pinned()])
        return True

    async def _render(self, words: OwnWords, voice: WarmVoice) -> None:
        await voice.warm(words.coming(self._now()))  # first: they are what changes in a hurry
        await voice.warm(words.pinned(), pin=True)

    def _stamps(self) -> tuple[tuple[int, int, int], ...]:
        found = []
        for name in FILES:
            try:
                status = (self._folder / name).stat()
            except OSError:
                found.append((0, 0, 0))
            else:
                found.append((status.st_mtime_ns, status.st_size, status.st_ino))
        return tuple(found)


async def run_live(live: LiveSentences, voice: WarmVoice, period_s: float = PERIOD_S) -> None:
    """Until cancelled: what is said is what stands in the files."""
    while True:
        await asyncio.sleep(period_s)
        await live.refresh(voice)
