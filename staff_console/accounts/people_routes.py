"""The pages ``/staff/accounts``: who works here, for administrators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from staff_console.accounts.parts import AccountParts, base, to, to_sign_in
from staff_console.rights import may
from voice_gateway.errors import RequestError
from voice_gateway.records.staff import StaffAccount

HOME = "/staff/accounts"
DONE_PL = {
    "changed": "Zapisano.",
    "on": "Konto włączone.",
    "off": "Konto wyłączone. Ta osoba jest już wylogowana.",
    "reset": "Kody z telefonu zdjęte. Wystarczy hasło; nowe kody ta osoba włączy sama.",
}
Text = Annotated[str, Form()]


def add_people_routes(
    router: APIRouter, parts: AccountParts, departments: Callable[[], Mapping[str, str]]
) -> None:
    """Routes ``/accounts…`` of ``router``. ``departments``: id -> name."""
    routes = _People(parts, departments)
    post = ["POST"]
    router.add_api_route("/accounts", routes.list, methods=["GET"])
    router.add_api_route("/accounts", routes.add, methods=post)
    router.add_api_route("/accounts/{login}", routes.one, methods=["GET"])
    router.add_api_route("/accounts/{login}", routes.change, methods=post)
    router.add_api_route("/accounts/{login}/switch", routes.switch, methods=post)
    router.add_api_route("/accounts/{login}/link", routes.link, methods=post)
    router.add_api_route("/accounts/{login}/codes", routes.reset_codes, methods=post)


class _People:
    def __init__(self, parts: AccountParts, departments: Callable[[], Mapping[str, str]]) -> None:
        self._parts = parts
        self._departments = departments

    async def list(self, request: Request) -> Response:
        """Everybody, and the form for somebody new."""
        account = await self._looker(request)
        if account is None:
            return to_sign_in()
        return await self._list(request, account, StaffAccount("", "", "", "clerk"))

    async def add(
        self,
        request: Request,
        login: Text = "",
        name: Text = "",
        role: Text = "",
        department: Text = "",
        token: Text = "",
    ) -> Response:
        """Somebody new; shows the link to hand over."""
        account = await self._parts.poster(request, token, "accounts")
        added = StaffAccount(login.strip(), name.strip(), department, role)
        try:
            self._check_department(department)
            await self._parts.people.add(added, account.login)
        except RequestError as error:
            return await self._list(request, account, added, error)
        return await self._link(request, account, added.login)

    async def one(self, request: Request, login: str, done: str = "") -> Response:
        """One account."""
        account = await self._looker(request)
        if account is None:
            return to_sign_in()
        return await self._one(request, account, login, done=DONE_PL.get(done, ""))

    async def change(
        self,
        request: Request,
        login: str,
        name: Text = "",
        role: Text = "",
        department: Text = "",
        token: Text = "",
    ) -> Response:
        """Name, role, department."""
        account = await self._parts.poster(request, token, "accounts")
        changed = StaffAccount(login, name.strip(), department, role)
        try:
            self._check_department(department)
            await self._parts.people.change(changed, account.login)
        except RequestError as error:
            return await self._one(request, account, login, error=error)
        return to(f"{HOME}/{login}?done=changed")

    async def switch(
        self, request: Request, login: str, on: Text = "", token: Text = ""
    ) -> Response:
        """In or out."""
        account = await self._parts.poster(request, token, "accounts")
        try:
            await self._parts.people.switch(login, account.login, on=on == "yes")
        except RequestError as error:
            return await self._one(request, account, login, error=error)
        return to(f"{HOME}/{login}?done={'on' if on == 'yes' else 'off'}")

    async def link(self, request: Request, login: str, token: Text = "") -> Response:
        """A new one-time link: the password is lost."""
        account = await self._parts.poster(request, token, "accounts")
        return await self._link(request, account, login)

    async def reset_codes(self, request: Request, login: str, token: Text = "") -> Response:
        """The telephone is lost."""
        account = await self._parts.poster(request, token, "accounts")
        await self._parts.people.one(login)
        await self._parts.people.reset_codes(login, account.login)
        return to(f"{HOME}/{login}?done=reset")

    async def _looker(self, request: Request) -> StaffAccount | None:
        account = await self._parts.account(request)
        if account and not may(account.role, "accounts"):
            raise RequestError("staff-right", "To konto nie ma prawa do tej strony.", status=403)
        return account

    def _check_department(self, department: str) -> None:
        if department and department not in self._departments():
            raise RequestError("staff-department", "Proszę wybrać wydział z listy.")

    async def _list(
        self,
        request: Request,
        account: StaffAccount,
        typed: StaffAccount,
        error: RequestError | None = None,
    ) -> Response:
        values = {
            "account": account,
            "people": await self._parts.people.all(),
            "departments": self._departments(),
            "typed": typed,
        }
        return self._parts.page(request, "accounts.html", values, error=error)

    async def _one(
        self,
        request: Request,
        account: StaffAccount,
        login: str,
        *,
        done: str = "",
        error: RequestError | None = None,
    ) -> Response:
        values = {
            "account": account,
            "person": await self._parts.people.one(login),
            "departments": self._departments(),
            "done": done,
        }
        return self._parts.page(request, "account.html", values, error=error)

    async def _link(self, request: Request, account: StaffAccount, login: str) -> Response:
        path = await self._parts.links.make(login, account.login)
        values = {
            "account": account,
            "person": await self._parts.people.one(login),
            "link": f"{base(request)}{path}",
        }
        return self._parts.page(request, "account_link.html", values)
