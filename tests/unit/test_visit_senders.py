"""Senders against a real mail server, a real HTTP server and a real folder."""

from __future__ import annotations

import email
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from icalendar import Calendar
from pydantic import SecretStr

from tests.integration.postgres import free_port
from visits.senders.base import Message, MessageSender, SendError
from visits.senders.build import MessageSettings, build_senders
from visits.senders.smsapi import SmsApiSender
from visits.senders.smtp import SmtpAddress, SmtpSender
from visits.senders.spool import SpoolSender, forget_spooled
from voice_gateway.errors import SetupError

FROM = "Urząd Miasta <urzad@nadmorzyn.example>"
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nSUMMARY:Zażółć\r\nEND:VCALENDAR\r\n"
LETTER = Message(
    "7:booked:0:email",
    "email",
    "ewa@poczta.example",
    "Środa",
    "Zażółć\n.\nkoniec\n",
    ICS,
    "REQUEST",
)
SMS = Message("7:booked:0:sms", "sms", "600100200", "", "Wizyta jutro")


class Mailbox:
    """What the mail server got, and what it is to answer instead of taking it."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.rcpt_answers: list[str] = []
        self.data_answers: list[str] = []
        self.dies = False

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt_answers.pop(0) if self.rcpt_answers else "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.dies:
            server.transport.abort()
            return ""
        if self.data_answers:
            return self.data_answers.pop(0)
        assert isinstance(envelope.content, bytes)
        letter = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Controller]:
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=free_port(),
        auth_require_tls=False,
        authenticator=lambda *about: AuthResult(
            success=about[-1] == LoginPassword(b"urzad", b"p@ss"), handled=False
        ),
    )
    controller.start()
    yield controller
    controller.stop()


def sender_to(controller: Controller, who: str = "", scheme: str = "smtp+plain") -> SmtpSender:
    address = SmtpAddress.of(f"{scheme}://{who}127.0.0.1:{controller.port}")
    return SmtpSender(address, FROM, timeout_s=5)


def refusal(sender: MessageSender, message: Message) -> tuple[str, bool]:
    with pytest.raises(SendError) as refused:
        sender.send(message)
    assert message.recipient not in str(refused.value)
    return refused.value.code, refused.value.retry


def test_an_e_mail_arrives_whole(server: Controller, mailbox: Mailbox) -> None:
    sender_to(server).send(LETTER)
    [letter] = mailbox.letters
    assert (letter["To"], letter["Subject"]) == ("ewa@poczta.example", "Środa")
    assert letter["From"] == "Urząd Miasta <urzad@nadmorzyn.example>"
    assert letter["Message-ID"] == "<7.booked.0.email@nadmorzyn.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    text = letter.get_body(("plain",))
    assert text
    assert text.get_content().replace("\r\n", "\n") == LETTER.body
    [calendar] = letter.iter_attachments()
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_filename() == "wizyta.ics"
    read = Calendar.from_ical(calendar.get_content())
    assert read["SUMMARY"] == "Zażółć"


def test_a_mail_server_s_answers(server: Controller, mailbox: Mailbox) -> None:
    sender = sender_to(server)
    mailbox.rcpt_answers = ["451 later", "550 nobody"]
    mailbox.data_answers = ["452 full", "554 spam"]
    assert refusal(sender, LETTER) == ("outbox-smtp", True)
    assert refusal(sender, LETTER) == ("outbox-refused", False)
    assert refusal(sender, LETTER) == ("outbox-smtp", True)
    assert refusal(sender, LETTER) == ("outbox-refused", False)
    sender.send(LETTER)
    assert len(mailbox.letters) == 1


def test_a_server_that_dies_with_the_text_leaves_us_unsure(
    server: Controller, mailbox: Mailbox
) -> None:
    mailbox.dies = True
    assert refusal(sender_to(server), LETTER) == ("outbox-unsure", False)


def test_a_server_that_is_away_is_tried_again() -> None:
    sender = SmtpSender(SmtpAddress.of(f"smtp+plain://127.0.0.1:{free_port()}"), FROM)
    assert refusal(sender, LETTER) == ("outbox-smtp", True)


def test_signing_in(server: Controller, mailbox: Mailbox) -> None:
    sender_to(server, "urzad:p%40ss@").send(LETTER)
    assert len(mailbox.letters) == 1
    assert refusal(sender_to(server, "urzad:wrong@"), LETTER) == ("outbox-login", True)


def test_without_tls_nothing_is_said(server: Controller, mailbox: Mailbox) -> None:
    assert refusal(sender_to(server, "urzad:p%40ss@", "smtp"), LETTER) == ("outbox-smtp", True)
    assert refusal(sender_to(server, scheme="smtps"), LETTER) == ("outbox-smtp", True)
    assert mailbox.letters == []


@pytest.mark.parametrize(
    "recipient", ["", "ewa", "ewa@", "a@b.pl\nBcc: c@d.pl", "żółw@poczta.example", "a@b.pl, c@d.pl"]
)
def test_addresses_that_nobody_has(server: Controller, mailbox: Mailbox, recipient: str) -> None:
    message = Message("1:booked:0:email", "email", recipient, "x", "x")
    with pytest.raises(SendError) as refused:
        sender_to(server).send(message)
    assert (refused.value.code, refused.value.retry) == ("outbox-refused", False)
    assert mailbox.letters == []


def test_mail_server_addresses() -> None:
    assert SmtpAddress.of("smtp://poczta.example") == SmtpAddress("smtp", "poczta.example", 587)
    assert SmtpAddress.of("smtps://u:%3A@h").password == ":"
    assert "tajne" not in repr(SmtpAddress.of("smtps://u:tajne@h"))
    for wrong in ("", "poczta.example", "http://h", "smtp://", "smtp://h:x"):
        with pytest.raises(SetupError):
            SmtpAddress.of(wrong)


class Provider(BaseHTTPRequestHandler):
    """SMSAPI as its documentation has it; ``answers`` come first, then it takes everything."""

    answers: list[tuple[int, object]]
    asked: list[dict[str, str]]

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        fields = {name: values[0] for name, values in form.items()}
        self.asked.append({**fields, "token": self.headers["Authorization"], "path": self.path})
        taken = {"count": 1, "list": [{"id": "1", "status": "QUEUE", "idx": fields["idx"]}]}
        status, answer = self.answers.pop(0) if self.answers else (200, taken)
        if status == 0:  # dies
            return
        body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def provider() -> Iterator[tuple[type[Provider], SmsApiSender]]:
    handler = type("OneProvider", (Provider,), {"answers": [], "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    sender = SmsApiSender("tajny", "UM Nadmor", url=url, timeout_s=5)
    yield handler, sender
    sender.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_sms_is_asked_for_as_documented(
    provider: tuple[type[Provider], SmsApiSender],
) -> None:
    handler, sender = provider
    sender.send(SMS)
    assert handler.asked == [
        {
            "to": "48600100200",
            "message": "Wizyta jutro",
            "from": "UM Nadmor",
            "encoding": "utf-8",
            "format": "json",
            "idx": "7:booked:0:sms",
            "check_idx": "1",
            "token": "Bearer tajny",
            "path": "/sms.do",
        }
    ]


def failed(code: int) -> dict[str, object]:
    return {"error": code, "message": "600100200 ..."}


@pytest.mark.parametrize(
    ("status", "answer", "code", "retry"),
    [
        (200, failed(13), "outbox-refused", False),
        (200, failed(57), "outbox-refused", False),
        (200, failed(101), "outbox-login", True),
        (401, failed(101), "outbox-login", True),
        (401, "", "outbox-login", True),
        (200, failed(103), "outbox-credit", True),
        (200, failed(201), "outbox-sms", True),
        (200, failed(14), "outbox-sms", False),
        (200, {"error": "?"}, "outbox-sms", False),
        (404, "not here", "outbox-sms", False),
        (429, "", "outbox-sms", True),
        (503, "", "outbox-sms", True),
        (500, "", "outbox-unsure", False),
        (200, "<html>", "outbox-unsure", False),
        (200, [], "outbox-unsure", False),
        (200, {}, "outbox-unsure", False),
        (0, "", "outbox-unsure", False),
    ],
)
def test_the_provider_s_answers(
    provider: tuple[type[Provider], SmsApiSender],
    status: int,
    answer: object,
    code: str,
    retry: bool,
) -> None:
    handler, sender = provider
    handler.answers.append((status, answer))
    assert refusal(sender, SMS) == (code, retry)


def test_a_message_taken_before_counts_as_sent(
    provider: tuple[type[Provider], SmsApiSender],
) -> None:
    handler, sender = provider
    handler.answers.append((200, failed(53)))
    sender.send(SMS)


def test_a_provider_that_is_away_is_tried_again() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody", request=request)

    sender = SmsApiSender("t", transport=httpx.MockTransport(away))
    assert refusal(sender, SMS) == ("outbox-sms", True)


@pytest.mark.parametrize(
    "number", ["112x", "48600100200", "+48600100200", "60010020", "６００１００２００"]
)
def test_numbers_that_are_none(number: str) -> None:
    sender = SmsApiSender("t", transport=httpx.MockTransport(lambda _: httpx.Response(200)))
    assert refusal(sender, Message("k", "sms", number, "", "x")) == ("outbox-refused", False)


def test_the_spool_has_one_private_file_a_message(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "messages"
    sender = SpoolSender(folder, FROM)
    for message in (LETTER, SMS, SMS):
        sender.send(message)
    assert sorted(path.name for path in folder.iterdir()) == [
        "7-booked-0-email.eml",
        "7-booked-0-sms.txt",
    ]
    assert (folder / "7-booked-0-sms.txt").read_text() == "600100200\nWizyta jutro\n"
    letter = email.message_from_bytes(
        (folder / "7-booked-0-email.eml").read_bytes(), policy=default
    )
    assert letter["To"] == "ewa@poczta.example"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_spool_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert refusal(SpoolSender(tmp_path / "file", FROM), SMS) == ("outbox-spool", True)


def test_the_spool_forgets(tmp_path: Path) -> None:
    SpoolSender(tmp_path, FROM).send(SMS)
    now = datetime.now(UTC)
    assert forget_spooled(tmp_path, now - timedelta(days=1)) == 0
    assert forget_spooled(tmp_path, now + timedelta(days=1)) == 1
    assert list(tmp_path.iterdir()) == []
    assert forget_spooled(tmp_path / "none", now) == 0


def test_the_settings_choose(tmp_path: Path) -> None:
    def built(**more: Any) -> dict[str, str]:
        senders = build_senders(MessageSettings(tmp_path, FROM, **more))
        return {channel: type(sender).__name__ for channel, sender in senders.items()}

    assert built() == {"email": "SpoolSender", "sms": "SpoolSender"}
    assert built(smtp_url=SecretStr("smtp://h")) == {"email": "SmtpSender"}
    assert built(smsapi_token=SecretStr("t")) == {"sms": "SmsApiSender"}
    both = built(smtp_url=SecretStr("smtp://h"), smsapi_token=SecretStr("t"))
    assert both == {"email": "SmtpSender", "sms": "SmsApiSender"}
    with pytest.raises(SetupError):
        build_senders(MessageSettings(tmp_path, "nobody"))
