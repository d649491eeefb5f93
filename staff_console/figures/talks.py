"""Talks as figures: the records are read in small pieces and each talk gets its one outcome.

In pieces, because SQLite lets nobody write while one transaction lasts, and talks must be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeAlias, Unpack

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from staff_console.figures.values import NO_TOPIC, Outcome, TalkFigures, return_is_over
from staff_console.learning.said import ESCAPE
from visits.models import VisitRow
from voice_gateway.records.call_models import CallRow
from voice_gateway.records.database import Database
from voice_gateway.records.models import HandoffRow, TurnRow
from voice_gateway.records.privacy import PERSONAL

Query: TypeAlias = Select[Unpack[tuple[Any, ...]]]
PIECE = 2000  # rows read in one transaction: some tens of milliseconds
COMES_BACK_AFTER = timedelta(hours=1)  # a chat that goes on after so long is a new contact
UNSURE = "unsure"  # the reason of a hand-off when the assistant did not understand
INVITATION = "%W czym%pomóc?"  # ends many answers and leaves nothing open
GAVE_UP = frozenset({"cancel", "abuse"})
ONLY_GREETED = frozenset({"greet"})
VISIT_DEEDS = frozenset({"appointment_cancel", "appointment_move", "appointment_check"})


class TurnFacts(NamedTuple):
    """What a turn tells of its talk. ``asks``: the assistant waits for an answer."""

    id: int
    talk: str
    channel: str
    at: datetime
    act: str | None
    topic: str | None
    handoff: str | None
    not_understood: bool
    asks: bool
    personal: bool
    answer_s: float


class CallFacts(NamedTuple):
    """One call. ``known``: its caller can still be recognised."""

    id: int
    talk: str
    channel: str
    at: datetime
    ended_at: datetime | None
    came_back: bool | None
    known: bool


class HandoffFacts(NamedTuple):
    """One wish to reach a person."""

    id: int
    talk: str
    channel: str
    at: datetime
    taken_at: datetime | None
    state: str
    reason: str
    topic: str | None


@dataclass(slots=True)
class TalkFacts:
    """All that is known of a talk, collected while reading.

    ``handoff``: the reason of the first one; ``paused``: the longest time between two turns.
    """

    channel: str
    began_at: datetime
    turns: int = 0
    last: TurnFacts | None = None
    topic: str | None = None
    acts: set[str | None] = field(default_factory=set)
    handoff: str | None = None
    first_answer_s: float | None = None
    paused: timedelta = timedelta(0)
    calls: list[CallFacts] = field(default_factory=list)

    def add_turn(self, turn: TurnFacts) -> None:
        """Take the talk's next turn."""
        if self.last:
            self.paused = max(self.paused, turn.at - self.last.at)
        else:
            self.first_answer_s = turn.answer_s
        self.began_at = min(self.began_at, turn.at)
        self.turns += 1
        self.last = turn
        self.topic = self.topic or turn.topic
        self.acts.add(turn.act)
        self.handoff = self.handoff or turn.handoff


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a span of time."""

    talks: Sequence[TalkFigures]
    calls: Sequence[CallFacts]
    handoffs: Sequence[HandoffFacts]


def read_talks(
    database: Database,
    since: datetime,
    until: datetime,
    not_understood: Sequence[str],
    now: datetime,
) -> Read:
    """All talks with anything between two moments. Blocks.

    ``not_understood``: patterns for LIKE of what the assistant says when it did not understand.
    """
    calls = [CallFacts(*row) for row in _pieces(database, _calls, CallRow, since, until)]
    handoffs = [
        HandoffFacts(*row) for row in _pieces(database, _handoffs, HandoffRow, since, until)
    ]
    booked = set(database.run(lambda session: session.scalars(_booked(since, until)).all()))
    talks: dict[str, TalkFacts] = {}
    for call in calls:
        talks.setdefault(call.talk, TalkFacts(call.channel, call.at)).calls.append(call)

    def turns() -> Query:
        return _turns(not_understood)

    for row in _pieces(database, turns, TurnRow, since, until):
        turn = TurnFacts(*row)
        talks.setdefault(turn.talk, TalkFacts(turn.channel, turn.at)).add_turn(turn)
    for handoff in handoffs:
        talk = talks.setdefault(handoff.talk, TalkFacts(handoff.channel, handoff.at))
        talk.handoff = talk.handoff or handoff.reason
        talk.topic = talk.topic or handoff.topic
    found = [
        TalkFigures(
            channel=talk.channel,
            began_at=talk.began_at,
            topic=talk.topic or NO_TOPIC,
            outcome=outcome_of(talk, booked=id_ in booked, now=now),
            first_answer_s=talk.first_answer_s,
        )
        for id_, talk in talks.items()
    ]
    return Read(found, calls, handoffs)


def outcome_of(talk: TalkFacts, *, booked: bool, now: datetime) -> Outcome:
    """The talk's one outcome; the first rule that fits decides. ``booked``: it made a visit."""
    if talk.handoff:
        return "not_understood" if talk.handoff == UNSURE else "passed_on"
    if talk.last is None:
        return "given_up"  # hung up before a word was understood
    if talk.last.not_understood:
        return "not_understood"
    if _gave_up(talk, talk.last, booked):
        return "given_up"
    return _came_back(talk, now)


