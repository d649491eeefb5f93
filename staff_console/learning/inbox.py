"""What residents said and the assistant did not understand: grouped, ranked, without what was
decided already."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from polish.fold import fold
from staff_console.editor.advice import Asked
from staff_console.editor.listing import all_questions
from staff_console.editor.names import Names
from staff_console.editor.work import EditorContent
from staff_console.learning import decisions
from staff_console.learning.assign import Target, newest_bodies
from staff_console.learning.decisions import Decision, key_of
from staff_console.learning.likeness import WordWeights, grouped, weights_of
from staff_console.learning.said import SaidWords
from staff_console.learning.turns import Misheard, Trouble, misheard
from voice_gateway.records.database import Database

GREW_BY = 10  # turns since the decision; fewer bring nothing back
KEPT_ANSWERS = 2  # of what the assistant said, the most frequent
DIALOGUE = "dialogue.yml"
KEPT_VIEWS = 12  # grouped pages in memory, one for each choice of kind and period


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording with all its turns. ``words``: the spelling that came most often, masked; of
    equal ones, one with Polish letters."""

    key: str
    words: str
    turns: int
    talks: int
    first: datetime
    last: datetime
    likeness: float = 1.0  # to the group's leader


@dataclass(frozen=True, slots=True)
class Group:
    """Wordings that are alike, the leader first. ``said``: the assistant's answers, with counts.

    ``returned``: the decision after which so many more came that it is shown again.
    """

    wordings: Sequence[Wording]
    turns: int
    talks: int
    last: datetime
    channels: Mapping[str, int]
    said: Sequence[tuple[str, int]]
    returned: Decision | None = None

    @property
    def leader(self) -> Wording:
        """The wording that stands for the group."""
        return self.wordings[0]


def build(
    turns: Iterable[Misheard], decided: Mapping[str, Decision], weights: WordWeights
) -> list[Group]:
    """The groups that wait for a decision: most turns first, then most talks, then latest."""
    by_key: dict[str, list[Misheard]] = defaultdict(list)
    for turn in turns:
        if fold(turn.words):
            by_key[key_of(turn.words)].append(turn)
    wordings = sorted((_wording(key, of) for key, of in by_key.items()), key=_rank)
    # dismissed ones without turns of this period draw wordings like them out of sight all the same
    absent = [one for one in decided.values() if one.verdict == "dismissed"]
    ghosts = [one.words for one in absent if one.key not in by_key]
    places = grouped([*(one.words for one in wordings), *ghosts], weights)
    members: dict[int, list[int]] = defaultdict(list)
    for row, place in enumerate(places):
        members[place.leader].append(row)
    found = []
    for rows in members.values():
        here = [_like(wordings[row], places[row].likeness) for row in rows if row < len(wordings)]
        keys = [one.key for one in here]
        keys += [key_of(ghosts[row - len(wordings)]) for row in rows if row >= len(wordings)]
        if group := _waiting(here, keys, by_key, decided):
            found.append(group)
    return sorted(found, key=lambda one: (-one.turns, -one.talks, -one.last.timestamp()))


def _wording(key: str, turns: Sequence[Misheard]) -> Wording:
    spelt = Counter(turn.words for turn in turns)
    return Wording(
        key,
        min(spelt, key=lambda words: (-spelt[words], words.isascii(), words)),
        len(turns),
        len({turn.talk for turn in turns}),
        min(turn.at for turn in turns),
        max(turn.at for turn in turns),
    )


def _rank(one: Wording) -> tuple[int, int, str]:
    return -one.turns, -one.talks, one.words


def _like(one: Wording, likeness: float) -> Wording:
    return Wording(one.key, one.words, one.turns, one.talks, one.first, one.last, likeness)


