"""Replying cancels: with a real IMAP server, a real SMTP server, SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from fastapi import FastAPI
from icalendar import Calendar
from imapclient import IMAPClient
from pydantic import SecretStr
from sqlalchemy import func, select

from tests.integration.imap import PASSWORD, USER, ImapServer, NoImapError, running_imap
from tests.integration.outbox_child import EWA, FROM, NOW, OFFICE
from tests.integration.postgres import free_port
from tests.integration.replies_child import REPLIED, read_and_stop
from tests.integration.test_outbox import killed, started
from visits import upkeep
from visits.book import EmbeddedBook
from visits.delivery import deliver_due
from visits.inbound_imap import ImapAddress, Mailbox, ReplyError
from visits.inbound_sms import IncomingSms
from visits.outbox import undelivered
from visits.outbox_models import VisitMessageRow
from visits.replies import Reply
from visits.reply_models import VisitReplyRow
from visits.replying import ReplyDesk, forget, mail_reading
from visits.seed import seed
from visits.senders.base import Message
from visits.senders.build import MessageSettings
from visits.senders.smtp import SmtpAddress, SmtpSender
from visits.values import Visit, VisitError, Visitor, Wanted
from voice_gateway.rate_limits import ClientLimits
from voice_gateway.records.database import Database, RecordsError
from voice_gateway.settings import ROOT
from voice_gateway.sms_routes import build_sms_router

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def imap_server() -> Iterator[ImapServer]:
    try:
        with running_imap() as server:
            yield server
    except NoImapError as error:
        pytest.skip(f"no IMAP server: {error}")


@dataclass
class Post:
    """The mailbox of replies as the office sees it."""

    client: IMAPClient
    url: str

    def put(self, letter: bytes) -> None:
        self.client.append("INBOX", letter)

    def unseen(self) -> int:
        self.client.noop()
        return len(self.client.search(["UNSEEN"]))


def address(scheme: str, port: int) -> str:
    return f"{scheme}://{quote(USER)}:{quote(PASSWORD)}@127.0.0.1:{port}/INBOX"


@pytest.fixture
def post(imap_server: ImapServer) -> Iterator[Post]:
    client = IMAPClient("127.0.0.1", imap_server.port, ssl=False, timeout=20)
    client.plain_login(USER, PASSWORD)
    client.select_folder("INBOX")
    client.delete_messages(client.search())
    client.expunge()
    yield Post(client, address("imap+plain", imap_server.port))
    client.logout()


class Letters:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.got: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.got.append(envelope.content)
        return "250 OK"


class Telephone:
    """Gets the SMS."""

    def __init__(self) -> None:
        self.got: list[Message] = []

    def send(self, message: Message) -> None:
        self.got.append(message)


@dataclass
class Office:
    """Book, desk and the ways out, over one database. ``now``: what its clock shows."""

    database: Database
    book: EmbeddedBook
    desk: ReplyDesk
    letters: Letters
    telephone: Telephone
    smtp: SmtpSender
    now: datetime = NOW

    def booked(self, visitor: Visitor = EWA, talk: str = "talk") -> Visit:
        free = self.book.free_times(Wanted("passport", first=date(2026, 11, 25)), self.now)[0]
        self.book.hold(free, talk, self.now)
        return self.book.confirm(talk, visitor, self.now)

    def state(self, visit: Visit) -> str:
        days = self.book.between(visit.starts_at.date(), visit.starts_at.date())
        return next(one.state for one in days if one.id == visit.id)

    def deliver(self) -> None:
        senders = {"email": self.smtp, "sms": self.telephone}
        while deliver_due(self.database, senders, lambda: self.now).sent:  # type: ignore[arg-type]  # a literal's type
            pass

    def read(self, post: Post) -> int:
        mailbox = Mailbox(ImapAddress.of(post.url))
        return mail_reading(mailbox, self.desk, lambda: self.now)()

    def kinds(self, *, to: str = "") -> list[str]:
        """The kinds of all messages, in order."""
        row = VisitMessageRow
        query = select(row.kind).where(row.recipient.contains(to)).order_by(row.id)
        return self.database.run(lambda session: list(session.scalars(query)))


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    seed(database, ROOT / "nlu_data" / "visits.yml")
    letters = Letters()
    controller = Controller(letters, hostname="127.0.0.1", port=free_port())
    controller.start()
    book = EmbeddedBook(database, REPLIED.enqueue)
    smtp = SmtpSender(SmtpAddress.of(f"smtp+plain://127.0.0.1:{controller.port}"), FROM)
    yield Office(
        database,
        book,
        ReplyDesk(book, database, lambda: OFFICE),
        letters,
        Telephone(),
        smtp,
    )
    controller.stop()


def answer_to(
    letter: bytes, text: str, sender: str = EWA.email, name: str = "<1@poczta.example>"
) -> bytes:
    """A reply that quotes the letter, as mail programs write it."""
    from email.policy import default

    ours = message_from_bytes(letter, policy=default)
    part = ours.get_body(preferencelist=("plain",))
    assert part is not None
    reply = EmailMessage(policy=SMTP)
    reply["From"], reply["To"] = sender, FROM
    reply["Subject"] = f"Re: {ours['Subject']}"
    reply["In-Reply-To"], reply["Message-ID"] = str(ours["Message-ID"]), name
    quoted = "".join(f"> {line}\n" for line in part.get_content().splitlines())
    reply.set_content(f"{text}\n\nW dniu 20.11.2026 o 10:00, Urząd pisze:\n{quoted}")
    return reply.as_bytes()


def test_a_reply_by_email_cancels_and_is_confirmed_once(office: Office, post: Post) -> None:
    visit = office.booked(replace(EWA, phone=""))
    office.deliver()
    [confirmation] = office.letters.got
    reply = answer_to(confirmation, "Niestety nie przyjdę")
    post.put(reply)
    assert office.read(post) == 1
    assert office.state(visit) == "cancelled"
    assert post.unseen() == 0
    post.put(reply)  # the mail server delivers it once more
    assert office.read(post) == 1
    assert office.read(post) == 0
    office.deliver()
    [_, told] = office.letters.got
    parts = list(message_from_bytes(told).walk())
    [calendar] = [part for part in parts if part.get_content_type() == "text/calendar"]
    assert Calendar.from_ical(calendar.get_payload(decode=True))["METHOD"] == "CANCEL"  # type: ignore[arg-type]  # bytes
    assert office.kinds(to=EWA.email) == ["booked", "cancelled"]  # the reminder is withdrawn
    again = office.booked(Visitor("Nowak", "600200300"), "another talk")
    assert again.starts_at == visit.starts_at  # the time is free again


def test_a_decline_in_the_calendar_cancels_unless_the_visit_was_moved(
    office: Office, post: Post
) -> None:
    visit = office.booked(replace(EWA, phone=""))
    later = office.book.free_times(Wanted("passport", first=date(2026, 11, 26)), NOW)[0]
    office.book.hold(later, "talk-2", NOW)
    office.book.move(visit.number, "Żółć", "talk-2", NOW)
    office.deliver()
    parts = list(message_from_bytes(office.letters.got[0]).walk())
    [calendar] = [part for part in parts if part.get_content_type() == "text/calendar"]
    invited = Calendar.from_ical(calendar.get_payload(decode=True))  # type: ignore[arg-type]  # bytes

    def declined(revision: int) -> bytes:
        [event] = invited.walk("VEVENT")
        invited["METHOD"] = "REPLY"
        event["SEQUENCE"] = revision
        event["ATTENDEE"].params["PARTSTAT"] = "DECLINED"
        reply = EmailMessage(policy=SMTP)
        reply["From"], reply["Message-ID"] = EWA.email, f"<{revision}@poczta.example>"
        reply["Auto-Submitted"] = "auto-generated"
        reply.set_content("Declined: wizyta")
        reply.add_alternative(invited.to_ical().decode(), subtype="calendar")
        return reply.as_bytes()

    post.put(declined(0))
    office.read(post)
    moved = office.book.find(visit.number, EWA.email, NOW)
    assert (moved.state, moved.revision) == ("booked", 1)
    post.put(declined(1))
    office.read(post)
    with pytest.raises(VisitError, match="no such visit"):
        office.book.find(visit.number, EWA.email, NOW)
    assert office.kinds()[-1] == "cancelled"


def test_somebody_elses_reply_cancels_nothing_and_is_counted(office: Office, post: Post) -> None:
    visit = office.booked()
    office.deliver()
    confirmation = office.letters.got[0]
    for number in range(10):
        reply = answer_to(confirmation, "Rezygnuję", "obcy@x.example", f"<{number}@x.example>")
        post.put(reply)
    assert office.read(post) == 10
    assert office.state(visit) == "booked"
    assert office.kinds(to="obcy") == ["reply-failed"] * 3  # a day
    # Ten wrong tries lock the number, whoever comes next.
    post.put(answer_to(confirmation, "Rezygnuję", name="<right@poczta.example>"))
    office.read(post)
    assert office.state(visit) == "booked"
    with pytest.raises(VisitError, match="too many wrong tries"):
        office.book.cancel(visit.number, "Żółć", NOW)
    office.deliver()
    assert "chwilowo" in str(
        message_from_bytes(office.letters.got[-1]).get_payload(decode=True), "utf-8"
    )
    office.now += timedelta(hours=2)
    post.put(answer_to(confirmation, "Rezygnuję", name="<later@poczta.example>"))
    office.read(post)
    assert office.state(visit) == "cancelled"


def test_robots_and_thanks_cancel_nothing_and_make_no_loop(office: Office, post: Post) -> None:
    visit = office.booked(replace(EWA, phone=""))
    office.deliver()
    confirmation = office.letters.got[0]
    away = answer_to(confirmation, "Rezygnuję z pracy do piątku", name="<away@poczta.example>")
    post.put(b"Auto-Submitted: auto-replied\r\n" + away)
    office.read(post)
    assert office.kinds() == ["booked", "reminder"]
    for number in range(3):
        post.put(answer_to(confirmation, "Dziękuję, będę", name=f"<t{number}@poczta.example>"))
    post.put(answer_to(confirmation, "Tanie kredyty!", "reklama@x.example", "<ad@x.example>"))
    office.read(post)
    assert office.kinds() == ["booked", "reminder", "reply-unclear"]
    office.now += DAY
    post.put(answer_to(confirmation, "Do zobaczenia", name="<next@poczta.example>"))
    office.read(post)
    assert office.kinds().count("reply-unclear") == 2
    office.deliver()
    answered = message_from_bytes(office.letters.got[-1])
    assert answered["Auto-Submitted"] == "auto-generated"
    post.put(office.letters.got[-1])  # were it to come back, it would not be answered
    office.read(post)
    assert office.kinds().count("reply-unclear") == 2
    assert office.state(visit) == "booked"


@pytest.mark.parametrize("where", ["cancelled", "kept"])
def test_a_process_killed_before_the_flag_cancels_once(
    office: Office, post: Post, db_url: str, tmp_path: Path, where: str
) -> None:
    visit = office.booked(replace(EWA, phone=""))
    office.deliver()
    post.put(answer_to(office.letters.got[0], "Rezygnuję"))
    ready = tmp_path / "ready"
    process = started(read_and_stop, db_url, post.url, where, str(ready))
    while not ready.exists():
        assert process.is_alive()
        time.sleep(0.01)
    killed(process)
    assert office.state(visit) == "cancelled"
    assert post.unseen() == 1
    handled = select(func.count()).select_from(VisitReplyRow)
    assert office.database.run(lambda session: session.scalar(handled)) == (where == "kept")
    assert office.read(post) == 1
    assert post.unseen() == 0
    assert office.database.run(lambda session: session.scalar(handled)) == 1
    assert office.kinds(to=EWA.email) == ["booked", "cancelled"]


def test_several_readers_cancel_once(office: Office, post: Post, db_url: str) -> None:
    office.booked(replace(EWA, phone=""))
    office.deliver()
    post.put(answer_to(office.letters.got[0], "Rezygnuję"))
    databases = [Database(db_url) for _ in range(3)]
    faults: list[BaseException] = []

    def read(database: Database) -> None:
        desk = ReplyDesk(EmbeddedBook(database, REPLIED.enqueue), database, lambda: OFFICE)
        try:
            mail_reading(Mailbox(ImapAddress.of(post.url)), desk, lambda: NOW)()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=read, args=(one,)) for one in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.close()
    assert faults == []
    assert office.kinds(to=EWA.email) == ["booked", "cancelled"]
    assert post.unseen() == 0


def sms(text: str, sender: str = "48600100200", sent: str = "1") -> Reply:
    reply = IncomingSms(sender, "48799448888", text, sent, "5F2A").reply()
    assert reply is not None
    return reply


def test_an_sms_needs_the_number_and_the_telephone_of_the_booking(office: Office) -> None:
    visit = office.booked(replace(EWA, email=""))
    office.deliver()
    [confirmation] = office.telephone.got
    assert f"REZYGNUJE {visit.number}" in confirmation.body
    assert office.desk.handle(sms("REZYGNUJĘ"), NOW) == "no-number"
    assert office.desk.handle(sms("Dziękuję", sent="2"), NOW) == "unclear"
    stranger = sms(f"REZYGNUJĘ {visit.number}", sender="48601100200")
    assert office.desk.handle(stranger, NOW) == "failed"
    assert office.state(visit) == "booked"
    right = sms(f"REZYGNUJĘ {visit.number}", sent="3")
    assert office.desk.handle(right, NOW) == "cancelled"
    assert office.desk.handle(right, NOW) == "repeated"
    again = sms(f"nie przyjde {visit.number}", sent="4")
    assert office.desk.handle(again, NOW) == "cancelled"
    office.deliver()
    bodies = [message.body for message in office.telephone.got[1:]]
    assert [message.recipient for message in office.telephone.got[1:]] == [
        "600100200",
        "600100200",
        "601100200",
        "600100200",
    ]
    assert "prosze odpisac: REZYGNUJE i numer rezerwacji" in bodies[0]
    assert "nie pasuje do tego telefonu" in bodies[2]
    assert "odwolano wizyte" in bodies[3]
    assert all(len(body) <= 160 and body.isascii() for body in bodies)


def test_the_telephone_of_another_booking_is_not_enough(office: Office) -> None:
    mine = office.booked(replace(EWA, email=""))
    theirs = office.booked(Visitor("Nowak", "601100200"), "another talk")
    assert office.desk.handle(sms(f"R {theirs.number}"), NOW) == "failed"
    assert office.state(theirs) == office.state(mine) == "booked"


def test_an_offer_can_be_turned_down(office: Office) -> None:
    first = office.booked(replace(EWA, email=""))
    wanted = Wanted(
        "passport",
        first.starts_at.date(),
        first.starts_at.date(),
        first.starts_at.time(),
        first.ends_at.time(),
    )
    office.book.wait(wanted, Visitor("Nowak", "601100200"), "waiting", NOW)
    office.desk.handle(sms(f"R {first.number}"), NOW)
    office.deliver()
    [offered] = [
        one
        for one in office.book.between(first.starts_at.date(), first.starts_at.date())
        if one.state == "offered"
    ]
    assert office.desk.handle(sms(f"nie {offered.number}", "48601100200"), NOW) == "cancelled"
    assert office.kinds(to="601100200") == ["offered", "reply-declined"]


def test_answers_are_no_staff_matter_and_keys_are_forgotten(office: Office) -> None:
    office.desk.handle(sms("REZYGNUJĘ"), NOW)
    failed = VisitMessageRow.__table__.update().values(state="failed", error_code="outbox-refused")  # type: ignore[attr-defined]  # a table
    office.database.run(lambda session: session.execute(failed))
    assert office.database.run(lambda session: undelivered(session, NOW - DAY)) == []
    office.database.run(lambda session: forget(session, NOW))
    assert office.desk.handle(sms("REZYGNUJĘ"), NOW) == "repeated"
    office.database.run(lambda session: forget(session, NOW + DAY))
    assert office.desk.handle(sms("REZYGNUJĘ"), NOW) == "no-number"


def test_a_mailbox_that_cannot_be_read_says_why(post: Post) -> None:
    def code(url: str) -> str:
        with pytest.raises(ReplyError) as caught:
            Mailbox(ImapAddress.of(url), timeout_s=5).read(lambda raw: None)
        return caught.value.code

    assert code(post.url.replace("tajne", "inne")) == "replies-login"
    assert code(post.url.replace("/INBOX", "/no-such")) == "replies-imap"
    assert code(f"imap+plain://a:b@127.0.0.1:{free_port()}") == "replies-imap"


def test_tls_is_asked_for_and_checked(imap_server: ImapServer, post: Post) -> None:
    trusting = ssl.create_default_context(cafile=imap_server.certificate)
    for scheme, port in (("imap", imap_server.port), ("imaps", imap_server.tls_port)):
        post.put(b"From: a@b.example\r\n\r\nDzien dobry")
        where = ImapAddress.of(address(scheme, port))
        with pytest.raises(ReplyError) as caught:
            Mailbox(where).read(lambda raw: None)  # nobody vouches for that certificate
        assert caught.value.code == "replies-imap"
        got: list[bytes] = []
        assert Mailbox(where, tls=trusting).read(got.append) == 1
        assert got[0].endswith(b"Dzien dobry")


async def test_the_upkeep_reads_replies_also_after_a_fault(
    office: Office, post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "MAIL_S", 0.05)
    visit = office.booked(replace(EWA, phone=""))
    office.deliver()
    post.put(answer_to(office.letters.got[0], "Rezygnuję"))
    faults = iter([ReplyError("replies-imap", retry=True)])
    done = asyncio.Event()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for fault in faults:
            raise fault
        if office.read(post):
            loop.call_soon_threadsafe(done.set)

    spool = MessageSettings(tmp_path / "messages", FROM)
    async with upkeep.kept_up(
        office.book, office.database, {}, spool, 30, lambda: office.now, read
    ):
        await asyncio.wait_for(done.wait(), 60)
    assert office.state(visit) == "cancelled"


async def test_an_sms_that_is_handed_over_twice_cancels_once(office: Office) -> None:
    visit = office.booked(replace(EWA, email=""))
    office.deliver()
    secret = SecretStr("a-secret-of-signs")
    app = FastAPI()
    app.include_router(build_sms_router(secret, office.desk, ClientLimits(), lambda: office.now))
    form = {
        "sms_from": "48600100200",
        "sms_to": "48799448888",
        "sms_text": f"Rezygnuję {visit.number}",
        "sms_date": "1795507200",
        "username": "urzad",
        "MsgId": "5F2A",
    }
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://office") as provider:
        for _ in range(2):
            answer = await provider.post(
                f"/api/v1/sms/incoming/{secret.get_secret_value()}", data=form
            )
            assert answer.text == "OK"
    assert office.state(visit) == "cancelled"
    assert office.kinds(to="600100200") == ["booked", "cancelled"]


def test_a_letter_that_is_not_kept_stays_unseen(
    office: Office, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.put(b"From: a@b.example\r\n\r\nDzien dobry")
    post.put(b"no sender")

    def away(query: object) -> None:
        raise RecordsError("records-failed", retry=True)

    monkeypatch.setattr(office.database, "run", away)
    with pytest.raises(RecordsError):
        office.read(post)
    assert post.unseen() == 2
    monkeypatch.undo()
    assert office.read(post) == 2
    assert post.unseen() == 0
