"""Hours as they are said: "o 15:30" -> "o piętnastej trzydzieści", "8-16" -> "od ósmej do …"."""

from __future__ import annotations

import re

from polish.cardinals import Case, cardinal
from polish.nouns import case_before, left_of, noun_after, right_of
from polish.ordinals import ordinal

_HOUR = r"(?:[01]?\d|2[0-4])"
_TIME = rf"{_HOUR}[:.][0-5]\d"
_ANY = rf"{_HOUR}(?:[:.][0-5]\d)?"
_DASH = r"\s*[-–—]\s*"
_EDGE = r"(?![\d:]|[.,]\d)"

_OFFICE_HOURS = re.compile(
    rf"(?P<word>\b[Gg]odz\.\s*|\b[Gg]odzin\w*\s+)?(?<![\d.,:/])"
    rf"(?:od\s+)?(?P<a>{_HOUR}:[0-5]\d){_DASH}(?P<b>{_ANY}){_EDGE}"
)
_WORD_RANGE = re.compile(
    rf"(?P<word>\b[Gg]odz\.\s*|\b[Gg]odzin\w*\s+)(?:od\s+)?(?P<a>{_ANY}){_DASH}(?P<b>{_ANY}){_EDGE}"
)
_DOT_RANGE = re.compile(rf"(?<![\d.,:/])(?P<word>)(?P<a>{_TIME}){_DASH}(?P<b>{_TIME}){_EDGE}(?!\.)")
_WORD_TIME = re.compile(rf"\b(?P<word>[Gg]odz\.\s*|[Gg]odzin\w*\s+)(?P<a>{_ANY}){_EDGE}(?!%)")
_FROM_TO = re.compile(
    rf"\b(?P<from>[Oo]d|[Mm]iędzy|[Pp]omiędzy)\s+(?P<a>{_ANY})\s+(?P<to>do|a|i)\s+(?P<b>{_ANY}){_EDGE}"
)
_COLON_TIME = re.compile(rf"(?<![\d:.,/])(?P<a>{_HOUR}:[0-5]\d)(?![\d:])")
_AT = re.compile(
    rf"\b(?P<prep>[Oo]|[Pp]o|[Dd]o|[Oo]d|[Pp]rzed)\s+(?P<a>{_ANY}){_EDGE}(?!\s*[-–%+]|\.\s*[^\WA-ZĄĆĘŁŃÓŚŹŻ\d_])"
)
_LABELS = re.compile(
    r"\b(?:stanowisk\w*|poko\w+|okien\w*|numer\w*|autobus\w*|lini\w*|tramwaj\w*|stron\w*|klas\w*|"
    r"sal\w*|skal\w*|stopni\w*|punkt\w*|artykuł\w*|piętr\w*|peron\w*|strefa|strefy)\s+$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s*(?:zł|gr|proc|tys|mln|mld|PLN|EUR|€|\$|k?m[²2³3]?|cm|mm|kg|ha|g|t|l|h|min|os|szt|egz|str|lat|dni)"
    r"(?![\w²³])|\s*(?:x|×)\s+\d|\s+do\s+\d"
)
_COUNTED_FROM = re.compile(r"\b[Oo]d\s+[\d,]+\s+$")  # "od 2 do 5": counts, decided before
DAY_HOURS = range(5, 23)
"""Bare numbers after "do", "od" … are taken as hours only when an office can be open then."""


def clock_time(written: str, case: Case) -> str:
    """One hour in words: "15:30" -> "piętnasta trzydzieści", with the hour in its case."""
    hour, _, minutes = written.replace(".", ":").partition(":")
    spoken = ordinal(int(hour), case, "f")
    if int(minutes or 0) == 0:
        return spoken
    return f"{spoken} {'zero ' if minutes[0] == '0' else ''}{cardinal(int(minutes))}"


def speak_clock(text: str) -> str:
    """The text with its hours in words."""
    for pattern in (_OFFICE_HOURS, _WORD_RANGE, _DOT_RANGE):
        text = pattern.sub(_range, text)
    text = _FROM_TO.sub(_from_to, text)
    text = _WORD_TIME.sub(_word_time, text)
    text = _COLON_TIME.sub(lambda m: clock_time(m["a"], case_before(left_of(m))), text)
    return _AT.sub(_at, text)


def _hour_word(match: re.Match[str], *, several: bool) -> str:
    """The word "godz." written out as the words before it ask."""
    written = match["word"]
    if not written:
        return ""
    if not written.lower().startswith("godz."):
        return written.strip() + " "
    if written[0] == "G":
        return "Godziny " if several else "Godzina "
    case = case_before(left_of(match))
    if several:
        return "godzinach " if case == "loc" else "godziny "
    singular = {"nom": "godzina", "acc": "godzinę", "inst": "godziną", "gen": "godziny"}
    return singular.get(case, "godzinie") + " "


def _range(match: re.Match[str]) -> str:
    begin, end = clock_time(match["a"], "gen"), clock_time(match["b"], "gen")
    return f"{_hour_word(match, several=True)}od {begin} do {end}"


def _word_time(match: re.Match[str]) -> str:
    if match["word"].lower().startswith("godz."):
        case = case_before(left_of(match))
    else:
        ending = match["word"].strip()[-1]
        cases: dict[str, Case] = {"a": "nom", "y": "gen", "ę": "acc", "ą": "inst", "e": "loc"}
        case = cases.get(ending, "nom")
    return _hour_word(match, several=False) + clock_time(match["a"], case)


def _is_bare_hour(written: str) -> bool:
    return ":" in written or "." in written or int(written) in DAY_HOURS


def _from_to(match: re.Match[str]) -> str:
    a, b = match["a"], match["b"]
    clear = ":" in a + b
    if not clear and (
        not (_is_bare_hour(a) and _is_bare_hour(b))
        or float(a) >= float(b)
        or noun_after(right_of(match))
        or _UNIT.match(right_of(match))
        or _LABELS.search(left_of(match))
    ):
        return match[0]
    case: Case = "gen" if match["from"].lower() == "od" else "inst"
    return f"{match['from']} {clock_time(a, case)} {match['to']} {clock_time(b, case)}"


def _at(match: re.Match[str]) -> str:
    prep, written = match["prep"], match["a"]
    after = right_of(match)
    counted = noun_after(after) or _UNIT.match(after)
    exact = prep.lower() == "o"
    if counted or (not exact and not _is_bare_hour(written)):
        return match[0]
    before = left_of(match)
    if _LABELS.search(before) or (prep.lower() == "do" and _COUNTED_FROM.search(before)):
        return match[0]
    if "." in written and not exact and not written.endswith("0"):
        return match[0]
    return f"{prep} {clock_time(written, case_before(prep))}"
