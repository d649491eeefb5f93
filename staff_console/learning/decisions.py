"""Decisions on wordings: written, read, taken back. Plain functions of a ``Session``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from polish.fold import fold
from staff_console.learning.models import InboxDecisionRow
from voice_gateway.records.queries import clean

Verdict = Literal["assigned", "dismissed"]
LOGIN_CHARS = 64


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on a wording; ``path`` and ``aspect`` are empty for a dismissed one.

    ``turns``: how often the wording (assigned) or its group (dismissed) had come until then.
    """

    key: str
    words: str
    verdict: Verdict
    path: str
    aspect: str
    turns: int
    who: str
    at: datetime


def key_of(words: str) -> str:
    """What a wording is known by: the same for all ways to write it."""
    return hashlib.sha256(fold(words).encode()).hexdigest()[:32]


def decide(session: Session, decisions: Sequence[Decision]) -> None:
    """Keep decisions; a newer one on the same wording takes the place of the older."""
    for one in decisions:
        session.merge(
            InboxDecisionRow(
                key=one.key,
                words=clean(one.words),
                decision=one.verdict,
                path=one.path,
                aspect=one.aspect,
                turns=one.turns,
                who=one.who[:LOGIN_CHARS],
                at=one.at,
            )
        )


def take_back(session: Session, key: str) -> bool:
    """Forget a decision; False when there is none."""
    row = session.get(InboxDecisionRow, key)
    if row is None:
        return False
    session.delete(row)
    return True


def all_decisions(session: Session) -> Mapping[str, Decision]:
    """Key -> decision."""
    return {row.key: _value(row) for row in session.scalars(select(InboxDecisionRow))}


def newest(session: Session, limit: int) -> Sequence[Decision]:
    """The latest decisions, newest first."""
    query = select(InboxDecisionRow).order_by(InboxDecisionRow.at.desc(), InboxDecisionRow.key)
    return [_value(row) for row in session.scalars(query.limit(limit))]


def forget_old(session: Session, days: int, now: datetime) -> None:
    """Drop decisions as old as the talks that are dropped: their words are residents' too."""
    session.execute(delete(InboxDecisionRow).where(InboxDecisionRow.at < now - timedelta(days)))


def _value(row: InboxDecisionRow) -> Decision:
    return Decision(
        row.key,
        row.words,
        cast("Verdict", row.decision),
        row.path,
        row.aspect,
        row.turns,
        row.who,
        row.at,
    )
