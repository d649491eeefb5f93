"""Short forms in texts that are read: those that not everybody knows should be written out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polish.lemmas import is_word

# Everybody says these in the short form, or knows what they stand for.
KNOWN = frozenset(
    "AGD BLIK DNA EKG ID NIP NFZ OC PDF PESEL PIN PIT PKP PKS PRL PZU RP RTV SMS UE USA VAT VIP ZUS"
    .split()
)  # fmt: skip
KNOWN_WITH_POINT = frozenset(
    "al czw dr godz gr in itd itp m max min mln np nr ok os pl pn pon pt r sob st św śr tel tys ul "
    "wt".split()
)  # fmt: skip
LIKE_A_WORD = frozenset({"MOPS"})  # other short forms that are words too are taken for words
# Not "PB-1" or "PIT 37": names of forms are written like that.
_LETTERS = re.compile(r"(?<![\w(-])[A-ZĄĆĘŁŃÓŚŹŻ]{2,6}(?![\w-]|[ \u00a0]\d|[ \u00a0]\()")
_POINT = re.compile(r"\b([^\W\d_]{1,5})\.(?=\s+[a-ząćęłńóśźż0-9])")


def short_forms(text: str) -> Iterator[str]:
    """Short forms that should be written out, each once. With the full name in brackets behind
    it, or itself in brackets behind the full name, a short form is explained in the whole text."""
    found = dict.fromkeys(hit[0] for hit in _LETTERS.finditer(text))
    for short in found:
        explained = f"({short})" in text or re.search(rf"\b{short}[ \u00a0]\(", text)
        shouted = is_word(short.lower()) and short not in LIKE_A_WORD
        if short not in KNOWN and not explained and not shouted:
            yield short
    points = dict.fromkeys(hit[1] for hit in _POINT.finditer(text))
    yield from (f"{short}." for short in points if short.lower() not in KNOWN_WITH_POINT)