def _waiting(
    here: Sequence[Wording],
    keys: Sequence[str],
    by_key: Mapping[str, Sequence[Misheard]],
    decided: Mapping[str, Decision],
) -> Group | None:
    """The group as it is shown; None: everything in it is decided."""
    known = [decided[key] for key in keys if key in decided]
    dismissed = max(
        (one for one in known if one.verdict == "dismissed"), key=lambda d: d.at, default=None
    )
    assigned = {one.key: one for one in known if one.verdict == "assigned"}
    open_ = [
        one for one in here if one.key not in assigned or _grew(assigned[one.key], by_key[one.key])
    ]
    if not open_:
        return None
    turns = [turn for one in open_ for turn in by_key[one.key]]
    if dismissed and not _grew(dismissed, turns):
        return None
    again = [one for one in (assigned.get(one.key) for one in open_) if one]
    said = Counter(turn.said for turn in turns)
    return Group(
        open_,
        len(turns),
        len({turn.talk for turn in turns}),
        max(turn.at for turn in turns),
        dict(sorted(Counter(turn.channel for turn in turns).items())),
        sorted(said.items(), key=lambda one: (-one[1], one[0]))[:KEPT_ANSWERS],
        dismissed or (again[0] if again else None),
    )


def _grew(decision: Decision, turns: Sequence[Misheard]) -> bool:
    """Whether at least as many came since as before, and more than a few."""
    since = sum(turn.at > decision.at for turn in turns)
    return since >= max(GREW_BY, decision.turns)


View = tuple[Trouble, int]


class Inbox:
    """The groups of the records, made again only when something changed. Blocks."""

    def __init__(self, database: Database, content: EditorContent, kept_days: int) -> None:
        """``kept_days``: how long talks are kept, and decisions on them."""
        self._database = database
        self._content = content
        self._kept_days = kept_days
        self._one = threading.Lock()  # of several who look, one groups and the others wait
        self._views: dict[View, tuple[object, list[Group]]] = {}

    def groups(self, trouble: Trouble, days: int, now: datetime, names: Names) -> list[Group]:
        """What waits for a decision, of the last ``days``."""
        said = self.said_words()
        read = partial(misheard, trouble=trouble, since=now - timedelta(days), said=said)
        asked = all_questions(newest_bodies(self._content), names)
        with self._one:
            turns = self._database.run(read)
            decided = {
                key: one
                for key, one in self._database.run(decisions.all_decisions).items()
                if one.verdict == "dismissed" or _stands(one, asked)
            }
            stamp = (len(turns), turns[0].at if turns else None, decided)
            kept = self._views.get((trouble, days))
            if kept and kept[0] == stamp:
                return kept[1]
            made = build(turns, decided, weights_of(_by_file(asked))) if turns else []
            self._views[trouble, days] = (stamp, made)
            while len(self._views) > KEPT_VIEWS:
                del self._views[next(iter(self._views))]
            return made

    def said_words(self) -> SaidWords:
        """The assistant's own sentences, in all wordings that they ever had."""
        return SaidWords.of(one.body for one in self._content.versions(DIALOGUE))

    def decide(self, made: Sequence[Decision]) -> None:
        """Keep decisions."""
        self._database.run(partial(decisions.decide, decisions=made))

    def take_back(self, key: str) -> bool:
        """The wording is shown again; False when nothing was decided on it."""
        return self._database.run(partial(decisions.take_back, key=key))

    def latest(self, limit: int) -> Sequence[Decision]:
        """The latest decisions, newest first."""
        return self._database.run(partial(decisions.newest, limit=limit))

    def forget_old(self, now: datetime) -> None:
        """Drop decisions as old as the talks that are dropped."""
        self._database.run(partial(decisions.forget_old, days=self._kept_days, now=now))


def _stands(decision: Decision, asked: Mapping[str, Sequence[Asked]]) -> bool:
    """Whether the words are still where they were put: a draft can be thrown away."""
    target = Target(decision.path, decision.aspect)
    return any(
        (one.path, one.field) == (target.path, target.field)
        for one in asked.get(fold(decision.words), ())
    )


def _by_file(asked: Mapping[str, Sequence[Asked]]) -> list[tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for places in asked.values():
        for one in places:
            found[one.path].append(one.question)
    return [tuple(found[path]) for path in sorted(found)]
