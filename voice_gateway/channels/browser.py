"""A resident's microphone and loudspeaker in a browser, on ``WS /ws/voice``.

The page says ``{"type":"start","rate":16000}`` first, then sound goes both ways as binary 16-bit
little-endian mono PCM and everything else as JSON (docs/chat-protocol.md). The page buffers what
we send and throws it away on ``flush``, so sound may be sent a little ahead.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from voice_gateway import telemetry
from voice_gateway.channels.caller_audio import CallerAudio
from voice_gateway.chat_talks import our_id
from voice_gateway.errors import LineClosedError, RequestError
from voice_gateway.ports import LineEvent
from voice_gateway.settings import Settings
from voice_gateway.values import BYTES_PER_SAMPLE, CallStart

log = structlog.get_logger(__name__)

RATES_HZ = (8000, 16000)
START_WAIT_S = 10.0  # the page sends its start at once; a stranger may send nothing
MAX_MESSAGE_BYTES = 65_536  # 2 s at 16 kHz; the page sends 20 ms
MAX_TEXT_CHARS = 4096  # our JSON messages are far shorter
KEYS = frozenset("0123456789*#")
REFUSED = 1008  # WebSocket close code "policy": the page does not come back by itself


class BrowserLine:
    """The ``CallLine`` of one browser."""

    lead_s = 0.3

    def __init__(self, websocket: WebSocket, start: CallStart) -> None:
        self.start = start
        self._websocket = websocket
        self._caller = CallerAudio(start.rate_hz)
        self._closed = False
        self._reading = asyncio.create_task(self._read())

    def events(self) -> AsyncIterator[LineEvent]:
        """The resident's sound in 20 ms frames, and keys. Ends when the page goes away."""
        return self._caller.events()

    async def send(self, pcm: bytes) -> None:
        """Send sound to be played. Raises ``LineClosedError`` after a hang-up."""
        await self._out(self._websocket.send_bytes, pcm)

    async def flush(self) -> None:
        """Have the page throw away sound that it has not played yet."""
        await self._out(self._websocket.send_text, json.dumps({"type": "flush"}))

    async def tell(self, event: str, data: dict[str, object]) -> None:
        """Show something in the page: transcript, reply, handoff."""
        message = json.dumps({"type": event, **data}, ensure_ascii=False)
        await self._out(self._websocket.send_text, message)

    async def hang_up(self) -> None:
        """Say that the talk is over; the page plays what it still has. Idempotent."""
        if not self._closed:
            try:
                await self.tell("end", {})
                await self._websocket.close()
            except (LineClosedError, RuntimeError):
                log.debug("line_closed_twice")
        self._shut()
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        dropped_s = self._caller.dropped_s
        telemetry.count_dropped_audio("caller", dropped_s)
        log.info("line_closed", call_id=self.start.call_id, dropped_ms=round(dropped_s * 1000))

    async def _out(self, send: Callable[[Any], Any], data: bytes | str) -> None:
        if self._closed:
            raise LineClosedError
        try:
            await send(data)
        except (WebSocketDisconnect, RuntimeError) as error:  # RuntimeError: closed meanwhile
            self._shut()
            raise LineClosedError from error

    async def _read(self) -> None:
        """Take everything the page sends until it goes away; the only reader of the socket."""
        try:
            while True:
                message = await self._websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                if message.get("bytes") is not None:
                    self._caller.put(_checked_sound(message["bytes"]))
                elif not self._go_on(_json(message.get("text") or "")):
                    return
        except RequestError as error:
            await refuse(self._websocket, error)
        finally:
            self._shut()

    def _go_on(self, message: dict[str, Any]) -> bool:
        """Take a JSON message; False when the resident hung up. Unknown ones are skipped."""
        digit = message.get("digit")
        if message.get("type") == "key" and isinstance(digit, str) and digit in KEYS:
            self._caller.press(digit)
        return message.get("type") != "hangup"

    def _shut(self) -> None:
        self._closed = True
        self._caller.close()


async def open_browser_line(
    websocket: WebSocket, settings: Settings, admit: Callable[[str], None] | None = None
) -> BrowserLine:
    """Take a talk from a page, or refuse it.

    ``admit`` gets the call's id and raises ``RequestError`` to refuse (too many talks, this id
    already talks). Raises ``RequestError`` when refused (the page was told, the socket is closed)
    and ``LineClosedError`` when the page left before its start.
    """
    await websocket.accept()
    try:
        start = _call_start(await _first_message(websocket))
        if admit:
            admit(start.call_id)
    except RequestError as error:
        await refuse(websocket, error)
        raise
    line = BrowserLine(websocket, start)
    log.info("line_opened", call_id=start.call_id, rate_hz=start.rate_hz)
    with contextlib.suppress(LineClosedError):  # admitted, so the talk must see that it is over
        await line.tell("ready", {"rate": start.rate_hz, "call_id": start.call_id})
    return line


async def refuse(websocket: WebSocket, error: RequestError) -> None:
    """Tell the page in Polish why not, and close."""
    log.warning("line_refused", code=error.code)
    telemetry.count_error(error.code)
    message = {"type": "error", "code": error.code, "detail": error.detail_pl}
    try:
        await websocket.send_text(json.dumps(message, ensure_ascii=False))
        await websocket.close(REFUSED, error.code)
    except (WebSocketDisconnect, RuntimeError):  # gone already: nobody is left to tell
        log.debug("line_closed_twice")


async def _first_message(websocket: WebSocket) -> dict[str, Any]:
    try:
        async with asyncio.timeout(START_WAIT_S):
            message = await websocket.receive()
    except TimeoutError as error:
        raise _no_start() from error
    if message["type"] == "websocket.disconnect":
        raise LineClosedError
    return _json(message.get("text") or "")


def _call_start(message: dict[str, Any]) -> CallStart:
    """The talk's start. Raises ``RequestError`` request-voice-start or request-voice-rate."""
    if message.get("type") != "start":
        raise _no_start()
    rate = message.get("rate")
    if rate not in RATES_HZ:
        raise RequestError(
            "request-voice-rate", "Dźwięk musi mieć 8000 albo 16000 próbek na sekundę."
        )
    call_id = _joined_talk(message.get("conversation_id")) or str(uuid.uuid4())
    return CallStart(call_id=call_id, channel="browser", rate_hz=int(rate))


def _joined_talk(conversation_id: object) -> str | None:
    """Our id of the page's written talk, so that it goes on by voice; None for anything odd."""
    if not isinstance(conversation_id, str) or not conversation_id:
        return None
    try:
        return our_id(conversation_id)
    except RequestError:
        return None


def _no_start() -> RequestError:
    return RequestError("request-voice-start", "Rozmowa głosowa nie została dobrze rozpoczęta.")


def _checked_sound(pcm: bytes) -> bytes:
    """``pcm`` when it can be sound. Raises ``RequestError`` request-voice-message."""
    if len(pcm) > MAX_MESSAGE_BYTES or len(pcm) % BYTES_PER_SAMPLE:
        raise RequestError("request-voice-message", "Przesłany dźwięk ma niewłaściwą postać.")
    return pcm


def _json(text: str) -> dict[str, Any]:
    """The JSON object in ``text``; empty when it is none."""
    if len(text) > MAX_TEXT_CHARS:
        return {}
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
