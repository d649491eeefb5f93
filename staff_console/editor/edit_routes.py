"""Editing one file: its form, saving, publishing, and what the form's script asks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import yaml
from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from staff_console.content.origins import Origin, origin_of
from staff_console.editor import yaml_edit
from staff_console.editor.advice import (
    Advice,
    Asked,
    advise,
    advise_date,
    advise_questions,
    seconds,
)
from staff_console.editor.compare import Difference, difference, differences
from staff_console.editor.entries import removed
from staff_console.editor.faults import faults_of
from staff_console.editor.forms import (
    Fields,
    Sent,
    exceptions_of,
    mark,
    marks_of,
    sent,
    sentence_places,
)
from staff_console.editor.listen import Listening
from staff_console.editor.listing import alike_index, all_questions, topic_names
from staff_console.editor.names import DAYS_PL, Names, file_name, page_of, sentence_name
from staff_console.editor.pages import (
    INFORMATION,
    EditorDesk,
    filled,
    moment,
    not_found,
    to_page,
    to_sign_in,
    unkept,
)
from staff_console.editor.plan_form import NUMBERS, RULES, plan_view
from staff_console.editor.topic_form import view_of
from staff_console.editor.work import CONFLICT, Work, load_work, save, save_changed
from staff_console.rights import may
from voice_gateway.errors import RequestError
from voice_gateway.problems import problem
from voice_gateway.records.staff import StaffAccount

DONE_PL = {
    "saved": "Szkic jest zapisany. Mieszkańcy nadal słyszą starą treść, aż do opublikowania.",
    "live": "Opublikowano. Asystent odpowiada tak od teraz.",
    "pending": "Wysłano do zatwierdzenia. Zmiana dotyczy opłat, terminów albo praw, więc musi ją "
    "zatwierdzić druga osoba. Do tego czasu mieszkańcy słyszą starą treść.",
    "dropped": "Szkic jest usunięty. W formularzu stoi treść, która obowiązuje.",
    "kept": "Szkic jest zachowany i można go opublikować.",
    "added": "Dodano do szkicu. Proszę sprawdzić i opublikować.",
    "removed": "Usunięto ze szkicu. Proszę sprawdzić i opublikować.",
    "off": "Sprawa jest wyłączona: asystent od teraz proponuje rozmowę z pracownikiem.",
    "on": "Sprawa jest włączona: asystent znów o niej mówi.",
}
REMOVE = "remove "  # a deed: "remove services.passport"
SWITCH_REASON_PL = "Proszę napisać, dlaczego sprawa ma być wyłączona albo włączona."
NO_REASON_PL = "Proszę napisać, dlaczego zmieniamy treść."
LONGEST_REASON = 300
MOST_FIELDS = 5000
LONGEST_TEXT = 8000
SPARE_ROWS = 2  # empty rows for new exceptions, where no script adds them


class AdviceQuestion(BaseModel):
    """What a form's script asks while somebody writes. ``place``: "answers.cost"."""

    path: str = Field(max_length=100)
    place: str = Field("", max_length=200)
    text: str = Field("", max_length=LONGEST_TEXT)
    spoken: str = Field("", max_length=LONGEST_TEXT)
    valid_until: str = Field("", max_length=20)
    field: str = Field("", max_length=200)
    questions: str | None = Field(None, max_length=20_000)


class ListenQuestion(BaseModel):
    """A text to be heard. ``path``: of the file, for its department's telephone and room."""

    spoken: str = Field(max_length=LONGEST_TEXT)
    path: str = Field("", max_length=100)


