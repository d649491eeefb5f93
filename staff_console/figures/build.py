"""Puts the figures' pages together."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from fastapi import APIRouter

from actions.office.facts import load_office
from staff_console.figures.open_data import OpenData
from staff_console.figures.read import FiguresReader
from staff_console.figures.routes import FiguresPages, build_figures_router, names_of
from staff_console.labels import load_labels
from voice_gateway.records.database import Database
from voice_gateway.records.staff import StaffAccounts
from voice_gateway.settings import Settings


def figures_router(settings: Settings, database: Database, accounts: StaffAccounts) -> APIRouter:
    """All pages and files of the figures."""
    folder = settings.knowledge_dir

    def topics() -> dict[str, str]:
        return load_labels(folder).topics

    return build_figures_router(
        FiguresPages(
            secret_key=settings.secret_key.get_secret_value(),
            accounts=accounts,
            reader=FiguresReader(database, _now),
            open_data=OpenData(database, topics, settings.records_days, _now),
            names=partial(names_of, folder),
            office=lambda: load_office(folder / "office.yml").name,
            clock=_now,
            public=settings.public_figures,
        )
    )


def _now() -> datetime:
    return datetime.now(UTC)
