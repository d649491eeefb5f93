"""spaCy's blank Polish pipeline with Morfeusz behind it: tokens, dictionary forms, name marks.

No model is downloaded: spaCy splits the text, Morfeusz knows the words. Built once, at first use.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Literal

import morfeusz2
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Token

from polish.lemmas import lemma

NameKind = Literal["", "first", "surname", "both", "unknown"]

_NAME_LABELS = {"imię": "first", "nazwisko": "surname"}
_PLACE_LABELS = {"nazwa_geograficzna", "człon_nazwy_geograficznej"}
_lock = threading.Lock()  # one Morfeusz object may be used by one thread at a time


@lru_cache(maxsize=1)
def pipeline() -> Language:
    """The pipeline; ``token.lemma_`` and ``token._.name`` (``NameKind``) are set on its tokens."""
    if not Token.has_extension("name"):
        Token.set_extension("name", default="")
        Token.set_extension("common", default=True)
        Language.component("halo_morfeusz", func=_look_up)
    nlp = spacy.blank("pl")
    nlp.add_pipe("halo_morfeusz")
    return nlp


def _look_up(doc: Doc) -> Doc:
    for token in doc:
        if not token.is_alpha:
            continue
        word = token.text.lower()
        token.lemma_ = lemma(word)
        token._.name = name_kind(word)
        token._.common = is_common(word)
    return doc


@lru_cache(maxsize=1)
def _morfeusz() -> morfeusz2.Morfeusz:
    return morfeusz2.Morfeusz(generate=False)


@lru_cache(maxsize=20_000)
def _readings(word: str) -> tuple[tuple[str, frozenset[str]], ...]:
    with _lock:
        found = _morfeusz().analyse(word)
    return tuple((r[2], frozenset(r[3])) for start, end, r in found if start == 0 and end == 1)


@lru_cache(maxsize=20_000)
def name_kind(word: str) -> NameKind:
    """What the word, in any case form and letter case, is as a person's name; "" for none."""
    readings = _readings(word.capitalize())
    kinds = {_NAME_LABELS[label] for _, labels in readings for label in labels & set(_NAME_LABELS)}
    if len(kinds) == 2:
        return "both"
    if kinds:
        return "first" if "first" in kinds else "surname"
    return "unknown" if all(tag == "ign" for tag, _ in _readings(word)) else ""


@lru_cache(maxsize=20_000)
def is_common(word: str) -> bool:
    """Whether the word in small letters is an ordinary Polish word or a place."""
    names = set(_NAME_LABELS)
    for tag, labels in _readings(word):
        if tag == "ign" or tag.startswith("brev"):
            continue
        if not labels & names:
            return True
    return False


@lru_cache(maxsize=20_000)
def only_noun(word: str) -> bool:
    """Whether the word in small letters can be nothing but a noun."""
    return all(tag.startswith("subst") for tag, _ in _readings(word))
