"""The staff pages under ``/staff/``: the desk where clerks answer residents, accounts, sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, WebSocket
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocketDisconnect

from staff_console.accounts.me_routes import ME, add_me_routes
from staff_console.accounts.oidc import provider_from
from staff_console.accounts.oidc_routes import add_oidc_routes
from staff_console.accounts.parts import AccountParts, to, to_sign_in
from staff_console.accounts.people_routes import add_people_routes
from staff_console.accounts.sign_in import add_sign_in_routes
from staff_console.labels import load_labels
from staff_console.live import SIGN_IN_AGAIN, LiveDesk
from staff_console.places import places_for
from staff_console.rights import may
from staff_console.sessions import StaffSession, same_origin
from voice_gateway.desk import HandoffDesk
from voice_gateway.errors import SetupError
from voice_gateway.records.staff import StaffAccounts
from voice_gateway.settings import Settings
from voice_gateway.web.headers import secured

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class StaffServices:
    """What the staff pages use. ``settings.secret_key`` must be set."""

    settings: Settings
    desk: HandoffDesk
    accounts: StaffAccounts


def build_staff_router(services: StaffServices) -> APIRouter:
    """Routes under ``/staff``. Raises ``SetupError``: empty secret key, wrong OIDC settings."""
    router = APIRouter(prefix="/staff", include_in_schema=False)
    parts = AccountParts(services.settings, services.accounts)
    provider = provider_from(services.settings)
    if provider is None and not services.settings.local_sign_in:
        raise SetupError("setup-oidc", "HALO_LOCAL_SIGN_IN is off and no HALO_OIDC_ISSUER is set")
    pages = _StaffPages(services, parts)
    router.add_api_route("/", pages.desk, methods=["GET"])
    router.add_api_route("/static/{path:path}", pages.static, methods=["GET"])
    router.add_api_websocket_route("/live", pages.live)
    add_sign_in_routes(router, parts, provider)
    add_me_routes(router, parts)
    add_people_routes(
        router, parts, lambda: load_labels(services.settings.knowledge_dir).departments
    )
    if provider:
        add_oidc_routes(router, parts, provider)
    return router


class _StaffPages:
    def __init__(self, services: StaffServices, parts: AccountParts) -> None:
        self._services = services
        self._parts = parts
        self._files = StaticFiles(directory=HERE / "static")

    async def desk(self, request: Request) -> Response:
        """The desk; who may not talk to residents gets on to their first page."""
        account = await self._parts.account(request)
        if account is None:
            return to_sign_in()
        if not may(account.role, "talk"):
            return to(next((place.address for place in places_for(account.role)), ME))
        return self._parts.page(request, "desk.html", {"account": account})

    async def static(self, path: str, request: Request) -> Response:
        """Our scripts and styles."""
        response = await self._files.get_response(path, request.scope)
        response.headers["Cache-Control"] = "no-cache"
        return secured(response)

    async def live(self, websocket: WebSocket) -> None:
        """The live channel, for who may talk to residents."""
        session = self._parts.sessions.read(websocket)
        signed = await self._parts.signed.find(session.id) if session else None
        await websocket.accept()
        may_talk = signed is not None and may(signed.account.role, "talk")
        if session is None or signed is None or not may_talk or not same_origin(websocket):
            await websocket.close(SIGN_IN_AGAIN)
            return

        names = load_labels(self._services.settings.knowledge_dir)
        live = LiveDesk(
            websocket,
            self._services.desk,
            lambda: self._may_talk(session),
            signed.account,
            names,
        )
        try:
            await live.run()
        except WebSocketDisconnect:
            return

    async def _may_talk(self, session: StaffSession) -> bool:
        """Whether the session still holds; asking counts as use."""
        signed = await self._parts.signed.find(session.id)
        return signed is not None and may(signed.account.role, "talk")
