"""The clerk's live channel, ``WS /staff/live``: who waits, the open talk, answers.

From the page: open, take, say, typing, end (each with ``talk_id``). To the page: queue (the whole
list, whenever it changes), talk (with its lines), line, typing, error.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from staff_console import labels
from staff_console.labels import Labels
from voice_gateway import telemetry
from voice_gateway.desk import HandoffDesk
from voice_gateway.desk_events import DeskEvent, DeskTalk, EventStream
from voice_gateway.errors import HaloError, RequestError
from voice_gateway.records.staff import StaffAccount

log = structlog.get_logger(__name__)

MAX_MESSAGE_CHARS = 16_384
WATCH_S = 5.0  # how soon a page without events notices that it may stay no longer
COME_BACK = 1012  # WebSocket close code "service restart": the page connects anew by itself
SIGN_IN_AGAIN = 4401  # ours: the account was locked, the page goes to the sign-in form
TROUBLE_PL = "Nie udało się tego zrobić. Proszę spróbować jeszcze raz."


class _SignedOutError(Exception):
    """The session ended, or the account may not talk to residents any more."""


@dataclass(frozen=True, slots=True)
class LiveDesk:
    """One clerk at one open page. ``may_talk``: whether they are still signed in and may."""

    websocket: WebSocket
    desk: HandoffDesk
    may_talk: Callable[[], Awaitable[bool]]
    account: StaffAccount
    names: Labels

    async def run(self) -> None:
        """Until the page goes away."""
        events = self.desk.events()
        jobs = (self._commands(), self._tell(events), self._watch())
        tasks = [asyncio.create_task(job) for job in jobs]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.desk.forget(events)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        await self._close([task.exception() for task in tasks if not task.cancelled()])

    async def _close(self, faults: list[BaseException | None]) -> None:
        if any(isinstance(fault, WebSocketDisconnect) for fault in faults):
            return
        locked = any(isinstance(fault, _SignedOutError) for fault in faults)
        for fault in faults:
            if fault and not isinstance(fault, _SignedOutError):
                log.error("desk_live_failed", exc_info=fault)
        try:
            await self.websocket.close(SIGN_IN_AGAIN if locked else COME_BACK)
        except RuntimeError:  # the page was quicker
            log.debug("line_closed_twice")

    async def _watch(self) -> None:
        """Whose account was switched off or whose session ended does not stay."""
        while True:
            await asyncio.sleep(WATCH_S)
            await self._check_account()

    async def _tell(self, events: EventStream) -> None:
        await self._queue()
        async for event in events:
            await self._event(event)

    async def _event(self, event: DeskEvent) -> None:
        if event.kind in ("waiting", "taken", "ended"):
            await self._queue()
            return
        if not await self._may_see_id(event.talk_id):
            return
        if event.line:
            line = labels.line(event.line)
            await self._send({"type": "line", "talk_id": event.talk_id, "line": line})
        elif event.kind == "typing" and event.who == "resident":
            await self._send({"type": "typing", "talk_id": event.talk_id})

    async def _queue(self) -> None:
        await self._check_account()
        talks = [talk for talk in await self.desk.waiting() if self._may_see(talk)]
        shown = [self.names.talk(talk, self.account.login) for talk in talks]
        await self._send({"type": "queue", "talks": shown})

    async def _commands(self) -> None:
        while True:
            message = await self._received()
            await self._check_account()
            try:
                await self._obey(message)
            except RequestError as error:
                await self._refuse(error.code, error.detail_pl)
            except HaloError as error:
                telemetry.count_error(error.code)
                log.error("desk_failed", code=error.code)
                await self._refuse(error.code, TROUBLE_PL)

    async def _received(self) -> dict[str, Any]:
        message = await self.websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        return _json(message.get("text") or "")

    async def _obey(self, message: dict[str, Any]) -> None:
        talk_id, login = str(message.get("talk_id", "")), self.account.login
        if not await self._may_see_id(talk_id):
            raise RequestError("request-desk-unknown", "Nie ma takiej rozmowy.", status=404)
        match message.get("type"):
            case "open":
                await self._show(talk_id)
            case "take":
                await self.desk.take(talk_id, login, self.account.name)
                await self._show(talk_id)
            case "say":
                await self.desk.say(talk_id, login, str(message.get("text", "")))
            case "typing":
                self.desk.typing(talk_id, "clerk")
            case "end":
                await self.desk.end(talk_id, login)

    async def _show(self, talk_id: str) -> None:
        talk, lines = await self.desk.talk(talk_id)
        shown = self.names.talk(talk, self.account.login)
        told = [labels.line(line) for line in lines]
        await self._send({"type": "talk", "talk": shown, "lines": told})

    def _may_see(self, talk: DeskTalk) -> bool:
        return self.account.department in ("", talk.department)

    async def _may_see_id(self, talk_id: str) -> bool:
        talk = await self.desk.state(talk_id)
        return talk is not None and self._may_see(talk)

    async def _check_account(self) -> None:
        if not await self.may_talk():
            raise _SignedOutError

    async def _refuse(self, code: str, detail: str) -> None:
        await self._send({"type": "error", "code": code, "detail": detail})

    async def _send(self, message: dict[str, Any]) -> None:
        await self.websocket.send_text(json.dumps(message, ensure_ascii=False))


def _json(text: str) -> dict[str, Any]:
    """The JSON object in ``text``; empty when it is none or too long."""
    if len(text) > MAX_MESSAGE_CHARS:
        return {}
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
