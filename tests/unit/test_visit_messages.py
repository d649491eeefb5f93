"""What residents are told: e-mails, SMS and iCalendar, on the sample office's facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from icalendar import Calendar

from actions.office.calendar import WARSAW, OfficeCalendar
from actions.office.facts import load_office
from visits import messages
from visits.invitation import feed, invitation, withdrawal
from visits.messages import Facts, MessageKind, sms_length
from visits.plan import load_plan
from visits.reminders import last_open_day, reminder_due
from visits.values import Visit, Visitor
from voice_gateway.settings import ROOT

OFFICE = load_office(ROOT / "nlu_data" / "office.yml")
PLAN = load_plan(ROOT / "nlu_data" / "visits.yml").plan()
STARTS = datetime(2026, 11, 25, 10, 30, tzinfo=WARSAW)
NOW = datetime(2026, 11, 20, 12, tzinfo=WARSAW)
VISIT = Visit(
    id=7,
    number="12345678",
    state="booked",
    service="passport",
    desk="stanowisko_4",
    desk_place=0,
    starts_at=STARTS,
    ends_at=STARTS + timedelta(minutes=20),
    visitor=Visitor("Żółć-Kowalska", "600100200", "ewa@poczta.example"),
)
FACTS = Facts(VISIT, PLAN.services["passport"], "stanowisko 4, parter", OFFICE)
KINDS: tuple[MessageKind, ...] = ("booked", "moved", "cancelled", "offered", "reminder")


def test_a_confirmation_says_what_when_where_and_how_to_cancel() -> None:
    letter = messages.email("booked", FACTS)
    assert letter.subject == "Potwierdzenie wizyty: śr. 25.11.2026, 10:30 – Urząd Miasta Nadmorzyn"
    for words in (
        "potwierdzamy wizytę w Urzędzie Miasta Nadmorzyn",
        "Sprawa: paszport",
        "Kiedy: środa, 25 listopada 2026 r., godz. 10:30",
        "Gdzie: stanowisko 4, parter, ul. Portowa 1, 99-001 Nadmorzyn",
        "Numer rezerwacji: 12 34 56 78",
        "Proszę zabrać zdjęcie",
        "zadzwonić pod numer 99 123 40 00 albo napisać na czacie",
    ):
        assert words in letter.body
    assert "Żółć" not in letter.body  # a mistyped address must not learn who comes


def test_a_change_names_the_old_time_and_an_offer_its_end() -> None:
    moved = messages.email("moved", replace(FACTS, previous=STARTS - timedelta(days=1)))
    assert "Poprzedni termin: wtorek, 24 listopada 2026 r., godz. 10:30" in moved.body
    until = datetime(2026, 11, 24, 14, tzinfo=WARSAW)
    offered = replace(FACTS, visit=replace(VISIT, state="offered", until=until))
    assert (
        "do: wtorek, 24 listopada 2026 r., godz. 14:00" in messages.email("offered", offered).body
    )
    assert "Odpowiedz do wt. 24.11.2026, 14:00" in messages.sms("offered", offered)


def test_a_cancelling_asks_to_bring_nothing() -> None:
    assert "zabrać" not in messages.email("cancelled", FACTS).body


@pytest.mark.parametrize("kind", KINDS)
def test_every_sms_is_one_part_in_plain_letters(kind: MessageKind) -> None:
    for service in PLAN.services.values():
        for desk in PLAN.desks_of(service):
            facts = replace(FACTS, service=service, place=f"{desk.name}, {desk.where}")
            text = messages.sms(kind, facts)
            assert text.isascii()
            assert sms_length(text) <= 160
            assert "12 34 56 78" in text
            assert "25.11.2026, 10:30" in text
            assert "99 123 40 00" in text


def test_an_sms_leaves_out_what_does_not_fit() -> None:
    assert "w sprawie paszportu, sr. 25.11.2026" in messages.sms("booked", FACTS)
    long = replace(FACTS, place="pokój 341 w skrzydle zachodnim, wejście od podwórza, III piętro")
    assert "pokoj" not in messages.sms("booked", long)
    endless = replace(FACTS, office=OFFICE.model_copy(update={"name": "Urząd " * 40}))
    assert "12 34 56 78" in messages.sms("booked", endless)  # then it takes two parts
    assert sms_length("a[€") == 5


def test_times_are_warsaw_times() -> None:
    utc = datetime.fromisoformat("2026-07-01T22:30:00+00:00")
    assert messages.long_time(utc) == "czwartek, 2 lipca 2026 r., godz. 00:30"


def test_reminders_come_on_the_working_day_before() -> None:
    calendar = OfficeCalendar(OFFICE)

    def due(*day: int) -> datetime:
        starts = datetime(*day, 9, tzinfo=WARSAW)  # type: ignore[misc,arg-type]  # year, month, day
        return reminder_due(starts, lambda before: last_open_day(calendar, before))

    assert due(2026, 11, 25) == datetime(2026, 11, 24, 10, tzinfo=WARSAW)
    assert due(2026, 11, 30).date() == date(2026, 11, 27)  # over a weekend
    assert due(2026, 11, 12).date() == date(2026, 11, 10)  # over Independence Day
    assert due(2026, 12, 29).date() == date(2026, 12, 23)  # Christmas and the office's own day off
    assert due(2027, 1, 4).date() == date(2026, 12, 31)  # a short day is a working day


def parsed(text: str) -> Calendar:
    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Calendar)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))  # RFC 5545
    return calendar


def test_an_invitation_is_read_back() -> None:
    calendar = parsed(invitation(FACTS, "ewa@poczta.example", "urzad@nadmorzyn.example", NOW))
    assert calendar["METHOD"] == "REQUEST"
    [zone] = calendar.timezones
    assert zone.tz_name == "Europe/Warsaw"
    [event] = calendar.events
    assert event.DTSTART == STARTS
    assert event["DTSTART"].params["TZID"] == "Europe/Warsaw"
    assert timedelta(minutes=20) == event.DTEND - event.DTSTART
    assert event["SEQUENCE"] == 0
    assert event["STATUS"] == "CONFIRMED"
    assert event["SUMMARY"] == "Urząd Miasta Nadmorzyn: paszport"
    assert event["LOCATION"] == "stanowisko 4, parter, ul. Portowa 1, 99-001 Nadmorzyn"
    assert "12 34 56 78" in event["DESCRIPTION"]
    assert event["ORGANIZER"] == "mailto:urzad@nadmorzyn.example"
    assert event["ATTENDEE"] == "mailto:ewa@poczta.example"
    [alarm] = event.alarms.times
    assert alarm.trigger == STARTS - timedelta(days=1)


def test_moving_and_cancelling_are_about_the_same_entry() -> None:
    later = STARTS + timedelta(days=1)
    moved = replace(VISIT, revision=1, starts_at=later, ends_at=later + timedelta(minutes=20))
    made = [
        parsed(make(replace(FACTS, visit=visit), "e@p.example", "u@n.example", NOW)).events[0]
        for make, visit in (
            (invitation, VISIT),
            (invitation, moved),
            (withdrawal, replace(VISIT, revision=2, state="cancelled")),
        )
    ]
    assert len({event["UID"] for event in made}) == 1
    assert [event["SEQUENCE"] for event in made] == [0, 1, 2]
    assert made[2]["STATUS"] == "CANCELLED"
    assert made[2].subcomponents == []
    text = withdrawal(FACTS, "e@p.example", "u@n.example", NOW)
    assert parsed(text)["METHOD"] == "CANCEL"


def test_summer_and_winter_keep_their_hours() -> None:
    for starts in (STARTS, datetime(2027, 7, 1, 10, 30, tzinfo=WARSAW)):
        visit = replace(VISIT, starts_at=starts, ends_at=starts + timedelta(minutes=20))
        text = invitation(replace(FACTS, visit=visit), "e@p.example", "u@n.example", NOW)
        assert "T103000" in text
        assert starts == parsed(text).events[0].DTSTART


def test_a_feed_names_nobody() -> None:
    gone = replace(VISIT, id=8, number="87654321", service="gone")
    text = feed("Wizyty: stanowisko 4", [VISIT, gone], PLAN.services, "n.example", NOW)
    calendar = parsed(text)
    assert calendar["METHOD"] == "PUBLISH"
    assert [str(event["SUMMARY"]) for event in calendar.events] == [
        "paszport (12 34 56 78)",
        "gone (87 65 43 21)",
    ]
    unfolded = text.replace("\r\n ", "")
    for secret in ("Żółć", "600100200", "ewa@"):
        assert secret not in unfolded
    assert parsed(feed("Pusty", [], {}, "n.example", NOW)).events == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_sms_that_may_be_replied_to_says_how_in_one_part(kind: MessageKind) -> None:
    for service in PLAN.services.values():
        for desk in PLAN.desks_of(service):
            facts = replace(
                FACTS, service=service, place=f"{desk.name}, {desk.where}", can_reply=True
            )
            text = messages.sms(kind, facts)
            assert sms_length(text) <= 160
            assert text.isascii()
            assert "12 34 56 78" in text
            by_reply = kind in ("booked", "moved", "reminder")
            assert ("prosze odpisac REZYGNUJE 12345678" in text) == by_reply
            assert ("99 123 40 00" in text) == (not by_reply)


@pytest.mark.parametrize("kind", KINDS)
def test_an_email_that_may_be_replied_to_says_how(kind: MessageKind) -> None:
    letter = messages.email(kind, replace(FACTS, can_reply=True))
    by_reply = kind in ("booked", "moved", "reminder")
    assert letter.body.startswith("--- Odpowiedź proszę wpisać nad tą linią ---\n") == by_reply
    assert ("wystarczy odpisać na tę wiadomość: REZYGNUJĘ." in letter.body) == by_reply
    assert ("prosimy na nią nie odpowiadać" in letter.body) == (not by_reply)
    assert ("numer 12345678" in letter.subject) == by_reply
    assert "99 123 40 00" in letter.body
