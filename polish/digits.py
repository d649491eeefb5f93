"""Spoken Polish numbers -> digits: "pięćset jeden dwieście trzy" -> groups 501 and 203.

People dictate numbers in pieces of any size; a piece ends where the next word cannot continue it:
"dwadzieścia jeden" is 21, "dwadzieścia dwadzieścia" is 20 20, "zero pięć" is 0 5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from polish.cardinals import CASES, cardinal
from polish.fold import strip_diacritics

_NICKNAMES = (
    "zero jedynka dwójka trójka czwórka piątka szóstka siódemka ósemka dziewiątka dziesiątka"
).split()
_THOUSANDS = frozenset("tysiąc tysiąca tysiące tysięcy milion miliona miliony milionów".split())
_WORD = re.compile(r"[^\W\d_]+|\d+")
_FILLER = r"i potem|potem|dalej|następnie|myślnik|kreska|minus|plus|y+|e{2,}|no"
_BETWEEN = re.compile(rf"[\s,.\-–]*(?:(?:{_FILLER})\b[\s,.]*)*")


@dataclass(frozen=True, slots=True)
class NumberRun:
    """Number words (and figures) that follow one another in a text.

    ``groups`` are the digits of each piece as dictated; ``counted`` is True when the run is one
    quantity in thousands or millions rather than a row of digits; ``spoken`` when words are in it.
    """

    start: int
    end: int
    groups: tuple[str, ...]
    counted: bool
    spoken: bool

    @property
    def digits(self) -> str:
        """All digits in a row."""
        return "".join(self.groups)


@lru_cache(maxsize=1)
def _values() -> dict[str, int]:
    """Number words in all cases, with and without Polish letters -> their value."""
    values: dict[str, int] = {}
    numbers = [*range(20), *range(20, 100, 10), *range(100, 1000, 100)]
    for number in numbers:
        for case in CASES:
            for gender in ("m", "p", "f", "n"):
                values[cardinal(number, case, gender)] = number
    for number, name in enumerate(_NICKNAMES):
        for form in (name, name[:-1] + "i", name[:-1] + "ę", name[:-1] + "ą"):
            values.setdefault(form, number)
    for word, number in list(values.items()):
        values.setdefault(strip_diacritics(word), number)
    return values


def number_runs(text: str) -> list[NumberRun]:
    """All runs of number words and figures, in order."""
    runs: list[NumberRun] = []
    builder = _Builder()
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if not _is_number(word):
            continue  # whether it may stand inside a run is seen at the next number
        if builder.end is not None and not _BETWEEN.fullmatch(text, builder.end, match.start()):
            runs.append(builder.run())
            builder = _Builder()
        builder.add(word, match.start(), match.end())
    if builder.end is not None:
        runs.append(builder.run())
    return runs


def spoken_to_digits(text: str) -> str:
    """The text with runs of number words as figures: "mam dwadzieścia lat" -> "mam 20 lat"."""
    parts, last = [], 0
    for run in number_runs(text):
        parts += [text[last : run.start], " ".join(run.groups)]
        last = run.end
    return "".join([*parts, text[last:]])


def _is_number(word: str) -> bool:
    return word.isdigit() or word in _THOUSANDS or word in _values()


class _Builder:
    """Puts one run together, word by word."""

    def __init__(self) -> None:
        self._start = 0
        self.end: int | None = None
        self._groups: list[str] = []
        self._total = 0  # of the piece under way
        self._room = 0  # the next word must be smaller than this to continue the piece
        self._thousands = 0
        self._open = False
        self._counted = False
        self._spoken = False

    def add(self, word: str, start: int, end: int) -> None:
        """Take a number word or figures."""
        if word.isdigit():
            self._close()
            self._groups.append(word)
        elif word in _THOUSANDS:
            self._add_thousands(word)
        else:
            self._spoken = True
            self._add_value(_values()[word])
        if self.end is None:
            self._start = start
        self.end = end

    def run(self) -> NumberRun:
        """What was put together."""
        self._close()
        counted = self._counted and len(self._groups) == 1
        return NumberRun(self._start, self.end or 0, tuple(self._groups), counted, self._spoken)

    def _add_value(self, value: int) -> None:
        if not self._open or value >= self._room or value == 0:
            self._close()
        self._open = True
        self._total += value
        # after hundreds anything below 100 may follow, after tens a digit, then nothing
        self._room = 100 if value >= 100 else 10 if value >= 20 else 0

    def _add_thousands(self, word: str) -> None:
        self._spoken = self._counted = True
        factor = 10**6 if word.startswith("mil") else 1000
        if not self._open and self._groups:  # "140 tysięcy": the figures before
            self._total, self._open = int(self._groups.pop()), True
        self._thousands += (self._total or 1) * factor
        self._total, self._room, self._open = 0, 1000, True

    def _close(self) -> None:
        if self._open:
            self._groups.append(str(self._thousands + self._total))
        self._total = self._room = self._thousands = 0
        self._open = False
