"""Polish word forms from Morfeusz2: all forms of a lemma, tags of a form, phrases in a case."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import morfeusz2

CASES = ("nom", "gen", "dat", "acc", "inst", "loc")
_GENDERS = ("m1", "m3", "n", "f", "m2")  # where a noun has several, the first is meant
_UNUSUAL = {"daw.", "przest.", "gwar.", "rzad.", "arch.", "hist."}


@dataclass(frozen=True)
class Form:
    """One inflected form: the word, its lemma, its tag in parts, and whether it is in use."""

    word: str
    lemma: str
    tag: tuple[str, ...]
    usual: bool

    @property
    def part_of_speech(self) -> str:
        """Morfeusz' name of the word class: subst, adj, fin, praet, ..."""
        return self.tag[0]

    def has(self, *values: str) -> bool:
        """Whether the tag holds every value, also inside alternatives such as ``nom.acc``."""
        present = {value for part in self.tag[1:] for value in part.split(".")}
        return present.issuperset(values)


@cache
def _morfeusz() -> Any:
    return morfeusz2.Morfeusz(praet="composite")


def _form(raw: tuple[Any, ...]) -> Form:
    word, lemma, tag, _names, labels = raw
    usual = _UNUSUAL.isdisjoint(labels)
    return Form(word.lower(), lemma.split(":")[0], tuple(tag.split(":")), usual)


@cache
def forms(lemma: str) -> tuple[Form, ...]:
    """All forms of a lemma; empty where Morfeusz does not know it."""
    made = (_form(raw) for raw in _morfeusz().generate(lemma))
    return tuple(form for form in made if form.part_of_speech not in ("brev", "ign", "numcomp"))


def analyse(word: str) -> tuple[Form, ...]:
    """All readings of one word; empty where Morfeusz does not know it as one word."""
    found = [(start, end, raw) for start, end, raw in _morfeusz().analyse(word)]
    last = max((end for _, end, _ in found), default=0)
    whole = (_form(raw) for start, end, raw in found if start == 0 and end == last)
    return tuple(form for form in whole if form.part_of_speech not in ("ign", "brev"))


def inflect(phrase: str, case: str) -> str:
    """Put a nominative noun phrase into a case: ``akt | urodzenia`` -> "aktu urodzenia".

    What stands after ``|`` stays as it is. A phrase that cannot be inflected is an error.
    """
    head, _, rest = (part.strip() for part in phrase.partition("|"))
    words = head.split()
    noun = next((form for word in words for form in _nominatives(word)), None)
    if noun is None:  # street names, and people such as "znajomy", are adjectives
        noun = next((f for word in words for f in analyse(word) if f.has("nom", "sg")), None)
    if noun is None:
        raise ValueError(f"no noun in {phrase!r}")
    number = "pl" if noun.has("pl") else "sg"
    gender = noun.tag[3].split(".")[0] if len(noun.tag) > 3 else "n"
    put = [_put(word, case, number, gender) for word in words]
    return " ".join([*put, rest]).strip()


def _nominatives(word: str) -> list[Form]:
    """Nominative readings, as a noun unless the word is mostly an adjective."""
    found = [form for form in analyse(word) if form.has("nom") and form.usual]
    nouns = [form for form in found if form.part_of_speech in ("subst", "ger")]
    adjectives = [form for form in found if form.part_of_speech in ("adj", "ppas")]
    if nouns and not adjectives:
        return sorted(nouns, key=lambda form: _GENDERS.index(form.tag[3].split(".")[0]))
    return []


def _put(word: str, case: str, number: str, gender: str) -> str:
    """One word of the phrase in the case: the noun itself, or an adjective agreeing with it."""
    for reading in _readings(word, number, gender):
        for form in forms(reading.lemma):
            if form.part_of_speech != reading.part_of_speech or not form.has(case, number, gender):
                continue
            if form.usual and _same_degree(form, reading):
                return form.word
    raise ValueError(f"cannot put {word!r} into {case}")


def _readings(word: str, number: str, gender: str) -> list[Form]:
    """Nominative readings that agree, adjectives after nouns so that nouns win."""
    found = [form for form in analyse(word) if form.has("nom", number, gender)]
    return sorted(found, key=lambda form: form.part_of_speech not in ("subst", "ger"))


def _same_degree(form: Form, reading: Form) -> bool:
    wanted = {"pos", "com", "sup", "aff", "neg"}
    return wanted.intersection(form.tag) == wanted.intersection(reading.tag)
