"""Adding: a question with its answer to a topic, and a topic."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from fastapi import Request
from starlette.responses import Response

from actions.check import QUESTIONS
from actions.office import own_topics
from actions.office.files import read_yaml
from actions.office.own_topics import is_own, own_id
from staff_console.editor.faults import EMPTY_PL, answer_faults
from staff_console.editor.forms import ANSWER_FIELDS, NAME_FIELDS, cleaned
from staff_console.editor.names import file_name, page_of
from staff_console.editor.pages import EditorDesk, not_found, to_page, to_sign_in
from staff_console.editor.topic_form import new_topic, view_of, with_aspect
from staff_console.editor.work import Work, load_work
from voice_gateway.errors import RequestError
from voice_gateway.records.staff import StaffAccount

SHORT = 100


class AddRoutes:
    """The guided forms."""

    def __init__(self, desk: EditorDesk) -> None:
        self._desk = desk

    async def aspect_form(self, request: Request, topic: str) -> Response:
        """The form of an aspect that the topic does not have yet."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        work = await asyncio.to_thread(self._work, topic)
        fields = {"owner": work.fields["department"], "checked_on": str(self._desk.today())}
        return await self._aspect_page(request, account, work, fields, {})

    async def add_aspect(self, request: Request, topic: str) -> Response:
        """Into the draft."""
        form = await request.form()
        account = await self._desk.poster(request, str(form.get("token", "")), "edit")
        work = await asyncio.to_thread(self._work, topic)
        fields = {
            name: cleaned(name, str(form.get(name, ""))) for name in (*ANSWER_FIELDS, "aspect")
        }
        fields["questions"] = cleaned("questions", str(form.get("questions", "")))
        questions = fields["questions"].splitlines()
        names = await self._desk.names()
        missing = view_of(work.body, names).missing
        faults = await self._faults(fields, questions, missing, _least(topic))
        if not faults:
            body = with_aspect(work.body, fields["aspect"], questions, fields)
            error = await self._saved(work, body, account)
            if error is None:
                return to_page(f"{page_of(work.path)}?done=added")
            faults = {"": error}
        return await self._aspect_page(request, account, work, fields, faults, 422)

    async def topic_form(self, request: Request) -> Response:
        """The form of a new topic: a city's own, or one of the list that has no file yet."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        return await self._topic_page(request, account, {}, {})

    async def add_topic(self, request: Request) -> Response:
        """A new file, as a draft."""
        form = await request.form()
        account = await self._desk.poster(request, str(form.get("token", "")), "edit")
        fields = {
            name: cleaned(name, str(form.get(name, "")))[:SHORT] for name in (*NAME_FIELDS, "id")
        }
        faults = {name: EMPTY_PL for name in NAME_FIELDS if not fields[name]}
        if fault := await asyncio.to_thread(self._id_fault, fields):
            faults[fault[0]] = fault[1]
        if not faults:
            topic = fields["id"] or own_id(fields["name"])
            path = f"topics/{topic}.yml"
            body = new_topic(topic, fields)
            error = await self._saved(Work(path, None, None), body, account)
            if error is None:
                return to_page(f"{page_of(path)}?done=added")
            faults = {"": error}
        return await self._topic_page(request, account, fields, faults, 422)

    def _work(self, topic: str) -> Work:
        try:
            return load_work(self._desk.content, f"topics/{topic}.yml")
        except RequestError:
            raise not_found() from None

    async def _saved(self, work: Work, body: str, account: StaffAccount) -> str | None:
        """Save the draft; why it was refused, else None."""
        revision = work.draft.revision if work.draft else 0
        place = (work.path, body, revision, account.login, self._desk.now())
        try:
            await asyncio.to_thread(self._desk.content.save_draft, *place)
        except RequestError as error:
            return f"{error.detail_pl} Proszę wysłać formularz jeszcze raz."
        return None

    async def _faults(
        self,
        fields: Mapping[str, str],
        questions: Sequence[str],
        missing: Sequence[tuple[str, str]],
        least: int,
    ) -> dict[str, str]:
        departments = (await self._desk.names()).departments
        answer = {f"answer.{name}": fields[name] for name in ANSWER_FIELDS}
        found = {
            name.removeprefix("answer."): fault
            for name, fault in answer_faults("answer", answer, departments)
        }
        if fields["aspect"] not in dict(missing):
            found["aspect"] = "Proszę wybrać część sprawy z listy."
        if len(questions) < least:
            found["questions"] = (
                f"Proszę wpisać więcej pytań: najmniej {least}, teraz {len(questions)}."
            )
        return found

    async def _aspect_page(
        self,
        request: Request,
        account: StaffAccount,
        work: Work,
        fields: Mapping[str, str],
        faults: Mapping[str, str],
        status: int = 200,
    ) -> Response:
        names = await self._desk.names()
        values = {
            "title": file_name(work.path, work.body),
            "path": work.path,
            "address": page_of(work.path),
            "missing": view_of(work.body, names).missing,
            "least": _least(work.path.removeprefix("topics/").removesuffix(".yml")),
            "names": names,
            "fields": {
                name: fields.get(name, "") for name in (*ANSWER_FIELDS, "aspect", "questions")
            },
            "faults": faults,
            "spoken_values": await asyncio.to_thread(
                self._desk.spoken_values, work.fields["department"]
            ),
        }
        return await self._desk.page(request, account, "editor_add.html", values, status)

    def _id_fault(self, fields: Mapping[str, str]) -> tuple[str, str] | None:
        """Why a topic with these fields cannot have its id: the field and the reason."""
        if fields["id"]:
            known = fields["id"] in self._free()
            return None if known else ("id", "Proszę wybrać sprawę z listy.")
        topic = own_id(fields["name"])
        if fields["name"] and not topic:
            return "name", "Nazwa musi mieć litery albo cyfry."
        if topic and f"topics/{topic}.yml" in self._taken():
            return "name", "Sprawa o takiej nazwie już jest."
        return None

    def _taken(self) -> set[str]:
        content = self._desk.content
        return {*content.paths(), *(draft.path for draft in content.drafts())}

    def _free(self) -> dict[str, str]:
        """Ids that a topic can still have, with what each covers."""
        known: Mapping[str, str] = read_yaml(self._desk.pages.taxonomy)["topics"]
        taken = self._taken()
        return {one: what for one, what in known.items() if f"topics/{one}.yml" not in taken}

    async def _topic_page(
        self,
        request: Request,
        account: StaffAccount,
        fields: Mapping[str, str],
        faults: Mapping[str, str],
        status: int = 200,
    ) -> Response:
        values = {
            "free": await asyncio.to_thread(self._free),
            "names": await self._desk.names(),
            "fields": {name: fields.get(name, "") for name in (*NAME_FIELDS, "id")},
            "faults": faults,
        }
        return await self._desk.page(request, account, "editor_new.html", values, status)


def _least(topic: str) -> int:
    """How many questions an answer needs at least."""
    return own_topics.LEAST_QUESTIONS if is_own(topic) else QUESTIONS[0]
