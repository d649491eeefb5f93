"""A small gateway in a process of its own, for proving the wire without the rest of the product.

It uses the product's own phone lines. Each play is what it does with a call. What happens is
printed as one JSON object a line; the test reads it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
from array import array
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import uvicorn
from fastapi import FastAPI, Response, WebSocket

from voice_gateway.channels.asterisk import open_asterisk_line
from voice_gateway.channels.audiosocket import serve_audiosocket
from voice_gateway.errors import LineClosedError, RequestError
from voice_gateway.hearing import Hearing
from voice_gateway.listener import Listener
from voice_gateway.player import Player
from voice_gateway.ports import CallLine, KeyPressed
from voice_gateway.settings import Settings
from voice_gateway.turns import TurnDetector
from voice_gateway.values import AudioFrame, Transcript


def tone(hz: float, seconds: float, rate_hz: int = 8000) -> bytes:
    """A plain tone at -12 dBFS."""
    step = 2 * math.pi * hz / rate_hz
    return array(
        "h", (int(8000 * math.sin(step * n)) for n in range(int(seconds * rate_hz)))
    ).tobytes()


class NoSpeech:
    """A voice detector on a line where only keys are pressed."""

    def is_speech(self, frame: AudioFrame) -> bool:
        return False


class NoWords:
    """A recogniser that is never asked."""

    def accept(self, pcm: bytes) -> Transcript:
        raise AssertionError

    def finish(self) -> Transcript:
        raise AssertionError


def say(event: str, **fields: object) -> None:
    """Tell the test what happens."""
    print(json.dumps({"event": event, **fields}), flush=True)


async def echo(line: CallLine) -> None:
    """Send back what comes."""
    async for event in line.events():
        if isinstance(event, AudioFrame):
            await line.send(event.pcm)


async def keys(line: CallLine) -> None:
    """Report keys until #."""
    async for event in line.events():
        if isinstance(event, KeyPressed):
            say("key", digit=event.digit)
            if event.digit == "#":
                return


async def keyed_numbers(line: CallLine) -> None:
    """The product's own ears after a question for a number: report what was keyed in, until 0."""
    detector = TurnDetector()
    hearing = Hearing(NoWords(), ThreadPoolExecutor(1))
    listener = Listener(line, hearing, NoSpeech(), detector, Player(line), barge_in_s=0.14)
    listener.expect("digits")
    listening = asyncio.create_task(listener.run())
    text = ""
    while text != "konsultant":
        turn = await listener.turns.get()
        text = turn.text
        say("turn", text=text, kind=turn.kind)
    listening.cancel()


async def long_tone(line: CallLine) -> None:
    """Eight seconds of sound at once; a key takes the rest of it back."""
    await send(line, tone(600, 8.0))
    async for event in line.events():
        if isinstance(event, KeyPressed):
            await line.flush()
            say("flushed")


async def short_tone(line: CallLine) -> None:
    """A second of sound, then goodbye: nothing of it may be lost."""
    await send(line, tone(600, 1.0))


async def quiet(line: CallLine) -> None:
    """Say nothing until the caller hangs up."""
    async for _ in line.events():
        pass


async def goodbye(line: CallLine) -> None:
    """Nothing at all."""


async def send(line: CallLine, pcm: bytes) -> None:
    """Everything at once, in 20 ms pieces."""
    for at in range(0, len(pcm), 320):
        await line.send(pcm[at : at + 320])


PLAYS: dict[str, Callable[[CallLine], Awaitable[None]]] = {
    play.__name__: play
    for play in (echo, keys, keyed_numbers, long_tone, short_tone, quiet, goodbye)
}


def build(settings: Settings, play: str, next_body: str, next_wait_s: float) -> FastAPI:
    """The stand-in's routes."""
    app = FastAPI()
    active: set[str] = set()

    def admit(call_id: str) -> None:
        if call_id in active or len(active) >= settings.max_calls:
            raise RequestError("call-limit", "Zajęte.", status=503)
        active.add(call_id)

    async def handle(line: CallLine) -> None:
        start = line.start
        say("call", id=start.call_id, did=start.did, caller=start.caller, rate_hz=start.rate_hz)
        try:
            await PLAYS[play](line)
            say("played")
        except LineClosedError:
            say("closed")
        finally:
            await line.hang_up()
            active.discard(start.call_id)
            say("ended", id=start.call_id)

    @app.websocket("/ws/asterisk")
    async def asterisk(websocket: WebSocket) -> None:
        try:
            line = await open_asterisk_line(websocket, settings, admit)
        except (RequestError, LineClosedError) as error:
            say("refused", code=error.code)
            return
        await handle(line)

    @app.get("/calls/{call_id}/next")
    async def next_step(call_id: str) -> Response:
        say("next", id=call_id)
        await asyncio.sleep(next_wait_s)
        return Response(next_body, media_type="application/json")

    async def open_audiosocket() -> None:
        app.state.server = await serve_audiosocket(settings, handle, admit)
        say("ready")

    app.router.add_event_handler("startup", open_audiosocket)
    return app


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("play", choices=PLAYS)
    parser.add_argument("--next", default="", dest="next_body")
    parser.add_argument("--next-wait-s", type=float, default=0.0)
    arguments = parser.parse_args()
    settings = Settings()
    app = build(settings, arguments.play, arguments.next_body, arguments.next_wait_s)
    uvicorn.run(app, host="127.0.0.1", port=settings.port, log_level="warning")


if __name__ == "__main__":
    main()
