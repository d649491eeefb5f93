"""What is said about opening hours: now, today, on a day, before an hour, in a long weekend."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from actions.office.calendar import DAY, ClosedSpell, OfficeCalendar, to_local
from actions.office.facts import Office, OpenHours
from actions.office.sentence import Sentence, same
from actions.office.when import When, parse_when
from polish.fold import fold

_ON = (
    "w poniedziałek", "we wtorek", "w środę", "w czwartek", "w piątek", "w sobotę", "w niedzielę",
)  # fmt: skip
_FROM = ("poniedziałku", "wtorku", "środy", "czwartku", "piątku", "soboty", "niedzieli")
_SHORT = ("pon.", "wt.", "śr.", "czw.", "pt.", "sob.", "niedz.")
_MONTHS = (
    "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września",
    "października", "listopada", "grudnia",
)  # fmt: skip
_WHOLE_WEEK = re.compile(
    r"\b(godzin\w+|w jakie dni|w ktor\w+ d\w+|tydzien|tygodni\w*|(naj)?dluzej|kiedy)\b"
)
_ONE_MOMENT = re.compile(r"\b(dzis\w*|teraz|otwart\w+|najblizej|zdaze)\b")


class HoursAnswers:
    """Sentences about one office's hours. Moments are given, never read from a clock."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.calendar = OfficeCalendar(office)

    def answer(self, question: str, now: datetime) -> Sentence:
        """The answer to a question about hours, by the day and hour that it names."""
        local = to_local(now)
        when = parse_when(question, local.date())
        if when.kind == "long_weekend":
            return self._long_weekend(local)
        if when.kind == "week":
            return self.week()
        if when.kind == "days":
            return self._days(when, local)
        if when.day is None and when.hour is None:
            words = fold(question)
            if _WHOLE_WEEK.search(words) and not _ONE_MOMENT.search(words):
                return self.week()
            return self.today(now)
        return self._day(when, local)

    def names_moment(self, question: str, now: datetime) -> bool:
        """Whether the question names a day or an hour; a whole week is neither."""
        when = parse_when(question, to_local(now).date())
        return when not in (When(), When("week"))

    def today(self, now: datetime) -> Sentence:
        """Today's hours, and whether the office is open at this moment."""
        local = to_local(now)
        on = self.calendar.on(local.date())
        if on.hours is None:
            return self._closed(local.date(), local)
        if self.calendar.is_open(local):
            name = "open_now"
        else:
            name = "opens_later_today" if local.time() < on.hours.opens else "closed_for_today"
        return self._say(name, local, on.hours)

    def week(self) -> Sentence:
        """Usual hours of the whole week."""
        spans = _spans(self.calendar.weekly())
        text = ", ".join(f"{_short(a, b)} {clock(h.opens)}–{clock(h.closes)}" for a, b, h in spans)
        values = {"week": Sentence(text, _spoken_week(spans))}
        return self._office.hours_sentences["week"].fill(values)

    def next_opening(self, now: datetime) -> str:
        """Such as "jutro o 8:00" or "w poniedziałek 30 listopada o 8:00"."""
        local = to_local(now)
        opening = self.calendar.next_opening(local)
        return f"{day_phrase(opening.date(), local.date())} o {clock(opening.time())}"

    def _day(self, when: When, local: datetime) -> Sentence:
        day = when.day or local.date()
        on = self.calendar.on(day)
        if when.kind == "weekend":
            on = next((d for d in (on, self.calendar.on(day + timedelta(days=1))) if d.hours), on)
            day = on.day
        if on.hours is None:
            return self._closed(day, local)
        if day == local.date() and (when.hour is None or local.time() >= on.hours.closes):
            return self.today(local)
        return self._say(_verdict(when, on.hours), local, on.hours, day)

    def _days(self, when: When, local: datetime) -> Sentence:
        """Several days in a row, mostly a holiday's: all closed, or the first that is and why."""
        first, last = when.day or local.date(), when.last or local.date()
        days = [self.calendar.on(first + DAY * i) for i in range((last - first).days + 1)]
        if not any(on.hours for on in days) and (spell := self.calendar.closed_spell(first)):
            return self._closed_from_to(spell, local)
        closed = next((on for on in days if on.why and not on.hours), None)
        return self._closed(closed.day, local) if closed else self.week()

    def _closed(self, day: date, local: datetime) -> Sentence:
        on = self.calendar.on(day)
        after = max(local, datetime.combine(day, time.max, local.tzinfo))
        opening = self.calendar.next_opening(after)
        why = f", bo {on.why}" if on.why else ""
        return self._office.hours_sentences["day_closed"].fill(
            {
                "day": same(day_phrase(day, local.date())),
                "why": same(why),
                "next": same(
                    f"{day_phrase(opening.date(), local.date())} o {clock(opening.time())}"
                ),
            }
        )

    def _long_weekend(self, local: datetime) -> Sentence:
        spell = self.calendar.next_long_weekend(local.date())
        return self._closed_from_to(spell, local) if spell else self.week()

    def _closed_from_to(self, spell: ClosedSpell, local: datetime) -> Sentence:
        after = datetime.combine(spell.last, time.max, local.tzinfo)
        opening = self.calendar.next_opening(after)
        values = {
            "first": same(_from_phrase(spell.first)),
            "last": same(_from_phrase(spell.last)),
            "next": same(f"{day_phrase(opening.date(), local.date())} o {clock(opening.time())}"),
        }
        return self._office.hours_sentences["long_weekend"].fill(values)

    def _say(
        self, name: str, local: datetime, hours: OpenHours, day: date | None = None
    ) -> Sentence:
        values = {
            "day": same(day_phrase(day or local.date(), local.date())),
            "from": same(clock(hours.opens)),
            "to": same(clock(hours.closes)),
            "next": same(self.next_opening(local)),
        }
        return self._office.hours_sentences[name].fill(values)


