"""What all pages of the editor share: who asks, what they may do, names, and how a page is made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from actions.office import placeholders
from actions.office.calendar import to_local
from actions.office.facts import Department, Office
from actions.office.hours import HoursAnswers
from actions.office.sentence import PLACEHOLDER
from staff_console.editor.model_check import Understand, unanswered
from staff_console.editor.names import Names, file_name, names_from
from staff_console.editor.transfer_form import TransferContent
from staff_console.editor.work import load_work
from staff_console.expiry.notices import Untold
from staff_console.rights import Right, may
from staff_console.sessions import Sessions, same_origin
from staff_console.templating import templates
from staff_console.who import Who, require
from voice_gateway.errors import RequestError
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.settings import ROOT
from voice_gateway.web.headers import secured

SIGN_IN = "/staff/sign-in"
INFORMATION = "informacja"
STATES_PL = {
    "live": "obowiązuje",
    "past": "dawna",
    "pending": "czeka na zatwierdzenie",
    "rejected": "odrzucona",
}


@dataclass(frozen=True, slots=True)
class EditorPages:
    """What the pages use. ``office``: the facts as callers are told them now.

    ``listen`` gives a WAV of 8 kHz mono for a text ready to be read aloud. ``taxonomy``: the file
    of the ids that topics may have. ``understand``: the model that answers residents now.
    ``untold``: departments that letters about their expiring answers did not reach; blocks.
    """

    secret_key: str
    accounts: StaffAccounts
    content: TransferContent
    office: Callable[[], Office]
    listen: Callable[[str], Awaitable[bytes]]
    now: Callable[[], datetime]
    taxonomy: Path = ROOT / "nlu_data" / "taxonomy.yml"
    understand: Understand = unanswered
    untold: Callable[[datetime], Sequence[Untold]] = lambda now: ()


class EditorDesk:
    """The shared part of the routes."""

    def __init__(self, pages: EditorPages) -> None:
        self.pages = pages
        self.content = pages.content
        self.sessions = Sessions(pages.secret_key)
        self._who = Who(self.sessions, pages.accounts)
        self._templates = templates()
        self._templates.env.filters["moment"] = moment
        self._templates.env.filters["day"] = day_pl
        self._templates.env.filters["id"] = field_id
        self._templates.env.globals["states_pl"] = STATES_PL

    def now(self) -> datetime:
        """This moment."""
        return self.pages.now()

    def today(self) -> date:
        """This day in Poland."""
        return to_local(self.now()).date()

    async def account(self, request: Request) -> StaffAccount | None:
        """Who looks at a page; None: nobody is signed in. Raises ``RequestError`` 403."""
        return await self._who.looks(request, "look")

    async def poster(self, request: Request, token: str, right: Right) -> StaffAccount:
        """Who sends a form of ours. Raises ``RequestError`` 403."""
        return await self._who.posts(request, token, right)

    async def asker(self, request: Request, right: Right) -> StaffAccount:
        """Who asks from a script on our page; changes nothing. Raises ``RequestError``."""
        account = await self.account(request)
        if account is None or not same_origin(request):
            raise RequestError("staff-form", "Proszę zalogować się jeszcze raz.", status=403)
        require(account, right)
        return account

    async def names(self) -> Names:
        """Polish names of aspects and departments."""
        return await asyncio.to_thread(self.names_now)

    def names_now(self) -> Names:
        """The same; blocks."""
        live = self.content.live
        return names_from(live("dialogue.yml").body, live("office.yml").body)

    async def people(self, logins: Iterable[str]) -> dict[str, str]:
        """Login -> name; who has no account (any more) is called by the login."""
        found = {}
        for login in dict.fromkeys(logins):
            account = await self.pages.accounts.get(login)
            found[login] = account.name if account else login
        return found

    def spoken_values(self, department: str = INFORMATION) -> dict[str, str]:
        """What is said for the ``{names}`` in a department's answers, at this moment."""
        office = self.pages.office()
        found = placeholders.values(
            office, HoursAnswers(office), _department(office, department), self.now()
        )
        return {name: value.spoken for name, value in found.items()}

    async def page(
        self,
        request: Request,
        account: StaffAccount,
        name: str,
        values: Mapping[str, Any],
        status: int = 200,
    ) -> Response:
        """A page for somebody signed in."""
        session = self.sessions.read(request)
        shared = {
            "account": account,
            "token": session.token if session else "",
            "may_edit": may(account.role, "edit"),
            "may_approve": may(account.role, "approve"),
            "waiting": len(await asyncio.to_thread(self.content.pending)),
        }
        page = self._templates.TemplateResponse(
            request, name, {**shared, **values}, status_code=status
        )
        return unkept(page)

    async def file_names(self, paths: Iterable[str]) -> dict[str, str]:
        """Path -> what the file is about."""
        return await asyncio.to_thread(self._file_names, set(paths))

    def _file_names(self, paths: set[str]) -> dict[str, str]:
        found = {}
        for path in paths:
            try:
                found[path] = file_name(path, load_work(self.content, path).body)
            except RequestError:  # it is gone
                found[path] = path
        return found


def _department(office: Office, department: str) -> Department:
    try:
        return office.department(department)
    except KeyError:
        return office.department(INFORMATION)


def filled(sentence: str, values: Mapping[str, str]) -> str:
    """A sentence with its ``{names}`` filled; unknown ones stay."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), sentence)


def to_sign_in() -> Response:
    """Sends somebody who is not signed in to the form."""
    return secured(RedirectResponse(SIGN_IN, status_code=303))


def to_page(address: str) -> Response:
    """Shows a page after a form was taken, so that loading it again sends nothing twice."""
    return secured(RedirectResponse(address, status_code=303))


def unkept(response: Response) -> Response:
    """A shared computer's "back" shows nothing."""
    response.headers["Cache-Control"] = "no-store"
    return secured(response)


def not_found() -> RequestError:
    """No such page."""
    return RequestError("request-not-found", "Nie ma takiej strony.", status=404)


def moment(at: datetime) -> str:
    """ "24.11.2026, 9:05"."""
    local = to_local(at)
    return f"{local.day}.{local:%m.%Y}, {local.hour}:{local:%M}"


def day_pl(day: date) -> str:
    """ "24.11.2026"."""
    return f"{day.day}.{day:%m.%Y}"


def field_id(name: str) -> str:
    """A field's name as an element's id."""
    return f"f-{name.replace('.', '-')}"
