"""Dates and years as they are said: "3.12.2026" -> "trzeciego grudnia dwa tysiące … roku"."""

from __future__ import annotations

import re

from polish.cardinals import Case
from polish.nouns import case_before, left_of, right_of, word_before
from polish.ordinals import ordinal

MONTHS = (
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada "
    "grudnia"
).split()
_ROMAN = dict(zip("I II III IV V VI VII VIII IX X XI XII".split(), range(1, 13), strict=True))

_MONTH = "|".join(MONTHS)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:19|20)\d\d"
_R = r"(?:\s*(?:r\.|roku\b))?"
_DASH = r"\s*[-–—]\s*"

_ISO = re.compile(rf"(?<![\d-])(?P<y>{_YEAR})-(?P<m>0[1-9]|1[0-2])-(?P<d>{_DAY})(?![\d-]){_R}")
_NUMERIC = re.compile(
    rf"(?<![\d.,])(?P<d>{_DAY})(?P<s>[./-])(?P<m>0?[1-9]|1[0-2])(?P=s)(?P<y>{_YEAR})(?!\d){_R}"
)
_ROMAN_DATE = re.compile(
    rf"(?<![\d.,])(?P<d>{_DAY})[. ]\s?(?P<m>I{{1,3}}|IV|VI{{0,3}}|IX|XI{{0,2}})"
    rf"[. ]\s?(?P<y>{_YEAR})(?!\d){_R}"
)
_SHORT = re.compile(
    r"(?<![\d.,])(?P<d>0[1-9]|[12]\d|3[01])\.(?P<m>0[1-9]|1[0-2])(?![\d%:]|[.,]\d)\.?"
)
_WEEKDAY_DATE = re.compile(
    r"(?P<w>\b(?:poniedziałek|wtorek|środ[aęy]|czwartek|piątek|sobot[aęy]|niedziel[aęi]),?\s+)"
    rf"(?P<d>{_DAY})\.(?P<m>0?[1-9]|1[0-2])(?![\d%:]|[.,]\d)\.?"
)
_RANGE = re.compile(
    rf"(?:\b(?P<od>[Oo]d)\s+)?(?<![\d.,])(?P<a>{_DAY})(?:\.)?(?:{_DASH}|\s+do\s+)(?P<b>{_DAY})\.?\s+(?P<m>{_MONTH})\b"
)
_NAMED = re.compile(
    rf"(?<![\d.,:])(?P<d>{_DAY})\.?\s+(?P<m>{_MONTH})\b(?:\s+(?P<y>{_YEAR})(?!\d){_R})?",
    re.IGNORECASE,
)
_YEAR_RANGE = re.compile(rf"(?<![\d.,/])(?P<a>{_YEAR}){_DASH}(?P<b>{_YEAR})(?![\d/-])(?P<r>{_R})")
_YEAR_R = re.compile(rf"(?<![\d.,/])(?P<y>{_YEAR})\s*(?:r\.|(?P<word>rok(?:u|iem|owi)?)\b)")
_R_YEAR = re.compile(rf"\b(?P<word>[Rr]ok(?:u|iem|owi)?)\s+(?P<y>{_YEAR})(?![\d])")
_JOURNAL = re.compile(rf"(?P<j>Dziennik Ustaw|Monitor Polski)\s+(?:z\s+)?(?P<y>{_YEAR})(?!\d){_R}")
_LONELY = re.compile(r"(?:^|[.?!]\s+)(?:Na|Od|Do|Za|Po|W|Z|Przed)\s+$")
_NEW_SENTENCE = re.compile(r"\s*$|\s+[A-ZĄĆĘŁŃÓŚŹŻ]")


def speak_dates(text: str) -> str:
    """The text with its dates and years in words."""
    text = _ISO.sub(_full, text)
    text = _NUMERIC.sub(_full, text)
    text = _ROMAN_DATE.sub(_full, text)
    text = _RANGE.sub(_day_range, text)
    text = _NAMED.sub(_full, text)
    text = _WEEKDAY_DATE.sub(
        lambda m: f"{m['w']}{_day(m['d'], 'gen')} {_month(m['m'])}{_end_point(m)}", text
    )
    text = _SHORT.sub(_short, text)
    text = _JOURNAL.sub(lambda m: f"{m['j']} z {ordinal(int(m['y']), 'gen')} roku", text)
    text = _YEAR_RANGE.sub(_year_range, text)
    text = _YEAR_R.sub(_year_r, text)
    return _R_YEAR.sub(_r_year, text)


def _month(written: str) -> str:
    if written.lower() in MONTHS:
        return written
    return MONTHS[(_ROMAN.get(written) or int(written)) - 1]


def _day_case(match: re.Match[str]) -> Case:
    """A day stands in the genitive ("trzeciego grudnia") unless a preposition wants else."""
    case = case_before(left_of(match))
    return case if case in ("inst", "loc", "dat") else "gen"


def _day(written: str, case: Case) -> str:
    return ordinal(int(written), case)


def _full(match: re.Match[str]) -> str:
    spoken = f"{_day(match['d'], _day_case(match))} {_month(match['m'])}"
    if match["y"]:
        spoken += f" {ordinal(int(match['y']), 'gen')} roku"
    return spoken + _full_stop(match)


def _short(match: re.Match[str]) -> str:
    if not re.search(
        r"(?i)\b(?:dni[au]|do|od|z|po|przed|na|w|i)\s+$|,\s+$|^$|-\s*$",
        left_of(match),
    ):
        return match[0]
    return f"{_day(match['d'], _day_case(match))} {_month(match['m'])}{_end_point(match)}"


def _day_range(match: re.Match[str]) -> str:
    od = match["od"] or "od"
    return f"{od} {_day(match['a'], 'gen')} do {_day(match['b'], 'gen')} {match['m']}"


def _year_range(match: re.Match[str]) -> str:
    a, b = ordinal(int(match["a"]), "gen"), ordinal(int(match["b"]), "gen")
    od = "" if case_before(left_of(match)) == "gen" else "od "
    word = "" if word_before(left_of(match)).startswith("lat") else " roku"
    return f"{od}{a} do {b}{word}{_full_stop(match)}"


def _year_r(match: re.Match[str]) -> str:
    before = left_of(match)
    case = case_before(before)
    word = match["word"]
    if word_before(before) == "na":
        word = "rok"
    case = "gen" if case in ("nom", "acc") else case
    if word == "rok":
        case = "nom"
    elif word in ("rokiem", "rokowi") or case == "inst":
        case = "dat" if word == "rokowi" else "inst"
        word = word or "rokiem"
    return f"{ordinal(int(match['y']), case)} {word or 'roku'}{_full_stop(match)}"


def _r_year(match: re.Match[str]) -> str:
    cases: dict[str, Case] = {"rok": "nom", "rokiem": "inst", "rokowi": "dat"}
    case = cases.get(match["word"].lower())
    if case is None:
        before = case_before(left_of(match))
        case = "loc" if before == "loc" else "gen"
    return f"{match['word']} {ordinal(int(match['y']), case)}"


def _full_stop(match: re.Match[str]) -> str:
    """The point of "r." also ends the sentence when a new one or nothing follows."""
    ends = match[0].endswith("r.") and _NEW_SENTENCE.match(right_of(match))
    begun = _LONELY.search(left_of(match))  # "Na 2026 r. Ministerstwo …"
    return "." if ends and not begun else ""


def _end_point(match: re.Match[str]) -> str:
    """The point after "31.12." when it also ends the sentence."""
    ends = match[0].endswith(".") and _NEW_SENTENCE.match(right_of(match))
    return "." if ends else ""
