"""The inbox's page: what was not understood, and what is done with it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, cast
from urllib.parse import urlencode

import structlog
from fastapi import Form, Request
from starlette.responses import Response

from staff_console.editor.names import page_of
from staff_console.editor.pages import to_page, to_sign_in
from staff_console.learning.assign import Assigned, HeldOut, Target, assign, may_be_example
from staff_console.learning.decisions import Decision
from staff_console.learning.inbox import Group, Inbox
from staff_console.learning.labels import TROUBLES_PL, Labels
from staff_console.learning.pages import LearningDesk, Page
from staff_console.learning.turns import Trouble
from staff_console.learning.understanding import Guess, guesses
from voice_gateway.errors import DialogueError, RequestError

log = structlog.get_logger(__name__)

GROUPS_A_PAGE = 10
PERIODS = (7, 30, 90)
DAYS = 30
GUESS_S = 2.0  # for a whole page; without guesses it is shown all the same
MOST_WORDINGS = 30  # of a group, to choose from
LATEST = 20  # decisions listed
MOST_NOTICES = 100
NONE_CHOSEN_PL = "Proszę zaznaczyć co najmniej jedno sformułowanie."
NO_TARGET_PL = "Proszę wybrać sprawę albo zwrot."
NO_ASPECT_PL = "Proszę wybrać, o co pytają."
GONE_PL = "Ktoś zdecydował o tym w tym czasie. Lista jest już aktualna."


@dataclass(frozen=True, slots=True)
class Notice:
    """What a form led to, shown once. ``refused``: words with the reason."""

    done: str = ""
    error: str = ""
    address: str = ""
    refused: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A group with its guesses; ``target`` and ``aspect`` are preselected in its form."""

    group: Group
    guesses: Sequence[str]
    target: str
    aspect: str


