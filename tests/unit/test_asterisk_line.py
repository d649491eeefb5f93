"""A line over ``/ws/asterisk``, with the test playing Asterisk on the other end of the socket."""

import asyncio
import base64
import contextlib
import json

import pytest
from pydantic import SecretStr
from starlette.websockets import WebSocket

from voice_gateway.channels import asterisk
from voice_gateway.channels.asterisk import open_asterisk_line
from voice_gateway.errors import LineClosedError, RequestError
from voice_gateway.ports import KeyPressed
from voice_gateway.settings import Settings
from voice_gateway.values import AudioFrame

CALL = "3d6a2b1c-0000-4000-8000-00000000002a"
FRAME = bytes([1, 0]) * 160
START = {"event": "MEDIA_START", "format": "slin", "optimal_frame_size": 320, "ptime": 20}


def basic(user: str = "asterisk", password: str = "secret") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class FakeAsterisk:
    """Speaks chan_websocket's side in memory; plays what it is sent at once."""

    def __init__(
        self,
        query: str = f"call={CALL}&did=100&caller=%2B48991234567",
        authorization: str | None = None,
        protocols: tuple[str, ...] = ("media",),
    ) -> None:
        self.to_us: asyncio.Queue = asyncio.Queue()
        self.to_us.put_nowait({"type": "websocket.connect"})
        self.sound: list[bytes] = []
        self.commands: list[dict] = []
        self.refused: int | None = None
        self.accepted: str | None = None
        self.closed = False
        self.answers_marks = True
        scope = {
            "type": "websocket",
            "headers": [(b"authorization", (authorization or basic()).encode("latin-1"))],
            "query_string": query.encode(),
            "subprotocols": list(protocols),
            "extensions": {"websocket.http.response": {}},
            "path": "/ws/asterisk",
        }
        self.websocket = WebSocket(scope, self.to_us.get, self._take)

    async def _take(self, message: dict) -> None:
        match message["type"]:
            case "websocket.accept":
                self.accepted = message["subprotocol"]
            case "websocket.http.response.start":
                self.refused = message["status"]
            case "websocket.close":
                self.closed = True
                self.hang_up()
            case "websocket.send" if message.get("bytes"):
                self.sound.append(message["bytes"])
            case "websocket.send":
                self._obey(json.loads(message["text"]))

    def _obey(self, command: dict) -> None:
        self.commands.append(command)
        if command["command"] == "MARK_MEDIA" and self.answers_marks:
            mark = command["correlation_id"]
            self.say({"event": "MEDIA_MARK_PROCESSED", "correlation_id": mark})
        if command["command"] == "HANGUP":
            self.hang_up()

    def say(self, event: dict) -> None:
        self.to_us.put_nowait({"type": "websocket.receive", "text": json.dumps(event)})

    def speak(self, pcm: bytes) -> None:
        self.to_us.put_nowait({"type": "websocket.receive", "bytes": pcm})

    def hang_up(self) -> None:
        self.to_us.put_nowait({"type": "websocket.disconnect", "code": 1000})

    async def line(self) -> asterisk.AsteriskLine:
        self.say(START)
        return await open_asterisk_line(self.websocket, SETTINGS)


SETTINGS = Settings(asterisk_password=SecretStr("secret"))


async def test_a_call_is_accepted_with_what_asterisk_knows():
    far = FakeAsterisk()
    line = await far.line()
    assert far.accepted == "media"
    assert line.start.call_id == CALL
    assert (line.start.did, line.start.caller, line.start.rate_hz) == ("100", "+48991234567", 8000)
    await line.hang_up()


async def test_sixteen_kilohertz():
    far = FakeAsterisk()
    far.say({**START, "format": "slin16", "optimal_frame_size": 640})
    line = await open_asterisk_line(far.websocket, SETTINGS)
    assert line.start.rate_hz == 16000
    await line.hang_up()


@pytest.mark.parametrize(
    ("far", "status"),
    [
        ({"authorization": basic(password="wrong")}, 401),
        ({"authorization": basic(user="root")}, 401),
        ({"authorization": "Basic"}, 401),
        ({"authorization": "Basic żółć"}, 401),
        ({"authorization": basic().replace("Basic", "Bearer")}, 401),
        ({"protocols": ()}, 400),
        ({"query": "did=100"}, 400),
        ({"query": "call=" + "x" * 65}, 400),
        ({"query": "call=../../etc"}, 400),
    ],
)
async def test_strangers_are_refused_before_the_handshake(far, status):
    if far.get("authorization", "").endswith("żółć"):
        far = {"authorization": "Basic \xff\xfe"}
    far = FakeAsterisk(**far)
    with pytest.raises(RequestError) as refused:
        await open_asterisk_line(far.websocket, SETTINGS)
    assert far.refused == refused.value.status == status
    assert far.accepted is None


async def test_without_a_password_of_ours_nobody_gets_in():
    far = FakeAsterisk(authorization=basic(password=""))
    with pytest.raises(RequestError, match="line-password"):
        await open_asterisk_line(far.websocket, Settings(asterisk_password=SecretStr("")))


async def test_one_call_too_many_is_refused_before_the_handshake():
    def full(call_id: str) -> None:
        assert call_id == CALL
        raise RequestError("call-limit", "Zajęte.", status=503)

    far = FakeAsterisk()
    with pytest.raises(RequestError, match="call-limit"):
        await open_asterisk_line(far.websocket, SETTINGS, full)
    assert (far.refused, far.accepted) == (503, None)


