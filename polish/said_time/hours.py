"""Which hours a sentence names, in what its days have left of it.

Works on coded words (``polish.said_time.words``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time
from typing import Literal

from polish.nouns import noun_of
from polish.said_time.parts_of_day import EARLY, LATE, PART_RULES, PartOfDay
from polish.said_time.rules import (
    LEAD_LETTERS,
    NOT_TIME_AFTER,
    blanked,
    pattern,
    scan,
    stands_alone,
)

Problem = Literal["", "no_such_hour"]

MINUTES_A_DAY = 24 * 60
AROUND = 30
"""Minutes on either side of an hour that is named roughly."""
FIRST_HOUR = 7
"""Before this no office is open: "o drugiej" is 14:00, "o szóstej" 18:00."""


@dataclass(frozen=True, slots=True)
class HourMention:
    """Hours named at one place; ``part``: only that part of the day, "rano"."""

    start: int
    end: int
    from_time: time | None = None
    to_time: time | None = None
    exact: bool = False
    part: PartOfDay = ""
    problem: Problem = ""


def moment_of(minutes: int) -> time | None:
    """So many minutes after midnight; None where that is no hour of the day."""
    return time(*divmod(minutes, 60)) if 0 <= minutes < MINUTES_A_DAY else None


_HOUR = r"(?:T\d+:\d\d|[hk]\d{1,2}(?: n(?:\d\d|5))?|n\d{1,2}(?: n\d\d)?)"
_WORD = r"(?:(?:godzin\w*|godz|gdz|g),? )?"
_PARSED = re.compile(r"[Thkn](\d+)(?:(?::| n)(\d+))?")


def _read_clock(written: str, words: str) -> int | None:
    """Minutes from midnight of "h10 n30"; None when there is no such hour."""
    hour, minute = (int(part or 0) for part in _PARSED.findall(written)[0])
    if hour > 23 or minute > 59:
        return None
    return _office_minutes(hour, words) + minute


def _office_minutes(hour: int, words: str) -> int:
    """An hour said to an office, in minutes: the small ones are in the afternoon."""
    if 1 <= hour <= 8 and not _is_morning(hour, words):
        hour += 12
    return hour * 60


def _is_morning(hour: int, words: str) -> bool:
    return bool(EARLY.search(words)) if hour < FIRST_HOUR else not LATE.search(words)


def _counted(words: str, end: int) -> bool:
    """Whether the next word is what a number before it counts: "o 2 dowody"."""
    if NOT_TIME_AFTER.match(words, end):
        return True
    following = _NEXT_WORD.match(words, end)
    if not following or stands_alone(words, end):
        return False
    noun = noun_of(following[1])
    return noun is not None and bool(noun.cases("pl") & {"nom", "acc", "gen"})


_NEXT_WORD = re.compile(r" ([a-z]{3,})")
_FEMININE_AFTER = re.compile(
    r" (?:wizy|spraw|osob|osob|stron|klas|kolejn|grup|rat[aey]|cork|umow|decyzj|kart|dawk|dat|"
    r"propozycj|czesc|polow|ulic|zmian|pomoc|tur[aey]|instancj|lini|rzecz|opcj|godzin|kadencj|"
    r"zon|prob|szans|ksiaz|kategor|not|noc|niedziel|sob|srod|wersj|tabel|rozpraw|pozycj|reka|rece|"
    r"kopi|szko|matur|sekcj|tercj|bram|drog|dziec)\w*"
)


def _fits(match: re.Match[str], written: str) -> bool:
    """Whether what is written as an hour is not a number of something."""
    end = match.end()
    if written[0] in "nT":
        return not _counted(match.string, end)
    return not (_FEMININE_AFTER.match(match.string, end) or _counted_minutes(match, written))


def _counted_minutes(match: re.Match[str], written: str) -> bool:
    return " n" in written and _counted(match.string, match.end())


def _without_minutes(match: re.Match[str], written: str) -> tuple[str, int]:
    """The hour and its end, without minutes that count what follows: "o dziesiątej pięć osób"."""
    if written[0] in "hk" and _counted_minutes(match, written):
        hour = written.split(" ", maxsplit=1)[0]
        return hour, match.end() - (len(written) - len(hour))
    return written, match.end()


def _said(match: re.Match[str], relation: str, written: str, end: int, words: str) -> HourMention:
    minutes = _read_clock(written, words)
    start = match.start()
    if minutes is None:
        return HourMention(start, end, problem="no_such_hour")
    if relation == "around":
        return HourMention(start, end, moment_of(minutes - AROUND), moment_of(minutes + AROUND))
    moment = moment_of(minutes)
    if relation == "to":
        return HourMention(start, end, to_time=moment)
    return HourMention(start, end, moment, exact=relation == "exact")


_RELATIONS = {
    **dict.fromkeys(("po", "od"), "from"),
    **dict.fromkeys(("przed", "do"), "to"),
    **dict.fromkeys(("kolo", "okolo", "ok", "w okolicy", "w okolicach"), "around"),
}
_HOW = re.compile(
    r"(?:^|(?<= ))(?P<neg>nie )?(?:(?P<how>najpozniej|najwczesniej|dopiero|gdzies tak|gdzies|jakos|"
    r"mniej wiecej|plus minus|plus n\d minus|(?:wczesniej|predzej|szybciej|pozniej) niz),? ?)?"
    r"(?:o|na)? ?$"
)


_BUSY = re.compile(  # "pracuję do szesnastej" is a wish for later
    r"\b(?!\w+cie\b)(?:pracuj\w+|(?:w|mam) prac[ey]|zajet\w+|koncz\w+|wychodz\w+ z pracy|"
    r"zaczyn\w+)"
    r"(?: (?:prac[ey]|jestem|zajecia|lekcje|szkole|dyzur|zmiane|dopiero))* $"
)


_OFFICE = re.compile(  # "czy urząd pracuje do szesnastej" is none
    r"\b(?:urzad|urzedzie|wydzial|biuro|kasa|punkt|okienko|sekretariat|ktos|panstwo|biblioteka|"
    r"szkola|przedszkole|zlobek)\b"
)


def _with_preposition(match: re.Match[str], words: str) -> HourMention | None:
    prep, written = match["prep"], match["hour"]
    if not _preposition_fits(prep, written, match["word"]):
        return None
    written, end = _without_minutes(match, written)
    if end == match.end() and not _fits(match, written):
        return None
    relation = _RELATIONS.get(prep, "exact")
    low = max(0, match.start() - LEAD_LETTERS)
    lead = _HOW.search(words[low : match.start()])
    busy = _BUSY.search(words[low : match.start()])
    if busy and not _OFFICE.search(words[low : match.start()]):
        relation = "to" if busy[0].startswith("zacz") else "from"
    negated, how = bool(lead and lead["neg"]), (lead["how"] if lead else "") or ""
    turned = _turned(relation, how, negated)
    mention = _said(match, turned, written, end, words)
    keeps_not = negated and turned == relation  # "nie o dziesiątej": a refusal, read by the caller
    if lead and (how or negated):
        start = low + lead.start() + (len("nie ") if keeps_not else 0)
        mention = replace(mention, start=start)
    return mention


def _preposition_fits(prep: str, written: str, hour_word: str) -> bool:
    kind = written[0]
    if prep == "o":  # "o drugą wizytę" asks for one; "o drugiej" is an hour
        return kind != "k" or bool(hour_word)
    if prep == "na":  # "na 10" yes, "na 2" rather people or pieces
        number = int(_PARSED.findall(written)[0][0])
        return kind in "kT" or bool(hour_word) or (kind == "n" and FIRST_HOUR <= number <= 18)
    return True


def _turned(relation: str, how: str, negated: bool) -> str:
    """The relation after "nie", "najpóźniej", "nie wcześniej niż" and the like."""
    if how.endswith("niz"):
        return "from" if how.startswith("poz") != negated else "to"
    if how in ("najwczesniej", "dopiero", "najpozniej"):
        return relation if relation in ("from", "to") else _ENDS[how]
    if how:
        return "around" if relation == "exact" else relation
    if negated and relation in ("from", "to"):  # "nie przed dziesiątą", "nie po dwunastej"
        return "to" if relation == "from" else "from"
    return relation


_ENDS = {"najwczesniej": "from", "dopiero": "from", "najpozniej": "to"}


def _range(match: re.Match[str], words: str) -> HourMention | None:
    a, b = match["a"], match["b"]
    if not match["lead"] and match["how"] in ("a", "i"):
        return None
    clear = bool(match["lead"]) or "T" in (a[0], b[0]) or (match["how"] == "do" and a[0] in "hk")
    if not clear and not all(FIRST_HOUR <= int(_PARSED.findall(x)[0][0]) <= 20 for x in (a, b)):
        return None
    if not _fits(match, b):  # "od 3 do 5 osób": nor is its beginning an hour
        return HourMention(*match.span())
    first, last = _read_clock(a, words), _read_clock(b, words)
    if first is None or last is None:
        return HourMention(*match.span(), problem="no_such_hour")
    if first >= last:
        return None
    return HourMention(*match.span(), moment_of(first), moment_of(last))


def _shifted(match: re.Match[str], words: str, minutes: int) -> HourMention | None:
    """So many minutes before or after a full hour."""
    full = _read_clock(match["hour"], words)
    if full is None:
        return HourMention(*match.span(), problem="no_such_hour")
    total = full + minutes
    if FIRST_HOUR * 60 > total > 5 * 60 and not EARLY.search(words):  # "wpół do siódmej"
        total += 12 * 60
    relation = {"po": "from", "przed": "to", "do": "to", "od": "from"}.get(match["prep"] or "", "")
    moment = moment_of(total % MINUTES_A_DAY)
    if relation == "to":
        return HourMention(*match.span(), to_time=moment)
    return HourMention(*match.span(), moment, exact=not relation)


def _quarter(written: str) -> int:
    return 15 if written == "kwadrans" else int(written[1:])


def _half_to(match: re.Match[str], words: str) -> HourMention | None:
    return _shifted(match, words, -30)


def _minutes_to(match: re.Match[str], words: str) -> HourMention | None:
    minutes = _quarter(match["n"])
    return _shifted(match, words, -minutes) if 1 <= minutes < 30 else None


def _minutes_past(match: re.Match[str], words: str) -> HourMention | None:
    minutes = _quarter(match["n"])
    if not 1 <= minutes < 30 or (match["hour"][0] == "n" and minutes % 5):
        return None
    return _shifted(match, words, minutes)


_CHOICE_BEFORE = re.compile(
    r"\b(?:ta|te|tej|ten|jedna|na|w|z|za|dla|kazda|kolejna|moja|swoja|sama|raz|sie|sa) $"
)


_PRICE_BEFORE = re.compile(r"\b(?:zaplac\w+|koszt\w+|wynosi\w*|oplat\w+|cen[aey]|kwot\w+) $")


def _bare(match: re.Match[str], words: str) -> HourMention | None:
    """An hour with no preposition: "dziesiąta trzydzieści"; "druga" alone is a choice."""
    written = match["hour"]
    before = match.string[: match.start()]
    if _PRICE_BEFORE.search(before):
        return None
    if written[0] == "T":
        return _said(match, "exact", written, match.end(), words) if _fits(match, written) else None
    written, end = _without_minutes(match, written)
    if _CHOICE_BEFORE.search(before) or not (
        stands_alone(match.string, end) or end != match.end() or " n" in written
    ):
        return None
    alone = " n" not in written
    if alone and int(written[1:]) < FIRST_HOUR:
        return None
    return _said(match, "exact", written, end, words)


def _beside(match: re.Match[str], words: str) -> HourMention | None:
    """A bare number after a day or another hour: "jutro 10", "o 10 lub 11"."""
    if not stands_alone(match.string, match.end()):
        return None
    mention = _said(match, "exact", match["hour"], match.end(), words)
    return replace(mention, start=match.start("hour"))


def _only(match: re.Match[str], words: str) -> HourMention | None:
    """The whole sentence is "dziesięć trzydzieści"."""
    minutes = int(match["hour"].rsplit("n", maxsplit=1)[1])
    return _said(match, "exact", match["hour"], match.end(), words) if minutes % 5 == 0 else None


_RULES = (
    (
        pattern(rf"(?:(?P<prep>o|na|po|przed|do|od) )?(?:w ?pol|pol) do {_WORD}(?P<hour>{_HOUR})"),
        _half_to,
    ),
    (
        pattern(
            r"(?:(?P<prep>o|na|po|przed|do|od) )?za (?P<n>kwadrans|n\d\d?)(?: minut\w*)? "
            r"(?P<hour>[kh]\d\d?|n\d\d?)"
        ),
        _minutes_to,
    ),
    (
        pattern(
            rf"(?:(?P<prep>o|na|przed|do|od) )?(?P<n>kwadrans|n\d\d?)(?: minut\w*)? po {_WORD}"
            rf"(?P<hour>h\d\d?|n\d\d?)"
        ),
        _minutes_past,
    ),
    (
        pattern(
            r"(?P<lead>(?:od|miedzy|pomiedzy|w godzinach(?: od| miedzy)?|godzin\w*|godz),? "
            rf"{_WORD})?"
            rf"(?P<a>{_HOUR})(?: rano)?~(?P<how>do|a|i|-) {_WORD}(?P<b>{_HOUR})"
        ),
        _range,
    ),
    (
        pattern(
            r"(?P<prep>o|na|po|przed|do|od|kolo|okolo|ok|w okolic(?:y|ach)),? "
            rf"(?P<word>{_WORD})(?P<hour>{_HOUR})"
        ),
        _with_preposition,
    ),
    (
        pattern(rf"(?P<prep>)(?P<word>(?:godzin\w*|godz|gdz),? )(?P<hour>{_HOUR})"),
        _with_preposition,
    ),
    (pattern(rf"(?<=zdaze )(?P<prep>)(?P<word>)(?P<hour>{_HOUR})"), _with_preposition),
    (pattern(r"(?P<hour>T\d+:\d\d|[hk]\d{1,2}(?: n(?:\d\d|5))?)"), _bare),
    (pattern(r"(?<== )(?:albo|lub|czy) (?P<hour>n(?:[7-9]|1\d)(?: n\d\d)?)"), _beside),
    (pattern(r"(?<== )(?P<hour>n(?:[7-9]|1\d)(?: n\d\d)?)"), _beside),
    (re.compile(r"^(?P<hour>n(?:[7-9]|1\d) n[0-5]\d)$"), _only),
)


def read_hours(rest: str, words: str) -> tuple[list[HourMention], str]:
    """All hours named in what the days have left of the words, and what they leave of it."""
    found, rest = scan(_RULES, rest, words)
    for part, rule, low, high in PART_RULES:
        for match in rule.finditer(rest):
            low_time = None if low is None else moment_of(low)
            high_time = None if high is None else moment_of(high)
            found.append(HourMention(*match.span(), low_time, high_time, part=part))
            rest = blanked(rest, *match.span())
    named = [m for m in found if m.from_time or m.to_time or m.problem]
    return sorted(named, key=lambda mention: mention.start), rest
