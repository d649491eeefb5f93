"""What two texts differ in, word by word, and two states of a file, field by field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from staff_console.editor.names import Names, everything

_WORDS = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, went out or came in."""

    kind: Literal["same", "out", "in"]
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs. ``before`` and ``after``: the whole values."""

    label: str
    before: str
    after: str
    pieces: Sequence[Piece]


def words(before: str, after: str) -> list[Piece]:
    """The difference of two texts, word by word."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[Piece] = []
    matcher = SequenceMatcher(lambda word: word.isspace(), old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(old[a:b])))
            continue
        if gone := "".join(old[a:b]):
            found.append(Piece("out", gone))
        if come := "".join(new[c:d]):
            found.append(Piece("in", come))
    return found


def difference(label: str, before: str, after: str) -> Difference:
    """One field's difference."""
    return Difference(label, before, after, words(before, after))


def differences(path: str, before: str, after: str, names: Names) -> list[Difference]:
    """All fields of a file that differ, in the file's order. ``before`` empty: a new file."""
    old, new = everything(before), everything(after)
    found = []
    for name in dict.fromkeys([*new, *old]):
        one, other = old.get(name, ""), new.get(name, "")
        if one != other:
            shown = names.value(name, one), names.value(name, other)
            found.append(difference(names.field(path, name), *shown))
    return found
