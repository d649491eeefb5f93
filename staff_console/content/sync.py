"""Keeps a machine's files and the database alike, in both directions.

A file that a hand changed becomes the live version; a version that became live elsewhere is
written into the file. Which of the two happened is told by the hash that the folder holds. No text
is ever overwritten that the database does not know:

- changed here by hand, the database as before: adopted. If it cannot be read, it stays as it is.
- changed in the database, the file as before: written.
- both, or a folder that never met this database: the database goes on, for that is what callers
  hear on the other machines; the file's text is kept as a version that was never live.
- a file that is gone is written again: a topic is switched off, not deleted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from staff_console.content import rows
from staff_console.content.folder import ContentFolder, Held, digest
from staff_console.content.log import Deed, add_line, lock_head
from staff_console.content.models import HeadRow
from staff_console.content.publish import shape_fault, storable
from staff_console.content.values import VersionState
from voice_gateway import telemetry
from voice_gateway.errors import HaloError, RequestError
from voice_gateway.records.database import Database

AUTHOR = "plik"
ADOPTED_PL = "zmiana w pliku"
KEPT_PL = "zmiana w pliku, niewdrożona: tymczasem opublikowano inną"
PERIOD_S = 1.0  # the knowledge is reread after as long; both together keep the two seconds

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def reconcile(database: Database, folder: ContentFolder, now: datetime) -> list[str]:
    """Make files and database alike; gives the paths that changed on either side.

    The folder is locked. Raises ``OSError`` when it cannot be written.
    """
    folder.clear()
    files, held = folder.read(), folder.held()

    def compare(session: Session) -> _Round:
        round_ = _Round(session, lock_head(session), files, held, now)
        round_.run()
        return round_

    round_ = database.run(compare)
    for path, mark in round_.same.items():
        held[path] = [mark]
    folder.write(round_.to_write, held, files)
    return sorted({*round_.adopted, *round_.to_write})


@dataclass
class _Round:
    """One comparison, inside one transaction."""

    session: Session
    head: HeadRow
    files: Mapping[str, bytes]
    held: Held
    now: datetime
    same: dict[str, str] = field(default_factory=dict)  # path -> hash
    adopted: list[str] = field(default_factory=list)
    to_write: dict[str, bytes] = field(default_factory=dict)

    def run(self) -> None:
        live = rows.live_hashes(self.session)
        for path in sorted({*self.files, *live}):
            self._compare(path, self.files.get(path), live.get(path))

    def _compare(self, path: str, data: bytes | None, live: str | None) -> None:
        if data is None:
            self._write(path)
            return
        mark, held = digest(data), self.held.get(path, [])
        if mark == live:
            self.same[path] = mark
        elif live is None or (live in held and mark not in held):
            self._adopt(path, data, mark, first=live is None)
        else:
            if not rows.is_known(self.session, path, mark):
                self._add(path, _as_text(data), "rejected", KEPT_PL, "kept")
            self._write(path)

    def _adopt(self, path: str, data: bytes, mark: str, *, first: bool) -> None:
        try:
            body = storable(data.decode())
        except (UnicodeDecodeError, RequestError):
            log.error("content_unreadable", path=path)
            return
        if not first and shape_fault(path, body):
            log.error("content_unreadable", path=path)
            return
        self._add(path, body, "live", ADOPTED_PL, "adopted")
        self.same[path] = mark
        self.adopted.append(path)

    def _write(self, path: str) -> None:
        row = rows.live(self.session, path)
        if row:
            self.to_write[path] = row.body.encode()

    def _add(self, path: str, body: str, state: VersionState, reason: str, deed: Deed) -> None:
        row = rows.add_version(self.session, path, body, AUTHOR, reason, self.now, state)
        add_line(self.session, self.head, self.now, AUTHOR, deed, path, f"wersja {row.number}")


def _as_text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace").replace("\0", "\\x00")


class ContentSync:
    """Looks whether the files or the database changed and makes them alike."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        clock: Callable[[], datetime] = utc_now,
        notes: Path | None = None,
    ) -> None:
        self._database = database
        self._folder = ContentFolder(folder, notes)
        self._clock = clock
        self._seen: object = None
        self._texts: Mapping[str, str] = {}  # path -> hash, as they were told last

    def once(self) -> list[str]:
        """The paths whose text is another one since the last look, on whichever side it changed;
        also those that this very process published. Cheap when nothing did.

        Raises ``RecordsError`` and ``OSError``; the next time does it.
        """
        seen = (self._folder.stamp(), self._database.run(rows.revision))
        if seen == self._seen:
            return []
        with self._folder.locked():
            changed = set(reconcile(self._database, self._folder, self._clock()))
            texts = {path: digest(data) for path, data in self._folder.read().items()}
        if self._texts:
            changed |= {path for path, mark in texts.items() if self._texts.get(path) != mark}
        self._seen, self._texts = seen, texts  # what changes from here on is seen the next time
        return sorted(changed)


async def run_sync(
    sync: ContentSync,
    period_s: float = PERIOD_S,
    on_change: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Until cancelled: files and database are alike within a period.

    ``on_change`` is awaited after a change, beside the looking: new answers are rendered before a
    caller needs them, and the next change does not wait for that.
    """
    changes = asyncio.Event()
    following = asyncio.create_task(_follow(changes, on_change)) if on_change else None
    try:
        await _keep_alike(sync, period_s, changes)
    finally:
        if following:
            following.cancel()


async def _follow(changes: asyncio.Event, on_change: Callable[[], Awaitable[None]]) -> None:
    """After each change; after several that came meanwhile, once."""
    while True:
        await changes.wait()
        changes.clear()
        await on_change()


async def _keep_alike(sync: ContentSync, period_s: float, changes: asyncio.Event) -> None:
    well = True
    while True:
        try:
            changed = await asyncio.to_thread(sync.once)
            well = True
            if changed:
                log.info("content_synced", count=len(changed))
                changes.set()
        except (HaloError, OSError) as error:
            code = error.code if isinstance(error, HaloError) else "content-folder"
            if well:  # once for each time of trouble, not each second
                telemetry.count_error(code)
                log.error("content_unsynced", code=code, reason=type(error).__name__)
            well = False
        await asyncio.sleep(period_s)
