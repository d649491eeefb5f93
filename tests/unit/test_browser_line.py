"""A line over ``/ws/voice``, with the test playing the page on the other end of the socket."""

import asyncio
import json
import uuid

import pytest
from starlette.websockets import WebSocket

from voice_gateway.channels.browser import open_browser_line
from voice_gateway.errors import LineClosedError, RequestError
from voice_gateway.ports import KeyPressed
from voice_gateway.settings import Settings
from voice_gateway.values import AudioFrame

SETTINGS = Settings(_env_file=None)
FRAME = bytes([1, 0]) * 320  # 20 ms at 16 kHz


class Page:
    """The page's side of the socket, in memory."""

    def __init__(self, first: object = None) -> None:
        self.to_us: asyncio.Queue = asyncio.Queue()
        self.to_us.put_nowait({"type": "websocket.connect"})
        self.sound: list[bytes] = []
        self.told: list[dict] = []
        self.close_code: int | None = None
        self.websocket = WebSocket(
            {"type": "websocket", "headers": [], "path": "/ws/voice"}, self.to_us.get, self._take
        )
        if first is not None:
            self.says(first)

    async def _take(self, message: dict) -> None:
        if message["type"] == "websocket.close":
            self.close_code = message["code"]
        elif message.get("bytes") is not None:
            self.sound.append(message["bytes"])
        elif message.get("text"):
            self.told.append(json.loads(message["text"]))

    def says(self, message: object) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        self.to_us.put_nowait({"type": "websocket.receive", "text": text})

    def sends(self, pcm: bytes) -> None:
        self.to_us.put_nowait({"type": "websocket.receive", "bytes": pcm})

    def leaves(self) -> None:
        self.to_us.put_nowait({"type": "websocket.disconnect", "code": 1001})

    def named(self, kind: str) -> list[dict]:
        return [message for message in self.told if message["type"] == kind]


async def opened(rate: int = 16000, **more: object) -> tuple[Page, object]:
    page = Page({"type": "start", "rate": rate, **more})
    return page, await open_browser_line(page.websocket, SETTINGS)


async def all_events(line: object) -> list[object]:
    return [event async for event in line.events()]


@pytest.mark.parametrize("rate", [8000, 16000])
async def test_a_start_is_taken_and_confirmed(rate: int) -> None:
    page, line = await opened(rate)
    assert line.start.rate_hz == rate
    assert line.start.channel == "browser"
    assert page.told == [{"type": "ready", "rate": rate, "call_id": line.start.call_id}]
    await line.hang_up()


@pytest.mark.parametrize("rate", [None, 0, 44100, "16000", -8000, 1e99, [16000], {}])
async def test_another_rate_is_refused_in_polish(rate: object) -> None:
    page = Page({"type": "start", "rate": rate})
    with pytest.raises(RequestError) as refused:
        await open_browser_line(page.websocket, SETTINGS)
    assert refused.value.code == "request-voice-rate"
    assert page.told[0]["code"] == "request-voice-rate"
    assert "8000" in page.told[0]["detail"]
    assert page.close_code == 1008


@pytest.mark.parametrize("first", ["", "null", "[]", "{", "[" * 4000, '{"type":"say"}', "x" * 9000])
async def test_anything_else_in_place_of_the_start_is_refused(first: str) -> None:
    page = Page(first)
    with pytest.raises(RequestError):
        await open_browser_line(page.websocket, SETTINGS)
    assert page.told[0]["code"] == "request-voice-start"


async def test_sound_in_place_of_the_start_is_refused() -> None:
    page = Page()
    page.sends(FRAME)
    with pytest.raises(RequestError):
        await open_browser_line(page.websocket, SETTINGS)
    assert page.told[0]["code"] == "request-voice-start"


async def test_a_page_that_leaves_before_its_start_is_no_error() -> None:
    page = Page()
    page.leaves()
    with pytest.raises(LineClosedError):
        await open_browser_line(page.websocket, SETTINGS)
    assert page.told == []


async def test_who_may_not_talk_is_told_why() -> None:
    def full(_: str) -> None:
        raise RequestError("call-limit", "Wszystkie linie asystenta są zajęte.", status=503)

    page = Page({"type": "start", "rate": 16000})
    with pytest.raises(RequestError):
        await open_browser_line(page.websocket, SETTINGS, full)
    assert page.named("error")[0]["detail"].startswith("Wszystkie linie")
    assert page.named("ready") == []


async def test_a_written_talk_goes_on_by_voice_and_a_made_up_id_gets_its_own_name_space() -> None:
    ours = str(uuid.uuid4())
    _, line = await opened(conversation_id=ours)
    assert line.start.call_id == ours
    await line.hang_up()
    for odd in ("48991234567", "../x", 7, None, "", "ż" * 10):
        _, line = await opened(conversation_id=odd)
        assert uuid.UUID(line.start.call_id).version in (4, 5)
        await line.hang_up()


async def test_sound_of_any_size_becomes_20_ms_frames() -> None:
    page, line = await opened()
    sound = b"".join(bytes([n, 0]) * 320 for n in range(6))
    for at in range(0, len(sound), 1000):
        page.sends(sound[at : at + 1000])
    page.leaves()
    frames = await all_events(line)
    assert all(isinstance(f, AudioFrame) and len(f.pcm) == 640 for f in frames)
    assert b"".join(f.pcm for f in frames) == sound
    await line.hang_up()


@pytest.mark.parametrize("pcm", [b"\0" * 641, b"\0", b"\0" * 65_538])
async def test_sound_that_cannot_be_sound_is_refused(pcm: bytes) -> None:
    page, line = await opened()
    page.sends(pcm)
    assert await all_events(line) == []
    assert page.named("error")[0]["code"] == "request-voice-message"
    assert page.close_code == 1008
    with pytest.raises(LineClosedError):
        await line.send(FRAME)
    await line.hang_up()


async def test_keys_come_in_order_and_nonsense_is_skipped() -> None:
    page, line = await opened()
    for message in ({"type": "key", "digit": "0"}, {"type": "key", "digit": "xx"}, "]", [1]):
        page.says(message)
    page.says({"type": "key", "digit": ["0"]})
    page.says({"type": "key", "digit": "#"})
    page.says({"type": "hangup"})
    assert await all_events(line) == [KeyPressed("0"), KeyPressed("#")]
    await line.hang_up()


async def test_what_is_sent_flushed_and_told_arrives_in_order_and_ends() -> None:
    page, line = await opened()
    await line.send(FRAME)
    await line.flush()
    await line.tell("reply", {"text": "Dzień dobry", "choices": []})
    await line.hang_up()
    await line.hang_up()
    assert page.sound == [FRAME]
    assert [message["type"] for message in page.told] == ["ready", "flush", "reply", "end"]
    assert page.close_code == 1000
    with pytest.raises(LineClosedError):
        await line.tell("reply", {})


async def test_a_page_that_left_ends_sending() -> None:
    page, line = await opened()
    page.leaves()
    assert await all_events(line) == []
    with pytest.raises(LineClosedError):
        await line.send(FRAME)
    await line.hang_up()
    assert page.named("end") == []
