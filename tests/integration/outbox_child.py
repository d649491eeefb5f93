"""Processes that book or send until they are killed. Run by test_outbox.py."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from actions.office.facts import load_office
from visits.delivery import deliver_due
from visits.events import Event, EventKind
from visits.outbox import MessageOutbox
from visits.senders.smtp import SmtpAddress, SmtpSender
from visits.values import Service, Visit, Visitor
from voice_gateway.records.database import Database
from voice_gateway.settings import ROOT

OFFICE = load_office(ROOT / "nlu_data" / "office.yml")
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
STARTS = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
FROM = "urzad@nadmorzyn.example"
EWA = Visitor("Żółć", "600100200", "ewa@poczta.example")
PASSPORT = Service(
    id="passport",
    topic="passport",
    name="paszport",
    about="w sprawie paszportu",
    department="obywatelskie",
    length_min=20,
    lead_min=60,
    ahead_days=42,
    per_person=4,
    needs_name=True,
    desks=("stanowisko_4",),
)
OUTBOX = MessageOutbox(
    office=lambda: OFFICE,
    working_day_before=lambda day: date.fromordinal(day.toordinal() - 1),
    mail_from=FROM,
    channels=frozenset({"email", "sms"}),
)


def visit(number: int = 1, revision: int = 0, visitor: Visitor = EWA) -> Visit:
    end = STARTS + timedelta(minutes=20)
    digits = f"{number:08}"
    return Visit(
        number, digits, "booked", "passport", "stanowisko_4", 0, STARTS, end, visitor, revision
    )


def told(kind: EventKind, about: Visit, now: datetime = NOW) -> Event:
    return Event(kind, about, PASSPORT, now)


def book_for_ever(db_url: str, ready: str) -> None:
    """Book visit after visit; the file ``ready`` gets the number of each that is booked."""
    database = Database(db_url)
    only_mail = Visitor("Żółć", "", "ewa@poczta.example")
    number = 0
    with open(ready, "a", encoding="utf-8") as booked:  # noqa: PTH123
        while True:
            number += 1
            event = told("booked", visit(number, visitor=only_mail))

            def deed(session: Session, event: Event = event) -> None:
                OUTBOX.enqueue(session, event)

            database.run(deed)
            booked.write(f"{number}\n")
            booked.flush()


def send_for_ever(db_url: str, port: int) -> None:
    """Deliver, round after round."""
    database = Database(db_url)
    sender = SmtpSender(SmtpAddress.of(f"smtp+plain://127.0.0.1:{port}"), FROM)
    while True:
        deliver_due(database, {"email": sender}, lambda: NOW)
        time.sleep(0.01)
