"""What the figures are made of. Plain frozen data; times are seconds (``_s``), moments are UTC.

The rule of each figure stands beside it here and in docs/figures.md; the two say the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median, quantiles
from typing import Literal, Self

from voice_gateway.records.contacts import RETURN_WITHIN

Outcome = Literal[
    "resolved", "returned", "open", "unknown", "passed_on", "given_up", "not_understood"
]
"""How a talk ended; each talk has exactly one. In the first four the assistant answered:

resolved: and the same person did not come back within seven days;
returned: but the same person came back within seven days, about whatever matter;
open: less than seven days ago, and the person has not come back so far;
unknown: and nobody can tell whether the person came back (number withheld, chat in a browser);
passed_on: went to a person for any reason but the next but one;
given_up: ended by the resident before there was an answer;
not_understood: went to a person because the assistant did not understand, or ended with that.
"""

OUTCOMES: tuple[Outcome, ...] = (
    "resolved",
    "returned",
    "open",
    "unknown",
    "passed_on",
    "given_up",
    "not_understood",
)
ANSWERED: tuple[Outcome, ...] = OUTCOMES[:4]
CHANNELS = ("phone", "browser", "chat")
AROUND = timedelta(days=7)  # before and after a publication
NO_TOPIC = ""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both included, as the office's clock shows them."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class TalkFigures:
    """One talk. ``topic``: the first matter that was named in it, an id of the taxonomy or "".

    ``first_answer_s``: from the resident's last sound (chat: from sending) to the first sound
    (chat: the text) of the answer to the first turn; None when there was no turn.
    """

    channel: str
    began_at: datetime
    topic: str
    outcome: Outcome
    first_answer_s: float | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """A number of measured times, half of which are at most ``median_s``, nine in ten at most
    ``most_s``; both None when nothing was measured."""

    count: int = 0
    median_s: float | None = None
    most_s: float | None = None

    @classmethod
    def of(cls, times_s: Sequence[float]) -> Self:
        """The spread of these times."""
        if len(times_s) < 2:
            only = times_s[0] if times_s else None
            return cls(len(times_s), only, only)
        return cls(len(times_s), median(times_s), quantiles(times_s, n=10, method="inclusive")[8])


@dataclass(frozen=True, slots=True)
class VisitFigures:
    """Visits of a service, or of all.

    ``booked``: booked in the period, cancelled later or not; ``cancelled``: cancelled in it after
    they were booked; of the visits that began in it and were not cancelled ``came`` and ``missed``
    are those that a clerk marked, ``unmarked`` the others.
    """

    booked: int = 0
    cancelled: int = 0
    came: int = 0
    missed: int = 0
    unmarked: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """Talks of some days, and how many of them were not understood and passed on."""

    talks: int
    not_understood: int
    passed_on: int


@dataclass(frozen=True, slots=True)
class PublicationFigures:
    """The seven days before and after a publication, for its matter or, without one, for all.

    ``what``: the file's path or the model's name; ``topic``: the matter, "" for all;
    ``whole``: False while the seven days after it are not over.
    """

    at: datetime
    kind: Literal["content", "model"]
    what: str
    topic: str
    before: Share
    after: Share
    whole: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a period. Counts of talks are by the period in which the talk began.

    ``hours``: by the hour (0 to 23, office's clock) in which it began. ``waited``: in the chat,
    from asking for a person to a clerk's taking the talk; ``never_taken``: nobody took these chats.
    """

    period: Period
    outcomes: Mapping[str, Mapping[Outcome, int]]  # by channel
    hours: Mapping[int, int]
    topics: Mapping[str, Mapping[Outcome, int]]
    first_answer: Mapping[str, Spread]  # by channel
    call_length: Mapping[str, Spread]  # by channel
    waited: Spread
    never_taken: int
    visits: VisitFigures
    services: Mapping[str, VisitFigures]  # by the service's name
    publications: Sequence[PublicationFigures]

    @property
    def talks(self) -> int:
        """All talks."""
        return sum(sum(counts.values()) for counts in self.outcomes.values())

    def ended(self, outcome: Outcome) -> int:
        """Talks that ended so, in all channels."""
        return sum(counts.get(outcome, 0) for counts in self.outcomes.values())


def return_is_over(began_at: datetime, now: datetime) -> bool:
    """Whether the days are over within which coming back counts."""
    return began_at <= now - RETURN_WITHIN
