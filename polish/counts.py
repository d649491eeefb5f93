"""The numbers that are left: counts ("3 dni"), ordinals ("2. piętro"), labels ("pokój 12")."""

from __future__ import annotations

import re

from polish.cardinals import LARGEST, Case, Gender, cardinal
from polish.nouns import Noun, case_before, left_of, noun_after, noun_of, right_of, word_before
from polish.ordinals import ordinal
from polish.phones import digits_in_words

_ROMANS = {"I": 1, "V": 5, "X": 10, "L": 50}
_ROMAN = re.compile(r"(?<![\w.-])(?P<n>X{0,3}(?:IX|IV|V?I{0,3}))(?![\w-])(?P<dot>\.?)")
_ROMAN_NOUNS = re.compile(
    r"\s+(?:pięt|stop|klas|grup|kwarta|etap|instancj|rat|półrocz|wiek|oddzia|nabor|nabór|edycj|tur|"
    r"kategor|stref|kadencj|wojn|Wydzia|Urz|maj|Maj|sesj|kondygnac|rzesz|Rzesz|liceum|Liceum|LO\b)"
)
_ROMAN_RANGE = re.compile(r"(?<![\w.-])(?P<a>[IVX]+)\s?[-–]\s?(?P<b>[IVX]+)(?![\w-])")
_RANGE = re.compile(r"(?<![\d.,/-])(?P<a>\d{1,6})\s?[-–—]\s?(?P<b>\d{1,6})(?![\d/-]|[.,]\d)")
_FROM_TO = re.compile(
    r"\b(?P<w1>[Oo]d|[Mm]iędzy|[Pp]omiędzy)\s+(?P<a>\d{1,6})(?P<mid>\s+(?:do|a|i)\s+)(?P<b>\d{1,6})(?![\d/-]|[.,]\d)"
)
_SLASH = re.compile(r"(?<![\d/])(?P<a>\d+)/(?P<b>\d+)(?![\d/])")
_PLUS = re.compile(r"(?<=\d)\+(?!\d)")
_LETTER = re.compile(r"(?<![\w])(?P<n>\d+)(?P<l>[A-Za-z])(?![\w])")
_LETTER_FIRST = re.compile(r"(?<![\w])(?P<l>[A-Z])-?(?P<n>\d+)(?![\w])")
_NUMBER = re.compile(
    r"(?<![\d])(?P<n>\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)|\d+)"
    r"(?P<dot>\.(?=\s+[^\W\d_]))?(?:-(?P<tail>\w+))?"
)
_ORDINAL_LABEL = re.compile(
    r"\b(?:artykuł|ustęp|punkt|paragraf|punkc|paragrafi|artykul)\w*\s+$", re.IGNORECASE
)
_LABEL = re.compile(
    r"\b(?:numer|pok[oó]j|stanowisk|okien|autobus|lini|tramwaj|telefon|wewnętrzn|lokal|mieszkania|"
    r"pozycj|stron|sal|gat|klawisz|cyfr|kod|skrytk|ulic|alej|plac|osiedl|druk|formularz|zał|kasa|kas)\w*"
    r"(?:\s+[^\W\d_a-ząćęłńóśźż][^\W\d_]*){0,3}\s+$",
    re.IGNORECASE,
)


_NAMED_AFTER = re.compile(r"\s+(?:plus|minus|pozycj\w+|numer\w*)\b")
"""Words before which a number stays as it is: "wniosek o 800 plus"."""

_COLLECTIVE = {
    2: ("dwoje", "dwojga"), 3: ("troje", "trojga"), 4: ("czworo", "czworga"),
    5: ("pięcioro", "pięciorga"), 6: ("sześcioro", "sześciorga"),
    7: ("siedmioro", "siedmiorga"), 8: ("ośmioro", "ośmiorga"),
}  # fmt: skip
"""Children are counted with numerals of their own."""


def speak_counts(text: str) -> str:
    """The text with all numbers that are still written in figures in words."""
    text = _ROMAN_RANGE.sub(_roman_range, text)
    text = _ROMAN.sub(_roman, text)
    text = _PLUS.sub(" plus", text)
    text = _SLASH.sub(r"\g<a> łamane przez \g<b>", text)
    text = _LETTER.sub(r"\g<n> \g<l>", text)
    text = _LETTER_FIRST.sub(r"\g<l> \g<n>", text)
    text = _RANGE.sub(_range, text)
    text = _FROM_TO.sub(_from_to, text)
    return _NUMBER.sub(_number, text)


def roman_value(written: str) -> int:
    """Value of a Roman numeral up to 89."""
    values = [_ROMANS[letter] for letter in written]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


def _roman(match: re.Match[str]) -> str:
    written = match["n"]
    after = right_of(match)
    if not written or (len(written) == 1 and not _ROMAN_NOUNS.match(after)):
        return match[0]
    noun = noun_after(after)
    before = left_of(match)
    if noun is None and (named := _named_before(before)):
        return ordinal(roman_value(written), *named) + match["dot"]
    spoken = _ordinal_with(roman_value(written), noun, case_before(before))
    return spoken + (match["dot"] if noun is None else "")


def _named_before(before: str) -> tuple[Case, Gender] | None:
    """ "Jana Pawła II": the number agrees with the name before it."""
    word = before.rstrip().rpartition(" ")[2]
    if not word[:1].isupper():
        noun = noun_of(word)
        return (_label_case(before), noun.gender) if noun else None
    return ("gen" if word.endswith("a") and not word.endswith("ia") else "nom", "m")


