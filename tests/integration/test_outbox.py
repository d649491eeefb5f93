"""Messages are lost never and sent twice never, on SQLite and PostgreSQL, also with kill -9."""

from __future__ import annotations

import asyncio
import multiprocessing
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from icalendar import Calendar
from sqlalchemy import select, update

from tests.integration.outbox_child import (
    EWA,
    NOW,
    OUTBOX,
    STARTS,
    book_for_ever,
    send_for_ever,
    told,
    visit,
)
from tests.integration.postgres import free_port
from visits import delivery
from visits.book import EmbeddedBook
from visits.delivery import Delivered, deliver_due, run_outbox
from visits.events import Event
from visits.outbox import forget, undelivered
from visits.outbox_models import VisitMessageRow
from visits.seed import seed
from visits.senders.base import Message, SendError
from visits.values import VisitError, Visitor, Wanted
from voice_gateway.records.database import Database, RecordsError
from voice_gateway.settings import ROOT

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Recorder:
    """A sender that keeps what it got; ``failures`` come first."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)


def enqueue(database: Database, *events: Event) -> None:
    for event in events:
        database.run(partial(OUTBOX.enqueue, event=event))


def deliver(database: Database, email: Recorder, at: datetime = NOW) -> Delivered:
    return deliver_due(database, {"email": email, "sms": email}, lambda: at)


def rows(database: Database) -> list[VisitMessageRow]:
    query = select(VisitMessageRow).order_by(VisitMessageRow.id)
    return database.run(lambda session: list(session.scalars(query)))


def states(database: Database) -> dict[str, str]:
    return {row.key: row.state for row in rows(database)}


def test_booking_confirms_at_once_and_reminds_the_day_before(database: Database) -> None:
    enqueue(database, told("booked", visit()))
    sender = Recorder()
    assert deliver(database, sender) == Delivered(sent=2)
    assert [message.key for message in sender.sent] == ["1:booked:0:email", "1:booked:0:sms"]
    letter, sms = sender.sent
    assert (letter.recipient, sms.recipient) == ("ewa@poczta.example", "600100200")
    assert letter.ics_method == "REQUEST"
    assert Calendar.from_ical(letter.ics)["METHOD"] == "REQUEST"
    assert sms.ics == ""
    due = datetime.fromisoformat("2026-11-24T10:00+01:00")
    assert deliver(database, sender, due - MINUTE) == Delivered()
    assert deliver(database, sender, due) == Delivered(sent=2)
    assert {message.key for message in sender.sent[2:]} == {
        "1:reminder:0:email",
        "1:reminder:0:sms",
    }
    assert deliver(database, sender, due + DAY) == Delivered()


def test_a_visit_tomorrow_needs_no_reminder(database: Database) -> None:
    enqueue(database, told("booked", visit(), STARTS - timedelta(hours=20)))
    assert set(states(database)) == {"1:booked:0:email", "1:booked:0:sms"}


def test_moving_and_cancelling_withdraw_what_is_no_longer_true(database: Database) -> None:
    sender = Recorder()
    enqueue(database, told("booked", visit()))
    deliver(database, sender)
    moved = replace(told("moved", visit(revision=1)), previous=STARTS - DAY)
    enqueue(database, moved)
    deliver(database, sender)
    enqueue(database, told("cancelled", visit(revision=2)))
    deliver(database, sender)
    assert states(database) == {
        "1:booked:0:email": "sent",
        "1:booked:0:sms": "sent",
        "1:reminder:0:email": "cancelled",
        "1:reminder:0:sms": "cancelled",
        "1:moved:1:email": "sent",
        "1:moved:1:sms": "sent",
        "1:reminder:1:email": "cancelled",
        "1:reminder:1:sms": "cancelled",
        "1:cancelled:2:email": "sent",
        "1:cancelled:2:sms": "sent",
    }
    assert "Poprzedni termin: wtorek, 24 listopada" in sender.sent[2].body
    assert sender.sent[4].ics_method == "CANCEL"
    assert {row.body for row in rows(database) if row.state == "cancelled"} == {""}
    assert deliver(database, sender, STARTS + DAY) == Delivered()


def test_an_offer_is_told_until_it_ends(database: Database) -> None:
    offered = replace(visit(), state="offered", until=NOW + timedelta(hours=2))
    enqueue(database, told("offered", offered))
    sender = Recorder()
    assert deliver(database, sender, NOW + timedelta(hours=3)) == Delivered(failed=2)
    assert {row.error_code for row in rows(database)} == {"outbox-late"}
    assert sender.sent == []


def test_the_same_event_again_changes_nothing(database: Database) -> None:
    enqueue(database, told("booked", visit()), told("booked", visit()))
    assert Counter(states(database).values()) == {"waiting": 4}


def test_no_contact_no_message(database: Database) -> None:
    enqueue(database, told("booked", visit(visitor=Visitor("Żółć"))))
    assert rows(database) == []
    quiet = replace(OUTBOX, channels=frozenset())
    database.run(partial(quiet.enqueue, event=told("booked", visit(2))))
    assert rows(database) == []


def test_an_address_that_is_none_fails_for_the_staff_to_see(database: Database) -> None:
    enqueue(database, told("booked", visit(visitor=replace(EWA, phone="", email="ewa at poczta"))))
    found = database.run(partial(undelivered, since=NOW - DAY))
    assert {(one.number, one.code) for one in found} == {("00000001", "outbox-refused")}


def test_a_booking_undone_is_not_told(database: Database) -> None:
    def deed(session: Any) -> None:
        OUTBOX.enqueue(session, told("booked", visit()))
        raise VisitError("visit-taken")

    with pytest.raises(VisitError):
        database.run(deed)
    assert rows(database) == []


def test_the_real_book_fills_the_outbox(database: Database) -> None:
    seed(database, ROOT / "nlu_data" / "visits.yml")
    book = EmbeddedBook(database, OUTBOX.enqueue)
    free = book.free_times(Wanted("passport", first=date(2026, 11, 25)), NOW)[0]
    book.hold(free, "talk", NOW)
    booked = book.confirm("talk", EWA, NOW)
    book.confirm("talk", EWA, NOW)
    later = book.free_times(Wanted("passport", first=date(2026, 11, 26)), NOW)[0]
    book.hold(later, "talk-2", NOW)
    book.move(booked.number, "Żółć", "talk-2", NOW)
    book.cancel(booked.number, "Żółć", NOW)
    found = rows(database)
    kinds = [(row.kind, row.revision) for row in found if row.channel == "email"]
    assert kinds == [
        ("booked", 0),
        ("reminder", 0),
        ("moved", 1),
        ("reminder", 1),
        ("cancelled", 2),
    ]
    assert "Gdzie: stanowisko 4, parter, ul. Portowa 1" in found[-2].body


def test_what_fails_for_now_is_tried_with_growing_waits(database: Database) -> None:
    enqueue(database, told("booked", visit(visitor=replace(EWA, phone=""))))
    sender = Recorder(*[SendError("outbox-smtp", retry=True)] * 6)
    at = NOW
    for minutes in (1, 5, 15, 60, 240):
        assert deliver(database, sender, at) == Delivered(retried=1)
        assert (
            deliver(database, sender, at + MINUTE * minutes - timedelta(seconds=1)) == Delivered()
        )
        at += MINUTE * minutes
    assert deliver(database, sender, at) == Delivered(failed=1)
    [row] = [row for row in rows(database) if row.kind == "booked"]
    assert (row.state, row.error_code, row.attempts) == ("failed", "outbox-smtp", 6)
    assert sender.sent == []


def test_what_fails_for_good_is_not_tried_again(database: Database) -> None:
    enqueue(database, told("booked", visit()))
    sender = Recorder(SendError("outbox-refused"), ValueError("a fault of ours"))
    assert deliver(database, sender) == Delivered(failed=2)
    codes = [row.error_code for row in rows(database) if row.state == "failed"]
    assert codes == ["outbox-refused", "outbox-unsure"]
    assert deliver(database, sender, NOW + timedelta(hours=9)) == Delivered()


def test_a_channel_that_is_down_rests_while_the_other_goes_on(database: Database) -> None:
    enqueue(database, told("booked", visit(1)), told("booked", visit(2)))
    down, works = Recorder(SendError("outbox-smtp", retry=True)), Recorder()
    done = deliver_due(database, {"email": down, "sms": works}, lambda: NOW)
    assert done == Delivered(sent=2, retried=1)
    assert down.sent == []
    assert deliver_due(database, {"email": down, "sms": works}, lambda: NOW) == Delivered(sent=1)


def test_a_channel_switched_off_later_fails_visibly(database: Database) -> None:
    enqueue(database, told("booked", visit()))
    assert deliver_due(database, {"email": Recorder()}, lambda: NOW) == Delivered(sent=1, failed=1)
    [failed] = database.run(partial(undelivered, since=NOW - DAY))
    assert (failed.code, failed.channel) == ("outbox-unconfigured", "sms")
    assert failed.recipient == "600100200"


def test_a_try_that_was_overtaken_is_not_repeated(database: Database) -> None:
    only_mail = replace(EWA, phone="")
    enqueue(database, told("booked", visit(visitor=only_mail)))

    class Moves:
        def send(self, message: Message) -> None:
            enqueue(database, told("moved", visit(revision=1, visitor=only_mail)))
            raise SendError("outbox-smtp", retry=True)

    assert deliver_due(database, {"email": Moves()}, lambda: NOW) == Delivered(retried=1)
    sender = Recorder()
    deliver(database, sender, NOW + MINUTE * 2)
    assert [message.key for message in sender.sent] == ["1:moved:1:email"]
    assert states(database)["1:booked:0:email"] == "cancelled"


def test_a_busy_database_is_waited_for_after_sending(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue(database, told("booked", visit(visitor=replace(EWA, phone=""))))
    monkeypatch.setattr(delivery, "KEEP_WAITS_S", (0, 0, 0))
    real, busy = database.run, [2]

    def run(query: Callable[[Any], Any]) -> Any:
        if busy and sender.sent:
            busy[0] -= 1
            if busy[0] == 0:
                busy.clear()
            raise RecordsError("records-failed", retry=True)
        return real(query)

    sender = Recorder()
    monkeypatch.setattr(database, "run", run)
    assert deliver(database, sender) == Delivered(sent=1)
    assert states(database)["1:booked:0:email"] == "sent"


def test_personal_data_is_forgotten_once_it_is_over(database: Database) -> None:
    enqueue(database, told("booked", visit()))
    deliver(database, Recorder(SendError("outbox-refused")))
    assert database.run(partial(forget, before=NOW)) == 0
    assert database.run(partial(forget, before=NOW + DAY)) == 2
    for row in rows(database):
        kept = (row.recipient, row.subject, row.body, row.ics)
        assert (kept == ("", "", "", "")) == (row.kind == "booked")
    assert database.run(partial(forget, before=NOW + DAY)) == 0


def test_several_senders_share_the_work(database: Database, db_url: str) -> None:
    only_sms = replace(EWA, email="")
    enqueue(database, *(told("booked", visit(number, visitor=only_sms)) for number in range(1, 13)))
    recorder = Recorder()
    others = [Database(db_url) for _ in range(3)]
    threads = [threading.Thread(target=deliver, args=(other, recorder)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        other.close()
    deliver(database, recorder)
    assert sorted(Counter(message.key for message in recorder.sent).values()) == [1] * 12


async def test_stopping_finishes_the_message_being_sent(database: Database) -> None:
    enqueue(database, told("booked", visit(1)), told("booked", visit(2)))
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Recorder):
        def send(self, message: Message) -> None:
            begun.set()
            assert go_on.wait(30)
            super().send(message)

    slow = Slow()
    task = asyncio.create_task(run_outbox(database, {"email": slow, "sms": slow}, lambda: NOW))
    await asyncio.to_thread(begun.wait, 30)
    task.cancel()
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.wait([task])
    assert task.cancelled()
    assert len(slow.sent) == 1
    assert Counter(states(database).values()) == {"sent": 1, "waiting": 7}


async def test_a_round_that_fails_is_not_the_last(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "ROUND_S", 0)
    rounds = iter([RecordsError("records-failed"), ValueError("a fault of ours"), None])
    done = asyncio.Event()
    loop = asyncio.get_running_loop()

    def round_(*_: object, **__: object) -> None:
        if fault := next(rounds, None):
            raise fault
        loop.call_soon_threadsafe(done.set)

    monkeypatch.setattr(delivery, "deliver_due", round_)
    task = asyncio.create_task(run_outbox(database, {}))
    await asyncio.wait_for(done.wait(), 30)
    task.cancel()
    await asyncio.wait([task])


# --- kill -9 ---


class Gate:
    """A mail server that says when a letter is in its hands, and answers when it is told to."""

    def __init__(self) -> None:
        self.got: queue.Queue[str] = queue.Queue()
        self.letters: list[str] = []
        self.answers = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        [key] = [
            line.split(b"<")[1].split(b"@")[0].decode()
            for line in envelope.content.split(b"\r\n")
            if line.startswith(b"Message-ID:")
        ]
        self.letters.append(key)
        self.got.put(key)
        await asyncio.to_thread(self.answers.wait, 30)
        return "250 OK"


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def mail_port(gate: Gate) -> Iterator[int]:
    controller = Controller(gate, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield int(controller.port)
    gate.answers.set()
    controller.stop()


def started(work: Callable[..., None], *about: object) -> BaseProcess:
    """A process of its own, quick to start: the modules are loaded once, in a server of forks."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.integration.outbox_child", "pytest"])
    process = context.Process(target=work, args=about, daemon=True)
    process.start()
    return process


