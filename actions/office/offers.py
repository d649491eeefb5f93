"""Questions that the assistant asks back, and which offered answer was then meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal, Self

from actions.office.knowledge import Knowledge
from polish.fold import fold
from polish.lemmas import folded_lemma, is_word

Asked = Literal["either", "which_topic", "aspects", "person", "more"]
_ORDINALS = (
    r"\b(pierwsz\w*|1)\b",
    r"\b(drug\w*|2)\b",
    r"\b(trzeci\w*|3)\b",
)
_LAST = r"\bostatni\w*\b"
_LONGEST_CHOICE = 6  # words; a longer text is a question of its own
# "ani jedno, ani drugie", "drugi rodzic", "za 3 tygodnie": something else is meant
_NO_CHOICE = (
    r"\b(ani|zadn\w*|raz|dokument\w*|dzie\w*|rodzic\w*|osob\w*|tydz\w*|tygodn\w*|mies\w*|rok\w*|"
    r"lat|dni|pietr\w*)\b"
)
_STEM = 4  # shorter words ("ZUS", "ID") must be equal
_LONGER_BY = 2  # letters: "działa" is no form of "działalność"
_KEPT = 5  # first letters that forms of a longer word share: "meldunek", "meldunku"


@dataclass(frozen=True)
class Question:
    """What the assistant asked last. ``options``: topic ids (either) or aspect ids (aspects).

    ``aspect``: what was asked about, when only the topic was unclear. ``reason``: of the hand-off
    that "tak" starts.
    """

    asked: Asked
    options: tuple[str, ...] = ()
    aspect: str | None = None
    reason: str = "asked"

    def as_slot(self) -> dict[str, Any]:
        """For the tracker, as plain JSON."""
        return {**asdict(self), "options": list(self.options)}

    @classmethod
    def from_slot(cls, value: Any) -> Self | None:
        """From the tracker; None for nothing or for what an older version left there."""
        if not isinstance(value, Mapping):
            return None
        try:
            return cls(**{**value, "options": tuple(value.get("options", ()))})
        except TypeError:
            return None


def pressed(text: str, question: Question, knowledge: Knowledge) -> str | None:
    """The option whose button in the chat was pressed: its very words came."""
    for option in question.options:
        topic, names = knowledge.topics.get(option), knowledge.dialogue.aspects.get(option)
        label = topic.name if topic else names.choice if names else ""
        if label and fold(text) == fold(label):
            return option
    return None


def chosen(text: str, question: Question, knowledge: Knowledge) -> str | None:
    """Which option a short answer means: "ten drugi", "2", "paszport"; None when unclear."""
    words = fold(text)
    if len(words.split()) <= _LONGEST_CHOICE and not re.search(_NO_CHOICE, words):
        if question.options and re.search(_LAST, words):
            return question.options[-1]
        for number, option in enumerate(question.options):
            if number < len(_ORDINALS) and re.search(_ORDINALS[number], words):
                return option
    named = [o for o in question.options if _named(o, words, knowledge)]
    return named[0] if len(named) == 1 else None


def named_topics(text: str, knowledge: Knowledge) -> set[str]:
    """The matters whose names are in the text: "z kimś od paszportów".

    A name within a longer one does not count: "dowód rejestracyjny" names no "dowód".
    """
    words = fold(text)
    found = {
        (" ".join(_words(name)), topic.id)
        for topic in knowledge.topics.values()
        for name in dict.fromkeys((topic.name, topic.genitive, topic.accusative, *topic.called))
        if _holds(words, name)
    }
    return {
        topic for name, topic in found if not any(_is_longer(other, name) for other, _ in found)
    }


def _is_longer(other: str, name: str) -> bool:
    return len(other.split()) > len(name.split()) and _holds(other, name)


def _named(option: str, words: str, knowledge: Knowledge) -> bool:
    topic = knowledge.topics.get(option)
    if topic:
        return any(_holds(words, name) for name in (topic.name, *topic.called))
    names = knowledge.dialogue.aspects.get(option)
    return names is not None and any(_holds(words, n) for n in (names.offer, names.choice))


def _holds(words: str, name: str) -> bool:
    """Whether every word of the name is in the text, whatever its ending."""
    said = words.split()
    return all(any(_same_word(word, other) for other in said) for word in _words(name))


@lru_cache(maxsize=4096)
def _words(name: str) -> tuple[str, ...]:
    return tuple(fold(name).split())


@lru_cache(maxsize=100_000)
def _same_word(one: str, other: str) -> bool:
    """Two forms of one word: of one dictionary form; or, where one is no word as it stands
    ("oplate"), equal but for the last two letters of the shorter, if they are of like length.
    """
    if one == other:
        return True
    length = min(len(one), len(other))
    if length < _STEM:
        return False
    if folded_lemma(one) == folded_lemma(other):
        return True
    if abs(len(one) - len(other)) > _LONGER_BY or (is_word(one) and is_word(other)):
        return False
    shared = min(length, max(_KEPT, length - 2))
    return one[:shared] == other[:shared]


def offered_aspects(topic_id: str, knowledge: Knowledge) -> Sequence[str]:
    """The two or three aspects to offer when only the matter was named."""
    topic = knowledge.topics[topic_id]
    return [a for a in topic.offer if a in topic.answers and a in knowledge.dialogue.aspects][:3]
