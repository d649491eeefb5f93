"""Personal data out of what residents say or type, before anything is kept.

``mask("mój pesel to 44051401359")`` -> ``"mój pesel to [PESEL]"``. A first guard, not a guarantee:
it knows forms (digits, addresses, names), not lives. Everything is replaced by what it was:
[PESEL] [TELEFON] [DOKUMENT] [KONTO] [E-MAIL] [ADRES] [DATA URODZENIA] [NUMER] [OSOBA].

Each step looks for one kind in the text in which everything found before is covered by as many
fillers, so that places stay those of the original.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

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
_POSTAL = re.compile(r"[,\s]+\d\d-\d{3}(?:\s+[A-ZĄĆĘŁŃÓŚŹŻ][\w-]+)?")
_PLUS_BEFORE = re.compile(r"\+\s?$")
_TOKEN = re.compile(r"\[[A-ZĄĆĘŁŃÓŚŹŻ -]+\]")  # what an earlier masking left
_FILLER = "¤"  # no letter, no digit, nothing that joins numbers or names
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


@dataclass(frozen=True, slots=True)
class PersonalSpan:
    """Where something personal stands (characters), and what it is, such as "PESEL"."""

    start: int
    end: int
    kind: str


def mask(text: str) -> str:
    """The text with personal data replaced by tokens. Never raises; idempotent."""
    parts, last = [], 0
    for span in personal_spans(text):
        parts += [text[last : span.start], f"[{span.kind}]"]
        last = span.end
    return "".join([*parts, text[last:]])


def personal_spans(text: str) -> list[PersonalSpan]:
    """Everything personal in the text, in order, without overlaps. Never raises."""
    covered = _Covered(_TOKEN.sub(lambda m: _FILLER * len(m[0]), text))
    for step in (_find_marked, _find_addresses, _find_numbers, _find_names):
        step(covered)
    return sorted(covered.spans, key=lambda span: span.start)


def is_pesel(digits: str) -> bool:
    """Whether eleven digits are a PESEL by checksum (ustawa o ewidencji ludności, art. 15)."""
    if len(digits) != 11 or not digits.isdigit():
        return False
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
    total = sum(w * int(d) for w, d in zip(weights, digits, strict=False))
    return (10 - total % 10) % 10 == int(digits[10])


class _Covered:
    """The text with everything found so far under fillers."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: list[PersonalSpan] = []

    def cover(self, start: int, end: int, kind: str) -> None:
        """Take this place as found."""
        self.spans.append(PersonalSpan(start, end, kind))
        self.text = self.text[:start] + _FILLER * (end - start) + self.text[end:]


def _find_marked(covered: _Covered) -> None:
    """What shows by its form what it is."""
    for pattern, kind in (
        (_EMAIL, "E-MAIL"),
        (_EMAIL_SPOKEN, "E-MAIL"),
        (_IBAN, "KONTO"),
        (_DOCUMENT, "DOKUMENT"),
    ):
        for match in pattern.finditer(covered.text):
            covered.cover(match.start(), match.end(), kind)
    for match in _BIRTH.finditer(covered.text):
        covered.cover(match.end("cue"), match.end(), "DATA URODZENIA")


def _find_numbers(covered: _Covered) -> None:
    text = covered.text
    harmless = [m.span() for m in _NOT_A_NUMBER.finditer(text)]
    for run in number_runs(text):
        kind = _number_kind(run, text)
        if kind and not any(a <= run.start and run.end <= b for a, b in harmless):
            plus = _PLUS_BEFORE.search(text, 0, run.start) if kind == "TELEFON" else None
            covered.cover(plus.start() if plus else run.start, run.end, kind)


def _number_kind(run: NumberRun, text: str) -> str | None:
    digits = run.digits
    least = LEAST_SPOKEN if run.spoken else LEAST_WRITTEN
    if len(digits) < least or run.counted or _COUNTED_AFTER.match(text, run.end):
        return None
    if len(digits) == 9 or _COUNTRY_PHONE.fullmatch(digits):
        return "PESEL" if is_pesel(digits) else "TELEFON"
    if len(digits) == 11:
        return "PESEL"
    if len(digits) == 26:
        return "KONTO"
    return "TELEFON" if len(digits) == 7 else "NUMER"


def _find_addresses(covered: _Covered) -> None:
    """Street and house number, the numbers may be spoken, with the postal code behind them."""
    for pattern, group in ((_ADDRESS, 0), (_LIVES, "place")):
        figures, back = _with_figures(covered.text)
        for match in pattern.finditer(figures):
            _cover_address(covered, back(match.start(group)), back(match.end(group)))
    for match in _FLAT_ADDRESS.finditer(covered.text):
        _cover_address(covered, match.start(), match.end())


def _cover_address(covered: _Covered, start: int, end: int) -> None:
    postal = _POSTAL.match(covered.text, end)
    covered.cover(start, postal.end() if postal else end, "ADRES")


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


def _find_names(covered: _Covered) -> None:
    last = 0
    for start, end in name_spans(covered.text):
        if start >= last and _FILLER not in covered.text[start:end]:
            covered.cover(start, end, "OSOBA")
            last = end
