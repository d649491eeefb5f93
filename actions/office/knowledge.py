"""What the assistant knows, read from ``nlu_data`` and reread when a file changes.

One ``Knowledge`` is a whole, unchangeable picture. ``KnowledgeStore`` swaps it for a new one
within two seconds of a change, so that a reply is never made of two states. A broken file keeps
its last good content and is reported, and the other files go on changing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import structlog

from actions.office.facts import Office
from actions.office.files import Record, read_record
from actions.office.hours import HoursAnswers
from actions.office.knowledge_files import Act, Answer, Dialogue, Topic
from actions.office.names import Names
from voice_gateway.errors import SetupError

RECHECK_S = 1.0  # files are looked at again after so long; two seconds are promised

log = structlog.get_logger(__name__)
R = TypeVar("R", bound=Record)


class Lack(Enum):
    """Why there is no answer to give."""

    MISSING = "missing"  # nobody wrote one
    EXPIRED = "expired"  # it is past its valid_until
    OFF = "off"  # the staff switched the whole matter off


@dataclass(frozen=True)
class Knowledge:
    """One consistent picture of all knowledge files."""

    office: Office
    dialogue: Dialogue
    topics: Mapping[str, Topic]
    acts: Mapping[str, Act]
    hours: HoursAnswers = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hours", HoursAnswers(self.office))

    @cached_property
    def names(self) -> Names:
        """Finds which topics a text names."""
        topics = self.topics.values()
        return Names({t.id: (t.name, t.genitive, t.accusative, *t.called) for t in topics})

    def answer(
        self, topic_id: str, aspect: str, today: date, variant: str | None = None
    ) -> Answer | Lack:
        """The answer to an aspect of a topic, unless it is missing, out of date or switched off."""
        topic = self.topics.get(topic_id)
        if topic and topic.off:
            return Lack.OFF
        answer = topic.answer(aspect, variant) if topic else None
        if answer is None:
            return Lack.MISSING
        return answer if today <= answer.valid_until else Lack.EXPIRED


class _Files:
    """Files as records, each kept at its last good content."""

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[int, int]] = {}  # modification time in ns, size
        self._good: dict[Path, Record] = {}
        self.broken: dict[Path, SetupError] = {}

    def read(self, path: Path, kind: type[R]) -> R:
        """The file's content; its last good one while broken. Raises ``SetupError`` if none."""
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
        except OSError:
            stamp = (0, 0)
        if self._seen.get(path) != stamp:
            self._seen[path] = stamp
            self._reread(path, kind)
        good = self._good.get(path)
        if isinstance(good, kind):
            return good
        raise self.broken[path]

    def forget(self, known: set[Path]) -> None:
        """Drop files that are gone."""
        for path in set(self._seen) - known:
            for kept in (self._seen, self._good, self.broken):
                kept.pop(path, None)

    def _reread(self, path: Path, kind: type[R]) -> None:
        try:
            self._good[path] = read_record(path, kind)
            self.broken.pop(path, None)
        except SetupError as error:
            self.broken[path] = error
            log.error("knowledge_broken", code=error.code, path=path.name)


class KnowledgeStore:
    """Gives the current knowledge; looks at the files again at most once a second."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._files = _Files()
        self._checked_at = clock()
        self._records_read: list[int] = []
        self._knowledge: Knowledge | None = None
        self._build()

    @property
    def problems(self) -> dict[str, str]:
        """File name -> what is wrong with it now; empty when all is well."""
        return {path.name: str(error) for path, error in sorted(self._files.broken.items())}

    def current(self) -> Knowledge:
        """Today's picture, the same object while no file changes. Never raises: the first one
        was read when the store was made."""
        now = self._clock()
        if now - self._checked_at >= RECHECK_S:
            self._checked_at = now
            with suppress(SetupError):  # it is in the log; the last good picture stays
                return self._build()
        return self._knowledge or self._build()

    def _build(self) -> Knowledge:
        office, dialogue = (self._folder / f"{name}.yml" for name in ("office", "dialogue"))
        topics = self._records("topics", Topic)
        acts = self._records("acts", Act)
        self._files.forget({office, dialogue, *self._paths("topics"), *self._paths("acts")})
        main = self._files.read(office, Office), self._files.read(dialogue, Dialogue)
        records = [id(record) for record in (*main, *topics, *acts)]
        if self._knowledge is None or records != self._records_read:
            self._records_read = records  # they live as long as the knowledge made of them
            self._knowledge = Knowledge(
                *main,
                {topic.id: topic for topic in topics},
                {act.id: act for act in acts},
            )
        return self._knowledge

    def _paths(self, name: str) -> list[Path]:
        return sorted((self._folder / name).glob("*.yml"))

    def _records(self, name: str, kind: type[R]) -> list[R]:
        found = []
        for path in self._paths(name):
            with suppress(SetupError):  # stands in ``problems``; unknown until it is mended
                found.append(self._files.read(path, kind))
        return found
