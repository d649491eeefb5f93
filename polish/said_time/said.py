"""All days and hours that a sentence names, and which of them it refuses.

``read_said("nie w środę, może w piątek po dziesiątej", today)``. The text is put into coded words,
in which days are looked for first and hours in what is left. What is made of them is another's to
say: ``polish.wanted_time`` makes a wish for a visit, ``actions.office.when`` a question about
opening hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from polish.said_time.day_mention import DayMention
from polish.said_time.days import read_days
from polish.said_time.hours import HourMention, read_hours
from polish.said_time.refusals import sorted_out
from polish.said_time.words import coded_words

MOST_LETTERS = 1000
"""Of a text that is read; nobody needs more to say when they come."""


@dataclass(frozen=True, slots=True)
class SaidTime:
    """Mentions in the order of the sentence; ``refused``: to say no to them, or taken back.

    ``words`` are the coded words, ``rest`` the same with all that was read blanked out ("=").
    """

    words: str
    rest: str
    days: list[DayMention]
    refused_days: list[DayMention]
    hours: list[HourMention]
    refused_hours: list[HourMention]


def read_said(text: str, today: date) -> SaidTime:
    """The days and hours that the text names. Never raises."""
    words = coded_words(text[:MOST_LETTERS])
    found, rest = read_days(words, today)
    days, refused_days = sorted_out(found, words)
    found_hours, rest = read_hours(rest, words)
    hours, refused_hours = sorted_out(found_hours, words)
    return SaidTime(words, rest, days, refused_days, hours, refused_hours)
