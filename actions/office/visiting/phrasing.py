"""How times, desks and people's details are put into words in a talk about a visit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from actions.office.calendar import to_local
from actions.office.sentence import Sentence, same
from polish.dates import MONTHS
from polish.dictated_phone import read_back
from polish.dictated_phone import shown as shown_phone
from polish.said_number import in_pairs
from polish.said_number import shown as shown_number
from visits.ports import DeskPlace
from visits.values import FreeTime

WEEKDAYS = "poniedziałek wtorek środa czwartek piątek sobota niedziela".split()
_ON = (
    "w poniedziałek", "we wtorek", "w środę", "w czwartek", "w piątek", "w sobotę", "w niedzielę",
)  # fmt: skip


def day_name(day: date) -> str:
    """ "wtorek 1 grudnia"."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def on_day(day: date) -> str:
    """ "we wtorek 1 grudnia"."""
    return f"{_ON[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def moment(at: datetime) -> Sentence:
    """ "wtorek 1 grudnia o 16:15"."""
    local = to_local(at)
    return same(f"{day_name(local.date())} o {_clock(local)}")


def button(at: datetime) -> str:
    """What stands on a button of the chat: "wtorek 1 grudnia, 16:15"."""
    local = to_local(at)
    return f"{day_name(local.date())}, {_clock(local)}"


def moments(times: Sequence[FreeTime]) -> Sentence:
    """Each day once: "wtorek 1 grudnia o 16:15 albo o 16:45, albo środa 2 grudnia o 8:00"."""
    days: dict[date, list[str]] = {}
    for free in times:
        local = to_local(free.starts_at)
        days.setdefault(local.date(), []).append(f"o {_clock(local)}")
    told = [f"{day_name(day)} {' albo '.join(hours)}" for day, hours in days.items()]
    return same(", albo ".join(told))


def place(desk: DeskPlace | None) -> Sentence:
    """ "stanowisko 4, parter", aloud "stanowisko 4 na parterze"."""
    if desk is None:
        return same("w urzędzie")
    return Sentence(f"{desk.name}, {desk.where}", f"{desk.name} {desk.where_spoken}")


def number(digits: str) -> Sentence:
    """A reservation number, shown and said in pairs."""
    return Sentence(shown_number(digits), in_pairs(digits))


def phone(digits: str) -> Sentence:
    """A phone number, shown and said in threes."""
    return Sentence(shown_phone(digits), read_back(digits))


def who(surname: str, phone_digits: str, email: str) -> Sentence:
    """ " Nazwisko Kowalski, telefon 501 234 567.", with a space before; empty for nobody."""
    parts = [same(f"nazwisko {surname}")] if surname else []
    if phone_digits:
        told = phone(phone_digits)
        parts.append(Sentence(f"telefon {told.text}", f"telefon {told.spoken}"))
    if email:
        parts.append(same(f"e-mail {email}"))
    if not parts:
        return same("")
    text = ", ".join(part.text for part in parts)
    spoken = ", ".join(part.spoken for part in parts)
    return Sentence(f" {text[0].upper()}{text[1:]}.", f" {spoken[0].upper()}{spoken[1:]}.")


def _clock(at: datetime) -> str:
    return f"{at.hour}:{at.minute:02d}"
