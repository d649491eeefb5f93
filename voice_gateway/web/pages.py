"""The start page, the widget and their files."""

from __future__ import annotations

from pathlib import Path

import structlog
from fastapi import APIRouter, Request
from fastapi.templating import Jinja2Templates
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from actions.office.facts import Office, load_office
from voice_gateway.errors import SetupError
from voice_gateway.settings import Settings
from voice_gateway.web.headers import secured

log = structlog.get_logger(__name__)

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"

EXAMPLES = (
    "O której dziś otwieracie?",
    "Jakie dokumenty są potrzebne do dowodu osobistego?",
    "Ile kosztuje paszport dla dziecka?",
    "Kiedy odbieracie śmieci?",
)


class OfficeReader:
    """The office's facts as they stand now; while staff's file is broken, as they last stood."""

    def __init__(self, path: Path) -> None:
        """Raises ``SetupError`` when the file cannot be read at start."""
        self._path = path
        self._office = load_office(path)
        self._changed = path.stat().st_mtime_ns

    def now(self) -> Office:
        """The facts; reads the file only after a change."""
        try:
            changed = self._path.stat().st_mtime_ns
            if changed != self._changed:
                self._changed = changed
                self._office = load_office(self._path)
        except (SetupError, OSError):
            log.warning("office_file_broken", code="setup-knowledge")
        return self._office


def phone_link(phone: str) -> str:
    """The ``tel:`` address of a phone number; a national one gets Poland's +48."""
    digits = "".join(c for c in phone if c.isdigit() or c == "+")
    return f"tel:{digits}" if digits.startswith("+") else f"tel:+48{digits}"


def build_pages_router(settings: Settings) -> APIRouter:
    """Routes ``/``, ``/widget.js`` and ``/static/…``. Raises ``SetupError`` without office.yml."""
    router = APIRouter(include_in_schema=False)
    templates = Jinja2Templates(HERE / "templates")
    files = StaticFiles(directory=STATIC)
    offices = OfficeReader(settings.knowledge_dir / "office.yml")

    @router.api_route("/", methods=["GET", "HEAD"])
    def start(request: Request) -> Response:
        office = offices.now()
        page = templates.TemplateResponse(
            request,
            "start.html",
            {
                "office": office,
                "phone_link": phone_link(office.phone),
                "examples": EXAMPLES,
                "max_chars": settings.max_text_chars,
                "origin": str(request.base_url).rstrip("/"),
            },
        )
        page.headers["Cache-Control"] = "no-cache"
        return secured(page, microphone=True)

    @router.get("/widget.js")
    async def widget(request: Request) -> Response:
        return _for_any_site(await files.get_response("widget.js", request.scope))

    @router.api_route("/static/{path:path}", methods=["GET", "HEAD"])
    async def static(path: str, request: Request) -> Response:
        return _for_any_site(await files.get_response(path, request.scope))

    return router


def _for_any_site(response: Response) -> Response:
    """Files the widget loads from a city's own page: readable anywhere, checked for news."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-cache"
    return response
