"""The staff's view of visits: a desk's day to print, a table for Excel, and calendar feeds.

Feeds are read by calendar programs, which cannot sign in: their address carries a key that fits
one desk only. They hold no personal data, because such an address gets copied around.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Form, Request
from itsdangerous import Signer
from starlette.responses import RedirectResponse, Response

from actions.office.calendar import WARSAW, to_local
from staff_console.rights import may
from staff_console.sessions import Sessions
from staff_console.templating import templates
from visits.calendar import Desk
from visits.invitation import feed, service_name
from visits.messages import grouped, long_day
from visits.misfits import Misfit
from visits.outbox import Undelivered
from visits.values import Service, Visit
from voice_gateway.errors import RequestError
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.web.headers import secured

SIGN_IN = "/staff/sign-in"
FEED_DAYS = 400  # longer than any service can be booked ahead
UNDELIVERED_DAYS = 14
LONGEST_TABLE_DAYS = 366
FORMULA_SIGNS = ("=", "+", "-", "@")
COLUMNS = (
    "Data", "Od", "Do", "Stanowisko", "Usługa", "Numer rezerwacji", "Nazwisko",
)  # fmt: skip
MARKS: dict[str, bool | None] = {"yes": True, "no": False, "": None}
MARKS_PL = {True: "wizyta się odbyła", False: "nikt nie przyszedł", None: "nie zaznaczono"}

KINDS_PL = {
    "booked": "potwierdzenie",
    "moved": "zmiana terminu",
    "cancelled": "odwołanie",
    "offered": "wolny termin",
    "reminder": "przypomnienie",
}
CODES_PL = {
    "outbox-smtp": "serwer poczty nie przyjął wiadomości",
    "outbox-sms": "bramka SMS nie przyjęła wiadomości",
    "outbox-login": "serwer poczty lub bramka SMS odrzuca hasło",
    "outbox-credit": "brak środków na koncie SMS",
    "outbox-refused": "adres lub numer jest błędny albo zablokowany",
    "outbox-spool": "nie można zapisać pliku",
    "outbox-unsure": "nie wiadomo, czy wyszła: przerwane połączenie lub awaria",
    "outbox-late": "za późno: minął termin",
    "outbox-unconfigured": "ten kanał jest wyłączony",
}


class StaffBook(Protocol):
    """What the pages ask the book; every method blocks."""

    def services(self) -> Sequence[Service]:
        """Everything that can be booked."""
        ...

    def desks(self) -> Sequence[Desk]:
        """Every desk."""
        ...

    def day(self, desk: str, day: date) -> Sequence[Visit]:
        """A desk's visits of a day, in order."""
        ...

    def mark(self, visit_id: int, desk: str, came: bool | None, now: datetime) -> bool:
        """Note whether the visitor came; False when there is no such visit that has begun."""
        ...

    def misfits(self, now: datetime) -> Sequence[Misfit]:
        """Coming visits that no longer fit the plan, in order."""
        ...

    def between(self, first_day: date, last_day: date) -> Sequence[Visit]:
        """All visits of these days, both included, in order."""
        ...


@dataclass(frozen=True, slots=True)
class VisitPages:
    """What the pages use. ``undelivered``: messages that failed since a moment; may block.

    ``domain``: what UIDs in calendars end with, the same as in invitations.
    """

    secret_key: str
    accounts: StaffAccounts
    book: StaffBook
    undelivered: Callable[[datetime], Sequence[Undelivered]]
    domain: str
    clock: Callable[[], datetime] = lambda: datetime.now(WARSAW)


def build_visits_router(pages: VisitPages) -> APIRouter:
    """Routes under ``/staff/visits``. Raises ``SetupError`` when the secret key is empty."""
    router = APIRouter(prefix="/staff", include_in_schema=False)
    routes = _VisitRoutes(pages)
    router.add_api_route("/visits", routes.choice, methods=["GET"])
    router.add_api_route("/visits.csv", routes.table, methods=["GET"])
    router.add_api_route("/visits/{desk_id}.ics", routes.feed, methods=["GET", "HEAD"])
    router.add_api_route("/visits/{desk_id}/{day}", routes.day, methods=["GET"])
    router.add_api_route("/visits/{desk_id}/{day}/came", routes.mark, methods=["POST"])
    return router


