"""The same question as it really comes: without diacritics, mistyped, told at length, misheard.

Deterministic: the same examples give the same variants, so that a training can be repeated.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.understanding.examples import ASK, Example
from polish.fold import normalise, strip_diacritics

_NEIGHBOURS = {
    "a": "sq", "e": "wr", "i": "uo", "o": "ip", "u": "yi", "y": "tu", "s": "ad", "d": "sf",
    "r": "et", "t": "ry", "n": "bm", "m": "n", "k": "jl", "l": "k", "p": "o", "z": "x", "c": "xv",
}  # fmt: skip
_SHORTEST_MISTYPED = 4  # letters; shorter words turn into other words


def variants(
    examples: Sequence[Example], openings: Sequence[str], endings: Sequence[str], seed: int = 7
) -> Iterator[Example]:
    """Each example itself, then its variants; questions are also told at length."""
    rng = random.Random(seed)  # noqa: S311 - variety for training, not a secret
    for example in examples:
        yield example
        plain = normalise(example.text)
        yield replace(example, text=mistyped(strip_diacritics(plain), rng))
        if example.intent == ASK or len(plain.split()) >= 4:
            opening = rng.choice(openings)
            ending = f" {rng.choice(endings)}" if rng.random() < 0.4 else ""
            yield replace(example, text=f"{opening} {plain}{ending}")


def as_heard(examples: Sequence[Example], heard: Mapping[str, str]) -> Iterator[Example]:
    """The examples as the recogniser heard them, where that is known and not the same.

    ``heard``: question -> words. An example of which nothing was heard is left out.
    """
    for example in examples:
        words = heard.get(example.text, "")
        if words and words != normalise(example.text):
            yield replace(example, text=words)


def mistyped(text: str, rng: random.Random) -> str:
    """The text with one typing slip in one of its longer words (no slip when there is none)."""
    words = text.split()
    places = [i for i, word in enumerate(words) if len(word) >= _SHORTEST_MISTYPED]
    if places:
        place = rng.choice(places)
        words[place] = _slip(words[place], rng)
    return " ".join(words)


def _slip(word: str, rng: random.Random) -> str:
    i = rng.randrange(len(word) - 1)
    kind = rng.choice(("swap", "drop", "double", "neighbour"))
    if kind == "swap":
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    if kind == "drop":
        return word[:i] + word[i + 1 :]
    if kind == "double":
        return word[: i + 1] + word[i:]
    return word[:i] + rng.choice(_NEIGHBOURS.get(word[i], word[i])) + word[i + 1 :]
