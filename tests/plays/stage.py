"""The stage for plays: a scripted caller, a recogniser that reads the script, a bot that answers.

A caller's sound is a row of 20 ms frames; a frame of speech carries the word it belongs to in the
script, so the same script drives the voice detector and the recogniser.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from voice_gateway.call import CallEnd, CallParts, VoiceCall
from voice_gateway.errors import HearingError, LineClosedError, VoiceError
from voice_gateway.hearing import Hearing
from voice_gateway.notices import Notice
from voice_gateway.ports import KeyPressed, LineEvent
from voice_gateway.sentences import Sentences
from voice_gateway.settings import Settings
from voice_gateway.values import (
    FRAME_S,
    AudioFrame,
    BotReply,
    CallerTurn,
    CallStart,
    Handoff,
    Transcript,
    TurnRecord,
    Understood,
    Utterance,
    Word,
    frame_bytes,
)

RATE_HZ = 8000
SILENCE = b"\0" * frame_bytes(RATE_HZ)
SPEECH_MARK = b"\x01"


@dataclass(frozen=True)
class Say:
    """The caller says ``text`` from ``at_s`` to ``until_s``."""

    at_s: float
    until_s: float
    text: str


@dataclass(frozen=True)
class Press:
    at_s: float
    digit: str


@dataclass(frozen=True)
class HangUp:
    at_s: float


class ScriptedLine:
    """A telephone line whose caller follows a script and remembers what was heard when."""

    lead_s = 0.2

    def __init__(self, script: list[Any]) -> None:
        self.start = CallStart("call-1", "phone", rate_hz=RATE_HZ)
        self.script = script
        self.sent_at_s: list[float] = []
        self.flushed_at_s: list[float] = []
        self.told: list[tuple[float, str, dict[str, object]]] = []
        self.closed = False

    async def events(self) -> AsyncIterator[LineEvent]:
        clock = asyncio.get_running_loop().time
        keys = [item for item in self.script if isinstance(item, Press)]
        ends = [item.at_s for item in self.script if isinstance(item, HangUp)] or [600.0]
        number = 0
        while clock() < ends[0]:
            now_s = number * FRAME_S
            await asyncio.sleep(now_s - clock())
            while keys and keys[0].at_s <= now_s:
                yield KeyPressed(keys.pop(0).digit)
            yield AudioFrame(self._frame(now_s), RATE_HZ)
            number += 1
        self.closed = True

    def _frame(self, now_s: float) -> bytes:
        for item in self.script:
            if isinstance(item, Say) and item.at_s <= now_s < item.until_s:
                words = item.text.split() or [""]
                share = (now_s - item.at_s) / (item.until_s - item.at_s)
                word = words[int(share * len(words))]
                return (SPEECH_MARK + word.encode()).ljust(len(SILENCE), b"\0")
        return SILENCE

    async def send(self, pcm: bytes) -> None:
        if self.closed:
            raise LineClosedError
        self.sent_at_s.append(asyncio.get_running_loop().time())

    async def flush(self) -> None:
        self.flushed_at_s.append(asyncio.get_running_loop().time())

    async def tell(self, event: str, data: dict[str, object]) -> None:
        self.told.append((asyncio.get_running_loop().time(), event, data))

    async def hang_up(self) -> None:
        self.closed = True

    def said(self) -> list[str]:
        """Texts the assistant began to say, in order."""
        return [str(data["text"]) for _, event, data in self.told if event == "reply"]

    def said_at_s(self, text: str) -> float:
        return next(at for at, event, data in self.told if data.get("text") == text)


class MarkDetector:
    """Hears the script's mark."""

    def is_speech(self, frame: AudioFrame) -> bool:
        return frame.pcm.startswith(SPEECH_MARK)


