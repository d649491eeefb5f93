"""What the pages about signing in and accounts share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.responses import RedirectResponse, Response

from staff_console.accounts.links import Links
from staff_console.accounts.people import People
from staff_console.accounts.second import SecondFactor
from staff_console.accounts.signed import SignedSessions
from staff_console.guard import SignInGuard
from staff_console.rights import ROLES_PL, Right, may
from staff_console.sessions import SIGN_IN, Sessions
from staff_console.templating import templates
from voice_gateway import telemetry
from voice_gateway.errors import RequestError
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.settings import Settings
from voice_gateway.web.headers import secured

HOME = "/staff/"
HALF_COOKIE = "halo_staff_half"  # the password was right, the code is still to come
HALF_PATH = "/staff/sign-in"
HALF_S = 5 * 60
LONGEST_LOGIN = 64


class AccountParts:
    """Raises ``SetupError`` when the secret key is empty."""

    def __init__(self, settings: Settings, accounts: StaffAccounts) -> None:
        secret_key = settings.secret_key.get_secret_value()
        database = accounts.database
        self.settings = settings
        self.accounts = accounts
        self.sessions = Sessions(secret_key)
        self.signed = SignedSessions(database)
        self.links = Links(database)
        self.people = People(database)
        self.second = SecondFactor(database, secret_key)
        self.guard = SignInGuard()
        self.half = URLSafeTimedSerializer(secret_key, salt="staff-half")
        self._templates = templates()
        self._templates.env.globals["roles_pl"] = ROLES_PL

    async def account(self, request: Request) -> StaffAccount | None:
        """Who is signed in."""
        session = self.sessions.read(request)
        signed = await self.signed.find(session.id) if session else None
        return signed.account if signed else None

    async def poster(
        self, request: Request, token: str, right: Right | None = None
    ) -> StaffAccount:
        """Who sends a form of ours. Raises ``RequestError`` 403."""
        self.sessions.checked(request, token)
        account = await self.account(request)
        if account is None:
            raise RequestError("staff-form", "Proszę zalogować się jeszcze raz.", status=403)
        if right and not may(account.role, right):
            raise RequestError("staff-right", "To konto nie ma prawa do tej czynności.", status=403)
        return account

    async def attempt(self, request: Request, login: str) -> None:
        """Count one guess. Raises ``RequestError`` staff-too-many (429)."""
        await self.guard.attempt(client(request), login[:LONGEST_LOGIN])

    async def let_in(self, request: Request, login: str, version: int | None = None) -> Response:
        """Sign somebody in, whose proofs were all right. Raises ``RequestError`` 401."""
        id_ = await self.signed.begin(login, version)
        if not id_:
            raise RequestError("staff-password", "To konto jest wyłączone.", status=401)
        response = RedirectResponse(HOME, status_code=303)
        self.sessions.begin(request, response, login, id_)
        response.delete_cookie(HALF_COOKIE, path=HALF_PATH, httponly=True, samesite="strict")
        return secured(response)

    async def after_password(self, request: Request, login: str) -> Response:
        """The password was right: in, or on to the code. Raises ``RequestError`` 401."""
        person = await self.people.one(login)
        if not person.has_codes:
            return await self.let_in(request, login, person.version)
        response = RedirectResponse("/staff/sign-in/code", status_code=303)
        response.set_cookie(
            HALF_COOKIE,
            self.half.dumps([login, person.version]),
            max_age=HALF_S,
            path=HALF_PATH,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return secured(response)

    def half_way(self, request: Request) -> tuple[str, int] | None:
        """Whose password was right a moment ago, and the account's version then."""
        try:
            login, version = self.half.loads(request.cookies.get(HALF_COOKIE, ""), max_age=HALF_S)
        except (BadData, TypeError, ValueError):
            return None
        return str(login), int(version)

    def page(
        self,
        request: Request,
        name: str,
        values: Mapping[str, Any],
        *,
        error: RequestError | None = None,
    ) -> Response:
        """A page for somebody signed in; ``error``: why it is shown again."""
        session = self.sessions.read(request)
        status = error.status if error else 200
        shared = {
            "token": session.token if session else "",
            "error": told(error),
            "code": error.code if error else "",
        }
        return self._made(request, name, {**shared, **values}, status)

    def form_page(
        self,
        request: Request,
        name: str,
        values: Mapping[str, Any],
        *,
        error: RequestError | None = None,
        status: int = 200,
    ) -> Response:
        """A page for somebody who is not signed in yet, with the form cookie's token."""
        session = self.sessions.form(request)
        shared = {"token": session.token, "error": told(error)}
        page = self._made(request, name, {**shared, **values}, error.status if error else status)
        self.sessions.keep_form(request, page, session)
        return page

    def _made(
        self, request: Request, name: str, values: Mapping[str, Any], status: int
    ) -> Response:
        page = self._templates.TemplateResponse(request, name, dict(values), status_code=status)
        page.headers["Cache-Control"] = "no-store"  # a shared computer's "back" shows nothing
        return secured(page)


def client(request: Request) -> str:
    """The address that guesses are counted for."""
    return request.client.host if request.client else ""


def base(request: Request) -> str:
    """The pages' own address as the browser has it, without a slash at its end."""
    return str(request.base_url).rstrip("/")


def told(error: RequestError | None) -> str:
    """What a page says of a refusal; counted, because it is one."""
    if error is None:
        return ""
    telemetry.count_error(error.code)
    return error.detail_pl


def to_sign_in() -> Response:
    """Who is not signed in goes to the form."""
    return secured(RedirectResponse(SIGN_IN, status_code=303))


def to(address: str) -> Response:
    """Shows a page after a form was taken, so that loading it again sends nothing twice."""
    return secured(RedirectResponse(address, status_code=303))
