"""Amounts with a unit: money, percents, measures. "2,50 zł" -> "dwa złote pięćdziesiąt groszy"."""

from __future__ import annotations

import re
from typing import NamedTuple

from polish.cardinals import Case, Gender, cardinal, few, power_form
from polish.nouns import case_before, left_of, noun_after, right_of


class Unit(NamedTuple):
    """Forms of a counted word; ``oblique`` holds plural dative, instrumental and locative."""

    gender: Gender
    one: str
    one_gen: str
    few: str
    many: str
    oblique: tuple[str, str, str]

    def form(self, count: int, case: Case) -> str:
        """The form after a whole number."""
        if count == 1:
            if case in ("nom", "acc"):
                return self._one_acc() if case == "acc" else self.one
            return self.one_gen
        if case in ("nom", "acc"):
            return self.few if few(count) else self.many
        if case == "gen":
            return self.many
        return self.oblique[("dat", "inst", "loc").index(case)]

    def _one_acc(self) -> str:
        return self.one[:-1] + "ę" if self.gender == "f" else self.one


def _unit(gender: Gender, one: str, one_gen: str, few_form: str, many: str) -> Unit:
    stem = few_form[:-1] if few_form[-1] in "iyae" else few_form
    soft = few_form[-1] == "i" and few_form[-2] not in "kg"
    stem += "i" if soft else ""
    return Unit(gender, one, one_gen, few_form, many, (stem + "om", stem + "ami", stem + "ach"))


ZLOTY = Unit("m", "złoty", "złotego", "złote", "złotych", ("złotym", "złotymi", "złotych"))
GROSZ = Unit("m", "grosz", "grosza", "grosze", "groszy", ("groszom", "groszami", "groszach"))
PERCENT = Unit(
    "m", "procent", "procent", "procent", "procent", ("procentom", "procentami", "procentach")
)
_EURO = Unit("n", "euro", "euro", "euro", "euro", ("euro", "euro", "euro"))


def _with(unit: Unit, adjective: str) -> Unit:
    """ "metr" -> "metr kwadratowy" (adjective stem "kwadratow")."""
    one, genitive = ("y", "ego") if unit.gender == "m" else ("a", "ej")
    dat, inst, loc = unit.oblique
    return Unit(
        unit.gender,
        f"{unit.one} {adjective}{one}",
        f"{unit.one_gen} {adjective}{genitive}",
        f"{unit.few} {adjective}e",
        f"{unit.many} {adjective}ych",
        (f"{dat} {adjective}ym", f"{inst} {adjective}ymi", f"{loc} {adjective}ych"),
    )