async def test_a_strange_number_does_not_cost_the_call():
    far = FakeAsterisk(query=f"call={CALL}&did=100&caller=%22Jan%22%0D%0A%3Csip%3Aa%40b%3E")
    line = await far.line()
    assert line.start.caller == "Jansipab"
    await line.hang_up()


@pytest.mark.parametrize(
    "first",
    [
        {"type": "websocket.receive", "text": '{"event":"DTMF_END","digit":"1"}'},
        {"type": "websocket.receive", "text": json.dumps({**START, "format": "ulaw"})},
        {"type": "websocket.receive", "bytes": FRAME},
        {"type": "websocket.disconnect", "code": 1006},
    ],
)
async def test_who_does_not_start_like_asterisk_is_let_go(first):
    far = FakeAsterisk()
    far.to_us.put_nowait(first)
    with pytest.raises(LineClosedError):
        await open_asterisk_line(far.websocket, SETTINGS)


async def test_who_says_nothing_is_let_go(monkeypatch):
    monkeypatch.setattr(asterisk, "START_WAIT_S", 0.01)
    far = FakeAsterisk()
    with pytest.raises(LineClosedError):
        await open_asterisk_line(far.websocket, SETTINGS)
    assert far.closed


async def test_sound_and_keys_come_in_order_until_the_caller_hangs_up():
    far = FakeAsterisk()
    line = await far.line()
    far.speak(FRAME[:100])
    far.speak(FRAME[100:] + FRAME)
    far.say({"event": "DTMF_END", "digit": "0"})
    far.say({"event": "SOMETHING_NEW"})
    far.to_us.put_nowait({"type": "websocket.receive", "text": "\0{"})
    far.hang_up()
    events = [event async for event in line.events()]
    assert events == [AudioFrame(FRAME, 8000), AudioFrame(FRAME, 8000), KeyPressed("0")]
    with pytest.raises(LineClosedError):
        await line.send(FRAME)
    with pytest.raises(LineClosedError):
        await line.flush()
    await line.hang_up()


async def test_messages_are_multiples_of_asterisks_frame():
    far = FakeAsterisk()
    line = await far.line()
    await line.send(FRAME[:200])
    await line.send(FRAME)
    await line.send(FRAME * 200)
    assert {len(message) % 320 for message in far.sound} == {0}
    assert max(len(message) for message in far.sound) < 65535
    await line.hang_up()
    assert b"".join(far.sound) == FRAME[:200] + FRAME * 201 + bytes(120)


async def test_a_full_queue_at_asterisk_holds_us_back():
    far = FakeAsterisk()
    line = await far.line()
    far.say({"event": "MEDIA_XOFF"})
    await settled(far)
    sending = asyncio.ensure_future(line.send(FRAME))
    await asyncio.sleep(0)
    assert not sending.done()
    far.say({"event": "MEDIA_XON"})
    await sending
    assert far.sound == [FRAME]
    await line.hang_up()


async def test_a_flush_opens_a_full_queue_and_forgets_the_rest_of_a_message():
    far = FakeAsterisk()
    line = await far.line()
    await line.send(FRAME[:100])
    far.say({"event": "MEDIA_XOFF"})
    await settled(far)
    await line.flush()
    await line.send(FRAME)
    assert far.commands == [{"command": "FLUSH_MEDIA"}]
    assert far.sound == [FRAME]
    await line.hang_up()


async def test_waiting_for_room_ends_when_the_caller_hangs_up():
    far = FakeAsterisk()
    line = await far.line()
    far.say({"event": "MEDIA_XOFF"})
    await settled(far)
    sending = asyncio.ensure_future(line.send(FRAME))
    far.hang_up()
    with pytest.raises(LineClosedError):
        await sending
    await line.hang_up()


async def test_hanging_up_waits_for_what_was_sent():
    far = FakeAsterisk()
    far.answers_marks = False
    line = await far.line()
    await line.send(FRAME)
    hanging_up = asyncio.ensure_future(line.hang_up())
    await settled(far)
    assert [command["command"] for command in far.commands] == ["MARK_MEDIA"]
    mark = far.commands[0]["correlation_id"]
    far.say({"event": "MEDIA_MARK_PROCESSED", "correlation_id": mark})
    await hanging_up
    await line.hang_up()
    assert [command["command"] for command in far.commands] == ["MARK_MEDIA", "HANGUP"]


async def test_hanging_up_gives_up_on_a_far_side_that_does_not_answer(monkeypatch):
    monkeypatch.setattr(asterisk, "DRAIN_GRACE_S", 0.01)
    monkeypatch.setattr(asterisk, "CLOSE_WAIT_S", 0.01)
    far = FakeAsterisk()
    far.answers_marks = False
    far._obey = far.commands.append
    line = await far.line()
    await line.send(FRAME)
    await line.hang_up()
    assert far.closed


async def test_no_task_is_left_behind():
    far = FakeAsterisk()
    line = await far.line()
    await line.hang_up()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def settled(far: FakeAsterisk) -> None:
    """Until the line has read everything that was said to it."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            while not far.to_us.empty():
                await asyncio.sleep(0)
    for _ in range(3):
        await asyncio.sleep(0)
