"""Pages and files of the figures: for staff any period and every number, for everybody whole months
without small counts, and only when the office switched that on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from actions.office.calendar import to_local
from staff_console.editor.pages import not_found, to_sign_in, unkept
from staff_console.figures.charts import hour_chart, outcome_chart, topic_chart
from staff_console.figures.open_data import (
    DICTIONARY,
    OpenData,
    OpenRow,
    as_open_csv,
    as_open_json,
)
from staff_console.figures.read import FiguresReader
from staff_console.figures.suppress import SMALLEST_SHOWN
from staff_console.figures.tables import Names, all_tables, csv_rows
from staff_console.figures.values import ANSWERED, Period
from staff_console.figures.words import number, period_pl, seconds, share
from staff_console.labels import load_labels
from staff_console.rights import may
from staff_console.sessions import Sessions
from staff_console.templating import templates
from staff_console.visits import as_csv
from voice_gateway.errors import RequestError
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.web.headers import secured

LONGEST_DAYS = 366
USUAL_DAYS = 30
TWO_DAYS_PL = "Proszę podać dwa dni, pierwszy i ostatni, najwyżej rok od siebie."
FILES_PL = {
    "office.yml": "dane urzędu",
    "dialogue.yml": "zdania asystenta",
    "system.yml": "stałe zdania",
    "visits.yml": "plan wizyt",
    "incidents.yml": "komunikaty o awariach",
}


@dataclass(frozen=True, slots=True)
class FiguresPages:
    """What the pages use. ``names`` and ``office`` (its name) may read files.

    ``public``: whether everybody may see the open data; else its addresses do not exist.
    """

    secret_key: str
    accounts: StaffAccounts
    reader: FiguresReader
    open_data: OpenData
    names: Callable[[], Names]
    office: Callable[[], str]
    clock: Callable[[], datetime]
    public: bool = False


def names_of(knowledge_dir: Path) -> Names:
    """Names of matters and files, as the knowledge folder has them now."""
    topics = load_labels(knowledge_dir).topics
    return Names(topics, {**FILES_PL, **{f"topics/{id_}.yml": n for id_, n in topics.items()}})


def build_figures_router(pages: FiguresPages) -> APIRouter:
    """``/staff/figures…`` and, if they are public, ``/statystyki`` and ``/open-data/figures…``."""
    router = APIRouter(include_in_schema=False)
    staff, open_pages = _StaffFigures(pages), _OpenFigures(pages)
    router.add_api_route("/staff/figures", staff.page, methods=["GET"])
    router.add_api_route("/staff/figures.csv", staff.table, methods=["GET"])
    router.add_api_route("/staff/figures/open-data.{kind}", staff.preview, methods=["GET"])
    if pages.public:
        methods = ["GET", "HEAD"]
        router.add_api_route("/statystyki", open_pages.page, methods=methods)
        router.add_api_route("/open-data/figures.{kind}", open_pages.file, methods=methods)
    return router


class _StaffFigures:
    def __init__(self, pages: FiguresPages) -> None:
        self._pages = pages
        self._sessions = Sessions(pages.secret_key)
        self._templates = templates()

    async def page(self, request: Request, first: str = "", last: str = "") -> Response:
        """The figures of a period."""
        account = await self._account(request)
        if account is None:
            return to_sign_in()
        usual = self._usual()
        period, error = (_period(first, last), "") if first or last else (usual, "")
        if period is None:
            period, error = (
                usual,
                TWO_DAYS_PL,
            )
        figures = await asyncio.to_thread(self._pages.reader.of, period)
        names = await asyncio.to_thread(self._pages.names)
        answered = sum(figures.ended(one) for one in ANSWERED)
        session = self._sessions.read(request)
        outcomes, hours, topics, times, visits, publications = all_tables(figures, names)
        values = {
            "account": account,
            "token": session.token if session else "",
            "error": error,
            "period": period,
            "words": period_pl(period),
            "figures": figures,
            "answered": answered,
            "number": number,
            "share": share,
            "seconds": seconds,
            "outcomes": outcomes,
            "hours": hours,
            "topics": topics,
            "times": times,
            "visits": visits,
            "publications": publications,
            "outcome_chart": outcome_chart(figures),
            "hour_chart": hour_chart(figures.hours),
            "topic_chart": topic_chart(figures, names.topics),
            "public": self._pages.public,
        }
        status = 422 if error else 200
        return unkept(
            self._templates.TemplateResponse(request, "figures.html", values, status_code=status)
        )

    async def table(self, request: Request, first: str = "", last: str = "") -> Response:
        """The same tables for a spreadsheet."""
        if await self._account(request) is None:
            return to_sign_in()
        period = _period(first, last)
        if period is None:
            raise RequestError(
                "request-invalid",
                TWO_DAYS_PL,
                status=422,
            )
        figures = await asyncio.to_thread(self._pages.reader.of, period)
        names = await asyncio.to_thread(self._pages.names)
        content = as_csv(csv_rows(all_tables(figures, names)))
        name = f"liczby-{period.first}-{period.last}.csv"
        return unkept(_file(content, "text/csv; charset=utf-8", name))

    async def preview(self, request: Request, kind: str) -> Response:
        """What everybody sees when the figures are public."""
        if await self._account(request) is None:
            return to_sign_in()
        return unkept(await _open_file(self._pages, kind))

    async def _account(self, request: Request) -> StaffAccount | None:
        """Who asks; None: nobody is signed in. Raises ``RequestError`` 403."""
        session = self._sessions.read(request)
        if session is None or not session.login:
            return None
        account = await self._pages.accounts.get(session.login)
        if account and not may(account.role, "figures"):
            raise RequestError("staff-right", "To konto nie ma prawa do tej czynności.", status=403)
        return account

    def _usual(self) -> Period:
        today = to_local(self._pages.clock()).date()
        return Period(today - timedelta(days=USUAL_DAYS - 1), today)


class _OpenFigures:
    def __init__(self, pages: FiguresPages) -> None:
        self._pages = pages
        self._templates = templates()

    async def page(self, request: Request, month: str = "") -> Response:
        """A month's figures for everybody; the newest one unless another is chosen."""
        rows = await asyncio.to_thread(self._pages.open_data.rows)
        months = sorted({row.month for row in rows}, reverse=True)
        if month and month not in months:
            raise not_found()
        chosen = month or (months[0] if months else "")
        found = [row for row in rows if row.month == chosen]
        values = {
            "office": await asyncio.to_thread(self._pages.office),
            "months": months,
            "month": chosen,
            "tables": _public_tables(found),
            "smallest": SMALLEST_SHOWN,
            "number": number,
            "hour_chart": hour_chart(_hours(found)),
        }
        page = self._templates.TemplateResponse(request, "public_figures.html", values)
        page.headers["Cache-Control"] = "public, max-age=300"
        return secured(page)

    async def file(self, kind: str) -> Response:
        """The open data of all months, for programs."""
        response = await _open_file(self._pages, kind)
        response.headers["Cache-Control"] = "public, max-age=300"
        response.headers["Access-Control-Allow-Origin"] = "*"
        return secured(response)


