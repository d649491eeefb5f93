"""Days near today and days of the week: "pojutrze", "w przyszłą środę", "w weekend"."""

from __future__ import annotations

import re
from datetime import date

from polish.said_time.calendar import DAY, monday_of, month_end, month_span, weekday_from
from polish.said_time.day_mention import DayMention
from polish.said_time.rules import is_somebodys

WORKING_DAYS = frozenset(range(5))


_NEAR = {"prze": -2, "wczo": -1, "dzis": 0, "juts": 1, "jutr": 1, "poju": 2, "po j": 2}


def near(match: re.Match[str], today: date) -> DayMention | None:
    """A day beside today: "jutro", "pojutrze"; yesterday is past."""
    day = today + DAY * _NEAR[match[0][:4]]
    if day < today:
        return DayMention(*match.span(), problem="past")
    return DayMention(*match.span(), day, day)


def weekday(match: re.Match[str], today: date) -> DayMention | None:
    """A weekday, alone or with "przyszły", "każdy" and their like."""
    weekday = int(match["w"])
    modifier = match["mod"] or match["mod2"] or ""
    start, end = match.span()
    if is_somebodys(match):
        return DayMention(start, end)
    if modifier.startswith(("zesz", "ubie", "popr", "osta", "mini")):
        return DayMention(start, end, problem="past")
    plural = match["form"] == "P" or (match["form"] == "R" and _many(match, modifier))
    if plural or modifier.startswith(("kazd", "co")):
        return DayMention(start, end, weekdays=frozenset({weekday}), every=True)
    if not modifier:
        return DayMention(start, end, weekdays=frozenset({weekday}))
    day, ambiguous = which_weekday(weekday, modifier, today)
    return DayMention(start, end, day, day, ambiguous=ambiguous)


_GENITIVE = re.compile(
    r"\b(?:do|od|z|ze|oprocz|procz|zamiast|tej|przyszlej|nastepnej|najblizszej|kolejnej|dnia) $"
)


def _many(match: re.Match[str], modifier: str) -> bool:
    """Whether "środy" is the plural: not after what asks for a genitive."""
    return not modifier.endswith("ej") and not _GENITIVE.search(match.string[: match.start("form")])


def which_weekday(weekday: int, modifier: str, today: date) -> tuple[date, bool]:
    """The day of "przyszły", "najbliższy" or "ten" weekday, and whether another could be meant."""
    nearest = weekday_from(today, weekday)
    if modifier.startswith(("najb", "nadc")):
        return (nearest + 7 * DAY, True) if nearest == today else (nearest, False)
    if modifier.startswith(("przy", "nast", "kole")):  # of next week, though the near one is next
        return monday_of(today) + DAY * (7 + weekday), weekday > today.weekday()
    return nearest, nearest == today


def nth_weekday(match: re.Match[str], today: date) -> DayMention | None:
    """The "pierwszy wtorek grudnia", "ostatni piątek miesiąca"."""
    first, last = month_span(int(match["m"]), today) if match["m"] else (today.replace(day=1),) * 2
    weekday = int(match["w"])
    if match["n"] == "ostatni":
        day = weekday_from(month_end(last) - 6 * DAY, weekday)
    else:
        day = weekday_from(first, weekday) + 7 * DAY * (int(match["n"][1:]) - 1)
    if day < today:
        return DayMention(*match.span(), problem="past")
    return DayMention(*match.span(), day, day)


def workdays(match: re.Match[str], today: date) -> DayMention | None:
    """Monday to Friday."""
    return DayMention(*match.span(), weekdays=WORKING_DAYS, every=True)


def weekend(match: re.Match[str], today: date) -> DayMention | None:
    """Saturday and Sunday."""
    modifier = match["mod"] or ""
    if modifier.startswith(("zesz", "ubie", "popr", "mini")):
        return DayMention(*match.span(), problem="past")
    saturday = monday_of(today) + 5 * DAY
    later = modifier.startswith(("przy", "nast", "kole"))
    saturday += 7 * DAY if later else 0 * DAY
    return DayMention(*match.span(), saturday, saturday + DAY, ambiguous=later)
