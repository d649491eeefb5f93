"""The tables of edited content. Times are UTC; a change here needs a migration beside it."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Boolean, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from staff_console.content.values import Draft, LogEntry, Version, VersionState
from voice_gateway.records.models import Base, UtcDateTime

PATH_CHARS = 128
LOGIN_CHARS = 64


class HeadRow(Base):
    """One row, made by the migration. Who writes content locks it first, so deeds take turns.

    ``revision`` grows whenever something else becomes live; machines watch it. ``log_id`` and
    ``log_mark`` are the log's last line, so that a line cut off its end is missed.
    """

    __tablename__ = "content_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(Integer)
    log_id: Mapped[int] = mapped_column(Integer)
    log_mark: Mapped[str] = mapped_column(String(64))


class VersionRow(Base):
    """A version. ``body_hash``: SHA-256 of the body's bytes; ``based_on``: the number of the live
    version that it was made from. At most one version of a path is live."""

    __tablename__ = "content_versions"
    __table_args__ = (
        UniqueConstraint("path", "number", name="ux_content_versions_number"),
        Index(
            "ux_content_versions_live",
            "path",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
        Index("ix_content_versions_hash", "path", "body_hash"),
        Index("ix_content_versions_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(PATH_CHARS))
    number: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)
    body_hash: Mapped[str] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(LOGIN_CHARS))
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16))
    based_on: Mapped[int] = mapped_column(Integer)
    approver: Mapped[str] = mapped_column(String(LOGIN_CHARS), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    origin: Mapped[str] = mapped_column(Text, default="")

    def value(self) -> Version:
        """The version that the row keeps."""
        return Version(
            id=self.id,
            path=self.path,
            number=self.number,
            body=self.body,
            author=self.author,
            reason=self.reason,
            created_at=self.created_at,
            state=cast("VersionState", self.state),
            approver=self.approver,
            decided_at=self.decided_at,
            origin=self.origin,
        )


class DraftRow(Base):
    """The draft of a path. It stays, not ``open``, when it was published or thrown away: revisions
    never begin anew, so an old page cannot take a newer draft for its own."""

    __tablename__ = "content_drafts"

    path: Mapped[str] = mapped_column(String(PATH_CHARS), primary_key=True)
    open: Mapped[bool] = mapped_column(Boolean)
    body: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(LOGIN_CHARS))
    revision: Mapped[int] = mapped_column(Integer)
    based_on: Mapped[int] = mapped_column(Integer)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    origin: Mapped[str] = mapped_column(Text)

    def value(self) -> Draft:
        """The draft that the row keeps."""
        return Draft(self.path, self.body, self.author, self.revision, self.based_on, self.saved_at)


class EditingRow(Base):
    """Somebody who has a file's page open, and when the page last said so."""

    __tablename__ = "content_editing"

    path: Mapped[str] = mapped_column(String(PATH_CHARS), primary_key=True)
    who: Mapped[str] = mapped_column(String(LOGIN_CHARS), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class LogRow(Base):
    """A line of the log; ids have no gaps, so a line taken out is missed."""

    __tablename__ = "content_log"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    who: Mapped[str] = mapped_column(String(LOGIN_CHARS))
    deed: Mapped[str] = mapped_column(String(32))
    path: Mapped[str] = mapped_column(String(PATH_CHARS))
    detail: Mapped[str] = mapped_column(Text)
    mark: Mapped[str] = mapped_column(String(64))

    def value(self) -> LogEntry:
        """The line that the row keeps."""
        return LogEntry(self.id, self.at, self.who, self.deed, self.path, self.detail, self.mark)
