"""Incident messages: what is told first now, what is planned, and what was told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import Form, Request
from pydantic import ValidationError
from starlette.responses import Response

from staff_console.content import refusals
from staff_console.editor import incident_form as forms
from staff_console.editor.incident_form import PATH, IncidentForm
from staff_console.editor.listing import topic_names
from staff_console.editor.pages import INFORMATION, EditorDesk, not_found, to_page, to_sign_in
from voice_gateway.errors import RequestError
from voice_gateway.records.staff import StaffAccount

LIST = "/staff/content/incidents"
PAST_SHOWN = 20
DONE_PL = {
    "added": "Komunikat jest zapisany. Asystent mówi go od chwili, którą podano.",
    "changed": "Komunikat jest zmieniony.",
    "started": "Komunikat już się zaczął: asystent mówi go w każdej nowej rozmowie.",
    "stopped": "Komunikat jest zakończony: asystent już go nie mówi.",
    "removed": "Komunikat jest usunięty.",
}
REASONS_PL = {
    "added": "nowy komunikat",
    "changed": "zmiana komunikatu",
    "started": "komunikat zaczęty od razu",
    "stopped": "komunikat zakończony",
    "removed": "komunikat usunięty",
}
BROKEN_PL = "Pliku komunikatów nie da się odczytać. Proszę poprawić go w pliku incidents.yml."


class IncidentRoutes:
    """The list and the form."""

    def __init__(self, desk: EditorDesk) -> None:
        self._desk = desk

    async def messages(self, request: Request, done: str = "") -> Response:
        """All messages."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        return await self._list(request, account, {"done": DONE_PL.get(done, "")})

    async def new(self, request: Request) -> Response:
        """The form of a new message, which begins now."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        form = forms.empty_form(self._desk.now(), account.department or INFORMATION)
        return await self._form(request, account, form, {})

    async def edit(self, request: Request, id_: str) -> Response:
        """The form of a message."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        entry = forms.entry_of(await self._body(), id_)
        if entry is None:
            raise not_found()
        try:
            form = forms.form_of(entry)
        except ValidationError:
            raise RequestError("content-invalid", BROKEN_PL, status=422) from None
        more = {"id": id_, "before": forms.mark_of(entry)}
        return await self._form(request, account, form, more)

    async def save(self, request: Request) -> Response:
        """A message, new or changed; told from the moment that it names."""
        sent = await request.form()
        account = await self._desk.poster(request, str(sent.get("token", "")), "edit")
        form = forms.sent_form([(k, v) for k, v in sent.multi_items() if isinstance(v, str)])
        id_, before = str(sent.get("id", "")), str(sent.get("before", ""))
        names, now = await self._desk.names(), self._desk.now()
        more: dict[str, Any] = {"id": id_, "before": before}
        faults = forms.form_faults(form, names.departments, await self._topics(), now)
        if faults:
            return await self._form(request, account, form, {**more, "faults": faults}, 422)
        deed = "changed" if before else "added"
        wanted = id_ if before else forms.new_id(now, await self._body())
        change = partial(forms.with_message, id_=wanted, form=form, before=before)
        try:
            await self._amend(change, deed, account.login, now)
        except RequestError as error:
            values = {**more, "error": error.detail_pl}
            return await self._form(request, account, form, values, error.status)
        return to_page(f"{LIST}?done={deed}")

    async def decide(
        self,
        request: Request,
        id_: Annotated[str, Form(alias="id")] = "",
        before: Annotated[str, Form()] = "",
        deed: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        """Start a planned message now, stop one, remove one."""
        account = await self._desk.poster(request, token, "edit")
        now = self._desk.now()
        deeds: Mapping[str, Callable[[str], str]] = {
            "started": partial(forms.started, id_=id_, before=before, now=now),
            "stopped": partial(forms.stopped, id_=id_, before=before, now=now),
            "removed": partial(forms.without, id_=id_, before=before),
        }
        if deed not in deeds:
            raise not_found()
        try:
            await self._amend(deeds[deed], deed, account.login, now)
        except RequestError as error:
            return await self._list(request, account, {"error": error.detail_pl}, error.status)
        return to_page(f"{LIST}?done={deed}")

    async def _amend(
        self, change: Callable[[str], str], deed: str, who: str, now: datetime
    ) -> None:
        def checked(body: str) -> str:
            try:
                return change(body)
            except ValidationError:
                raise refusals.invalid([BROKEN_PL]) from None

        amend = self._desk.content.amend
        await asyncio.to_thread(amend, PATH, checked, REASONS_PL[deed], who, now)

    async def _body(self) -> str:
        try:
            return (await asyncio.to_thread(self._desk.content.live, PATH)).body
        except RequestError:  # no such file yet
            return ""

    async def _topics(self) -> dict[str, str]:
        return await asyncio.to_thread(self._topics_now)

    def _topics_now(self) -> dict[str, str]:
        return topic_names(self._desk.content.bodies(), self._desk.pages.taxonomy)

    async def _list(
        self, request: Request, account: StaffAccount, more: Mapping[str, Any], status: int = 200
    ) -> Response:
        rows, error = [], more.get("error", "")
        try:
            rows = forms.rows_of(await self._body(), self._desk.now())
        except ValidationError:
            error = BROKEN_PL
        values = {
            "now_rows": [row for row in rows if row.phase == "now"],
            "planned_rows": [row for row in rows if row.phase == "planned"],
            "past_rows": [row for row in rows if row.phase == "past"][:PAST_SHOWN],
            "names": await self._desk.names(),
            "topics": await self._topics(),
            **more,
            "error": error,
        }
        return await self._desk.page(request, account, "editor_incidents.html", values, status)

    async def _form(
        self,
        request: Request,
        account: StaffAccount,
        form: IncidentForm,
        more: Mapping[str, Any],
        status: int = 200,
    ) -> Response:
        values = {
            "path": PATH,
            "fields": form.fields,
            "chosen": form.topics,
            "topics": await self._topics(),
            "names": await self._desk.names(),
            "spoken_values": {},
            "faults": {},
            "id": "",
            "before": "",
            **more,
        }
        return await self._desk.page(request, account, "editor_incident.html", values, status)
