"""The queue to people: who waits, who took whom, and what they wrote to each other.

The state of a hand-off lives in the database, so a restart loses nothing; events are told inside
this process. A resident's words reach the clerk as typed while the talk is on; they are kept
masked, and a talk that is read later shows them masked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, cast

import structlog
from sqlalchemy.orm import Session

from voice_gateway import telemetry
from voice_gateway.desk_events import DeskEvent, DeskLine, DeskTalk, EventHub, EventStream
from voice_gateway.errors import RequestError
from voice_gateway.records import queries
from voice_gateway.records.database import Database, RecordsError
from voice_gateway.records.models import HandoffRow, MessageRow, TurnRow
from voice_gateway.records.privacy import careful
from voice_gateway.values import Channel, Handoff

log = structlog.get_logger(__name__)

MAX_TEXT_CHARS = queries.TEXT_CHARS
LINES_AS_TYPED = 200  # of one talk; older lines are shown masked
Who = Literal["resident", "clerk"]


class HandoffDesk:
    """The desk. Raises ``RequestError`` request-desk-… and ``RecordsError``."""

    def __init__(self, database: Database, mask: Callable[[str], str]) -> None:
        self._database = database
        self._mask = careful(mask)
        self._hub = EventHub()
        # talk -> message id -> words as typed; only while the talk is on, never written
        self._as_typed: defaultdict[str, dict[int, str]] = defaultdict(dict)

    # What clerks do

    async def waiting(self) -> list[DeskTalk]:
        """Talks that wait or are taken, oldest first."""
        return await self._database.call(_open_talks)

    async def talk(self, talk_id: str) -> tuple[DeskTalk, list[DeskLine]]:
        """A talk and what was said in it."""
        found = await self._database.call(partial(_talk_with_lines, talk_id=talk_id))
        if found is None:
            raise _unknown()
        talk, lines = found
        typed = self._as_typed.get(talk_id, {})
        return talk, [
            DeskLine(line.who, typed.get(key, line.text), line.at, line.name) for key, line in lines
        ]

    async def take(self, talk_id: str, clerk: str, name: str) -> DeskTalk:
        """Take a waiting chat; of two clerks one wins."""
        before = await self._last(talk_id)
        if before.channel != "chat":
            raise RequestError(
                "request-desk-phone", "Ta osoba czeka przy telefonie, nie w czacie.", status=409
            )
        won = await self._database.call(
            partial(queries.take, conversation_id=talk_id, clerk=clerk, name=name)
        )
        talk = await self._last(talk_id)
        if not won and (talk.clerk != clerk or talk.state == "ended"):
            raise _ended() if talk.state == "ended" else _taken()
        if won:
            self._hub.publish(DeskEvent("taken", talk_id))
        return talk

    async def say(self, talk_id: str, clerk: str, text: str) -> DeskLine:
        """Write to the resident."""
        if len(text) > MAX_TEXT_CHARS:
            raise RequestError("request-text-too-long", "Wiadomość jest za długa.", status=422)
        text = queries.clean(text).strip()
        if not text:
            raise RequestError("request-empty-text", "Wiadomość jest pusta.", status=422)
        talk = await self._owned(talk_id, clerk)
        return await self._line(talk_id, "clerk", talk.clerk_name, text)

    async def end(self, talk_id: str, clerk: str) -> None:
        """Give the talk back to the assistant. A phone talk may be ended by any clerk."""
        talk = await self._last(talk_id)
        if talk.channel == "chat":
            await self._owned(talk_id, clerk)
        await self.close_talk(talk_id)

    def typing(self, talk_id: str, who: Who) -> None:
        """Somebody is writing."""
        self._hub.publish(DeskEvent("typing", talk_id, who=who))

    def events(self) -> EventStream:
        """Events from now on; a listener that does not read is ended and reads anew."""
        return self._hub.open()

    def forget(self, stream: EventStream) -> None:
        """The reader of ``events`` is gone. Idempotent."""
        self._hub.close(stream)

    # What the chat and the calls do

    async def request(
        self, talk_id: str, channel: Channel, handoff: Handoff, context: str
    ) -> DeskTalk:
        """Put a talk into the queue; one that is there already stays in its place."""

        def queue(session: Session) -> HandoffRow:  # masks in the thread: long texts take time
            return queries.open_handoff(session, talk_id, channel, handoff, self._mask(context))

        row = await self._database.call(queue)
        telemetry.count_handoff(channel, handoff.reason)
        self.announce(row)
        return _talk(row, row.context)

    def announce(self, row: HandoffRow) -> None:
        """Tell the clerks of a hand-off that somebody else has written (calls)."""
        if row.state == "waiting":
            self._hub.publish(DeskEvent("waiting", row.conversation_id))

    async def state(self, talk_id: str) -> DeskTalk | None:
        """The talk's newest hand-off, or None."""
        return await self._database.call(partial(_last_talk, talk_id=talk_id))

    async def position(self, talk_id: str) -> int:
        """Place in the queue from 1; 0 when it does not wait."""
        return await self._database.call(partial(_position, talk_id=talk_id))

    async def release_if_silent(self, talk_id: str) -> bool:
        """Back into the queue when the clerk has not written for long; True when that happened."""
        if not await self._database.call(partial(queries.release, conversation_id=talk_id)):
            return False
        self._hub.publish(DeskEvent("waiting", talk_id))
        return True

    async def resident_says(self, talk_id: str, text: str) -> DeskLine:
        """Bring a resident's words to the clerk who has the talk."""
        return await self._line(talk_id, "resident", "", text)

    def show(self, talk_id: str, line: DeskLine) -> None:
        """Let clerks see what resident and assistant say while somebody waits."""
        self._hub.publish(DeskEvent("line", talk_id, line))

    async def close_talk(self, talk_id: str) -> None:
        """The hand-off is over, whoever ended it: a clerk, or a caller who hung up."""
        self._as_typed.pop(talk_id, None)
        if await self._database.call(partial(queries.end, conversation_id=talk_id)):
            self._hub.publish(DeskEvent("ended", talk_id))

    def close(self) -> None:
        """End every stream: the gateway stops."""
        self._hub.end()

    async def _line(self, talk_id: str, who: Who, name: str, text: str) -> DeskLine:
        line = DeskLine(who, text, queries.now(), name)

        def keep(session: Session) -> int:  # masks in the thread: long texts take time
            return _add_line(session, talk_id, line, self._mask(text))

        try:
            key = await self._database.call(keep)
        except RecordsError as error:  # two people are talking: better unkept than unsaid
            telemetry.count_error(error.code)
            log.error("desk_line_unkept", code=error.code)
        else:
            self._remember(talk_id, key, text)
        self._hub.publish(DeskEvent("line", talk_id, line))
        return line

    def _remember(self, talk_id: str, key: int, text: str) -> None:
        typed = self._as_typed[talk_id]
        typed[key] = text
        if len(typed) > LINES_AS_TYPED:
            del typed[next(iter(typed))]

    async def _last(self, talk_id: str) -> DeskTalk:
        talk = await self.state(talk_id)
        if talk is None:
            raise _unknown()
        return talk

    async def _owned(self, talk_id: str, clerk: str) -> DeskTalk:
        talk = await self._last(talk_id)
        if talk.state == "ended":
            raise _ended()
        if talk.clerk != clerk:
            raise RequestError(
                "request-desk-not-yours", "Najpierw trzeba przejąć tę rozmowę.", status=403
            )
        return talk


