"""Dates of the calendar: "3.12", "trzeciego grudnia", "między 3 a 8 grudnia", "trzeciego"."""

from __future__ import annotations

import re
from datetime import date

from polish.said_time.calendar import DAY, Problem, coming_date, month_end, next_day_number
from polish.said_time.day_mention import DayMention
from polish.said_time.rules import A_CHOICE, NOT_TIME_AFTER, STREET, stands_alone

_FIGURES = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")
_STREET_AFTER_NA = {(1, 5), (3, 5), (11, 11)}  # streets that everybody calls by the date alone
_AT = re.compile(r"(?<!termin )(?<!wizyte )(?<!wizyty )(?<!zapisac )(?<!umowic )\bna $")


def _dated(
    match: re.Match[str], day: int, month: int, year: int | None, today: date
) -> DayMention | None:
    start, end = match.span()
    if year is not None and year < today.year - 1:  # a birthday, a paper's date: no wish
        return DayMention(start, end)
    found, problem = coming_date(day, month, year, today)
    over = date(today.year, month, day) if problem == "past" and year is None else None
    return DayMention(start, end, found, found, problem=problem, over=over)


def _year_of(match: re.Match[str]) -> int | None:
    written = match["y"] or match["gy"]
    if not written:
        return None
    return int(written) if len(written) > 2 else 2000 + int(written)


def figures(match: re.Match[str], today: date) -> DayMention | None:
    """A date in figures, "3.12" and "3.12.2026"."""
    if NOT_TIME_AFTER.match(match.string, match.end()):
        return None
    day, month, year = _FIGURES.findall(match[0])[0]
    return _dated(match, int(day), int(month), int(year) if year else None, today)


def day_and_month(match: re.Match[str], today: date) -> DayMention | None:
    """A day and a month by name, "trzeciego grudnia"; not the street called so."""
    day, month = int(match["d"]), int(match["m"])
    before = match.string[max(0, match.start() - 40) : match.start()]
    street = STREET.search(before)
    if street or ((day, month) in _STREET_AFTER_NA and _AT.search(before)):
        house = re.compile(r"(?: n\d+(?! n\d\d))?").match(match.string, match.end())
        return DayMention(match.start(), house.end() if house else match.end())
    return _dated(match, day, month, _year_of(match), today)


def two_ordinals(match: re.Match[str], today: date) -> DayMention | None:
    """Day and month as ordinals, "piątego dwunastego"; not "ten drugi pierwszy"."""
    if not 1 <= int(match["m"]) <= 12 or not stands_alone(match.string, match.end()):
        return None
    if A_CHOICE.search(match.string[: match.start()]):
        return None
    return _dated(match, int(match["d"]), int(match["m"]), _year_of(match), today)


def two_days(match: re.Match[str], today: date) -> DayMention | None:
    """Two days of one month: "między 3 a 8 grudnia", "3 albo 5 grudnia"."""
    month, year = int(match["m"]), _year_of(match)
    spans = match["how"] in ("do", "a", "-")
    over = spans and int(match["a"]) > int(match["b"]) and month > 1  # "od 30 do 2 grudnia"
    a, problem_a = coming_date(int(match["a"]), month - 1 if over else month, year, today)
    b, problem_b = coming_date(int(match["b"]), month, year, today)
    start, end = match.span()
    if a is None and problem_a == "past" and b is not None:
        a = today  # the range has begun
    if a is None or b is None:
        return DayMention(start, end, problem=problem_a or problem_b)
    choice = not spans and abs((b - a).days) < 7
    weekdays = frozenset({a.weekday(), b.weekday()}) if choice else frozenset[int]()
    return DayMention(start, end, min(a, b), max(a, b), weekdays)


def day_number(match: re.Match[str], today: date) -> DayMention | None:
    """A day alone, "trzeciego": only where nothing follows that it could count."""
    before = match.string[: match.start()]
    if not stands_alone(match.string, match.end()) or A_CHOICE.search(before):
        return None
    day = int(match["d"])
    found = next_day_number(day, today)
    problem: Problem = "" if found else "no_such_day"
    same = found == today
    return DayMention(*match.span(), found, found, ambiguous=same, problem=problem)


def day_of_month(match: re.Match[str], today: date) -> DayMention | None:
    """A day of this or the next month, "3 przyszłego miesiąca"."""
    first = today.replace(day=1)
    if match["mod"].startswith(("przy", "nast", "kole")):
        first = month_end(today) + DAY
    return _dated(match, int(match["d"]), first.month, first.year, today)
