"""When a resident wants to come: days and hours out of a sentence, typed or as it was heard.

``read_wanted("może w przyszłą środę po dziesiątej", now)``. The text is put into coded words
(``polish.wanted_days`` says which), in which days are looked for first and hours in what is left.

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
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from polish.cardinals import CASES, cardinal
from polish.dates import MONTHS
from polish.fold import fold
from polish.ordinals import ordinal
from polish.wanted_days import DayMention, WantedDays, combine_days, read_days
from polish.wanted_hours import HourMention, WantedHours, combine_hours, read_hours

Shift = Literal["", "earlier", "later", "other_day", "other_hour"]
Problem = Literal["", "past", "no_such_day", "no_such_hour"]

M = TypeVar("M", DayMention, HourMention)

WARSAW = ZoneInfo("Europe/Warsaw")
MOST_LETTERS = 1000
"""Of a text that is read; nobody needs more to say when they come."""
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
    words = coded_words(text[:MOST_LETTERS])
    found, rest = read_days(words, today)
    days, refused_days = _sorted_out(found, words)
    found_hours, rest = read_hours(rest, words)
    hours, refused_hours = _sorted_out(found_hours, words)
    wanted = combine_days([day for day in days if day.bound != "away"], today)
    clock = combine_hours(hours, refused_hours, words)
    weekdays, dates = _rejected(refused_days, wanted, today)
    return WantedTime(
        wanted.first,
        wanted.last,
        clock.from_time,
        clock.to_time,
        clock.exact,
        wanted.weekdays,
        earliest=bool(_EARLIEST.search(rest)),
        any=bool(_ANY.search(words)),
        shift=_shift(rest, refused_hours, hours),
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


# --- words in codes -------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"(?P<iso>(?<![\w-])20[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}(?![0-9-]))"
    r"|(?P<dmy>(?<![\w.])[0-9]{1,2}(?:\.\s?[0-9]{1,2}\.\s?(?:20)?[0-9]{2}|"
    r"(?P<s>[/-])[0-9]{1,2}(?P=s)20[0-9]{2})(?![\w]))"
    r"|(?P<roman>(?<![\w.,])[0-9]{1,2}[. ]\s?(?:I{2,3}|IV|VI{1,3}|IX|XI{1,2})\b)"
    r"|(?P<hm>(?<![\w:.,])[0-9]{1,2}:[0-9]{2}(?![\w:]))"
    r"|(?P<dm>(?<![\w.,/-])[0-9]{1,2}[.,/][0-9]{1,2}(?![\w/]|[.,][0-9]))"
    r"|(?P<suffixed>(?<!\w)[0-9]{1,2}-?(?:[a-z]{0,3}ego|go|[a-z]{0,3}ej|t[aą]|m[aą]|g[aą]|ci[aą]|"
    r"sz[aą])(?!\w))"
    r"|(?P<digits>[0-9]+)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<dash>[-–—])"
    r"|(?P<stop>[,.;:!?…()\n])"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_NUMBER = re.compile(r"[0-9]+")
_ROMAN = {"II": 2, "III": 3, "IV": 4, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "XI": 11, "XII": 12}
_CLOCK_BEFORE = frozenset("o godz godzina godzine godzinie godziny kolo okolo ok".split())
_SLASH_BEFORE = frozenset("w na dnia do od po przed dzien termin i albo lub".split())
_LABELS = frozenset(
    "art artykul artykulu ust ustep ustepu pkt punkt punktu par paragraf wersja wersji nr numer "
    "numeru numerem pokoj pokoju pokoje okienko okienka okienku okno stanowisko stanowisku kwota "
    "kwote kwoty lokal lokalu".split()
)

_ABBREVIATIONS = frozenset("art ust pkt par nr lok pok godz ok".split())


def coded_words(text: str) -> str:
    """The text as the codes and folded words that ``polish.wanted_days`` describes."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    codes: list[str] = []
    for match in _TOKEN.finditer(text):
        code = _CODERS[match.lastgroup or "word"](match[0], _before(codes))
        if code != "," or (codes and codes[-1] != ","):
            codes.append(code)
    words = " ".join(codes).replace(" ,", ",")
    for rule, new in _JOINED:
        words = rule.sub(new, words)
    return _RUN.sub(_masked, words)


