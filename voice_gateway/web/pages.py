"""The start page, the widget and their files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml
from fastapi import APIRouter, Request
from fastapi.templating import Jinja2Templates
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from voice_gateway.settings import Settings
from voice_gateway.web.headers import secured

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"

EXAMPLES = (
    "O której dziś otwieracie?",
    "Jakie dokumenty są potrzebne do dowodu osobistego?",
    "Ile kosztuje paszport dla dziecka?",
    "Kiedy odbieracie śmieci?",
)


@dataclass(frozen=True, slots=True)
class OfficeCard:
    """What the page tells about the office; ``sample``: the office is made up."""

    name: str
    address: str
    phone: str
    email: str
    sample: bool

    @property
    def phone_link(self) -> str:
        """The ``tel:`` address of the phone; national numbers get Poland's +48."""
        digits = "".join(c for c in self.phone if c.isdigit() or c == "+")
        return f"tel:{digits}" if digits.startswith("+") else f"tel:+48{digits}"


def read_office(path: Path) -> OfficeCard:
    """The office's card from ``office.yml``. Raises ``OSError``, ``KeyError``, ``YAMLError``."""
    facts = yaml.safe_load(path.read_text(encoding="utf-8"))
    return OfficeCard(
        name=facts["name"],
        address=facts["address"],
        phone=facts["phone"],
        email=facts.get("email", ""),
        sample=bool(facts.get("sample")),
    )


def build_pages_router(settings: Settings) -> APIRouter:
    """Routes ``/``, ``/widget.js`` and ``/static/…``."""
    router = APIRouter(include_in_schema=False)
    templates = Jinja2Templates(HERE / "templates")
    files = StaticFiles(directory=STATIC)

    @router.get("/")
    def start(request: Request) -> Response:
        """Read anew each time: staff change office.yml while we run."""
        office = read_office(settings.knowledge_dir / "office.yml")
        page = templates.TemplateResponse(
            request,
            "start.html",
            {
                "office": office,
                "examples": EXAMPLES,
                "max_chars": settings.max_text_chars,
                "origin": str(request.base_url).rstrip("/"),
            },
        )
        page.headers["Cache-Control"] = "no-cache"
        return secured(page, microphone=True)

    @router.get("/widget.js")
    def widget() -> Response:
        return _for_any_site(FileResponse(STATIC / "widget.js", media_type="text/javascript"))

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
