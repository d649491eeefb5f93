"""Saying the same again more slowly: in shorter pieces, so that the voice rests more often."""

from __future__ import annotations

import re

from actions.office.sentence import SENTENCE_END

# A comma at which the voice may rest: not before a clause that explains the word before it.
_PAUSE = re.compile(r",\s+(?!(?:któr|że\b|żeby|gdy|gdzie|na przykład|co\b|bo\b))")


def in_pieces(spoken: str) -> str:
    """The text in shorter sentences, so that the voice rests at every comma."""
    pieces = [p for s in SENTENCE_END.split(spoken) for p in _PAUSE.split(s.rstrip("."))]
    return " ".join(f"{piece[:1].upper()}{piece[1:]}." for piece in pieces if piece).replace(
        "?.", "?"
    )
