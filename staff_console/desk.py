"""The staff pages under ``/staff/``: signing in, and the desk where clerks answer residents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Form, Request, WebSocket
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocketDisconnect

from staff_console.guard import SignInGuard
from staff_console.labels import load_labels
from staff_console.live import SIGN_IN_AGAIN, LiveDesk
from staff_console.sessions import FORM_COOKIE, Sessions, StaffSession, same_origin
from staff_console.templating import templates
from voice_gateway import telemetry
from voice_gateway.desk import HandoffDesk
from voice_gateway.errors import RequestError
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.settings import Settings
from voice_gateway.web.headers import secured

log = structlog.get_logger(__name__)

HERE = Path(__file__).resolve().parent
DESK = "/staff/"
SIGN_IN = "/staff/sign-in"
LONGEST_LOGIN = 64
WRONG_PL = "Login albo hasło się nie zgadza."


@dataclass(frozen=True, slots=True)
class StaffServices:
    """What the staff pages use. ``settings.secret_key`` must be set."""

    settings: Settings
    desk: HandoffDesk
    accounts: StaffAccounts


def build_staff_router(services: StaffServices) -> APIRouter:
    """Routes under ``/staff``. Raises ``SetupError`` when the secret key is empty."""
    router = APIRouter(prefix="/staff", include_in_schema=False)
    pages = _StaffPages(services)
    router.add_api_route("/", pages.desk, methods=["GET"])
    router.add_api_route("/sign-in", pages.sign_in_form, methods=["GET"])
    router.add_api_route("/sign-in", pages.sign_in, methods=["POST"])
    router.add_api_route("/sign-out", pages.sign_out, methods=["POST"])
    router.add_api_route("/static/{path:path}", pages.static, methods=["GET"])
    router.add_api_websocket_route("/live", pages.live)
    return router


class _StaffPages:
    def __init__(self, services: StaffServices) -> None:
        self._services = services
        self._sessions = Sessions(services.settings.secret_key.get_secret_value())
        self._guard = SignInGuard()
        self._templates = templates()
        self._files = StaticFiles(directory=HERE / "static")

    async def desk(self, request: Request) -> Response:
        session = self._sessions.read(request)
        account = await self._account(session)
        if session is None or account is None:
            return secured(RedirectResponse(SIGN_IN, status_code=303))
        values = {"account": account, "token": session.token}
        return self._page(request, "desk.html", values)

    async def sign_in_form(self, request: Request) -> Response:
        if await self._account(self._sessions.read(request)):
            return secured(RedirectResponse(DESK, status_code=303))
        return self._sign_in_page(request)

    async def sign_in(
        self,
        request: Request,
        login: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        token: Annotated[str, Form()] = "",
    ) -> Response:
        try:
            self._sessions.checked(request, token, FORM_COOKIE)
            account = await self._checked_account(request, login, password)
        except RequestError as error:
            telemetry.count_error(error.code)
            log.warning("staff_refused", code=error.code)
            return self._sign_in_page(request, error, login[:LONGEST_LOGIN])
        response = RedirectResponse(DESK, status_code=303)
        self._sessions.begin(request, response, account.login)
        return secured(response)

    async def sign_out(self, request: Request, token: Annotated[str, Form()] = "") -> Response:
        try:
            self._sessions.checked(request, token)
        except RequestError:  # a foreign page must not sign anybody out
            return secured(RedirectResponse(DESK, status_code=303))
        response = RedirectResponse(SIGN_IN, status_code=303)
        self._sessions.end(response)
        return secured(response)

    async def static(self, path: str, request: Request) -> Response:
        response = await self._files.get_response(path, request.scope)
        response.headers["Cache-Control"] = "no-cache"
        return secured(response)

    async def live(self, websocket: WebSocket) -> None:
        account = await self._account(self._sessions.read(websocket))
        await websocket.accept()
        if account is None or not same_origin(websocket):
            await websocket.close(SIGN_IN_AGAIN)
            return
        names = load_labels(self._services.settings.knowledge_dir)
        live = LiveDesk(websocket, self._services.desk, self._services.accounts, account, names)
        try:
            await live.run()
        except WebSocketDisconnect:
            return

    async def _checked_account(self, request: Request, login: str, password: str) -> StaffAccount:
        """The account of somebody who signs in. Raises ``RequestError`` 401 or 429."""
        address = request.client.host if request.client else ""
        await self._guard.attempt(address, login[:LONGEST_LOGIN])
        account = await self._services.accounts.check(login, password)
        if account is None:
            raise RequestError("staff-password", WRONG_PL, status=401)
        await self._guard.succeeded(address, login)
        return account

    async def _account(self, session: StaffSession | None) -> StaffAccount | None:
        if session is None or not session.login:
            return None
        return await self._services.accounts.get(session.login)

    def _sign_in_page(
        self, request: Request, error: RequestError | None = None, login: str = ""
    ) -> Response:
        """The form; with the reason when it is shown again."""
        session = self._sessions.form(request)
        detail = error.detail_pl if error else ""
        values = {"token": session.token, "error": detail, "login": login}
        page = self._page(request, "sign_in.html", values, error.status if error else 200)
        self._sessions.keep_form(request, page, session)
        return page

    def _page(
        self, request: Request, name: str, values: dict[str, Any], status: int = 200
    ) -> Response:
        page = self._templates.TemplateResponse(request, name, values, status_code=status)
        page.headers["Cache-Control"] = "no-store"  # a shared computer's "back" shows nothing
        return secured(page)
