"""Polish ordinal numbers as words: 15 -> "piętnasty", "piętnastej", "piętnastego" …"""

from __future__ import annotations

from polish.cardinals import Case, Gender, cardinal

_UNITS = (
    "zerowy pierwszy drugi trzeci czwarty piąty szósty siódmy ósmy dziewiąty dziesiąty jedenasty "
    "dwunasty trzynasty czternasty piętnasty szesnasty siedemnasty osiemnasty dziewiętnasty"
).split()
_TENS = (
    "- - dwudziesty trzydziesty czterdziesty pięćdziesiąty sześćdziesiąty siedemdziesiąty "
    "osiemdziesiąty dziewięćdziesiąty"
).split()
_HUNDREDS = (
    "- setny dwusetny trzechsetny czterechsetny pięćsetny sześćsetny siedemsetny osiemsetny "
    "dziewięćsetny"
).split()
_ROUND = {1000: "tysięczny", 2000: "dwutysięczny", 3000: "trzytysięczny"}

# endings of an adjective, hard ("piąty") and after "drug-" and "trzec-"
_MASCULINE = {"nom": "y", "gen": "ego", "dat": "emu", "acc": "y", "inst": "ym", "loc": "ym"}
_FEMININE = {"nom": "a", "gen": "ej", "dat": "ej", "acc": "ą", "inst": "ą", "loc": "ej"}


def ordinal(number: int, case: Case = "nom", gender: Gender = "m") -> str:
    """The ordinal in words; only the last tens and units are inflected, as grammar wants.

    Raises ``ValueError`` below 0 and above 9999.
    """
    if not 0 <= number <= 9999:
        raise ValueError("number out of range")
    if number in _ROUND:
        return _inflect(_ROUND[number], case, gender)
    rest = number % 100
    head = number - rest
    if not rest and number:
        rest, head = number % 1000, number - number % 1000
        last = [_inflect(_HUNDREDS[rest // 100], case, gender)] if rest else []
        if not last:  # 4000 and more: said as a plain number
            return cardinal(number, case)
    else:
        last = _below_hundred(rest, case, gender)
    return " ".join(([cardinal(head)] if head else []) + last)


def _below_hundred(number: int, case: Case, gender: Gender) -> list[str]:
    if number < 20:
        return [_inflect(_UNITS[number], case, gender)]
    tens, unit = divmod(number, 10)
    words = [_inflect(_TENS[tens], case, gender)]
    return [*words, _inflect(_UNITS[unit], case, gender)] if unit else words


def _inflect(word: str, case: Case, gender: Gender) -> str:
    stem, soft = (word[:-1], word[-1] == "i")
    if gender == "f":
        ending = _FEMININE[case]
    elif gender == "n" and case in ("nom", "acc"):
        ending = "e"
    else:
        ending = "ego" if (gender == "p" and case == "acc") else _MASCULINE[case]
    if not soft:
        return stem + ending
    if stem.endswith("g"):  # drugi, drugiego, druga, drugą, drugie
        return stem + {"y": "i", "ym": "im"}.get(ending, ending if ending in "aą" else "i" + ending)
    return stem + {"y": "i", "ym": "im"}.get(ending, "i" + ending)  # trzeci, trzecia, trzecie