_METRE = _unit("m", "metr", "metra", "metry", "metrów")
_KM = _unit("m", "kilometr", "kilometra", "kilometry", "kilometrów")
_HOUR = _unit("f", "godzina", "godziny", "godziny", "godzin")
_SQUARE_KM = _with(_KM, "kwadratow")
UNITS: dict[str, Unit] = {
    "zł": ZLOTY, "PLN": ZLOTY, "złotych": ZLOTY, "gr": GROSZ, "EUR": _EURO, "€": _EURO,
    "%": PERCENT, "proc.": PERCENT,
    "$": _unit("m", "dolar", "dolara", "dolary", "dolarów"),
    "m²": _with(_METRE, "kwadratow"), "m2": _with(_METRE, "kwadratow"),
    "m³": _with(_METRE, "sześcienn"), "m3": _with(_METRE, "sześcienn"),
    "km²": _SQUARE_KM, "km2": _SQUARE_KM,
    "km/h": Unit(
        "m", "kilometr na godzinę", "kilometra na godzinę", "kilometry na godzinę",
        "kilometrów na godzinę",
        ("kilometrom na godzinę", "kilometrami na godzinę", "kilometrach na godzinę"),
    ),
    "km": _KM, "m": _METRE,
    "cm": _unit("m", "centymetr", "centymetra", "centymetry", "centymetrów"),
    "mm": _unit("m", "milimetr", "milimetra", "milimetry", "milimetrów"),
    "ha": _unit("m", "hektar", "hektara", "hektary", "hektarów"),
    "kg": _unit("m", "kilogram", "kilograma", "kilogramy", "kilogramów"),
    "g": _unit("m", "gram", "grama", "gramy", "gramów"),
    "t": _unit("f", "tona", "tony", "tony", "ton"),
    "l": _unit("m", "litr", "litra", "litry", "litrów"),
    "ml": _unit("m", "mililitr", "mililitra", "mililitry", "mililitrów"),
    "°C": Unit(
        "m", "stopień Celsjusza", "stopnia Celsjusza", "stopnie Celsjusza", "stopni Celsjusza",
        ("stopniom Celsjusza", "stopniami Celsjusza", "stopniach Celsjusza"),
    ),
    "MB": _unit("m", "megabajt", "megabajta", "megabajty", "megabajtów"),
    "kB": _unit("m", "kilobajt", "kilobajta", "kilobajty", "kilobajtów"),
    "min": _unit("f", "minuta", "minuty", "minuty", "minut"),
    "min.": _unit("f", "minuta", "minuty", "minuty", "minut"),
    "godz.": _HOUR, "h": _HOUR,
    "sek.": _unit("f", "sekunda", "sekundy", "sekundy", "sekund"),
    "os.": _unit("f", "osoba", "osoby", "osoby", "osób"),
    "szt.": _unit("f", "sztuka", "sztuki", "sztuki", "sztuk"),
    "egz.": _unit("m", "egzemplarz", "egzemplarza", "egzemplarze", "egzemplarzy"),
    "str.": _unit("f", "strona", "strony", "strony", "stron"),
}  # fmt: skip
_POWERS = {"tys.": 1000, "tysięcy": 1000, "mln": 10**6, "milionów": 10**6, "mld": 10**9}

_SPACE = r"[ \u00a0\u202f]"
NUMBER = rf"(?:\d{{1,3}}(?:[{_SPACE[1:-1]}.]\d{{3}})+|\d+)(?:,\d+)?"
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?<![\d.,])(?:(?P<low>{NUMBER})\s?[-–—]\s?)?(?P<n>{NUMBER}){_SPACE}*"
    rf"(?:(?P<power>tys\.|mln|mld){_SPACE}*)?(?P<u>{_UNIT})(?![\w²³])"
    rf"(?P<per>/(?:m²|m2|m³|m3|os\.|mies\.|rok|km|kg|szt\.|dobę|godz\.|h|str\.|wniosek)(?!\w))?"
)
_POWER_ONLY = re.compile(rf"(?<![\d.,])(?P<n>{NUMBER}){_SPACE}*(?P<power>tys\.|mln|mld)(?!\w)")
_DECIMAL = re.compile(r"(?<![\d.,])(?P<n>\d+,\d+)(?![\d,])")
_PER = {
    "/m²": "metr kwadratowy", "/m2": "metr kwadratowy", "/m³": "metr sześcienny",
    "/m3": "metr sześcienny", "/os.": "osobę", "/mies.": "miesiąc", "/rok": "rok",
    "/km": "kilometr", "/kg": "kilogram", "/szt.": "sztukę", "/dobę": "dobę",
    "/godz.": "godzinę", "/str.": "stronę", "/wniosek": "wniosek", "/h": "godzinę",
}  # fmt: skip
_FRACTIONS = {1: ("dziesiąta", "dziesiąte", "dziesiątych"), 2: ("setna", "setne", "setnych"),
              3: ("tysięczna", "tysięczne", "tysięcznych")}  # fmt: skip
_NEW_SENTENCE = re.compile(r"\s*$|\s+[A-ZĄĆĘŁŃÓŚŹŻ]")
_MONEY = {"zł", "PLN", "złotych"}


def speak_amounts(text: str) -> str:
    """The text with amounts, percents, measures and decimal fractions in words."""
    text = _AMOUNT.sub(_amount, text)
    text = _POWER_ONLY.sub(_power_only, text)
    return _DECIMAL.sub(_decimal, text)


