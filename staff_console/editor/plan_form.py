"""The plan of visits (``visits.yml``) as the fields of a form, and what came back as the file.

A field's name holds the id of its desk or service, not its place in the list:
``services.passport.length_min``. So it stays right when somebody adds or removes another one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.office.facts import WEEKDAYS, OpenHours
from polish.fold import fold
from staff_console.content import refusals
from staff_console.editor import yaml_edit
from staff_console.editor.yaml_edit import Bare, Key, Value
from visits.calendar import MOST_PLACES, TICK_MIN

RULES: Mapping[str, str] = {
    "hold_min": "Ile minut czeka zaproponowany termin na „tak”",
    "offer_min": "Ile minut ma osoba z listy rezerwowej",
    "number_tries": "Ile razy można się pomylić przy numerze rezerwacji",
    "lock_min": "Na ile minut blokujemy potem ten numer",
}
NUMBERS: Mapping[str, str] = {
    "length_min": "Ile minut trwa wizyta",
    "lead_min": "Najpóźniej ile minut przed wizytą można się umówić",
    "ahead_days": "Na ile dni naprzód",
    "per_person": "Ile wizyt może mieć jedna osoba",
}
SERVICE_TEXTS = ("name", "about", "bring")
SERVICE_FIELDS = (
    "name", "about", "topic", "variant", "department", *NUMBERS, "needs_name", "desks", "bring",
)  # fmt: skip
DESK_TEXTS = ("name", "where", "where_spoken")
OPTIONAL = frozenset({"bring", "variant"})
EMPTY_PL = "Proszę wypełnić to pole."
ID = re.compile(r"[a-z0-9_]{1,40}")
_BARE = re.compile(r"-?\d+|true|false")


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service on the page. ``place``: what its fields' names begin with."""

    id: str
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """What the page of the plan shows besides its fields."""

    services: Sequence[ServiceView]
    desks: Sequence[ServiceView]


def plan_view(body: str) -> PlanView:
    """Services and desks in the file's order."""
    data = yaml_edit.load(body) or {}
    return PlanView(_views(data, "services"), _views(data, "desks"))


