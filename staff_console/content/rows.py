"""Reads and writes of versions and drafts: plain functions of a ``Session``.

Who writes has locked the head (``log.lock_head``).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from staff_console.content.folder import digest
from staff_console.content.models import LOGIN_CHARS, DraftRow, HeadRow, VersionRow
from staff_console.content.values import VersionState
from voice_gateway.records.queries import clean


def revision(session: Session) -> int:
    """The count of changes to what is live."""
    return session.scalars(select(HeadRow.revision)).one()


def live(session: Session, path: str) -> VersionRow | None:
    """The live version of a path."""
    return session.scalar(
        select(VersionRow).where(VersionRow.path == path, VersionRow.state == "live")
    )


def live_bodies(session: Session) -> dict[str, str]:
    """Path -> live body, in order."""
    query = select(VersionRow.path, VersionRow.body).where(VersionRow.state == "live")
    return {row.path: row.body for row in session.execute(query.order_by(VersionRow.path))}


def live_hashes(session: Session) -> dict[str, str]:
    """Path -> hash of the live body."""
    query = select(VersionRow.path, VersionRow.body_hash).where(VersionRow.state == "live")
    return {row.path: row.body_hash for row in session.execute(query)}


def is_known(session: Session, path: str, body_hash: str) -> bool:
    """Whether some version of the path has this text."""
    same = select(VersionRow.id).where(VersionRow.path == path, VersionRow.body_hash == body_hash)
    return session.scalar(same.limit(1)) is not None


def add_version(
    session: Session,
    path: str,
    body: str,
    author: str,
    reason: str,
    now: datetime,
    state: VersionState,
    *,
    origin: str = "",
) -> VersionRow:
    """A new version after all others of its path; ``live``: it takes the place of the live one."""
    numbers = select(func.max(VersionRow.number)).where(VersionRow.path == path)
    before = live(session, path)
    row = VersionRow(
        path=path,
        number=(session.scalar(numbers) or 0) + 1,
        body=body,
        body_hash=digest(body.encode()),
        author=author[:LOGIN_CHARS],
        reason=clean(reason),
        created_at=now,
        state="past",
        based_on=before.number if before else 0,
        approver="",
        origin=origin,
    )
    session.add(row)
    if state == "live":
        put_live(session, row)
    row.state = state
    session.flush()
    return row


def put_live(session: Session, row: VersionRow) -> None:
    """Make a version the live one of its path."""
    before = live(session, row.path)
    if before:
        before.state = "past"
        session.flush()  # before the other is live: the index forbids two
    row.state = "live"
    session.get_one(HeadRow, 1).revision += 1
    session.flush()


def open_draft(session: Session, path: str) -> DraftRow | None:
    """The draft of a path, if somebody works on it."""
    row = session.get(DraftRow, path)
    return row if row and row.open else None


def put_draft(
    session: Session,
    path: str,
    body: str,
    author: str,
    based_on: int,
    now: datetime,
    *,
    origin: str = "",
) -> DraftRow:
    """The path's next draft revision with this text."""
    row = session.get(DraftRow, path)
    if row is None:
        row = DraftRow(path=path, revision=0)
        session.add(row)
    row.open, row.body, row.author = True, body, author[:LOGIN_CHARS]
    row.based_on, row.saved_at, row.origin = based_on, now, origin
    row.revision += 1
    session.flush()
    return row


def close_draft(row: DraftRow) -> None:
    """Nobody works on it any more; its revision stays used up."""
    row.open = False
    row.revision += 1
