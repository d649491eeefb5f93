"""A phone call that Asterisk's chan_websocket brings to ``WS /ws/asterisk``.

Asterisk dials us, says who calls in the query, signs in with HTTP Basic, then sends JSON control
messages and raw sound. It re-times what we send and can throw it away again, so sound may be sent
a little ahead (``lead_s``): a slow moment of this process is then not heard.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import itertools
import re
import secrets
from collections.abc import AsyncIterator, Callable

import structlog
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from voice_gateway import telemetry
from voice_gateway.channels import asterisk_codec as codec
from voice_gateway.channels.caller_audio import CallerAudio
from voice_gateway.errors import LineClosedError, RequestError
from voice_gateway.ports import KeyPressed, LineEvent
from voice_gateway.settings import Settings
from voice_gateway.values import FRAME_S, CallStart, frame_bytes

log = structlog.get_logger(__name__)

SUBPROTOCOL = "media"
START_WAIT_S = 3.0  # Asterisk sends MEDIA_START at once; a stranger may send nothing
DRAIN_GRACE_S = 1.0  # longer than the sound itself that we wait for Asterisk to play it
PHONE_BUFFER_S = 0.1  # sound that the caller's phone still holds when Asterisk has played all
CLOSE_WAIT_S = 1.0  # for Asterisk to end the leg after HANGUP
MAX_MESSAGE_BYTES = 32_000  # Asterisk refuses messages over 65535 bytes and ends the leg
CALL_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
NOT_A_NUMBER = re.compile(r"[^A-Za-z0-9+*#._-]")


class AsteriskLine:
    """The ``CallLine`` of one Asterisk leg."""

    lead_s = 0.2

    def __init__(self, websocket: WebSocket, start: CallStart, frame_size: int) -> None:
        """``frame_size``: bytes of Asterisk's own frame; messages are multiples of it."""
        self.start = start
        self._websocket = websocket
        self._frame_size = frame_size
        self._caller = CallerAudio(start.rate_hz)
        self._unsent = b""
        self._may_send = asyncio.Event()
        self._may_send.set()
        self._closed = asyncio.Event()
        self._hanging_up = False
        self._mark_numbers = itertools.count(1)
        self._marks: dict[str, asyncio.Event] = {}
        self._plays_until_s = 0.0
        self._reading = asyncio.create_task(self._read())

    def events(self) -> AsyncIterator[LineEvent]:
        """The caller's sound in 20 ms frames, and keys. Ends when the caller hangs up."""
        return self._caller.events()

    async def send(self, pcm: bytes) -> None:
        """Send sound; waits while Asterisk's queue is full. Raises ``LineClosedError``."""
        await self._may_send.wait()
        if self._closed.is_set():
            raise LineClosedError
        self._unsent += pcm
        whole = len(self._unsent) // self._frame_size * self._frame_size
        sound, self._unsent = self._unsent[:whole], self._unsent[whole:]
        for at in range(0, len(sound), self._message_bytes):
            await self._send_sound(sound[at : at + self._message_bytes])

    async def flush(self) -> None:
        """Throw away sound that Asterisk has not played yet."""
        self._unsent = b""
        self._plays_until_s = 0.0
        await self._command(codec.flush_media())
        self._may_send.set()  # an emptied queue has room, whether or not Asterisk says so

    async def tell(self, event: str, data: dict[str, object]) -> None:
        """Phones show nothing."""

    async def hang_up(self) -> None:
        """End our leg after what was sent has been heard; the dialplan goes on. Idempotent."""
        if self._hanging_up:
            await self._closed.wait()
            return
        self._hanging_up = True
        try:
            if not self._closed.is_set():
                await self._drain()
                await self._command(codec.hang_up())
                await _within(CLOSE_WAIT_S, self._closed)
        except LineClosedError:
            pass  # the caller was quicker
        finally:
            await self._close()

    @property
    def _message_bytes(self) -> int:
        return max(1, MAX_MESSAGE_BYTES // self._frame_size) * self._frame_size

    async def _send_sound(self, sound: bytes) -> None:
        now_s = asyncio.get_running_loop().time()
        length_s = len(sound) / frame_bytes(self.start.rate_hz) * FRAME_S
        self._plays_until_s = max(self._plays_until_s, now_s) + length_s
        try:
            await self._websocket.send_bytes(sound)
        except (WebSocketDisconnect, RuntimeError) as error:  # RuntimeError: closed meanwhile
            raise LineClosedError from error

    async def _command(self, text: str) -> None:
        if self._closed.is_set():
            raise LineClosedError
        try:
            await self._websocket.send_text(text)
        except (WebSocketDisconnect, RuntimeError) as error:
            raise LineClosedError from error

    async def _drain(self) -> None:
        """Wait until the caller has heard everything that was sent."""
        if self._unsent:
            await self.send(bytes(-len(self._unsent) % self._frame_size))
        left_s = self._plays_until_s - asyncio.get_running_loop().time()
        if left_s < -PHONE_BUFFER_S:
            return
        mark = f"m{next(self._mark_numbers)}"
        self._marks[mark] = played = asyncio.Event()
        await self._command(codec.mark_media(mark))
        await _within(max(0.0, left_s) + DRAIN_GRACE_S, played, self._closed)
        await _within(PHONE_BUFFER_S, self._closed)

    async def _read(self) -> None:
        """Take everything Asterisk sends until it goes away; the only reader of the socket."""
        try:
            while True:
                message = await self._websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                if message.get("bytes"):
                    self._caller.put(message["bytes"])
                elif message.get("text"):
                    self._control(codec.decode(message["text"]))
        finally:
            self._closed.set()
            self._may_send.set()
            self._caller.close()

    def _control(self, event: codec.AsteriskEvent | None) -> None:
        match event:
            case KeyPressed(digit):
                self._caller.press(digit)
            case codec.Flow(go=True):
                self._may_send.set()
            case codec.Flow(go=False):
                self._may_send.clear()
            case codec.MarkPlayed(mark) if mark in self._marks:
                self._marks.pop(mark).set()

    async def _close(self) -> None:
        if not self._closed.is_set():
            try:
                await self._websocket.close()
            except (WebSocketDisconnect, RuntimeError):
                log.debug("line_closed_twice")
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        dropped_s = self._caller.dropped_s
        telemetry.count_dropped_audio("caller", dropped_s)
        log.info("line_closed", call_id=self.start.call_id, dropped_ms=round(dropped_s * 1000))


async def open_asterisk_line(
    websocket: WebSocket, settings: Settings, admit: Callable[[str], None] | None = None
) -> AsteriskLine:
    """Take Asterisk's call, or refuse it.

    ``admit`` gets the call id before anything is accepted and raises ``RequestError`` to refuse
    (too many calls, this id already talks). Refusing is an HTTP status before the handshake, so
    that the dialplan goes straight to a person. Raises ``RequestError`` when refused (the refusal
    is sent already) and ``LineClosedError`` when Asterisk leaves before MEDIA_START; in both cases
    nothing is left to close.
    """
    try:
        call_id = _check(websocket, settings)
        if admit:
            admit(call_id)
    except RequestError as error:
        log.warning("line_refused", code=error.code)
        telemetry.count_error(error.code)
        await _refuse(websocket, error)
        raise
    await websocket.accept(subprotocol=SUBPROTOCOL)
    media = await _media_start(websocket)
    start = CallStart(
        call_id=call_id,
        channel="phone",
        did=_number(websocket.query_params.get("did", "")),
        caller=_number(websocket.query_params.get("caller", "")),
        rate_hz=codec.RATES_HZ[media.sound_format],
    )
    log.info("line_opened", call_id=call_id, rate_hz=start.rate_hz)
    return AsteriskLine(websocket, start, media.frame_bytes)


def _check(websocket: WebSocket, settings: Settings) -> str:
    """The call's id. Raises ``RequestError`` line-password, line-protocol or line-call-id."""
    if not _signed_in(websocket.headers.get("authorization", ""), settings):
        raise RequestError("line-password", "Błędne hasło centrali.", status=401)
    if SUBPROTOCOL not in websocket.scope.get("subprotocols", ()):
        raise RequestError("line-protocol", "Oczekujemy protokołu media.")
    call_id = websocket.query_params.get("call", "")
    if not CALL_ID.fullmatch(call_id):
        raise RequestError("line-call-id", "Brak numeru rozmowy.")
    return call_id


def _signed_in(authorization: str, settings: Settings) -> bool:
    """Whether the Basic credentials are ours, in constant time; nobody with no password set."""
    password = settings.asterisk_password.get_secret_value()
    scheme, _, encoded = authorization.partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        given = b""
    right = secrets.compare_digest(given, f"{settings.asterisk_user}:{password}".encode())
    return right and bool(password) and scheme.lower() == "basic"


def _number(text: str) -> str:
    """A phone number or SIP user name, without anything a log or a header could trip over."""
    return NOT_A_NUMBER.sub("", text)[:64]


async def _refuse(websocket: WebSocket, error: RequestError) -> None:
    headers = {"WWW-Authenticate": 'Basic realm="halo"'} if error.status == 401 else {}
    response = PlainTextResponse(error.code, status_code=error.status, headers=headers)
    await websocket.send_denial_response(response)


async def _media_start(websocket: WebSocket) -> codec.MediaStarted:
    """Wait for MEDIA_START. Raises ``LineClosedError``; the socket is closed then."""
    try:
        async with asyncio.timeout(START_WAIT_S):
            media = codec.decode(await websocket.receive_text())
    except WebSocketDisconnect as error:
        raise LineClosedError from error
    except (TimeoutError, KeyError):  # KeyError: sound or nothing in place of the message
        media = None
    if isinstance(media, codec.MediaStarted) and media.sound_format in codec.RATES_HZ:
        return media
    log.warning("line_not_asterisk")
    await websocket.close(1002, "MEDIA_START slin or slin16 expected")
    raise LineClosedError


async def _within(seconds: float, *events: asyncio.Event) -> None:
    """Wait until any of the events, at most ``seconds``."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