def split_number(written: str) -> tuple[int, str]:
    """Whole part and decimals of a Polish number: "1 250,50" -> (1250, "50")."""
    whole, _, decimals = written.partition(",")
    return int(re.sub(r"\D", "", whole)), decimals


def fraction(whole: int, decimals: str, case: Case, gender: Gender) -> str:
    """A decimal fraction in words: 2, "5" -> "dwa i pół"; 1, "5" -> "półtora"."""
    decimals = decimals.rstrip("0")
    if decimals == "5":
        if whole == 0:
            return "pół"
        if whole == 1:
            return "półtorej" if gender == "f" else "półtora"
        return f"{cardinal(whole, case, gender)} i pół"
    if not 1 <= len(decimals) <= 3:
        said = " ".join(cardinal(int(d)) for d in decimals)
        return f"{cardinal(whole, case, gender)} przecinek {said}"
    part = int(decimals)
    names = _FRACTIONS[len(decimals)]
    if case in ("nom", "acc"):
        name = names[0] if part == 1 else names[1] if few(part) else names[2]
        parts = cardinal(part, case, "f")
    else:
        name, parts = names[2], cardinal(part, "gen", "f")
    return f"{cardinal(whole, case, gender)} i {parts} {name}"


def count(written: str, unit: Unit, case: Case) -> str:
    """A number with its unit: "2,5", KM -> "dwa i pół kilometra"."""
    whole, decimals = split_number(written)
    if decimals.strip("0"):
        if unit is ZLOTY:
            return _money(whole, decimals, case)
        ends = unit.many if unit is PERCENT else unit.one_gen
        return f"{fraction(whole, decimals, case, unit.gender)} {ends}"
    return f"{cardinal(whole, case, unit.gender)} {unit.form(whole, case)}"


def _money(whole: int, decimals: str, case: Case) -> str:
    groszy = int(decimals.ljust(2, "0")[:2])
    words = [f"{cardinal(whole, case)} {ZLOTY.form(whole, case)}"] if whole else []
    if groszy:
        words.append(f"{cardinal(groszy, case)} {GROSZ.form(groszy, case)}")
    return " ".join(words)


def _powered(written: str, power: int, case: Case) -> str:
    whole, decimals = split_number(written)
    if decimals.strip("0"):
        return f"{fraction(whole, decimals, case, 'm')} {power_form(1, power, 'gen')}"
    if whole == 1:
        return power_form(1, power, case)
    return f"{cardinal(whole, case)} {power_form(whole, power, case)}"


def _amount(match: re.Match[str]) -> str:
    unit = UNITS[match["u"]]
    case = case_before(left_of(match))
    low = match["low"]
    if low:
        case = "gen"
        begin = "" if case_before(left_of(match)) == "gen" else "od "
        whole, decimals = split_number(low)
        first = (
            fraction(whole, decimals, "gen", unit.gender)
            if decimals
            else cardinal(whole, "gen", unit.gender)
        )
        head = f"{begin}{first} do "
    else:
        head = ""
    if match["power"]:
        body = f"{_powered(match['n'], _POWERS[match['power']], case)} {unit.many}"
    else:
        body = count(match["n"], unit, case)
    per = f" za {_PER[match['per']]}" if match["per"] else ""
    return head + body + per + _full_stop(match, match["u"])


def _power_only(match: re.Match[str]) -> str:
    case = case_before(left_of(match))
    body = _powered(match["n"], _POWERS[match["power"]], case)
    return body + _full_stop(match, match["power"])


def _full_stop(match: re.Match[str], sign: str) -> str:
    ends = sign.endswith(".") and _NEW_SENTENCE.match(right_of(match))
    return "." if ends else ""


def _decimal(match: re.Match[str]) -> str:
    case = case_before(left_of(match))
    noun = noun_after(right_of(match))
    whole, decimals = split_number(match["n"])
    if not decimals.strip("0"):
        return cardinal(whole, case, noun.gender if noun else "m")
    return fraction(whole, decimals, case, noun.gender if noun else "m")
