"""The model's phones: espeak-ng's Polish phoneme names, with rare twins merged."""

from __future__ import annotations

SILENCE = "SIL"
POSITIONS = (("B", "begin"), ("E", "end"), ("I", "internal"), ("S", "singleton"))

_MARKS = "',%=|"  # stress and linking marks
_MERGED = {
    "a#": "a",
    "E#": "E",
    "e": "E",
    "I": "i",
    "Q": "R",
    "C": "x",
    "t;": "t",
    "_": SILENCE,
    "_!": SILENCE,
    "_:": SILENCE,
    "_::": SILENCE,
    "?": SILENCE,
}


def phone_name(event: str) -> str:
    """Map an espeak-ng phoneme event to a phone of the model; empty where it is only a mark."""
    bare = event.strip(_MARKS)
    return _MERGED.get(bare, bare)


def word_phones(pronunciation: tuple[str, ...]) -> list[str]:
    """Mark each phone with its place in the word: begin, internal, end, or singleton."""
    if len(pronunciation) == 1:
        return [f"{pronunciation[0]}_S"]
    first, *middle, last = pronunciation
    return [f"{first}_B", *(f"{phone}_I" for phone in middle), f"{last}_E"]


def phones_of(symbols: list[str]) -> list[str]:
    """The phones behind Kaldi's symbols: the reverse of ``phone_table``."""
    return [SILENCE, *(symbol[:-2] for symbol in symbols if symbol.endswith("_B"))]


def phone_table(phones: list[str]) -> list[tuple[str, int, str]]:
    """Kaldi's phones, ids from 1: (symbol, index in ``phones``, word boundary type).

    Copies of a phone by place in the word share its outputs, so they cost nothing.
    """
    table = [(SILENCE, 0, "nonword")]
    for index, phone in enumerate(phones[1:], 1):
        table += [(f"{phone}_{mark}", index, boundary) for mark, boundary in POSITIONS]
    return table
