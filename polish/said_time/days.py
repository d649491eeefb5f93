"""Which days a sentence names: the rules in their order, and the ends "od", "do", "między".

Works on coded words (``polish.said_time.words``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from polish.said_time import dates, festivals, periods, weekdays
from polish.said_time.calendar import DAY, weekday_from
from polish.said_time.day_mention import PREP_BOUND, Bound, DayMention, as_bound, is_name
from polish.said_time.rules import LEAD_LETTERS, pattern, scan

_NEXT = r"przysz\w+|nastepn\w+|kolejn\w+"
_PASSED = r"zesz\w+|ubieg\w+|poprzedni\w*|miniony|minionym|minionego"
_THIS = r"ten|te|ta|tej|tego|tym|biezac\w+"
_SOON = r"najblizsz\w+|nadchodzac\w+"
_MOD = rf"{_NEXT}|{_PASSED}|{_THIS}|{_SOON}"
_YEAR = r"(?:~(?:y(?P<y>\d{4})|g(?P<gy>[2-9]\d)(?= rok)))?(?: roku?| r)?"
_UNIT = r"dni|dzien|dob\w+|tydzien|tygodni\w*|miesiac\w*|miesiec\w*|roku?|lata|lat"


Rule = tuple[re.Pattern[str], Callable[[re.Match[str], date], DayMention | None]]
_RULES: tuple[Rule, ...] = (
    (pattern(r"D\d+\.\d+(?:\.\d+)?(?: r| roku)?"), dates.figures),
    (
        pattern(
            rf"(?:(?:od|miedzy|pomiedzy) )?(?:dni\w+ )?[ngm](?P<a>\d{{1,2}})"
            rf"~(?P<how>do|a|i|-|albo|lub|czy|badz) [ngm](?P<b>\d{{1,2}})~M(?P<m>\d+){_YEAR}"
        ),
        dates.two_days,
    ),
    (pattern(rf"[ngm](?P<d>\d{{1,2}})~M(?P<m>\d+){_YEAR}"), dates.day_and_month),
    (
        pattern(rf"[gn](?P<d>\d{{1,2}}) (?P<mod>{_THIS}|{_NEXT}) miesiaca"),
        dates.day_of_month,
    ),
    (pattern(rf"[gn](?P<d>\d{{1,2}})~g(?P<m>\d{{1,2}}){_YEAR}"), dates.two_ordinals),
    (pattern(rf"m(?P<d>\d{{1,2}})~m(?P<m>\d{{1,2}}){_YEAR}"), dates.two_ordinals),
    (
        pattern(r"przedwczoraj|wczoraj\w*|po jutrze|pojutrz\w*|dzis\w*|jutr[oae]m?|jutrzejsz\w+"),
        weekdays.near,
    ),
    (
        pattern(r"(?P<n>[mh]\d|ostatni) [WR](?P<w>\d) (?:M(?P<m>\d+)|(?:tego )?miesiaca)"),
        weekdays.nth_weekday,
    ),
    (
        pattern(r"od W0 do W4|(?<!\d )(?:w )?d(?:ni|zien|niach) (?:robocz\w+|powszedni\w*)"),
        weekdays.workdays,
    ),
    (pattern(r"[hk](?P<n>[12]) polow\w+ M(?P<m>\d+)"), periods.half_of_month),
    (
        pattern(
            rf"(?:(?P<prep>do|od|na|w|we|pod|przed|po|z) )?"
            rf"(?P<part>poczatk\w*|poczatek|polow\w*|srodk\w*|konc\w*|koniec) "
            rf"(?:(?P<mod>{_NEXT}|{_THIS}|najblizsz\w+) )?"
            rf"(?:(?P<unit>tygodni\w+|miesiac\w+|roku)|M(?P<m>\d+))"
        ),
        periods.part_of_period,
    ),
    (pattern(r"(?P<n>m[1-4]|ostatnim) tygodniu M(?P<m>\d+)"), periods.week_of_month),
    (
        pattern(
            rf"za (?:jakies |okolo |gdzies |mniej wiecej )?"
            rf"(?:(?P<n>n\d+|pare|kilka|poltora|pol) )?(?P<unit>{_UNIT})"
        ),
        periods.later,
    ),
    (
        pattern(
            r"w (?:ciagu|przeciagu) (?:najblizsz\w+ )?(?:(?P<n>n\d+) )?(?:najblizsz\w+ )?"
            r"(?P<unit>dni|tygodni\w*|miesiac\w*|miesiec\w*)"
        ),
        periods.within,
    ),
    (
        pattern(r"w najblizsz\w+ (?:(?P<n>n\d+) )?(?P<unit>dniach|tygodniach|miesiacach|dni)"),
        periods.within,
    ),
    (pattern(rf"(?P<mod>{_MOD}) (?:tydzien|tygodni\w+)"), periods.week),
    (pattern(rf"(?<=tylko w )(?P<mod>{_NEXT})"), periods.next_unnamed),
    (pattern(rf"(?:(?P<mod>{_MOD}) )?weekend\w*"), weekdays.weekend),
    (pattern(r"w tygodniu"), weekdays.workdays),
    (pattern(rf"(?P<mod>{_MOD}) (?:miesiac\w*)"), periods.near_month),
    (
        pattern(r"(?:po)?miedzy swietami(?: a nowym rokiem| i nowym rokiem| a sylwestrem)?"),
        festivals.between_holidays,
    ),
    (pattern(r"w (?:nowym|przyszlym) roku"), periods.new_year),
    (
        pattern(
            r"(?:(?P<prep>do) )?(?P<name>wigili\w+|sylwest\w+|mikolajk\w+|andrzejk\w+|"
            r"(?:n3|trzech) krol\w+|now\w+ rok\w*|"
            r"boz\w+ cial\w+|majow(?:ka|ke|ki|ce)|wszystkich swietych|"
            r"(?:swiet\w+|dzien|dni\w+) niepodleglosci|boz\w+ narodzeni\w+|gwiazdk\w+|"
            r"wielkanoc\w*|wielkiej ?noc\w*|swieta\w* wielkanoc\w+|swiat wielkanoc\w+|"
            r"swieta boze\w* narodzeni\w+|swietach|swietami|swieta|(?<!na )(?<!ten )swiat)"
        ),
        festivals.holiday,
    ),
    (
        pattern(
            rf"(?:(?P<mod>{_MOD}|ostatni\w*|kazd\w+|co(?: [mk]2)?) )?(?P<form>[WPR])(?P<w>\d)"
            rf"(?: (?P<mod2>{_NEXT}|{_SOON}))?"
        ),
        weekdays.weekday,
    ),
    (pattern(r"(?P<prep>do|od) M(?P<m>\d+)(?:~y(?P<y>\d{4}))?"), periods.month),
    (pattern(r"(?P<prep>)L(?P<m>\d+)(?:~y(?P<y>\d{4}))?(?: roku?)?"), periods.month),
    (pattern(r"(?:g|(?<=dnia )n|(?<=po )m|(?<=przed )m)(?P<d>\d{1,2})"), dates.day_number),
)


def read_days(words: str, today: date) -> tuple[list[DayMention], str]:
    """All days named, in order, and the words without them (blanked out with "=")."""
    found, rest = scan(_RULES, words, today)
    led = [_with_lead(mention, words, today) for mention in found if not mention.names_nothing]
    return _paired(led, words, today), rest


# --- ends of the wanted days ----------------------------------------------------------------------


_HOW_BOUND: dict[str, Bound] = {
    "najpozniej": "to", "najwczesniej": "from", "dopiero": "from", "poczawszy": "from",
}  # fmt: skip
_LEAD = re.compile(
    r"(?:^|(?<= ))(?P<neg>nie )?"
    r"(?:(?<!jak )(?<!mozliwie )"
    r"(?P<how>najpozniej|najwczesniej|dopiero|poczawszy|(?:wczesniej|predzej|pozniej) niz),? )?"
    r"(?:(?P<prep>do|od|po|przed|w|we|na|z|ze|miedzy|pomiedzy) )?(?:(?:dni\w+|dzien),? )?$"
)


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
    return as_bound(mention, bound, today) if bound else mention


def _lead_bound(how: str, prep: str, negated: bool) -> tuple[Bound, bool]:
    """Which end of the days is named, and whether "nie" is a part of it ("nie po piątku")."""
    if how.endswith("niz"):
        later = how.startswith("poz")
        if negated:
            return ("to" if later else "from"), True
        return ("after" if later else "before"), False
    bound = PREP_BOUND.get(prep, "")
    if bound in ("after", "before"):
        if negated:
            return ("to" if bound == "after" else "from"), True
        return bound, False
    return _HOW_BOUND.get(how) or bound, False


def _paired(mentions: list[DayMention], words: str, today: date) -> list[DayMention]:
    """Two mentions that are the ends of one: "między wtorkiem a czwartkiem", "środa-piątek"."""
    for number in range(1, len(mentions)):
        one, two = mentions[number - 1 : number + 1]
        gap = words[one.end : two.start].strip(" ,")
        if _OR.search(gap):  # "w piątek albo w przyszłym tygodniu": not the Friday of that week
            one, two = _own_day(one, two, today), _own_day(two, one, today)
        if gap == "-" or (not gap and two.bound == "to" and not one.bound and not one.every):
            one = as_bound(one, "from", today)
        if gap == "-" or (one.between and gap in ("a", "i")):
            two = as_bound(two, "to", today)
        if one.bound == "from" and two.bound == "to" and one.first and two.last and two.weekdays:
            two = replace(two, last=weekday_from(one.first, two.last.weekday()), ambiguous=False)
        mentions[number - 1 : number + 1] = [one, two]
    return mentions


_OR = re.compile(r"^(?:albo|lub|czy|badz|ewentualnie|i|a moze)\b")


def _own_day(mention: DayMention, other: DayMention, today: date) -> DayMention:
    """A bare weekday beside another kind of day, as the day that it is itself."""
    if not is_name(mention) or is_name(other) or mention.every or other.bound:
        return mention
    day = weekday_from(today + DAY, min(mention.weekdays))
    doubtful = day.weekday() == today.weekday()
    return replace(mention, first=day, last=day, ambiguous=doubtful)
