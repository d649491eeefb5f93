"""The plan of visits: services, desks and their calendars, read from ``nlu_data/visits.yml``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from actions.office.facts import load_office
from actions.office.files import Record, read_yaml
from visits.calendar import TICK_MIN, Desk, OfficeDays, start_ticks
from visits.values import Service, VisitError
from voice_gateway.errors import SetupError

_KINDS = {
    "missing": "brakuje tego pola",
    "extra_forbidden": "nie znam takiego pola",
    "string_type": "ma tu być tekst",
    "int_type": "ma tu być liczba",
    "int_parsing": "ma tu być liczba",
    "bool_type": "ma tu być true albo false",
    "bool_parsing": "ma tu być true albo false",
    "tuple_type": "ma tu być lista",
    "model_type": "mają tu być pola z wartościami",
    "dict_type": "mają tu być pola z wartościami",
    "mapping_type": "mają tu być pola z wartościami",
    "literal_error": "nie znam takiego dnia tygodnia",
    "date_from_datetime_parsing": "ma tu być data, np. 2027-06-30",
    "date_type": "ma tu być data, np. 2027-06-30",
    "too_short": "lista jest pusta",
    "string_too_short": "tekst jest pusty",
}


def _whole_ticks(minutes: int) -> int:
    if minutes % TICK_MIN:
        raise ValueError("liczba minut ma być wielokrotnością 5")
    return minutes


Positive = Annotated[int, Field(ge=1)]
Text = Annotated[str, Field(min_length=1)]


class Rules(Record):
    """What holds for all visits: how long a time is held and an offer stands (minutes), and
    after how many wrong proofs a number is locked for how long (minutes)."""

    hold_min: Positive = 5
    offer_min: Positive = 120
    number_tries: Positive = 10
    lock_min: Positive = 60


class ServiceEntry(Record):
    """A service as the file has it; see ``values.Service``."""

    id: Text
    topic: Text
    name: Text
    about: Text
    department: Text
    length_min: Annotated[Positive, AfterValidator(_whole_ticks)]
    lead_min: Annotated[int, Field(ge=0)]
    ahead_days: Positive
    per_person: Positive
    needs_name: bool
    desks: Annotated[tuple[str, ...], Field(min_length=1)]
    variant: str | None = None
    bring: str = ""

    def service(self) -> Service:
        """The value that the rest of the program uses."""
        return Service(**self.model_dump())


class PlanFile(Rules):
    """The whole file."""

    desks: tuple[Desk, ...]
    services: tuple[ServiceEntry, ...]


@dataclass(frozen=True)
class Plan:
    """Everything that decides which times exist. ``retired``, ``retired_desks``: services and
    desks no longer in the file, of which visits may be left."""

    rules: Rules
    office: OfficeDays
    services: Mapping[str, Service]
    desks: Mapping[str, Desk]
    retired: Mapping[str, Service] = field(default_factory=dict)
    retired_desks: Mapping[str, Desk] = field(default_factory=dict)

    def bookable(self, service_id: str) -> Service:
        """A service that can be booked. Raises ``visit-service-unknown``."""
        if service := self.services.get(service_id):
            return service
        raise VisitError("visit-service-unknown", "no such service")

    def known(self, service_id: str) -> Service:
        """A service, also one that is no longer offered. Raises ``KeyError``."""
        return self.services.get(service_id) or self.retired[service_id]

    def desks_of(self, service: Service) -> list[Desk]:
        """The desks at which a service is given."""
        return [self.desks[desk] for desk in service.desks]

    def starts(self, service: Service, desk: Desk, day: date) -> list[int]:
        """The ticks at which a visit of this service can start at this desk on a day."""
        return start_ticks(desk, self.office, day, service.length_min)


@dataclass(frozen=True)
class PlanSource:
    """A checked file and the office's days that it was checked with."""

    file: PlanFile
    office: OfficeDays

    def plan(self) -> Plan:
        """The plan that the file describes."""
        return Plan(
            Rules.model_validate(self.file.model_dump(include=set(Rules.model_fields))),
            self.office,
            {entry.id: entry.service() for entry in self.file.services},
            {desk.id: desk for desk in self.file.desks},
        )


