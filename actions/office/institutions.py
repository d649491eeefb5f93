"""Other offices that people take us for: found by the words by which they are called."""

from __future__ import annotations

import re
from collections.abc import Iterable

from actions.office.knowledge_files import Institution
from polish.fold import fold

WHOLE_WORD_UP_TO = 4  # letters: "sad" must not find "sadzonki"; longer names match any ending


def find_institution(text: str, institutions: Iterable[Institution]) -> Institution | None:
    """The institution whose name comes first in the text; None when none is named."""
    words = fold(text)
    found = [
        (match.start(), institution)
        for institution in institutions
        for called in institution.called
        if (match := _pattern(called).search(words))
    ]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _pattern(called: str) -> re.Pattern[str]:
    name = fold(called)
    ending = r"\b" if len(name.split()[-1]) <= WHOLE_WORD_UP_TO else ""
    return re.compile(rf"\b{re.escape(name)}{ending}")
