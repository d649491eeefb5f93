"""Finds things by the words by which people call them: institutions, matters, departments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol, TypeVar

from polish.fold import fold

WHOLE_WORD_UP_TO = 4  # letters: "sad" must not find "sadzonki"; longer names match any ending


class Called(Protocol):
    """Has folded words and phrases by which people call it."""

    @property
    def called(self) -> tuple[str, ...]:
        """Words and phrases; the last word of each may have any ending if it is long."""


C = TypeVar("C", bound=Called)


def find_called(text: str, things: Iterable[C]) -> C | None:
    """The thing whose name comes first in the text, the longer name first; None for none."""
    words = fold(text)
    found = [
        (match.start(), -len(name), number, thing)
        for number, thing in enumerate(things)
        for name in thing.called
        if (match := _pattern(name).search(words))
    ]
    return min(found)[3] if found else None


@lru_cache(maxsize=2048)
def _pattern(called: str) -> re.Pattern[str]:
    name = fold(called)
    ending = r"\b" if len(name.split()[-1]) <= WHOLE_WORD_UP_TO else ""
    return re.compile(rf"\b{re.escape(name)}{ending}")
