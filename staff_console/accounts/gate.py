"""The gate before every address under ``/staff``: who is signed in, whether they may, headers.

It stands before the routes (ASGI), so a page that somebody adds later cannot be forgotten. What it
found lies in the scope, where ``staff_console.sessions`` reads it.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from staff_console.accounts.doors import Key, key_for
from staff_console.accounts.signed import SignedIn, SignedSessions
from staff_console.rights import may
from staff_console.sessions import CHECKED, SIGN_IN, Sessions, StaffSession, same_origin
from staff_console.templating import templates
from voice_gateway import problems, telemetry
from voice_gateway.errors import HaloError
from voice_gateway.web.headers import add_security

PREFIX = "/staff"
FILES = "/staff/static/"
SAFE = {"GET", "HEAD", "OPTIONS"}
SIGN_IN_AGAIN = 4401  # our WebSocket close code: the page goes to the sign-in form
NO_RIGHT_PL = "To konto nie ma prawa do tej strony."
FOREIGN_PL = "Formularz przyszedł z innej strony. Proszę spróbować jeszcze raz."


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who knocks; both None: nobody that we know."""

    session: StaffSession | None = None
    signed: SignedIn | None = None


class StaffGate:
    """ASGI. ``keeper`` is asked for the parts, which are there only after the start."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._pages = templates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        path = scope.get("path", "")
        inside = path == PREFIX or path.startswith(f"{PREFIX}/")
        if scope["type"] not in ("http", "websocket") or not inside:
            await self._app(scope, receive, send)
            return
        if scope["type"] == "http":
            send = _with_headers(send)
        keeper: GateKeeper = scope["app"].state.staff_gate
        connection = HTTPConnection(scope)
        write = scope["type"] == "http" and scope["method"] not in SAFE
        key = key_for(path, write=write)
        try:
            is_file = path.startswith(FILES)  # the same for everybody
            visitor = Visitor() if is_file else await keeper.who(connection)
        except HaloError as error:  # the database does not answer
            telemetry.count_error(error.code)
            await _refuse(problems.of_status(503), scope, receive, send)
            return
        scope[CHECKED] = visitor.session
        refusal = self._refusal(Request(scope) if scope["type"] == "http" else None, key, visitor)
        if write and refusal is None and not _from_us(connection):
            refusal = problems.problem(403, "staff-form", FOREIGN_PL)
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await _refuse(refusal, scope, receive, send)

    def _refusal(
        self, request: Request | None, key: Key | None, visitor: Visitor
    ) -> Response | None:
        """Why not; None: come in. An unknown address is shut for those inside, too."""
        if key == "anybody":
            return None
        if visitor.signed is None or visitor.session is None:
            if request is not None and request.method not in SAFE:
                return problems.problem(403, "staff-form", "Proszę zalogować się jeszcze raz.")
            return RedirectResponse(SIGN_IN, status_code=303)
        account = visitor.signed.account
        if key == "signed-in" or (key is not None and may(account.role, key)):
            return None
        telemetry.count_error("staff-right")
        if request is None or "text/html" not in request.headers.get("accept", ""):
            return problems.problem(403, "staff-right", NO_RIGHT_PL)
        values = {"account": account, "token": visitor.session.token}
        return self._pages.TemplateResponse(request, "staff_refused.html", values, status_code=403)


class GateKeeper:
    """Finds out who knocks."""

    def __init__(self, secret_key: str, signed: SignedSessions) -> None:
        self._sessions = Sessions(secret_key)
        self._signed = signed

    async def who(self, connection: HTTPConnection) -> Visitor:
        """Who it is by cookie and by the session on the server."""
        session = self._sessions.cookie(connection)
        signed = await self._signed.find(session.id) if session else None
        if session is None or signed is None or signed.account.login != session.login:
            return Visitor()
        return Visitor(session, signed)


def _from_us(connection: HTTPConnection) -> bool:
    """Whether a form is not known to come from elsewhere; its token is checked by its page."""
    return "origin" not in connection.headers or same_origin(connection)


def _with_headers(send: Send) -> Send:
    """Every answer gets the headers of our pages; what is no file of ours is kept nowhere."""

    async def secured_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            add_security(headers)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return secured_send


async def _refuse(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await response(scope, receive, send)
        return
    websocket = WebSocket(scope, receive, send)
    await websocket.accept()  # a page is told the code only of an accepted one
    await websocket.close(SIGN_IN_AGAIN)
