"""Reads and writes of turns, hand-offs and desk messages: plain functions of a ``Session``.

Each runs inside one transaction of ``Database``. Texts given here are masked already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from voice_gateway.records.models import HandoffRow, MessageRow, TurnRow
from voice_gateway.values import Handoff, TurnRecord

OPEN = ("waiting", "taken")
LONGEST_CALL = timedelta(hours=1)  # a call that asked for a person before is over
SILENT_CLERK = timedelta(minutes=15)  # then a resident who writes is not left without an answer
FORGOTTEN = timedelta(days=1)  # a hand-off that nobody ended by then is over
ID_CHARS = 64
TEXT_CHARS = 4000  # longer texts are cut, so that one turn cannot fill the disk
SUMMARY_TURNS = 3  # a hand-off without a summary shows the caller's last words


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn with the moment it happened, ready to be written."""

    record: TurnRecord
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Resumed:
    """What the database knows of a talk: the number of its last turn and its open hand-off."""

    last_turn: int = 0
    handoff: HandoffRow | None = None


def now() -> datetime:
    """This moment, UTC."""
    return datetime.now(UTC)


def clean(text: str) -> str:
    """``text`` as every database takes it: no NUL, no lone surrogates, not endless."""
    return text[:TEXT_CHARS].replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def add_turns(session: Session, turns: Sequence[KeptTurn]) -> None:
    """Write turns."""
    if turns:
        session.execute(insert(TurnRow), [_turn_values(turn) for turn in turns])


def _turn_values(kept: KeptTurn) -> dict[str, Any]:
    record, times, understood = kept.record, kept.record.times, kept.record.understood
    handoff = record.handoff
    return {
        "conversation_id": record.conversation_id[:ID_CHARS],
        "channel": record.channel,
        "turn": record.turn,
        "kind": record.kind,
        "caller_text": clean(record.caller_text),
        "bot_text": clean(record.bot_text),
        "act": understood.act,
        "topic": understood.topic,
        "aspect": understood.aspect,
        "confidence": understood.confidence,
        "model": understood.model[:128],
        "handoff_department": handoff.department if handoff else None,
        "handoff_reason": handoff.reason if handoff else None,
        "heard_s": record.heard_s,
        "interrupted": record.interrupted,
        "endpoint_s": times.endpoint_s if times else None,
        "hearing_s": times.hearing_s if times else None,
        "dialogue_s": times.dialogue_s if times else None,
        "speech_s": times.speech_s if times else None,
        "error_code": record.error_code,
        "created_at": kept.created_at,
    }


def resume(session: Session, conversation_id: str) -> Resumed:
    """What is known of a talk, also after a restart."""
    turns = select(func.max(TurnRow.turn)).where(TurnRow.conversation_id == conversation_id)
    return Resumed(session.scalar(turns) or 0, _open_handoff(session, conversation_id))