def feed_key(secret_key: str, desk_id: str) -> str:
    """The key of a desk's feed. A new ``HALO_SECRET_KEY`` makes all keys void."""
    return _signer(secret_key).get_signature(desk_id).decode()


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """A table as Polish Excel opens it with a double click: UTF-8 with BOM, semicolons."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


class _VisitRoutes:
    def __init__(self, pages: VisitPages) -> None:
        self._pages = pages
        self._sessions = Sessions(pages.secret_key)
        self._templates = templates()

    async def choice(self, request: Request, desk: str = "", day: str = "") -> Response:
        """The page to choose desk and day; with both it leads on to the list."""
        account = await self._account(request)
        if account is None:
            return _to_sign_in()
        desks = await self._desks(account)
        today = to_local(self._pages.clock()).date()
        error = ""
        if desk or day:
            if _date(day) and desk in {one.id for one in desks}:
                return secured(RedirectResponse(f"/staff/visits/{desk}/{day}", status_code=303))
            error = "Proszę wybrać stanowisko i dzień."
        values = {
            "account": account,
            "desks": desks,
            "today": today.isoformat(),
            "desk": desk,
            "error": error,
            "feeds": {one.id: self._feed_address(request, one.id) for one in desks},
            "first": today.replace(day=1).isoformat(),
            "undelivered": await self._undelivered(desks),
            "misfits": [_misfit_row(one) for one in await self._misfits(account)],
        }
        return self._page(request, "visits.html", values, 400 if error else 200)

    async def day(self, request: Request, desk_id: str, day: str) -> Response:
        """A desk's day, to look at and to print."""
        account = await self._account(request)
        if account is None:
            return _to_sign_in()
        desk = next((one for one in await self._desks(account) if one.id == desk_id), None)
        chosen = _date(day)
        if desk is None or chosen is None:
            raise _not_found()
        visits = await asyncio.to_thread(self._pages.book.day, desk_id, chosen)
        now = self._pages.clock()
        services = await self._services()
        values = {
            "account": account,
            "desk": desk,
            "when": long_day(datetime.combine(chosen, datetime.min.time(), WARSAW)),
            "before": _shifted(chosen, -1),
            "after": _shifted(chosen, 1),
            "rows": [
                (visit, visit.starts_at <= now, *_row(visit, desk.name, services)[1:])
                for visit in _booked(visits)
            ],
            "day": day,
            "marks": MARKS_PL,
        }
        return self._page(request, "visits_day.html", values)

    async def mark(
        self,
        request: Request,
        desk_id: str,
        day: str,
        token: Annotated[str, Form()] = "",
        visit: Annotated[int, Form()] = 0,
        came: Annotated[str, Form()] = "",
    ) -> Response:
        """Note whether somebody came, then show the day again."""
        self._sessions.checked(request, token)
        account = await self._account(request)
        if account is None:
            return _to_sign_in()
        if not may(account.role, "visits"):
            raise RequestError("staff-right", "To konto nie ma prawa do tej czynności.", status=403)
        desks = {one.id for one in await self._desks(account)}
        if desk_id not in desks or _date(day) is None or came not in MARKS:
            raise _not_found()
        book, now = self._pages.book, self._pages.clock()
        if not await asyncio.to_thread(book.mark, visit, desk_id, MARKS[came], now):
            raise _not_found()
        address = f"/staff/visits/{desk_id}/{day}#visit-{visit}"
        return secured(RedirectResponse(address, status_code=303))

    async def table(self, request: Request, first: str = "", last: str = "") -> Response:
        """Booked visits of the days from ``first`` to ``last``, for a spreadsheet."""
        account = await self._account(request)
        if account is None:
            return _to_sign_in()
        begin, end = _date(first), _date(last)
        if begin is None or end is None or not 0 <= (end - begin).days <= LONGEST_TABLE_DAYS:
            raise RequestError(
                "request-invalid",
                "Proszę podać dwa dni, pierwszy i ostatni, najwyżej rok od siebie.",
                status=422,
            )
        names = {desk.id: desk.name for desk in await self._desks(account)}
        visits = await asyncio.to_thread(self._pages.book.between, begin, end)
        services = await self._services()
        rows = [
            _row(one, names[one.desk], services) for one in _booked(visits) if one.desk in names
        ]
        name = f"wizyty-{begin}-{end}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        content = as_csv([COLUMNS, *rows])
        return _unkept(Response(content, headers=headers, media_type="text/csv; charset=utf-8"))

    async def feed(self, desk_id: str, key: str = "") -> Response:
        """A desk's coming visits for calendar programs."""
        pages = self._pages
        if not _signer(pages.secret_key).verify_signature(desk_id, key):
            raise _not_found()
        desks = await asyncio.to_thread(pages.book.desks)
        desk = next((one for one in desks if one.id == desk_id), None)
        if desk is None:
            raise _not_found()
        now = pages.clock()
        today = to_local(now).date()
        last = today + timedelta(days=FEED_DAYS)
        visits = await asyncio.to_thread(pages.book.between, today, last)
        shown = [visit for visit in _booked(visits) if visit.desk == desk_id]
        text = feed(f"Wizyty: {desk.name}", shown, await self._services(), pages.domain, now)
        return _unkept(Response(text, media_type="text/calendar; charset=utf-8"))

    async def _account(self, request: Request) -> StaffAccount | None:
        session = self._sessions.read(request)
        if session is None or not session.login:
            return None
        return await self._pages.accounts.get(session.login)

    async def _desks(self, account: StaffAccount) -> list[Desk]:
        """The desks that this clerk may see: those that serve their department, or all."""
        desks = await asyncio.to_thread(self._pages.book.desks)
        if account.department:
            services = (await self._services()).values()
            mine = {id_ for s in services if s.department == account.department for id_ in s.desks}
            desks = [desk for desk in desks if desk.id in mine]
        left = {one.desk.id: one.desk for one in await self._misfits(account)}
        return list({**{desk.id: desk for desk in desks}, **left}.values())

    async def _misfits(self, account: StaffAccount) -> list[Misfit]:
        """Visits of this clerk's department, or all, that the plan no longer has."""
        found = await asyncio.to_thread(self._pages.book.misfits, self._pages.clock())
        department = account.department
        return [one for one in found if not department or one.service.department == department]

    async def _services(self) -> dict[str, Service]:
        services = await asyncio.to_thread(self._pages.book.services)
        return {service.id: service for service in services}

    async def _undelivered(self, desks: Sequence[Desk]) -> list[dict[str, str]]:
        since = self._pages.clock() - timedelta(days=UNDELIVERED_DAYS)
        names = {desk.id: desk.name for desk in desks}
        return [
            {
                "number": grouped(one.number),
                "desk": names[one.desk],
                "what": KINDS_PL.get(one.kind, one.kind),
                "to": one.recipient,
                "when": f"{to_local(one.due_at):%d.%m.%Y, %H:%M}",
                "why": CODES_PL.get(one.code, one.code),
            }
            for one in await asyncio.to_thread(self._pages.undelivered, since)
            if one.desk in names
        ]

    def _feed_address(self, request: Request, desk_id: str) -> str:
        key = feed_key(self._pages.secret_key, desk_id)
        return f"{request.base_url}staff/visits/{desk_id}.ics?key={key}"

    def _page(
        self, request: Request, name: str, values: dict[str, Any], status: int = 200
    ) -> Response:
        session = self._sessions.read(request)
        values = {"token": session.token if session else "", **values}
        return _unkept(self._templates.TemplateResponse(request, name, values, status_code=status))


