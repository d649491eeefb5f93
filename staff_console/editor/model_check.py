"""What the model that answers residents now makes of new questions, before anybody trains.

Only questions that are not published are asked about, a few at a time, and each once a minute, so
that residents' turns never wait for editors. What could not be asked is told as unchecked.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from staff_console.editor.names import ACTS_PL, Names
from voice_gateway.errors import DialogueError
from voice_gateway.values import Understood

MOST = 12  # questions of one list
AT_ONCE = 2
LIMIT_S = 4.0  # for one list
REMEMBERED_S = 60.0  # a model may be swapped at any moment
MOST_REMEMBERED = 500
LONGEST = 200  # characters; longer lines are no question

Understand = Callable[[str], Awaitable[Understood]]
"""A text -> what the running model makes of it. Raises ``DialogueError``."""


async def unanswered(text: str) -> Understood:
    """For a console without a model beside it: every question stays unchecked."""
    raise DialogueError("dialogue-no-model")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a list of questions is about: a matter and what is asked, or an act."""

    topic: str = ""
    aspect: str = ""
    act: str = ""

    @classmethod
    def of(cls, path: str, field: str) -> Meant | None:
        """From the place of the list: "topics/passport.yml", "questions.cost"."""
        kind, _, name = path.partition("/")
        stem = name.removesuffix(".yml")
        group, _, aspect = field.partition(".")
        if group != "questions":
            return None
        if kind == "topics" and aspect:
            return cls(topic=stem, aspect=aspect)
        return cls(act=stem) if kind == "acts" and not aspect else None


@dataclass(frozen=True, slots=True)
class Misread:
    """A question that the model takes for something else. ``read``: how it takes it."""

    question: str
    read: Meant


@dataclass(frozen=True, slots=True)
class Checked:
    """How a list fared. ``unchecked``: questions that could not be asked; ``left``: those beyond
    ``MOST``; ``good``: those that the model takes as they are meant."""

    misread: tuple[Misread, ...] = ()
    good: int = 0
    unchecked: int = 0
    left: int = 0


class ModelCheck:
    """Asks the running model; remembers what it said for a minute. One for all editors."""

    def __init__(
        self,
        understand: Understand,
        limit_s: float = LIMIT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._understand = understand
        self._limit_s = limit_s
        self._clock = clock
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._known: OrderedDict[str, tuple[float, Meant]] = OrderedDict()

    async def check(self, meant: Meant, questions: Sequence[str]) -> Checked:
        """How the model takes these questions. Never raises for a model that does not answer."""
        asked = list(dict.fromkeys(one[:LONGEST] for one in questions))
        # The last ones: people write below what stands there.
        now = asked[-MOST:]
        tasks = [asyncio.create_task(self._read(question)) for question in now]
        if not tasks:
            return Checked()
        _, late = await asyncio.wait(tasks, timeout=self._limit_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        reads = [None if task.cancelled() else task.result() for task in tasks]
        pairs = list(zip(now, reads, strict=True))
        return Checked(
            tuple(Misread(one, read) for one, read in pairs if read and read != meant),
            sum(read == meant for read in reads),
            sum(read is None for read in reads),
            len(asked) - len(now),
        )

    async def _read(self, question: str) -> Meant | None:
        """How the model takes a question; None when it does not answer."""
        known = self._known.get(question)
        if known and self._clock() - known[0] < REMEMBERED_S:
            return known[1]
        try:
            async with self._turns:
                understood = await self._understand(question)
        except DialogueError:
            return None
        read = Meant(understood.topic or "", understood.aspect or "", understood.act or "")
        self._known[question] = (self._clock(), read)
        self._known.move_to_end(question)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return read


def reading_pl(read: Meant, names: Names, topic_name: Callable[[str], str]) -> str:
    """ "paszport – Ile to kosztuje?", as staff read it."""
    if read.act:
        return ACTS_PL.get(read.act, read.act)
    if not read.topic and not read.aspect:
        return "nic, co zna (nie zrozumie)"
    topic = topic_name(read.topic) if read.topic else "pytanie bez nazwy sprawy"
    return f"{topic} – {names.aspect(read.aspect)}" if read.aspect else topic


def told_pl(checked: Checked, reading: Callable[[Meant], str]) -> list[str]:
    """What an editor is told, a sentence or two each; nothing when nothing was asked."""
    told = [
        f"„{one.question}” – obecny model zrozumie to jako: {reading(one.read)}"
        for one in checked.misread
    ]
    if checked.misread:
        told.append(
            "Po wytrenowaniu asystent nauczy się nowych pytań. Jeśli jednak tak samo pytają o "
            "tamtą sprawę, proszę napisać je inaczej."
        )
    if checked.unchecked:
        told.append(
            f"Nie udało się sprawdzić, jak zrozumie to obecny model (pytań: {checked.unchecked})."
        )
    if checked.left:
        told.append(f"Sprawdzono ostatnie {MOST} nowych pytań; wcześniejszych: {checked.left}.")
    if checked.good and not told:
        told.append("Obecny model rozumie nowe pytania tak, jak trzeba.")
    return told