def open_handoff(
    session: Session, conversation_id: str, channel: str, handoff: Handoff, context: str
) -> HandoffRow:
    """The talk's open hand-off: the one it has, or a new one.

    Who asked by the page's microphone and goes on in its chat waits in the chat from then on.
    """
    row = _open_handoff(session, conversation_id)
    if row and row.state == "waiting" and row.channel == "browser" and channel == "chat":
        row.channel = channel
    if row is None:
        row = HandoffRow(
            conversation_id=conversation_id[:ID_CHARS],
            channel=channel,
            department=handoff.department,
            reason=handoff.reason,
            topic=handoff.topic,
            state="waiting",
            context=clean(context),
            created_at=now(),
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # another gateway was a moment faster
            return _open_handoff(session, conversation_id) or row
    return row


def _open_handoff(session: Session, conversation_id: str) -> HandoffRow | None:
    query = select(HandoffRow).where(
        HandoffRow.conversation_id == conversation_id, HandoffRow.state.in_(OPEN)
    )
    return session.scalar(query)


def last_handoff(session: Session, conversation_id: str) -> HandoffRow | None:
    """The talk's newest hand-off, open or ended."""
    query = select(HandoffRow).where(HandoffRow.conversation_id == conversation_id)
    return session.scalar(query.order_by(HandoffRow.id.desc()).limit(1))


def open_handoffs(session: Session) -> list[HandoffRow]:
    """All that wait or are taken, oldest first; calls only while they may still be on."""
    may_be_on = or_(HandoffRow.channel == "chat", HandoffRow.created_at > now() - LONGEST_CALL)
    query = select(HandoffRow).where(HandoffRow.state.in_(OPEN), may_be_on)
    return list(session.scalars(query.order_by(HandoffRow.id)))


def position(session: Session, handoff_id: int) -> int:
    """Place in the queue of the hand-off's department and channel, from 1."""
    row = session.get_one(HandoffRow, handoff_id)
    query = select(func.count()).where(
        HandoffRow.state == "waiting",
        HandoffRow.channel == row.channel,
        HandoffRow.department == row.department,
        HandoffRow.id <= row.id,
    )
    return session.scalar(query) or 1


def take(session: Session, conversation_id: str, clerk: str, name: str) -> bool:
    """Give a waiting talk to a clerk; False when it was not waiting any more."""
    change = (
        update(HandoffRow)
        .where(HandoffRow.conversation_id == conversation_id, HandoffRow.state == "waiting")
        .values(state="taken", clerk=clerk, clerk_name=name, taken_at=now())
    )
    return _changed(session, change) == 1


def release(session: Session, conversation_id: str) -> bool:
    """Put a taken talk back into the queue when its clerk has been silent for long."""
    before = now() - SILENT_CLERK
    spoke = select(MessageRow.id).where(
        MessageRow.handoff_id == HandoffRow.id,
        MessageRow.who == "clerk",
        MessageRow.created_at >= before,
    )
    change = (
        update(HandoffRow)
        .where(
            HandoffRow.conversation_id == conversation_id,
            HandoffRow.state == "taken",
            HandoffRow.taken_at < before,
            ~spoke.exists(),
        )
        .values(state="waiting", clerk=None, clerk_name=None, taken_at=None)
    )
    return _changed(session, change) == 1


def end(session: Session, conversation_id: str) -> bool:
    """End the talk's open hand-off; False when there is none."""
    change = (
        update(HandoffRow)
        .where(HandoffRow.conversation_id == conversation_id, HandoffRow.state.in_(OPEN))
        .values(state="ended", ended_at=now())
    )
    return _changed(session, change) == 1


def add_message(session: Session, handoff_id: int, who: str, name: str, text: str) -> MessageRow:
    """Write one message between a resident and a clerk."""
    row = MessageRow(handoff_id=handoff_id, who=who, name=name, text=clean(text), created_at=now())
    session.add(row)
    session.flush()
    return row


def turns_of(session: Session, conversation_id: str, limit: int = 100) -> list[TurnRow]:
    """A talk's last turns, oldest first."""
    query = select(TurnRow).where(TurnRow.conversation_id == conversation_id)
    return list(session.scalars(query.order_by(TurnRow.id.desc()).limit(limit)))[::-1]


def messages_of(session: Session, conversation_id: str, limit: int = 200) -> list[MessageRow]:
    """A talk's last messages with clerks, oldest first."""
    query = (
        select(MessageRow)
        .join(HandoffRow, HandoffRow.id == MessageRow.handoff_id)
        .where(HandoffRow.conversation_id == conversation_id)
    )
    return list(session.scalars(query.order_by(MessageRow.id.desc()).limit(limit)))[::-1]


def last_words(session: Session, conversation_id: str) -> str:
    """The caller's last turns in one line, for a hand-off that came without a summary."""
    turns = turns_of(session, conversation_id, SUMMARY_TURNS)
    return " / ".join(turn.caller_text for turn in turns if turn.caller_text)


def purge(session: Session, older_than_days: int) -> int:
    """Remove what is older; gives the number of rows. Open hand-offs that old are gone as well."""
    before = now() - timedelta(days=older_than_days)
    old = delete(TurnRow).where(TurnRow.created_at < before)
    asked = delete(HandoffRow).where(HandoffRow.created_at < before)  # messages go with it
    return _changed(session, old) + _changed(session, asked)


def end_forgotten(session: Session) -> int:
    """End hand-offs that nobody ended; gives their number."""
    change = (
        update(HandoffRow)
        .where(HandoffRow.state.in_(OPEN), HandoffRow.created_at < now() - FORGOTTEN)
        .values(state="ended", ended_at=now())
    )
    return _changed(session, change)


def _changed(session: Session, statement: Any) -> int:
    # synchronize_session: rows are read again in the next transaction anyway
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", done).rowcount
