"""Is somebody in danger? Patterns over folded lemmas; they override every other understanding.

A pattern is a few words that must come in this order with at most three others between:
``nie oddychać``, ``czuć gaz``. ``a|b`` allows either word. Words are compared both as said and as
folded lemmas, so that "nie oddycha", "NIE ODDYCHAŁA" and "nie oddychal" all match. A false-alarm
pattern that matches ("palić się z termin") takes back the alarm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from polish.fold import fold, normalise
from polish.lemmas import CACHED_WORDS, folded_lemma

GAP = 3  # words between two words of a pattern
WordForms = frozenset[str]  # one word: as it is, and its dictionary form; both folded
Pattern = tuple[WordForms, ...]


@dataclass(frozen=True)
class EmergencyPatterns:
    """What alarms, and what only sounds like it."""

    alarms: tuple[Pattern, ...] = ()
    false_alarms: tuple[Pattern, ...] = ()

    @classmethod
    def of(cls, act: dict[str, Any]) -> EmergencyPatterns:
        """From the lists ``patterns`` and ``false_alarms`` of nlu_data/acts/emergency.yml."""
        return cls(*(tuple(map(_pattern, act[key])) for key in ("patterns", "false_alarms")))

    def alarm(self, text: str) -> bool:
        """Whether the text tells of danger."""
        return _any(self.alarms, text) and not _any(self.false_alarms, text)

    def sounds_harmless(self, text: str) -> bool:
        """Whether the text has what only sounds like danger."""
        return _any(self.false_alarms, text)


@lru_cache(maxsize=CACHED_WORDS)  # folding a word takes longer than all comparisons of it
def _forms(word: str) -> WordForms:
    return frozenset((fold(word), folded_lemma(word)))


def _pattern(line: str) -> Pattern:
    words = [
        frozenset().union(*map(_forms, normalise(word.replace("|", " ")).split()))
        for word in line.split()
    ]
    if not words:
        raise ValueError("empty pattern")
    return tuple(words)


def _any(patterns: Iterable[Pattern], text: str) -> bool:
    words = [_forms(word) for word in normalise(text).split()]
    said = frozenset().union(*words)
    # Almost every pattern is out at once, because one of its words is nowhere in the text.
    possible = [p for p in patterns if not any(forms.isdisjoint(said) for forms in p)]
    return any(_from(p, words, start) for p in possible for start in range(len(words)))


def _from(pattern: Pattern, text: Sequence[WordForms], start: int) -> bool:
    if not pattern[0] & text[start]:
        return False
    nearby = range(start + 1, min(start + 2 + GAP, len(text)))
    return len(pattern) == 1 or any(_from(pattern[1:], text, place) for place in nearby)
