"""The outbox: messages to residents, written in the same transaction as what they tell about.

``delivery`` sends them afterwards. So a process that dies between booking and sending loses
nothing, and what was not booked is not told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, exists, select, update
from sqlalchemy.orm import Session

from actions.office.facts import Office
from visits import messages
from visits.calendar import Desk
from visits.events import Event
from visits.invitation import invitation, withdrawal
from visits.messages import Facts, MessageKind
from visits.models import DeskRow
from visits.outbox_models import VisitMessageRow
from visits.reminders import reminder_due
from visits.senders.base import REFUSED, Message, MessageChannel
from visits.senders.mail import address_of

EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]\\]{1,64}@[^\s@<>(),;:\"\[\]\\]{1,189}")
SUBJECT_CHARS = 255
NO_VISIT = 0  # the visit of an answer to somebody whose visit is not known
INVITED: tuple[MessageKind, ...] = ("booked", "moved", "cancelled")  # these carry iCalendar


def place_of_desk(session: Session, desk_id: str) -> str:
    """Where a desk of the embedded calendar is: "stanowisko 2, parter"."""
    row = session.get(DeskRow, desk_id)
    if row is None:
        return desk_id
    desk = Desk.model_validate_json(row.details)
    return f"{desk.name}, {desk.where}"


@dataclass(frozen=True, slots=True)
class MessageOutbox:
    """Writes messages; ``enqueue`` is what the book calls inside its transactions.

    ``office``: the facts as they stand now; ``channels``: those that have a sender, for others
    nothing is written; ``place_of``: where a desk is, from its id. It may ask only that session:
    another transaction would wait for this one for ever. ``replies``: channels whose answers are
    read, so that messages may ask for them.
    """

    office: Callable[[], Office]
    working_day_before: Callable[[date], date]
    mail_from: str
    channels: frozenset[MessageChannel]
    place_of: Callable[[Session, str], str] = place_of_desk
    replies: frozenset[MessageChannel] = frozenset()

    def enqueue(self, session: Session, event: Event) -> None:
        """Write this change's messages; what still waits about older ones is withdrawn."""
        withdraw(session, event.visit.id, event.visit.revision)
        self._write(session, event, event.kind, event.now)
        if event.kind in ("booked", "moved"):
            due = reminder_due(event.visit.starts_at, self.working_day_before)
            if due > event.now:  # booked for tomorrow: the confirmation reminds enough
                self._write(session, event, "reminder", due)

    def _write(self, session: Session, event: Event, kind: MessageKind, due: datetime) -> None:
        visitor = event.visit.visitor
        contacts: dict[MessageChannel, str] = {"email": visitor.email, "sms": visitor.phone}
        for channel, recipient in contacts.items():
            if recipient and channel in self.channels:
                message = self._message(session, event, kind, channel, recipient)
                if not session.scalar(select(exists().where(VisitMessageRow.key == message.key))):
                    session.add(_row(event, kind, message, due))
        session.flush()

    def _message(
        self,
        session: Session,
        event: Event,
        kind: MessageKind,
        channel: MessageChannel,
        recipient: str,
    ) -> Message:
        visit = event.visit
        key = f"{visit.id}:{kind}:{visit.revision}:{channel}"
        place = self.place_of(session, visit.desk)
        can_reply = channel in self.replies
        facts = Facts(visit, event.service, place, self.office(), event.previous, can_reply)
        if channel == "sms":
            return Message(key, channel, recipient, "", messages.sms(kind, facts))
        letter = messages.email(kind, facts)
        message = Message(key, channel, recipient, letter.subject[:SUBJECT_CHARS], letter.body)
        if kind in INVITED and usable(message):
            make = withdrawal if kind == "cancelled" else invitation
            message = replace(
                message, ics=make(facts, recipient, address_of(self.mail_from), event.now)
            )
        return message


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that did not reach its resident, for the staff. ``recipient`` may be blanked."""

    number: str
    desk: str
    kind: str
    channel: str
    recipient: str
    due_at: datetime
    code: str


def undelivered(session: Session, since: datetime) -> list[Undelivered]:
    """Messages due since then that failed, newest first."""
    row = VisitMessageRow
    query = select(row).where(row.state == "failed", row.due_at >= since, row.visit_id > 0)
    return [
        Undelivered(
            number=found.number,
            desk=found.desk,
            kind=found.kind,
            channel=found.channel,
            recipient=found.recipient,
            due_at=found.due_at,
            code=found.error_code or "",
        )
        for found in session.scalars(query.order_by(row.due_at.desc(), row.id.desc()))
    ]


def write_answer(
    session: Session, kind: str, message: Message, now: datetime, useful_until: datetime
) -> None:
    """Write an answer that is about no visit, to be sent at once; once for each key."""
    key = f"{message.key}:{message.channel}"
    if usable(message) and not session.scalar(select(exists().where(VisitMessageRow.key == key))):
        session.add(
            VisitMessageRow(
                key=key,
                visit_id=NO_VISIT,
                number="",
                desk="",
                kind=kind,
                revision=0,
                channel=message.channel,
                recipient=message.recipient,
                subject=message.subject[:SUBJECT_CHARS],
                body=message.body,
                ics="",
                due_at=now,
                useful_until=useful_until,
                state="waiting",
                attempts=0,
                next_try_at=now,
                created_at=now,
            )
        )


def forget(session: Session, before: datetime) -> int:
    """Blank recipients and texts of messages that are over and were due before this moment.

    Gives their number.
    """
    row = VisitMessageRow
    over = row.state.in_(("sent", "failed", "cancelled"))
    change = update(row).where(over, row.due_at < before, row.body != "")
    return changed(session, change.values(recipient="", subject="", body="", ics=""))


def withdraw(session: Session, visit_id: int, revision: int) -> int:
    """Cancel what waits to be told about this visit and is older than ``revision``.

    Gives the number of messages. Their texts are needed no more.
    """
    row = VisitMessageRow
    change = update(row).where(
        row.visit_id == visit_id, row.state == "waiting", row.revision < revision
    )
    blank = {"recipient": "", "subject": "", "body": "", "ics": ""}
    return changed(session, change.values(state="cancelled", **blank))


def usable(message: Message) -> bool:
    """Whether anybody could be reached there; an address that cannot be fails at once."""
    if message.channel == "sms":
        return True
    return EMAIL.fullmatch(message.recipient) is not None


def changed(session: Session, statement: Any) -> int:
    """Run an update; gives the number of its rows."""
    # synchronize_session: rows are read again in the next transaction anyway
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", done).rowcount


def _row(event: Event, kind: MessageKind, message: Message, due: datetime) -> VisitMessageRow:
    visit = event.visit
    good = usable(message)
    return VisitMessageRow(
        key=message.key,
        visit_id=visit.id,
        number=visit.number,
        desk=visit.desk,
        kind=kind,
        revision=visit.revision,
        channel=message.channel,
        recipient=message.recipient[:254],
        subject=message.subject,
        body=message.body,
        ics=message.ics,
        due_at=due,
        useful_until=(visit.until or visit.starts_at) if kind == "offered" else visit.starts_at,
        state="waiting" if good else "failed",
        attempts=0,
        next_try_at=due,
        error_code=None if good else REFUSED,
        created_at=event.now,
    )
