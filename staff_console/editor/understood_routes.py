"""What a form's script asks about new questions: how the running model takes them."""

from __future__ import annotations

import asyncio

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from polish.fold import fold
from staff_console.editor.forms import fields_of
from staff_console.editor.model_check import Meant, ModelCheck, reading_pl, told_pl
from staff_console.editor.names import file_name
from staff_console.editor.pages import EditorDesk, unkept
from voice_gateway.errors import RequestError

LONGEST_LIST = 20_000  # characters


class UnderstoodQuestion(BaseModel):
    """A list of questions as it stands in the form. ``field``: "questions.cost"."""

    path: str = Field(max_length=100)
    field: str = Field(max_length=200)
    questions: str = Field(max_length=LONGEST_LIST)


class UnderstoodRoutes:
    """Beside the advice, because a model may take seconds and advice should not wait."""

    def __init__(self, desk: EditorDesk) -> None:
        self._desk = desk
        self._check = ModelCheck(desk.pages.understand)

    async def understood(self, request: Request, asked: UnderstoodQuestion) -> Response:
        """How the running model takes the questions that are not published yet."""
        await self._desk.asker(request, "edit")
        meant = Meant.of(asked.path, asked.field)
        told: list[str] = []
        if meant:
            new = await asyncio.to_thread(self._new, asked)
            checked = await self._check.check(meant, new)
            names = await self._desk.names()
            told = await asyncio.to_thread(
                told_pl, checked, lambda read: reading_pl(read, names, self._topic_name)
            )
        return unkept(JSONResponse({"told": told}))

    def _new(self, asked: UnderstoodQuestion) -> list[str]:
        """Questions of the form that residents' model cannot have learnt yet."""
        live = fields_of(asked.path, self._live(asked.path)).get(asked.field, "")
        known = {fold(one) for one in live.splitlines()}
        lines = [line.strip() for line in asked.questions.splitlines()]
        return [line for line in lines if fold(line) and fold(line) not in known]

    def _live(self, path: str) -> str:
        try:
            return self._desk.content.live(path).body
        except RequestError:  # a new topic
            return ""

    def _topic_name(self, topic: str) -> str:
        path = f"topics/{topic}.yml"
        return file_name(path, self._live(path))
