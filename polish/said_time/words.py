"""The coded words in which days and hours are looked for.

"W3" a weekday (0 is Monday), "P3" its plural, "R2" a form that can be both ("środy"), "n10" a
number, "g10" "dziesiątego", "m10" "dziesiąty" and "dziesiątym", "h10" "dziesiątej", "k10"
"dziesiąta", "M12" "grudnia", "L12" "grudniu", "y2026" a year, "D3.12" a date in figures, "T10:30"
an hour in figures, "#" a number that names no time; other words are folded. A comma clings to the
word before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import chain

from polish.cardinals import CASES, cardinal
from polish.dates import MONTHS
from polish.fold import fold
from polish.ordinals import ordinal

_TOKEN = re.compile(
    r"(?P<iso>(?<![\w-])20[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}(?![0-9-]))"
    r"|(?P<dmy>(?<![\w.])[0-9]{1,2}(?:\.\s?[0-9]{1,2}\.\s?(?:20)?[0-9]{2}|"
    r"(?P<s>[/-])[0-9]{1,2}(?P=s)20[0-9]{2})(?![\w]))"
    r"|(?P<roman>(?<![\w.,])[0-9]{1,2}[. ]\s?(?:I{2,3}|IV|VI{1,3}|IX|XI{1,2})\b)"
    r"|(?P<hm>(?<![\w:.,])[0-9]{1,2}:[0-9]{2}(?![\w:]))"
    r"|(?P<dm>(?<![\w.,/-])[0-9]{1,2}[.,/][0-9]{1,2}(?![\w/]|[.,][0-9]))"
    r"|(?P<suffixed>(?<!\w)[0-9]{1,2}-?(?:[a-z]{0,3}ego|go|[a-z]{0,3}ej|t[aą]|m[aą]|g[aą]|ci[aą]|"
    r"sz[aą])(?!\w))"
    r"|(?P<digits>[0-9]+)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<dash>[-–—])"
    r"|(?P<stop>[,.;:!?…()\n])"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_NUMBER = re.compile(r"[0-9]+")
_ROMAN = {"II": 2, "III": 3, "IV": 4, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "XI": 11, "XII": 12}
_CLOCK_BEFORE = frozenset("o godz godzina godzine godzinie godziny kolo okolo ok".split())
_SLASH_BEFORE = frozenset("w na dnia do od po przed dzien termin i albo lub".split())
_LABELS = frozenset(
    "art artykul artykulu ust ustep ustepu pkt punkt punktu par paragraf wersja wersji nr numer "
    "numeru numerem pokoj pokoju pokoje okienko okienka okienku okno stanowisko stanowisku kwota "
    "kwote kwoty lokal lokalu".split()
)

_ABBREVIATIONS = frozenset("art ust pkt par nr lok pok godz ok".split())


def coded_words(text: str) -> str:
    """The text as the codes and folded words that ``polish.wanted_days`` describes."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    codes: list[str] = []
    for match in _TOKEN.finditer(text):
        code = _CODERS[match.lastgroup or "word"](match[0], _before(codes))
        if code != "," or (codes and codes[-1] != ","):
            codes.append(code)
    words = " ".join(codes).replace(" ,", ",")
    for rule, new in _JOINED:
        words = rule.sub(new, words)
    return _RUN.sub(_masked, words)


def _before(codes: list[str]) -> str:
    """The word before; an abbreviation's full stop is passed over."""
    if len(codes) > 1 and codes[-1] == "," and codes[-2] in _ABBREVIATIONS:
        return codes[-2]
    return codes[-1] if codes else ""


def _numbers(text: str) -> list[int]:
    return [int(found) for found in _NUMBER.findall(text)]


def _iso(text: str, before: str) -> str:
    year, month, day = _numbers(text)
    if before in _LABELS:
        return "#"
    return f"D{day}.{month}.{year}"


def _day_month_year(text: str, before: str) -> str:
    day, month, year = _numbers(text)
    if before in _LABELS:
        return "#"
    return f"D{day}.{month}.{year if year > 99 else 2000 + year}"


def _roman(text: str, before: str) -> str:
    return f"D{_numbers(text)[0]}.{_ROMAN[text.replace('.', ' ').split()[-1]]}"


def _hour_minute(text: str, before: str) -> str:
    return f"T{text}"


def _day_month_or_clock(text: str, before: str) -> str:
    """A date like "3.12", an hour like "10.30"; "10.12" is an hour only after "o" and its like."""
    a, b = _numbers(text)
    is_date = 1 <= b <= 12 and 1 <= a <= 31
    if "/" in text:
        fits = not before or before[-1] == "," or before in _SLASH_BEFORE or before[0] in "WD-"
        return f"D{a}.{b}" if is_date and fits and (a, b) != (24, 7) else "#"
    if before in _LABELS or ("," in text and before not in _CLOCK_BEFORE):
        return "#"
    is_clock = text[-3] in ".," and b <= 59 and a <= 24
    if is_clock and (not is_date or before in _CLOCK_BEFORE):
        return f"T{a}:{b:02}"
    return f"D{a}.{b}" if is_date else "#"


def _suffixed(text: str, before: str) -> str:
    number = _numbers(text)[0]
    kind = "g" if text.endswith("go") else "h" if text.endswith("ej") else "k"
    return f"{kind}{number}"


def _digits(text: str, before: str) -> str:
    if before in _LABELS or len(text) > 4:
        return "#"
    if len(text) == 4 and text.startswith(("19", "20")):
        return f"y{text}"
    return f"n{text}"


