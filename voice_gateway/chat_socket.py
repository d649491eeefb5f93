"""``WS /ws/chat``: one page's live talk. docs/chat-protocol.md is what both sides agreed on.

Two tasks: one reads what the resident sends, one tells what happens at the desk.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from voice_gateway import telemetry
from voice_gateway.chat_talks import Talk
from voice_gateway.chat_values import ChatReply
from voice_gateway.desk_events import DeskEvent, EventStream
from voice_gateway.errors import RequestError
from voice_gateway.services import Services

log = structlog.get_logger(__name__)

MAX_MESSAGE_BYTES = 16 * 1024
THINKING_S = 0.3  # an answer that takes longer is announced
CLOSE_RESTART, CLOSE_TOO_LARGE, CLOSE_BUSY = 1012, 1009, 1013


class ChatSocket:
    """One connection of a page."""

    def __init__(self, socket: WebSocket, services: Services) -> None:
        self._socket = socket
        self._services = services
        self._sending = asyncio.Lock()
        self._talk: Talk | None = None
        self._told: dict[str, Any] | None = None  # the hand-off's state as the page knows it

    async def run(self) -> None:
        """Talk until the page goes away or misbehaves."""
        await self._socket.accept()
        desk = self._services.desk
        events = desk.events()
        reading = asyncio.create_task(self._read())
        telling = asyncio.create_task(self._tell(events))
        try:
            await asyncio.wait({reading, telling}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():  # the desk's stream ended: too slow, or the gateway stops
                await self._close(CLOSE_RESTART)
        finally:
            desk.forget(events)
            for task in (reading, telling):
                task.cancel()
            results = await asyncio.gather(reading, telling, return_exceptions=True)
        for error in results:
            if isinstance(error, Exception) and not isinstance(error, WebSocketDisconnect):
                telemetry.count_error("internal")
                log.error("chat_socket_broken", code="internal", fault_type=type(error).__name__)
                await self._close(CLOSE_RESTART)

    async def _read(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            raw = message.get("text")
            if len((raw or "").encode("utf-8", "replace")) > MAX_MESSAGE_BYTES:
                await self._close(CLOSE_TOO_LARGE)
                return
            try:
                await self._served(_parsed(raw))
            except RequestError as error:
                telemetry.count_error(error.code)
                await self._send({"type": "error", "code": error.code, "detail": error.detail_pl})
                if error.code == "request-busy":
                    await self._close(CLOSE_BUSY)
                    return

    async def _served(self, message: Mapping[str, Any]) -> None:
        match message.get("type"):
            case "hello":
                await self._hello(message.get("conversation_id"))
            case "say":
                text = message.get("text")
                if not isinstance(text, str):
                    raise _unreadable()
                await self._answer(text)
            case "human":
                await self._answer(None)
            case "typing" if self._talk and self._talk.asked_person:
                self._services.desk.typing(self._talk.id, "resident")

    async def _hello(self, given: object) -> None:
        chat = self._services.chat
        await self._services.limits.check(self._address())
        self._talk, resumed = await chat.open(given if isinstance(given, str) else None)
        handoff = await chat.handoff(self._talk)
        self._told = handoff.as_jsonable() if handoff else None
        opening = chat.opening(self._talk, resumed)
        await self._send(
            {
                "type": "welcome",
                "conversation_id": self._talk.public_id,
                "resumed": resumed,
                "replies": [{"text": one.text, "choices": []} for one in opening],
                "handoff": self._told,
            }
        )

    async def _answer(self, text: str | None) -> None:
        await self._services.limits.check(self._address())
        if self._talk is None:  # a page that did not say hello gets a talk all the same
            await self._hello(None)
        assert self._talk is not None  # noqa: S101 - _hello has just set it
        chat, talk = self._services.chat, self._talk
        turn = chat.ask_person(talk) if text is None else chat.turn(talk, text)
        answering = asyncio.create_task(turn)  # a question once asked is answered and recorded
        await asyncio.wait({answering}, timeout=THINKING_S)
        if not answering.done() and not self._with_clerk():
            await self._send({"type": "typing"})
        reply = await asyncio.shield(answering)
        await self._send({"type": "turn", **reply.as_jsonable()})
        await self._handoff_changed(reply)

    async def _handoff_changed(self, reply: ChatReply) -> None:
        state = reply.handoff.as_jsonable() if reply.handoff else None
        if state and state != self._told:
            await self._send({"type": "handoff", **state})
        self._told = state

    def _with_clerk(self) -> bool:
        return self._told is not None and self._told["state"] == "taken"

    async def _tell(self, events: EventStream) -> None:
        async for event in events:
            if self._talk is None:
                continue
            if event.talk_id == self._talk.id:
                await self._own_event(event)
            elif event.kind in {"taken", "ended"} and self._told and not self._with_clerk():
                await self._queue_moved()

    async def _own_event(self, event: DeskEvent) -> None:
        sentences = self._services.chat.sentences
        match event.kind:
            case "taken":
                state = await self._state()
                if state:
                    self._told = state
                    text = sentences.handoff_chat_taken
                    await self._send({"type": "handoff", **state, "text": text})
            case "ended":
                self._told = None
                text = sentences.handoff_chat_ended
                await self._send({"type": "handoff", "state": "ended", "text": text})
            case "line" if event.line and event.line.who == "clerk":
                line = event.line
                await self._send({"type": "human", "text": line.text, "name": line.name})
            case "typing" if event.who == "clerk":
                await self._send({"type": "typing"})

    async def _queue_moved(self) -> None:
        state = await self._state()
        if state and state != self._told:
            self._told = state
            await self._send({"type": "handoff", **state})

    async def _state(self) -> dict[str, Any] | None:
        status = await self._services.chat.handoff(self._talk) if self._talk else None
        return status.as_jsonable() if status else None

    def _address(self) -> str | None:
        return self._socket.client.host if self._socket.client else None

    async def _send(self, message: dict[str, Any]) -> None:
        async with self._sending:
            await self._socket.send_text(json.dumps(message, ensure_ascii=False))

    async def _close(self, code: int) -> None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # it is closed already
            await self._socket.close(code)


def _parsed(raw: str | None) -> Mapping[str, Any]:
    try:
        message = json.loads(raw or "")
    except (ValueError, RecursionError):
        raise _unreadable() from None
    if not isinstance(message, dict):
        raise _unreadable()
    return message


def _unreadable() -> RequestError:
    return RequestError("request-bad-message", "Tej wiadomości nie da się odczytać.", status=422)
