"""What must be put right in a form before it can be published, field by field."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from actions.office.facts import OpenHours
from actions.office.placeholders import NAMES
from actions.office.sentence import PLACEHOLDER
from staff_console.editor.forms import ANSWER_FIELDS, NAME_FIELDS, OFFICE_FIELDS, exceptions_of
from staff_console.editor.plan_form import plan_faults

EMPTY_PL = "Proszę wypełnić to pole."
DATE_PL = "Proszę podać datę."
HOURS_PL = "Godziny pisze się tak: 8:00-16:00. Dzień nieczynny: proszę zostawić puste pole."
OFFERED = (2, 3)


def faults_of(path: str, fields: Mapping[str, str], departments: Collection[str]) -> dict[str, str]:
    """Field -> what is wrong, in Polish. The rest is checked when it is published."""
    kind = path.split("/", maxsplit=1)[0]
    if kind == "topics":
        return dict(_topic(fields, departments))
    if kind == "office.yml":
        return dict(_office(fields))
    if kind == "visits.yml":
        return dict(plan_faults(fields, departments))
    return {name: EMPTY_PL for name, value in fields.items() if not value}


def answer_faults(
    place: str, fields: Mapping[str, str], departments: Collection[str]
) -> Iterator[tuple[str, str]]:
    """What is wrong with one answer."""
    value = {name: fields.get(f"{place}.{name}", "") for name in ANSWER_FIELDS}
    for name in ("text", "spoken"):
        unknown = [one for one in PLACEHOLDER.findall(value[name]) if one not in NAMES]
        if not value[name]:
            yield f"{place}.{name}", EMPTY_PL
        elif unknown:
            yield f"{place}.{name}", f"Nie znam nazwy w nawiasach: {{{unknown[0]}}}."
    if value["owner"] not in departments:
        yield f"{place}.owner", "Proszę wybrać wydział."
    if not (value["legal_basis"] or value["source"]):
        yield f"{place}.legal_basis", "Proszę podać podstawę prawną albo źródło."
    yield from _dates(place, value["checked_on"], value["valid_until"])


def _dates(place: str, checked_on: str, valid_until: str) -> Iterator[tuple[str, str]]:
    wrong = {name for name, value in (("checked_on", checked_on), ("valid_until", valid_until))
             if not _is_date(value)}  # fmt: skip
    yield from ((f"{place}.{name}", DATE_PL) for name in sorted(wrong))
    if not wrong and valid_until < checked_on:
        yield f"{place}.valid_until", "Ta data jest wcześniejsza niż dzień sprawdzenia."


def _topic(fields: Mapping[str, str], departments: Collection[str]) -> Iterator[tuple[str, str]]:
    for name in (*NAME_FIELDS, "called"):
        if not fields.get(name):
            yield name, EMPTY_PL
    least, most = OFFERED
    if not least <= len(fields.get("offer", "").splitlines()) <= most:
        yield "offer", "Proszę wybrać dwie albo trzy części sprawy."
    for name, value in fields.items():
        if (name.startswith("questions.") or name.endswith(".called")) and not value:
            yield name, EMPTY_PL
        if name.endswith(".text"):
            yield from answer_faults(name.removesuffix(".text"), fields, departments)


def _office(fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if name.startswith("hours.") and value and not _is_hours(value):
            yield name, HOURS_PL
        optional = name.endswith(".called")
        if (name in OFFICE_FIELDS or name.startswith("departments.")) and not (value or optional):
            yield name, EMPTY_PL
    for day, hours, reason in exceptions_of(fields.get("exceptions", "")):
        if not _is_date(day):
            yield "exceptions", f"„{day}” nie jest datą."
        elif hours and not _is_hours(hours):
            yield "exceptions", f"{day}: {HOURS_PL}"
        elif not reason:
            yield "exceptions", f"{day}: proszę podać powód."


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_hours(value: str) -> bool:
    try:
        return OpenHours.of(value) is not None
    except ValueError:
        return False
