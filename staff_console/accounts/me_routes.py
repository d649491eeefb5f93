"""The page ``/staff/me``: one's own password and second factor."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from staff_console.accounts.parts import LONGEST_LOGIN, AccountParts, client, to, to_sign_in
from staff_console.accounts.passwords import check_password
from staff_console.accounts.second import Offer
from voice_gateway.errors import RequestError
from voice_gateway.records.staff import StaffAccount

ME = "/staff/me"
WRONG_PL = "Obecne hasło się nie zgadza."
PROVIDER_PL = "To konto loguje się przez system urzędu, nie ma tu własnego hasła."
DONE_PL = {
    "password": "Hasło zmienione. Na innych komputerach trzeba zalogować się jeszcze raz.",
    "codes-off": "Logowanie nie wymaga już kodu z telefonu.",
}
Text = Annotated[str, Form()]


def add_me_routes(router: APIRouter, parts: AccountParts) -> None:
    """Routes ``/me…`` of ``router``."""
    routes = _Me(parts)
    router.add_api_route("/me", routes.page, methods=["GET"])
    router.add_api_route("/me/password", routes.password, methods=["POST"])
    router.add_api_route("/me/codes", routes.offer, methods=["GET"])
    router.add_api_route("/me/codes", routes.codes_on, methods=["POST"])
    router.add_api_route("/me/codes/off", routes.codes_off, methods=["POST"])


class _Me:
    def __init__(self, parts: AccountParts) -> None:
        self._parts = parts

    async def page(self, request: Request, done: str = "") -> Response:
        """Password and second factor."""
        account = await self._parts.account(request)
        if account is None:
            return to_sign_in()
        return await self._me(request, account, done=DONE_PL.get(done, ""))

    async def password(
        self,
        request: Request,
        old: Text = "",
        password: Text = "",
        again: Text = "",
        token: Text = "",
    ) -> Response:
        """Set one's own password; other browsers are signed out."""
        parts = self._parts
        account = await parts.poster(request, token)
        try:
            await self._prove(request, account, old)
            check_password(password, again, account.login)
        except RequestError as error:
            return await self._me(request, account, error=error)
        await parts.people.set_password(account.login, await parts.accounts.hash(password))
        id_ = await parts.signed.begin(account.login)  # the change ended this session, too
        response = to(f"{ME}?done=password")
        parts.sessions.begin(request, response, account.login, id_)
        return response

    async def offer(self, request: Request) -> Response:
        """The picture for the telephone."""
        account = await self._parts.account(request)
        if account is None:
            return to_sign_in()
        if not await self._may_have_codes(account):
            return to(ME)
        return self._codes_page(request, account, self._parts.second.offer(account.login))

    async def codes_on(
        self, request: Request, sealed: Text = "", code: Text = "", token: Text = ""
    ) -> Response:
        """The first code: from now on signing in asks for one. Shows the spare codes."""
        parts = self._parts
        account = await parts.poster(request, token)
        if not await self._may_have_codes(account):
            return to(ME)
        try:
            offer = parts.second.again(account.login, sealed)
        except RequestError:  # too old: a new picture
            return to(f"{ME}/codes")
        try:
            await parts.attempt(request, f"{account.login} code")
            spare = await parts.second.switch_on(account.login, sealed, code)
        except RequestError as error:
            return self._codes_page(request, account, offer, error)
        return parts.page(request, "me_spare.html", {"account": account, "spare": spare})

    async def codes_off(
        self, request: Request, old: Text = "", code: Text = "", token: Text = ""
    ) -> Response:
        """No second factor any more, for who gives password and code."""
        parts = self._parts
        account = await parts.poster(request, token)
        try:
            await self._prove(request, account, old)
            await parts.attempt(request, f"{account.login} code")
            await parts.second.check(account.login, code[:LONGEST_LOGIN])
        except RequestError as error:
            return await self._me(request, account, error=error)
        await parts.second.switch_off(account.login)
        return to(f"{ME}?done=codes-off")

    async def _prove(self, request: Request, account: StaffAccount, password: str) -> None:
        """That who sits at the page is who signed in. Raises ``RequestError`` 401, 409, 429."""
        parts = self._parts
        person = await parts.people.one(account.login)
        if not person.has_password:
            raise RequestError("staff-provider-account", PROVIDER_PL, status=409)
        await parts.attempt(request, account.login)
        if await parts.accounts.check(account.login, password) is None:
            raise RequestError("staff-password", WRONG_PL, status=401)
        await parts.guard.succeeded(client(request), account.login)

    async def _may_have_codes(self, account: StaffAccount) -> bool:
        """Whether a second factor can be set up: none yet, and a password before it."""
        person = await self._parts.people.one(account.login)
        return person.has_password and not person.has_codes

    async def _me(
        self,
        request: Request,
        account: StaffAccount,
        *,
        done: str = "",
        error: RequestError | None = None,
    ) -> Response:
        values = {
            "account": account,
            "person": await self._parts.people.one(account.login),
            "spare_left": await self._parts.second.spare_left(account.login),
            "done": done,
        }
        return self._parts.page(request, "me.html", values, error=error)

    def _codes_page(
        self,
        request: Request,
        account: StaffAccount,
        offer: Offer,
        error: RequestError | None = None,
    ) -> Response:
        return self._parts.page(
            request, "me_codes.html", {"account": account, "offer": offer}, error=error
        )
