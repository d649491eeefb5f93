"""The parts that train, compare and swap dialogue models, as the gateway runs them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

import structlog

from staff_console.content.sync import utc_now
from staff_console.dialogue_models.files import ModelFolder
from staff_console.dialogue_models.learnt import live_versions
from staff_console.dialogue_models.runner import TrainingRunner, training_place
from staff_console.dialogue_models.serving import ServedModel
from staff_console.dialogue_models.store import ModelStore
from staff_console.dialogue_models.sync import ModelSync, run_model_sync
from staff_console.dialogue_models.trainings import TrainingStore
from voice_gateway.errors import HaloError
from voice_gateway.records.database import Database
from voice_gateway.settings import ROOT, Settings
from voice_gateway.training import BOT_PYTHON

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ModelParts:
    """What the pages of models need. ``follow`` tells this machine's Rasa at once; blocks."""

    store: ModelStore
    trainings: TrainingStore
    runner: TrainingRunner
    folder: ModelFolder
    served: ServedModel
    versions: Callable[[], Mapping[str, int]]
    follow: Callable[[], None]


@asynccontextmanager
async def running_models(
    settings: Settings, database: Database, ready: Callable[[], Awaitable[object]]
) -> AsyncIterator[ModelParts]:
    """The parts, with the pointer kept like the database. ``ready`` is awaited after a swap."""
    folder = ModelFolder(settings.models_dir / "rasa")
    store, trainings = ModelStore(database), TrainingStore(database)
    versions = partial(live_versions, database)
    place = training_place(BOT_PYTHON, ROOT, settings.knowledge_dir, settings.data_dir, versions)
    runner = TrainingRunner(store, trainings, folder, place, utc_now)
    served = ServedModel(settings.rasa_url, folder.served)
    sync = ModelSync(store, folder, settings.data_dir)

    def follow() -> None:
        with suppress(HaloError, OSError):  # the next look, within a second, tells what is wrong
            sync.once()

    async def swapped() -> None:
        try:
            await served.settled(ready)  # so that turns are kept with the new model's name
        except HaloError as error:
            log.error("model_unready", code=error.code)

    try:
        await runner.recover()
    except HaloError as error:
        log.error("trainings_unknown", code=error.code)
    await asyncio.to_thread(follow)
    keeping = asyncio.create_task(run_model_sync(sync, swapped))
    try:
        yield ModelParts(store, trainings, runner, folder, served, versions, follow)
    finally:
        keeping.cancel()
        await runner.close()
        await served.close()