def _roman_range(match: re.Match[str]) -> str:
    a, b = roman_value(match["a"]), roman_value(match["b"])
    noun = noun_after(right_of(match))
    gender: Gender = noun.gender if noun else "m"
    return f"od {ordinal(a, 'gen', gender)} do {ordinal(b, 'gen', gender)}"


def _ordinal_with(number: int, noun: Noun | None, asked: Case) -> str:
    """The ordinal that agrees with the noun; ``asked`` is what the preposition wants."""
    if noun is None:
        return ordinal(number, asked)
    cases = noun.cases("sg") or noun.cases("pl")
    order: tuple[Case, ...] = (asked, "nom", "gen", "loc", "inst", "acc", "dat")
    case = next((c for c in order if c in cases), asked)
    return ordinal(number, case, noun.gender)


def _counted(number: int, case: Case, noun: Noun | None) -> str:
    """The count before its noun, in the case that both allow."""
    if noun is None:
        return cardinal(number, case)
    if noun.word == "dzieci" and (together := _COLLECTIVE.get(number)):
        return together[0 if case in ("nom", "acc") else 1]
    cases = noun.cases("sg" if number == 1 else "pl")
    if case in ("loc", "acc", "inst", "gen", "nom", "dat") and cases:
        clear = {frozenset({"loc"}): "loc", frozenset({"inst"}): "inst", frozenset({"dat"}): "dat"}
        case = clear.get(frozenset(cases), case)  # type: ignore[assignment] # values are cases
        if case in ("loc", "inst", "dat") and case not in cases:
            case = "acc"
    return cardinal(number, case, noun.gender)


def _range(match: re.Match[str]) -> str:
    noun = noun_after(right_of(match))
    gender: Gender = noun.gender if noun else "m"
    before = left_of(match)
    if _ORDINAL_LABEL.search(before):
        return f"od {ordinal(int(match['a']), 'gen')} do {ordinal(int(match['b']), 'gen')}"
    od = "" if word_before(before) == "od" else "od "
    a, b = (cardinal(int(match[end]), "gen", gender) for end in "ab")
    return f"{od}{a} do {b}"


def _from_to(match: re.Match[str]) -> str:
    noun = noun_after(right_of(match))
    gender: Gender = noun.gender if noun else "m"
    case: Case = "gen" if match["w1"].lower() == "od" else "inst"
    a, b = cardinal(int(match["a"]), case, gender), cardinal(int(match["b"]), case, gender)
    return f"{match['w1']} {a}{match['mid']}{b}"


def _number(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match["n"])
    before, after = left_of(match), right_of(match)
    spoken = _spoken(digits, before, after, dotted=bool(match["dot"]), tail=match["tail"] or "")
    lead = " " if before[-1:].isalpha() else ""
    return lead + spoken + (" " if after[:1].isalpha() else "")


def _spoken(digits: str, before: str, after: str, *, dotted: bool, tail: str) -> str:
    number = int(digits)
    if number > LARGEST or (len(digits) > 1 and digits[0] == "0"):
        return digits_in_words(digits[:9]) + (f" {tail}" if tail else "")
    if tail:
        return _with_tail(number, tail, case_before(before))
    point = "." if dotted else ""
    if number <= 9999 and _ORDINAL_LABEL.search(before):
        return ordinal(number, _label_case(before)) + point
    if _LABEL.search(before) or _NAMED_AFTER.match(after):
        return cardinal(number) + point
    return _counting(number, before, after, dotted=dotted)


def _counting(number: int, before: str, after: str, *, dotted: bool) -> str:
    """A number that counts, or orders, what follows; a point before a small letter orders."""
    case, noun = case_before(before), noun_after(after)
    if dotted and (noun is None or after.lstrip()[:1].isupper()):
        return cardinal(number, case) + "."
    if number <= 9999 and noun and noun.only_singular and (dotted or number != 1):
        return _ordinal_with(number, noun, case)
    return _counted(number, case, noun)


def _label_case(before: str) -> Case:
    """The case of the word that the number names: "artykułu 33" -> genitive."""
    noun = noun_of(word_before(before))
    cases = noun.cases("sg") if noun else set()
    order: tuple[Case, ...] = ("nom", "gen", "loc", "inst", "dat")
    return next((c for c in order if c in cases), "nom")


def _with_tail(number: int, tail: str, case: Case) -> str:
    """ "5-letni" -> "pięcioletni"; "2-osobowy"; "12-go" -> "dwunastego"."""
    if tail in ("go", "ego", "gie", "mu", "ym", "tym", "tego", "ta", "ty", "te", "szy", "gi", "ci"):
        return ordinal(number, "gen" if tail in ("go", "ego", "tego") else case)
    return _combining(number) + tail


def _combining(number: int) -> str:
    """A number as the first part of a word: 5 -> "pięcio", 12 -> "dwunasto", 100 -> "stu"."""
    small = {1: "jedno", 2: "dwu", 3: "trzy", 4: "cztero"}
    if number in small:
        return small[number]
    words = cardinal(number, "gen").split()
    unit = number % 10
    if number > 20 and number % 100 // 10 != 1 and unit in small:
        words[-1] = small[unit]
    hundred = tuple(cardinal(n, "gen") for n in (100, 200, 300, 400))
    return "".join(w[:-1] + "o" if w.endswith("u") and w not in hundred else w for w in words)
