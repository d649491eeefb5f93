"""Does what a reply says: cancels the visit, or answers how to.

Who replies proves two things: the number, and that the phone or the e-mail address of the booking
is theirs. Wrong pairs are counted by the book as wrong surnames are. Cancelling comes first and
writing down that the message is handled comes second, in transactions of their own: who dies
between them cancels again next time, and cancelling again changes nothing and tells nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

import structlog
from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from actions.office.facts import Office
from visits import outbox
from visits.answers import AnswerKind, answer
from visits.inbound_imap import Mailbox
from visits.inbound_mail import reply_of
from visits.outbox_models import VisitMessageRow
from visits.ports import VisitBook
from visits.replies import Reply
from visits.reply_models import VisitReplyRow
from visits.rows import lock
from visits.senders.base import Message
from visits.values import VisitError
from voice_gateway import telemetry
from voice_gateway.errors import HaloError
from voice_gateway.records.database import Database

log = structlog.get_logger(__name__)

Outcome = Literal["cancelled", "failed", "no-number", "unclear", "nothing", "repeated"]
A_DAY: dict[AnswerKind, int] = {"unclear": 1, "no-number": 3, "failed": 3, "declined": 10}
DAY = timedelta(days=1)
KEY_SIGNS = 24  # of the hash: enough to tell messages apart, short enough for SMSAPI's ``idx``


@dataclass(frozen=True, slots=True)
class ReplyDesk:
    """Handles replies; any number of processes may do it. ``office``: the facts as they stand."""

    book: VisitBook
    database: Database
    office: Callable[[], Office]

    def handle(self, reply: Reply, now: datetime) -> Outcome:
        """Do what the reply says, once; blocks. Raises ``RecordsError``: then again later."""
        key = key_of(reply)
        if self.database.run(lambda session: session.get(VisitReplyRow, key)):
            return "repeated"
        outcome, visit_id = self._do(reply, now)
        self.database.run(
            partial(self._finish, key=key, reply=reply, outcome=outcome, visit=visit_id, now=now)
        )
        log.info("visit_reply", channel=reply.channel, reason=outcome)
        return outcome

    def _do(self, reply: Reply, now: datetime) -> tuple[Outcome, int]:
        """What becomes of the reply, and the visit that is cancelled."""
        if reply.meaning != "cancel":
            return ("nothing" if reply.automatic or reply.calendar else "unclear"), 0
        if reply.number is None:
            return ("nothing" if reply.calendar else "no-number"), 0
        if self._overtaken(reply.number, reply, now):
            return "nothing", 0
        try:
            return "cancelled", self.book.cancel(reply.number, reply.sender, now).id
        except VisitError:
            return "failed", 0

    def _overtaken(self, number: str, reply: Reply, now: datetime) -> bool:
        """Whether an invitation was declined that is about an older time of the visit."""
        if reply.revision is None:
            return False
        try:
            return reply.revision < self.book.find(number, reply.sender, now).revision
        except VisitError:  # cancelled already, or not theirs: ``cancel`` finds out
            return False

    def _finish(
        self, session: Session, key: str, reply: Reply, outcome: Outcome, visit: int, now: datetime
    ) -> None:
        """Write down that the reply is handled and what is answered, both or neither."""
        lock(session, f"reply {reply.sender}")  # two messages of one sender must see each other
        if session.get(VisitReplyRow, key):
            return
        session.add(VisitReplyRow(key=key, channel=reply.channel, outcome=outcome, handled_at=now))
        kind = _answer_kind(session, outcome, visit)
        if kind and not reply.automatic and _may_answer(session, reply, kind, now):
            letter = answer(kind, reply.channel, self.office())
            name = f"reply:{key[:KEY_SIGNS]}"
            message = Message(name, reply.channel, reply.sender, letter.subject, letter.body)
            outbox.write_answer(session, f"reply-{kind}", message, now, now + DAY)


def mail_reading(
    mailbox: Mailbox, desk: ReplyDesk, clock: Callable[[], datetime]
) -> Callable[[], int]:
    """Reads the mailbox once and handles what is in it; gives the number of letters."""

    def handle(raw: bytes) -> None:
        reply = reply_of(raw)
        if reply is None:
            log.warning("visit_reply", channel="email", reason="unreadable")
            return
        try:
            desk.handle(reply, clock())
        except HaloError:
            raise  # the letter stays unseen for the next round
        except Exception:  # a fault of ours would come again with this letter for ever
            telemetry.count_error("internal")
            log.exception("visit_reply_broken", code="internal")

    return lambda: mailbox.read(handle)


def key_of(reply: Reply) -> str:
    """The name under which a message is remembered."""
    return hashlib.sha256(f"{reply.channel} {reply.message_id}".encode()).hexdigest()


def forget(session: Session, before: datetime) -> None:
    """Remove what was handled before this moment: no provider repeats a message so late."""
    session.execute(delete(VisitReplyRow).where(VisitReplyRow.handled_at < before))


def _answer_kind(session: Session, outcome: Outcome, visit: int) -> AnswerKind | None:
    """How to answer; None when the outbox does it or nobody needs to know."""
    if outcome == "cancelled":
        row = VisitMessageRow
        told = exists().where(row.visit_id == visit, row.kind == "cancelled")
        return None if session.scalar(select(told)) else "declined"  # an offer was turned down
    return outcome if outcome in ("failed", "no-number", "unclear") else None


def _may_answer(session: Session, reply: Reply, kind: AnswerKind, now: datetime) -> bool:
    """Whether this answer is one of the few of a day. Whoever did not try to cancel is answered
    only when we wrote to them first: the rest is advertising."""
    row = VisitMessageRow
    theirs = func.lower(row.recipient) == reply.sender.lower()
    if kind == "unclear" and not session.scalar(select(exists().where(theirs, row.visit_id > 0))):
        return False
    today = select(func.count()).where(
        theirs, row.kind == f"reply-{kind}", row.created_at > now - DAY
    )
    return (session.scalar(today) or 0) < A_DAY[kind]