def _gave_up(talk: TalkFacts, last: TurnFacts, booked: bool) -> bool:
    if booked:
        return False
    if last.act in GAVE_UP or talk.acts <= ONLY_GREETED:
        return True
    if last.personal:  # its text is not kept, so a question left open cannot be seen
        return not talk.acts & VISIT_DEEDS
    return last.asks


def _came_back(talk: TalkFacts, now: datetime) -> Outcome:
    """Whether the person of a talk that was answered came back."""
    told = [call.came_back for call in talk.calls]
    if True in told or talk.paused >= COMES_BACK_AFTER:
        return "returned"
    if any(call.known for call in talk.calls):
        return "resolved" if return_is_over(talk.began_at, now) else "open"
    return "resolved" if False in told else "unknown"


def _pieces(
    database: Database,
    query: Callable[[], Query],
    table: type[TurnRow] | type[CallRow] | type[HandoffRow],
    since: datetime,
    until: datetime,
) -> Iterator[Any]:
    """Rows of a table from a span of time, in the order of their ids, piece by piece."""
    at: InstrumentedAttribute[datetime]
    at = table.began_at if table is CallRow else table.created_at  # type: ignore[union-attr] # each has one
    within = and_(at >= since, at < until)
    ends = select(func.min(table.id), func.max(table.id)).where(within)
    first, last = database.run(lambda session: session.execute(ends).one())
    if first is None:
        return
    for begin in range(first, last + 1, PIECE):
        piece = query().where(table.id >= begin, table.id < begin + PIECE, within)
        yield from _all(database, piece.order_by(table.id))


def _all(database: Database, query: Query) -> Iterable[Any]:
    def read(session: Session) -> Sequence[Any]:
        return session.execute(query).all()

    return database.run(read)


def _turns(not_understood: Sequence[str]) -> Query:
    said = TurnRow.bot_text
    unsure: ColumnElement[bool] = or_(
        TurnRow.handoff_reason == UNSURE,
        *(said.like(pattern, escape=ESCAPE) for pattern in not_understood),
    )
    asks = and_(said.like("%?"), not_(said.like(INVITATION)))
    stages = (TurnRow.endpoint_s, TurnRow.hearing_s, TurnRow.dialogue_s, TurnRow.speech_s)
    return select(
        TurnRow.id,
        TurnRow.conversation_id,
        TurnRow.channel,
        TurnRow.created_at,
        TurnRow.act,
        TurnRow.topic,
        TurnRow.handoff_reason,
        func.coalesce(unsure, False),
        asks,
        said == PERSONAL,
        sum((func.coalesce(stage, 0.0) for stage in stages[1:]), func.coalesce(stages[0], 0.0)),
    )


def _calls() -> Query:
    known = CallRow.contact_key.is_not(None)
    return select(
        CallRow.id,
        CallRow.conversation_id,
        CallRow.channel,
        CallRow.began_at,
        CallRow.ended_at,
        CallRow.came_back,
        known,
    )


def _handoffs() -> Query:
    return select(
        HandoffRow.id,
        HandoffRow.conversation_id,
        HandoffRow.channel,
        HandoffRow.created_at,
        HandoffRow.taken_at,
        HandoffRow.state,
        HandoffRow.reason,
        HandoffRow.topic,
    )


def _booked(since: datetime, until: datetime) -> Select[str]:
    return select(VisitRow.talk).where(VisitRow.booked_at >= since, VisitRow.booked_at < until)
