"""What people type, made safe to pass on: cleaned where that is harmless, refused where it is not.

Markup is left as it is: it is text, and pages show it as text.
"""

from __future__ import annotations

import re
import unicodedata

from voice_gateway.errors import RequestError

SPACES = re.compile(r"\s+")
BINARY_SHARE = 0.1  # more control characters than this, and it was not typed
RAW_FACTOR = 4  # spaces and marks may be cleaned away, but nobody types four times the limit
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control, format, lone surrogate, private, unassigned


def clean_text(text: str, max_chars: int) -> str:
    """``text`` in NFC, in one line, without hidden characters; 1 to ``max_chars`` characters.

    Raises ``RequestError`` request-empty-text, request-text-too-long, request-bad-text (422).
    """
    if len(text) > RAW_FACTOR * max_chars:
        raise _too_long(max_chars)
    spaced = SPACES.sub(" ", text).strip()
    shown = "".join(c for c in spaced if unicodedata.category(c) not in HIDDEN)
    if "\0" in text or len(spaced) - len(shown) > BINARY_SHARE * len(spaced) + 1:
        raise RequestError(
            "request-bad-text", "Tej wiadomości nie da się odczytać jako tekstu.", status=422
        )
    cleaned = unicodedata.normalize("NFC", shown).strip()
    if not cleaned:
        raise RequestError("request-empty-text", "Proszę wpisać pytanie.", status=422)
    if len(cleaned) > max_chars:
        raise _too_long(max_chars)
    return cleaned


def _too_long(max_chars: int) -> RequestError:
    return RequestError(
        "request-text-too-long",
        f"Ta wiadomość jest za długa. Proszę zapytać krócej, najwyżej {max_chars} znaków.",
        status=422,
    )
