"""Weeks, months and parts of them, and so much time ahead: "pod koniec grudnia", "za trzy dni"."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from polish.said_time.calendar import DAY, monday_of, month_end, month_span, months_later
from polish.said_time.day_mention import PREP_BOUND, Bound, DayMention, bounded
from polish.said_time.rules import is_somebodys, stands_alone
from polish.said_time.weekdays import which_weekday

MOST_AHEAD = 999  # days, weeks or months: what is further ahead names no visit


def week(match: re.Match[str], today: date) -> DayMention | None:
    """A week: "w przyszłym tygodniu"."""
    modifier = match["mod"]
    if modifier.startswith(("zesz", "ubie", "popr", "mini")):
        return DayMention(*match.span(), problem="past")
    if modifier.startswith("najb"):
        return DayMention(*match.span(), today, today + 7 * DAY)
    monday = monday_of(today) + DAY * (7 if modifier.startswith(("przy", "nast", "kole")) else 0)
    if modifier.startswith("nadc"):
        monday += 7 * DAY
    return DayMention(*match.span(), monday, monday + 6 * DAY)


def next_unnamed(match: re.Match[str], today: date) -> DayMention | None:
    """The end of "nie w tym tygodniu, tylko w przyszłym" and "nie w ten wtorek, tylko w …"."""
    before = match.string[: match.start()]
    if not stands_alone(match.string, match.end()):
        return None
    weekday = re.search(r"W(\d)\D*$", before)
    if weekday:
        day, _ = which_weekday(int(weekday[1]), match["mod"], today)
        return DayMention(*match.span(), day, day)
    return week(match, today) if before.endswith("= tylko w ") else None


def month(match: re.Match[str], today: date) -> DayMention | None:
    """A month by name: "w grudniu", "od stycznia"."""
    if is_somebodys(match):
        return DayMention(*match.span())
    first, last = month_span(int(match["m"]), today)
    year = match["y"]
    if year:
        first = first.replace(year=int(year))
        last = month_end(first)
    bound: Bound = ""
    if match["prep"]:
        bound = "from" if match["prep"] == "od" else "before"
    if last < today and bound != "from":
        return DayMention(*match.span(), problem="past")
    return bounded(DayMention(*match.span(), first, last), bound)


def near_month(match: re.Match[str], today: date) -> DayMention | None:
    """This month or the next one: "w tym miesiącu"."""
    modifier = match["mod"]
    if modifier.startswith(("zesz", "ubie", "popr", "mini")):
        return DayMention(*match.span(), problem="past")
    first = today.replace(day=1)
    if modifier.startswith(("przy", "nast", "kole")):
        first = month_end(today) + DAY
    return DayMention(*match.span(), first, month_end(first))


Part = Literal["start", "middle", "end"]


def _part_of(first: date, last: date, part: Part) -> tuple[date, date]:
    """Of a week: Monday-Tuesday, Tuesday-Thursday, Thursday-Friday; of a month: thirds."""
    if (last - first).days == 6:
        a, b = {"start": (0, 1), "middle": (1, 3), "end": (3, 4)}[part]
        return first + a * DAY, first + b * DAY
    if (last - first).days > 31:  # a year: its first, its middle, its last month
        month = {"start": 1, "middle": 6, "end": 12}[part]
        first = first.replace(month=month)
        return first, month_end(first)
    thirds = {
        "start": (first, first + 9 * DAY),
        "middle": (first + 10 * DAY, first + 19 * DAY),
        "end": (first + 20 * DAY, last),
    }
    return thirds[part]


def _period(match: re.Match[str], today: date) -> tuple[date, date, date]:
    """First and last day of the period named, and the first day of the one after it."""
    if match["m"]:
        first, last = month_span(int(match["m"]), today)
        return first, last, first  # a month called by name is that month, over or not
    later = (match["mod"] or "").startswith(("przy", "nast", "kole"))
    if match["unit"].startswith("tyg"):
        first = monday_of(today) + DAY * (7 if later else 0)
        return first, first + 6 * DAY, first + 7 * DAY
    if match["unit"].startswith("mies"):
        first = month_end(today) + DAY if later else today.replace(day=1)
        return first, month_end(first), month_end(first) + DAY
    first = date(today.year + (1 if later else 0), 1, 1)
    return first, first.replace(month=12, day=31), first.replace(year=first.year + 1)


def part_of_period(match: re.Match[str], today: date) -> DayMention | None:
    """A part of a week, a month or a year: "pod koniec grudnia"; over, it is the next one's."""
    first, last, after = _period(match, today)
    prep = match["prep"] or ""
    if match["part"].startswith("kon") and prep in ("do", "przed"):
        return _ending(match, last, today)
    part: Part = "end" if match["part"].startswith("kon") else "middle"
    if match["part"].startswith("pocz"):
        part = "start"
    a, b = _part_of(first, last, part)
    over = b < today or (part == "start" and a < today)
    if over and not match["mod"] and after > first:
        length = last - first
        a, b = _part_of(after, month_end(after) if length.days != 6 else after + length, part)
        if length.days > 31:
            a, b = _part_of(after, after.replace(month=12, day=31), part)
    bound = "" if prep == "z" else PREP_BOUND.get(prep, "")  # "z końcem" is the end itself
    return bounded(_not_over(match, a, b, today), bound)