class InboxRoutes:
    """The routes of the inbox."""

    def __init__(self, desk: LearningDesk) -> None:
        self._desk = desk
        pages = desk.pages
        self._inbox = Inbox(pages.database, pages.content, pages.kept_days)
        self._held_out = HeldOut(pages.held_out)
        self._notices: OrderedDict[str, Notice] = OrderedDict()  # by login

    async def inbox(
        self, request: Request, kind: str = "", days: str = "", page: str = ""
    ) -> Response:
        """The groups that wait for a decision."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        trouble, period = _kind(kind), _period(days)
        labels = await self._desk.labels()
        groups = await self._groups(trouble, period, labels)
        place = Page.of(page, len(groups), GROUPS_A_PAGE)
        shown, without = await self._with_guesses(groups[place.shown], labels)
        latest = await asyncio.to_thread(self._inbox.latest, LATEST)
        values = {
            "labels": labels,
            "troubles": TROUBLES_PL,
            "trouble": trouble,
            "periods": PERIODS,
            "days": period,
            "place": place,
            "shown": shown,
            "count": len(groups),
            "without_guesses": without,
            "latest": latest,
            "people": await self._desk.people([*_deciders(shown), *(one.who for one in latest)]),
            "notice": self._notices.pop(account.login, None),
            "most_wordings": MOST_WORDINGS,
            "may_be_example": may_be_example,
        }
        return self._desk.page(request, account, "learning_inbox.html", values)

    async def assign(
        self,
        request: Request,
        token: Annotated[str, Form()] = "",
        kind: Annotated[str, Form()] = "",
        days: Annotated[str, Form()] = "",
        page: Annotated[str, Form()] = "",
        target: Annotated[str, Form(max_length=100)] = "",
        aspect: Annotated[str, Form(max_length=64)] = "",
        wording: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        """Make the ticked wordings example questions of a draft."""
        account = await self._desk.poster(request, token, "edit")
        back = _back(kind, days, page)
        if fault := _fault(target, aspect, wording):
            return self._noted(account.login, Notice(error=fault), back)
        labels = await self._desk.labels()
        groups = await self._groups(_kind(kind), _period(days), labels)
        chosen = {one.key: one for group in groups for one in group.wordings if one.key in wording}
        if not chosen:
            return self._noted(account.login, Notice(error=GONE_PL), back)
        place = Target(target, aspect if target.startswith("topics/") else "")
        now = self._desk.pages.now()
        words = [one.words for one in chosen.values()]
        try:
            done = await asyncio.to_thread(
                partial(
                    assign,
                    self._desk.content,
                    place,
                    words,
                    self._held_out,
                    labels.names,
                    account.login,
                    now,
                )
            )
        except RequestError as error:
            log.warning("learning_refused", code=error.code)
            notice = Notice(error=error.detail_pl, address=page_of(target))
            return self._noted(account.login, notice, back)
        taken = {*done.added, *done.known}
        made = [
            Decision(
                key, w.words, "assigned", place.path, place.aspect, w.turns, account.login, now
            )
            for key, w in chosen.items()
            if " ".join(w.words.split()) in taken
        ]
        await asyncio.to_thread(self._inbox.decide, made)
        return self._noted(account.login, _assigned(done, place, labels), back)

    async def dismiss(
        self,
        request: Request,
        token: Annotated[str, Form()] = "",
        kind: Annotated[str, Form()] = "",
        days: Annotated[str, Form()] = "",
        page: Annotated[str, Form()] = "",
        leader: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        """Put a whole group out of sight."""
        account = await self._desk.poster(request, token, "learn")
        back = _back(kind, days, page)
        labels = await self._desk.labels()
        groups = await self._groups(_kind(kind), _period(days), labels)
        group = next((one for one in groups if one.leader.key == leader), None)
        if group is None:
            return self._noted(account.login, Notice(error=GONE_PL), back)
        now = self._desk.pages.now()
        made = [
            Decision(one.key, one.words, "dismissed", "", "", group.turns, account.login, now)
            for one in group.wordings
        ]
        await asyncio.to_thread(self._inbox.decide, made)
        done = f"Odrzucono: „{group.leader.words}”. Wróci, jeśli będzie padać dużo częściej."
        return self._noted(account.login, Notice(done), back)

    async def restore(
        self,
        request: Request,
        token: Annotated[str, Form()] = "",
        kind: Annotated[str, Form()] = "",
        days: Annotated[str, Form()] = "",
        key: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        """Take a decision back."""
        account = await self._desk.poster(request, token, "learn")
        found = await asyncio.to_thread(self._inbox.take_back, key)
        done = "Decyzja jest cofnięta. Sformułowanie wróciło na listę." if found else ""
        notice = Notice(done, "" if found else GONE_PL)
        return self._noted(account.login, notice, _back(kind, days, ""))

    async def _groups(self, trouble: Trouble, days: int, labels: Labels) -> list[Group]:
        now = self._desk.pages.now()
        await asyncio.to_thread(self._inbox.forget_old, now)
        return await asyncio.to_thread(self._inbox.groups, trouble, days, now, labels.names)

    async def _with_guesses(
        self, groups: Sequence[Group], labels: Labels
    ) -> tuple[list[Shown], bool]:
        """The groups with what their leaders may mean; whether the guesses are missing."""
        found: list[tuple[Guess, ...]] = []
        try:
            async with asyncio.timeout(GUESS_S):
                for group in groups:
                    parsed = await self._desk.pages.understands(group.leader.words)
                    found.append(guesses(parsed))
        except (DialogueError, TimeoutError) as error:
            log.warning("learning_without_guesses", fault_type=type(error).__name__)
        missing = len(groups) - len(found)
        all_ = [*found, *[()] * missing]
        return [_shown(*one, labels) for one in zip(groups, all_, strict=True)], missing > 0

    def _noted(self, login: str, notice: Notice, address: str) -> Response:
        self._notices[login] = notice
        while len(self._notices) > MOST_NOTICES:
            self._notices.popitem(last=False)
        return to_page(address)


def _shown(group: Group, found: Sequence[Guess], labels: Labels) -> Shown:
    best = found[0] if found else Guess()
    target = (
        f"acts/{best.act}.yml" if best.act else f"topics/{best.topic}.yml" if best.topic else ""
    )
    return Shown(group, [labels.guess(one) for one in found], target, best.aspect)


def _assigned(done: Assigned, place: Target, labels: Labels) -> Notice:
    where = f"„{labels.file(place.path)}”"
    parts = []
    if done.added:
        parts.append(
            f"Dodano do pytań: {where} (nowych: {len(done.added)}). Są w szkicu; zaczną działać "
            "po nauce i publikacji."
        )
    if done.known:
        parts.append(f"Te pytania stoją już w: {where} (liczba: {len(done.known)}).")
    return Notice(" ".join(parts), "", page_of(place.path), list(done.refused.items()))


def _fault(target: str, aspect: str, wording: Sequence[str]) -> str:
    if not wording:
        return NONE_CHOSEN_PL
    if not target.startswith(("topics/", "acts/")):
        return NO_TARGET_PL
    return NO_ASPECT_PL if target.startswith("topics/") and not aspect else ""


def _kind(kind: str) -> Trouble:
    return cast("Trouble", kind) if kind in TROUBLES_PL else "not_understood"


def _period(days: str) -> int:
    return int(days) if days in map(str, PERIODS) else DAYS


def _back(kind: str, days: str, page: str) -> str:
    query = {"kind": _kind(kind), "days": _period(days), "page": page or "1"}
    return f"/staff/learning?{urlencode(query)}"


def _deciders(shown: Sequence[Shown]) -> list[str]:
    return [one.group.returned.who for one in shown if one.group.returned]