async def _open_file(pages: FiguresPages, kind: str) -> Response:
    """Raises ``RequestError`` 404 for another kind than csv or json."""
    if kind not in ("csv", "json"):
        raise not_found()
    rows = await asyncio.to_thread(pages.open_data.rows)
    if kind == "csv":
        return _file(as_open_csv(rows), "text/csv; charset=utf-8", "figures.csv")
    office = await asyncio.to_thread(pages.office)
    return _file(as_open_json(rows, office), "application/json", "figures.json")


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type=media_type)


def _period(first: str, last: str) -> Period | None:
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        return None
    return period if 0 <= (period.last - period.first).days < LONGEST_DAYS else None


def _hours(rows: Sequence[OpenRow]) -> Mapping[int, int | None]:
    return {
        int(row.part): None if row.value is None else int(row.value)
        for row in rows
        if row.figure == "talks_by_hour"
    }


def _public_tables(rows: Sequence[OpenRow]) -> list[dict[str, Any]]:
    """The figures in the order of the dictionary; matters with the most talks first."""
    tables = []
    for figure in dict.fromkeys(row.figure for row in rows):
        found = [row for row in rows if row.figure == figure]
        if figure == "talks_by_topic":
            found.sort(key=lambda row: -(row.value or 0))
        unit, caption = DICTIONARY[figure]
        seen = [row for row in found if not row.hidden]
        tables.append(
            {
                "figure": figure,
                "caption": caption,
                "unit": unit,
                "rows": [(row.label, _value(row)) for row in seen],
                "hidden": len(found) - len(seen),
            }
        )
    return tables


def _value(row: OpenRow) -> str:
    if row.value is None:
        return ""
    return seconds(row.value) if row.unit == "sekundy" else number(row.value)
