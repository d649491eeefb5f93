"""A process that reads replies and stops before it is done, to be killed by test_replies.py."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tests.integration.outbox_child import NOW, OFFICE, OUTBOX
from visits.book import EmbeddedBook
from visits.inbound_imap import ImapAddress, Mailbox
from visits.inbound_mail import reply_of
from visits.replying import ReplyDesk
from visits.values import Visit
from voice_gateway.records.database import Database

REPLIED = replace(OUTBOX, replies=frozenset({"email", "sms"}))


class StopsAfterCancelling(EmbeddedBook):
    """Keeps the cancelling, says so in the file ``ready``, and goes no further."""

    def __init__(self, database: Database, ready: str) -> None:
        super().__init__(database, REPLIED.enqueue)
        self._ready = ready

    def cancel(self, number: str, proof: str, now: datetime) -> Visit:
        super().cancel(number, proof, now)
        return _stop(self._ready)


def _stop(ready: str) -> Visit:
    Path(ready).write_text("now", encoding="utf-8")
    while True:
        time.sleep(1)


def read_and_stop(db_url: str, url: str, where: str, ready: str) -> None:
    """Read the mailbox; stop after cancelling, or when all but the letter's flag is kept."""
    database = Database(db_url)
    book = EmbeddedBook(database, REPLIED.enqueue)
    if where == "cancelled":
        book = StopsAfterCancelling(database, ready)
    desk = ReplyDesk(book, database, lambda: OFFICE)
    Mailbox(ImapAddress.of(url)).read(_handler(desk, ready))


def _handler(desk: ReplyDesk, ready: str) -> Callable[[bytes], None]:
    def handle(raw: bytes) -> None:
        reply = reply_of(raw)
        assert reply is not None
        desk.handle(reply, NOW)
        _stop(ready)

    return handle
