"""Entries of files that hold lists: services and desks of the plan, the office's departments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from staff_console.content import refusals
from staff_console.editor import yaml_edit
from staff_console.editor.forms import DEPARTMENT_TEXTS
from staff_console.editor.plan_form import ID, without_entry
from staff_console.editor.yaml_edit import Value

INFORMATION = "informacja"  # callers whom nothing else fits are sent there


def removed(path: str, what: str, body: str) -> str:
    """A file without an entry: "services.passport", "departments.usc". Raises ``RequestError``."""
    group, _, id_ = what.partition(".")
    if path == "visits.yml" and group in ("services", "desks"):
        return without_entry(body, group, id_)
    if path == "office.yml" and group == "departments":
        return without_department(body, id_)
    raise refusals.unknown()


def departments_of(body: str) -> list[dict[str, Any]]:
    """The departments of ``office.yml``, all values text."""
    return list((yaml_edit.load(body) or {}).get("departments") or ())


def with_department(body: str, fields: Mapping[str, str]) -> str:
    """The office's file with a new department. Raises ``RequestError`` when its id is taken."""
    kept = departments_of(body)
    if not ID.fullmatch(fields["id"]) or fields["id"] in [one.get("id") for one in kept]:
        raise refusals.conflict("Taki wydział już jest.")
    texts: dict[str, Value] = {name: fields[name] for name in DEPARTMENT_TEXTS}
    row: dict[str, Value] = {"id": fields["id"], **texts}
    if called := fields.get("called", "").splitlines():
        row["called"] = called
    return yaml_edit.put(body, ("departments",), [*kept, row])


def without_department(body: str, id_: str) -> str:
    """The office's file without a department. Who still needs it is told when it is published."""
    if id_ == INFORMATION:
        raise refusals.invalid(["Tego wydziału nie można usunąć: do niego trafiają wszyscy inni."])
    kept = departments_of(body)
    left = [one for one in kept if one.get("id") != id_]
    if len(left) == len(kept):
        raise refusals.unknown()
    return yaml_edit.put(body, ("departments",), left)
