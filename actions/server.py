"""The action server: Rasa posts to ``/webhook`` what it decided, we answer what is said.

Run by ``python -m actions.server``; listens where ``HALO_ACTIONS_URL`` points (127.0.0.1:5055).
It has no password: keep it on loopback or a private network.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor
from starlette.types import Lifespan

from actions.actions import ACTION_FAILED, ACTION_UNKNOWN, Now, all_actions, trouble, warsaw_now
from actions.office.calendar import WARSAW
from actions.office.knowledge import KnowledgeStore
from polish.wanted_time import read_wanted
from visits.build import mail_reader, message_settings, open_book, reply_desk
from visits.ports import VisitBook
from visits.senders.build import build_senders
from visits.upkeep import kept_up
from voice_gateway.errors import SetupError
from voice_gateway.records.database import Database, upgrade
from voice_gateway.settings import Settings
from voice_gateway.telemetry import configure

log = structlog.get_logger(__name__)


def build_app(
    store: KnowledgeStore,
    book: VisitBook | None = None,
    now: Now = warsaw_now,
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """The server's two routes over one knowledge store and the book of visits."""
    app = FastAPI(
        title="Halo Urząd: actions",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
    )
    executor = ActionExecutor()
    for action in all_actions(store, now, book):
        executor.register_action(action)

    @app.post("/webhook")
    async def webhook(request: Request) -> JSONResponse:
        """Run one action. Never fails: trouble is answered with a hand-off to a person."""
        try:
            call = await request.json()
            if call.get("next_action") not in executor.actions:
                return _trouble(ACTION_UNKNOWN)
            result = await executor.run(call)
        except Exception:
            log.exception("action_failed", code=ACTION_FAILED)
            return _trouble(ACTION_FAILED)
        return JSONResponse(result.model_dump(mode="json"))

    @app.get("/health")
    async def health() -> dict[str, Any]:
        """Alive, how much is known, and which files are broken (their last content is kept)."""
        knowledge = store.current()
        return {
            "status": "ok",
            "topics": len(knowledge.topics),
            "acts": len(knowledge.acts),
            "problems": store.problems,
        }

    return app


def _trouble(code: str) -> JSONResponse:
    log.error("action_trouble", code=code)
    return JSONResponse({"events": [], "responses": [{"custom": trouble(code).payload()}]})


def clock_from(moment: str) -> Now:
    """A clock that starts at this moment (ISO 8601) and goes on; empty: the real one.

    Raises ``SetupError`` setup-now.
    """
    if not moment:
        return warsaw_now
    try:
        pretended = datetime.fromisoformat(moment)
    except ValueError as error:
        raise SetupError("setup-now", "HALO_NOW is no moment in ISO 8601") from error
    shift = (pretended if pretended.tzinfo else pretended.replace(tzinfo=WARSAW)) - warsaw_now()
    return lambda: warsaw_now() + shift


def main() -> None:
    """Serve until stopped. Raises ``SetupError`` when the knowledge cannot be read at all."""
    settings = Settings()
    configure(as_json=False)
    now = clock_from(settings.now)
    store = KnowledgeStore(settings.knowledge_dir)
    store.current().hours.today(now())  # loads the holidays now, not in the first talk
    store.current().names.find("dowód osobisty")
    read_wanted("po świętach", now())
    upgrade(settings.db_url)
    database = Database(settings.db_url)
    messages = message_settings(settings)
    senders = build_senders(messages)
    book = open_book(settings, database, senders)
    read_mail = mail_reader(settings, reply_desk(settings, database, book), now)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with kept_up(
            book, database, senders, messages, settings.visitors_days, now, read_mail
        ):
            yield
        database.close()

    address = urlsplit(settings.actions_url)
    uvicorn.run(
        build_app(store, book, now, lifespan),
        host=address.hostname or "127.0.0.1",
        port=address.port or 5055,
        log_config=None,
    )


if __name__ == "__main__":
    main()
