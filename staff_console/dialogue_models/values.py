"""The values of dialogue models: a model, its training, its publications, its score.

A model's name is its file's without ``.tar.gz``: ``20261124-202656-5a36026938``. Plain frozen data;
moments are aware, in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

ModelState = Literal["candidate", "waiting", "live", "past", "retired"]
TrainingState = Literal["running", "done", "failed", "cancelled", "broken"]
TrainingKind = Literal["train", "compare"]
PublicationKind = Literal["published", "approved", "undone", "adopted"]


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a model since its training. ``size`` in bytes, ``seconds`` of the clock.

    ``versions``: content file -> number of the version that it learnt from; empty when a command
    trained it. Numbers are 0 where they are not known.
    """

    fingerprint: str = ""
    trained_at: str = ""
    seconds: float = 0.0
    examples: int = 0
    matters: int = 0
    acts: int = 0
    size: int = 0
    versions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model. ``waiting`` waits for a second person; one is ``live``.

    ``who`` had it trained (``AUTHOR`` of ``sync``: a command); ``asked_by``, ``reason``,
    ``against``: who wants it live although it is worse than the model ``against``, and why.
    """

    name: str
    state: ModelState
    who: str
    created_at: datetime
    card: Card
    asked_by: str = ""
    asked_at: datetime | None = None
    reason: str = ""
    against: str = ""

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.tar.gz"


@dataclass(frozen=True, slots=True)
class Row:
    """What a model made of one held-out question.

    ``meant`` and ``got`` are an act or ``topic.aspect``; ``learnt``: the question stands among the
    model's own examples, so that a right answer to it shows nothing.
    """

    text: str
    meant: str
    got: str
    kind: str
    learnt: bool = False

    @property
    def right(self) -> bool:
        """Whether it was understood."""
        return self.meant == self.got


Score = Sequence[Row]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training is. ``share``: done of the stage, 0..1; ``done``: stage -> seconds."""

    stage: str = ""
    share: float = 0.0
    began_at: datetime | None = None
    done: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Training:
    """One training, or one comparison of a model that is there already (``kind``).

    ``code`` and ``detail``: why it ended without a model (``failures``); ``model``: what it made or
    compared; ``is_new``: it did not exist before; ``host``: the machine that does it.
    """

    id: int
    kind: TrainingKind
    state: TrainingState
    who: str
    host: str
    began_at: datetime
    seen_at: datetime
    progress: Progress
    ended_at: datetime | None = None
    code: str = ""
    detail: str = ""
    model: str = ""
    is_new: bool = True
    stop_asked: bool = False


@dataclass(frozen=True, slots=True)
class Publication:
    """One change of the live model, from ``before`` ("" for the first one) to ``model``."""

    id: int
    model: str
    before: str
    kind: PublicationKind
    at: datetime
    who: str
    approver: str
    reason: str