def _before(codes: list[str]) -> str:
    """The word before; an abbreviation's full stop is passed over."""
    if len(codes) > 1 and codes[-1] == "," and codes[-2] in _ABBREVIATIONS:
        return codes[-2]
    return codes[-1] if codes else ""


def _numbers(text: str) -> list[int]:
    return [int(found) for found in _NUMBER.findall(text)]


def _iso(text: str, before: str) -> str:
    year, month, day = _numbers(text)
    if before in _LABELS:
        return "#"
    return f"D{day}.{month}.{year}"


def _day_month_year(text: str, before: str) -> str:
    day, month, year = _numbers(text)
    if before in _LABELS:
        return "#"
    return f"D{day}.{month}.{year if year > 99 else 2000 + year}"


def _roman(text: str, before: str) -> str:
    return f"D{_numbers(text)[0]}.{_ROMAN[text.replace('.', ' ').split()[-1]]}"


def _hour_minute(text: str, before: str) -> str:
    return f"T{text}"


def _day_month_or_clock(text: str, before: str) -> str:
    """A date like "3.12", an hour like "10.30"; "10.12" is an hour only after "o" and its like."""
    a, b = _numbers(text)
    is_date = 1 <= b <= 12 and 1 <= a <= 31
    if "/" in text:
        fits = not before or before[-1] == "," or before in _SLASH_BEFORE or before[0] in "WD-"
        return f"D{a}.{b}" if is_date and fits and (a, b) != (24, 7) else "#"
    if before in _LABELS or ("," in text and before not in _CLOCK_BEFORE):
        return "#"
    is_clock = text[-3] in ".," and b <= 59 and a <= 24
    if is_clock and (not is_date or before in _CLOCK_BEFORE):
        return f"T{a}:{b:02}"
    return f"D{a}.{b}" if is_date else "#"


def _suffixed(text: str, before: str) -> str:
    number = _numbers(text)[0]
    kind = "g" if text.endswith("go") else "h" if text.endswith("ej") else "k"
    return f"{kind}{number}"


def _digits(text: str, before: str) -> str:
    if before in _LABELS or len(text) > 4:
        return "#"
    if len(text) == 4 and text.startswith(("19", "20")):
        return f"y{text}"
    return f"n{text}"


def _word(text: str, before: str) -> str:
    code = _codes().get(folded := _folded(text))
    if code and code[0] == "s" and before in _LABELS:
        return "#"
    return code or folded


def _stop(text: str, before: str) -> str:
    return ","


def _dash(text: str, before: str) -> str:
    return "-"


_CODERS: dict[str, Callable[[str, str], str]] = {
    "iso": _iso,
    "dmy": _day_month_year,
    "roman": _roman,
    "hm": _hour_minute,
    "dm": _day_month_or_clock,
    "suffixed": _suffixed,
    "digits": _digits,
    "word": _word,
    "dash": _dash,
    "stop": _stop,
}
# "s": a number said in words, until its words are joined
_JOINED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b([sghkm])([2-9])0 \1([1-9])\b"), r"\1\2\3"),
    (re.compile(r"\bs0 s([0-9])\b"), r"n0\1"),
    (re.compile(r"\bs(\d)"), r"n\1"),
    (re.compile(r"\bn2 tysiac\w* (?:i )?[ngm]([2-9]\d)\b"), r"y20\1"),
)
_RUN = re.compile(r"\b[ny]\d+(?:(?: -)? [ny]\d+(?!\d|,? [Mg]\d))+|\bn\d{3,}(?!\d)")


