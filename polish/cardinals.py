"""Polish cardinal numbers as words, in every case: 140 -> "sto czterdzieści", "stu czterdziestu".

Cases are the first three letters used by Morfeusz: nom gen dat acc inst loc.
Genders: m (things), p (men, "dwóch panów"), f, n. Rules: Wielki słownik ortograficzny PWN,
"Liczebniki główne".
"""

from __future__ import annotations

from typing import Literal

Case = Literal["nom", "gen", "dat", "acc", "inst", "loc"]
Gender = Literal["m", "p", "f", "n"]

CASES: tuple[Case, ...] = ("nom", "gen", "dat", "acc", "inst", "loc")
LARGEST = 999_999_999_999

_DIGITS = ("zero", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć")
_TEENS = (
    "dziesięć jedenaście dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście "
    "osiemnaście dziewiętnaście"
).split()
_TENS = (
    "- - dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt "
    "osiemdziesiąt dziewięćdziesiąt"
).split()
_HUNDREDS = (
    "- sto dwieście trzysta czterysta pięćset sześćset siedemset osiemset dziewięćset"
).split()

# Genitive; dative and locative are the same, the instrumental has -oma.
_OBLIQUE = dict(
    zip(
        (*_DIGITS[5:], *_TEENS, *_TENS[2:], *_HUNDREDS[1:]),
        (
            "pięciu sześciu siedmiu ośmiu dziewięciu "
            "dziesięciu jedenastu dwunastu trzynastu czternastu piętnastu szesnastu siedemnastu "
            "osiemnastu dziewiętnastu "
            "dwudziestu trzydziestu czterdziestu pięćdziesięciu sześćdziesięciu "
            "siedemdziesięciu osiemdziesięciu dziewięćdziesięciu "
            "stu dwustu trzystu czterystu pięciuset sześciuset siedmiuset ośmiuset dziewięciuset"
        ).split(),
        strict=True,
    )
)
_SMALL: dict[int, dict[str, str]] = {
    2: {"gen": "dwóch", "dat": "dwom", "inst": "dwoma", "loc": "dwóch"},
    3: {"gen": "trzech", "dat": "trzem", "inst": "trzema", "loc": "trzech"},
    4: {"gen": "czterech", "dat": "czterem", "inst": "czterema", "loc": "czterech"},
}
_ONE: dict[str, dict[Case, str]] = {
    "m": dict(zip(CASES, "jeden jednego jednemu jeden jednym jednym".split(), strict=True)),
    "f": dict(zip(CASES, "jedna jednej jednej jedną jedną jednej".split(), strict=True)),
    "n": dict(zip(CASES, "jedno jednego jednemu jedno jednym jednym".split(), strict=True)),
}
# singular and plural; the plural genitive also follows 5 and more
_POWERS = (
    (1000, "tysiąc", "tysiąca", "tysiące", "tysięcy", "tysiąc"),
    (1_000_000, "milion", "miliona", "miliony", "milionów", "milion"),
    (1_000_000_000, "miliard", "miliarda", "miliardy", "miliardów", "miliard"),
)
_SINGULAR = {"nom": "", "acc": "", "dat": "owi", "inst": "em", "loc": "ie"}
_PLURAL = {"dat": "om", "inst": "ami", "loc": "ach"}


def few(number: int) -> bool:
    """Whether the counted noun stands in the plural nominative: 2-4, 22-24 …, not 12-14."""
    return number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14)


def cardinal(number: int, case: Case = "nom", gender: Gender = "m") -> str:
    """The number in words. Raises ``ValueError`` outside 0..``LARGEST``."""
    if not 0 <= number <= LARGEST:
        raise ValueError("number out of range")
    if number == 0:
        return {"gen": "zera", "dat": "zeru", "inst": "zerem", "loc": "zerze"}.get(case, "zero")
    words: list[str] = []
    for power, *forms in reversed(_POWERS):
        count, number = divmod(number, power)
        if count:
            words += _power_words(count, power, forms, case)
    if number:
        words += _below_thousand(number, case, gender, alone=not words)
    return " ".join(words)


def power_form(count: int, power: int, case: Case) -> str:
    """The form of "tysiąc", "milion" or "miliard" after a count: 5, 1000 -> "tysięcy"."""
    forms = next(f for p, *f in _POWERS if p == power)
    _singular, singular_gen, plural, plural_gen, stem = forms
    if count == 1:
        ending = "u" if (case == "loc" and power == 1000) else _SINGULAR.get(case, "")
        return singular_gen if case == "gen" else stem + ending
    if case in ("nom", "acc"):
        return plural if few(count) else plural_gen
    return plural_gen if case == "gen" else stem + _PLURAL[case]


def _power_words(count: int, power: int, forms: list[str], case: Case) -> list[str]:
    form = power_form(count, power, case)
    return [form] if count == 1 else [*_below_thousand(count, case, "m", alone=False), form]


def _below_thousand(number: int, case: Case, gender: Gender, *, alone: bool) -> list[str]:
    hundreds, rest = divmod(number, 100)
    words = [_oblique(_HUNDREDS[hundreds], case, gender)] if hundreds else []
    if rest in range(10, 20):
        words.append(_oblique(_TEENS[rest - 10], case, gender))
        return words
    tens, digit = divmod(rest, 10)
    if tens:
        words.append(_oblique(_TENS[tens], case, gender))
    if digit:
        words.append(_digit(digit, case, gender, compound=bool(words) or not alone))
    return words


def _digit(digit: int, case: Case, gender: Gender, *, compound: bool) -> str:
    if digit == 1:
        if compound:
            return "jeden"
        forms = _ONE["m" if gender == "p" else gender]
        return forms["gen"] if (gender == "p" and case == "acc") else forms[case]
    if digit > 4:
        return _oblique(_DIGITS[digit], case, gender)
    if case in ("nom", "acc"):
        if gender == "p":
            return _SMALL[digit]["gen"]
        return "dwie" if (digit == 2 and gender == "f") else _DIGITS[digit]
    return "dwiema" if (digit == 2 and gender == "f" and case == "inst") else _SMALL[digit][case]


def _oblique(word: str, case: Case, gender: Gender) -> str:
    if case in ("nom", "acc") and gender != "p":
        return word
    form = _OBLIQUE[word]
    if case == "inst" and not form.endswith("set"):
        return form.removesuffix("u").removesuffix("i") + ("ioma" if form.endswith("iu") else "oma")
    return form
