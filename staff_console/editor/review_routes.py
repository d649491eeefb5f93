"""Looking over the content: the list, versions, what waits for approval, and the log."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Request
from starlette.responses import Response

from staff_console.content.log import DEEDS_PL
from staff_console.content.values import Version
from staff_console.editor.compare import Difference, differences
from staff_console.editor.edit_routes import LONGEST_REASON, NO_REASON_PL
from staff_console.editor.listing import TopicRow, topic_rows
from staff_console.editor.names import Names, file_name, page_of
from staff_console.editor.pages import EditorDesk, not_found, to_page, to_sign_in
from staff_console.editor.work import load_work
from voice_gateway.errors import RequestError
from voice_gateway.records.staff import StaffAccount

LONGEST_SEARCH = 100
LOG_LINES = 200
DECIDED_PL = {
    "approved": "Zatwierdzono. Asystent odpowiada tak od teraz.",
    "rejected": "Odrzucono. Treść wróciła jako szkic, jeśli nikt inny nie zaczął nowego.",
    "restored": "Przywrócono. Asystent odpowiada tak od teraz.",
    "sent": "Wysłano do zatwierdzenia: musi to zrobić druga osoba.",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version that waits, with what it would change. ``own``: its author looks at it."""

    version: Version
    title: str
    address: str
    differences: Sequence[Difference]
    own: bool


