"""Names of matters found in a text, whatever the endings of their words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from polish.fold import fold
from polish.lemmas import folded_lemma, is_word

_STEM = 4  # shorter words ("ZUS", "ID") must be equal
_LONGER_BY = 2  # letters: "działa" is no form of "działalność"
_KEPT = 5  # first letters that forms of a longer word share: "meldunek", "meldunku"
Name = tuple[str, ...]
"""The folded words of a name."""


class Names:
    """Finds names in texts. ``called``: id -> names; built once, asked in every turn.

    A text is not compared with every name: its words lead to the words of names that begin with
    the same four letters or have the same dictionary form, and only those are compared.
    """

    def __init__(self, called: Mapping[str, Iterable[str]]) -> None:
        self._names = {
            (words_of(name), id_) for id_, names in called.items() for name in dict.fromkeys(names)
        }
        self._alike: defaultdict[str, set[str]] = defaultdict(set)
        for word in {word for words, _ in self._names for word in words}:
            for sign in _signs(word):
                self._alike[sign].add(word)

    def find(self, text: str) -> set[str]:
        """Ids whose names are in the text: "z kimś od paszportów".

        A name within a longer one does not count: "dowód rejestracyjny" names no "dowód".
        """
        said = {
            word
            for other in set(words_of(text))
            for sign in _signs(other)
            for word in self._alike.get(sign, ())
            if same_word(word, other)
        }
        found = {(words, id_) for words, id_ in self._names if words and said.issuperset(words)}
        return {id_ for words, id_ in found if not any(_is_longer(one, words) for one, _ in found)}


def holds(words: str, name: str) -> bool:
    """Whether every word of the name is in the (folded) text, whatever its ending."""
    return _holds(tuple(words.split()), words_of(name))


@lru_cache(maxsize=4096)
def words_of(name: str) -> Name:
    """The name's folded words."""
    return tuple(fold(name).split())


@lru_cache(maxsize=100_000)
def same_word(one: str, other: str) -> bool:
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


@lru_cache(maxsize=4096)
def _signs(word: str) -> tuple[str, ...]:
    """What two forms of one word have at least one of in common (see ``same_word``)."""
    if len(word) < _STEM:
        return (f"={word}",)
    return (f"^{word[:_STEM]}", f"~{folded_lemma(word)}")


def _is_longer(one: Name, name: Name) -> bool:
    return len(one) > len(name) and _holds(one, name)


def _holds(said: Iterable[str], name: Name) -> bool:
    return all(any(same_word(word, other) for other in said) for word in name)
