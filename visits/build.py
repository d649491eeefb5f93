"""Puts the book of visits together: the database, the plan from its file, and the outbox."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from actions.office.calendar import OfficeCalendar
from actions.office.facts import load_office
from visits.book import EmbeddedBook
from visits.outbox import MessageOutbox
from visits.reminders import last_open_day
from visits.seed import seed
from visits.senders.build import MessageSettings, Senders, build_senders
from voice_gateway.records.database import Database
from voice_gateway.settings import Settings

PLAN = "visits.yml"  # in the knowledge folder


def message_settings(settings: Settings) -> MessageSettings:
    """What decides who delivers messages."""
    return MessageSettings(
        spool_dir=settings.data_dir / "messages",
        mail_from=settings.mail_from or load_office(_office(settings)).email,
        smtp_url=settings.smtp_url,
        smsapi_token=settings.smsapi_token,
        sms_from=settings.sms_from,
    )


def open_book(
    settings: Settings, database: Database, senders: Senders | None = None
) -> EmbeddedBook:
    """The embedded calendar with the plan of ``nlu_data/visits.yml``.

    The tables must be up to date. Raises ``SetupError`` when a file is wrong.
    """
    seed(database, settings.knowledge_dir / PLAN)
    messages = message_settings(settings)
    path = _office(settings)

    def working_day_before(day: date) -> date:
        return last_open_day(OfficeCalendar(load_office(path)), day)

    outbox = MessageOutbox(
        office=lambda: load_office(path),
        working_day_before=working_day_before,
        mail_from=messages.mail_from,
        channels=frozenset(senders or build_senders(messages)),
    )
    return EmbeddedBook(database, outbox.enqueue)


def _office(settings: Settings) -> Path:
    return settings.knowledge_dir / "office.yml"