def killed(process: BaseProcess) -> None:
    process.kill()
    process.join()


def test_a_process_killed_after_booking_loses_no_message(
    database: Database, db_url: str, tmp_path: Path
) -> None:
    booked: set[int] = set()
    for kill in range(20):
        ready = tmp_path / f"ready-{kill}"
        ready.touch()
        process = started(book_for_ever, db_url, str(ready))
        while not ready.read_text():
            time.sleep(0.001)
        killed(process)
        booked |= {int(number) for number in ready.read_text().split("\n")[:-1]}
        sender = Recorder()
        while deliver(database, sender).sent:
            pass
        told_now = {int(message.key.split(":")[0]) for message in sender.sent}
        # The deed whose number was not yet written down may be kept or not; never half.
        assert booked <= told_now <= booked | {max(booked) + 1}
        assert len(sender.sent) == len(told_now)
        database.run(lambda session: session.execute(VisitMessageRow.__table__.delete()))
        booked.clear()


def test_a_sender_killed_while_sending_sends_nothing_twice(
    database: Database, db_url: str, gate: Gate, mail_port: int
) -> None:
    only_mail = replace(EWA, phone="")
    enqueue(
        database, *(told("booked", visit(number, visitor=only_mail)) for number in range(1, 41))
    )
    for kill in range(20):
        gate.answers.clear()
        process = started(send_for_ever, db_url, mail_port)
        gate.got.get(timeout=30)
        if kill % 2:  # some die before the answer came, some a moment after it
            gate.answers.set()
        killed(process)
        gate.answers.set()
    sender = Recorder()
    after = NOW + MINUTE * 11
    while any(
        row.state in ("waiting", "sending") and row.kind == "booked" for row in rows(database)
    ):
        deliver(database, sender, after)
    went_out = Counter(gate.letters) + Counter(m.key.replace(":", ".") for m in sender.sent)
    assert set(went_out.values()) == {1}
    for row in rows(database):
        if row.kind == "booked":
            key = row.key.replace(":", ".")
            assert (row.state, row.error_code) in (("sent", None), ("failed", "outbox-unsure"))
            assert row.state == "failed" or went_out[key] == 1
    seen = database.run(partial(undelivered, since=NOW - DAY))
    assert len(seen) == sum(row.state == "failed" for row in rows(database))
    assert len(seen) >= 10  # those that died before the answer


def test_a_row_left_by_a_dead_process_waits_ten_minutes(database: Database) -> None:
    enqueue(database, told("booked", visit(visitor=replace(EWA, phone=""))))
    dead = update(VisitMessageRow).values(state="sending", claimed_at=NOW)
    database.run(lambda session: session.execute(dead.where(VisitMessageRow.kind == "booked")))
    assert deliver(database, Recorder(), NOW + MINUTE * 10) == Delivered()
    assert deliver(database, Recorder(), NOW + MINUTE * 11) == Delivered(failed=1)
