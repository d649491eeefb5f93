"""Letters about expiring answers: one a stage, one a department a day, over real SMTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from sqlalchemy import select, update

from actions.office.facts import Office, load_office
from staff_console.expiry import notices as notices_module
from staff_console.expiry.models import ExpiryNoticeRow
from staff_console.expiry.notices import ExpiryNotices, Untold, run_expiry
from tests.integration.postgres import free_port
from tests.unit.content_parts import MemoryContent
from visits.delivery import Delivered, deliver_due
from visits.outbox_models import VisitMessageRow
from visits.senders.smtp import SmtpAddress, SmtpSender
from visits.senders.spool import SpoolSender
from voice_gateway.records.database import Database
from voice_gateway.settings import ROOT

KNOWLEDGE = ROOT / "nlu_data"
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY = timedelta(days=1)
KIND = "expiry"


def topic(**until: str) -> str:
    """A topic whose answers are Civil Affairs' and end on these days."""
    lines = [
        f"  {aspect}: {{text: a, owner: obywatelskie, valid_until: {day}}}"
        for aspect, day in until.items()
    ]
    return "\n".join(["name: paszport", "answers:", *lines, ""])


class Desk:
    """The notices on content in memory and a real database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.files = {
            name: (KNOWLEDGE / name).read_text(encoding="utf-8")
            for name in ("office.yml", "dialogue.yml")
        }
        self.office: Office = load_office(KNOWLEDGE / "office.yml")
        self.put(topic(cost="2026-12-24", how="2027-12-24"))

    def put(self, body: str) -> None:
        self.content = MemoryContent({**self.files, "topics/passport.yml": body}, NOW)
        content = cast("Any", self.content)
        self.notices = ExpiryNotices(self.database, content, lambda: self.office)

    def letters(self) -> list[VisitMessageRow]:
        query = select(VisitMessageRow).order_by(VisitMessageRow.id)
        return self.database.run(lambda session: list(session.scalars(query)))

    def told(self) -> list[tuple[str, str]]:
        query = select(ExpiryNoticeRow).order_by(ExpiryNoticeRow.id)
        rows = self.database.run(lambda session: list(session.scalars(query)))
        return [(row.place, row.stage) for row in rows]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_an_answer_is_told_once_a_stage(desk: Desk) -> None:
    written = {
        day: desk.notices.write(datetime.combine(day, NOW.timetz()))
        for day in (date(2026, 11, 20) + n * DAY for n in range(50))
    }
    assert [day for day, count in written.items() if count] == [
        date(2026, 11, 24),  # thirty days before
        date(2026, 12, 17),  # a week before
        date(2026, 12, 25),  # the day after its last one
    ]
    assert [stage for _, stage in desk.told()] == ["month", "week", "over"]
    assert {row.recipient for row in desk.letters()} == {"obywatelskie@nadmorzyn.example"}
    assert {row.kind for row in desk.letters()} == {KIND}


def test_a_prolonged_answer_is_told_about_anew(desk: Desk) -> None:
    assert desk.notices.write(NOW) == 1
    desk.put(topic(cost="2027-12-24"))
    assert desk.notices.write(NOW + DAY) == 0
    assert desk.notices.write(datetime(2027, 11, 24, 8, tzinfo=UTC)) == 1


def test_a_department_gets_one_letter_a_day(desk: Desk) -> None:
    desk.put(topic(cost="2026-12-24", how="2026-11-30", where="2026-11-01"))
    assert desk.notices.write(NOW) == 1
    (letter,) = desk.letters()
    assert letter.subject.endswith("(3)")
    desk.put(topic(cost="2026-12-24", how="2026-11-30", what="2026-11-29"))
    assert desk.notices.write(NOW + timedelta(hours=1)) == 0
    assert len(desk.told()) == 3  # the new one is not forgotten …
    assert desk.notices.write(NOW + DAY) == 1  # … it comes the next day
    assert desk.letters()[1].subject.endswith("(1)")


def test_a_process_that_dies_neither_loses_nor_repeats(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken, pytest.raises(SystemExit):
        broken.setattr(notices_module, "ExpiryNoticeRow", _die)
        broken.setattr(notices_module, "_told", lambda session, paths: set())
        desk.notices.write(NOW)  # the letter is written, its answers are not yet noted
    assert (desk.letters(), desk.told()) == ([], [])
    assert desk.notices.write(NOW) == 1
    assert Desk(desk.database).notices.write(NOW) == 0  # as after a start


def _die(**fields: object) -> None:
    raise SystemExit


def test_a_department_without_an_address_is_shown_and_told_later(desk: Desk) -> None:
    right = desk.office
    departments = tuple(
        one.model_copy(update={"email": "" if one.id == "obywatelskie" else one.email})
        for one in right.departments
    )
    desk.office = right.model_copy(update={"departments": departments})
    assert desk.notices.write(NOW) == 0
    assert desk.notices.untold(NOW) == [Untold("obywatelskie")]
    desk.office = right
    assert desk.notices.untold(NOW) == []
    assert desk.notices.write(NOW) == 1


def test_an_owner_that_is_no_department_is_the_information_desks(desk: Desk) -> None:
    desk.put(topic(cost="2026-11-01").replace("obywatelskie", "dawny"))
    assert desk.notices.write(NOW) == 1
    assert desk.letters()[0].recipient == "informacja@nadmorzyn.example"


class Inbox:
    """What aiosmtpd hands its letters to."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.envelopes.append(envelope)
        return self.answer


