"""Which held-out questions changed between two models, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from staff_console.dialogue_models.gate import common
from staff_console.dialogue_models.values import Score
from staff_console.editor.names import ACTS_PL

NOT_UNDERSTOOD = {"nlu_fallback": "nie zrozumiał"}
NO_MATTER = "Bez nazwy sprawy"


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that one model understood and the other did not; meanings in Polish."""

    text: str
    meant: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Changes:
    """``better``: right now, wrong before; ``worse``: the other way. ``by_matter``: meaning's first
    part -> how many more are right now (below 0: fewer)."""

    better: Sequence[Changed]
    worse: Sequence[Changed]
    by_matter: Mapping[str, int]
    left_out: int
    questions: int


@dataclass(frozen=True, slots=True)
class Meanings:
    """Names of topics and aspects, as staff know them."""

    topics: Mapping[str, str]
    aspects: Mapping[str, str]

    def words(self, meaning: str) -> str:
        """ "Paszport: Ile to kosztuje?" for ``passport.fee``."""
        topic, dot, aspect = meaning.partition(".")
        if not dot:
            return NOT_UNDERSTOOD.get(meaning) or ACTS_PL.get(meaning, meaning)
        return f"{self.matter(topic)}: {self.aspects.get(aspect, aspect)}"

    def matter(self, name: str) -> str:
        """A topic's or act's name."""
        if name == "None":
            return NO_MATTER
        found = self.topics.get(name) or ACTS_PL.get(name, name)
        return found[:1].upper() + found[1:]


def unmeasured(score: Score, names: Meanings) -> Sequence[str]:
    """Topics that no held-out question is about: how they are understood is not known."""
    asked = {row.meant.partition(".")[0] for row in score}
    return sorted(names.matter(topic) for topic in names.topics if topic not in asked)


def changes(new: Score, live: Score, names: Meanings) -> Changes:
    """What got better and what got worse, in the order of the questions."""
    pairs = common(new, live)
    better: list[Changed] = []
    worse: list[Changed] = []
    by_matter: Counter[str] = Counter()
    for now, before in pairs:
        if now.right == before.right:
            continue
        words = (now.text, *(names.words(one) for one in (now.meant, before.got, now.got)))
        (better if now.right else worse).append(Changed(*words))
        by_matter[names.matter(now.meant.partition(".")[0])] += 1 if now.right else -1
    moved = {name: count for name, count in sorted(by_matter.items()) if count}
    return Changes(better, worse, moved, len(new) - len(pairs), len(pairs))
