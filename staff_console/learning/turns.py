"""Turns of real talks that the assistant did not understand, read from the records.

Texts were masked before they were kept; turns that held who somebody is are never read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Executable, and_, or_, select
from sqlalchemy.orm import Session, aliased

from staff_console.learning.said import ESCAPE, SaidWords
from voice_gateway.records.models import TurnRow
from voice_gateway.records.privacy import PERSONAL, UNKEPT

Trouble = Literal["not_understood", "refused", "unsure"]
"""not_understood: the assistant said so, or passed the talk on because of it; refused: taken for
something that the office does not deal with; unsure: answered, but only on a weak guess, or asked
which of two matters is meant."""

MOST_TURNS = 20_000  # the newest; more are grouped in more than ten seconds
WEAK = 0.3  # confidence of a matter; of those that are answered at all, few are under it
OUT_OF_SCOPE = "out_of_scope"
UNSURE_HANDOFF = "unsure"
SAID_BY_RESIDENT = ("speech", "typed")
UNREADABLE = ("", PERSONAL, UNKEPT)


@dataclass(frozen=True, slots=True)
class Misheard:
    """One turn of trouble. ``words``: the resident's, masked; ``said``: the assistant's answer."""

    talk: str
    channel: str
    words: str
    said: str
    trouble: Trouble
    at: datetime


def trouble_of(row: TurnRow, said: SaidWords) -> Trouble | None:
    """What went wrong in a turn's understanding; None: nothing that can be seen."""
    if row.error_code:
        return None  # something broke; the words are not to blame
    if row.handoff_reason == UNSURE_HANDOFF or said.not_understood.match(row.bot_text):
        return "not_understood"
    if row.act == OUT_OF_SCOPE:
        return "refused"
    if row.act is None and row.handoff_reason is None:
        weak = row.topic is not None and row.confidence < WEAK
        if weak or said.either_or.match(row.bot_text):
            return "unsure"
    return None


def misheard(
    session: Session, trouble: Trouble, since: datetime, said: SaidWords
) -> Sequence[Misheard]:
    """Turns of one kind of trouble since a moment, newest first, at most ``MOST_TURNS``."""
    found = []
    for row, before in session.execute(_query(trouble, since, said)):
        if trouble_of(row, said) != trouble or _about_visit(row, before, said):
            continue
        found.append(
            Misheard(
                row.conversation_id,
                row.channel,
                row.caller_text,
                row.bot_text,
                trouble,
                row.created_at,
            )
        )
        if len(found) == MOST_TURNS:
            break
    return found


def _about_visit(row: TurnRow, before: str | None, said: SaidWords) -> bool:
    """Answers within a booking ("o dziesiątej") mean nothing outside of it."""
    if said.about_visit(row.bot_text):
        return True
    gave_up = row.handoff_reason == UNSURE_HANDOFF  # in the same words as everywhere
    return gave_up and before is not None and (before == PERSONAL or said.about_visit(before))


def _query(trouble: Trouble, since: datetime, said: SaidWords) -> Executable:
    """Turns that are meant, but for those about visits: these show in Python only."""
    before = aliased(TurnRow)
    same_talk = and_(
        before.conversation_id == TurnRow.conversation_id, before.turn == TurnRow.turn - 1
    )
    query = (
        select(TurnRow, before.bot_text)
        .outerjoin(before, same_talk)
        .where(
            TurnRow.created_at >= since,
            TurnRow.error_code.is_(None),
            TurnRow.kind.in_(SAID_BY_RESIDENT),
            TurnRow.caller_text.not_in(UNREADABLE),
        )
        .order_by(TurnRow.id.desc())
        .limit(2 * MOST_TURNS)
    )
    if trouble == "refused":
        return query.where(TurnRow.act == OUT_OF_SCOPE)
    if trouble == "unsure":
        weak = and_(TurnRow.topic.is_not(None), TurnRow.confidence < WEAK)
        asked = [TurnRow.bot_text.like(one, escape=ESCAPE) for one in said.either_or_like]
        return query.where(
            TurnRow.act.is_(None), TurnRow.handoff_reason.is_(None), or_(weak, *asked)
        )
    gave_up = [TurnRow.bot_text.like(one, escape=ESCAPE) for one in said.not_understood_like]
    return query.where(or_(TurnRow.handoff_reason == UNSURE_HANDOFF, *gave_up))
