"""AudioSocket over a real loopback socket, with the test as Asterisk."""

import asyncio
import contextlib
from uuid import UUID

from voice_gateway.channels.audiosocket import AudioSocketLine, serve_audiosocket
from voice_gateway.errors import RequestError
from voice_gateway.ports import KeyPressed
from voice_gateway.settings import Settings

CALL = UUID("3d6a2b1c-0000-4000-8000-00000000002a")
ID = b"\x01\x00\x10" + CALL.bytes
TONE = bytes([1, 2]) * 160
SILENCE_ON_WIRE = b"\x10\x01\x40" + bytes(320)
TONE_ON_WIRE = b"\x10\x01\x40" + TONE
HANG_UP = b"\0\0\0"


@contextlib.asynccontextmanager
async def called(handle, admit=None):
    server = await serve_audiosocket(
        Settings(audiosocket_port=0, audiosocket_host="127.0.0.1"), handle, admit
    )
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        server.close()


async def test_a_call_from_id_to_hang_up():
    heard: list = []
    line_of: asyncio.Future[AudioSocketLine] = asyncio.get_running_loop().create_future()

    async def handle(line: AudioSocketLine) -> None:
        line_of.set_result(line)
        async for event in line.events():
            if isinstance(event, KeyPressed) or event.pcm == TONE:
                heard.append(event)
            if event == KeyPressed("#"):
                await line.send(TONE)
                return

    async with called(handle) as (reader, writer):
        writer.write(ID + TONE_ON_WIRE + b"\x03\x00\x010" + b"\x03\x00\x01#")
        line = await line_of
        assert line.start.call_id == str(CALL)
        sent = b""
        while not (TONE_ON_WIRE in sent and sent.endswith(HANG_UP)):
            sent += await asyncio.wait_for(reader.readexactly(1), 5)
        writer.close()
    assert heard[1:] == [KeyPressed("0"), KeyPressed("#")]


async def test_silence_flows_while_nothing_is_said():
    async def handle(line: AudioSocketLine) -> None:
        async for _ in line.events():
            pass

    async with called(handle) as (reader, writer):
        writer.write(ID)
        got = await asyncio.wait_for(reader.readexactly(5 * len(SILENCE_ON_WIRE)), 5)
        assert got == SILENCE_ON_WIRE * 5


async def test_the_caller_hanging_up_ends_the_events():
    ended = asyncio.Event()

    async def handle(line: AudioSocketLine) -> None:
        async for _ in line.events():
            pass
        ended.set()

    async with called(handle) as (_, writer):
        writer.write(ID)
        writer.close()
        await asyncio.wait_for(ended.wait(), 5)


async def test_flush_takes_back_what_is_queued():
    flushed = asyncio.Event()

    async def handle(line: AudioSocketLine) -> None:
        for _ in range(15):
            await line.send(TONE)
        await line.flush()
        flushed.set()

    async with called(handle) as (reader, writer):
        writer.write(ID)
        await asyncio.wait_for(flushed.wait(), 5)
        sent = await asyncio.wait_for(reader.read(), 5)
        assert sent.count(TONE) < 5
        assert sent.endswith(b"\0\0\0")


async def test_who_is_no_asterisk_or_is_refused_is_closed():
    calls: list = []

    async def handle(line: AudioSocketLine) -> None:
        calls.append(line)

    def full(call_id: str) -> None:
        raise RequestError("call-limit", "Zajęte.", status=503)

    async with called(handle) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await asyncio.wait_for(reader.read(), 5) == b""
    async with called(handle, full) as (reader, writer):
        writer.write(ID)
        assert await asyncio.wait_for(reader.read(), 5) == b""
    assert calls == []
