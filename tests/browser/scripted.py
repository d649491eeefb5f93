"""A gateway that follows a script, for trying the pages without the rest of the product.

``python -m tests.browser.scripted PORT`` serves it. Its answers test the page, not the assistant.
"""

from __future__ import annotations

import asyncio
import uuid

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from voice_gateway.channels.browser import open_browser_line
from voice_gateway.errors import LineClosedError, RequestError
from voice_gateway.settings import Settings
from voice_gateway.values import AudioFrame
from voice_gateway.web.pages import build_pages_router

GREETING = (
    "Dzień dobry, tu automatyczny asystent Urzędu Miasta Nadmorzyn. "
    "Słowo „konsultant” w każdej chwili łączy z człowiekiem."
)
ANSWERS = {
    "godziny": ("Dziś urząd jest otwarty od 8:00 do 16:00.", ()),
    "dowód": (
        "O co chodzi w sprawie dowodu?\nSzczegóły: https://www.gov.pl/web/gov/dowod.",
        ("Jakie dokumenty?", "Ile to kosztuje?"),
    ),
    "ile to kosztuje?": ("Wydanie dowodu osobistego jest bezpłatne.", ()),
    "markup": ('<img src=x onerror="window.hurt=1"> javascript:alert(1) [x](javascript:alert(1))', ()),
}


def build(settings: Settings) -> FastAPI:
    app = FastAPI()
    app.include_router(build_pages_router(settings))
    app.state.talks = {}
    app.state.sockets = set()
    app.state.heard = bytearray()

    @app.get("/readyz")
    def ready() -> dict[str, object]:
        limits = "Model próbny, uczony na głosach syntetycznych."
        return {"parts": {"hearing": {"state": "ready", "name": "pl-small", "limits": limits}}}

    @app.post("/cut")
    async def cut() -> None:
        for socket in list(app.state.sockets):
            await socket.close(1012)

    @app.websocket("/ws/chat")
    async def chat(socket: WebSocket) -> None:
        await socket.accept()
        app.state.sockets.add(socket)
        try:
            await _talk(app, socket)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            app.state.sockets.discard(socket)

    @app.websocket("/ws/voice")
    async def voice(socket: WebSocket) -> None:
        try:
            line = await open_browser_line(socket, settings)
        except (RequestError, LineClosedError):
            return
        await _echo(app, line)

    return app


async def _talk(app: FastAPI, socket: WebSocket) -> None:
    hello = await socket.receive_json()
    known = hello.get("conversation_id") in app.state.talks
    talk_id = hello["conversation_id"] if known else str(uuid.uuid4())
    history = app.state.talks.setdefault(talk_id, [])
    replies = [] if known else [{"text": GREETING, "choices": []}]
    await socket.send_json(
        {
            "type": "welcome",
            "conversation_id": talk_id,
            "resumed": known,
            "replies": replies,
            "history": history,
            "handoff": None,
        }
    )
    while True:
        message = await socket.receive_json()
        if message["type"] == "human":
            await _human(socket)
        elif message["type"] == "say":
            await _answer(socket, talk_id, history, message["text"])


async def _answer(socket: WebSocket, talk_id: str, history: list, text: str) -> None:
    if text == "błąd":
        detail = "Nie udało się odpowiedzieć. Proszę spróbować jeszcze raz."
        await socket.send_json({"type": "error", "code": "dialogue-down", "detail": detail})
        return
    await socket.send_json({"type": "typing"})
    await asyncio.sleep(0.2)
    answer, choices = ANSWERS.get(text.lower(), (f"Nie rozumiem: {text}", ()))
    history += [{"who": "resident", "text": text}, {"who": "assistant", "text": answer}]
    await socket.send_json(
        {
            "type": "turn",
            "conversation_id": talk_id,
            "replies": [{"text": answer, "choices": list(choices)}],
            "understood": {},
            "handoff": None,
        }
    )


async def _human(socket: WebSocket) -> None:
    reply = {"text": "Łączę z człowiekiem.", "choices": []}
    handoff = {"department": "informacja", "state": "waiting", "position": 1}
    await socket.send_json({"type": "turn", "replies": [reply], "handoff": handoff})
    await socket.send_json({"type": "handoff", "state": "waiting", "position": 1})
    await asyncio.sleep(0.5)
    await socket.send_json({"type": "handoff", "state": "taken", "name": "Anna"})
    await socket.send_json({"type": "human", "text": "Dzień dobry, tu Anna.", "name": "Anna"})
    await asyncio.sleep(0.5)
    await socket.send_json({"type": "handoff", "state": "ended"})


async def _echo(app: FastAPI, line) -> None:
    """Give back what was heard, one second later, and tell as a real talk does."""
    heard = app.state.heard
    heard.clear()
    try:
        await line.tell("reply", {"text": GREETING})
        async for event in line.events():
            if isinstance(event, AudioFrame):
                heard += event.pcm
            if len(heard) == event.rate_hz * 2:
                await line.tell("transcript", {"text": "o której", "final": False})
            if len(heard) >= event.rate_hz * 4:
                break
        await line.tell("transcript", {"text": "o której otwieracie", "final": True})
        await line.tell("reply", {"text": ANSWERS["godziny"][0], "choices": []})
        size = line.start.rate_hz // 50 * 2
        for at in range(0, len(heard), size):
            await line.send(bytes(heard[at : at + size]))
            await asyncio.sleep(0.018)
        await line.hang_up()
    except LineClosedError:
        return


if __name__ == "__main__":
    import sys

    import uvicorn

    uvicorn.run(build(Settings()), port=int(sys.argv[1]), log_level="warning")
