"""Which day and hour a short question names: "jutro", "w sobotę", "24 grudnia", "przed piętnastą".

Simple date words only; the full grammar of Polish dates belongs to booking visits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal

from actions.office.calendar import public_holidays
from polish.fold import fold

Relation = Literal["before", "at", "after"]
Kind = Literal["day", "weekend", "long_weekend"]

_RELATIVE = {"dzis": 0, "dzisiaj": 0, "teraz": 0, "jutro": 1, "jutra": 1, "pojutrze": 2}
_WEEKDAYS = (
    ("poniedzialek", "poniedzialki", "poniedzialku"),
    ("wtorek", "wtorki", "wtorku"),
    ("sroda", "srode", "srody"),
    ("czwartek", "czwartki", "czwartku"),
    ("piatek", "piatki", "piatku"),
    ("sobota", "sobote", "soboty"),
    ("niedziela", "niedziele", "niedzieli"),
)
_MONTHS = (
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada "
    "grudnia"
).split()
_UNITS = (
    "pierwszego drugiego trzeciego czwartego piatego szostego siodmego osmego dziewiatego "
    "dziesiatego jedenastego dwunastego trzynastego czternastego pietnastego szesnastego "
    "siedemnastego osiemnastego dziewietnastego dwudziestego"
).split()
# What people call a holiday -> a part of its folded official name
_HOLIDAYS = {
    "wigili": "wigilia",
    "trzech kroli": "trzech kroli",
    "nowy rok": "nowy rok",
    "wielkanoc": "poniedzialek wielkanocny",
    "poniedzialek wielkanocny": "poniedzialek wielkanocny",
    "boze cialo": "bozego ciala",
    "wszystkich swietych": "wszystkich swietych",
    "boze narodzenie": "boze narodzenie",
    "niepodleglosci": "niepodleglosci",
}
_HOURS = {
    "pierwsz": 13, "drug": 14, "trzeci": 15, "czwart": 16, "piat": 17, "szost": 18, "siodm": 7,
    "osm": 8, "dziewiat": 9, "dziesiat": 10, "jedenast": 11, "dwunast": 12, "trzynast": 13,
    "czternast": 14, "pietnast": 15, "szesnast": 16, "siedemnast": 17, "osiemnast": 18,
    "dziewietnast": 19, "dwudziest": 20,
}  # fmt: skip
_PARTS_OF_DAY = {"po poludniu": time(15), "popoludniu": time(15), "wieczorem": time(18)}
_HOUR_WORD = "|".join(sorted(_HOURS, key=len, reverse=True))
_CLOCK = re.compile(
    r"\b(?P<where>przed|do|po|od|na|o|kolo|okolo|zdaze)(?: godzin\w+)? "
    rf"(?:(?P<word>{_HOUR_WORD})(?:a|ej)\b|(?P<hour>[01]?\d|2[0-3])(?: (?P<minute>[0-5]\d))?\b"
    rf"(?! (?:{'|'.join(_MONTHS)}|minut|dni|zl)))"
)
_DAY_NUMBER = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)})\b")
_DAY_WORDS = re.compile(
    rf"\b((?:dwudziestego|trzydziestego) )?({'|'.join(_UNITS)}|trzydziestego) "
    rf"({'|'.join(_MONTHS)})\b"
)


@dataclass(frozen=True)
class When:
    """The day asked about (None: not named) and the hour with its relation (None: not named)."""

    kind: Kind = "day"
    day: date | None = None
    hour: time | None = None
    relation: Relation = "at"


def parse_when(text: str, today: date) -> When:
    """What a question names. Words that name nothing are passed over; never fails."""
    words = fold(text)
    hour, relation = _hour(words)
    if re.search(r"\b(dlugi\w* weekend\w*|majowk\w*)\b", words):
        return When("long_weekend")
    if re.search(r"\bweekend\w*\b", words):
        return When("weekend", _next_weekday(today, 5))
    day = _named_day(words, today)
    if day is None and re.search(r"\b(w swieta|swiat\w*|miedzyswieta)\b", words):
        return When("long_weekend")
    return When("day", day, hour, relation)


def _hour(words: str) -> tuple[time | None, Relation]:
    for part, hour_after in _PARTS_OF_DAY.items():
        if part in words:
            return hour_after, "after"
    found = _CLOCK.search(words)
    if not found:
        return None, "at"
    hour = _HOURS[found["word"]] if found["word"] else int(found["hour"])
    if not found["word"] and 1 <= hour <= 6:
        hour += 12  # "o 3" at an office is in the afternoon
    where = found["where"]
    relation: Relation = "at"
    if where in ("przed", "do", "zdaze"):
        relation = "before"
    elif where in ("po", "od"):
        relation = "after"
    return time(hour, int(found["minute"] or 0)), relation


def _named_day(words: str, today: date) -> date | None:
    return _calendar_date(words, today) or _holiday(words, today) or _near_day(words, today)


def _near_day(words: str, today: date) -> date | None:
    spoken = words.split()
    for word in spoken:
        if word in _RELATIVE:
            return today + timedelta(days=_RELATIVE[word])
    for number, names in enumerate(_WEEKDAYS):
        if any(name in spoken for name in names):
            return _next_weekday(today, number)
    return None


def _next_weekday(today: date, weekday: int) -> date:
    """The weekday, today included."""
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _calendar_date(words: str, today: date) -> date | None:
    if found := _DAY_NUMBER.search(words):
        return _coming(int(found[1]), _MONTHS.index(found[2]) + 1, today)
    if found := _DAY_WORDS.search(words):
        tens = {"dwudziestego ": 20, "trzydziestego ": 30}.get(found[1] or "", 0)
        unit = 30 if found[2] == "trzydziestego" else _UNITS.index(found[2]) + 1
        return _coming(tens + unit, _MONTHS.index(found[3]) + 1, today)
    return None


def _coming(day: int, month: int, today: date) -> date | None:
    """This year's date, or next year's when it is over; None for 31 February."""
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _holiday(words: str, today: date) -> date | None:
    if "sylwest" in words:
        return _coming(31, 12, today)
    for called, official in _HOLIDAYS.items():
        if called in words:
            named = {**public_holidays(today.year), **public_holidays(today.year + 1)}
            days = (day for day, name in named.items() if official in fold(name) and day >= today)
            return min(days, default=None)
    return None
