"""Web and e-mail addresses as they are dictated: "urzad@miasto.pl" -> "urzad małpa miasto …"."""

from __future__ import annotations

import re

from polish.phones import digits_in_words

_EMAIL = re.compile(r"(?:mailto:)?(?P<who>[\w.+-]+)@(?P<host>[\w-]+(?:\.[\w-]+)+)")
_URL = re.compile(
    r"(?P<any>(?:https?://)(?:www\.)?|www\.)(?P<host>[\w-]+(?:\.[\w-]+)+)(?::\d+)?(?:[/?#][^\s<>\"”)\]]*)?"
)
_BARE = re.compile(
    r"(?<![\w.@/])(?P<host>(?:[a-z0-9-]+\.)+(?:pl|eu|com|org|net|example))(?![\w@])"
    r"(?:/[^\s<>\"”)\],;]*)?"
)
_SAID = {
    "pl": "pe el",
    "eu": "e u",
    "gov": "gow",
    "com": "kom",
    "net": "net",
    "org": "org",
    "www": "wu wu wu",
    "zus": "zus",
    "bip": "bip",
}
_SIGNS = {".": "kropka", "-": "myślnik", "_": "podkreślnik", "+": "plus"}
_PIECE = re.compile(r"[._+-]|\d|[^\W\d_]+")


def speak_web_names(text: str) -> str:
    """The text with addresses in words; of a web page only the site is said."""
    text = _EMAIL.sub(lambda m: f"{_said(m['who'])} małpa {_said(m['host'])}", text)
    text = _URL.sub(_site, text)
    return _BARE.sub(_site, text)


def _site(match: re.Match[str]) -> str:
    stop = "." if match[0][-1] == "." else ""
    return _said(match["host"]) + stop


def _said(address: str) -> str:
    return " ".join(_piece(p) for p in _PIECE.findall(address))


def _piece(piece: str) -> str:
    if piece.isdigit():
        return digits_in_words(piece)
    return _SIGNS.get(piece) or _SAID.get(piece.lower()) or piece
