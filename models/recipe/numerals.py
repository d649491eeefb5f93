"""Polish numerals in words: how many, which one, what time, which day."""

from __future__ import annotations

UNITS = "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć".split()
TEENS = (
    "dziesięć jedenaście dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście "
    "osiemnaście dziewiętnaście"
).split()
TENS = (
    "- - dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt "
    "osiemdziesiąt dziewięćdziesiąt"
).split()
HUNDREDS = (
    "- sto dwieście trzysta czterysta pięćset sześćset siedemset osiemset dziewięćset".split()
)
_ORDINAL_UNITS = "- pierwsz drug trzec czwart piąt szóst siódm ósm dziewiąt".split()
_ORDINAL_TEENS = (
    "dziesiąt jedenast dwunast trzynast czternast piętnast szesnast siedemnast osiemnast "
    "dziewiętnast"
).split()
_ORDINAL_TENS = (
    "- - dwudziest trzydziest czterdziest pięćdziesiąt sześćdziesiąt siedemdziesiąt "
    "osiemdziesiąt dziewięćdziesiąt"
).split()
MONTHS = (
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada "
    "grudnia"
).split()

MONTHS_LOCATIVE = (
    "styczniu lutym marcu kwietniu maju czerwcu lipcu sierpniu wrześniu październiku listopadzie "
    "grudniu"
).split()


def plural(count: int, one: str, few: str, many: str) -> str:
    """Choose the noun's form: 1 złoty, 2 złote, 5 złotych."""
    if count == 1:
        return one
    if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14):
        return few
    return many


def cardinal(number: int) -> str:
    """A number from 0 to 999 999 in words, nominative."""
    if number < 10:
        return UNITS[number]
    if number < 20:
        return TEENS[number - 10]
    if number < 100:
        return _joined(TENS[number // 10], number % 10)
    if number < 1000:
        return _joined(HUNDREDS[number // 100], number % 100)
    thousands = number // 1000
    head = plural(thousands, "tysiąc", "tysiące", "tysięcy")
    if thousands > 1:
        head = f"{cardinal(thousands)} {head}"
    return _joined(head, number % 1000)


def ordinal(number: int, ending: str = "y") -> str:
    """An ordinal from 1 to 99 with an adjective ending: y, ego, emu, ym, a, ej or ą."""
    if number < 10:
        return _ending(_ORDINAL_UNITS[number], ending)
    if number < 20:
        return _ending(_ORDINAL_TEENS[number - 10], ending)
    tens = _ending(_ORDINAL_TENS[number // 10], ending)
    return tens if number % 10 == 0 else f"{tens} {ordinal(number % 10, ending)}"


def date(day: int, month: int) -> str:
    """A day of the year as people say it: "trzeciego maja"."""
    return f"{ordinal(day, 'ego')} {MONTHS[month - 1]}"


def year(number: int) -> str:
    """A year from 1900 to 2099 in the genitive, without the word "roku"."""
    rest = number % 100
    if number < 2000:
        head = "tysiąc dziewięćset" if rest else "tysiąc dziewięćsetnego"
    else:
        head = "dwa tysiące" if rest else "dwutysięcznego"
    return head if not rest else f"{head} {ordinal(rest, 'ego')}"


def _joined(head: str, rest: int) -> str:
    return f"{head} {cardinal(rest)}" if rest else head


def _ending(stem: str, ending: str) -> str:
    if stem == "drug":
        return stem + {"y": "i", "ego": "iego", "emu": "iemu", "ym": "im", "ej": "iej"}.get(
            ending, ending
        )
    if stem == "trzec":
        return stem + {"y": "i", "ym": "im"}.get(ending, f"i{ending}")
    return stem + ending