def _ending(match: re.Match[str], last: date, today: date) -> DayMention:
    mention = _not_over(match, last, last, today)
    return bounded(mention, "" if mention.problem else "to")


def _not_over(match: re.Match[str], first: date, last: date, today: date) -> DayMention:
    if last < today:
        return DayMention(*match.span(), problem="past")
    return DayMention(*match.span(), first, last)


def half_of_month(match: re.Match[str], today: date) -> DayMention | None:
    """ "Pierwsza połowa grudnia"."""
    first, last = month_span(int(match["m"]), today)
    half = (first, first + 14 * DAY) if match["n"] == "1" else (first + 15 * DAY, last)
    return _not_over(match, *half, today)


def week_of_month(match: re.Match[str], today: date) -> DayMention | None:
    """ "W drugim tygodniu stycznia": its days 8 to 14."""
    first, last = month_span(int(match["m"]), today)
    if match["n"] == "ostatnim":
        return _not_over(match, last - 6 * DAY, last, today)
    first += 7 * DAY * (int(match["n"][1:]) - 1)
    return _not_over(match, first, min(first + 6 * DAY, last), today)


# --- in so many days ------------------------------------------------------------------------------


def later(match: re.Match[str], today: date) -> DayMention | None:
    """In so many days, weeks, months: "za trzy dni", "za dwa miesiące"."""
    count, unit = match["n"] or "n1", match["unit"]
    if unit.startswith("dob"):
        unit = "dni"
    if count in ("pare", "kilka"):
        return _in_a_few(match, unit, today)
    if count in ("poltora", "pol"):
        return _halves(match, count, unit, today)
    number = int(count[1:])
    if number > MOST_AHEAD:
        return None
    if unit.startswith(("tyg", "tyd")):
        day = today + 7 * DAY * number
        return DayMention(*match.span(), day, day, week=monday_of(day))
    if unit.startswith(("dni", "dzien")):
        day = today + DAY * number
    elif unit.startswith("mies"):
        day = months_later(today, number)
    else:
        day = months_later(today, 12 * min(number, 80))
    return DayMention(*match.span(), day, day)


def _in_a_few(match: re.Match[str], unit: str, today: date) -> DayMention:
    if unit.startswith(("tyg", "tyd")):
        return DayMention(*match.span(), today + 14 * DAY, today + 42 * DAY)
    if unit.startswith("mies"):
        return DayMention(*match.span(), months_later(today, 2), months_later(today, 6))
    return DayMention(*match.span(), today + 2 * DAY, today + 7 * DAY)


def _halves(match: re.Match[str], count: str, unit: str, today: date) -> DayMention | None:
    if unit.startswith("rok"):
        day = months_later(today, 6 if count == "pol" else 18)
    elif unit.startswith("mies"):
        day = months_later(today, 0 if count == "pol" else 1) + 15 * DAY
    else:
        day = today + DAY * (4 if count == "pol" else 11)
    return DayMention(*match.span(), day, day)


def within(match: re.Match[str], today: date) -> DayMention | None:
    """Within so much time: "w ciągu dwóch tygodni", "w najbliższych dniach"."""
    number = int((match["n"] or "n1")[1:])
    if number > MOST_AHEAD:
        return None
    unit = match["unit"]
    if unit.startswith(("tyg", "tyd")):
        last = today + 7 * DAY * number
    elif unit.startswith("mies"):
        last = months_later(today, number)
    else:
        last = today + DAY * (number if match["n"] else 7)
    return DayMention(*match.span(), today, last)


def new_year(match: re.Match[str], today: date) -> DayMention | None:
    """Next year, "w nowym roku"."""
    first = date(today.year + 1, 1, 1)
    return DayMention(*match.span(), first, first.replace(month=12, day=31))
