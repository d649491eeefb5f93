"""Reads the figures of a period from the database. Blocks; run it in a thread."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from actions.office.calendar import WARSAW, to_local
from staff_console.content.models import VersionRow
from staff_console.dialogue_models.models import PublicationRow
from staff_console.figures.talks import CallFacts, HandoffFacts, read_talks
from staff_console.figures.values import (
    AROUND,
    NO_TOPIC,
    Figures,
    Outcome,
    Period,
    PublicationFigures,
    Share,
    Spread,
    TalkFigures,
    VisitFigures,
)
from staff_console.learning.said import SaidWords
from visits.models import ServiceRow, VisitRow
from voice_gateway.records.database import Database

FRESH_S = 60.0  # figures are read anew after so long; of periods that are over, as well
REMEMBERED = 12  # periods; each holds some kilobytes
DIALOGUE = "dialogue.yml"
TOPIC_FILE = ("topics/", ".yml")


class FiguresReader:
    """Figures of periods, each read at most once a minute, one reading at a time."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._one = threading.Lock()
        self._read: OrderedDict[Period, tuple[datetime, Figures]] = OrderedDict()

    def of(self, period: Period) -> Figures:
        """The figures; those of a minute ago when they were asked for then."""
        with self._one:
            now = self._clock()
            known = self._read.get(period)
            if known and now - known[0] < timedelta(seconds=FRESH_S):
                return known[1]
            figures = read_figures(self._database, period, now)
            self._read[period] = (now, figures)
            self._read.move_to_end(period)
            while len(self._read) > REMEMBERED:
                self._read.popitem(last=False)
            return figures


def read_figures(database: Database, period: Period, now: datetime) -> Figures:
    """All figures of a period."""
    begin, end = bounds(period)
    said = SaidWords.of(database.run(_dialogues))
    read = read_talks(database, begin - AROUND, end + AROUND, said.not_understood_like, now)
    talks = [talk for talk in read.talks if begin <= talk.began_at < end]
    calls = [call for call in read.calls if begin <= call.at < end]
    chats = [one for one in read.handoffs if begin <= one.at < end and one.channel == "chat"]
    services = database.run(partial(_visits, begin=begin, end=end, now=now))
    published = database.run(partial(_published, begin=begin, end=end))
    return Figures(
        period=period,
        outcomes=_by(talks, lambda talk: talk.channel),
        hours=Counter(to_local(talk.began_at).hour for talk in talks),
        topics=_by(talks, lambda talk: talk.topic),
        first_answer=_spreads((t.channel, t.first_answer_s) for t in talks),
        call_length=_spreads((call.channel, _length_s(call)) for call in calls),
        waited=Spread.of([s for s in map(_waited_s, chats) if s is not None]),
        never_taken=sum(one.state == "ended" and one.taken_at is None for one in chats),
        visits=_sum(services.values()),
        services=services,
        publications=_compared(published, read.talks, now),
    )


def bounds(period: Period) -> tuple[datetime, datetime]:
    """The moments at which a period begins and is over."""
    begin = datetime.combine(period.first, time(), WARSAW)
    return begin, datetime.combine(period.last + timedelta(days=1), time(), WARSAW)


def _by(
    talks: Iterable[TalkFigures], key: Callable[[TalkFigures], str]
) -> Mapping[str, Mapping[Outcome, int]]:
    found: dict[str, Counter[Outcome]] = defaultdict(Counter)
    for talk in talks:
        found[key(talk)][talk.outcome] += 1
    return found


def _spreads(times: Iterable[tuple[str, float | None]]) -> Mapping[str, Spread]:
    found: dict[str, list[float]] = defaultdict(list)
    for channel, time_s in times:
        if time_s is not None:
            found[channel].append(time_s)
    return {channel: Spread.of(times_s) for channel, times_s in found.items()}


def _length_s(call: CallFacts) -> float | None:
    return (call.ended_at - call.at).total_seconds() if call.ended_at else None


def _waited_s(handoff: HandoffFacts) -> float | None:
    return (handoff.taken_at - handoff.at).total_seconds() if handoff.taken_at else None


