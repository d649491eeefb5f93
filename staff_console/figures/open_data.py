"""Figures of whole months that anybody may see: no person, no small count, made once.

A month is made when its last talk is eight days old, so that every return within seven days is
known, and only while all its records are kept. Free periods are not offered: the difference of two
of them would be the count of one day.
"""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.office.calendar import to_local
from staff_console.figures.models import PublicFiguresRow
from staff_console.figures.read import bounds, read_figures
from staff_console.figures.suppress import SMALLEST_SHOWN, shown, suppressed
from staff_console.figures.values import (
    CHANNELS,
    NO_TOPIC,
    OUTCOMES,
    Figures,
    Outcome,
    Period,
    Spread,
)
from staff_console.figures.words import CHANNELS_PL, NO_TOPIC_PL, OUTCOMES_PL
from voice_gateway.records.database import Database

SETTLED_AFTER = timedelta(days=8)
FRESH = timedelta(minutes=1)  # the database is asked anew after so long
OTHER_TOPICS = "other"
COLUMNS = ("month", "figure", "part", "label", "unit", "value", "hidden")
DICTIONARY: Mapping[str, tuple[str, str]] = {
    "talks": ("rozmowy", "Rozmowy z asystentem, które zaczęły się w tym miesiącu."),
    "talks_by_channel": ("rozmowy", "Rozmowy według drogi kontaktu."),
    "talks_by_hour": ("rozmowy", "Rozmowy według godziny rozpoczęcia (czas polski, 0–23)."),
    "talks_by_topic": ("rozmowy", "Rozmowy według pierwszej sprawy, którą w nich nazwano."),
    "talks_by_outcome": (
        "rozmowy",
        "Rozmowy według zakończenia; każda ma dokładnie jedno. „Załatwione” to takie, po których "
        "ta sama osoba nie skontaktowała się znów w ciągu 7 dni.",
    ),
    "first_answer_median": (
        "sekundy",
        "Mediana czasu od końca pierwszego pytania do początku odpowiedzi.",
    ),
    "call_length_median": ("sekundy", "Mediana długości rozmowy głosowej z asystentem."),
    "waiting_median": (
        "sekundy",
        "Mediana czekania w czacie na pracownika, który przejął rozmowę.",
    ),
    "visits_booked": ("wizyty", "Wizyty umówione w tym miesiącu."),
    "visits_cancelled": ("wizyty", "Wizyty odwołane w tym miesiącu."),
    "visits": ("wizyty", "Nieodwołane wizyty, których termin był w tym miesiącu."),
    "visits_by_attendance": ("wizyty", "Te wizyty według tego, czy ktoś przyszedł."),
}
ATTENDANCE_PL = {"came": "odbyły się", "missed": "nikt nie przyszedł", "unmarked": "nie zaznaczono"}
HIDDEN_PL = (
    f"Pusta wartość i hidden = 1: liczba mniejsza niż {SMALLEST_SHOWN} albo ukryta po to, żeby "
    "takiej liczby nie dało się obliczyć. Dane miesiąca powstają raz i się nie zmieniają."
)


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One figure of one month. ``value`` is None where ``hidden``."""

    month: str
    figure: str
    part: str
    label: str
    unit: str
    value: float | None
    hidden: bool


class OpenData:
    """The months made so far. Blocks. ``topics``: names of the matters by id, as they are now."""

    def __init__(
        self,
        database: Database,
        topics: Callable[[], Mapping[str, str]],
        records_days: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._topics = topics
        self._kept = timedelta(days=records_days)
        self._clock = clock
        self._one = threading.Lock()
        self._read: tuple[datetime, list[OpenRow]] | None = None

    def rows(self) -> list[OpenRow]:
        """All months, oldest first; makes those that can be made and are missing."""
        with self._one:
            now = self._clock()
            if self._read is None or now - self._read[0] >= FRESH:
                self._read = now, self._rows(now)
            return self._read[1]

    def _rows(self, now: datetime) -> list[OpenRow]:
        made = {month for month, _ in self._database.run(_made)}
        for first in finished_months(now, self._kept):
            if f"{first:%Y-%m}" not in made:
                self._make(first, now)
        return [OpenRow(**row) for _, rows in self._database.run(_made) for row in json.loads(rows)]

    def _make(self, first: date, now: datetime) -> None:
        last = _next_month(first) - timedelta(days=1)
        figures = read_figures(self._database, Period(first, last), now)
        rows = month_rows(figures, self._topics())
        month = f"{first:%Y-%m}"
        kept = json.dumps([asdict(row) for row in rows], ensure_ascii=False)

        def keep(session: Session) -> None:
            try:
                with session.begin_nested():
                    session.add(PublicFiguresRow(month=month, made_at=now, rows=kept))
            except IntegrityError:  # another gateway was a moment faster: its making counts
                return

        self._database.run(keep)


def finished_months(now: datetime, kept: timedelta) -> list[date]:
    """First days of the months that can be made: over for long enough, and wholly kept."""
    month = to_local(now - kept).date().replace(day=1)
    found = []
    while bounds(Period(month, _next_month(month) - timedelta(days=1)))[1] <= now - SETTLED_AFTER:
        if bounds(Period(month, month))[0] >= now - kept:
            found.append(month)
        month = _next_month(month)
    return found


def month_rows(figures: Figures, topics: Mapping[str, str]) -> list[OpenRow]:
    """A month's figures with small counts hidden. Columns share no number but their total."""
    month = f"{figures.period.first:%Y-%m}"
    channels = {one: sum(figures.outcomes.get(one, {}).values()) for one in CHANNELS}
    total = suppressed(list(channels.values())).total
    rows = [_row(month, "talks", "", "razem", total)]
    rows += _column(month, "talks_by_channel", channels, CHANNELS_PL)
    hours = {str(hour): figures.hours.get(hour, 0) for hour in range(24)}
    rows += _column(month, "talks_by_hour", hours, {hour: f"{hour}:00" for hour in hours})
    names = {**topics, OTHER_TOPICS: "inne sprawy", NO_TOPIC: NO_TOPIC_PL}
    rows += _column(month, "talks_by_topic", _topic_counts(figures, topics), names)
    rows += _column(month, "talks_by_outcome", _outcome_counts(figures), OUTCOMES_PL)
    rows += _times(month, figures)
    visits = figures.visits
    marks = {"came": visits.came, "missed": visits.missed, "unmarked": visits.unmarked}
    rows += [
        _row(month, "visits_booked", "", "razem", shown(visits.booked)),
        _row(month, "visits_cancelled", "", "razem", shown(visits.cancelled)),
        _row(month, "visits", "", "razem", suppressed(list(marks.values())).total),
    ]
    return rows + _column(month, "visits_by_attendance", marks, ATTENDANCE_PL)