def _word(text: str, before: str) -> str:
    code = _codes().get(folded := _folded(text))
    if code and code[0] == "s" and before in _LABELS:
        return "#"
    return code or folded


def _stop(text: str, before: str) -> str:
    return ","


def _dash(text: str, before: str) -> str:
    return "-"


_CODERS: dict[str, Callable[[str, str], str]] = {
    "iso": _iso,
    "dmy": _day_month_year,
    "roman": _roman,
    "hm": _hour_minute,
    "dm": _day_month_or_clock,
    "suffixed": _suffixed,
    "digits": _digits,
    "word": _word,
    "dash": _dash,
    "stop": _stop,
}
# "s": a number said in words, until its words are joined
_JOINED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b([sghkm])([2-9])0 \1([1-9])\b"), r"\1\2\3"),
    (re.compile(r"\bs0 s([0-9])\b"), r"n0\1"),
    (re.compile(r"\bs(\d)"), r"n\1"),
    (re.compile(r"\bn2 tysiac\w* (?:i )?[ngm]([2-9]\d)\b"), r"y20\1"),
)
_RUN = re.compile(r"\b[ny]\d+(?:(?: -)? [ny]\d+(?!\d|,? [Mg]\d))+|\bn\d{3,}(?!\d)")


def _masked(match: re.Match[str]) -> str:
    """A row of numbers that is a phone or another long number, covered."""
    numbers = [part for part in match[0].split() if part != "-"]
    plain = [part for part in numbers if part[0] == "n"]
    digits = sum(len(part) - 1 for part in plain)
    a_date = len(numbers) == 3 and len(plain) == 2 and numbers[2][0] == "y"
    long = digits >= 5 or len(numbers) >= 3 or any(len(part) > 3 for part in plain)
    if not long or a_date:
        return match[0]
    kept = _hour_before_number(match.string[: match.start()], numbers)
    return " ".join([*kept, "#"])


_HOUR_LEADS = re.compile(r"(?:\bo|\bgodzin\w+|\b[hk]\d+),? $")


def _hour_before_number(before: str, numbers: list[str]) -> list[str]:
    """The hour that a phone number follows with nothing between: "o 10 501 234 567"."""
    if not _HOUR_LEADS.search(before[-20:]):
        return []
    short = next((i for i, part in enumerate(numbers) if len(part) > 3), 0)
    return numbers[:short] if short <= 2 else []


@lru_cache(maxsize=4096)
def _folded(word: str) -> str:
    return fold(word)


_WEEKDAYS = (
    (
        "poniedzialek poniedzialku poniedzialkiem poniedzialkowi pon pn",
        "poniedzialki",
        "ow ami ach",
    ),
    ("wtorek wtorku wtorkiem wtorkowi wt", "wtorki", "ow ami ach"),
    ("sroda srode srodzie sr", "", ""),
    ("czwartek czwartku czwartkiem czwartkowi czw", "czwartki", "ow ami ach"),
    ("piatek piatku piatkiem piatkowi pt piontek", "piatki", "ow ami ach"),
    ("sobota sobote sobocie sob", "", ""),
    ("niedziela niedziele niedzieli ndz", "", ""),
)
_WEEKDAY_STEMS = "poniedzialkow wtorkow srodow czwartkow piatkow".split()
_ADJECTIVE = "y a e ego ej emu ym".split()
_MONTH_FORMS = (
    "styczen styczniu styczniem|luty lutym|marzec marcu marcem|kwiecien kwietniu kwietniem|"
    "maj maju majem|czerwiec czerwcu czerwcem|lipiec lipcu lipcem|sierpien sierpniu sierpniem|"
    "wrzesien wrzesniu wrzesniem|pazdziernik pazdzierniku pazdziernikiem|"
    "listopad listopadzie listopadem|grudzien grudniu grudniem"
).split("|")


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Folded words -> their codes."""
    codes = {fold(name): f"M{number}" for number, name in enumerate(MONTHS, 1)}
    for number, forms in enumerate(_MONTH_FORMS, 1):
        codes |= dict.fromkeys(forms.split(), f"L{number}")
    for number in chain(range(100), range(100, 1000, 100)):
        codes |= _number_codes(number)
    for weekday, (forms, plural, endings) in enumerate(_WEEKDAYS):
        codes |= dict.fromkeys(forms.split(), f"W{weekday}")
        if plural:
            codes[plural] = f"P{weekday}"
            codes |= dict.fromkeys(
                (plural[:-1] + ending for ending in endings.split()), f"P{weekday}"
            )
    codes |= {"srody": "R2", "soboty": "R5", "srodami": "P2", "srod": "P2"}
    for weekday, stem in enumerate(_WEEKDAY_STEMS):
        codes |= dict.fromkeys((stem + ending for ending in _ADJECTIVE), f"W{weekday}")
    return codes


def _number_codes(number: int) -> dict[str, str]:
    """The forms of one number word, those of one word only; "jedna" and its like name no time."""
    if number == 1:
        forms = ["jeden"]
    else:
        forms = [cardinal(number, case, gender) for case in CASES for gender in ("m", "p", "f")]
    codes = {fold(form): f"s{number}" for form in forms if " " not in form}
    if 0 < number < 100:
        for case in CASES:
            codes[fold(ordinal(number, case))] = f"m{number}"
            codes.setdefault(fold(ordinal(number, case, "f")), f"k{number}")
        codes[fold(ordinal(number, "gen"))] = f"g{number}"
        codes[fold(ordinal(number, "gen", "f"))] = f"h{number}"
    return {word: code for word, code in codes.items() if " " not in word}
