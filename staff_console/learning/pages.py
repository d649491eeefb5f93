"""What the pages of learning share: who asks, names, and how a page is made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.responses import Response

from actions.office.calendar import to_local
from staff_console.editor.names import names_from, page_of
from staff_console.editor.pages import day_pl, moment, unkept
from staff_console.editor.work import EditorContent
from staff_console.learning import labels
from staff_console.learning.assign import newest_bodies
from staff_console.learning.labels import Labels
from staff_console.learning.understanding import Understands
from staff_console.rights import Right, may
from staff_console.sessions import Sessions
from staff_console.templating import templates
from staff_console.who import Who
from voice_gateway.records.database import Database
from voice_gateway.records.staff import StaffAccount, StaffAccounts


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model that a replay may use besides the running one."""

    id: str
    label_pl: str
    file: Path


@dataclass(frozen=True, slots=True)
class LearningPages:
    """What the pages use.

    ``held_out``: folder of the questions that are never trained on; ``understands``: the model
    that answers residents; ``models``: others, newest first (may block); ``open_model`` loads one.
    ``kept_days``: how long talks are kept.
    """

    secret_key: str
    accounts: StaffAccounts
    content: EditorContent
    database: Database
    held_out: Path
    understands: Understands
    models: Callable[[], Sequence[ModelChoice]]
    open_model: Callable[[Path], AbstractAsyncContextManager[Understands]]
    kept_days: int
    now: Callable[[], datetime]


class LearningDesk:
    """The shared part of the routes."""

    def __init__(self, pages: LearningPages) -> None:
        self.pages = pages
        self.content = pages.content
        self._sessions = Sessions(pages.secret_key)
        self._who = Who(self._sessions, pages.accounts)
        self._templates = templates()
        filters = self._templates.env.filters
        filters.update(moment=moment, day=day_pl, beginning=labels.beginning)
        filters.update(times=labels.times_pl, talks=labels.talks_pl, turns=labels.turns_pl)
        filters.update(seconds=labels.seconds_pl, channel=_channel)
        self._templates.env.globals["page_of"] = page_of

    def today(self) -> date:
        """This day in Poland."""
        return to_local(self.pages.now()).date()

    async def account(self, request: Request) -> StaffAccount | None:
        """Who looks at a page; None: nobody is signed in. Raises ``RequestError`` 403."""
        return await self._who.looks(request, "learn")

    async def poster(self, request: Request, token: str, right: Right) -> StaffAccount:
        """Who sends a form of ours. Raises ``RequestError`` 403."""
        return await self._who.posts(request, token, right)

    async def labels(self) -> Labels:
        """Names of everything that a turn can be about."""
        return await asyncio.to_thread(self._labels)

    def _labels(self) -> Labels:
        bodies = newest_bodies(self.content)
        live = self.content.live
        return Labels.of(bodies, names_from(live("dialogue.yml").body, live("office.yml").body))

    async def people(self, logins: Sequence[str]) -> dict[str, str]:
        """Login -> name; who has no account (any more) is called by the login."""
        found = {}
        for login in dict.fromkeys(logins):
            account = await self.pages.accounts.get(login)
            found[login] = account.name if account else login
        return found

    def page(
        self, request: Request, account: StaffAccount, name: str, values: Mapping[str, Any]
    ) -> Response:
        """A page for somebody signed in."""
        session = self._sessions.read(request)
        shared = {
            "account": account,
            "token": session.token if session else "",
            "may_edit": may(account.role, "edit"),
        }
        return unkept(self._templates.TemplateResponse(request, name, {**shared, **values}))


def _channel(channel: str) -> str:
    return labels.CHANNELS_PL.get(channel, channel)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a long list. ``number`` counts from 1."""

    number: int
    pages: int
    shown: slice

    @classmethod
    def of(cls, wanted: str, count: int, size: int) -> Page:
        """The wanted page, or the nearest that there is."""
        pages = max(1, -(-count // size))
        asked = int(wanted) if wanted.isdecimal() and len(wanted) < 7 else 1
        number = min(max(1, asked), pages)
        return cls(number, pages, slice((number - 1) * size, number * size))


def day_of(text: str, default: date) -> date:
    """A day as a form sends it; what is no day is the default."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return default
