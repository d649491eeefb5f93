"""The fixed sentences of ``nlu_data/system.yml`` as utterances of a voice talk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from voice_gateway.values import Utterance

SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Sentences:
    """What the gateway says by itself. ``greeting`` is in pieces: its first cannot be cut off."""

    greeting: tuple[Utterance, ...]
    silence_1: Utterance
    silence_2: Utterance
    not_heard: Utterance
    trouble: Utterance
    connecting: Utterance
    one_moment: Utterance
    goodbye: Utterance

    def all(self) -> tuple[Utterance, ...]:
        """Every sentence, to be rendered ahead."""
        single = (
            self.silence_1,
            self.silence_2,
            self.not_heard,
            self.trouble,
            self.connecting,
            self.one_moment,
            self.goodbye,
        )
        return self.greeting + single


def sentences_from(system: Mapping[str, tuple[str, str]]) -> Sentences:
    """Build from name -> (text, spoken). Raises ``KeyError`` for a missing sentence.

    The greeting's first sentence says that this is a machine and how to reach a person, so it is
    heard whole; so is what announces a hand-off.
    """

    def one(name: str, *, interruptible: bool = True) -> Utterance:
        text, spoken = system[name]
        return Utterance(text, spoken, interruptible)

    text, spoken = system["greeting"]
    first, *rest = SENTENCE_END.split(spoken, maxsplit=1)
    greeting = [Utterance(text, first, interruptible=False)]
    greeting += [Utterance("", piece) for piece in rest]
    return Sentences(
        greeting=tuple(greeting),
        silence_1=one("silence_1"),
        silence_2=one("silence_2", interruptible=False),
        not_heard=one("not_heard"),
        trouble=one("trouble", interruptible=False),
        connecting=one("connecting", interruptible=False),
        one_moment=one("one_moment"),
        goodbye=one("goodbye", interruptible=False),
    )
