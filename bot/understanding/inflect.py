"""Names of matters in the grammatical case that a sentence needs, by Morfeusz2."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

import morfeusz2

CASES = ("nom", "gen", "dat", "acc", "inst", "loc")

_lock = threading.Lock()


@lru_cache(maxsize=1)
def _morfeusz() -> Any:
    return morfeusz2.Morfeusz()


@lru_cache(maxsize=4096)
def inflect(name: str, case: str) -> str:
    """A name (nominative singular or plural, lower case) in another case.

    "karta dużej rodziny", "gen" -> "karty dużej rodziny": the first noun and the adjectives that
    agree with it are inflected, the rest stays. A name without a known noun stays as it is.
    """
    words = name.split()
    head = next((noun for noun in map(_noun, words) if noun), None)
    if head is None or case == "nom":
        return name
    kind, number, gender = head
    inflected, noun_done = [], False
    for word in words:
        is_head = not noun_done and _noun(word) is not None
        noun_done = noun_done or is_head
        form = _form(word, kind if is_head else "adj", number, gender, case)
        inflected.append(form or word)
    return " ".join(inflected)


def _readings(word: str) -> list[tuple[str, list[str]]]:
    with _lock:
        found = _morfeusz().analyse(word.lower())
    return [(base, tag.split(":")) for start, _, (_, base, tag, _, _) in found if start == 0]


@lru_cache(maxsize=4096)
def _noun(word: str) -> tuple[str, str, str] | None:
    """Kind (subst or ger), number and gender of a noun in the nominative; None for other words."""
    readings = _readings(word)
    if any(tag[0] in ("prep", "conj", "adj") for _, tag in readings):
        return None
    for kind in ("subst", "ger"):
        for _, tag in readings:
            if tag[0] == kind and "nom" in tag[2].split(".") and word != "plus":
                return kind, tag[1], tag[3]
    return None


def _form(word: str, kind: str, number: str, gender: str, case: str) -> str | None:
    """The form of a word whose nominative agrees with ``number`` and ``gender``."""
    for base, tag in _readings(word):
        if tag[0] == kind and _agrees(tag, number, gender, "nom"):
            with _lock:
                forms = _morfeusz().generate(base)
            for form, _, form_tag, _, _ in forms:
                parts = form_tag.split(":")
                same = parts[0] == kind and parts[4:] == tag[4:]  # degree, aspect, negation
                if same and _agrees(parts, number, gender, case):
                    return str(form)
    return None


def _agrees(tag: list[str], number: str, gender: str, case: str) -> bool:
    return tag[1] == number and case in tag[2].split(".") and gender in tag[3].split(".")
