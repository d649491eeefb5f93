"""Text as it is spoken: lower case, no punctuation, numbers and abbreviations as words."""

from __future__ import annotations

import re

from models.recipe.numerals import cardinal

ABBREVIATIONS = {
    "al": "aleja",
    "dot": "dotyczący",
    "dr": "doktor",
    "godz": "godzina",
    "itd": "i tak dalej",
    "itp": "i tym podobne",
    "m.in": "między innymi",
    "nr": "numer",
    "np": "na przykład",
    "os": "osiedle",
    "pl": "plac",
    "r": "roku",
    "św": "świętego",
    "tel": "telefon",
    "tzn": "to znaczy",
    "tzw": "tak zwany",
    "ul": "ulica",
    "zł": "złotych",
}

_ABBREVIATION = re.compile(r"\b(" + "|".join(map(re.escape, ABBREVIATIONS)) + r")\.|\bzł\b")
_ADDRESS = re.compile(r"(https?://|www\.)\S+|\S+@\S+|\{\w+\}")
_CLOCK = re.compile(r"\b(\d{1,2})[:.](\d{2})\b")
_NUMBER = re.compile(r"\d+")
_GROUPED = re.compile(r"(?<=\d)[\s\u00a0](?=\d{3}\b)")
_OTHER = re.compile(r"[^a-ząćęłńóśźżéöü]+")
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+|[;:]\s+|\n+|\s[–—-]\s")
LONGEST_NUMBER = 6  # digits; longer ones are read digit by digit


def normalise(text: str) -> str:
    """Turn written Polish into the words somebody would say, single spaces between them."""
    text = _ADDRESS.sub(" ", text.lower())
    text = _GROUPED.sub("", text).replace("+", " plus ").replace("%", " procent ")
    text = _ABBREVIATION.sub(lambda m: f" {ABBREVIATIONS[m.group(0).rstrip('.')]} ", text)
    text = _CLOCK.sub(lambda m: f" {m.group(1)} {m.group(2)} ".replace(" 00 ", " "), text)
    text = _NUMBER.sub(lambda m: f" {_number(m.group())} ", text)
    return " ".join(_OTHER.sub(" ", text).split())


def sentences(text: str) -> list[str]:
    """Split written text into normalised sentences; empty ones are left out."""
    parts = (normalise(part) for part in _SENTENCE_END.split(text))
    return [part for part in parts if part]


def _number(digits: str) -> str:
    if len(digits) > LONGEST_NUMBER or (len(digits) > 1 and digits[0] == "0"):
        return " ".join(cardinal(int(digit)) for digit in digits)
    return cardinal(int(digits))
