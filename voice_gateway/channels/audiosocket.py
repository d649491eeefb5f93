"""Phone calls by Asterisk's AudioSocket (TCP), for versions before chan_websocket.

AudioSocket neither buffers nor paces and drops a call that is quiet for two seconds. So a line has
one sender that puts a 20 ms frame on the wire every 20 ms, silence when there is nothing to say.
There is no password and no caller's number: it belongs on loopback or a private network.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from voice_gateway import telemetry
from voice_gateway.channels import audiosocket_codec as codec
from voice_gateway.channels.caller_audio import CallerAudio
from voice_gateway.errors import LineClosedError, RequestError
from voice_gateway.ports import KeyPressed, LineEvent
from voice_gateway.settings import Settings
from voice_gateway.values import FRAME_S, CallStart, frame_bytes

log = structlog.get_logger(__name__)

RATE_HZ = 8000
START_WAIT_S = 3.0  # the id comes first and at once; a stranger may send nothing
MAX_WAITING_S = 0.4  # sound that may wait in the line; then ``send`` waits
CATCH_UP_S = (
    0.06  # frames that were late by no more are sent at once; the phone's buffer holds them
)
PHONE_BUFFER_S = 0.1  # sound that the caller's phone still holds when all has been sent
CLOSE_WAIT_S = 1.0
READ_BYTES = 8192


class AudioSocketLine:
    """The ``CallLine`` of one AudioSocket connection. ``lead_s`` is our own queue, not Asterisk's.

    ``unread``: bytes that came together with the id.
    """

    lead_s = 0.1

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        call_id: str,
        unread: bytes = b"",
    ) -> None:
        self.start = CallStart(call_id=call_id, channel="phone", rate_hz=RATE_HZ)
        self._reader = reader
        self._writer = writer
        self._caller = CallerAudio(RATE_HZ)
        self._waiting: deque[bytes] = deque()
        self._sent_some = asyncio.Event()
        self._closed = asyncio.Event()
        self._hanging_up = False
        self._reading = asyncio.create_task(self._read(unread))
        self._sending = asyncio.create_task(self._send_all())

    def events(self) -> AsyncIterator[LineEvent]:
        """The caller's sound in 20 ms frames, and keys. Ends when the caller hangs up."""
        return self._caller.events()

    async def send(self, pcm: bytes) -> None:
        """Queue one 20 ms piece; waits while enough is queued. Raises ``LineClosedError``."""
        while len(self._waiting) * FRAME_S >= MAX_WAITING_S and not self._closed.is_set():
            self._sent_some.clear()
            await self._sent_some.wait()
        if self._closed.is_set():
            raise LineClosedError
        self._waiting.append(pcm)

    async def flush(self) -> None:
        """Throw away sound that is still queued."""
        self._waiting.clear()
        self._sent_some.set()

    async def tell(self, event: str, data: dict[str, object]) -> None:
        """Phones show nothing."""

    async def hang_up(self) -> None:
        """End our leg after what was sent has been heard; the dialplan goes on. Idempotent."""
        if self._hanging_up:
            await self._closed.wait()
            return
        self._hanging_up = True
        try:
            while self._waiting and not self._closed.is_set():
                self._sent_some.clear()
                await self._sent_some.wait()
            if not self._closed.is_set():
                await asyncio.sleep(PHONE_BUFFER_S)
                self._sending.cancel()
                self._writer.write(codec.encode_hang_up())
                async with asyncio.timeout(CLOSE_WAIT_S):
                    await self._closed.wait()
        except (OSError, TimeoutError):
            log.debug("line_closed_twice")
        finally:
            await self._close()

    async def _send_all(self) -> None:
        """A frame every 20 ms by the clock until the caller hangs up."""
        clock = asyncio.get_running_loop().time
        silence = bytes(frame_bytes(RATE_HZ))
        due_s = clock()
        try:
            while not self._closed.is_set():
                pcm = self._waiting.popleft() if self._waiting else silence
                self._sent_some.set()
                self._writer.write(codec.encode_sound(pcm))
                await self._writer.drain()
                due_s = max(due_s + FRAME_S, clock() - CATCH_UP_S)
                await asyncio.sleep(max(0.0, due_s - clock()))
        except OSError:
            self._end()

    async def _read(self, unread: bytes) -> None:
        """Take everything Asterisk sends until it goes away: that is how a caller hangs up."""
        try:
            while not self._closed.is_set():
                messages, unread = codec.decode(unread)
                for message in messages:
                    self._take(message)
                data = await self._reader.read(READ_BYTES)
                if not data:
                    return
                unread += data
        except OSError:
            log.debug("line_reset")
        finally:
            self._end()

    def _take(self, message: codec.AudioSocketMessage) -> None:
        match message:
            case codec.Sound(pcm):
                self._caller.put(pcm)
            case KeyPressed(digit):
                self._caller.press(digit)
            case codec.HungUp():
                self._end()

    def _end(self) -> None:
        self._closed.set()
        self._sent_some.set()
        self._caller.close()

    async def _close(self) -> None:
        self._end()
        self._writer.close()
        for task in (self._reading, self._sending):
            task.cancel()
        await asyncio.gather(self._reading, self._sending, return_exceptions=True)
        dropped_s = self._caller.dropped_s
        telemetry.count_dropped_audio("caller", dropped_s)
        log.info("line_closed", call_id=self.start.call_id, dropped_ms=round(dropped_s * 1000))


async def serve_audiosocket(
    settings: Settings,
    handle: Callable[[AudioSocketLine], Awaitable[None]],
    admit: Callable[[str], None] | None = None,
) -> asyncio.Server:
    """Listen for AudioSocket; each call runs ``handle(line)`` and is hung up when it returns.

    ``admit`` gets the call id and raises ``RequestError`` to refuse: the connection is closed and
    the dialplan goes on. Raises ``OSError`` when the port cannot be had.
    """

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            call_id, unread = await _call_id(reader)
            if admit:
                admit(call_id)
        except (RequestError, LineClosedError, OSError) as error:
            code = getattr(error, "code", "line-broken")
            log.warning("line_refused", code=code)
            telemetry.count_error(code)
            writer.close()
            return
        log.info("line_opened", call_id=call_id, rate_hz=RATE_HZ)
        line = AudioSocketLine(reader, writer, call_id, unread)
        try:
            await handle(line)
        finally:
            await line.hang_up()

    return await asyncio.start_server(
        connected, settings.audiosocket_host, settings.audiosocket_port
    )


async def _call_id(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """The id, which comes first, and the bytes read beyond it. Raises ``LineClosedError``."""
    buffer = b""
    try:
        async with asyncio.timeout(START_WAIT_S):
            while len(buffer) < codec.CALL_ID_BYTES:
                data = await reader.read(READ_BYTES)
                if not data:
                    raise LineClosedError
                buffer += data
    except TimeoutError as error:
        raise LineClosedError from error
    messages, _ = codec.decode(buffer[: codec.CALL_ID_BYTES])
    if not messages or not isinstance(messages[0], codec.CallId):
        raise LineClosedError
    return messages[0].call_id, buffer[codec.CALL_ID_BYTES :]
