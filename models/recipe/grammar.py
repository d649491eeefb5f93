"""Sentences from templates: alternatives, optional parts, inflected slots, spoken numbers."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

from models.recipe import numerals
from models.recipe.inflection import CASES, inflect
from models.recipe.normalise import normalise

OPTIONAL_CHANCE = {"hello": 0.25, "thanks": 0.2}  # of a part in [brackets]; others as below
OTHER_CHANCE = 0.35
MINUTES = ("piętnaście", "trzydzieści", "czterdzieści pięć", "dziesięć", "zero zero")

_CHOICE = re.compile(r"\(([^()]*)\)")
_OPTIONAL = re.compile(r"\[(\w+)\]")
_SLOT = re.compile(r"\{(\w+)(?::(\w+))?\}")


class Grammar:
    """Templates and slots of a folder, and the sentences they make."""

    def __init__(self, templates: Path, slots: Path, seed: int = 1) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
        self.templates = _lines(templates)
        self.slots = {
            name.strip(): [value.strip() for value in values.split(" / ")]
            for name, _, values in (line.partition(":") for line in _lines(slots))
        }
        self._numbers: dict[str, Callable[[str], str]] = {
            "number": lambda most: numerals.cardinal(self.rng.randint(0, int(most))),
            "digits": lambda _: self._digits(self.rng.randint(2, 7)),
            "pesel": lambda _: self._digits(11),
            "phone": lambda _: self._phone(),
            "house": lambda _: self._house(),
            "amount": lambda _: self._amount(),
            "date": lambda _: numerals.date(self.rng.randint(1, 31), self.rng.randint(1, 12)),
            "year": lambda _: numerals.year(self.rng.randint(1930, 2030)),
            "minutes": lambda _: self.rng.choice(MINUTES),
            "hour_nom": lambda _: numerals.ordinal(self.rng.randint(7, 18), "a"),
            "hour_acc": lambda _: numerals.ordinal(self.rng.randint(7, 18), "ą"),
            "hour_loc": lambda _: numerals.ordinal(self.rng.randint(7, 18), "ej"),
            "hour_inst": lambda _: numerals.ordinal(self.rng.randint(7, 18), "ą"),
            "month_loc": lambda _: self.rng.choice(numerals.MONTHS_LOCATIVE),
        }

    def sentences(self, count: int) -> list[str]:
        """Draw ``count`` sentences, every template about equally often; doubles are possible."""
        return [self.expand(self.templates[i % len(self.templates)]) for i in range(count)]

    def slot_words(self) -> list[str]:
        """Every slot value in every case, so that all of them are in the vocabulary."""
        made = []
        for name, values in self.slots.items():
            for value in values:
                made.append(normalise(_SLOT.sub(" ", value)))
                if any(f"{{{name}:" in template for template in self.templates):
                    made += [normalise(inflect(value, case)) for case in CASES]
        return made

    def expand(self, template: str) -> str:
        """One normalised sentence of a template."""
        text = _OPTIONAL.sub(self._optional, template)
        while _CHOICE.search(text):
            text = _CHOICE.sub(lambda m: self.rng.choice(m.group(1).split("|")), text)
        while _SLOT.search(text):
            text = _SLOT.sub(lambda m: self._fill(m.group(1), m.group(2)), text)
        return normalise(text).replace("w wrześniu", "we wrześniu").replace("w wtorek", "we wtorek")

    def _optional(self, match: re.Match[str]) -> str:
        name = match.group(1)
        chance = OPTIONAL_CHANCE.get(name, OTHER_CHANCE)
        return f"{{{name}}}" if self.rng.random() < chance else ""

    def _fill(self, name: str, how: str | None) -> str:
        if name in self._numbers:
            return self._numbers[name](how or "")
        value = self.rng.choice(self.slots[name])
        return inflect(value, how) if how else value

    def _digits(self, count: int) -> str:
        return " ".join(self.rng.choice(numerals.UNITS) for _ in range(count))

    def _phone(self) -> str:
        if self.rng.random() < 0.6:
            return self._digits(9)
        return " ".join(numerals.cardinal(self.rng.randint(100, 999)) for _ in range(3))

    def _house(self) -> str:
        number = numerals.cardinal(
            self.rng.choice([self.rng.randint(1, 40), self.rng.randint(1, 199)])
        )
        if self.rng.random() < 0.6:
            return number
        between = self.rng.choice(["mieszkania", "przez", "lokal", "łamane na"])
        return f"{number} {between} {numerals.cardinal(self.rng.randint(1, 80))}"

    def _amount(self) -> str:
        most = self.rng.choice([99, 999, 9999])
        number = self.rng.choice([self.rng.randint(1, most), 10 * self.rng.randint(1, most // 10)])
        return f"{numerals.cardinal(number)} {numerals.plural(number, 'złoty', 'złote', 'złotych')}"


def _lines(path: Path) -> list[str]:
    lines = (line.strip() for line in path.read_text(encoding="utf8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
