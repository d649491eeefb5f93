"""Acronyms read as words ("ZUS" -> "zus") or letter by letter ("KDR" -> "ka de er")."""

from __future__ import annotations

import re

from polish.nouns import is_word

_LETTERS = {
    "A": "a", "Ą": "ą", "B": "be", "C": "ce", "Ć": "cie", "D": "de", "E": "e", "Ę": "ę",
    "F": "ef", "G": "gie", "H": "ha", "I": "i", "J": "jot", "K": "ka", "L": "el", "Ł": "eł",
    "M": "em", "N": "en", "Ń": "eń", "O": "o", "Ó": "u", "P": "pe", "Q": "ku", "R": "er",
    "S": "es", "Ś": "eś", "T": "te", "U": "u", "V": "fał", "W": "wu", "X": "iks", "Y": "igrek",
    "Z": "zet", "Ź": "ziet", "Ż": "żet",
}  # fmt: skip
_AS_WORD = frozenset(
    "ZUS PESEL PIT CIT KRUS MOPS GOPS MOPR PSZOK BIP RODO GUS NIP REGON PEFRON SANEPID PEKAES "
    "SOR POZ GOPR WOPR TOPR ORLEN NATO OPEC MEN ROD LOT PAN MOSIR MOK EKUZ ZAIKS".split()
)
_SAID = {
    "VAT": "wat", "PFRON": "pefron", "MSWIA": "em es wu i a", "EPUAP": "e puap", "CEIDG":
    "ce e i de gie", "CEPIK": "cepik", "SMS": "es em es", "KODGIK": "kodgik", "OK": "okej",
    "PGE": "pe gie e", "WWW": "wu wu wu", "MDK": "em de ka", "E-PUAP": "e puap",
}  # fmt: skip
_MIXED = {
    "ePUAP": "e puap", "mObywatel": "em obywatel", "mDowód": "em dowód", "mLegitymacja":
    "em legitymacja", "eDowód": "e dowód", "MSWiA": "em es wu i a", "CEPiK": "cepik",
    "e-PUAP": "e puap", "PKiN": "pe ka i en", "MZKiD": "em zet ka i de",
    "mZUS": "em zus", "eZUS": "e zus",
    "Emp@tia": "empatia", "Emp@tii": "empatii", "Emp@tię": "empatię", "eDoręczenia":
    "e doręczenia", "e-Doręczenia": "e doręczenia",
}  # fmt: skip
_MIXED_PATTERN = re.compile(
    r"(?<!\w)(?P<name>"
    + "|".join(sorted(map(re.escape, _MIXED), key=len, reverse=True))
    + r")(?:-(?P<tail>\w+))?(?P<more>[a-ząćęłńóśźż]*)"
)
_CAPITALS = re.compile(
    r"(?<![\w-])(?P<name>[A-ZĄĆĘŁŃÓŚŹŻ]{2,8})(?:-(?P<tail>[a-ząćęłńóśźż]{1,4}))?(?![\w]|-[A-Z])"
)
_SHORT_WORDS = frozenset(
    "NIE TAK LUB DLA BEZ POD NAD ALE CZY JAK JUŻ NA DO OD PO ZA WE ZE SĄ TO TU MY WY".split()
)
_ROMAN = re.compile(r"[IVX]+$")


def spell(letters: str) -> str:
    """Letters by their Polish names."""
    return " ".join(_LETTERS.get(letter, letter) for letter in letters.upper())


def speak_acronyms(text: str) -> str:
    """The text with its acronyms as they are read; Roman numerals are left alone."""
    text = _MIXED_PATTERN.sub(
        lambda m: _MIXED[m["name"]] + (m["tail"] or "") + (m["more"] or ""), text
    )
    return _CAPITALS.sub(_acronym, text)


def _acronym(match: re.Match[str]) -> str:
    name, tail = match["name"], match["tail"] or ""
    if name in _SAID:
        return _SAID[name] + tail
    if _ROMAN.match(name):
        return match[0]
    if name in _AS_WORD:
        return name.lower() + tail
    if (len(name) > 3 or name in _SHORT_WORDS) and is_word(
        name.lower()
    ):  # shouting, not an acronym: "UWAGA"
        return name.lower() + (f"-{tail}" if tail else "")
    return spell(name) + tail
