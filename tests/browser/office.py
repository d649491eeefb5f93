"""The real pages, chat, desk and records around a dialogue engine that follows a script.

``python -m tests.browser.office PORT`` serves it, with a clerk ``anna`` and the password below.
It tries the pages; what the assistant understands is tested where Rasa is real.
"""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI, WebSocket
from fastapi.responses import HTMLResponse
from pydantic import SecretStr

from staff_console.desk import StaffServices, build_staff_router
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
from voice_gateway.web.pages import build_pages_router, read_office

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
        "[strona](https://nadmorzyn.example/a_(b)) mailto:urzad@nadmorzyn.example!",
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
        settings, ScriptedDialogue(), records, desk, database, sentences, "informacja"
    )
    staff = StaffAccounts(database)

    @asynccontextmanager
    async def life(app: FastAPI) -> Any:
        records.start()
        await staff.add(StaffAccount("anna", "Anna z urzędu"), PASSWORD)
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
        limits = "Model próbny, uczony na głosach syntetycznych."
        return {"parts": {"hearing": {"state": "ready", "name": "pl-small", "limits": limits}}}

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


if __name__ == "__main__":
    import sys

    import uvicorn

    with tempfile.TemporaryDirectory() as folder:
        app = build(trial_settings(Path(folder)))
        print("office:", read_office(app.state.settings.knowledge_dir / "office.yml").name)
        uvicorn.run(app, port=int(sys.argv[1]), log_level="warning")
