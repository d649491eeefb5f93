"""Replies by e-mail as mail programs write them: whose words, which number, person or robot."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from icalendar import Calendar

from actions.office.calendar import WARSAW
from actions.office.facts import load_office
from visits import messages
from visits.inbound_mail import reply_of
from visits.invitation import invitation
from visits.messages import Facts
from visits.plan import load_plan
from visits.replies import CANCEL_WORD, Reply
from visits.values import Visit, Visitor
from voice_gateway.settings import ROOT

NUMBER = "72364855"
SENDER = "ewa@poczta.example"
STARTS = datetime(2026, 11, 25, 10, 30, tzinfo=WARSAW)
VISIT = Visit(
    id=7,
    number=NUMBER,
    state="booked",
    service="passport",
    desk="stanowisko_4",
    desk_place=0,
    starts_at=STARTS,
    ends_at=STARTS + timedelta(minutes=20),
    visitor=Visitor("Żółć", "600100200", SENDER),
    revision=2,
)
FACTS = Facts(
    VISIT,
    load_plan(ROOT / "nlu_data" / "visits.yml").plan().services["passport"],
    "stanowisko 4, parter",
    load_office(ROOT / "nlu_data" / "office.yml"),
    can_reply=True,
)
OURS = messages.email("reminder", FACTS)
GMAIL = "\n\nwt., 24 lis 2026 o 10:00 Urząd <wizyty@nadmorzyn.example>\nnapisał(a):\n\n"
OUTLOOK = "\n\n________________________________\nOd: Urząd <wizyty@nadmorzyn.example>\nTemat: x\n\n"
THUNDERBIRD = "\n\nW dniu 24.11.2026 o 10:00, Urząd Miasta Nadmorzyn pisze:\n"


def quoted(text: str) -> str:
    return "".join(f"> {line}\n" for line in text.splitlines())


def letter(text: str, subject: str = "Re: Wizyta", html: str = "", **headers: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"Ewa Żółć <{SENDER}>"
    mail["To"] = "wizyty@nadmorzyn.example"
    mail["Subject"] = subject
    mail["Message-ID"] = "<1@poczta.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    if html:
        mail.set_content(html, subtype="html")
    else:
        mail.set_content(text)
    return mail.as_bytes()


def read(raw: bytes) -> Reply:
    reply = reply_of(raw)
    assert reply is not None
    return reply


@pytest.mark.parametrize(
    "text",
    [
        "Rezygnuję" + GMAIL + quoted(OURS.body),
        "NIE" + GMAIL + quoted(OURS.body),
        "Nie przyjdę.\n\nPozdrawiam" + OUTLOOK + OURS.body,
        "nie" + THUNDERBIRD + quoted(OURS.body),
        "Odwołuję\n\nWysłano z iPhone'a\n\n> " + OURS.body,
        "nie\n\nWysłane z Outlook dla Androida" + OUTLOOK + OURS.body,
        "Rezygnuję\n\n" + OURS.body,  # a program that marks nothing
    ],
)
def test_a_reply_above_our_letter_cancels(text: str) -> None:
    reply = read(letter(text))
    assert (reply.sender, reply.number, reply.meaning) == (SENDER, NUMBER, "cancel")
    assert CANCEL_WORD not in reply.text


@pytest.mark.parametrize("own", ["Dziękuję, będę", "", "Czy mogę przyjść z dzieckiem?"])
@pytest.mark.parametrize("above", [GMAIL, OUTLOOK, THUNDERBIRD, "\n\n"])
def test_the_quoted_word_cancels_nothing(own: str, above: str) -> None:
    for body in (OURS.body, quoted(OURS.body)):
        reply = read(letter(own + above + body))
        assert reply.meaning == "other"
        assert reply.number == NUMBER


def test_the_number_is_found_in_the_subject_of_our_letter() -> None:
    reply = read(letter("Rezygnuję", f"Odp: {OURS.subject}"))
    assert (reply.number, reply.meaning) == (NUMBER, "cancel")
    assert read(letter("Rezygnuję", "Odp: Wizyta")).number is None


def test_html_alone_is_read() -> None:
    html = (
        "<html><head><style>p{x:y}</style></head><body><p>Nie&nbsp;przyjdę</p>"
        f'<div class="gmail_quote"><blockquote>{OURS.body}</blockquote></div></body></html>'
    )
    reply = read(letter("", html=html))
    assert (reply.number, reply.meaning) == (NUMBER, "cancel")
    assert read(letter("", html=html.replace("Nie&nbsp;przyjdę", "Będę"))).meaning == "other"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; x=y"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "urlop"},
        {"Return_Path": "<>"},
        {"List_Id": "<nowiny.example>"},
    ],
)
def test_what_a_robot_wrote_cancels_nothing(headers: dict[str, str]) -> None:
    reply = read(letter("Rezygnuję 72364855", **headers))
    assert reply.automatic
    assert reply.meaning == "other"


def test_what_a_person_wrote_is_no_robots() -> None:
    raw = letter("Rezygnuję", Auto_Submitted="no", Return_Path=f"<{SENDER}>", Precedence="normal")
    assert not read(raw).automatic


def test_a_bounce_is_a_robots() -> None:
    raw = letter("Rezygnuję").replace(SENDER.encode(), b"MAILER-DAEMON@poczta.example")
    assert read(raw).automatic


@pytest.mark.parametrize(
    ("state", "meaning"), [("DECLINED", "cancel"), ("ACCEPTED", "other"), ("TENTATIVE", "other")]
)
def test_answers_of_calendars(state: str, meaning: str) -> None:
    calendar = Calendar.from_ical(invitation(FACTS, SENDER, "wizyty@nadmorzyn.example", STARTS))
    assert isinstance(calendar, Calendar)
    [event] = calendar.events
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"  # else no calendar would ask
    assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    calendar["METHOD"] = "REPLY"
    event["ATTENDEE"].params["PARTSTAT"] = state
    mail = EmailMessage(policy=SMTP)
    mail["From"] = SENDER
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("Ewa rezygnuje")
    text = calendar.to_ical().decode()
    mail.add_alternative(text, subtype="calendar", params={"method": "REPLY"})
    reply = read(mail.as_bytes())
    assert (reply.meaning, reply.number, reply.revision) == (meaning, NUMBER, 2)
    assert reply.message_id  # it had none


def test_an_invitation_of_somebody_elses_is_no_answer() -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = SENDER
    mail.set_content("Rezygnuję 72364855")
    mail.add_alternative(
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:x@y\r\n"
        "ATTENDEE;PARTSTAT=DECLINED:mailto:a@b.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        subtype="calendar",
    )
    assert read(mail.as_bytes()).number is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: x\r\n\r\nrezygnuje",
        b"From: a@b.example, c@d.example\r\n\r\nrezygnuje",
        b"From: nobody\r\n\r\nrezygnuje",
        b"From: a@b.example\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe",
        b"From: a@b.example\r\nContent-Type: text/calendar\r\n\r\nBEGIN:NONSENSE",
        b"\xff\x00" * 1000,
    ],
)
def test_broken_letters_break_nothing(raw: bytes) -> None:
    reply = reply_of(raw)
    assert reply is None or reply.meaning == "other"
