"""The voice doors: ``/ws/voice``, ``/ws/asterisk``, and the dialplan's question what is next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from fastapi import APIRouter, WebSocket

from voice_gateway.calls import CallRegistry
from voice_gateway.channels.asterisk import open_asterisk_line
from voice_gateway.channels.browser import open_browser_line
from voice_gateway.errors import HaloError, LineClosedError, RequestError
from voice_gateway.settings import Settings
from voice_gateway.voice_talks import VoiceTalks

log = structlog.get_logger(__name__)


def build_voice_router(
    settings: Settings,
    talks: VoiceTalks,
    registry: CallRegistry,
    on_transfer: Callable[[str], Awaitable[None]],
) -> APIRouter:
    """The router of the voice doors. ``on_transfer(call_id)``: the dialplan takes the caller on."""
    router = APIRouter()

    @router.websocket("/ws/voice")
    async def browser(websocket: WebSocket) -> None:
        try:
            line = await open_browser_line(websocket, settings, talks.admit)
        except (RequestError, LineClosedError):
            return  # the page was told
        await talks.handle(line)

    @router.websocket("/ws/asterisk")
    async def asterisk(websocket: WebSocket) -> None:
        admitted: list[str] = []

        def admit(call_id: str) -> None:
            talks.admit(call_id)
            admitted.append(call_id)

        try:
            line = await open_asterisk_line(websocket, settings, admit)
        except (RequestError, LineClosedError):
            for call_id in admitted:
                talks.forget(call_id)
            return  # refused before the handshake: the dialplan goes on to a person
        await talks.handle(line)

    @router.get("/calls/{call_id}/next")
    async def next_step(call_id: str) -> dict[str, str]:
        """Where the dialplan sends the caller after the assistant's leg."""
        step = registry.next(call_id)
        if step.action == "transfer":
            try:
                await on_transfer(call_id)
            except HaloError as error:  # the caller's way to a person does not hang on our notes
                log.error("transfer_unnoted", code=error.code)
        return {"action": step.action, "target": step.target, "context": step.context}

    return router
