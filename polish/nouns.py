"""What a number needs to know about the words around it: case from the left, noun to the right."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import morfeusz2

from polish.cardinals import Case, Gender

_CASE_OF: dict[str, Case] = {
    **dict.fromkeys(
        (
            "od do bez dla z ze około powyżej poniżej spośród oprócz ciągu terminie wysokości "
            "kwoty wieku ukończenia ukończeniu ukończeniem upływem upływie koło podczas przekracza "
            "przekroczyć liczby limitu"
        ).split(),
        "gen",
    ),
    **dict.fromkeys(["przed", "między", "pomiędzy", "nad", "poza"], "inst"),
    **dict.fromkeys(["w", "we", "po", "przy", "o"], "loc"),
    **dict.fromkeys(["ku", "dzięki", "przeciw", "przeciwko"], "dat"),
    **dict.fromkeys(["na", "przez", "za", "ponad", "pod"], "acc"),
}

_LAST_WORD = re.compile(r"([^\W\d_]+)\s*$")
_NEXT_WORDS = re.compile(r"\s+([^\W\d_]+)(?:\s+([^\W\d_]+))?")
_lock = threading.Lock()  # one Morfeusz object may be used by one thread at a time


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun's gender and the (number, case) pairs that its form can be."""

    word: str
    gender: Gender
    forms: frozenset[tuple[str, str]]

    @property
    def only_singular(self) -> bool:
        """Whether the form cannot be a plural: then the number before it is an ordinal."""
        return all(number == "sg" for number, _ in self.forms)

    def cases(self, number: str) -> set[str]:
        """Cases that the form can be in, for "sg" or "pl"."""
        return {case for n, case in self.forms if n == number}


WINDOW = 80
"""Characters around a number that decide its form; more would make long texts slow."""


def left_of(match: re.Match[str]) -> str:
    """The text just before a match."""
    return match.string[max(0, match.start() - WINDOW) : match.start()]


def right_of(match: re.Match[str]) -> str:
    """The text just after a match."""
    return match.string[match.end() : match.end() + WINDOW]


def word_before(text: str) -> str:
    """The word that ends the text, in lower case; "" when something else ends it."""
    found = _LAST_WORD.search(text[-40:])
    return found[1].lower() if found else ""


def case_before(text: str) -> Case:
    """The case that the end of the text asks of what follows; nominative when it asks none."""
    return _CASE_OF.get(word_before(text), "nom")


def noun_after(text: str) -> Noun | None:
    """The noun that the beginning of the text counts, also behind one adjective."""
    found = _NEXT_WORDS.match(text)
    if not found:
        return None
    first, second = found[1], found[2]
    noun = noun_of(first.lower())
    if noun is None and second and _is_adjective(first.lower()):
        noun = noun_of(second.lower())
    return noun


@lru_cache(maxsize=1)
def _morfeusz() -> Any:
    return morfeusz2.Morfeusz(generate=False)


@lru_cache(maxsize=5000)
def _tags(word: str) -> tuple[tuple[str, bool], ...]:
    with _lock:
        readings = _morfeusz().analyse(word)
    return tuple((r[2], bool(r[4])) for s, e, r in readings if s == 0 and e == 1)


_NOT_NOUNS = frozenset(
    "na do od po za nad pod przed w z i a o lub albo oraz to ten oto plus minus razy x".split()
)


@lru_cache(maxsize=5000)
def noun_of(word: str) -> Noun | None:
    """The noun that a word form is; None for other words (also rare nouns like "do", "na")."""
    if word in _NOT_NOUNS or len(word) < 2:
        return None
    readings = [_Reading(*t.split(":")[:4]) for t, _ in _tags(word) if t.startswith("subst:")]
    if not readings:
        return None
    gender = _gender(readings[0].gender)
    forms = frozenset((r.number, c) for r in readings for c in r.cases.split("."))
    return Noun(word, gender, forms)


@dataclass(frozen=True, slots=True)
class _Reading:
    kind: str
    number: str
    cases: str
    gender: str


def _gender(tag: str) -> Gender:
    first = tag.split(".", maxsplit=1)[0]
    return "p" if first == "m1" else "m" if first.startswith("m") else "f" if first == "f" else "n"


def _is_adjective(word: str) -> bool:
    return any(t.startswith(("adj:", "ppas:", "pact:")) for t, _ in _tags(word))


def is_word(word: str) -> bool:
    """Whether the dictionary knows the form as a common word (names and abbreviations are not)."""
    return any(not t.startswith(("ign", "brev", "subst:sg:nom:m1")) for t, _ in _tags(word))