def _verdict(when: When, hours: OpenHours) -> str:
    if when.hour is None:
        return "day_open"
    if when.relation == "between":
        if when.hour >= hours.closes:
            return "too_late"
        return "too_early" if when.until and when.until <= hours.opens else "in_time"
    if when.relation == "after":
        return "in_time" if when.hour < hours.closes else "too_late"
    if when.hour > hours.closes or (when.relation == "at" and when.hour == hours.closes):
        return "too_late"
    too_early = when.hour <= hours.opens if when.relation == "before" else when.hour < hours.opens
    return "too_early" if too_early else "in_time"


def clock(at: time) -> str:
    """Such as "8:00"; the spoken form is made when it is read aloud."""
    return f"{at.hour}:{at.minute:02d}"


def day_phrase(day: date, today: date) -> str:
    """Such as "dziś", "jutro", "w środę", further away "w czwartek 24 grudnia"."""
    ahead = (day - today).days
    if ahead in (0, 1):
        return ("dziś", "jutro")[ahead]
    if 1 < ahead < 7:
        return _ON[day.weekday()]
    return f"{_ON[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def _from_phrase(day: date) -> str:
    return f"{_FROM[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


Span = tuple[int, int, OpenHours]


def _spans(weekly: Sequence[OpenHours | None]) -> list[Span]:
    """Neighbouring weekdays with equal hours, joined: (first, last, hours)."""
    spans: list[Span] = []
    for day, hours in enumerate(weekly):
        if hours is None:
            continue
        if spans and spans[-1][1] == day - 1 and spans[-1][2] == hours:
            spans[-1] = (spans[-1][0], day, hours)
        else:
            spans.append((day, day, hours))
    return spans


def _short(first: int, last: int) -> str:
    return _SHORT[first] if first == last else f"{_SHORT[first]}–{_SHORT[last]}"


def _spoken_week(spans: Sequence[Span]) -> str:
    """Such as "od poniedziałku do środy od 8:00 do 16:00, w czwartek do 18:00"."""
    usual = spans[0][2].opens
    parts = []
    for number, (first, last, hours) in enumerate(spans):
        days = _ON[first] if first == last else f"od {_FROM[first]} do {_FROM[last]}"
        opens = f"od {clock(hours.opens)} " if number == 0 or hours.opens != usual else ""
        parts.append(f"{days} {opens}do {clock(hours.closes)}")
    return ", ".join(parts)
