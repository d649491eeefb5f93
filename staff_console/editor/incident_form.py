"""Incident messages as the pages show and change them: plain functions over the file's text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from actions.check import MOST_SECONDS
from actions.office.calendar import WARSAW, to_local
from actions.office.incidents import Incident, Incidents, Phase
from actions.office.sentence import PLACEHOLDER
from staff_console.content import refusals
from staff_console.editor import yaml_edit
from staff_console.editor.advice import seconds
from staff_console.editor.faults import EMPTY_PL
from staff_console.editor.forms import cleaned, mark

PATH = "incidents.yml"
TEXT_FIELDS = ("text", "spoken", "from", "to", "owner", "source")
USUAL_LENGTH = timedelta(hours=6)
MOST_MESSAGES = 200
GONE_PL = "Ktoś zmienił albo usunął ten komunikat w tym czasie. Proszę otworzyć go jeszcze raz."
NO_MOMENT_PL = "Proszę podać dzień i godzinę."


@dataclass(frozen=True, slots=True)
class IncidentForm:
    """What somebody wrote. Moments are as the browser's field gives them: "2026-11-24T18:00"."""

    fields: Mapping[str, str]
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """A message in the list. ``mark``: of how it stands now, to tell whether it was changed."""

    incident: Incident
    phase: Phase
    mark: str
    seconds: float


def rows_of(body: str, now: datetime) -> list[IncidentRow]:
    """All messages: what is told now, what is planned (soonest first), what is over (last first).

    Raises pydantic's ``ValidationError`` for a file that the assistant could not read.
    """
    made = [_row(data, now) for data in entries(body)]
    current = [row for row in made if row.phase == "now"]
    planned = [row for row in made if row.phase == "planned"]
    past = [row for row in made if row.phase == "past"]
    return [
        *sorted(current, key=lambda row: row.incident.begins, reverse=True),
        *sorted(planned, key=lambda row: row.incident.begins),
        *sorted(past, key=lambda row: row.incident.ends, reverse=True),
    ]


def entries(body: str) -> list[dict[str, Any]]:
    """The messages as they stand in the file, all values text."""
    data = yaml_edit.load(body) if body else {}
    found = (data or {}).get("incidents") or []
    return list(found)


def entry_of(body: str, id_: str) -> dict[str, Any] | None:
    """One message, or None."""
    return next((one for one in entries(body) if one.get("id") == id_), None)


def mark_of(entry: Mapping[str, Any]) -> str:
    """A message in eight letters."""
    return mark(repr(sorted(entry.items())))


def empty_form(now: datetime, owner: str) -> IncidentForm:
    """A new message: it begins now."""
    begins = to_local(now)
    moments = {"from": field_moment(begins), "to": field_moment(begins + USUAL_LENGTH)}
    return IncidentForm({**dict.fromkeys(TEXT_FIELDS, ""), **moments, "owner": owner})


def form_of(entry: Mapping[str, Any]) -> IncidentForm:
    """A message that stands in the file, to be changed."""
    incident = Incident.model_validate(entry)
    fields = {name: str(entry.get(name, "")) for name in TEXT_FIELDS}
    moments = {"from": field_moment(incident.begins), "to": field_moment(incident.ends)}
    return IncidentForm({**fields, **moments}, incident.topics)


def sent_form(pairs: Sequence[tuple[str, str]]) -> IncidentForm:
    """From a form's pairs of name and value."""
    values = dict(pairs)
    fields = {name: cleaned(name, values.get(name, "")) for name in TEXT_FIELDS}
    return IncidentForm(fields, tuple(value for name, value in pairs if name == "topics"))


