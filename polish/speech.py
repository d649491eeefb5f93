"""Shown Polish text -> Polish text ready to be read aloud, in words and in the right cases.

"Otwarte 8:00-16:00, opłata 140 zł" -> "Otwarte od ósmej do szesnastej, opłata sto czterdzieści
złotych". A chain of small steps, each of which turns one kind of writing into words; a text
without figures, abbreviations and signs comes out as it went in.
"""

from __future__ import annotations

import re
import unicodedata

from polish.abbreviations import speak_abbreviations
from polish.acronyms import speak_acronyms
from polish.amounts import speak_amounts
from polish.clock import speak_clock
from polish.counts import speak_counts
from polish.dates import speak_dates
from polish.phones import speak_number_names
from polish.web_names import speak_web_names

_STEPS = (
    speak_web_names,
    speak_number_names,
    speak_abbreviations,
    speak_dates,
    speak_clock,
    speak_amounts,
    speak_acronyms,
    speak_counts,
)
_PLAIN = re.compile(r"[a-ząćęłńóśźżA-ZĄĆĘŁŃÓŚŹŻ ,;:?!.]*")
_CAPITALS = re.compile(r"[A-ZĄĆĘŁŃÓŚŹŻ]{2}|[a-z][A-Z]|\bI\b")
_POINT_INSIDE = re.compile(
    r"\.(?!\s+[A-ZĄĆĘŁŃÓŚŹŻ]|\s*$)|\b(?:nr|pkt|wg|dr|mgr|zł|gr|płk)\b|\b\w{1,5}\."
)

_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[(?P<name>[^\]]+)\]\((?P<to>[^)]*)\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BULLET = re.compile(r"^[ \t]*(?:[-*•‣–]|#{1,6})[ \t]+", re.MULTILINE)
_LIST_NUMBER = re.compile(r"^[ \t]*(\d{1,2})[.)][ \t]+(?=[^\W\d_])", re.MULTILINE)
_MARKS = re.compile(
    r"\*{1,3}|_{2,3}|~~|`+|(?<!\w)_(?=\w)|(?<=\w)_(?!\w)|^>+\s?|[|<>\\^{}\[\]]", re.MULTILINE
)
_QUOTES = re.compile(r"[„”“\"«»‚‘]|(?<!\w)'|'(?!\w)")
_LINE_END = re.compile(r"(?P<last>[^\s.,;:?!])?[ \t]*\n+\s*")
_ENDING = re.compile(r"(?<=\w)\((?:a|ą|e|y|i|ła|em|am|ów|ami|ach|na)\)")  # "pytał(a)"
_BRACKET = re.compile(r"\s*\(([^()]*)\)")
_DASH = re.compile(r"(?<!\d)\s+[-–—]+\s+|\s+[-–—]+\s+(?!\d)|(?<=[^\W\d])[–—](?=[^\W\d])")
_OR = re.compile(r"(?<=[^\W\d_])\s?/\s?(?=[^\W\d_])")
_TIMES = re.compile(r"(?<=\d)\s*[x×]\s*(?=\d)")  # "3,5 x 4,5 cm"
_SIGNS = {"=": " równa się ", "×": " razy ", "→": ", ", "≥": " co najmniej ", "≤": " najwyżej ",
          "…": ".", "№": " numer ", "±": " plus minus ", "½": "0,5"}  # fmt: skip
_UNSAID = re.compile(r"[*_<>\[\]{}|\\^`~#]")
_SPACES = re.compile(r"[^\S\n]+")
_BEFORE_POINT = re.compile(r"\s+([,.;:?!])")
_DOUBLE = re.compile(r"([,;:])\s*([,.;:?!])|([.?!])\s*[,;:.]+(?=\s|$)")


def to_speech(text: str) -> str:
    """The text as it should be read aloud; "" for a text of which nothing can be said."""
    if _is_plain(text):
        return text
    text = _clean(text)
    for step in _STEPS:
        text = step(text)
    return _tidy(text)


def _is_plain(text: str) -> bool:
    """Whether there is nothing to change; most answers written for the voice are so."""
    return (
        bool(
            _PLAIN.fullmatch(text) and not _CAPITALS.search(text) and not _POINT_INSIDE.search(text)
        )
        and "  " not in text
        and text == text.strip()
    )


def _clean(text: str) -> str:
    """Without markup, emoji and signs that a voice cannot say."""
    text = unicodedata.normalize("NFC", text).replace("\r", "")
    text = _SPACES.sub(" ", text)
    text = _IMAGE.sub(" ", text)
    text = _LINK.sub(r"\g<name>", text)
    text = _TAG.sub(" ", text)
    if len(_LIST_NUMBER.findall(text)) > 1:  # a lone "1. piętro" is an ordinal
        text = _LIST_NUMBER.sub(r"\g<1>: ", text)
    text = _TIMES.sub(" na ", text)
    text = _BULLET.sub("", text)
    text = _MARKS.sub("", text)
    text = _LINE_END.sub(lambda m: f"{m['last']}. " if m["last"] else " ", text)
    for sign, said in _SIGNS.items():
        text = text.replace(sign, said)
    text = _QUOTES.sub("", text)
    text = _ENDING.sub("", text)
    text = _BRACKET.sub(r", \g<1>,", text)
    text = _DASH.sub(", ", text)
    text = "".join(c for c in text if not _unsayable(c))
    return _SPACES.sub(" ", text).strip()


def _unsayable(char: str) -> bool:
    if char in "²³°€$§%&+":
        return False
    return unicodedata.category(char) in ("So", "Sk", "Cf", "Cc", "Cn", "Co", "Cs", "Sm")


def _tidy(text: str) -> str:
    text = _UNSAID.sub(" ", text.replace("°", " stopni"))
    text = _OR.sub(" lub ", text).replace("/", ",")
    text = _SPACES.sub(" ", text)
    text = _BEFORE_POINT.sub(r"\g<1>", text)
    text = _DOUBLE.sub(lambda m: m[2] or m[3], text)
    text = _DOUBLE.sub(lambda m: m[2] or m[3], text)
    return text.strip(" ,;-")
