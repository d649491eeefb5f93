"""Signing in with a password and a code, signing out, and one-time links."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from staff_console.accounts.oidc import Provider
from staff_console.accounts.parts import (
    HOME,
    LONGEST_LOGIN,
    AccountParts,
    base,
    client,
    to,
    to_sign_in,
)
from staff_console.accounts.passwords import check_login, check_name, check_password
from staff_console.sessions import FORM_COOKIE, SIGN_IN
from voice_gateway.errors import RequestError
from voice_gateway.records.staff import StaffAccount
from voice_gateway.web.headers import secured

log = structlog.get_logger(__name__)

WRONG_PL = "Login albo hasło się nie zgadza."
LOCAL_OFF_PL = "Logowanie hasłem jest wyłączone. Proszę zalogować się przez system urzędu."
Text = Annotated[str, Form()]


def add_sign_in_routes(
    router: APIRouter, parts: AccountParts, provider: Provider | None = None
) -> None:
    """Routes ``/sign-in``, ``/sign-out`` and ``/link/…`` of ``router``."""
    routes = _SignIn(parts, provider)
    router.add_api_route("/sign-in", routes.form, methods=["GET"])
    router.add_api_route("/sign-in", routes.sign_in, methods=["POST"])
    router.add_api_route("/sign-in/code", routes.code_form, methods=["GET"])
    router.add_api_route("/sign-in/code", routes.code, methods=["POST"])
    router.add_api_route("/sign-out", routes.sign_out, methods=["POST"])
    router.add_api_route("/link/{link}", routes.link_form, methods=["GET"])
    router.add_api_route("/link/{link}", routes.use_link, methods=["POST"])


class _SignIn:
    def __init__(self, parts: AccountParts, provider: Provider | None) -> None:
        self._parts = parts
        self._provider = provider

    # --- password and code ---

    async def form(self, request: Request) -> Response:
        """The form, unless somebody is signed in."""
        if await self._parts.account(request):
            return to(HOME)
        return self._form(request)

    async def sign_in(
        self, request: Request, login: Text = "", password: Text = "", token: Text = ""
    ) -> Response:
        """Login and password."""
        parts = self._parts
        try:
            parts.sessions.checked(request, token, FORM_COOKIE)
            if not parts.settings.local_sign_in:
                raise RequestError("staff-local-off", LOCAL_OFF_PL, status=403)
            await parts.attempt(request, login)
            account = await parts.accounts.check(login, password)
            if account is None:
                raise RequestError("staff-password", WRONG_PL, status=401)
            await parts.guard.succeeded(client(request), login)
            return await parts.after_password(request, account.login)
        except RequestError as error:
            log.warning("staff_refused", code=error.code)
            return self._form(request, error, login[:LONGEST_LOGIN])

    async def code_form(self, request: Request) -> Response:
        """Where the code is typed."""
        if self._parts.half_way(request) is None:
            return to_sign_in()
        return self._parts.form_page(request, "sign_in_code.html", {})

    async def code(self, request: Request, code: Text = "", token: Text = "") -> Response:
        """The telephone's code, or a spare one."""
        parts = self._parts
        half = parts.half_way(request)
        try:
            parts.sessions.checked(request, token, FORM_COOKIE)
            if half is None:
                return to_sign_in()
            login, version = half
            counted = f"{login} code"
            await parts.attempt(request, counted)
            await parts.second.check(login, code[:LONGEST_LOGIN])
            await parts.guard.succeeded(client(request), counted)
            return await parts.let_in(request, login, version)
        except RequestError as error:
            log.warning("staff_refused", code=error.code)
            return parts.form_page(request, "sign_in_code.html", {}, error=error)

    async def sign_out(self, request: Request, token: Text = "") -> Response:
        """End the session here and on the server; offer to end the provider's, too."""
        session = self._parts.sessions.checked(request, token)
        signed = await self._parts.signed.find(session.id)
        await self._parts.signed.end(session.id)
        response: Response = RedirectResponse(SIGN_IN, status_code=303)
        if signed and signed.provider:
            away = await self._provider_end(request)
            response = self._parts.form_page(request, "signed_out.html", {"away": away})
        self._parts.sessions.end(response)
        return secured(response)

    async def _provider_end(self, request: Request) -> str:
        """Where the provider's own session ends; "" when it has no such page or is silent."""
        if self._provider is None:
            return ""
        try:
            return await self._provider.end_address(f"{base(request)}{SIGN_IN}")
        except RequestError:
            return ""

    def _form(
        self, request: Request, error: RequestError | None = None, login: str = ""
    ) -> Response:
        """The form; with the reason when it is shown again."""
        settings = self._parts.settings
        values = {
            "login": login,
            "local": settings.local_sign_in,
            "provider": settings.oidc_name if self._provider else "",
        }
        return self._parts.form_page(request, "sign_in.html", values, error=error)

    # --- one-time links ---

    async def link_form(self, request: Request, link: str) -> Response:
        """Where a password is chosen."""
        return await self._link(request, link)

    async def use_link(
        self,
        request: Request,
        link: str,
        login: Text = "",
        name: Text = "",
        password: Text = "",
        again: Text = "",
        token: Text = "",
    ) -> Response:
        """Set the password and sign in."""
        parts, login, name = self._parts, login.strip(), name.strip()
        try:
            parts.sessions.checked(request, token, FORM_COOKIE)
            await parts.attempt(request, "link")
            open_link = await parts.links.look(link)
            if not open_link.login:
                check_login(login)
                check_name(name)
            login = open_link.login or login
            check_password(password, again, login)
            password_hash = await parts.accounts.hash(password)
            await parts.links.use(link, StaffAccount(login, name, "", "admin"), password_hash)
            await parts.guard.succeeded(client(request), "link")
            return await parts.after_password(request, login)
        except RequestError as error:
            log.warning("staff_refused", code=error.code)
            return await self._link(request, link, error, login, name)

    async def _link(
        self,
        request: Request,
        link: str,
        error: RequestError | None = None,
        login: str = "",
        name: str = "",
    ) -> Response:
        try:
            opened = await self._parts.links.look(link)
        except RequestError as stale:
            return self._parts.form_page(request, "link_stale.html", {}, error=stale)
        values = {
            "opened": opened,
            "login": login[:LONGEST_LOGIN],
            "name": name[:128],
            "code": error.code if error else "",
        }
        return self._parts.form_page(request, "link.html", values, error=error)