def form_faults(
    form: IncidentForm, departments: Collection[str], topics: Collection[str], now: datetime
) -> dict[str, str]:
    """Field -> what is wrong, in Polish."""
    fields = form.fields
    found = {name: EMPTY_PL for name in ("text", "spoken", "source") if not fields[name]}
    for name in ("text", "spoken"):
        if PLACEHOLDER.search(fields[name]):
            found[name] = "W komunikacie nie można używać nazw w nawiasach klamrowych."
    if fields["spoken"] and seconds(fields["spoken"]) > MOST_SECONDS:
        found["spoken"] = f"Czytanie trwa za długo, najwyżej {MOST_SECONDS:.0f} s."
    if fields["owner"] not in departments:
        found["owner"] = "Proszę wybrać wydział."
    begins, ends = moment_of(fields["from"]), moment_of(fields["to"])
    if begins is None:
        found["from"] = NO_MOMENT_PL
    if ends is None:
        found["to"] = NO_MOMENT_PL
    elif ends <= now:
        found["to"] = "Ta chwila już minęła."
    elif begins and ends <= begins:
        found["to"] = "Koniec musi być po początku."
    if unknown := [one for one in form.topics if one not in topics]:
        found["topics"] = f"Nie znam sprawy: {', '.join(unknown)}."
    return found


def with_message(body: str, id_: str, form: IncidentForm, before: str) -> str:
    """The file with a message added (``before`` empty) or changed.

    ``before``: the mark of the message as the person saw it. Raises ``RequestError``
    content-conflict when it is not so any more.
    """
    fields = form.fields
    begins, ends = moment_of(fields["from"]), moment_of(fields["to"])
    new = {
        "id": id_,
        "text": fields["text"],
        "spoken": fields["spoken"],
        "from": _written(begins),
        "to": _written(ends),
        "owner": fields["owner"],
        "source": fields["source"],
        **({"topics": list(form.topics)} if form.topics else {}),
    }
    kept = entries(body)
    if not before:
        if len(kept) >= MOST_MESSAGES:
            raise refusals.invalid([f"komunikatów jest {MOST_MESSAGES}; proszę usunąć dawne"])
        return _put(body, [*kept, new])
    _same(kept, id_, before)
    return _put(body, [new if one["id"] == id_ else one for one in kept])


def started(body: str, id_: str, before: str, now: datetime) -> str:
    """The file with a planned message told from now on."""
    return _changed(body, id_, before, {"from": _written(to_local(now))})


def stopped(body: str, id_: str, before: str, now: datetime) -> str:
    """The file with a message that is over."""
    return _changed(body, id_, before, {"to": _written(to_local(now))})


def without(body: str, id_: str, before: str) -> str:
    """The file without a message."""
    kept = entries(body)
    _same(kept, id_, before)
    return _put(body, [one for one in kept if one["id"] != id_])


def new_id(now: datetime, body: str) -> str:
    """An id that no message has: the moment it was made."""
    taken = {one.get("id") for one in entries(body)}
    first = f"k{to_local(now):%Y%m%d_%H%M%S}"
    more = (f"{first}_{number}" for number in range(2, MOST_MESSAGES + 2))
    return next(one for one in (first, *more) if one not in taken)


def moment_of(value: str) -> datetime | None:
    """What a browser's field of day and time gives, as an aware moment in Poland."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=WARSAW)


def field_moment(moment: datetime) -> str:
    """A moment for such a field."""
    return to_local(moment).strftime("%Y-%m-%dT%H:%M")


def _written(moment: datetime | None) -> str:
    return moment.isoformat(timespec="minutes") if moment else ""


def _row(data: dict[str, Any], now: datetime) -> IncidentRow:
    incident = Incident.model_validate(data)
    return IncidentRow(incident, incident.phase(now), mark_of(data), seconds(incident.spoken))


def _same(kept: Sequence[Mapping[str, Any]], id_: str, before: str) -> None:
    found = next((one for one in kept if one.get("id") == id_), None)
    if found is None or mark_of(found) != before:
        raise refusals.conflict(GONE_PL)


def _changed(body: str, id_: str, before: str, change: Mapping[str, str]) -> str:
    kept = entries(body)
    _same(kept, id_, before)
    return _put(body, [{**one, **change} if one["id"] == id_ else one for one in kept])


def _put(body: str, kept: Sequence[Mapping[str, Any]]) -> str:
    after = yaml_edit.put(body, ("incidents",), list(kept))
    Incidents.model_validate(yaml_edit.load(after))  # what we write can be read
    return after