def _dialogues(session: Session) -> Sequence[str]:
    """All wordings of the assistant's own sentences that ever were live."""
    query = select(VersionRow.body).where(
        VersionRow.path == DIALOGUE, VersionRow.state.in_(("live", "past"))
    )
    return session.scalars(query).all()


def _visits(
    session: Session, begin: datetime, end: datetime, now: datetime
) -> Mapping[str, VisitFigures]:
    """By the service's name."""

    def count(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    def within(column: Any) -> Any:
        return column.is_not(None) & (column >= begin) & (column < end)

    took_place = (VisitRow.state == "booked") & within(VisitRow.starts_at)
    took_place &= VisitRow.starts_at <= now
    ended = (VisitRow.state == "cancelled") & VisitRow.booked_at.is_not(None)
    query = (
        select(
            ServiceRow.name,
            count(within(VisitRow.booked_at)),
            count(ended & within(VisitRow.changed_at)),
            count(took_place & VisitRow.came.is_(True)),
            count(took_place & VisitRow.came.is_(False)),
            count(took_place & VisitRow.came.is_(None)),
        )
        .join(ServiceRow, ServiceRow.id == VisitRow.service)
        .where(
            within(VisitRow.booked_at) | within(VisitRow.changed_at) | within(VisitRow.starts_at)
        )
        .group_by(ServiceRow.name)
        .order_by(ServiceRow.name)
    )
    found = {name: VisitFigures(*map(int, counts)) for name, *counts in session.execute(query)}
    return {name: figures for name, figures in found.items() if figures != VisitFigures()}


def _sum(figures: Iterable[VisitFigures]) -> VisitFigures:
    rows = [(one.booked, one.cancelled, one.came, one.missed, one.unmarked) for one in figures]
    return VisitFigures(*map(sum, zip(*rows, strict=True))) if rows else VisitFigures()


def _published(session: Session, begin: datetime, end: datetime) -> list[PublicationFigures]:
    """What became live in the period, in order; without its talks so far. A file's first version
    is no publication: nothing was there before."""
    versions = select(VersionRow.path, VersionRow.decided_at).where(
        VersionRow.state.in_(("live", "past")),
        VersionRow.number > 1,
        VersionRow.decided_at >= begin,
        VersionRow.decided_at < end,
    )
    models = select(PublicationRow.model, PublicationRow.at).where(
        PublicationRow.at >= begin, PublicationRow.at < end, PublicationRow.before != ""
    )
    nothing = Share(0, 0, 0)
    found = [
        PublicationFigures(at, "content", path, topic_of(path), nothing, nothing, whole=False)
        for path, at in session.execute(versions)
        if at
    ]
    found += [
        PublicationFigures(at, "model", model, NO_TOPIC, nothing, nothing, whole=False)
        for model, at in session.execute(models)
    ]
    return sorted(found, key=lambda one: one.at)


def topic_of(path: str) -> str:
    """The matter that a file of the content is about; "" when it is about all."""
    folder, ending = TOPIC_FILE
    found = path.startswith(folder) and path.endswith(ending)
    return path.removeprefix(folder).removesuffix(ending) if found else NO_TOPIC


def _compared(
    published: Iterable[PublicationFigures], talks: Iterable[TalkFigures], now: datetime
) -> list[PublicationFigures]:
    """Publications with the talks before and after them."""
    ordered = sorted(talks, key=_began)
    about = {NO_TOPIC: ordered}
    for one in published:
        if one.topic not in about:
            about[one.topic] = [talk for talk in ordered if talk.topic == one.topic]
    return [
        replace(
            one,
            before=_share(about[one.topic], one.at - AROUND, one.at),
            after=_share(about[one.topic], one.at, one.at + AROUND),
            whole=one.at + AROUND <= now,
        )
        for one in published
    ]


def _share(talks: Sequence[TalkFigures], since: datetime, until: datetime) -> Share:
    """Of talks in the order of their beginning, those that began between two moments."""
    first = bisect_left(talks, since, key=_began)
    counts = Counter(talk.outcome for talk in talks[first : bisect_left(talks, until, key=_began)])
    return Share(counts.total(), counts["not_understood"], counts["passed_on"])


def _began(talk: TalkFigures) -> datetime:
    return talk.began_at
