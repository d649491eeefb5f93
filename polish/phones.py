"""Numbers that are names, not counts: telephones, accounts, postal codes, PESEL. In groups."""

from __future__ import annotations

import re

from polish.cardinals import cardinal

_GAP = r"[ \u00a0-]"
_END = r"(?!\d|[.,]\d|\s?(?:zł|tys|mln|os\b|%))"
_COUNTRY = rf"(?:(?:\+|00){_GAP}?48{_GAP}?)?"
_PHONE = re.compile(
    rf"(?<![\d.,+])(?P<plus>{_COUNTRY})(?P<n>"
    rf"\(?\d\d\)?{_GAP}\d{{3}}{_GAP}\d\d{_GAP}\d\d|\d\d{_GAP}\d{{3}}{_GAP}\d{{4}}"
    rf"|\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}}|\d{{3}}{_GAP}\d\d{_GAP}\d\d{_GAP}\d\d"
    rf"|\d{{9}}){_END}"
)
_ACCOUNT = re.compile(r"\b(?P<land>PL)?\s?(?P<n>\d{2}(?:[ -]?\d{4}){6})(?!\d)")
_POSTAL = re.compile(
    r"(?<![\d-])(?P<a>\d\d)-(?P<b>\d{3})(?![\d-])(?=\s+[A-ZĄĆĘŁŃÓŚŹŻ]|\s*$|[.,;)])"
)
_LONG = re.compile(r"(?<![\d.,])\d{7,}(?![.,]?\d)")


def digits_in_words(digits: str) -> str:
    """A group of digits as it is dictated: "05" -> "zero pięć", "123" -> "sto dwadzieścia trzy"."""
    zeros = len(digits) - len(digits.lstrip("0"))
    rest = digits[zeros:]
    return " ".join(["zero"] * zeros + ([cardinal(int(rest))] if rest else []))


def speak_number_names(text: str) -> str:
    """The text with telephones, accounts, postal codes and long digit runs in words."""
    text = _ACCOUNT.sub(_account, text)
    text = _PHONE.sub(_phone, text)
    text = _POSTAL.sub(lambda m: f"{digits_in_words(m['a'])} {digits_in_words(m['b'])}", text)
    return _LONG.sub(lambda m: _groups([*m[0]], 3), text)


def _groups(words: list[str], size: int) -> str:
    """Digits one by one, with a breath after each group."""
    spoken = [digits_in_words(d) for d in words]
    return ", ".join(" ".join(spoken[i : i + size]) for i in range(0, len(spoken), size))


def _phone(match: re.Match[str]) -> str:
    parts = re.findall(r"\d+", match["n"])
    if len(parts) == 1:
        parts = [parts[0][i : i + 3] for i in (0, 3, 6)]
    if len(parts[-1]) == 4:
        parts[-1:] = [parts[-1][:2], parts[-1][2:]]
    head = "plus czterdzieści osiem, " if match["plus"] else ""
    return head + ", ".join(map(digits_in_words, parts))


def _account(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match["n"])
    fours = [digits[i : i + 4] for i in range(2, 26, 4)]
    spoken = [digits_in_words(digits[:2])]
    spoken += [f"{digits_in_words(f[:2])} {digits_in_words(f[2:])}" for f in fours]
    return ("pe el, " if match["land"] else "") + ", ".join(spoken)
