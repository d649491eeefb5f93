"""The real pages, chat, desk and records around a dialogue engine that follows a script.

``python -m tests.browser.office`` serves it for trying by hand and prints how to
sign in. It tries the pages; what the assistant understands is tested where Rasa is real.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import tempfile
import threading
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
import yaml
from fastapi import FastAPI, WebSocket
from fastapi.responses import HTMLResponse
from pydantic import SecretStr

from staff_console.desk import StaffServices, build_staff_router
from staff_console.visits import VisitPages, build_visits_router
from visits.build import open_book
from voice_gateway.channels.browser import BrowserLine, open_browser_line
from voice_gateway.chat import ChatService
from voice_gateway.chat_routes import build_chat_router
from voice_gateway.chat_values import ChatSentences
from voice_gateway.desk import HandoffDesk
from voice_gateway.errors import LineClosedError, RequestError
from voice_gateway.rate_limits import ClientLimits
from voice_gateway.records.database import Database, upgrade
from voice_gateway.records.keeper import DatabaseRecords
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.settings import Settings
from voice_gateway.values import AudioFrame, BotReply, CallerTurn, Handoff, Understood, Utterance
from voice_gateway.web.pages import build_pages_router

PASSWORD = "koń bateria zszywka"
ANSWERS = {
    "godziny": ("Dziś urząd jest otwarty od 8:00 do 16:00.", ()),
    "dowód": (
        "O co chodzi w sprawie dowodu?\nSzczegóły: https://www.gov.pl/web/gov/dowod.",
        ("Jakie dokumenty?", "Ile to kosztuje?"),
    ),
    "ile to kosztuje?": ("Wydanie dowodu osobistego jest bezpłatne.", ()),
    "znaczniki": (
        '<img src=x onerror="window.hurt=1"> [klik](javascript:alert(1)) '
        "[strona](https://nadmorzyn.example/a?b=1&c) mailto:urzad@nadmorzyn.example!",
        (),
    ),
}


class ScriptedDialogue:
    """Answers by the table above."""

    async def reply(self, turn: CallerTurn) -> BotReply:
        text = turn.text.lower()
        if text == "konsultant":
            said = "Proszę chwilę poczekać, przekazuję rozmowę pracownikowi."
            handoff = Handoff("obywatelskie", "asked", "id_card")
            return BotReply((Utterance(said, said),), handoff=handoff)
        said, choices = ANSWERS.get(text, ("Nie wiem, o co chodzi. Proszę zapytać inaczej.", ()))
        return BotReply((Utterance(said, said),), choices=choices)

    async def understand(self, text: str) -> Understood:
        return Understood()

    async def ready(self) -> str:
        return "scripted"


@dataclass
class Parts:
    """What the routes take from ``Services``, as far as these pages need it."""

    settings: Settings
    chat: ChatService
    desk: HandoffDesk
    staff: StaffAccounts
    limits: ClientLimits = field(default_factory=ClientLimits)


def build(settings: Settings) -> FastAPI:
    """The application; its data lie in ``settings.data_dir``."""
    upgrade(settings.db_url)
    database = Database(settings.db_url)
    desk = HandoffDesk(database, lambda text: text)
    records = DatabaseRecords(database, lambda text: text, desk.announce)
    sentences = ChatSentences.from_system(system_sentences(settings))
    chat = ChatService(
        settings, ScriptedDialogue(), records, desk, database, lambda: sentences, "informacja"
    )
    staff = StaffAccounts(database)

    @asynccontextmanager
    async def life(app: FastAPI) -> Any:
        records.start()
        await staff.add(StaffAccount("anna", "Anna z urzędu"), PASSWORD)
        await staff.add(StaffAccount("ewa", "Ewa z urzędu"), PASSWORD)
        await staff.add(StaffAccount("piotr", "Piotr", "komunikacja"), PASSWORD)
        yield
        desk.close()
        await records.close()
        database.close()

    app = FastAPI(lifespan=life)
    app.state.settings = settings
    app.include_router(build_pages_router(settings))
    app.include_router(build_chat_router(Parts(settings, chat, desk, staff)))  # type: ignore[arg-type] # a part of Services
    app.include_router(build_staff_router(StaffServices(settings, desk, staff)))
    app.state.book = open_book(settings, database)
    key = settings.secret_key.get_secret_value()
    app.include_router(
        build_visits_router(
            VisitPages(key, staff, app.state.book, lambda since: [], "nadmorzyn.example")
        )
    )
    app.state.heard = bytearray()
    _add_trial_routes(app)
    return app


def system_sentences(settings: Settings) -> dict[str, tuple[str, str]]:
    office = yaml.safe_load((settings.knowledge_dir / "office.yml").read_text())
    system = yaml.safe_load((settings.knowledge_dir / "system.yml").read_text())
    facts = {"office": office["name"], "office_genitive": office["name_genitive"]}

    def filled(text: str) -> str:
        for name, value in {**facts, "phone": office["phone"]}.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    return {name: (filled(one["text"]), filled(one["spoken"])) for name, one in system.items()}


def _add_trial_routes(app: FastAPI) -> None:
    @app.get("/readyz")
    def ready() -> dict[str, object]:
        return {"parts": {"hearing": {"state": "ok", "model": "pl-small", "reason": ""}}}

    @app.get("/foreign", response_class=HTMLResponse)
    def foreign(server: str) -> str:
        """A city's own page, with rules of its own that must not reach the chat."""
        return f"""<!doctype html><html lang="pl"><title>Miasto</title>
            <style>* {{ color: red !important; font-size: 30px }} button {{ display: none }}</style>
            <main><h1>Strona miasta</h1><a href="#x">Aktualności</a></main>
            <script src="{server}/widget.js" async></script></html>"""

    @app.websocket("/ws/voice")
    async def voice(socket: WebSocket) -> None:
        try:
            line = await open_browser_line(socket, app.state.settings)
        except (RequestError, LineClosedError):
            return
        try:
            await _echo(app.state.heard, line)
        except LineClosedError:
            return


