"""The gateway's program, ``python -m voice_gateway.app``: every door in one application."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import uvicorn
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from actions.office.facts import load_office
from staff_console.accounts.gate import GateKeeper, StaffGate
from staff_console.accounts.signed import SignedSessions
from staff_console.desk import StaffServices, build_staff_router
from staff_console.dialogue_models.pages import ModelPages
from staff_console.dialogue_models.routes import build_models_router
from staff_console.editor.routes import EditorPages, build_editor_router
from staff_console.figures.build import figures_router
from staff_console.learning.build import learning_router
from staff_console.visits import VisitPages, build_visits_router
from visits import outbox
from visits.build import message_settings, reply_desk
from visits.invitation import domain_of
from visits.senders.mail import address_of
from voice_gateway import metrics, problems, telemetry
from voice_gateway.build import Gateway, running_gateway
from voice_gateway.chat_routes import build_chat_router
from voice_gateway.readiness import Readiness, as_body
from voice_gateway.secret_values import with_secrets
from voice_gateway.settings import Settings
from voice_gateway.sms_routes import build_sms_router
from voice_gateway.voice_client import wav_bytes
from voice_gateway.voice_routes import build_voice_router
from voice_gateway.web.pages import build_pages_router

TELEPHONE_HZ = 8000
WEBSOCKET_MESSAGE_BYTES = 1 << 18


def create_app(settings: Settings) -> FastAPI:
    """The application; its parts are built when it starts and closed when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as parts:
            gateway = await parts.enter_async_context(running_gateway(settings))
            services = gateway.services
            staff = StaffServices(settings, services.desk, services.staff)
            app.include_router(build_chat_router(services))
            app.include_router(
                build_voice_router(
                    settings, gateway.talks, gateway.registry, services.desk.close_talk
                )
            )
            app.state.staff_gate = GateKeeper(
                settings.secret_key.get_secret_value(), SignedSessions(services.database)
            )
            app.include_router(build_staff_router(staff))
            app.include_router(
                build_sms_router(
                    settings.sms_reply_secret,
                    reply_desk(settings, services.database, gateway.book),
                    services.limits,
                    lambda: datetime.now(UTC),
                )
            )
            app.include_router(build_visits_router(_visit_pages(settings, gateway)))
            app.include_router(build_editor_router(_editor_pages(settings, gateway)))
            app.include_router(figures_router(settings, services.database, services.staff))
            app.include_router(build_models_router(_model_pages(settings, gateway)))
            learning = learning_router(settings, services.database, services.staff, gateway.content)
            app.include_router(await parts.enter_async_context(learning))
            _add_readyz(app, gateway.readiness)
            app.include_router(build_pages_router(settings))
            yield

    app = FastAPI(title="Halo Urząd", lifespan=lifespan, docs_url=None, redoc_url=None)
    problems.install(app)
    app.add_middleware(StaffGate)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """200 while the process lives."""
        return {"status": "ok"}

    @app.get("/metrics", include_in_schema=False)
    async def metrics_page() -> Response:
        """Prometheus."""
        return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST)

    return app


def _visit_pages(settings: Settings, gateway: Gateway) -> VisitPages:
    database = gateway.services.database
    return VisitPages(
        secret_key=settings.secret_key.get_secret_value(),
        accounts=gateway.services.staff,
        book=gateway.book,
        undelivered=lambda since: database.run(partial(outbox.undelivered, since=since)),
        domain=domain_of(address_of(message_settings(settings).mail_from)),
    )


def _editor_pages(settings: Settings, gateway: Gateway) -> EditorPages:
    office = settings.knowledge_dir / "office.yml"
    voice = gateway.services.voice

    async def listen(spoken: str) -> bytes:
        return wav_bytes(await voice.synthesize(spoken, TELEPHONE_HZ), TELEPHONE_HZ)

    return EditorPages(
        secret_key=settings.secret_key.get_secret_value(),
        accounts=gateway.services.staff,
        content=gateway.content,
        office=lambda: load_office(office),
        listen=listen,
        now=lambda: datetime.now(UTC),
        taxonomy=settings.knowledge_dir / "taxonomy.yml",
        understand=gateway.services.dialogue.understand,
        untold=gateway.expiry.untold,
    )


def _model_pages(settings: Settings, gateway: Gateway) -> ModelPages:
    models = gateway.models
    return ModelPages(
        secret_key=settings.secret_key.get_secret_value(),
        accounts=gateway.services.staff,
        store=models.store,
        trainings=models.trainings,
        runner=models.runner,
        folder=models.folder,
        served=models.served,
        content=gateway.content,
        versions=models.versions,
        follow=models.follow,
        knowledge=settings.knowledge_dir,
        now=lambda: datetime.now(UTC),
    )


def _add_readyz(app: FastAPI, readiness: Readiness) -> None:
    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        """200 when hearing, dialogue, voice and records all work, else 503; each with its state."""
        body = as_body(await readiness.states())
        return JSONResponse(body, status_code=200 if body["ready"] else 503)


def main() -> None:
    """Run the gateway until stopped."""
    telemetry.configure(as_json=not sys.stderr.isatty())
    settings = with_secrets(Settings())
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,  # its access lines would hold addresses with phone numbers
        access_log=False,
        ws_max_size=WEBSOCKET_MESSAGE_BYTES,
        ws_per_message_deflate=False,  # sound does not compress; the work would delay it
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
