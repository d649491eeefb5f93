"""Keeps each machine's pointer and the database alike, in both directions.

What this machine's pointer and the database's live model were the last time is noted in the data
folder, so that it can be told who changed:

- the database: the pointer follows, as soon as the model's file is here;
- the pointer (``halo train``, a hand): the database follows, if nobody published meanwhile;
- both, or a machine that never met this database: the database goes on;
- an empty database takes over what is served.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import structlog

from staff_console.content.sync import utc_now
from staff_console.dialogue_models.files import ModelFolder, Pointer
from staff_console.dialogue_models.store import ModelStore
from staff_console.dialogue_models.values import Model
from voice_gateway import telemetry
from voice_gateway.errors import HaloError

AUTHOR = "polecenie halo train"
NOTES = ".dialogue-model.json"
PERIOD_S = 1.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """The pointer's model and the database's live one, when they were alike."""

    pointer: str = ""
    live: str = ""


class ModelSync:
    """Looks whether the pointer or the database changed and makes them alike. Blocks."""

    def __init__(
        self,
        store: ModelStore,
        folder: ModelFolder,
        notes: Path,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._folder = folder
        self._notes = notes / NOTES
        self._clock = clock
        self._missing = ""
        self._one = threading.Lock()
        self.changes = 0

    def once(self) -> bool:
        """Whether this machine's pointer changed. Raises ``RecordsError`` and ``OSError``."""
        with self._one:  # a page that just published does not wait for the next look
            return self._once()

    def _once(self) -> bool:
        served, live = self._folder.served(), self._store.live()
        if not served and live is None:
            return False
        seen = self._seen()
        if live is None or self._changed_here(served, live, seen):
            live = self._store.adopt(served, self._folder.card(served), AUTHOR, self._clock())
            log.info("model_adopted", model=served)
        return self._follow(live)

    def _changed_here(self, served: str, live: Model, seen: Seen) -> bool:
        if not served or served == live.name or seen.live != live.name or served == seen.pointer:
            return False
        return served != self._folder.same_as(live.name, live.card.fingerprint)

    def _follow(self, live: Model) -> bool:
        name = self._folder.same_as(live.name, live.card.fingerprint)
        if not name:
            if self._missing != live.name:  # once for each model, not each second
                telemetry.count_error("model-file-gone")
                log.error("model_missing", model=live.name)
            self._missing = live.name
            return False
        before, self._missing = self._folder.pointer(), ""
        changed = before is None or before.name != name
        if changed:
            by = "staff" if self._store.live_by_staff() else "machine"
            self._folder.point(Pointer(name, by))
            self.changes += 1
        self._keep(Seen(name, live.name))
        return changed

    def _seen(self) -> Seen:
        try:
            return Seen(**json.loads(self._notes.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return Seen()

    def _keep(self, seen: Seen) -> None:
        if seen != self._seen():
            unfinished = self._notes.with_name(f"{NOTES}.unfinished")
            unfinished.write_text(json.dumps(asdict(seen)), encoding="utf-8")
            unfinished.replace(self._notes)


async def run_model_sync(
    sync: ModelSync,
    on_change: Callable[[], Awaitable[None]],
    period_s: float = PERIOD_S,
) -> None:
    """Until cancelled. ``on_change`` is awaited after this machine's pointer changed."""
    well, told = True, 0
    while True:
        try:
            await asyncio.to_thread(sync.once)
            well = True
            if sync.changes != told:  # a page may have made it so between two looks
                told = sync.changes
                await on_change()
        except (HaloError, OSError) as error:
            code = error.code if isinstance(error, HaloError) else "model-folder"
            if well:  # once for each time of trouble
                telemetry.count_error(code)
                log.error("model_unsynced", code=code, reason=type(error).__name__)
            well = False
        await asyncio.sleep(period_s)
