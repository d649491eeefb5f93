"""The few ports between the talk and the outside world. Each adapter is one file.

Contract tests in ``tests/contracts/`` run against every adapter of a port.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from voice_gateway.values import (
    AudioFrame,
    BotReply,
    CallerTurn,
    CallStart,
    Handoff,
    Transcript,
    TurnRecord,
    Understood,
)


class RecognitionSession(Protocol):
    """Hears one talk. Driven from one thread at a time; never from the event loop."""

    def accept(self, pcm: bytes) -> Transcript:
        """Take PCM (mono s16le at the session's rate); give the words heard so far (not final)."""

    def finish(self) -> Transcript:
        """End the utterance: its final words. The session is then ready for the next one."""


class SpeechRecognizer(Protocol):
    """A shared speech model that opens one light session a call."""

    @property
    def model_name(self) -> str:
        """Name of the model that hears, for ``/readyz`` and the start page."""

    def open(self, rate_hz: int, phrases: tuple[str, ...] = ()) -> RecognitionSession:
        """A session at 8000 or 16000 Hz; ``phrases`` limits hearing to a list.

        Raises ``HearingError`` when the model cannot be used.
        """


class SpeechSynthesizer(Protocol):
    """Turns ready-to-read Polish into sound."""

    @property
    def voice_name(self) -> str:
        """Name of the voice, for ``/readyz``."""

    async def synthesize(self, spoken: str, rate_hz: int) -> bytes:
        """PCM (mono s16le at ``rate_hz``) of the whole text. Raises ``VoiceError``."""

    async def close(self) -> None:
        """Stop workers. Idempotent."""


class DialogueEngine(Protocol):
    """Decides what is meant and what is said next."""

    async def reply(self, turn: CallerTurn) -> BotReply:
        """The answer to one turn. Raises ``DialogueError``; never returns an empty reply."""

    async def understand(self, text: str) -> Understood:
        """What the text means, without answering and without changing any talk."""

    async def ready(self) -> str:
        """Name of the loaded model. Raises ``DialogueError`` while it cannot answer."""


class VoiceDetector(Protocol):
    """Says whether a 20 ms frame holds speech. Keeps state; one a call."""

    def is_speech(self, frame: AudioFrame) -> bool:
        """True when somebody speaks in this frame."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A DTMF key: 0-9, *, #."""

    digit: str


LineEvent = AudioFrame | KeyPressed


class CallLine(Protocol):
    """One voice talk's wire: a phone leg or a browser's microphone and speaker.

    The far side may buffer ``lead_s`` of sound ahead; the player keeps at most so much sent ahead
    of what was heard, so that interrupting is quick and a slow moment of ours is not heard.
    """

    start: CallStart
    lead_s: float

    def events(self) -> AsyncIterator[LineEvent]:
        """The caller's sound in 20 ms frames, and keys. Ends when the caller hangs up."""

    async def send(self, pcm: bytes) -> None:
        """Send one 20 ms piece of sound. Raises ``LineClosedError`` after a hang-up."""

    async def flush(self) -> None:
        """Throw away sound that was sent and not yet played (barge-in)."""

    async def tell(self, event: str, data: dict[str, object]) -> None:
        """Show something beside the sound (transcript, reply …); phones ignore it."""

    async def hang_up(self) -> None:
        """End our leg; what was sent before is played first. Idempotent."""


class Clock(Protocol):
    """The only way the talk reads time, so that tests can run it virtually."""

    def now_s(self) -> float:
        """Monotonic seconds."""

    async def sleep(self, seconds: float) -> None:
        """Wait; cancellable."""


class Records(Protocol):
    """What is kept: masked turns and hand-offs. Never blocks a talk, never holds sound."""

    async def turn(self, record: TurnRecord) -> None:
        """Keep one turn."""

    async def handoff(
        self, conversation_id: str, channel: str, handoff: Handoff, context: str
    ) -> None:
        """Keep a wish to reach a person; ``context`` is a short masked summary."""

    async def purge(self, older_than_days: int) -> int:
        """Forget what is older; how many records. Raises ``HaloError`` when it could not."""
