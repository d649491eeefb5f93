"""Dictionary forms of Polish words, by Morfeusz2, cached and safe for threads.

Used both by the root environment and by Rasa's (Python 3.10).
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

import morfeusz2

from polish.fold import fold, normalise

CACHED_WORDS = 50_000  # about 10 MB; more than the words of a city's talks in a month

# Word classes (first part of a Morfeusz tag), likeliest reading first: "mam" is "mieć" (fin)
# rather than "mama" (subst), "ile" is "ile" (num) rather than a kind of clay.
_CLASSES = (
    ("prep", "conj", "comp", "part", "num", "ppron12", "ppron3", "siebie", "pred", "interj"),
    ("fin", "praet", "inf", "bedzie", "winien"),
    ("adv", "adj", "adja", "adjp", "subst", "ppas", "pact", "impt", "imps"),
)
_RARE = 10  # readings marked archaic, dialect, trade …
_UNLIKELY = 5  # plural-only nouns and depreciative forms, where an ordinary reading exists

_lock = threading.Lock()  # one Morfeusz object may be used by one thread at a time


@lru_cache(maxsize=1)
def _morfeusz() -> Any:
    return morfeusz2.Morfeusz(generate=False)


def _cost(tag: str, qualifiers: list[str]) -> int:
    kind, *features = tag.split(":")
    rank = next((i for i, kinds in enumerate(_CLASSES) if kind in kinds), len(_CLASSES))
    return rank + (_RARE if qualifiers else 0) + (_UNLIKELY if "pt" in features else 0)


@lru_cache(maxsize=CACHED_WORDS)
def lemma(word: str) -> str:
    """The dictionary form of one word in lower case: "dowodu" -> "dowód".

    Of several readings the likeliest by word class is taken, always the same one. Of glued forms
    ("zrobiłam") the verb is kept. A word that Morfeusz does not know stays as it is.
    """
    with _lock:
        readings = _morfeusz().analyse(word)
    first = [reading for start, _, reading in readings if start == 0]
    known = [(base, tag, rare) for _, base, tag, _, rare in first if tag != "ign"]
    if not known:
        return word
    base, _, _ = min(known, key=lambda r: (_cost(r[1], r[2]), str(r[0])))
    return str(base).split(":", 1)[0].lower()


@lru_cache(maxsize=CACHED_WORDS)
def is_word(word: str) -> bool:
    """Whether Morfeusz knows this word in lower case; "opłatę" is known, "oplate" is not."""
    with _lock:
        readings = _morfeusz().analyse(word)
    return any(start == 0 and tag != "ign" for start, _, (_, _, tag, _, _) in readings)


@lru_cache(maxsize=CACHED_WORDS)
def folded_lemma(word: str) -> str:
    """The dictionary form of one word without diacritics: "zdjęcia" -> "zdjecie"."""
    return fold(lemma(word)) or fold(word)


def folded_lemmas(text: str) -> list[str]:
    """Folded dictionary forms of all the text's words, in order."""
    return [folded_lemma(word) for word in normalise(text).split()]