def _unknown() -> RequestError:
    return RequestError("request-desk-unknown", "Nie ma takiej rozmowy.", status=404)


def _taken() -> RequestError:
    return RequestError("request-desk-taken", "Tę rozmowę przejął już inny pracownik.", status=409)


def _ended() -> RequestError:
    return RequestError("request-desk-ended", "Ta rozmowa jest już zakończona.", status=409)


def _talk(row: HandoffRow, summary: str) -> DeskTalk:
    return DeskTalk(
        talk_id=row.conversation_id,
        channel=cast("Channel", row.channel),
        department=row.department,
        reason=row.reason,
        topic=row.topic,
        summary=summary,
        state=cast("Any", row.state),
        since=row.created_at,
        clerk=row.clerk or "",
        clerk_name=row.clerk_name or "",
    )


def _summed_up(session: Session, row: HandoffRow) -> DeskTalk:
    return _talk(row, row.context or queries.last_words(session, row.conversation_id))


def _open_talks(session: Session) -> list[DeskTalk]:
    return [_summed_up(session, row) for row in queries.open_handoffs(session)]


def _last_talk(session: Session, talk_id: str) -> DeskTalk | None:
    row = queries.last_handoff(session, talk_id)
    return _summed_up(session, row) if row else None


def _position(session: Session, talk_id: str) -> int:
    row = queries.last_handoff(session, talk_id)
    return queries.position(session, row.id) if row and row.state == "waiting" else 0


def _add_line(session: Session, talk_id: str, line: DeskLine, masked: str) -> int:
    row = queries.last_handoff(session, talk_id)
    if row is None:
        raise _unknown()
    return queries.add_message(session, row.id, line.who, line.name, masked).id


def _talk_with_lines(
    session: Session, talk_id: str
) -> tuple[DeskTalk, list[tuple[int, DeskLine]]] | None:
    talk = _last_talk(session, talk_id)
    if talk is None:
        return None
    lines = [line for turn in queries.turns_of(session, talk_id) for line in _said(turn)]
    lines += [(row.id, _written(row)) for row in queries.messages_of(session, talk_id)]
    return talk, sorted(lines, key=lambda line: line[1].at)


def _said(turn: TurnRow) -> list[tuple[int, DeskLine]]:
    pairs = (("resident", turn.caller_text), ("assistant", turn.bot_text))
    return [(0, DeskLine(cast("Any", who), text, turn.created_at)) for who, text in pairs if text]


def _written(row: MessageRow) -> DeskLine:
    return DeskLine(cast("Any", row.who), row.text, row.created_at, row.name)
