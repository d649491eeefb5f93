"""Folding: one plain spelling for every way in which people write the same Polish words.

"Dowód  OSOBISTY?!", "dowod osobisty" and "dowóóód osobisty" all fold to "dowod osobisty".
Used both by the root environment and by Rasa's (Python 3.10): standard library only.
"""

from __future__ import annotations

import re
import unicodedata

_STROKED = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "đ": "d", "ß": "ss"})
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_NOT_WORD = re.compile(r"[^\w]|_")
# "800+" is a name, spoken "osiemset plus"; elsewhere a plus sign carries no meaning
_PLUS = re.compile(r"(?<=\d)\s*\+")


def strip_diacritics(text: str) -> str:
    """The text without Polish (and other Latin) diacritics; letter case is kept."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return bare.translate(_STROKED)  # last: "ǿ" is a stroked letter with a mark


def normalise(text: str) -> str:
    """Lower case, words split by single spaces, no punctuation; diacritics are kept.

    Letters that are typed three or more times are taken as one: no Polish word has them.
    """
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower()
    text = _PLUS.sub(" plus ", text)
    text = _NOT_WORD.sub(" ", text)
    return " ".join(_STRETCHED.sub(r"\1", text).split())


def fold(text: str) -> str:
    """``normalise`` and ``strip_diacritics``: what texts are compared by."""
    return _STRETCHED.sub(r"\1", strip_diacritics(normalise(text)))  # "sśs" is stretched only now
