"""When a resident wants to come: days and hours out of a sentence, typed or as it was heard.

``read_wanted("może w przyszłą środę po dziesiątej", now)``: ``polish.said_time`` reads what is
named, ``polish.wanted_days`` and ``polish.wanted_hours`` say what that means together.

Choices where Polish leaves one:

- A day of this year that is over is next year's only when it is over by more than two months;
  else it is "past". A weekday that is today means next week's, and is ambiguous.
- "w przyszły czwartek" is next week's; ambiguous while this week's is still to come.
- "za tydzień w środę" is the Wednesday of next week (Monday to Sunday).
- Hours 1-6 are in the afternoon unless "rano" is said; 24 is no hour.
- Of two days in one sentence both are wanted, unless a word of correction stands between them; of
  two hours the later one, unless "albo" or its like does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from polish.said_time.day_mention import DayMention
from polish.said_time.hours import HourMention
from polish.said_time.said import read_said
from polish.wanted_days import WantedDays, combine_days
from polish.wanted_hours import WantedHours, combine_hours

Shift = Literal["", "earlier", "later", "other_day", "other_hour"]
Problem = Literal["", "past", "no_such_day", "no_such_hour"]

WARSAW = ZoneInfo("Europe/Warsaw")
MOST_REJECTED = 31
"""Days: a longer span that is refused ("nie w tym roku") names no days to leave out."""


@dataclass(frozen=True, slots=True)
class WantedTime:
    """What a sentence says about when.

    Days ``first`` to ``last``, both included (``last`` None: with no end); of these only
    ``weekdays`` (0 is Monday; empty: all). A visit starts at ``from_time`` or later and before
    ``to_time``; ``exact``: at ``from_time``. ``shift``: compared with what was offered.
    ``ambiguous``: the day could be another and should be read back. ``rejected`` and
    ``rejected_weekdays``: days that are not wanted. With a problem of the day no day is given.
    """

    first: date | None = None
    last: date | None = None
    from_time: time | None = None
    to_time: time | None = None
    exact: bool = False
    weekdays: frozenset[int] = frozenset()
    earliest: bool = False
    any: bool = False
    shift: Shift = ""
    ambiguous: bool = False
    problem: Problem = ""
    rejected: tuple[date, ...] = ()
    rejected_weekdays: frozenset[int] = frozenset()


def read_wanted(text: str, now: datetime) -> WantedTime:
    """What the text says about when somebody wants to come. Never raises."""
    now = now.astimezone(WARSAW)
    today = now.date()
    said = read_said(text, today)
    wanted = combine_days([day for day in said.days if day.bound != "away"], today)
    clock = combine_hours(said.hours, said.refused_hours, said.words)
    weekdays, dates = _rejected(said.refused_days, wanted, today)
    return WantedTime(
        wanted.first,
        wanted.last,
        clock.from_time,
        clock.to_time,
        clock.exact,
        wanted.weekdays,
        earliest=bool(_EARLIEST.search(said.rest)),
        any=bool(_ANY.search(said.words)),
        shift=_shift(said.rest, said.refused_hours, said.hours),
        ambiguous=wanted.ambiguous,
        problem=wanted.problem or clock.problem or _over_today(wanted, clock, now),
        rejected=dates,
        rejected_weekdays=weekdays,
    )


def _over_today(days: WantedDays, hours: WantedHours, now: datetime) -> Problem:
    """Whether only today is wanted, at hours that are over."""
    if days.last != now.date():
        return ""
    clock = now.time()
    if (hours.exact and hours.from_time and hours.from_time < clock) or (
        hours.to_time and hours.to_time <= clock
    ):
        return "past"
    return ""


def _rejected(
    refused: list[DayMention], wanted: WantedDays, today: date
) -> tuple[frozenset[int], tuple[date, ...]]:
    """Refused weekdays and dates; one that is wanted all the same is not refused."""
    weekdays: set[int] = set()
    dates: set[date] = set()
    for mention in refused:
        if mention.first is None and mention.last is None:
            weekdays |= mention.weekdays
        elif mention.first and mention.last:
            length = (mention.last - mention.first).days + 1
            if length <= MOST_REJECTED:
                dates |= {mention.first + timedelta(days=i) for i in range(length)}
    weekdays -= wanted.weekdays
    if wanted.first and wanted.first == wanted.last:
        weekdays.discard(wanted.first.weekday())
        dates.discard(wanted.first)
    return frozenset(weekdays), tuple(sorted(day for day in dates if day >= today))


# --- words about no day and no hour in particular -------------------------------------------------

_EARLIEST = re.compile(
    r"\b(?<!musi byc )(?<!nie )(?:(?:jak|mozliwie) (?:najwczesniej|najszybciej|najpredzej)|"
    r"najszybciej|najpredzej|najwczesniej(?!,? (?:(?:w|we|od|o|po|za|na) )?=)|najwczesniejsz\w+|"
    r"najszybsz\w+|[mghk]1 (?:lepsz\w+|woln\w+|mozliw\w+|dostepn\w+)|"
    r"najblizsz\w+ (?:woln\w+|mozliw\w+|dostepn\w+|termin\w*|wizyt\w+|godzin\w+)|od reki|"
    r"na cito|na juz|natychmiast|piln[ie]e?|w najblizszym czasie)\b"
)
_ANY = re.compile(
    r"\b(?:(?<!nie jest )(?<!nie jest mi )obojetn\w+|kiedykolwiek|"
    r"(?:ktory|ktora|jaki|jaka|jakim|jakiej|ktorym)kolwiek|wszystko (?:mi )?jedno|wsio ryba|"
    r"bez (?:roznicy|znaczenia)|nie ma (?:to )?(?:dla mnie )?(?:znaczenia|roznicy)|"
    r"nie robi (?:mi )?roznicy|(?<!nie )kazd\w+ (?:termin|dzien|dni|godzin|por|dat)\w*|dowoln\w+|"
    r"(?:kiedy|ktorej|jaki) ?badz|jak (?:pani|panu|panstwu|wam) (?:wygodn\w+|pasuje)|"
    r"(?<!nie )(?:wszystko|kazd[ya]) (?:mi )?(?:pasuje|odpowiada)|wszystkie (?:mi )?pasuja)\b"
)
_OTHER_DAY = re.compile(
    r"\b(?:inn\w+ (?:\w+ )?(?:dzien|dnia|dniu|dni|dniach|termin\w*|tydzien|tygodni\w*|dat\w+)|"
    r"kiedy indziej)\b"
)
_OTHER_HOUR = re.compile(r"\binn\w+ (?:\w+ )?(?:godzin\w*|por\w+)\b")
_SAID_BEFORE = re.compile(
    r"\b\w+(?:l[ae]m|lismy|lysmy|wiono|wil[aio]) (?:(?:juz|sie|tez|do|panstwa|o|tym) )*wczesniej\b"
    r"|\bwczesniej (?:(?:juz|sie|tez|do|panstwa) )*\w+(?:l[ae]m|lismy|lysmy)\b"
    r"|\b(?:od|za)?(?:dzwon|zadzwon|oddzwon)\w+ (?:\w+ )?pozniej\b|\bpozniej (?:od|za)?dzwoni\w+\b"
)
_EARLIER = re.compile(
    r"\bza pozno\b|\b(?:wczesniej|szybciej|predzej)\b(?! niz)|\b(?:wczesniejsz|szybsz)\w+"
)
_LATER = re.compile(
    r"\bza wczesnie\b|\bnastepn(?:y dzien|ego dnia)\b|\bpozniej\b(?! niz)|\bpozniejsz\w+|"
    r"\bdalsz\w+ (?:termin|dat)\w*"
)


def _shift(rest: str, refused: list[HourMention], hours: list[HourMention]) -> Shift:
    """How another time than the offered one is asked for."""
    if _OTHER_DAY.search(rest):
        return "other_day"
    if _OTHER_HOUR.search(rest):
        return "other_hour"
    rest = _SAID_BEFORE.sub("", rest)
    if _EARLIER.search(rest):
        return "earlier"
    if _LATER.search(rest):
        return "later"
    return "other_hour" if not hours and any(not m.part for m in refused) else ""