@pytest.fixture
def smtp() -> Iterator[SimpleNamespace]:
    inbox, port = Inbox(), free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    address = SmtpAddress.of(f"smtp+plain://127.0.0.1:{port}")
    yield SimpleNamespace(inbox=inbox, sender=SmtpSender(address, "Urząd <urzad@miasto.example>"))
    controller.stop()


def test_the_letter_arrives_over_smtp_once(desk: Desk, smtp: SimpleNamespace) -> None:
    desk.notices.write(NOW)
    assert deliver_due(desk.database, {"email": smtp.sender}, lambda: NOW) == Delivered(sent=1)
    assert deliver_due(desk.database, {"email": smtp.sender}, lambda: NOW) == Delivered()
    (envelope,) = smtp.inbox.envelopes
    assert envelope.rcpt_tos == ["obywatelskie@nadmorzyn.example"]
    letter = cast("EmailMessage", message_from_bytes(envelope.content, policy=default))
    assert letter["Subject"] == "Asystent urzędu: odpowiedzi do sprawdzenia (1)"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "(ważna do 24.12.2026)" in letter.get_content()
    assert desk.notices.untold(NOW) == []


def test_a_letter_that_failed_is_shown(desk: Desk, smtp: SimpleNamespace) -> None:
    smtp.inbox.answer = "550 no"
    desk.notices.write(NOW)
    assert deliver_due(desk.database, {"email": smtp.sender}, lambda: NOW) == Delivered(failed=1)
    assert desk.notices.untold(NOW) == [Untold("obywatelskie", NOW, "outbox-refused")]
    assert desk.notices.untold(NOW + 40 * DAY)[1:] == []


def test_a_sender_that_died_is_shown_and_not_repeated(desk: Desk, smtp: SimpleNamespace) -> None:
    desk.notices.write(NOW)
    row = VisitMessageRow
    desk.database.run(lambda s: s.execute(update(row).values(state="sending", claimed_at=NOW)))
    later = NOW + timedelta(minutes=11)
    assert deliver_due(desk.database, {"email": smtp.sender}, lambda: later) == Delivered(failed=1)
    assert smtp.inbox.envelopes == []
    assert desk.notices.untold(later) == [Untold("obywatelskie", NOW, "outbox-unsure")]


def test_without_smtp_the_letter_is_a_file(desk: Desk, tmp_path: Any) -> None:
    desk.notices.write(NOW)
    spool = SpoolSender(tmp_path, "urzad@miasto.example")
    assert deliver_due(desk.database, {"email": spool}, lambda: NOW) == Delivered(sent=1)
    assert [path.name for path in tmp_path.glob("*.eml")] == [
        "expiry-obywatelskie-2026-11-24-email.eml"
    ]


@pytest.mark.parametrize(("hour", "letters"), [(5, 0), (6, 1)])  # UTC; Poland is an hour ahead
async def test_letters_are_written_from_seven_o_clock(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, hour: int, letters: int
) -> None:
    async def end(seconds: float) -> None:
        raise EndOfTestError

    monkeypatch.setattr(notices_module.asyncio, "sleep", end)
    with pytest.raises(EndOfTestError):
        await run_expiry(desk.notices, lambda: NOW.replace(hour=hour))
    assert len(desk.letters()) == letters


class EndOfTestError(Exception):
    pass
