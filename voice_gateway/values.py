"""The values that pass between the stages of a talk.

channel -> AudioFrame -> Transcript -> CallerTurn -> BotReply -> Utterance -> audio -> Playback

Plain frozen data. This module imports nothing of the project.
Times are seconds (``_s``), rates are Hz, audio is mono 16-bit little-endian PCM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

BYTES_PER_SAMPLE = 2
FRAME_S = 0.02

Channel = Literal["phone", "browser", "chat"]
TurnKind = Literal["speech", "typed", "key", "silence"]
Expects = Literal["anything", "yes_no", "digits"]


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """A piece of sound: mono 16-bit little-endian PCM at ``rate_hz``; usually 20 ms."""

    pcm: bytes
    rate_hz: int

    @property
    def seconds(self) -> float:
        """Length of the piece in seconds."""
        return len(self.pcm) / (BYTES_PER_SAMPLE * self.rate_hz)


def frame_bytes(rate_hz: int, seconds: float = FRAME_S) -> int:
    """Bytes of PCM in ``seconds`` of sound at ``rate_hz``, whole samples only."""
    return round(rate_hz * seconds) * BYTES_PER_SAMPLE


@dataclass(frozen=True, slots=True)
class Word:
    """One heard word; times count from the start of the utterance; confidence is 0..1."""

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What the recogniser heard. ``final`` is False while the caller still speaks."""

    text: str
    words: tuple[Word, ...] = ()
    final: bool = True

    @property
    def confidence(self) -> float:
        """Mean confidence of the words, 0..1; 0 when nothing was heard."""
        return sum(w.confidence for w in self.words) / len(self.words) if self.words else 0.0


@dataclass(frozen=True, slots=True)
class Entity:
    """A piece of the caller's text that was recognised, with its place in characters."""

    entity: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Understood:
    """What one text means, in the ids of ``nlu_data/taxonomy.yml``.

    ``act`` is None for a plain question. ``topic``/``aspect`` are None when not named or unsure.
    ``confidence`` is 0..1 for the answer as a whole; ``model`` names the model that decided.
    """

    act: str | None = None
    topic: str | None = None
    aspect: str | None = None
    confidence: float = 0.0
    entities: tuple[Entity, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class CallerTurn:
    """One turn of a resident, in words. Everything before this is hearing, after it is talk."""

    conversation_id: str
    channel: Channel
    text: str
    kind: TurnKind = "typed"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing that the assistant says.

    ``text`` is shown and may hold links; ``spoken`` is Polish ready to be read aloud.
    ``interruptible`` is False for the legal notice and for what confirms a deed.
    """

    text: str
    spoken: str
    interruptible: bool = True


@dataclass(frozen=True, slots=True)
class Handoff:
    """A wish to pass the talk to a person.

    ``department`` is an id of ``nlu_data/office.yml``; ``reason`` one of: asked, key, unsure,
    complaint, trouble, silence, no_answer. ``state``: none, waiting, taken, ended.
    """

    department: str
    reason: str
    topic: str | None = None
    state: Literal["none", "waiting", "taken", "ended"] = "waiting"


@dataclass(frozen=True, slots=True)
class BotReply:
    """The dialogue engine's answer to one turn; at least one utterance.

    ``personal``: the turn holds who somebody is; its texts are not kept.
    """

    utterances: tuple[Utterance, ...]
    choices: tuple[str, ...] = ()
    expects: Expects = "anything"
    understood: Understood = field(default_factory=Understood)
    handoff: Handoff | None = None
    ends: bool = False
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Playback:
    """What the caller really heard of an utterance. ``speech_s``: until its sound was made."""

    utterance: Utterance
    heard_s: float
    total_s: float
    interrupted: bool = False
    speech_s: float = 0.0


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Seconds that one voice turn spent in each stage, from the caller's last sound.

    ``endpoint_s``: until the turn was taken as ended; ``hearing_s``: the recogniser's final
    words; ``dialogue_s``: Rasa with its actions; ``speech_s``: first synthesised sound.
    """

    endpoint_s: float = 0.0
    hearing_s: float = 0.0
    dialogue_s: float = 0.0
    speech_s: float = 0.0

    @property
    def total_s(self) -> float:
        """Voice to voice: the caller's last sound to the assistant's first."""
        return self.endpoint_s + self.hearing_s + self.dialogue_s + self.speech_s


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """What is kept of one turn. The records mask what was said before they write it; of a
    ``personal`` turn they keep neither text."""

    conversation_id: str
    channel: Channel
    turn: int
    kind: TurnKind
    caller_text: str
    bot_text: str
    understood: Understood
    handoff: Handoff | None = None
    heard_s: float | None = None
    interrupted: bool = False
    times: StageTimes | None = None
    error_code: str | None = None
    personal: bool = False


@dataclass(frozen=True, slots=True)
class CallStart:
    """What a channel knows when a voice talk begins. ``caller`` is a phone number: never log it."""

    call_id: str
    channel: Channel
    did: str = ""
    caller: str = ""
    rate_hz: int = 8000


def as_jsonable(understood: Understood) -> Mapping[str, Any]:
    """The contract's ``understood`` object (docs/api.md)."""
    return {
        "act": understood.act,
        "topic": understood.topic,
        "aspect": understood.aspect,
        "confidence": round(understood.confidence, 4),
        "entities": [
            {"entity": e.entity, "value": e.value, "start": e.start, "end": e.end}
            for e in understood.entities
        ],
        "model": understood.model,
    }