class ScriptReader:
    """A recogniser that reads the words written into the frames."""

    model_name = "script"

    def __init__(self, breaks_at_word: str | None = None) -> None:
        self.breaks_at_word = breaks_at_word
        self._words: list[str] = []

    def open(self, rate_hz: int, phrases: tuple[str, ...] = ()) -> "ScriptReader":
        return self

    def accept(self, pcm: bytes) -> Transcript:
        for offset in range(0, len(pcm), len(SILENCE)):
            frame = pcm[offset : offset + len(SILENCE)]
            word = frame[1:].rstrip(b"\0").decode() if frame.startswith(SPEECH_MARK) else ""
            if word and word == self.breaks_at_word:
                raise HearingError("hearing-failed")
            if word and (not self._words or self._words[-1] != word):
                self._words.append(word)
        return Transcript(" ".join(self._words), final=False)

    def finish(self) -> Transcript:
        words, self._words = self._words, []
        return Transcript(" ".join(words), tuple(Word(w, 0, 0, 1.0) for w in words))


class InlineHearing(Hearing):
    """Hearing without threads: real threads and virtual time do not mix."""

    async def accept(self, pcm: bytes) -> Transcript:
        return self._session.accept(pcm)

    async def finish(self) -> Transcript:
        return self._session.finish()


class Silhouette:
    """A voice whose sound is silence of a fixed length: 0.1 s a word."""

    voice_name = "silhouette"

    def __init__(self, broken: bool = False) -> None:
        self.broken = broken

    async def synthesize(self, spoken: str, rate_hz: int) -> bytes:
        if self.broken and not spoken.startswith("trouble"):
            raise VoiceError("voice-worker-died")
        return b"\0" * frame_bytes(rate_hz, 0.1 * len(spoken.split()))

    async def close(self) -> None: ...


@dataclass
class ScriptedBot:
    """Answers by a table; an answer may be an exception, or take time."""

    answers: dict[str, Any] = field(default_factory=dict)
    takes_s: float = 0.0
    asked: list[CallerTurn] = field(default_factory=list)

    async def reply(self, turn: CallerTurn) -> BotReply:
        self.asked.append(turn)
        await asyncio.sleep(self.takes_s)
        answer = self.answers.get(turn.text, say(f"answer to {turn.text}"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def understand(self, text: str) -> Understood:
        return Understood()

    async def ready(self) -> str:
        return "script"


@dataclass
class KeptRecords:
    turns: list[TurnRecord] = field(default_factory=list)
    handoffs: list[Handoff] = field(default_factory=list)

    async def turn(self, record: TurnRecord) -> None:
        self.turns.append(record)

    async def handoff(self, conversation_id: str, channel: str, handoff: Handoff, context: str):
        self.handoffs.append(handoff)


def say(text: str, **more: Any) -> BotReply:
    return BotReply((Utterance(text, text),), **more)


def plain(text: str, interruptible: bool = True) -> Utterance:
    return Utterance(text, text, interruptible)


SENTENCES = Sentences(
    greeting=(plain("machine speaking konsultant works", False), plain("how can I help")),
    silence_1=plain("are you there"),
    silence_2=plain("nothing heard, a person comes", False),
    not_heard=plain("please repeat"),
    trouble=plain("trouble, a person comes", False),
    connecting=plain("connecting", False),
    one_moment=plain("one moment"),
    goodbye=plain("goodbye"),
)


@dataclass
class Play:
    """Run a script against the real call loop; afterwards look at what happened."""

    script: list[Any]
    bot: ScriptedBot = field(default_factory=ScriptedBot)
    voice: Silhouette = field(default_factory=Silhouette)
    recognizer: ScriptReader = field(default_factory=ScriptReader)
    records: KeptRecords = field(default_factory=KeptRecords)
    notices: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.line = ScriptedLine(self.script)

    async def run(self) -> CallEnd:
        parts = CallParts(
            settings=Settings(data_dir=Path("unused"), _env_file=None),
            recognizer=self.recognizer,
            dialogue=self.bot,
            voice=self.voice,
            records=self.records,
            sentences=lambda: SENTENCES,
            notices=lambda: self.notices,
            executor=ThreadPoolExecutor(1),
            to_speech=str,
            default_department="informacja",
            new_detector=MarkDetector,
            new_hearing=InlineHearing,
        )
        return await VoiceCall(self.line, parts).run()
