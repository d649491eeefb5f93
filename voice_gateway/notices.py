"""Incident messages as a talk is told them: first, once, and before the answers they concern."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from voice_gateway.values import Utterance

MOST_AT_GREETING = 2  # a caller waits no longer for "how can I help"; the rest is told on topic


@dataclass(frozen=True, slots=True)
class Notice:
    """One message. ``topics``: ids of the matters that it concerns."""

    id: str
    text: str
    spoken: str
    topics: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What a talk remembers: a message with another wording is a new one."""
        return f"{self.id} {self.text}"

    @property
    def utterance(self) -> Utterance:
        """As it is said; whoever knows it already may interrupt."""
        return Utterance(self.text, self.spoken)


Notices = Callable[[], Sequence[Notice]]
"""Gives the messages of this moment."""


def no_notices() -> Sequence[Notice]:
    """Nothing is the matter."""
    return ()


def untold(notices: Iterable[Notice], told: Iterable[str]) -> list[Notice]:
    """The messages whose keys are not among ``told``."""
    known = frozenset(told)
    return [notice for notice in notices if notice.key not in known]


def concerning(notices: Iterable[Notice], topic: str | None) -> list[Notice]:
    """The messages that concern a matter."""
    return [notice for notice in notices if topic in notice.topics]
