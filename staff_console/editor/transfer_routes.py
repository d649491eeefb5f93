"""The whole content out of the house and in again: a zip for git or for another city."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from staff_console.content.package import (
    MOST_UPLOAD_BYTES,
    ORIGIN_CHARS,
    Package,
    pack,
    unpack,
)
from staff_console.editor.edit_routes import LONGEST_REASON, NO_REASON_PL
from staff_console.editor.names import Names, file_name, page_of
from staff_console.editor.pages import EditorDesk, not_found, to_page, to_sign_in, unkept
from staff_console.editor.transfer_form import (
    KINDS_PL,
    FilePlan,
    Stage,
    Staged,
    TransferContent,
    origins,
    plan,
)
from voice_gateway.errors import RequestError
from voice_gateway.records.queries import clean
from voice_gateway.records.staff import StaffAccount

PAGE = "/staff/content/transfer"
LONGEST_NUMBER = 9
GONE_PL = "Ten podgląd już wygasł. Proszę wczytać plik jeszcze raz."
CHANGED_PL = "Ktoś zmienił te treści w tym czasie. Proszę obejrzeć podgląd jeszcze raz."
NOTHING_PL = "Proszę wybrać co najmniej jedną treść."
NO_FILE_PL = "Proszę wybrać plik."


class TransferRoutes:
    """Download, look at what would change, take in, publish what was taken in."""

    def __init__(self, desk: EditorDesk, content: TransferContent) -> None:
        self._desk = desk
        self._content = content
        self._stage = Stage()

    async def page(self, request: Request, done: int = 0, live: int = 0, sent: int = 0) -> Response:
        """The start page: download, upload, where things came from."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        told = ""
        if done:
            told = f"Wczytano jako szkice: {done}. Proszę je obejrzeć i opublikować."
        if live or sent:
            told = f"Opublikowano: {live}. Wysłano do zatwierdzenia: {sent}."
        return await self._start(request, account, {"done": told})

    async def download(self, request: Request) -> Response:
        """All files in a zip."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        now, city = self._desk.now(), self._desk.pages.office().city
        bodies = await asyncio.to_thread(self._content.bodies)
        data = await asyncio.to_thread(pack, bodies, city, now)
        return _file(data, f"halo-urzad-{self._desk.today()}.zip", "application/zip")

    async def download_one(self, request: Request, path: str) -> Response:
        """One file as it is told now."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        try:
            version = await asyncio.to_thread(self._content.live, path)
        except RequestError:
            raise not_found() from None
        return _file(version.body.encode(), path.rpartition("/")[2], "application/yaml")

    async def look(self, request: Request) -> Response:
        """What an uploaded file would change. Nothing happens yet."""
        form = await request.form(max_files=1)
        account = await self._desk.poster(request, _text(form, "token"), "edit")
        origin = clean(_text(form, "origin")).strip()[:ORIGIN_CHARS]
        upload = form.get("file")
        try:
            if not isinstance(upload, UploadFile) or not upload.filename:
                raise RequestError("content-invalid", NO_FILE_PL, status=422)
            data = await upload.read(MOST_UPLOAD_BYTES + 1)
            package = await asyncio.to_thread(unpack, upload.filename, data)
        except RequestError as error:
            values = {"error": error.detail_pl, "origin": origin}
            return await self._start(request, account, values, error.status)
        staged = Staged(account.login, package, self._origin(origin, package), self._desk.now())
        key = self._stage.put(staged)
        return await self._looked(request, account, key, staged, {})

    async def take(self, request: Request) -> Response:
        """What was looked at becomes drafts: all that was chosen, or nothing."""
        form = await request.form()
        account = await self._desk.poster(request, _text(form, "token"), "edit")
        key, now = _text(form, "key"), self._desk.now()
        staged = self._stage.get(key, account.login, now)
        if staged is None:
            return await self._start(request, account, {"error": GONE_PL}, 409)
        chosen = [str(path) for path in form.getlist("path")]
        plans = [one for one in await self._plans(staged) if one.takes and one.path in chosen]
        error = RequestError("content-nothing", NOTHING_PL, status=422)
        if len(plans) < len(chosen):
            error = RequestError("content-conflict", CHANGED_PL, status=409)
        elif plans:
            incoming = [
                one.incoming(
                    staged.origin,
                    _number(form, f"number.{one.path}"),
                    theirs=_text(form, f"text.{one.path}") == "theirs",
                )
                for one in plans
            ]
            try:
                await asyncio.to_thread(self._content.take_in, incoming, account.login, now)
            except RequestError as refused:
                error = refused
            else:
                self._stage.drop(key)
                return to_page(f"{PAGE}?done={len(incoming)}")
        values = {"error": error.detail_pl}
        return await self._looked(request, account, key, staged, values, error.status)

    async def publish(self, request: Request) -> Response:
        """All drafts that were taken in, at once: they may only be right together."""
        form = await request.form()
        account = await self._desk.poster(request, _text(form, "token"), "edit")
        reason = _text(form, "reason").strip()[:LONGEST_REASON]
        paths = [str(path) for path in form.getlist("path")]
        error = RequestError("content-nothing", NOTHING_PL, status=422)
        if not reason:
            error = RequestError("content-reason", NO_REASON_PL, status=422)
        elif paths:
            place = (paths, reason, account.login, self._desk.now())
            try:
                done = await asyncio.to_thread(self._content.publish_all, *place)
            except RequestError as refused:
                error = refused
            else:
                sent = sum(one.state == "pending" for one in done)
                return to_page(f"{PAGE}?live={len(done) - sent}&sent={sent}")
        values = {"error": error.detail_pl, "reason": reason}
        return await self._start(request, account, values, error.status)

    def _origin(self, written: str, package: Package) -> str:
        """The city that the content comes from; empty: our own, as from a backup."""
        origin = written or package.origin
        return "" if origin == self._desk.pages.office().city else origin

    async def _plans(self, staged: Staged) -> list[FilePlan]:
        names = await self._desk.names()
        place = (self._content, staged.package, staged.origin, names)
        return await asyncio.to_thread(plan, *place)

    async def _looked(
        self,
        request: Request,
        account: StaffAccount,
        key: str,
        staged: Staged,
        more: Mapping[str, Any],
        status: int = 200,
    ) -> Response:
        plans = await self._plans(staged)
        taken = {one.path: one.ours for one in plans if one.takes}
        faults = []
        if taken and not more:
            faults = await asyncio.to_thread(self._content.faults, taken, self._desk.now())
        values = {
            "plans": plans,
            "kinds": KINDS_PL,
            "key": key,
            "origin": staged.origin,
            "skipped": staged.package.skipped,
            "content_faults": faults,
            "chosen": [one.path for one in plans if one.takes],
            **more,
        }
        return await self._desk.page(request, account, "editor_transfer_look.html", values, status)

    async def _start(
        self, request: Request, account: StaffAccount, more: Mapping[str, Any], status: int = 200
    ) -> Response:
        names = await self._desk.names()
        values = {
            **await asyncio.to_thread(self._start_values, names),
            "names": names,
            **more,
        }
        return await self._desk.page(request, account, "editor_transfer.html", values, status)

    def _start_values(self, names: Names) -> dict[str, Any]:
        found = origins(self._content, self._content.paths())
        live = self._content.bodies()
        drafts = [
            (draft.path, file_name(draft.path, draft.body), page_of(draft.path))
            for draft in self._content.drafts()
        ]
        return {
            "origins": [
                (file_name(path, live[path]), page_of(path), path, origin)
                for path, origin in found.items()
            ],
            "drafts": drafts,
        }


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _number(form: FormData, name: str) -> int:
    """A version's number that the preview showed; -1 is no version's."""
    value = _text(form, name)
    return int(value) if value.isdecimal() and len(value) < LONGEST_NUMBER else -1


def _file(data: bytes, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return unkept(Response(data, headers=headers, media_type=media_type))