class PageQuestion(BaseModel):
    """Which file somebody has open."""

    path: str = Field(max_length=100)


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed: what this person wrote, and what stands there now."""

    field: str
    difference: Difference


class EditRoutes:
    """The pages with a form of one file."""

    def __init__(self, desk: EditorDesk) -> None:
        self._desk = desk
        self._listening = Listening(desk.pages.listen)

    async def topic(self, request: Request, topic: str, done: str = "") -> Response:
        """A topic."""
        return await self._shown(request, f"topics/{topic}.yml", done)

    async def act(self, request: Request, act: str, done: str = "") -> Response:
        """What is said to "thank you", "help" and the like."""
        return await self._shown(request, f"acts/{act}.yml", done)

    async def sentences(self, request: Request, file: str, done: str = "") -> Response:
        """The fixed sentences or those of the dialogue."""
        if file not in ("system", "dialogue"):
            raise not_found()
        return await self._shown(request, f"{file}.yml", done)

    async def office(self, request: Request, done: str = "") -> Response:
        """Hours and telephones."""
        return await self._shown(request, "office.yml", done)

    async def post_topic(self, request: Request, topic: str) -> Response:
        """A topic's form."""
        return await self._taken(request, f"topics/{topic}.yml")

    async def post_act(self, request: Request, act: str) -> Response:
        """An act's form."""
        return await self._taken(request, f"acts/{act}.yml")

    async def post_sentences(self, request: Request, file: str) -> Response:
        """The form of the sentences."""
        if file not in ("system", "dialogue"):
            raise not_found()
        return await self._taken(request, f"{file}.yml")

    async def visits(self, request: Request, done: str = "") -> Response:
        """What can be booked, and where."""
        return await self._shown(request, "visits.yml", done)

    async def post_visits(self, request: Request) -> Response:
        """The form of the plan of visits."""
        return await self._taken(request, "visits.yml")

    async def switch(self, request: Request, topic: str) -> Response:
        """A topic off at once, or on again."""
        form = await _form(request)
        account = await self._desk.poster(request, form.take("token"), "edit")
        path, active = f"topics/{topic}.yml", form.take("active") == "yes"
        reason = form.take("reason").strip()[:LONGEST_REASON]
        error = RequestError("content-reason", SWITCH_REASON_PL, status=422)
        if reason:
            place = (path, active, reason, account.login, self._desk.now())
            try:
                await asyncio.to_thread(self._desk.content.set_active, *place)
            except RequestError as refused:
                error = refused
            else:
                return to_page(f"{page_of(path)}?done={'on' if active else 'off'}")
        work = await asyncio.to_thread(self._load, path)
        values = {"switch_error": error.detail_pl, "switch_reason": reason}
        return await self._page(request, account, work, values, status=error.status)

    async def post_office(self, request: Request) -> Response:
        """The office's form."""
        return await self._taken(request, "office.yml")

    async def save(self, request: Request) -> Response:
        """Autosave: the fields that were touched, with the marks of what was there before."""
        form = await _form(request)
        account = await self._desk.poster(request, form.take("token"), "edit")
        path, came = form.take("path"), form.sent()
        if not page_of(path):
            raise not_found()
        saved = await asyncio.to_thread(
            save, self._desk.content, path, came, account.login, self._desk.now()
        )
        who = await self._who(saved.work)
        if saved.clashes:
            return problem(409, CONFLICT, f"W tym czasie zapisał(a) zmiany: {who}.")
        fields = saved.work.fields
        touched = came.touched()
        others = {
            name: value
            for name, value in fields.items()
            if name not in touched and came.marks.get(name, mark(value)) != mark(value)
        }
        shown = {name: fields[name] for name in (*touched, *others) if name in fields}
        draft = saved.work.draft
        answer = {
            "saved_at": moment(draft.saved_at) if draft else "",
            "marks": marks_of(shown),
            "others": others,
            "who": who,
        }
        return unkept(JSONResponse(answer))

    async def editing(self, request: Request, asked: PageQuestion) -> Response:
        """Who else has the page open."""
        account = await self._desk.asker(request, "look")
        if not may(account.role, "edit"):
            return unkept(
                JSONResponse({"others": []})
            )  # somebody who only looks is in nobody's way
        others = await asyncio.to_thread(
            self._desk.content.editing, asked.path, account.login, self._desk.now()
        )
        names = await self._desk.people(others)
        return unkept(JSONResponse({"others": list(names.values())}))

    async def advice(self, request: Request, asked: AdviceQuestion) -> Response:
        """Advice on what stands in the form, and how long reading it takes."""
        await self._desk.asker(request, "look")
        found, length = await asyncio.to_thread(self._advised, asked)
        shown = [
            {"code": a.code, "text": a.text_pl, "field": a.field, "mine": a.mine, "other": a.other}
            for a in found
        ]
        return unkept(JSONResponse({"advice": shown, "seconds": length}))

    def _advised(self, asked: AdviceQuestion) -> tuple[list[Advice], float]:
        if asked.questions is not None:
            index = self._asked(self._desk.names_now())
            lines = [line.strip() for line in asked.questions.splitlines() if line.strip()]
            alike = alike_index(index)
            return advise_questions(asked.path, asked.field, lines, index, alike), 0.0
        values = self._values(asked.path)
        said = filled(asked.spoken, values)
        found = advise(asked.place, asked.text, asked.spoken, said)
        found += advise_date(asked.place, asked.valid_until, self._desk.today())
        return found, seconds(said)

    async def listen(self, request: Request, asked: ListenQuestion) -> Response:
        """What a caller hears, as a WAV."""
        await self._desk.asker(request, "look")
        values = await asyncio.to_thread(self._values, asked.path)
        wav = await self._listening.wav(filled(asked.spoken, values))
        return unkept(Response(wav, media_type="audio/wav"))

    def _values(self, path: str) -> dict[str, str]:
        return self._desk.spoken_values(self._department(path))

    def _department(self, path: str) -> str:
        if not path.startswith("topics/"):
            return INFORMATION
        try:
            return load_work(self._desk.content, path).fields["department"]
        except RequestError:
            return INFORMATION

    def _asked(self, names: Names) -> Mapping[str, Sequence[Asked]]:
        content = self._desk.content
        paths = [path for path in content.paths() if path.startswith(("topics/", "acts/"))]
        return all_questions({path: load_work(content, path).body for path in paths}, names)

    async def _shown(self, request: Request, path: str, done: str) -> Response:
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        work = await asyncio.to_thread(self._load, path)
        return await self._page(request, account, work, {"done": DONE_PL.get(done, "")})

    def _load(self, path: str) -> Work:
        try:
            return load_work(self._desk.content, path)
        except RequestError:
            raise not_found() from None

    async def _taken(self, request: Request, path: str) -> Response:
        """A form that was sent: saved, published, dropped or kept."""
        form = await _form(request)
        token, deed, reason = form.take("token"), form.take("deed"), form.take("reason").strip()
        came = form.sent()
        try:
            account = await self._desk.poster(request, token, "edit")
        except RequestError as error:
            return await self._unsaved(request, path, came, error)
        try:
            return await self._done(request, account, path, came, deed, reason)
        except yaml.YAMLError:
            refused = RequestError("content-invalid", "Szkicu nie da się odczytać.", status=422)
        except RequestError as error:
            refused = error
        work = await asyncio.to_thread(self._load, path)
        values = {"error": refused.detail_pl, "reason": reason}
        return await self._page(request, account, work, values, came.touched(), refused.status)

    async def _done(
        self,
        request: Request,
        account: StaffAccount,
        path: str,
        came: Sent,
        deed: str,
        reason: str,
    ) -> Response:
        """What was asked for. Raises ``RequestError``."""
        content, who, now = self._desk.content, account.login, self._desk.now()
        if deed == "drop":
            await asyncio.to_thread(content.drop_draft, path, who, now)
            return to_page(f"{page_of(path)}?done=dropped")
        change = (
            partial(removed, path, deed.removeprefix(REMOVE)) if deed.startswith(REMOVE) else _as_is
        )
        saved = await asyncio.to_thread(save_changed, content, path, came, change, who, now)
        if saved.clashes:
            return await self._clash(request, account, saved.work, came, saved.clashes)
        if deed == "publish":
            return await self._published(request, account, saved.work, reason[:LONGEST_REASON])
        if deed == "keep" and saved.work.draft:
            draft = saved.work.draft
            await asyncio.to_thread(content.rebase, path, draft.revision, who, now)
            return to_page(f"{page_of(path)}?done=kept")
        done = "removed" if deed.startswith(REMOVE) else "saved"
        return to_page(f"{page_of(path)}?done={done}")

    async def _published(
        self, request: Request, account: StaffAccount, work: Work, reason: str
    ) -> Response:
        names = await self._desk.names()
        faults = faults_of(work.path, work.fields, names.departments)
        if not reason:
            faults["reason"] = NO_REASON_PL
        if faults:
            values = {"faults": faults, "reason": reason}
            return await self._page(request, account, work, values, status=422)
        version = await asyncio.to_thread(
            self._desk.content.publish, work.path, reason, account.login, self._desk.now()
        )
        done = "pending" if version.state == "pending" else "live"
        return to_page(f"{page_of(work.path)}?done={done}")

    async def _clash(
        self,
        request: Request,
        account: StaffAccount,
        work: Work,
        came: Sent,
        fields: Sequence[str],
    ) -> Response:
        """Both texts side by side; the person's own stays in the form, with the others' rest."""
        names, now = await self._desk.names(), work.fields
        clashes = []
        for name in fields:
            theirs, mine = names.value(name, now[name]), names.value(name, came.values[name])
            clashes.append(Clash(name, difference(names.field(work.path, name), theirs, mine)))
        values = {"clashes": clashes, "clash_who": await self._who(work)}
        return await self._page(request, account, work, values, came.touched(), 409)

    async def _unsaved(
        self, request: Request, path: str, came: Sent, error: RequestError
    ) -> Response:
        """The session is over: what was written is shown, so that it can be saved after all."""
        account = await self._desk.account(request)
        if account is not None and may(account.role, "edit"):
            work = await asyncio.to_thread(self._load, path)
            values = {"error": error.detail_pl + " Tekst jest w formularzu."}
            return await self._page(request, account, work, values, came.touched(), error.status)
        if account is not None:
            raise error
        names = await self._desk.names()
        nobody = StaffAccount("", "")
        kept: dict[str, Any] = {
            "texts": [(names.field(path, name), text) for name, text in came.touched().items()],
            "address": page_of(path),
        }
        return await self._desk.page(request, nobody, "editor_expired.html", kept, 403)

    async def _who(self, work: Work) -> str:
        if not work.last:
            return ""
        login, at = work.last
        return f"{(await self._desk.people([login]))[login]}, {moment(at)}"

    async def _page(
        self,
        request: Request,
        account: StaffAccount,
        work: Work,
        more: Mapping[str, Any],
        mine: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        """The form. ``mine``: fields that stand otherwise in the form than in the draft."""
        names = await self._desk.names()
        known = work.fields
        fields = {**known, **{name: v for name, v in (mine or {}).items() if name in known}}
        said = await asyncio.to_thread(self._values, work.path)
        advice, lengths = await asyncio.to_thread(self._advice_of, work.path, fields, names, said)
        old = work.live.body if work.live and work.is_behind else work.body
        values = {
            "path": work.path,
            "title": file_name(work.path, work.body),
            "address": page_of(work.path),
            "fields": fields,
            "marks": marks_of(known),
            "advice": advice,
            "lengths": lengths,
            "names": names,
            "draft": work.draft,
            "live": work.live,
            "who": await self._who(work),
            "behind": differences(work.path, old, work.body, names),
            "is_behind": work.is_behind,
            "origin": await asyncio.to_thread(self._origin, work),
            "spoken_values": said,
            "faults": {},
            **more,
            **self._of_kind(work, fields, names),
        }
        return await self._desk.page(request, account, _template(work.path), values, status)

    def _origin(self, work: Work) -> Origin | None:
        return origin_of(self._desk.content.versions(work.path)) if work.live else None

    def _of_kind(self, work: Work, fields: Fields, names: Names) -> dict[str, Any]:
        if work.path.startswith("topics/"):
            return {"view": view_of(work.body, names)}
        if work.path == "office.yml":
            rows = exceptions_of(fields["exceptions"])
            departments = yaml_edit.load(work.body)["departments"]
            return {
                "days": DAYS_PL,
                "rows": rows + [("", "", "")] * SPARE_ROWS,
                "departments": [(one.get("id", ""), one.get("name", "")) for one in departments],
                "information": INFORMATION,
            }
        if work.path == "visits.yml":
            return self._of_plan(work.body)
        places = sentence_places(yaml_edit.load(work.body), work.path)
        return {"places": [(place, sentence_name(place)) for place in places]}

    def _of_plan(self, body: str) -> dict[str, Any]:
        return {
            "view": plan_view(body),
            "days": DAYS_PL,
            "rules": RULES,
            "numbers": NUMBERS,
            "topics": topic_names(self._desk.content.bodies(), self._desk.pages.taxonomy),
        }

    def _advice_of(
        self, path: str, fields: Fields, names: Names, values: Mapping[str, str]
    ) -> tuple[dict[str, list[Advice]], dict[str, float]]:
        """Field -> advice, and spoken field -> seconds."""
        found: list[Advice] = []
        lengths = {}
        index = self._asked(names) if path.startswith(("topics/", "acts/")) else {}
        alike = alike_index(index)
        for name, value in fields.items():
            place, _, last = name.rpartition(".")
            if last == "spoken":
                said = filled(value, values)
                lengths[name] = seconds(said)
                found += advise(place, fields[f"{place}.text"], value, said)
            elif last == "valid_until":
                found += advise_date(place, value, self._desk.today())
            elif name.startswith("questions"):
                found += advise_questions(path, name, value.splitlines(), index, alike)
        by_field: dict[str, list[Advice]] = {}
        for one in found:
            by_field.setdefault(one.field, []).append(one)
        return by_field, lengths


@dataclass(slots=True)
class _Form:
    """A form's pairs of name and value."""

    pairs: list[tuple[str, str]]

    def take(self, name: str) -> str:
        """A field that is not content, taken out."""
        found = [value for key, value in self.pairs if key == name]
        self.pairs = [pair for pair in self.pairs if pair[0] != name]
        return found[0] if found else ""

    def sent(self) -> Sent:
        """The rest."""
        return sent(self.pairs)


async def _form(request: Request) -> _Form:
    form = await request.form(max_fields=MOST_FIELDS)
    pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    return _Form(pairs)


def _template(path: str) -> str:
    if path.startswith("topics/"):
        return "editor_topic.html"
    pages = {"office.yml": "editor_office.html", "visits.yml": "editor_visits.html"}
    return pages.get(path, "editor_sentences.html")


def _as_is(body: str) -> str:
    return body
