"""Personal data out of what residents say or type, before anything is kept.

``mask("mój pesel to 44051401359")`` -> ``"mój pesel to [PESEL]"``. A first guard, not a guarantee:
it knows forms (digits, addresses, names), not lives. Everything is replaced by what it was:
[PESEL] [TELEFON] [DOKUMENT] [KONTO] [E-MAIL] [ADRES] [DATA URODZENIA] [NUMER] [OSOBA].
"""

from __future__ import annotations

import re
from collections.abc import Callable

from polish.dates import MONTHS
from polish.digits import NumberRun, number_runs
from polish.personal_names import name_spans

_L = r"[^\W\d_]"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
_SIGN = r"(?:kropka|podkreślnik|podkreslnik|myślnik|myslnik|kreska|minus)"
_EMAIL_SPOKEN = re.compile(
    rf"\b(?:\w+\s+{_SIGN}\s+)*\w+\s+(?:małpa|malpa|małpka|at)\s+\w+(?:\s+{_SIGN}\s+\w+)+(?:\s+el\b)?",
    re.IGNORECASE,
)
_IBAN = re.compile(r"\b(?:PL\s?)?\d{2}(?:[ -]?\d{4}){6}\b", re.IGNORECASE)
_DOCUMENT = re.compile(
    r"(?<!\w)(?:[A-Za-z]{3}[ -]?\d{6}|[A-Za-z]{2}[ -]?\d{7}|[A-Za-z]{3}[ -]?\d{3}[ -]\d{3})"
    r"(?!\w|-\d)"
)
_BIRTH_CUE = r"\b(?:urodz\w+|ur\.|dat[aęy] urodzenia)(?:\s+(?:się|to|jest|dnia|w dniu|:))*[\s:]+"
_YEAR_SPOKEN = r"(?:tysiąc|dwa|dwutysi)[\w ]{0,60}?(?=\s+roku|[,.?!]|$)"
_BIRTH_DATE = (
    r"\d{1,2}[./ -]\d{1,2}[./ -](?:19|20)?\d\d|(?:19|20)\d\d-\d\d-\d\d|"
    rf"[\w ]{{1,40}}?\b(?:{'|'.join(MONTHS)})\b(?:\s+(?:(?:19|20)?\d\d|{_YEAR_SPOKEN}))?"
)
_BIRTH = re.compile(rf"(?P<cue>{_BIRTH_CUE})(?:{_BIRTH_DATE})(?:\s+roku\b|\s*r\.)?", re.IGNORECASE)
_STREET_WORD = (
    r"(?:ul\.|ulic[aąęy]|al\.|alej[aąęi]|alei|os\.|osiedl[aeu]|pl\.|plac(?:u|em)?|"
    r"rynek|rynku|skwer\w*)"
)
_FLAT = r"(?:/|m\.?|lok\.?|mieszkania|mieszkanie|lokal|przez|łamane przez)"
_HOUSE = rf"\d+\s?[a-zA-Z]?(?!\w)(?:\s?{_FLAT}\s?\d+[a-zA-Z]?(?!\w))?"
_ADDRESS = re.compile(
    rf"\b{_STREET_WORD}\s*(?:{_L}[\w.-]*\s+|\d+\s+(?={_L})){{1,4}}?"
    rf"(?:numer\s+|nr\s+|dom\s+)?{_HOUSE}",
    re.IGNORECASE,
)
_LIVES_CUE = (
    r"\b(?:mieszka\w*|zamieszkał\w*|zameldowan\w+|adres\w*)\s+"
    r"(?:\w+\s+){0,2}?(?:na|przy|w|pod|to|:)\s+"
)
_LIVES = re.compile(
    rf"(?P<cue>{_LIVES_CUE})(?P<place>(?:{_L}[\w-]*\s+){{1,3}}?{_HOUSE})", re.IGNORECASE
)
_FLAT_ADDRESS = re.compile(rf"\b[A-ZĆŁŚŹŻ]{_L}+ \d{{1,3}}[a-zA-Z]?,? (?:m|lok)\. ?\d+")
_POSTAL = re.compile(r"(?P<a>\[ADRES\])[,\s]+\d\d-\d{3}(?:\s+[A-ZĄĆĘŁŃÓŚŹŻ][\w-]+)?")
_COUNTED_AFTER = re.compile(
    r"\s*(?:zł|złot\w+|zlot\w+|gr\b|grosz\w*|tys|mln|tysi|procent|%|metr\w*|m2|m²|km|kilometr|os[oó]b|"
    r"euro|eur|dolar|lat\b|dni\b|roku\b|rok\b|r\.|kilo|ha\b|hektar)",
    re.IGNORECASE,
)
_NOT_A_NUMBER = re.compile(
    r"\d{1,2}[:.]\d\d\s?[-–]\s?\d{1,2}[:.]\d\d|\d{1,2}[.]\d{1,2}[.]\d{2,4}|\d{4}-\d\d-\d\d|"
    r"(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d|\d{1,2}\s?[-–]\s?\d{1,2}(?=\D|$)|\d\d-\d\d-(?:19|20)\d\d"
)
_COUNTRY_PHONE = re.compile(r"(?:00)?48\d{9}")
LEAST_SPOKEN = 5
LEAST_WRITTEN = 6
"""Digits in a row from which a number is taken as somebody's: dictated, and in figures."""


