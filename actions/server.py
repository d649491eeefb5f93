"""The action server: Rasa posts to ``/webhook`` what it decided, we answer what is said.

Run by ``python -m actions.server``; listens where ``HALO_ACTIONS_URL`` points (127.0.0.1:5055).
It has no password: keep it on loopback or a private network.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import structlog
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor

from actions.actions import ACTION_FAILED, ACTION_UNKNOWN, all_actions, trouble, warsaw_now
from actions.office.knowledge import KnowledgeStore
from voice_gateway.settings import Settings
from voice_gateway.telemetry import configure

log = structlog.get_logger(__name__)


def build_app(store: KnowledgeStore) -> FastAPI:
    """The server's two routes over one knowledge store."""
    app = FastAPI(title="Halo Urząd: actions", docs_url=None, redoc_url=None, openapi_url=None)
    executor = ActionExecutor()
    for action in all_actions(store):
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


def main() -> None:
    """Serve until stopped. Raises ``SetupError`` when the knowledge cannot be read at all."""
    settings = Settings()
    configure(as_json=False)
    address = urlsplit(settings.actions_url)
    store = KnowledgeStore(settings.knowledge_dir)
    store.current().hours.today(warsaw_now())  # loads the holidays now, not in the first talk
    uvicorn.run(
        build_app(store),
        host=address.hostname or "127.0.0.1",
        port=address.port or 5055,
        log_config=None,
    )


if __name__ == "__main__":
    main()
