"""The pages of talks that ended badly, and of their replay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, timedelta
from functools import partial
from typing import Annotated

from fastapi import Form, Request
from starlette.responses import Response

from staff_console.editor.pages import to_page, to_sign_in
from staff_console.learning.bad_talks import REASONS_PL, BadTalk, bad_talks
from staff_console.learning.labels import CHANNELS_PL, HANDOFFS_PL, SKIPPED_PL, TROUBLES_PL
from staff_console.learning.pages import LearningDesk, ModelChoice, Page, day_of
from staff_console.learning.replay_job import MOST_TALKS, ReplayJob, ReplayState
from staff_console.learning.said import SaidWords
from staff_console.learning.trial import load_trial
from staff_console.learning.understanding import Understands
from voice_gateway.errors import RequestError

TALKS_A_PAGE = 20
RUNNING = ""  # the id of the model that answers residents
RUNNING_PL = "model, który teraz odpowiada mieszkańcom"
DIALOGUE = "dialogue.yml"


class TalkRoutes:
    """The routes of talks and replays."""

    def __init__(self, desk: LearningDesk, job: ReplayJob) -> None:
        self._desk = desk
        self._job = job

    async def talks(
        self, request: Request, day: str = "", channel: str = "", reason: str = "", page: str = ""
    ) -> Response:
        """A day's talks that ended badly."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        chosen = day_of(day, self._desk.today())
        all_ = await asyncio.to_thread(self._bad, chosen)
        found = [
            one
            for one in all_
            if channel in ("", one.channel) and (not reason or reason in one.reasons)
        ]
        place = Page.of(page, len(found), TALKS_A_PAGE)
        values = {
            "labels": await self._desk.labels(),
            "day": chosen,
            "days": _days_around(chosen, self._desk.today()),
            "channel": channel,
            "channels": CHANNELS_PL,
            "reason": reason,
            "reasons": REASONS_PL,
            "handoffs": HANDOFFS_PL,
            "troubles": TROUBLES_PL,
            "talks": found[place.shown],
            "count": len(found),
            "place": place,
        }
        return self._desk.page(request, account, "learning_talks.html", values)

    async def replay_page(self, request: Request, page: str = "") -> Response:
        """The last replay, or the one that runs."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        return await self._replay_page(request, page)

    async def replay(
        self,
        request: Request,
        token: Annotated[str, Form()] = "",
        day: Annotated[str, Form(max_length=20)] = "",
        model: Annotated[str, Form(max_length=200)] = RUNNING,
    ) -> Response:
        """Begin a replay."""
        account = await self._desk.poster(request, token, "learn")
        chosen = day_of(day, self._yesterday())
        choice = await self._choice(model)
        state = ReplayState(
            chosen,
            choice.label_pl if choice else RUNNING_PL,
            account.login,
            self._desk.pages.now(),
        )
        try:
            self._job.start(
                state,
                partial(self._bad, chosen),
                partial(load_trial, self._desk.content),
                partial(self._opened, choice),
            )
        except RequestError as error:
            return await self._replay_page(request, "", error.detail_pl)
        return to_page("/staff/learning/replay")

    async def _replay_page(self, request: Request, page: str, error: str = "") -> Response:
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        state = self._job.state
        done: Sequence[object] = state.done if state else ()
        place = Page.of(page, len(done), TALKS_A_PAGE)
        values = {
            "labels": await self._desk.labels(),
            "state": state,
            "done": done[place.shown],
            "place": place,
            "models": await asyncio.to_thread(self._desk.pages.models),
            "running_pl": RUNNING_PL,
            "yesterday": self._yesterday(),
            "reasons": REASONS_PL,
            "handoffs": HANDOFFS_PL,
            "troubles": TROUBLES_PL,
            "skipped": SKIPPED_PL,
            "most": MOST_TALKS,
            "error": error,
            "people": await self._desk.people([state.who] if state else []),
        }
        return self._desk.page(request, account, "learning_replay.html", values)

    def _yesterday(self) -> date:
        return self._desk.today() - timedelta(days=1)

    def _bad(self, day: date) -> list[BadTalk]:
        pages = self._desk.pages
        said = SaidWords.of(one.body for one in pages.content.versions(DIALOGUE))
        return pages.database.run(partial(bad_talks, day=day, said=said, now=pages.now()))

    async def _choice(self, model: str) -> ModelChoice | None:
        """The chosen model's file; None: the running one. Raises ``RequestError`` 422."""
        if model == RUNNING:
            return None
        for one in await asyncio.to_thread(self._desk.pages.models):
            if one.id == model:
                return one
        raise RequestError("learning-model", "Tego modelu już nie ma.", status=422)

    def _opened(self, choice: ModelChoice | None) -> AbstractAsyncContextManager[Understands]:
        if choice:
            return self._desk.pages.open_model(choice.file)
        return _as_it_is(self._desk.pages.understands)


@asynccontextmanager
async def _as_it_is(understands: Understands) -> AsyncIterator[Understands]:
    yield understands


def _days_around(day: date, today: date) -> tuple[date, date | None]:
    """The day before, and the day after unless that has not come yet."""
    after = day + timedelta(days=1)
    return day - timedelta(days=1), after if after <= today else None