async def _echo(heard: bytearray, line: BrowserLine) -> None:
    """Hear two seconds, give them back, flush once, and end: what a talk does on the wire."""
    heard.clear()
    await line.tell("reply", {"text": "Dzień dobry głosem."})
    async for event in line.events():
        if isinstance(event, AudioFrame):
            heard += event.pcm
            if len(heard) == event.rate_hz * 2:
                await line.tell("transcript", {"text": "o której", "final": False})
            if len(heard) >= event.rate_hz * 4:
                break
    await line.tell("transcript", {"text": "o której otwieracie", "final": True})
    await line.tell("reply", {"text": ANSWERS["godziny"][0], "choices": ["Dziękuję"]})
    size = line.start.rate_hz // 50 * 2
    for at in range(0, len(heard), size):
        await line.send(bytes(heard[at : at + size]))
        await asyncio.sleep(0.018)
    await line.hang_up()


def trial_settings(folder: Path) -> Settings:
    """Settings that touch nothing outside ``folder``."""
    return Settings(_env_file=None, data_dir=folder, secret_key=SecretStr("only for these tests"))


class RunningOffice:
    """The application in a thread; can be stopped and started again on the same port and data."""

    def __init__(self, folder: Path) -> None:
        self._settings = trial_settings(folder)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._socket.close()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def foreign_url(self) -> str:
        """A page of another origin that embeds the widget."""
        return f"http://localhost:{self.port}/foreign?server={self.url}"

    def start(self) -> None:
        self.app = build(self._settings)
        config = uvicorn.Config(
            self.app, port=self.port, log_level="warning", ws_ping_interval=None
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        deadline_s = time.monotonic() + 20
        while not self._server.started:
            assert time.monotonic() < deadline_s, "the trial office does not start"
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        office = RunningOffice(Path(folder))
        print(office.url, "clerk: anna", PASSWORD)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
        office.stop()