def load_plan(path: Path, knowledge: Path | None = None) -> PlanSource:
    """Read and check the file at ``path``.

    ``knowledge``: the folder of ``office.yml``, ``taxonomy.yml`` and ``topics``, by default the
    file's own. Raises ``SetupError("setup-visits")`` that names the file and every wrong field.
    """
    folder = knowledge or path.parent
    try:
        data = read_yaml(path)
        office = load_office(folder / "office.yml")
        topics = read_yaml(folder / "taxonomy.yml")["topics"]
    except SetupError as error:
        raise SetupError("setup-visits", str(error)) from error
    try:
        source = PlanSource(PlanFile.model_validate(data), OfficeDays.of(office))
    except ValidationError as error:
        wrong_file = folder / "office.yml" if error.title == "OfficeDays" else path
        raise SetupError("setup-visits", f"{wrong_file}: {_told(error, data)}") from error
    departments = {department.id for department in office.departments}
    faults = [*_faults(source.file, topics, departments), *_variant_faults(source.file, folder)]
    if faults:
        raise SetupError("setup-visits", f"{path}: {'; '.join(faults)}")
    return source


def _told(error: ValidationError, data: Any) -> str:
    return "; ".join(
        f"{_place(e['loc'], data)}: {_what(e['type'], e['msg'], e.get('ctx', {}))}"
        for e in error.errors(include_input=False, include_url=False)
    )


def _place(loc: tuple[int | str, ...], data: Any) -> str:
    """``services.passport.length_min``: an entry by its id, which staff see, not by its place."""
    names: list[str] = []
    for part in loc:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            data = None
        named = isinstance(part, int) and isinstance(data, dict) and "id" in data
        names.append(str(data["id"] if named else part))
    return ".".join(names) or "plik"


def _what(kind: str, message: str, context: Mapping[str, Any]) -> str:
    if kind == "greater_than_equal":
        return f"ma tu być co najmniej {context['ge']}"
    if kind == "less_than_equal":
        return f"ma tu być najwyżej {context['le']}"
    return _KINDS.get(kind, message.removeprefix("Value error, "))


def _faults(file: PlanFile, topics: Mapping[str, Any], departments: Iterable[str]) -> Iterator[str]:
    desks = [desk.id for desk in file.desks]
    yield from _twice("desks", desks)
    yield from _twice("services", [service.id for service in file.services])
    kinds = [(s.topic, s.variant) for s in file.services]
    for service in file.services:
        here = f"services.{service.id}"
        if service.topic not in topics:
            yield f"{here}.topic: nie ma sprawy „{service.topic}” w taxonomy.yml"
        if service.department not in departments:
            yield f"{here}.department: nie ma wydziału „{service.department}” w office.yml"
        for desk in service.desks:
            if desk not in desks:
                yield f"{here}.desks: nie ma stanowiska „{desk}”"
        if kinds.count((service.topic, service.variant)) > 1:
            yield f"{here}.topic: inna usługa ma tę samą sprawę i odmianę"


def _twice(field_name: str, ids: Sequence[str]) -> Iterator[str]:
    for name, times in Counter(ids).items():
        if times > 1:
            yield f"{field_name}.{name}: to id jest użyte więcej niż raz"


def _variant_faults(file: PlanFile, folder: Path) -> Iterator[str]:
    for service in file.services:
        topic_file = folder / "topics" / f"{service.topic}.yml"
        if service.variant and topic_file.exists():
            variants = read_yaml(topic_file).get("variants", {})
            if service.variant not in variants:
                yield (
                    f"services.{service.id}.variant: nie ma odmiany „{service.variant}” "
                    f"w topics/{service.topic}.yml"
                )
