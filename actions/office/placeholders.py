"""The values of ``{placeholders}`` in answers, for one moment and one department."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from actions.office.facts import Department, Office
from actions.office.hours import HoursAnswers
from actions.office.sentence import Sentence, same

# Names an answer may use.
NAMES = frozenset(
    "office office_genitive office_locative city city_locative address directions accessibility "
    "phone email website hours_today hours_week opens department "
    "department_locative department_instrumental department_phone department_email "
    "department_desk".split()
)


def values(
    office: Office, hours: HoursAnswers, department: Department, now: datetime
) -> dict[str, Sentence]:
    """All placeholders, each in its shown and its spoken form."""
    return {
        **_office(office),
        **_department(department),
        "hours_today": hours.today(now),
        "hours_week": hours.week(),
        "opens": same(hours.next_opening(now)),
    }


def _office(office: Office) -> Mapping[str, Sentence]:
    return {
        "office": same(office.name),
        "office_genitive": same(office.name_genitive),
        "office_locative": same(office.name_locative),
        "city": same(office.city),
        "city_locative": same(office.city_locative),
        "address": Sentence(office.address, office.address_spoken),
        "directions": Sentence(office.directions, office.directions_spoken),
        "accessibility": Sentence(office.accessibility, office.accessibility_spoken),
        "phone": same(office.phone),
        "email": same(office.email),
        "website": same(office.website),
    }


def _department(department: Department) -> Mapping[str, Sentence]:
    return {
        "department": same(department.name),
        "department_locative": same(department.locative),
        "department_instrumental": same(department.instrumental),
        "department_phone": same(department.phone),
        "department_email": same(department.email),
        "department_desk": Sentence(department.desk, department.desk_spoken),
    }