class ReviewRoutes:
    """Pages over all files."""

    def __init__(self, desk: EditorDesk) -> None:
        self._desk = desk

    async def topics(self, request: Request, q: str = "") -> Response:
        """All topics; those that expire soon first."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        names, wanted = await self._desk.names(), q.strip()[:LONGEST_SEARCH]
        rows = await asyncio.to_thread(self._rows, names, wanted)
        people = await self._desk.people(row.changed.author for row in rows if row.changed)
        untold = await asyncio.to_thread(self._desk.pages.untold, self._desk.now())
        values = {"rows": rows, "q": wanted, "people": people, "untold": untold, "names": names}
        return await self._desk.page(request, account, "editor_list.html", values)

    def _rows(self, names: Names, wanted: str) -> list[TopicRow]:
        content = self._desk.content
        live = [content.live(path) for path in content.paths() if path.startswith("topics/")]
        place = (content.drafts(), content.pending(), names, self._desk.today(), wanted)
        return topic_rows(live, *place)

    async def acts(self, request: Request) -> Response:
        """All acts."""
        return await self._links(request, "acts")

    async def sentences(self, request: Request) -> Response:
        """The two files of sentences."""
        return await self._links(request, "sentences")

    async def _links(self, request: Request, kind: str) -> Response:
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        paths = await asyncio.to_thread(self._desk.content.paths)
        drafted = {one.path for one in await asyncio.to_thread(self._desk.content.drafts)}
        shown = [path for path in paths if path.startswith("acts/")]
        if kind == "sentences":
            shown = ["system.yml", "dialogue.yml"]
        rows = [(page_of(path), file_name(path), path in drafted) for path in shown]
        title = "Zdania asystenta" if kind == "sentences" else "Zwroty mieszkańców"
        values = {
            "title": title,
            "kind": kind,
            "rows": sorted(rows, key=lambda row: row[1].strip("„")),
        }
        return await self._desk.page(request, account, "editor_links.html", values)

    async def versions(
        self, request: Request, path: str, a: int = 0, b: int = 0, done: str = ""
    ) -> Response:
        """All versions of a file; two of them compared."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        return await self._versions_page(
            request, account, path, (a, b), done=DECIDED_PL.get(done, "")
        )

    async def restore(
        self,
        request: Request,
        path: str,
        number: Annotated[int, Form()] = 0,
        reason: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        """An older version becomes the new one."""
        account = await self._desk.poster(request, token, "edit")
        reason = reason.strip()[:LONGEST_REASON]
        error, status = NO_REASON_PL, 422
        if reason:
            try:
                version = await asyncio.to_thread(
                    self._desk.content.restore,
                    path,
                    number,
                    reason,
                    account.login,
                    self._desk.now(),
                )
            except RequestError as refused:
                error, status = refused.detail_pl, refused.status
            else:
                done = "sent" if version.state == "pending" else "restored"
                return to_page(f"/staff/content/{path}/versions?done={done}")
        return await self._versions_page(
            request, account, path, (number, 0), status, error=error, reason=reason
        )

    async def _versions_page(
        self,
        request: Request,
        account: StaffAccount,
        path: str,
        pair: tuple[int, int],
        status: int = 200,
        **more: str,
    ) -> Response:
        try:
            versions = await asyncio.to_thread(self._desk.content.versions, path)
        except RequestError:
            raise not_found() from None
        if not versions:
            raise not_found()
        bodies = {one.number: one.body for one in versions}
        newest = versions[0].number
        after = pair[1] if pair[1] in bodies else newest
        before = pair[0] if pair[0] in bodies else next((n for n in bodies if n < after), after)
        names = await self._desk.names()
        values = {
            "path": path,
            "title": file_name(path, versions[0].body),
            "address": page_of(path),
            "versions": versions,
            "people": await self._desk.people(
                login for one in versions for login in (one.author, one.approver) if login
            ),
            "a": before,
            "b": after,
            "differences": differences(path, bodies[before], bodies[after], names),
            **more,
        }
        return await self._desk.page(request, account, "editor_versions.html", values, status)

    async def approvals(self, request: Request, done: str = "") -> Response:
        """What waits for a second person."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        return await self._approvals_page(request, account, done=DECIDED_PL.get(done, ""))

    async def decide(
        self,
        request: Request,
        version: Annotated[int, Form()] = 0,
        deed: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        """Approve or reject."""
        account = await self._desk.poster(request, token, "approve")
        who, now, content = account.login, self._desk.now(), self._desk.content
        reason = reason.strip()[:LONGEST_REASON]
        error = RequestError("content-reason", "Proszę napisać, dlaczego odrzucamy.", status=422)
        try:
            if deed == "approve":
                await asyncio.to_thread(content.approve, version, who, now)
                return to_page("/staff/content/approvals?done=approved")
            if reason:
                await asyncio.to_thread(content.reject, version, reason, who, now)
                return to_page("/staff/content/approvals?done=rejected")
        except RequestError as refused:
            error = refused
        return await self._approvals_page(
            request, account, error.status, error=error.detail_pl, wrong=version, reason=reason
        )

    async def _approvals_page(
        self, request: Request, account: StaffAccount, status: int = 200, **more: object
    ) -> Response:
        names = await self._desk.names()
        waiting = await asyncio.to_thread(self._waiting, names, account.login)
        values = {
            "waiting_changes": waiting,
            "people": await self._desk.people(one.version.author for one in waiting),
            **more,
        }
        return await self._desk.page(request, account, "editor_approvals.html", values, status)

    def _waiting(self, names: Names, login: str) -> list[Waiting]:
        found = []
        for version in self._desk.content.pending():
            try:
                live = load_work(self._desk.content, version.path).live
            except RequestError:  # a new file
                live = None
            body = live.body if live else ""
            change = differences(version.path, body, version.body, names)
            title = file_name(version.path, version.body)
            address = page_of(version.path)
            found.append(Waiting(version, title, address, change, version.author == login))
        return found

    async def log(self, request: Request) -> Response:
        """Who changed what."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        lines = await asyncio.to_thread(self._desk.content.log, LOG_LINES)
        values = {
            "lines": lines,
            "whole": await asyncio.to_thread(self._desk.content.log_is_whole),
            "people": await self._desk.people(line.who for line in lines),
            "titles": await self._desk.file_names(line.path for line in lines),
            "deeds": DEEDS_PL,
        }
        return await self._desk.page(request, account, "editor_log.html", values)
