"""How staff pages are made from templates: what every template may use."""

from __future__ import annotations

from pathlib import Path

from fastapi.templating import Jinja2Templates

from staff_console.places import places_for

TEMPLATES = Path(__file__).resolve().parent / "templates"


def templates() -> Jinja2Templates:
    """The templates, each with ``places_for`` for the navigation."""
    made = Jinja2Templates(TEMPLATES)
    made.env.globals["places_for"] = places_for
    return made
