"""Adding an entry to a draft: a bookable service, a desk, a department."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.responses import Response

from staff_console.editor.entries import departments_of, with_department
from staff_console.editor.faults import EMPTY_PL
from staff_console.editor.forms import DEPARTMENT_FIELDS, DEPARTMENT_TEXTS, Sent, cleaned
from staff_console.editor.listing import topic_names
from staff_console.editor.names import DAYS_PL, page_of
from staff_console.editor.pages import EditorDesk, not_found, to_page, to_sign_in
from staff_console.editor.plan_form import (
    DESK_TEXTS,
    NUMBERS,
    SERVICE_FIELDS,
    id_from,
    ids_of,
    plan_faults,
    plan_view,
    with_desk,
    with_service,
)
from staff_console.editor.work import load_work, save_changed
from voice_gateway.errors import RequestError
from voice_gateway.records.staff import StaffAccount

NOTHING = Sent({}, {})


@dataclass(frozen=True, slots=True)
class Kind:
    """An entry that can be added. ``lists``: fields with one entry per line."""

    path: str
    template: str
    fields: Sequence[str]
    first: Mapping[str, str]
    taken: Callable[[str], Sequence[str]]
    change: Callable[[str, Mapping[str, str]], str]


SERVICE = Kind(
    "visits.yml",
    "editor_service.html",
    SERVICE_FIELDS,
    {"length_min": "20", "lead_min": "60", "ahead_days": "30", "per_person": "2",
     "needs_name": "true"},
    lambda body: ids_of(body, "services"),
    with_service,
)  # fmt: skip
DESK = Kind(
    "visits.yml",
    "editor_desk.html",
    (*DESK_TEXTS, "places"),
    {"places": "1"},
    lambda body: ids_of(body, "desks"),
    with_desk,
)
DEPARTMENT = Kind(
    "office.yml",
    "editor_department.html",
    DEPARTMENT_FIELDS,
    {},
    lambda body: [str(one.get("id")) for one in departments_of(body)],
    with_department,
)


class PlanRoutes:
    """The guided forms."""

    def __init__(self, desk: EditorDesk) -> None:
        self._desk = desk

    async def service_form(self, request: Request) -> Response:
        """The form of a service."""
        return await self._shown(request, SERVICE)

    async def add_service(self, request: Request) -> Response:
        """A service into the draft."""
        return await self._added(request, SERVICE)

    async def desk_form(self, request: Request) -> Response:
        """The form of a desk."""
        return await self._shown(request, DESK)

    async def add_desk(self, request: Request) -> Response:
        """A desk into the draft."""
        return await self._added(request, DESK)

    async def department_form(self, request: Request) -> Response:
        """The form of a department."""
        return await self._shown(request, DEPARTMENT)

    async def add_department(self, request: Request) -> Response:
        """A department into the draft."""
        return await self._added(request, DEPARTMENT)

    async def _shown(self, request: Request, kind: Kind) -> Response:
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        return await self._page(request, account, kind, kind.first, {})

    async def _added(self, request: Request, kind: Kind) -> Response:
        form = await request.form()
        account = await self._desk.poster(request, str(form.get("token", "")), "edit")
        fields = {name: _value(form.getlist(name), name) for name in kind.fields}
        faults = await self._faults(kind, fields)
        if not faults:
            try:
                await asyncio.to_thread(self._save, kind, fields, account.login)
            except RequestError as error:
                faults = {"": error.detail_pl}
            else:
                return to_page(f"{page_of(kind.path)}?done=added")
        return await self._page(request, account, kind, fields, faults, 422)

    def _save(self, kind: Kind, fields: Mapping[str, str], who: str) -> None:
        content = self._desk.content
        id_ = id_from(fields["name"], kind.taken(load_work(content, kind.path).body))

        def change(body: str) -> str:
            return kind.change(body, {**fields, "id": id_})

        save_changed(content, kind.path, NOTHING, change, who, self._desk.now())

    async def _faults(self, kind: Kind, fields: Mapping[str, str]) -> dict[str, str]:
        if kind is DEPARTMENT:
            return {name: EMPTY_PL for name in DEPARTMENT_TEXTS if not fields[name]}
        names = await self._desk.names()
        topics = await self._topics()
        return dict(plan_faults(fields, names.departments, topics))

    async def _topics(self) -> dict[str, str]:
        return await asyncio.to_thread(self._topics_now)

    def _topics_now(self) -> dict[str, str]:
        return topic_names(self._desk.content.bodies(), self._desk.pages.taxonomy)

    async def _page(
        self,
        request: Request,
        account: StaffAccount,
        kind: Kind,
        fields: Mapping[str, str],
        faults: Mapping[str, str],
        status: int = 200,
    ) -> Response:
        try:
            work = await asyncio.to_thread(load_work, self._desk.content, kind.path)
        except RequestError:
            raise not_found() from None
        values: dict[str, Any] = {
            "path": kind.path,
            "address": page_of(kind.path),
            "fields": {name: fields.get(name, "") for name in kind.fields},
            "faults": faults,
            "names": await self._desk.names(),
            "days": DAYS_PL,
        }
        if kind.path == "visits.yml":
            values |= {"view": plan_view(work.body), "numbers": NUMBERS}
            values |= {"topics": await self._topics()}
        return await self._desk.page(request, account, kind.template, values, status)


def _value(sent: Sequence[object], name: str) -> str:
    text = "\n".join(one for one in sent if isinstance(one, str) and one)
    return cleaned({"called": "departments.new.called"}.get(name, name), text)
