"""Which days a sentence names; a part of ``polish.wanted_time``.

Works on coded words, as ``polish.wanted_time`` makes them: "W3" a weekday (0 is Monday), "P3" its
plural, "R2" a form that can be both ("środy"), "n10" a number, "g10" "dziesiątego", "m10"
"dziesiąty" and "dziesiątym", "h10" "dziesiątej", "k10" "dziesiąta", "M12" "grudnia", "L12"
"grudniu", "y2026" a year, "D3.12" a date in figures, "#" a number that names no time; other words
are folded. A comma clings to the word before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, Protocol, TypeVar

import holidays

from polish.fold import fold

Problem = Literal["", "past", "no_such_day"]
Bound = Literal["", "from", "to", "after", "before", "away"]

DAY = timedelta(days=1)
WORKING_DAYS = frozenset(range(5))
LONG_PAST = timedelta(days=61)
"""A date with no year that is longer over than this is taken as next year's."""
MOST_AHEAD = 999  # days, weeks or months: what is further ahead names no visit


class Placed(Protocol):
    """Something named between two places (characters) of the coded words."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""


T = TypeVar("T", bound=Placed)
C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class DayMention:
    """Days named at one place. With ``weekdays`` and no dates: bare names of weekdays.

    ``every``: each such weekday ("we wtorki"); ``week``: the Monday of the week in which a weekday
    beside this one lies ("za dwa tygodnie w środę"); ``bound``: an end of the wanted days only.
    """

    start: int
    end: int
    first: date | None = None
    last: date | None = None
    weekdays: frozenset[int] = frozenset()
    every: bool = False
    week: date | None = None
    bound: Bound = ""
    between: bool = False
    ambiguous: bool = False
    problem: Problem = ""

    @property
    def names_nothing(self) -> bool:
        """Whether this only keeps its words from being read again (a street's name)."""
        return self.first is None and self.last is None and not self.weekdays and not self.problem


@dataclass(frozen=True, slots=True)
class WantedDays:
    """All mentions of days together."""

    first: date | None = None
    last: date | None = None
    weekdays: frozenset[int] = frozenset()
    ambiguous: bool = False
    problem: Problem = ""


def scan(
    rules: Iterable[tuple[re.Pattern[str], Callable[[re.Match[str], C], T | None]]],
    words: str,
    context: C,
) -> tuple[list[T], str]:
    """What the rules find, in order, and the words with all that was found blanked out."""
    found: list[T] = []
    for pattern, read in rules:
        for match in pattern.finditer(words):
            mention = read(match, context)
            if mention is not None:
                found.append(mention)
                words = blanked(words, mention.start, mention.end)
    return sorted(found, key=lambda mention: mention.start), words


def blanked(words: str, start: int, end: int) -> str:
    """The words with a place filled up; all places stay."""
    return words[:start] + "=" * (end - start) + words[end:]


def pattern(template: str) -> re.Pattern[str]:
    """A compiled rule of whole words; "~" is a blank that a comma may stand before."""
    return re.compile(r"(?<![\w=])(?:" + template.replace("~", ",? ") + r")(?![\w=])")


# --- single dates ---------------------------------------------------------------------------------


def coming_date(day: int, month: int, year: int | None, today: date) -> tuple[date | None, Problem]:
    """The date meant, or why there is none."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None, "no_such_day"
    meant = year or today.year
    if year is None and today - date(meant, month, min(day, 28)) > LONG_PAST:
        meant += 1
    try:
        found = date(meant, month, day)
    except ValueError:
        return None, "no_such_day"
    return (None, "past") if found < today else (found, "")


def _dated(
    match: re.Match[str], day: int, month: int, year: int | None, today: date
) -> DayMention | None:
    start, end = match.span()
    if year is not None and year < today.year - 1:  # a birthday, a paper's date: no wish
        return DayMention(start, end)
    found, problem = coming_date(day, month, year, today)
    return DayMention(start, end, found, found, problem=problem)


def _next_day_number(day: int, today: date) -> date | None:
    """The next day of a month with this number, today included."""
    if not 1 <= day <= 31:
        return None
    first = today.replace(day=1)
    for _ in range(3):
        if day <= _month_end(first).day and first.replace(day=day) >= today:
            return first.replace(day=day)
        first = _month_end(first) + DAY
    return None


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - DAY


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, _month_end(first).day))


def _monday(day: date) -> date:
    return day - DAY * day.weekday()


def _weekday_from(day: date, weekday: int) -> date:
    """The weekday on ``day`` or after it."""
    return day + DAY * ((weekday - day.weekday()) % 7)


def _year_of(match: re.Match[str]) -> int | None:
    written = match["y"] or match["gy"]
    if not written:
        return None
    return int(written) if len(written) > 2 else 2000 + int(written)


_YEAR = r"(?:~(?:y(?P<y>\d{4})|g(?P<gy>[2-9]\d)(?= rok)))?(?: roku?| r)?"
_FIGURES = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")
_STREET = re.compile(
    r"\b(?:ul|ulic\w+|al|alej\w*|plac\w*|pl|os|osiedl\w+|rond\w+|skwer\w*|przy),?(?: \w+)? $"
)
_STREET_AFTER_NA = {(1, 5), (3, 5), (11, 11)}  # streets that everybody calls by the date alone
_AT = re.compile(r"(?<!termin )(?<!wizyte )(?<!wizyty )(?<!zapisac )(?<!umowic )\bna $")


def _figures(match: re.Match[str], today: date) -> DayMention | None:
    if NOT_TIME_AFTER.match(match.string, match.end()):
        return None
    day, month, year = _FIGURES.findall(match[0])[0]
    return _dated(match, int(day), int(month), int(year) if year else None, today)


def _day_and_month(match: re.Match[str], today: date) -> DayMention | None:
    day, month = int(match["d"]), int(match["m"])
    before = match.string[max(0, match.start() - 40) : match.start()]
    street = _STREET.search(before)
    if street or ((day, month) in _STREET_AFTER_NA and _AT.search(before)):
        house = re.compile(r"(?: n\d+(?! n\d\d))?").match(match.string, match.end())
        return DayMention(match.start(), house.end() if house else match.end())
    return _dated(match, day, month, _year_of(match), today)


def _two_ordinals(match: re.Match[str], today: date) -> DayMention | None:
    """Day and month as ordinals, "piątego dwunastego"; not "ten drugi pierwszy"."""
    if not 1 <= int(match["m"]) <= 12 or not stands_alone(match.string, match.end()):
        return None
    if _A_CHOICE.search(match.string[: match.start()]):
        return None
    return _dated(match, int(match["d"]), int(match["m"]), _year_of(match), today)


def _two_days(match: re.Match[str], today: date) -> DayMention | None:
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


def _day_number(match: re.Match[str], today: date) -> DayMention | None:
    """A day alone, "trzeciego": only where nothing follows that it could count."""
    before = match.string[: match.start()]
    if not stands_alone(match.string, match.end()) or _A_CHOICE.search(before):
        return None
    day = int(match["d"])
    found = _next_day_number(day, today)
    problem: Problem = "" if found else "no_such_day"
    same = found == today
    return DayMention(*match.span(), found, found, ambiguous=same, problem=problem)


def _day_of_month(match: re.Match[str], today: date) -> DayMention | None:
    first = today.replace(day=1)
    if match["mod"].startswith(("przy", "nast", "kole")):
        first = _month_end(today) + DAY
    return _dated(match, int(match["d"]), first.month, first.year, today)


# --- near days and weekdays -----------------------------------------------------------------------

_NEAR = {"prze": -2, "wczo": -1, "dzis": 0, "juts": 1, "jutr": 1, "poju": 2, "po j": 2}


def _near(match: re.Match[str], today: date) -> DayMention | None:
    day = today + DAY * _NEAR[match[0][:4]]
    if day < today:
        return DayMention(*match.span(), problem="past")
    return DayMention(*match.span(), day, day)


def _weekday(match: re.Match[str], today: date) -> DayMention | None:
    weekday = int(match["w"])
    modifier = match["mod"] or match["mod2"] or ""
    start, end = match.span()
    if _is_somebodys(match):
        return DayMention(start, end)
    if modifier.startswith(("zesz", "ubie", "popr", "osta", "mini")):
        return DayMention(start, end, problem="past")
    plural = match["form"] == "P" or (match["form"] == "R" and _many(match, modifier))
    if plural or modifier.startswith(("kazd", "co")):
        return DayMention(start, end, weekdays=frozenset({weekday}), every=True)
    if not modifier:
        return DayMention(start, end, weekdays=frozenset({weekday}))
    day, ambiguous = _which_weekday(weekday, modifier, today)
    return DayMention(start, end, day, day, ambiguous=ambiguous)


_GENITIVE = re.compile(
    r"\b(?:do|od|z|ze|oprocz|procz|zamiast|tej|przyszlej|nastepnej|najblizszej|kolejnej|dnia) $"
)


_SURNAME = re.compile(r"\b(?:nazywam sie|nazwisk\w+|pana|panem|pania)(?: (?:to|jest|\w+))? $")


def _is_somebodys(match: re.Match[str]) -> bool:
    """Whether a weekday's or a month's name is a surname or a street's: "Jan Środa"."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    return bool(_SURNAME.search(before) or _STREET.search(before))


def _many(match: re.Match[str], modifier: str) -> bool:
    """Whether "środy" is the plural: not after what asks for a genitive."""
    return not modifier.endswith("ej") and not _GENITIVE.search(match.string[: match.start("form")])


def _which_weekday(weekday: int, modifier: str, today: date) -> tuple[date, bool]:
    """The day of "przyszły", "najbliższy" or "ten" weekday, and whether another could be meant."""
    nearest = _weekday_from(today, weekday)
    if modifier.startswith(("najb", "nadc")):
        return (nearest + 7 * DAY, True) if nearest == today else (nearest, False)
    if modifier.startswith(("przy", "nast", "kole")):  # of next week, though the near one is next
        return _monday(today) + DAY * (7 + weekday), weekday > today.weekday()
    return nearest, nearest == today


def _nth_weekday(match: re.Match[str], today: date) -> DayMention | None:
    """The "pierwszy wtorek grudnia", "ostatni piątek miesiąca"."""
    first, last = _month_span(int(match["m"]), today) if match["m"] else (today.replace(day=1),) * 2
    weekday = int(match["w"])
    if match["n"] == "ostatni":
        day = _weekday_from(_month_end(last) - 6 * DAY, weekday)
    else:
        day = _weekday_from(first, weekday) + 7 * DAY * (int(match["n"][1:]) - 1)
    if day < today:
        return DayMention(*match.span(), problem="past")
    return DayMention(*match.span(), day, day)


def _workdays(match: re.Match[str], today: date) -> DayMention | None:
    return DayMention(*match.span(), weekdays=WORKING_DAYS, every=True)


# --- weeks, months, parts of them -----------------------------------------------------------------


def _week(match: re.Match[str], today: date) -> DayMention | None:
    modifier = match["mod"]
    if modifier.startswith(("zesz", "ubie", "popr", "mini")):
        return DayMention(*match.span(), problem="past")
    if modifier.startswith("najb"):
        return DayMention(*match.span(), today, today + 7 * DAY)
    monday = _monday(today) + DAY * (7 if modifier.startswith(("przy", "nast", "kole")) else 0)
    if modifier.startswith("nadc"):
        monday += 7 * DAY
    return DayMention(*match.span(), monday, monday + 6 * DAY)


def _next_unnamed(match: re.Match[str], today: date) -> DayMention | None:
    """The end of "nie w tym tygodniu, tylko w przyszłym" and "nie w ten wtorek, tylko w …"."""
    before = match.string[: match.start()]
    if not stands_alone(match.string, match.end()):
        return None
    weekday = re.search(r"W(\d)\D*$", before)
    if weekday:
        day, _ = _which_weekday(int(weekday[1]), match["mod"], today)
        return DayMention(*match.span(), day, day)
    return _week(match, today) if before.endswith("= tylko w ") else None


def _weekend(match: re.Match[str], today: date) -> DayMention | None:
    modifier = match["mod"] or ""
    if modifier.startswith(("zesz", "ubie", "popr", "mini")):
        return DayMention(*match.span(), problem="past")
    saturday = _monday(today) + 5 * DAY
    later = modifier.startswith(("przy", "nast", "kole"))
    saturday += 7 * DAY if later else 0 * DAY
    return DayMention(*match.span(), saturday, saturday + DAY, ambiguous=later)


def _month_span(month: int, today: date) -> tuple[date, date]:
    """The first and the last day of the month meant; the last may lie before today."""
    first = date(today.year, month, 1)
    if today - _month_end(first) > LONG_PAST:
        first = date(today.year + 1, month, 1)
    return first, _month_end(first)


def _month(match: re.Match[str], today: date) -> DayMention | None:
    if _is_somebodys(match):
        return DayMention(*match.span())
    first, last = _month_span(int(match["m"]), today)
    year = match["y"]
    if year:
        first = first.replace(year=int(year))
        last = _month_end(first)
    bound: Bound = ""
    if match["prep"]:
        bound = "from" if match["prep"] == "od" else "before"
    if last < today and bound != "from":
        return DayMention(*match.span(), problem="past")
    return _bounded(DayMention(*match.span(), first, last), bound)


def _near_month(match: re.Match[str], today: date) -> DayMention | None:
    modifier = match["mod"]
    if modifier.startswith(("zesz", "ubie", "popr", "mini")):
        return DayMention(*match.span(), problem="past")
    first = today.replace(day=1)
    if modifier.startswith(("przy", "nast", "kole")):
        first = _month_end(today) + DAY
    return DayMention(*match.span(), first, _month_end(first))


Part = Literal["start", "middle", "end"]


def _part_of(first: date, last: date, part: Part) -> tuple[date, date]:
    """Of a week: Monday-Tuesday, Tuesday-Thursday, Thursday-Friday; of a month: thirds."""
    if (last - first).days == 6:
        a, b = {"start": (0, 1), "middle": (1, 3), "end": (3, 4)}[part]
        return first + a * DAY, first + b * DAY
    if (last - first).days > 31:  # a year: its first, its middle, its last month
        month = {"start": 1, "middle": 6, "end": 12}[part]
        first = first.replace(month=month)
        return first, _month_end(first)
    thirds = {
        "start": (first, first + 9 * DAY),
        "middle": (first + 10 * DAY, first + 19 * DAY),
        "end": (first + 20 * DAY, last),
    }
    return thirds[part]


def _period(match: re.Match[str], today: date) -> tuple[date, date, date]:
    """First and last day of the period named, and the first day of the one after it."""
    if match["m"]:
        first, last = _month_span(int(match["m"]), today)
        return first, last, first  # a month called by name is that month, over or not
    later = (match["mod"] or "").startswith(("przy", "nast", "kole"))
    if match["unit"].startswith("tyg"):
        first = _monday(today) + DAY * (7 if later else 0)
        return first, first + 6 * DAY, first + 7 * DAY
    if match["unit"].startswith("mies"):
        first = _month_end(today) + DAY if later else today.replace(day=1)
        return first, _month_end(first), _month_end(first) + DAY
    first = date(today.year + (1 if later else 0), 1, 1)
    return first, first.replace(month=12, day=31), first.replace(year=first.year + 1)


def _part_of_period(match: re.Match[str], today: date) -> DayMention | None:
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
        a, b = _part_of(after, _month_end(after) if length.days != 6 else after + length, part)
        if length.days > 31:
            a, b = _part_of(after, after.replace(month=12, day=31), part)
    bound = "" if prep == "z" else _PREP_BOUND.get(prep, "")  # "z końcem" is the end itself
    return _bounded(_not_over(match, a, b, today), bound)


def _ending(match: re.Match[str], last: date, today: date) -> DayMention:
    mention = _not_over(match, last, last, today)
    return _bounded(mention, "" if mention.problem else "to")


def _not_over(match: re.Match[str], first: date, last: date, today: date) -> DayMention:
    if last < today:
        return DayMention(*match.span(), problem="past")
    return DayMention(*match.span(), first, last)


def _half_of_month(match: re.Match[str], today: date) -> DayMention | None:
    first, last = _month_span(int(match["m"]), today)
    half = (first, first + 14 * DAY) if match["n"] == "1" else (first + 15 * DAY, last)
    return _not_over(match, *half, today)


def _week_of_month(match: re.Match[str], today: date) -> DayMention | None:
    first, last = _month_span(int(match["m"]), today)
    if match["n"] == "ostatnim":
        return _not_over(match, last - 6 * DAY, last, today)
    first += 7 * DAY * (int(match["n"][1:]) - 1)
    return _not_over(match, first, min(first + 6 * DAY, last), today)


# --- in so many days ------------------------------------------------------------------------------


def _later(match: re.Match[str], today: date) -> DayMention | None:
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
        return DayMention(*match.span(), day, day, week=_monday(day))
    if unit.startswith(("dni", "dzien")):
        day = today + DAY * number
    elif unit.startswith("mies"):
        day = _months_later(today, number)
    else:
        day = _months_later(today, 12 * min(number, 80))
    return DayMention(*match.span(), day, day)


def _in_a_few(match: re.Match[str], unit: str, today: date) -> DayMention:
    if unit.startswith(("tyg", "tyd")):
        return DayMention(*match.span(), today + 14 * DAY, today + 42 * DAY)
    if unit.startswith("mies"):
        return DayMention(*match.span(), _months_later(today, 2), _months_later(today, 6))
    return DayMention(*match.span(), today + 2 * DAY, today + 7 * DAY)


def _halves(match: re.Match[str], count: str, unit: str, today: date) -> DayMention | None:
    if unit.startswith("rok"):
        day = _months_later(today, 6 if count == "pol" else 18)
    elif unit.startswith("mies"):
        day = _months_later(today, 0 if count == "pol" else 1) + 15 * DAY
    else:
        day = today + DAY * (4 if count == "pol" else 11)
    return DayMention(*match.span(), day, day)


def _within(match: re.Match[str], today: date) -> DayMention | None:
    """Within so much time: "w ciągu dwóch tygodni", "w najbliższych dniach"."""
    number = int((match["n"] or "n1")[1:])
    if number > MOST_AHEAD:
        return None
    unit = match["unit"]
    if unit.startswith(("tyg", "tyd")):
        last = today + 7 * DAY * number
    elif unit.startswith("mies"):
        last = _months_later(today, number)
    else:
        last = today + DAY * (number if match["n"] else 7)
    return DayMention(*match.span(), today, last)


# --- holidays -------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _easter(year: int) -> date:
    named = holidays.country_holidays("PL", years=year, language="pl")
    return next(day for day, name in named.items() if "wielkanocna" in fold(name))


def _christmas(year: int) -> tuple[date, date]:
    return date(year, 12, 24), date(year, 12, 26)  # Wigilia too: a day off since 2025


def _easter_days(year: int) -> tuple[date, date]:
    return _easter(year) - DAY, _easter(year) + DAY  # from Holy Saturday


def _fixed(month: int, day: int, last: int | None = None) -> Callable[[int], tuple[date, date]]:
    return lambda year: (date(year, month, day), date(year, month, last or day))


def _corpus_christi(year: int) -> tuple[date, date]:
    return (_easter(year) + 60 * DAY,) * 2


# a piece of the folded name -> its first and last day in a year; the first piece found counts
_HOLIDAYS: tuple[tuple[str, Callable[[int], tuple[date, date]]], ...] = (
    ("wigili", _fixed(12, 24)),
    ("sylwest", _fixed(12, 31)),
    ("mikolajk", _fixed(12, 6)),
    ("andrzejk", _fixed(11, 30)),
    ("krol", _fixed(1, 6)),
    ("now", _fixed(1, 1)),
    ("cial", _corpus_christi),
    ("majow", _fixed(5, 1, 3)),
    ("wszystkich", _fixed(11, 1)),
    ("niepodl", _fixed(11, 11)),
    ("wielk", _easter_days),
    ("bozeg", _christmas),
    ("bozy", _christmas),
    ("boze", _christmas),
    ("gwiazdk", _christmas),
)


def _next_spell(days: Callable[[int], tuple[date, date]], today: date) -> tuple[date, date]:
    spell = days(today.year)
    return spell if spell[1] >= today else days(today.year + 1)


def _holiday(match: re.Match[str], today: date) -> DayMention | None:
    name = match["name"]
    days = next((days for piece, days in _HOLIDAYS if piece in name), None)
    if days:
        spell = _next_spell(days, today)
    else:  # "święta": whichever come first
        spell = min(_next_spell(_christmas, today), _next_spell(_easter_days, today))
    far = days is None and spell[0] - today > LONG_PAST
    mention = DayMention(*match.span(), *spell, ambiguous=far)
    if match["prep"]:  # "do świąt" ends before them, as "przed świętami"
        return _bounded(mention, "to" if name.startswith("wigili") else "before")
    return mention


def _new_year(match: re.Match[str], today: date) -> DayMention | None:
    """Next year, "w nowym roku"."""
    first = date(today.year + 1, 1, 1)
    return DayMention(*match.span(), first, first.replace(month=12, day=31))


def _between_holidays(match: re.Match[str], today: date) -> DayMention | None:
    year = today.year
    return DayMention(*match.span(), date(year, 12, 27), date(year, 12, 31))


# --- the rules ------------------------------------------------------------------------------------

_NEXT = r"przysz\w+|nastepn\w+|kolejn\w+"
_PASSED = r"zesz\w+|ubieg\w+|poprzedni\w*|miniony|minionym|minionego"
_THIS = r"ten|te|ta|tej|tego|tym|biezac\w+"
_SOON = r"najblizsz\w+|nadchodzac\w+"
_MOD = rf"{_NEXT}|{_PASSED}|{_THIS}|{_SOON}"
_UNIT = r"dni|dzien|dob\w+|tydzien|tygodni\w*|miesiac\w*|miesiec\w*|roku?|lata|lat"

NOT_TIME_AFTER = re.compile(
    r" (?:zl\w*|pln|gr|grosz\w*|euro|eur|proc\w*|m|mb|km|metr\w*|kg|lat|lata|rok\w*|os|osob\w*|"
    r"dzieci|ludzi|szt\w*|egzemplarz\w*|raz\w*|plus|kart\w*|stron\w*|wniosk\w*|dowod\w*|"
    r"paszport\w*|dokument\w*|odpis\w*|akt|akty|aktow|minut\w*|dni\w*|dzien|tygodni\w*|tydzien|"
    r"miesiac\w*|miesiec\w*|godzin|godziny|pietr\w*|poko\w+|okien\w+|okn\w+|stanowisk\w*|"
    r"tys\w*|mln|spraw\w*|wizyt\w*|termin\w*|podpis\w*|zdjec\w*|kopi\w*)\b"
)
_ALONE_BEFORE = re.compile(
    r",|$| ?(?:=|#|[A-Za-z]\d|-|(?:o|na|w|we|po|przed|od|do|z|za|u|dla|kolo|okolo|gdzies|tak|rano|"
    r"i|a|albo|lub|czy|badz|oraz|ewentualnie|ale|bo|jak|jesli|jezeli|gdyby|tylko|raczej|jednak|"
    r"znaczy|wieczorem|popoludniu|przedpoludniem|godzin\w+|prosze|poprosze|poprosil\w+|dziekuj\w+|"
    r"moze|mi|nam|mnie|bym|by|pasuj\w+|pasowal\w*|odpowiad\w+|byl\w*|bedzie|bede|jest|chce|"
    r"chcial\w+|mam|mamy|moge|mozemy|mogl\w+|mozna|to|tego|najlepiej|lepiej|najpozniej|dobrze|ok|"
    r"okej|nie|pani|panie|pan|panu|sie|jestem|przyjd\w+|wpadn\w+|zapis\w+|umow\w+|wol\w+|bierz\w+|"
    r"biore|mog|rezerwuj\w+|najwczesniej|dopiero|juz|wlasnie|odpada|wtedy|super|swietnie|tam|jesz\w+"
    r"|zdaz\w+|dam|da|rady|dziala|wczesniej|pozniej|wizyt\w+|termin\w*|niech|koniecznie)\b)"
)
_A_CHOICE = re.compile(
    r"\b(?:dla|ten|ta|te|tego|tej|tamten|tamta|tamtego|jednego|ani|raz|sie|moj|moja|mojego|bez) $"
)


def stands_alone(words: str, end: int) -> bool:
    """Whether what ends here counts no noun behind it: only known small words may follow."""
    return bool(_ALONE_BEFORE.match(words, end))


Rule = tuple[re.Pattern[str], Callable[[re.Match[str], date], DayMention | None]]
_RULES: tuple[Rule, ...] = (
    (pattern(r"D\d+\.\d+(?:\.\d+)?(?: r| roku)?"), _figures),
    (
        pattern(
            rf"(?:(?:od|miedzy|pomiedzy) )?(?:dni\w+ )?[ngm](?P<a>\d{{1,2}})"
            rf"~(?P<how>do|a|i|-|albo|lub|czy|badz) [ngm](?P<b>\d{{1,2}})~M(?P<m>\d+){_YEAR}"
        ),
        _two_days,
    ),
    (pattern(rf"[ngm](?P<d>\d{{1,2}})~M(?P<m>\d+){_YEAR}"), _day_and_month),
    (
        pattern(rf"[gn](?P<d>\d{{1,2}}) (?P<mod>{_THIS}|{_NEXT}) miesiaca"),
        _day_of_month,
    ),
    (pattern(rf"[gn](?P<d>\d{{1,2}})~g(?P<m>\d{{1,2}}){_YEAR}"), _two_ordinals),
    (pattern(rf"m(?P<d>\d{{1,2}})~m(?P<m>\d{{1,2}}){_YEAR}"), _two_ordinals),
    (
        pattern(r"przedwczoraj|wczoraj\w*|po jutrze|pojutrz\w*|dzis\w*|jutr[oae]m?|jutrzejsz\w+"),
        _near,
    ),
    (
        pattern(r"(?P<n>[mh]\d|ostatni) [WR](?P<w>\d) (?:M(?P<m>\d+)|(?:tego )?miesiaca)"),
        _nth_weekday,
    ),
    (
        pattern(r"od W0 do W4|(?<!\d )(?:w )?d(?:ni|zien|niach) (?:robocz\w+|powszedni\w*)"),
        _workdays,
    ),
    (pattern(r"[hk](?P<n>[12]) polow\w+ M(?P<m>\d+)"), _half_of_month),
    (
        pattern(
            rf"(?:(?P<prep>do|od|na|w|we|pod|przed|po|z) )?"
            rf"(?P<part>poczatk\w*|poczatek|polow\w*|srodk\w*|konc\w*|koniec) "
            rf"(?:(?P<mod>{_NEXT}|{_THIS}|najblizsz\w+) )?"
            rf"(?:(?P<unit>tygodni\w+|miesiac\w+|roku)|M(?P<m>\d+))"
        ),
        _part_of_period,
    ),
    (pattern(r"(?P<n>m[1-4]|ostatnim) tygodniu M(?P<m>\d+)"), _week_of_month),
    (
        pattern(
            rf"za (?:jakies |okolo |gdzies |mniej wiecej )?"
            rf"(?:(?P<n>n\d+|pare|kilka|poltora|pol) )?(?P<unit>{_UNIT})"
        ),
        _later,
    ),
    (
        pattern(
            r"w (?:ciagu|przeciagu) (?:najblizsz\w+ )?(?:(?P<n>n\d+) )?(?:najblizsz\w+ )?"
            r"(?P<unit>dni|tygodni\w*|miesiac\w*|miesiec\w*)"
        ),
        _within,
    ),
    (
        pattern(r"w najblizsz\w+ (?:(?P<n>n\d+) )?(?P<unit>dniach|tygodniach|miesiacach|dni)"),
        _within,
    ),
    (pattern(rf"(?P<mod>{_MOD}) (?:tydzien|tygodni\w+)"), _week),
    (pattern(rf"(?<=tylko w )(?P<mod>{_NEXT})"), _next_unnamed),
    (pattern(rf"(?:(?P<mod>{_MOD}) )?weekend\w*"), _weekend),
    (pattern(r"w tygodniu"), _workdays),
    (pattern(rf"(?P<mod>{_MOD}) (?:miesiac\w*)"), _near_month),
    (
        pattern(r"(?:po)?miedzy swietami(?: a nowym rokiem| i nowym rokiem| a sylwestrem)?"),
        _between_holidays,
    ),
    (pattern(r"w (?:nowym|przyszlym) roku"), _new_year),
    (
        pattern(
            r"(?:(?P<prep>do) )?(?P<name>wigili\w+|sylwest\w+|mikolajk\w+|andrzejk\w+|"
            r"(?:n3|trzech) krol\w+|now\w+ rok\w*|"
            r"boz\w+ cial\w+|majow(?:ka|ke|ki|ce)|wszystkich swietych|"
            r"swiet\w+ niepodleglosci|boz\w+ narodzeni\w+|gwiazdk\w+|"
            r"wielkanoc\w*|wielkiej ?noc\w*|swieta\w* wielkanoc\w+|swiat wielkanoc\w+|"
            r"swieta boze\w* narodzeni\w+|swietach|swietami|swieta|swiat)"
        ),
        _holiday,
    ),
    (
        pattern(
            rf"(?:(?P<mod>{_MOD}|ostatni\w*|kazd\w+|co(?: [mk]2)?) )?(?P<form>[WPR])(?P<w>\d)"
            rf"(?: (?P<mod2>{_NEXT}|{_SOON}))?"
        ),
        _weekday,
    ),
    (pattern(r"(?P<prep>do|od) M(?P<m>\d+)(?:~y(?P<y>\d{4}))?"), _month),
    (pattern(r"(?P<prep>)L(?P<m>\d+)(?:~y(?P<y>\d{4}))?(?: roku?)?"), _month),
    (pattern(r"(?:g|(?<=dnia )n|(?<=po )m|(?<=przed )m)(?P<d>\d{1,2})"), _day_number),
)


def read_days(words: str, today: date) -> tuple[list[DayMention], str]:
    """All days named, in order, and the words without them (blanked out with "=")."""
    found, rest = scan(_RULES, words, today)
    led = [_with_lead(mention, words, today) for mention in found if not mention.names_nothing]
    return _paired(led, words, today), rest


# --- ends of the wanted days ----------------------------------------------------------------------

_PREP_BOUND: dict[str, Bound] = {
    "do": "to", "od": "from", "po": "after", "przed": "before", "miedzy": "from",
    "pomiedzy": "from", "z": "away", "ze": "away",
}  # fmt: skip
_HOW_BOUND: dict[str, Bound] = {
    "najpozniej": "to", "najwczesniej": "from", "dopiero": "from", "poczawszy": "from",
}  # fmt: skip
_LEAD = re.compile(
    r"(?:^|(?<= ))(?P<neg>nie )?"
    r"(?:(?<!jak )(?<!mozliwie )"
    r"(?P<how>najpozniej|najwczesniej|dopiero|poczawszy|(?:wczesniej|predzej|pozniej) niz),? )?"
    r"(?:(?P<prep>do|od|po|przed|w|we|na|z|ze|miedzy|pomiedzy) )?(?:(?:dni\w+|dzien),? )?$"
)
LEAD_LETTERS = 50
"""Before something named in which the words that lead to it are looked for."""


def _with_lead(mention: DayMention, words: str, today: date) -> DayMention:
    """The mention with the preposition before it, and with what that makes of its days."""
    low = max(0, mention.start - LEAD_LETTERS)
    lead = _LEAD.search(words[low : mention.start])
    if not lead:
        return mention
    bound, negated = _lead_bound(lead["how"] or "", lead["prep"] or "", bool(lead["neg"]))
    start = low + lead.start() + (len("nie ") if lead["neg"] and not negated else 0)
    between = (lead["prep"] or "").endswith("miedzy")
    mention = replace(mention, start=start, between=between)
    return _as_bound(mention, bound, today) if bound else mention


def _lead_bound(how: str, prep: str, negated: bool) -> tuple[Bound, bool]:
    """Which end of the days is named, and whether "nie" is a part of it ("nie po piątku")."""
    if how.endswith("niz"):
        later = how.startswith("poz")
        if negated:
            return ("to" if later else "from"), True
        return ("after" if later else "before"), False
    bound = _PREP_BOUND.get(prep, "")
    if bound in ("after", "before"):
        if negated:
            return ("to" if bound == "after" else "from"), True
        return bound, False
    return _HOW_BOUND.get(how) or bound, False


def _bounded(mention: DayMention, bound: Bound) -> DayMention:
    first, last = mention.first, mention.last
    if first is None or last is None:
        return replace(mention, bound=bound)
    if bound in ("from", "after"):
        return replace(
            mention, bound=bound, first=first if bound == "from" else last + DAY, last=None
        )
    if bound in ("to", "before"):
        return replace(
            mention, bound=bound, last=last if bound == "to" else first - DAY, first=None
        )
    return replace(mention, bound=bound)


def _paired(mentions: list[DayMention], words: str, today: date) -> list[DayMention]:
    """Two mentions that are the ends of one: "między wtorkiem a czwartkiem", "środa-piątek"."""
    for number in range(1, len(mentions)):
        one, two = mentions[number - 1 : number + 1]
        gap = words[one.end : two.start].strip(" ,")
        if _OR.search(gap):  # "w piątek albo w przyszłym tygodniu": not the Friday of that week
            one, two = _own_day(one, two, today), _own_day(two, one, today)
        if gap == "-" or (not gap and two.bound == "to" and not one.bound and not one.every):
            one = _as_bound(one, "from", today)
        if gap == "-" or (one.between and gap in ("a", "i")):
            two = _as_bound(two, "to", today)
        if one.bound == "from" and two.bound == "to" and one.first and two.last and two.weekdays:
            two = replace(two, last=_weekday_from(one.first, two.last.weekday()), ambiguous=False)
        mentions[number - 1 : number + 1] = [one, two]
    return mentions


_OR = re.compile(r"^(?:albo|lub|czy|badz|ewentualnie|i|a moze)\b")


def _own_day(mention: DayMention, other: DayMention, today: date) -> DayMention:
    """A bare weekday beside another kind of day, as the day that it is itself."""
    if not _is_name(mention) or _is_name(other) or mention.every or other.bound:
        return mention
    day = _weekday_from(today + DAY, min(mention.weekdays))
    doubtful = day.weekday() == today.weekday()
    return replace(mention, first=day, last=day, ambiguous=doubtful)


def _as_bound(mention: DayMention, bound: Bound, today: date) -> DayMention:
    """The mention as an end of days; a bare weekday is then the nearest one."""
    if bound == "away":  # "decyzja z 3 listopada": past or not, no wish
        return replace(mention, bound=bound, problem="")
    if mention.bound or mention.problem or mention.every:
        return mention
    if _is_name(mention):
        day = _weekday_from(today, min(mention.weekdays))
        mention = replace(mention, first=day, last=day, ambiguous=day == today)
    return _bounded(mention, bound)


# --- all mentions together ------------------------------------------------------------------------


def combine_days(mentions: Iterable[DayMention], today: date) -> WantedDays:
    """What the mentions say together; a day that cannot be counts only where no other is named."""
    mentions = list(mentions)
    good = [mention for mention in mentions if not mention.problem]
    if not good:
        return WantedDays(problem=mentions[-1].problem if mentions else "")
    wanted = _span([mention for mention in good if not _is_name(mention)])
    names = [mention for mention in good if _is_name(mention)]
    if names:
        week = next((mention.week for mention in good if mention.week), None)
        wanted = _with_weekdays(wanted, names, week, today)
    return _from_today(wanted, today)


def _is_name(mention: DayMention) -> bool:
    return bool(mention.weekdays) and mention.first is None and mention.last is None


def _span(mentions: list[DayMention]) -> WantedDays:
    """From the first to the last day of all that are named, within the ends that are named."""
    points = [m for m in mentions if not m.bound]
    first = min((m.first for m in points if m.first), default=None)
    last = max((m.last for m in points if m.last), default=None)
    since = max((m.first for m in mentions if m.bound and m.first), default=None)
    until = min((m.last for m in mentions if m.bound and m.last), default=None)
    low = max((d for d in (first, since) if d), default=None)
    high = min((d for d in (last, until) if d), default=None)
    if low and high and low > high:  # they contradict each other: a day named itself counts more
        low, high = (first, last) if points else (since, None)
    ambiguous = any(m.ambiguous for m in mentions)
    return WantedDays(low, high, _only_these(points), ambiguous)


def _only_these(points: list[DayMention]) -> frozenset[int]:
    """The weekdays of several single days with others between them; a week's worth at most."""
    days: set[date] = set()
    for mention in points:
        if mention.first is None or mention.last is None:
            return frozenset()
        if mention.first != mention.last and not mention.weekdays:
            return frozenset()
        days |= {mention.first, mention.last}
    if not days or not len(days) <= (max(days) - min(days)).days < 7:
        return frozenset()
    return frozenset(day.weekday() for day in days)


def _with_weekdays(
    span: WantedDays, names: list[DayMention], week: date | None, today: date
) -> WantedDays:
    weekdays = frozenset[int]().union(*(name.weekdays for name in names))
    every = any(name.every for name in names)
    if week:
        span = replace(span, first=week, last=week + 6 * DAY)
    if span.first is None and span.last is None:
        return WantedDays(weekdays=weekdays) if every else _coming(weekdays, today)
    low = span.first or today
    high = span.last or low + 6 * DAY
    if every or (span.last and (high - low).days > 6):
        return replace(span, weekdays=weekdays)
    days = [low + i * DAY for i in range((high - low).days + 1)]
    days = [day for day in days if day.weekday() in weekdays]
    if not days:  # "jutro, w piątek" and tomorrow is Wednesday
        return replace(span, ambiguous=True)
    doubtful = span.ambiguous or (week is not None and _counted_else(days[0], week, today))
    several = weekdays if len(days) > 1 else frozenset[int]()
    return WantedDays(days[0], days[-1], several, doubtful)


def _counted_else(day: date, week: date, today: date) -> bool:
    """Whether so many weeks counted from the nearest such weekday give another day."""
    weeks = (week - _monday(today)) // (7 * DAY)
    return _weekday_from(today, day.weekday()) + 7 * DAY * weeks != day


def _coming(weekdays: frozenset[int], today: date) -> WantedDays:
    """The nearest of these weekdays; one that is today is next week's, and to be asked about."""
    days = sorted(_weekday_from(today + DAY, weekday) for weekday in weekdays)
    several = weekdays if len(days) > 1 else frozenset[int]()
    return WantedDays(days[0], days[-1], several, today.weekday() in weekdays)


def _from_today(wanted: WantedDays, today: date) -> WantedDays:
    if wanted.last and wanted.last < today:
        return WantedDays(problem="past")
    if wanted.first is None and wanted.last is None:
        return wanted
    return replace(wanted, first=max(wanted.first or today, today))