def _topic_counts(figures: Figures, topics: Mapping[str, str]) -> dict[str, int]:
    """All matters, also those that nobody asked about: a missing row would tell as much."""
    counts = dict.fromkeys((*topics, OTHER_TOPICS, NO_TOPIC), 0)
    for topic, outcomes in figures.topics.items():
        counts[topic if topic in counts else OTHER_TOPICS] += sum(outcomes.values())
    return counts


def _outcome_counts(figures: Figures) -> dict[Outcome, int]:
    """ "open" is left out: in a settled month it is none, and a cell that everybody knows hides
    nothing."""
    counts: dict[Outcome, int] = {one: figures.ended(one) for one in OUTCOMES if one != "open"}
    counts["unknown"] += figures.ended("open")
    return counts


def _column(
    month: str, figure: str, counts: Mapping[Any, int], names: Mapping[Any, str]
) -> list[OpenRow]:
    column = suppressed(list(counts.values()))
    parts = zip(counts, column.counts, strict=True)
    return [_row(month, figure, part or "none", names[part], count) for part, count in parts]


def _times(month: str, figures: Figures) -> Iterable[OpenRow]:
    """Medians of channels whose number of talks is shown: else they would tell that it is not
    small."""
    channels = [sum(figures.outcomes.get(one, {}).values()) for one in CHANNELS]
    for channel, talks in zip(CHANNELS, suppressed(channels).counts, strict=True):
        name = CHANNELS_PL[channel]
        answers, lengths = figures.first_answer.get(channel), figures.call_length.get(channel)
        known = talks is not None
        yield _row(month, "first_answer_median", channel, name, _median(answers, known))
        if channel != "chat":
            yield _row(month, "call_length_median", channel, name, _median(lengths, known))
        if channel == "chat":
            yield _row(month, "waiting_median", channel, name, _median(figures.waited, known))


def _median(spread: Spread | None, known: bool) -> float | None:
    if not known or spread is None or spread.median_s is None or spread.count < SMALLEST_SHOWN:
        return None
    return round(spread.median_s, 1)


def _row(month: str, figure: str, part: str, label: str, value: float | None) -> OpenRow:
    return OpenRow(month, figure, part, label, DICTIONARY[figure][0], value, value is None)


def as_open_csv(rows: Sequence[OpenRow]) -> bytes:
    """UTF-8 with commas (RFC 4180), as programs read it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        value = "" if row.value is None else row.value
        writer.writerow(
            (row.month, row.figure, row.part, row.label, row.unit, value, int(row.hidden))
        )
    return text.getvalue().encode()


def as_open_json(rows: Sequence[OpenRow], office: str) -> bytes:
    """The same with its dictionary."""
    body = {
        "title": f"Asystent telefoniczny i czat – {office}: liczby miesięczne",
        "hidden": HIDDEN_PL,
        "dictionary": [
            {"figure": figure, "unit": unit, "description": words}
            for figure, (unit, words) in DICTIONARY.items()
        ],
        "rows": [asdict(row) for row in rows],
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def _made(session: Session) -> list[tuple[str, str]]:
    query = select(PublicFiguresRow.month, PublicFiguresRow.rows).order_by(PublicFiguresRow.month)
    return [(month, rows) for month, rows in session.execute(query)]


def _next_month(first: date) -> date:
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)
