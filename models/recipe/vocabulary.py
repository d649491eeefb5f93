"""Which word forms the model knows: the project's own first, then the likeliest to be said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import wordfreq

from models.recipe.inflection import Form, analyse, forms

RARE = 1e-8  # frequency of a form that wordfreq does not list, per word of text
LISTED_BOOST = 8.0  # a form of a lemma on our own lists is this much likelier to be said here
GENERAL_FLOOR = 1.2e-6  # other words must be at least this frequent in Polish
ONE_LETTER = frozenset("aiouwz")

_SPELLING = re.compile(r"[a-ząćęłńóśźżéöü]+")
_LEFT_OUT = {"pant", "depr", "pacta", "brev", "ign"}
# A caller speaks of himself and to the office: first persons and requests are likelier
# on the phone than in the written language that the frequencies were counted in.
_PERSON_BOOST = {("sg", "pri"): 6.0, ("pl", "pri"): 2.0, ("pl", "sec"): 2.0, ("sg", "sec"): 0.7}
_LISTS_OF_NAMES = {"names", "streets"}


@dataclass(frozen=True)
class Vocabulary:
    """The word forms and how frequent each is in Polish (per word of text)."""

    frequency: dict[str, float]

    def __contains__(self, word: str) -> bool:
        return word in self.frequency


def build(lemma_lists: Path, texts: Iterable[str], size: int) -> Vocabulary:
    """Choose ``size`` forms; every word of ``texts`` is in, whatever the size.

    ``lemma_lists``: folder of .txt files with lemmas; ``texts``: normalised sentences.
    """
    polish = wordfreq.get_frequency_dict("pl")
    own = {word for text in texts for word in text.split()}
    score = {word: float("inf") for word in own}
    for path in sorted(lemma_lists.glob("*.txt")):
        named = path.stem in _LISTS_OF_NAMES
        for lemma in read_lemmas(path):
            score.setdefault(lemma.lower(), polish.get(lemma.lower(), RARE) * LISTED_BOOST * 10)
            for form in forms(lemma):
                if _sayable(form, only_singular=named):
                    value = _spoken_score(form, polish)
                    score[form.word] = max(score.get(form.word, 0.0), value)
    for word, frequency in polish.items():
        if frequency < GENERAL_FLOOR:
            break
        if word not in score and is_word(word):
            score[word] = frequency
    chosen = sorted(score, key=lambda word: (-score[word], word))[: max(size, len(own))]
    return Vocabulary({word: max(polish.get(word, 0.0), RARE) for word in sorted(chosen)})


def read_lemmas(path: Path) -> list[str]:
    """The lemmas of a list: words between spaces; lines that begin with # are remarks."""
    lines = path.read_text(encoding="utf8").splitlines()
    return [lemma for line in lines if not line.startswith("#") for lemma in line.split()]


def is_word(word: str) -> bool:
    """Whether this is one Polish word that can be said, not an abbreviation or a foreign word."""
    if not _SPELLING.fullmatch(word) or (len(word) == 1 and word not in ONE_LETTER):
        return False
    return any(form.usual and form.part_of_speech not in _LEFT_OUT for form in analyse(word))


def _sayable(form: Form, *, only_singular: bool) -> bool:
    if not form.usual or form.part_of_speech in _LEFT_OUT or not _SPELLING.fullmatch(form.word):
        return False
    if form.has("neg") or (form.part_of_speech in ("praet", "cond") and form.has("n", "pri")):
        return False
    return not (only_singular and form.has("pl"))


def _spoken_score(form: Form, polish: dict[str, float]) -> float:
    value = max(polish.get(form.word, 0.0), RARE) * LISTED_BOOST
    if form.part_of_speech in ("fin", "praet", "impt", "cond"):
        for person, boost in _PERSON_BOOST.items():
            if form.has(*person):
                value *= boost
    if form.part_of_speech in ("pact", "cond"):
        value *= 0.5
    return value
