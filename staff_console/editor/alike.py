"""Questions that are almost the same: other order of words, or a slip of the fingers.

A slip makes a word that no question holds. It is taken for the known word that it resembles; then
two questions are alike when they hold the same words, in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

RESEMBLES = 0.8  # difflib's ratio: one wrong, missing or swapped letter in a word of five
SHORTEST = 4  # letters; shorter words resemble too many others

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlikeIndex:
    """Folded questions by their words. ``letters``: known words by their first letter."""

    by_words: Mapping[Words, Sequence[str]]
    known: frozenset[str]
    letters: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, folded: Iterable[str]) -> AlikeIndex:
        """From folded questions."""
        by_words: defaultdict[Words, list[str]] = defaultdict(list)
        for question in folded:
            by_words[_in_order(question.split())].append(question)
        known = frozenset(word for words in by_words for word in words)
        letters: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(known):
            letters[word[0]].append(word)
        return cls(by_words, known, letters)

    def alike(self, folded: str) -> list[str]:
        """Folded questions that say almost the same as this one, without the very same one."""
        words = _in_order(self._meant(word) for word in folded.split())
        return [one for one in self.by_words.get(words, ()) if one != folded]

    def _meant(self, word: str) -> str:
        if word in self.known or len(word) < SHORTEST:
            return word
        # The first letter is seldom the wrong one, and looking through all words is slow.
        found = get_close_matches(word, self.letters.get(word[0], ()), n=1, cutoff=RESEMBLES)
        return found[0] if found else word


def _in_order(words: Iterable[str]) -> Words:
    return tuple(sorted(words))
