"""Content from a folder of files, of this office or another one, as drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from staff_console.content import rows
from staff_console.content.folder import ContentFolder
from staff_console.content.log import add_line, lock_head
from staff_console.content.publish import shape_fault, storable
from staff_console.content.refusals import conflict, invalid
from voice_gateway.errors import RequestError
from voice_gateway.records.database import Database
from voice_gateway.records.queries import clean


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: paths with a new draft, and path -> why not, in Polish."""

    drafts: Sequence[str]
    refused: Mapping[str, str]


def import_all(database: Database, folder: Path, who: str, origin: str, now: datetime) -> Imported:
    """Make drafts of the files that differ from what is live; see ``ContentStore.import_``."""
    drafts: list[str] = []
    refused: dict[str, str] = {}
    for path, data in ContentFolder(folder).read().items():
        try:
            body = _readable(path, data)
            if database.run(lambda s: _draft(s, path, body, who, clean(origin), now)):  # noqa: B023
                drafts.append(path)
        except RequestError as error:
            refused[path] = error.detail_pl
    return Imported(drafts, refused)


def _readable(path: str, data: bytes) -> str:
    try:
        body = storable(data.decode())
    except UnicodeDecodeError:
        raise invalid(["plik nie jest zapisany w UTF-8"]) from None
    if fault := shape_fault(path, body):
        raise invalid([fault])
    return body


def _draft(session: Session, path: str, body: str, who: str, origin: str, now: datetime) -> bool:
    head, before = lock_head(session), rows.live(session, path)
    if before and before.body == body:
        return False
    if rows.open_draft(session, path):
        raise conflict("Ktoś pracuje już nad tym plikiem.")
    number = before.number if before else 0
    rows.put_draft(session, path, body, who, number, now, origin=origin)
    add_line(session, head, now, who, "imported", path, origin)
    return True
