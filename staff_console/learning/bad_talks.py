"""Talks of one day that ended badly, with each turn as it was heard, understood and answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.office.calendar import WARSAW, to_local
from staff_console.learning.said import SaidWords
from staff_console.learning.turns import UNSURE_HANDOFF, Trouble, trouble_of
from voice_gateway.records.models import HandoffRow, TurnRow
from voice_gateway.records.privacy import PERSONAL, UNKEPT

Reason = Literal["failures", "at_once", "hang_up", "abandoned", "no_answer"]
REASONS_PL: Mapping[Reason, str] = {
    "failures": "dwa niezrozumienia, przekazana pracownikowi",
    "at_once": "od razu „konsultant”",
    "hang_up": "rozłączenie po odpowiedzi",
    "abandoned": "przerwana po niezrozumieniu",
    "no_answer": "brak sprawdzonej odpowiedzi, przekazana pracownikowi",
}

MOST_ROWS = 20_000  # of a day; at 20 calls at once, with a turn every 20 s, some six hours
AFTER_DAY = timedelta(days=1)  # a talk that began in the evening goes on so long
STILL_ON = timedelta(minutes=15)  # without a turn for so long, a talk is over
GREETINGS = ("greet",)
GOODBYES = ("bye", "thanks")
ASKED = ("asked", "key")
CALLS = ("phone", "browser")


@dataclass(frozen=True, slots=True)
class TalkTurn:
    """One turn. Texts are masked; ``words`` is empty where they were not kept. Times in seconds.

    ``trouble``: what went wrong in understanding, None: nothing that shows. ``visit``: within a
    talk about a visit.
    """

    number: int
    kind: str
    words: str
    said: str
    act: str
    topic: str
    aspect: str
    confidence: float
    handoff: str
    trouble: Trouble | None
    visit: bool
    at: datetime
    heard_s: float | None
    interrupted: bool
    endpoint_s: float | None
    hearing_s: float | None
    dialogue_s: float | None
    speech_s: float | None


@dataclass(frozen=True, slots=True)
class BadTalk:
    """A talk with why it counts as ended badly; ``model``: the one that understood it."""

    id: str
    channel: str
    began: datetime
    reasons: Sequence[Reason]
    turns: Sequence[TalkTurn]
    model: str


def bad_talks(session: Session, day: date, said: SaidWords, now: datetime) -> list[BadTalk]:
    """The day's talks (in Poland) that ended badly, latest first."""
    start = datetime.combine(day, time(), WARSAW)
    end = datetime.combine(day + timedelta(days=1), time(), WARSAW)
    ids = select(TurnRow.conversation_id).where(
        TurnRow.created_at >= start, TurnRow.created_at < end
    )
    rows: dict[str, list[TurnRow]] = defaultdict(list)
    query = select(TurnRow).where(
        TurnRow.conversation_id.in_(ids), TurnRow.created_at < end + AFTER_DAY
    )
    for row in session.scalars(query.order_by(TurnRow.id).limit(MOST_ROWS)):
        rows[row.conversation_id].append(row)
    asked: dict[str, set[str]] = defaultdict(set)
    handoffs = select(HandoffRow.conversation_id, HandoffRow.reason)
    for talk, reason in session.execute(handoffs.where(HandoffRow.conversation_id.in_(ids))):
        asked[talk].add(reason)
    found = []
    for talk, turns in rows.items():
        began = turns[0].created_at
        if to_local(began).date() != day:
            continue
        reasons = _reasons(turns, asked[talk], said, now)
        if reasons:
            shown = _turns(turns, said)
            model = next((t.model for t in reversed(turns) if t.model), "")
            found.append(BadTalk(talk, turns[0].channel, began, reasons, shown, model))
    return sorted(found, key=lambda one: (one.began, one.id), reverse=True)


def _reasons(
    turns: Sequence[TurnRow], handoffs: set[str], said: SaidWords, now: datetime
) -> list[Reason]:
    reasons = {one.handoff_reason for one in turns if one.handoff_reason} | handoffs
    last = turns[-1]
    over = now - last.created_at > STILL_ON
    found: list[Reason] = []
    if UNSURE_HANDOFF in reasons:
        found.append("failures")
    if "no_answer" in reasons:
        found.append("no_answer")
    first = next((one for one in turns if one.act not in GREETINGS), last)
    if first.handoff_reason in ASKED:
        found.append("at_once")
    if not reasons and over:
        if trouble_of(last, said) == "not_understood":
            found.append("abandoned")
        elif last.channel in CALLS and last.act not in GOODBYES and not last.error_code:
            found.append("hang_up")
    return found


def _turns(rows: Sequence[TurnRow], said: SaidWords) -> list[TalkTurn]:
    found: list[TalkTurn] = []
    for row in rows:
        hidden = row.bot_text == PERSONAL or said.about_visit(row.bot_text)
        gave_up = bool(found) and found[-1].visit and row.handoff_reason == UNSURE_HANDOFF
        found.append(_turn(row, trouble_of(row, said), visit=hidden or gave_up))
    return found


def _turn(row: TurnRow, trouble: Trouble | None, *, visit: bool) -> TalkTurn:
    kept = row.caller_text not in (PERSONAL, UNKEPT)
    return TalkTurn(
        number=row.turn,
        kind=row.kind,
        words=row.caller_text if kept else "",
        said=row.bot_text if row.bot_text not in (PERSONAL, UNKEPT) else "",
        act=row.act or "",
        topic=row.topic or "",
        aspect=row.aspect or "",
        confidence=row.confidence,
        handoff=row.handoff_reason or "",
        trouble=trouble,
        visit=visit,
        at=row.created_at,
        heard_s=row.heard_s,
        interrupted=row.interrupted,
        endpoint_s=row.endpoint_s,
        hearing_s=row.hearing_s,
        dialogue_s=row.dialogue_s,
        speech_s=row.speech_s,
    )
