"""Puts the pages of learning together for the gateway."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter

from staff_console.editor.pages import moment
from staff_console.editor.work import EditorContent
from staff_console.learning.pages import LearningPages, ModelChoice
from staff_console.learning.replay_job import ReplayJob
from staff_console.learning.routes import build_learning_router
from staff_console.learning.understanding import RunningRasa, model_process
from voice_gateway.records.database import Database
from voice_gateway.records.staff import StaffAccounts
from voice_gateway.settings import Settings

MODELS = "rasa"  # the folder of dialogue models in ``models_dir``
MADE = re.compile(r"(\d{8}-\d{6})-(\w+)")  # as bot.train names them: moment (UTC), fingerprint


@asynccontextmanager
async def learning_router(
    settings: Settings, database: Database, accounts: StaffAccounts, content: EditorContent
) -> AsyncIterator[APIRouter]:
    """The routes under ``/staff/learning``; a replay that runs ends with the block."""
    rasa = RunningRasa(settings.rasa_url, settings.dialogue_timeout_s)
    job = ReplayJob()
    pages = LearningPages(
        secret_key=settings.secret_key.get_secret_value(),
        accounts=accounts,
        content=content,
        database=database,
        held_out=settings.knowledge_dir / "held_out",
        understands=rasa,
        models=lambda: models_in(settings.models_dir / MODELS),
        open_model=model_process,
        kept_days=settings.records_days,
        now=lambda: datetime.now(UTC),
    )
    try:
        yield build_learning_router(pages, job)
    finally:
        await job.stop()
        await rasa.close()


def models_in(folder: Path) -> Sequence[ModelChoice]:
    """The trained models of a folder, newest first."""
    files = sorted(folder.glob("*.tar.gz"), key=lambda file: file.name, reverse=True)
    return [ModelChoice(file.name, _label(file), file) for file in files]


def _label(file: Path) -> str:
    name = file.name.removesuffix(".tar.gz")
    found = MADE.fullmatch(name)
    if found is None:
        return f"model {name}"
    made = datetime.strptime(found[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    return f"model z {moment(made)} ({found[2]})"