def mask(text: str) -> str:
    """The text with personal data replaced by tokens. Never raises; idempotent."""
    for step in (_mask_marked, _mask_addresses, _mask_numbers, _mask_names):
        text = step(text)
    return text


def is_pesel(digits: str) -> bool:
    """Whether eleven digits are a PESEL by checksum (ustawa o ewidencji ludności, art. 15)."""
    if len(digits) != 11 or not digits.isdigit():
        return False
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
    total = sum(w * int(d) for w, d in zip(weights, digits, strict=False))
    return (10 - total % 10) % 10 == int(digits[10])


def _mask_marked(text: str) -> str:
    """What shows by its form what it is."""
    text = _EMAIL.sub("[E-MAIL]", text)
    text = _EMAIL_SPOKEN.sub("[E-MAIL]", text)
    text = _IBAN.sub("[KONTO]", text)
    text = _DOCUMENT.sub("[DOKUMENT]", text)
    return _BIRTH.sub(r"\g<cue>[DATA URODZENIA]", text)


def _mask_numbers(text: str) -> str:
    harmless = [m.span() for m in _NOT_A_NUMBER.finditer(text)]
    parts, last = [], 0
    for run in number_runs(text):
        token = _number_token(run, text)
        if token and not any(a <= run.start and run.end <= b for a, b in harmless):
            parts += [text[last : run.start], token]
            last = run.end
    return re.sub(r"\+\s?(?=\[TELEFON\])", "", "".join([*parts, text[last:]]))


def _number_token(run: NumberRun, text: str) -> str | None:
    digits = run.digits
    least = LEAST_SPOKEN if run.spoken else LEAST_WRITTEN
    if len(digits) < least or run.counted or _COUNTED_AFTER.match(text, run.end):
        return None
    if len(digits) == 9 or _COUNTRY_PHONE.fullmatch(digits):
        return "[PESEL]" if is_pesel(digits) else "[TELEFON]"
    if len(digits) == 11:
        return "[PESEL]"
    if len(digits) == 26:
        return "[KONTO]"
    return "[TELEFON]" if len(digits) == 7 else "[NUMER]"


def _mask_addresses(text: str) -> str:
    """Street and house number; the numbers may be spoken."""
    for pattern, group in ((_ADDRESS, 0), (_LIVES, "place")):
        text = _sub_in_figures(text, pattern, group)
    text = _FLAT_ADDRESS.sub("[ADRES]", text)
    return _POSTAL.sub(r"\g<a>", text)


def _sub_in_figures(text: str, pattern: re.Pattern[str], group: int | str) -> str:
    figures, back = _with_figures(text)
    parts, last = [], 0
    for match in pattern.finditer(figures):
        start, end = back(match.start(group)), back(match.end(group))
        parts += [text[last:start], "[ADRES]"]
        last = end
    return "".join([*parts, text[last:]])


def _with_figures(text: str) -> tuple[str, Callable[[int], int]]:
    """The text with spoken numbers as figures, and the way back to places in the original."""
    pieces: list[tuple[int, int, int]] = []  # place in figures, place in text, length
    parts, last, length = [], 0, 0
    for run in number_runs(text):
        if not run.spoken or run.counted:
            continue
        kept, figures = text[last : run.start], " ".join(run.groups)
        pieces.append((length, last, len(kept)))
        parts += [kept, figures]
        length += len(kept) + len(figures)
        last = run.end
    pieces.append((length, last, len(text) - last))

    def back(place: int) -> int:
        for new, old, size in pieces:
            if place <= new + size:
                return old + max(0, place - new) if place >= new else old
        return len(text)

    return "".join([*parts, text[last:]]), back


def _mask_names(text: str) -> str:
    parts, last = [], 0
    for start, end in name_spans(text):
        if "[" in text[max(0, start - 1) : start] or start < last:
            continue  # inside a token of ours
        parts += [text[last:start], "[OSOBA]"]
        last = end
    return "".join([*parts, text[last:]])
