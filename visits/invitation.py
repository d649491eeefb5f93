"""Visits as iCalendar (RFC 5545): an invitation for the visitor, and a desk's feed.

The invitation follows RFC 5546: METHOD:REQUEST when booked or moved, METHOD:CANCEL when cancelled;
the same UID all along, and the visit's revision as SEQUENCE, so that a calendar moves its entry
instead of adding another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from icalendar import CLASS, CUTYPE, PARTSTAT, STATUS, Alarm, Calendar, Event, vCalAddress
from icalendar.enums import ROLE

from actions.office.calendar import WARSAW
from actions.office.facts import Office
from visits.messages import Facts, grouped
from visits.values import Service, Visit

PRODUCT = "-//Halo Urzad//wizyty//PL"
ALARM = timedelta(days=-1)
FEED_REFRESH = timedelta(minutes=15)


def invitation(facts: Facts, recipient: str, mail_from: str, now: datetime) -> str:
    """The invitation for a booked or moved visit. ``now``: aware, its DTSTAMP."""
    entry = _entry(facts, recipient, mail_from, now, STATUS.CONFIRMED)
    alarm = Alarm.new(description=f"Jutro wizyta: {facts.service.name}")
    alarm.add("action", "DISPLAY")
    alarm.TRIGGER = ALARM
    entry.add_component(alarm)
    return _text("REQUEST", [entry])


def withdrawal(facts: Facts, recipient: str, mail_from: str, now: datetime) -> str:
    """What removes a cancelled visit from the visitor's calendar."""
    return _text("CANCEL", [_entry(facts, recipient, mail_from, now, STATUS.CANCELLED)])


def feed(
    name: str, visits: Sequence[Visit], services: Mapping[str, Service], domain: str, now: datetime
) -> str:
    """A desk's coming visits, METHOD:PUBLISH. No personal data: the address may leak."""
    entries = [
        Event.new(
            uid=uid(visit, domain),
            stamp=now.astimezone(UTC),
            start=visit.starts_at.astimezone(WARSAW),
            end=visit.ends_at.astimezone(WARSAW),
            sequence=visit.revision,
            summary=f"{service_name(visit, services)} ({grouped(visit.number)})",
            status=STATUS.CONFIRMED,
            classification=CLASS.PRIVATE,
        )
        for visit in visits
    ]
    return _text("PUBLISH", entries, name)


def uid(visit: Visit, domain: str) -> str:
    """The visit's name for calendars; stays when the visit is moved or cancelled."""
    return f"wizyta-{visit.id}-{visit.number}@{domain}"


def service_name(visit: Visit, services: Mapping[str, Service]) -> str:
    """The service's name; its id when nobody offers it any more."""
    service = services.get(visit.service)
    return service.name if service else visit.service


def domain_of(address: str) -> str:
    """The part of an e-mail address behind the @."""
    return address.rpartition("@")[2] or "localhost"


def _entry(facts: Facts, recipient: str, mail_from: str, now: datetime, status: STATUS) -> Event:
    visit, office = facts.visit, facts.office
    return Event.new(
        uid=uid(visit, domain_of(mail_from)),
        stamp=now.astimezone(UTC),
        start=visit.starts_at.astimezone(WARSAW),
        end=visit.ends_at.astimezone(WARSAW),
        sequence=visit.revision,
        summary=f"{office.name}: {facts.service.name}",
        description=_description(facts),
        location=f"{facts.place}, {office.address}",
        status=status,
        organizer=_organizer(office, mail_from),
        attendees=[_attendee(recipient, facts.can_reply)],
    )


def _description(facts: Facts) -> str:
    lines = [f"Numer rezerwacji: {grouped(facts.visit.number)}"]
    if facts.service.bring:
        lines.append(facts.service.bring)
    lines.append(f"Odwołanie lub zmiana terminu: tel. {facts.office.phone}")
    return "\n".join(lines)


def _organizer(office: Office, mail_from: str) -> vCalAddress:
    return vCalAddress.new(mail_from, cn=office.name)


def _attendee(recipient: str, can_reply: bool) -> vCalAddress:
    """Who comes. Where replies are read, calendars ask, and "no" cancels the visit; elsewhere the
    resident, who booked it, has nothing to answer."""
    return vCalAddress.new(
        recipient,
        cutype=CUTYPE.INDIVIDUAL,
        partstat=PARTSTAT.NEEDS_ACTION if can_reply else PARTSTAT.ACCEPTED,
        role=ROLE.REQ_PARTICIPANT,
        rsvp=can_reply,
    )


def _text(method: str, entries: Sequence[Event], name: str | None = None) -> str:
    calendar = Calendar.new(prodid=PRODUCT, method=method, name=name, subcomponents=entries)
    calendar.pop("UID")  # made up anew each time: it would name nothing
    if name:
        calendar.refresh_interval = FEED_REFRESH
    years = [entry.DTSTART.year for entry in entries if isinstance(entry.DTSTART, datetime)]
    if years:  # a VTIMEZONE of the years that matter, not of all since 1970
        calendar.add_missing_timezones(date(min(years), 1, 1), date(max(years) + 1, 1, 1))
    return str(calendar.to_ical(), "utf-8")