def plan_fields(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name -> value of each field."""
    for name in RULES:
        yield name, _text(data.get(name))
    for one in _entries(data, "services"):
        place = f"services.{one.get('id')}"
        for name in SERVICE_FIELDS:
            value = one.get(name)
            yield f"{place}.{name}", "\n".join(value) if isinstance(value, list) else _text(value)
    for one in _entries(data, "desks"):
        place = f"desks.{one.get('id')}"
        for name in (*DESK_TEXTS, "places"):
            yield f"{place}.{name}", _text(one.get(name))
        hours = one.get("hours")
        for day in WEEKDAYS:
            value = _text(hours.get(day)) if isinstance(hours, dict) else ""
            yield f"{place}.hours.{day}", "" if value == "closed" else value
        yield f"{place}.breaks", "\n".join(one.get("breaks") or ())
        lines = (_exception_line(row) for row in one.get("exceptions") or ())
        yield f"{place}.exceptions", "\n".join(lines)


def with_plan_value(body: str, name: str, value: str) -> str:
    """The file with one field changed."""
    steps = name.split(".")
    if len(steps) == 1:
        return yaml_edit.put(body, (name,), _bare(value))
    way = _way(body, steps[:2])
    last = steps[2]
    if last == "hours":
        return _with_hours(body, way, steps[3], value)
    if last == "exceptions":
        rows = [_exception(line) for line in value.splitlines()]
        return _put_or_drop(body, (*way, last), rows)
    if last in ("desks", "breaks"):
        return _put_or_drop(body, (*way, last), value.splitlines())
    if last in OPTIONAL:
        return _put_or_drop(body, (*way, last), value)
    number = last in NUMBERS or last in ("needs_name", "places")
    return yaml_edit.put(body, (*way, last), _bare(value) if number else value)


def with_service(body: str, fields: Mapping[str, str]) -> str:
    """The file with a new service. Raises ``RequestError`` when there is one of its id."""
    _free(body, "services", fields["id"])
    row: dict[str, Value] = {"id": fields["id"]}
    for name in SERVICE_FIELDS:
        value = fields.get(name, "")
        if name == "desks":
            row[name] = value.splitlines()
        elif value or name not in OPTIONAL:
            row[name] = _bare(value) if name in (*NUMBERS, "needs_name") else value
    return _with_entry(body, "services", row)


def with_desk(body: str, fields: Mapping[str, str]) -> str:
    """The file with a new desk. Raises ``RequestError`` when there is one of its id."""
    _free(body, "desks", fields["id"])
    texts: dict[str, Value] = {name: fields[name] for name in DESK_TEXTS}
    return _with_entry(
        body, "desks", {"id": fields["id"], **texts, "places": _bare(fields["places"])}
    )


def without_entry(body: str, group: str, id_: str) -> str:
    """The file without a service or desk. A desk that a service needs is refused."""
    data = yaml_edit.load(body) or {}
    kept = [one for one in _entries(data, group) if one.get("id") != id_]
    if len(kept) == len(_entries(data, group)):
        raise refusals.unknown()
    if group == "desks":
        users = [one["name"] for one in _entries(data, "services") if id_ in one.get("desks", ())]
        if users:
            raise refusals.invalid([f"Przy tym stanowisku są jeszcze usługi: {', '.join(users)}."])
    return yaml_edit.put(body, (group,), kept)


def plan_faults(
    fields: Mapping[str, str], departments: Collection[str], topics: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """Field -> what is wrong. The rest is told by the check of the whole plan."""
    for name, value in fields.items():
        last = name.rpartition(".")[2]
        if last in NUMBERS or last in RULES or last == "places":
            yield from ((name, fault) for fault in _number_faults(last, value))
        elif last == "department" and value not in departments:
            yield name, "Proszę wybrać wydział."
        elif last == "topic" and topics and value not in topics:
            yield name, "Proszę wybrać sprawę."
        elif last == "desks" and not value:
            yield name, "Proszę wybrać co najmniej jedno stanowisko."
        elif last == "needs_name" and value not in ("true", "false"):
            yield name, "Proszę wybrać."
        elif last == "breaks" or ".hours." in name:
            yield from ((name, fault) for fault in _hours_faults(value))
        elif last == "exceptions":
            yield from ((name, fault) for fault in _exception_faults(value))
        elif last in (*SERVICE_TEXTS, *DESK_TEXTS) and not value and last not in OPTIONAL:
            yield name, EMPTY_PL


def id_from(name: str, taken: Collection[str]) -> str:
    """An id made of a name: "Pokój 12" -> "pokoj_12"; with a number when that is taken."""
    first = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")[:36].strip("_") or "nowe"
    more = (f"{first}_{number}" for number in range(2, 1000))
    return next(one for one in (first, *more) if one not in taken)


def ids_of(body: str, group: str) -> list[str]:
    """The ids of services or desks."""
    return [str(one.get("id")) for one in _entries(yaml_edit.load(body) or {}, group)]


def _number_faults(name: str, value: str) -> Iterator[str]:
    least = 0 if name == "lead_min" else 1
    if not value.isdecimal() or int(value) < least:
        yield f"Proszę wpisać liczbę, co najmniej {least}."
    elif name == "length_min" and int(value) % TICK_MIN:
        yield f"Długość ma być wielokrotnością {TICK_MIN} minut."
    elif name == "places" and int(value) > MOST_PLACES:
        yield f"Najwyżej {MOST_PLACES}."


def _hours_faults(value: str) -> Iterator[str]:
    for line in value.splitlines():
        try:
            hours = OpenHours.of(line)
        except ValueError:
            hours = None
        if hours is None:
            yield f"„{line}”: godziny pisze się tak: 12:00-12:20."
        elif any(at.minute % TICK_MIN for at in hours):
            yield f"„{line}”: godziny mają być wielokrotnością {TICK_MIN} minut."


def _exception_faults(value: str) -> Iterator[str]:
    for line in value.splitlines():
        row = _exception(line)
        try:
            date.fromisoformat(row["date"])
        except ValueError:
            yield f"„{line}”: na początku ma stać data, na przykład 2026-12-23."
            continue
        if row["hours"] != "closed":
            yield from _hours_faults(row["hours"])
        if not row["reason"]:
            yield f"{row['date']}: proszę podać powód."


def _exception_line(row: Mapping[str, Any]) -> str:
    hours = _text(row.get("hours"))
    shown = "nieczynne" if hours in ("", "closed") else hours
    return f"{_text(row.get('date'))} | {shown} | {_text(row.get('reason'))}"


def _exception(line: str) -> dict[str, str]:
    day, hours, reason = ([cell.strip() for cell in line.split("|", 2)] + ["", ""])[:3]
    closed = hours in ("", "nieczynne")
    return {"date": day, "hours": "closed" if closed else hours, "reason": reason}


def _with_hours(body: str, way: Sequence[Key], day: str, value: str) -> str:
    if value:
        return yaml_edit.put(body, (*way, "hours", day), value)
    after = yaml_edit.drop(body, (*way, "hours", day))
    desk = yaml_edit.load(after)
    for step in way:
        desk = desk[step]
    # No day at all: the office's hours, and no field says so.
    return after if desk.get("hours") else yaml_edit.drop(after, (*way, "hours"))


def _put_or_drop(body: str, way: Sequence[Key], value: Value) -> str:
    return yaml_edit.put(body, way, value) if value else yaml_edit.drop(body, way)


def _with_entry(body: str, group: str, row: Mapping[str, Value]) -> str:
    data = yaml_edit.load(body) or {}
    return yaml_edit.put(body, (group,), [*_entries(data, group), row])


def _free(body: str, group: str, id_: str) -> None:
    if not ID.fullmatch(id_) or id_ in ids_of(body, group):
        raise refusals.conflict("Taki wpis już jest w planie.")


def _way(body: str, steps: Sequence[str]) -> tuple[Key, ...]:
    group, id_ = steps
    return group, ids_of(body, group).index(id_)


def _views(data: Mapping[str, Any], group: str) -> list[ServiceView]:
    found = _entries(data, group)
    return [ServiceView(one["id"], _text(one.get("name")), f"{group}.{one['id']}") for one in found]


def _entries(data: Mapping[str, Any], group: str) -> list[dict[str, Any]]:
    found = data.get(group)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _bare(value: str) -> Value:
    """A number or true/false, which stands without quotes; anything else is told at the check."""
    return Bare(value) if _BARE.fullmatch(value) else value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