def _masked(match: re.Match[str]) -> str:
    """A row of numbers that is a phone or another long number, covered."""
    numbers = [part for part in match[0].split() if part != "-"]
    plain = [part for part in numbers if part[0] == "n"]
    digits = sum(len(part) - 1 for part in plain)
    a_date = len(numbers) == 3 and len(plain) == 2 and numbers[2][0] == "y"
    long = digits >= 5 or len(numbers) >= 3 or any(len(part) > 3 for part in plain)
    if not long or a_date:
        return match[0]
    kept = _hour_before_number(match.string[: match.start()], numbers)
    return " ".join([*kept, "#"])


_HOUR_LEADS = re.compile(r"(?:\bo|\bgodzin\w+|\b[hk]\d+),? $")


def _hour_before_number(before: str, numbers: list[str]) -> list[str]:
    """The hour that a phone number follows with nothing between: "o 10 501 234 567"."""
    if not _HOUR_LEADS.search(before[-20:]):
        return []
    short = next((i for i, part in enumerate(numbers) if len(part) > 3), 0)
    return numbers[:short] if short <= 2 else []


@lru_cache(maxsize=4096)
def _folded(word: str) -> str:
    return fold(word)


_WEEKDAYS = (
    (
        "poniedzialek poniedzialku poniedzialkiem poniedzialkowi pon pn",
        "poniedzialki",
        "ow ami ach",
    ),
    ("wtorek wtorku wtorkiem wtorkowi wt", "wtorki", "ow ami ach"),
    ("sroda srode srodzie sr", "", ""),
    ("czwartek czwartku czwartkiem czwartkowi czw", "czwartki", "ow ami ach"),
    ("piatek piatku piatkiem piatkowi pt piontek", "piatki", "ow ami ach"),
    ("sobota sobote sobocie sob", "", ""),
    ("niedziela niedziele niedzieli ndz", "", ""),
)
_WEEKDAY_STEMS = "poniedzialkow wtorkow srodow czwartkow piatkow".split()
_ADJECTIVE = "y a e ego ej emu ym".split()
_MONTH_FORMS = (
    "styczen styczniu styczniem|luty lutym|marzec marcu marcem|kwiecien kwietniu kwietniem|"
    "maj maju majem|czerwiec czerwcu czerwcem|lipiec lipcu lipcem|sierpien sierpniu sierpniem|"
    "wrzesien wrzesniu wrzesniem|pazdziernik pazdzierniku pazdziernikiem|"
    "listopad listopadzie listopadem|grudzien grudniu grudniem"
).split("|")


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Folded words -> their codes."""
    codes = {fold(name): f"M{number}" for number, name in enumerate(MONTHS, 1)}
    for number, forms in enumerate(_MONTH_FORMS, 1):
        codes |= dict.fromkeys(forms.split(), f"L{number}")
    for number in chain(range(100), range(100, 1000, 100)):
        codes |= _number_codes(number)
    for weekday, (forms, plural, endings) in enumerate(_WEEKDAYS):
        codes |= dict.fromkeys(forms.split(), f"W{weekday}")
        if plural:
            codes[plural] = f"P{weekday}"
            codes |= dict.fromkeys(
                (plural[:-1] + ending for ending in endings.split()), f"P{weekday}"
            )
    codes |= {"srody": "R2", "soboty": "R5", "srodami": "P2", "srod": "P2"}
    for weekday, stem in enumerate(_WEEKDAY_STEMS):
        codes |= dict.fromkeys((stem + ending for ending in _ADJECTIVE), f"W{weekday}")
    return codes


def _number_codes(number: int) -> dict[str, str]:
    """The forms of one number word, those of one word only; "jedna" and its like name no time."""
    if number == 1:
        forms = ["jeden"]
    else:
        forms = [cardinal(number, case, gender) for case in CASES for gender in ("m", "p", "f")]
    codes = {fold(form): f"s{number}" for form in forms if " " not in form}
    if 0 < number < 100:
        for case in CASES:
            codes[fold(ordinal(number, case))] = f"m{number}"
            codes.setdefault(fold(ordinal(number, case, "f")), f"k{number}")
        codes[fold(ordinal(number, "gen"))] = f"g{number}"
        codes[fold(ordinal(number, "gen", "f"))] = f"h{number}"
    return {word: code for word, code in codes.items() if " " not in word}


# --- what is refused and what is taken back -------------------------------------------------------

_FILLER = (
    r"(?:moge|pasuj\w+|odpowiad\w+|chce|chcial\w+|dam|rady|mi|mnie|nam|bardzo|bym|przyjde|zdaze|"
    r"ten|ta|te|to|w|we|na|o|po|rowniez|tez|takze|bede|mogl\w*|wole|byc|"
    r"za|zadn\w+)"
)
_REFUSED_BEFORE = re.compile(
    rf"(?:\b(?<!czy )(?<!czemu )(?<!dlaczego )(?<!albo )nie(?: {_FILLER})*|"
    r"\b(?:oprocz|procz|poza|zamiast|z wyjatkiem|wyjawszy|za wyjatkiem|ani)(?: w| na| o)?) ?$"
)
_REFUSED_AFTER = re.compile(
    r"(?: mi| mnie| tez| niestety| to| raczej| jednak| akurat| chyba)*"
    r"(?: nie(?:,|$| (?:moge|mozemy|pasuj\w+|odpowiad\w+|dam|da|chce|bardzo|przyjde|bede|wchodzi|"
    r"mi|zdaze|dziala))|,? odpada\w*|,? wykluczon\w+|,? (?:jestem|mam) "
    r"(?:zajet\w+|w pracy|prac\w+))"
)
_AND = re.compile(r",? ?(?:ani|i|oraz|lub|albo|,)? ?(?:w|we|na|o|nie w|nie)? ?")
_JOINS = re.compile(r"\b(?:ani|i|oraz|lub|albo)\b")
_TAKEN_BACK = re.compile(
    r"\b(?:jednak|znaczy|tzn|przepraszam|sorry|pardon|wroc|pomyl\w+|albo nie|nie nie|"
    r"zmienil[ae]m)\b|\bnie,"
)
_MEANT_ALREADY = re.compile(
    r"\b(?:(?:mam|mial[ae]m|mielismy|jestem|bylam|bylem) (?:juz )?(?:\w+ )?"
    r"(?:umowion\w+|zapisan\w+|wizyt\w+|termin\w*|rezerwacj\w+)|(?:bylam|bylem|dzwonil[ae]m)|"
    r"(?<!aktu )(?<!akt )(?<!akty )urodz\w+(?: sie)?|ur|wazn\w+|wydan\w+|waznosc\w*|"
    r"(?<!sprawie )(?<!wizyte )slub\w*)"
    r"(?:,? (?!chc|przel|przen|zmien|prosz|wol|ale\b|a\b|moge|da\b|czy\b|i\b)[\w=:.]+){0,4},? ?$"
)


_LOOK = 80
"""Letters before and after something named in which words that refuse it are looked for."""


def _sorted_out(found: list[M], words: str) -> tuple[list[M], list[M]]:
    """What is wanted and what is refused or taken back; what somebody has already is neither."""
    wanted: list[M] = []
    refused: list[M] = []
    last_refused: M | None = None
    for mention in found:
        if _MEANT_ALREADY.search(words[max(0, mention.start - _LOOK) : mention.start]):
            continue
        if _is_refused(mention, words) or _goes_on(last_refused, mention, words):
            refused.append(mention)
            last_refused = mention
            continue
        if wanted and _TAKEN_BACK.search(words[wanted[-1].end : mention.start]):
            refused += wanted
            wanted = []
        wanted.append(mention)
        last_refused = None
    return wanted, refused


def _is_refused(mention: M, words: str) -> bool:
    return bool(
        _REFUSED_BEFORE.search(words[max(0, mention.start - _LOOK) : mention.start])
        or _REFUSED_AFTER.match(words, mention.end)
    )


def _goes_on(refused: M | None, mention: M, words: str) -> bool:
    """Whether the refusal goes on here: "nie w środę ani w czwartek"."""
    if refused is None:
        return False
    gap = words[refused.end : mention.start]
    return bool(_AND.fullmatch(gap) and _JOINS.search(gap))


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
