"""Puts the book of visits together: the database, the plan from its file, and the outbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from actions.office.calendar import OfficeCalendar
from actions.office.facts import load_office
from visits.book import EmbeddedBook
from visits.inbound_imap import ImapAddress, Mailbox
from visits.outbox import MessageOutbox
from visits.ports import VisitBook
from visits.reminders import last_open_day
from visits.replying import ReplyDesk, mail_reading
from visits.seed import PLAN_FILE, seed
from visits.senders.base import MessageChannel
from visits.senders.build import MessageSettings, Senders, build_senders
from voice_gateway.errors import SetupError
from voice_gateway.records.database import Database
from voice_gateway.settings import Settings

SECRET_SIGNS = 16  # of the address that SMS are handed over at


def message_settings(settings: Settings) -> MessageSettings:
    """What decides who delivers messages."""
    return MessageSettings(
        spool_dir=settings.data_dir / "messages",
        mail_from=settings.mail_from or load_office(_office(settings)).email,
        smtp_url=settings.smtp_url,
        smsapi_token=settings.smsapi_token,
        sms_from=settings.sms_from,
        replies=reply_channels(settings),
    )


def reply_channels(settings: Settings) -> frozenset[MessageChannel]:
    """The channels whose answers are read. Raises ``SetupError`` setup-messages."""
    secret = settings.sms_reply_secret.get_secret_value()
    if secret and len(secret) < SECRET_SIGNS:
        raise SetupError("setup-messages", f"HALO_SMS_REPLY_SECRET needs {SECRET_SIGNS} signs")
    channels: set[MessageChannel] = {"sms"} if secret else set()
    if settings.imap_url.get_secret_value():
        channels.add("email")
    return frozenset(channels)


def reply_desk(settings: Settings, database: Database, book: VisitBook) -> ReplyDesk:
    """Who handles what residents reply."""
    path = _office(settings)
    return ReplyDesk(book, database, lambda: load_office(path))


def mail_reader(
    settings: Settings, desk: ReplyDesk, clock: Callable[[], datetime]
) -> Callable[[], int] | None:
    """Reads the mailbox of replies once and gives the number of letters; None without a mailbox.

    Raises ``SetupError`` when its address is wrong; what it gives raises ``ReplyError`` and
    ``RecordsError``.
    """
    url = settings.imap_url.get_secret_value()
    return mail_reading(Mailbox(ImapAddress.of(url)), desk, clock) if url else None


def open_book(
    settings: Settings, database: Database, senders: Senders | None = None
) -> EmbeddedBook:
    """The embedded calendar with the plan of ``nlu_data/visits.yml``.

    The tables must be up to date. Raises ``SetupError`` when a file is wrong.
    """
    seed(database, settings.knowledge_dir / PLAN_FILE)
    messages = message_settings(settings)
    path = _office(settings)

    def working_day_before(day: date) -> date:
        return last_open_day(OfficeCalendar(load_office(path)), day)

    outbox = MessageOutbox(
        office=lambda: load_office(path),
        working_day_before=working_day_before,
        mail_from=messages.mail_from,
        channels=frozenset(senders or build_senders(messages)),
        replies=messages.replies,
    )
    return EmbeddedBook(database, outbox.enqueue)


def _office(settings: Settings) -> Path:
    return settings.knowledge_dir / "office.yml"