def _signer(secret_key: str) -> Signer:
    return Signer(
        secret_key, salt="visits-feed", key_derivation="hmac", digest_method=hashlib.sha256
    )


def _to_sign_in() -> Response:
    return secured(RedirectResponse(SIGN_IN, status_code=303))


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"  # a shared computer's "back" shows nothing
    return secured(response)


def _not_found() -> RequestError:
    return RequestError("request-not-found", "Nie ma takiej strony.", status=404)


def _date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if text == day.isoformat() else None  # not "20261125", not "2026-W48-3"


def _shifted(day: date, days: int) -> str:
    """The address of a neighbouring day; empty at the end of the calendar."""
    try:
        return (day + timedelta(days=days)).isoformat()
    except OverflowError:
        return ""


def _booked(visits: Sequence[Visit]) -> list[Visit]:
    return sorted(
        (visit for visit in visits if visit.state == "booked"),
        key=lambda visit: (visit.starts_at, visit.desk, visit.desk_place),
    )


def _row(visit: Visit, desk: str, services: dict[str, Service]) -> tuple[str, ...]:
    """A visit as the columns of ``COLUMNS``."""
    starts, ends = to_local(visit.starts_at), to_local(visit.ends_at)
    return (
        starts.date().isoformat(),
        f"{starts:%H:%M}",
        f"{ends:%H:%M}",
        desk,
        service_name(visit, services),
        grouped(visit.number),  # in pairs it stays a text: Excel would drop a zero in front
        visit.visitor.surname,
    )


def _misfit_row(one: Misfit) -> dict[str, str]:
    visit, starts = one.visit, to_local(one.visit.starts_at)
    return {
        "when": f"{starts:%d.%m.%Y, %H:%M}",
        "desk": one.desk.name,
        "service": one.service.name,
        "number": grouped(visit.number),
        "surname": visit.visitor.surname,
        "why": one.why_pl,
    }


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: surnames come from outside."""
    return f"'{cell}" if cell.lstrip().startswith(FORMULA_SIGNS) else cell
