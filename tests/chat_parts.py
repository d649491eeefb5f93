"""A chat with a scripted dialogue engine and a real database file, for tests."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI

from voice_gateway import problems
from voice_gateway.chat import ChatService
from voice_gateway.chat_routes import build_chat_router
from voice_gateway.chat_talks import Talks
from voice_gateway.chat_values import ChatSentences
from voice_gateway.desk import HandoffDesk
from voice_gateway.notices import Notices, no_notices
from voice_gateway.rate_limits import ClientLimits
from voice_gateway.records.database import Database, upgrade
from voice_gateway.records.keeper import DatabaseRecords
from voice_gateway.services import Services
from voice_gateway.settings import Settings
from voice_gateway.values import BotReply, CallerTurn, Handoff, Understood, Utterance

HOURS = BotReply(
    (Utterance("Dziś do 16:00.", "Dziś do szesnastej."),),
    choices=("A jutro?",),
    understood=Understood(topic="office", aspect="hours", confidence=0.9, model="scripted"),
)
PERSON = BotReply(
    (Utterance("Przekazuję rozmowę pracownikowi.", "Łączę."),),
    understood=Understood(act="human", confidence=0.99, model="scripted"),
    handoff=Handoff("obywatelskie", "asked", "id_card"),
)
SENTENCES = ChatSentences(
    chat_greeting="Dzień dobry, tu automat.",
    chat_disclosure="Tu automat.",
    trouble="Kłopot techniczny, przekazuję pracownikowi.",
    nobody_free="Nikt nie jest wolny, telefon 99 123 40 00.",
    handoff_chat_queued="Jest Pan/Pani w kolejce.",
    handoff_chat_position="Miejsce w kolejce: {position}.",
    handoff_chat_taken="Pracownik przejął rozmowę.",
    handoff_chat_ended="Pracownik zakończył rozmowę.",
)


def hide_digits(text: str) -> str:
    """A mask whose work is easy to see."""
    return re.sub(r"\d", "#", text)


@dataclass
class ScriptedDialogue:
    """Answers from a list; ``gate`` holds answers back until it is set."""

    script: dict[str, BotReply | Exception] = field(default_factory=dict)
    heard: list[CallerTurn] = field(default_factory=list)
    gate: asyncio.Event | None = None
    active: int = 0
    most_active: int = 0

    async def reply(self, turn: CallerTurn) -> BotReply:
        self.heard.append(turn)
        self.active += 1
        self.most_active = max(self.most_active, self.active)
        try:
            if self.gate:
                await self.gate.wait()
            return self._answer(turn.text)
        finally:
            self.active -= 1

    def _answer(self, text: str) -> BotReply:
        answer = self.script.get(text, PERSON if text == "konsultant" else HOURS)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def understand(self, text: str) -> Understood:
        return self._answer(text).understood

    async def ready(self) -> str:
        return "scripted"


@dataclass
class ChatParts:
    """The parts of a chat, to look into."""

    database: Database
    dialogue: ScriptedDialogue
    records: DatabaseRecords
    desk: HandoffDesk
    chat: ChatService

    async def close(self) -> None:
        await self.records.close()
        self.desk.close()
        self.database.close()


def build_parts(
    db_url: str,
    talks: Talks | None = None,
    *,
    upgraded: bool = False,
    deadline_s: float = 3.0,
    notices: Notices = no_notices,
) -> ChatParts:
    if not upgraded:
        upgrade(db_url)
    database = Database(db_url)
    desk = HandoffDesk(database, hide_digits)
    records = DatabaseRecords(database, hide_digits, desk.announce)
    records.start()
    dialogue = ScriptedDialogue()
    chat = ChatService(
        Settings(dialogue_timeout_s=deadline_s),
        dialogue,
        records,
        desk,
        database,
        lambda: SENTENCES,
        "informacja",
        talks,
        notices,
    )
    return ChatParts(database, dialogue, records, desk, chat)


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'halo.db'}"


def build_app(parts: ChatParts, rate: str = "10000/minute") -> FastAPI:
    unused = cast("Any", None)  # the text doors need no voice
    services = Services(
        settings=unused,
        recognizer=unused,
        dialogue=parts.dialogue,
        voice=unused,
        database=parts.database,
        records=parts.records,
        staff=unused,
        desk=parts.desk,
        chat=parts.chat,
        limits=ClientLimits(rate),
    )
    app = FastAPI()
    problems.install(app)
    app.include_router(build_chat_router(services))
    return app
