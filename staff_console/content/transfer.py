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


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file to be taken in as a draft. ``body``: what the draft holds; ``sent``: the text as it
    came, which is kept when it has an ``origin``; ``number``: of the live version that the person
    saw beside it, 0 for a new file."""

    path: str
    body: str
    sent: str
    origin: str
    number: int


SENT_PL = "tekst przysłany, do porównania"


def take_in(database: Database, incoming: Sequence[Incoming], who: str, now: datetime) -> None:
    """Make drafts of all files, or of none. Raises ``RequestError`` content-conflict, -invalid."""
    for one in incoming:
        if fault := shape_fault(one.path, storable(one.body)):
            raise invalid([fault])

    def deed(session: Session) -> None:
        head = lock_head(session)
        for one in incoming:
            before = rows.live(session, one.path)
            if rows.open_draft(session, one.path):
                raise conflict(f"{one.path}: ktoś pracuje już nad tym plikiem.")
            if one.number != (before.number if before else 0):
                raise conflict(f"{one.path}: obowiązująca treść zmieniła się w tym czasie.")
            origin = clean(one.origin)
            if origin:
                place = (one.path, storable(one.sent), who, SENT_PL, now)
                rows.add_version(session, *place, "rejected", origin=origin)
            rows.put_draft(session, one.path, one.body, who, one.number, now, origin=origin)
            add_line(session, head, now, who, "imported", one.path, origin)

    database.run(deed)


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
