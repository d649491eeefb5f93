"""The tables of signing in: sessions, one-time links, recovery codes. Only hashes of secrets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from voice_gateway.records.models import Base, UtcDateTime

HASH_CHARS = 64


class SessionRow(Base):
    """Somebody signed in at one browser. ``version``: the account's, when they signed in."""

    __tablename__ = "staff_sessions"

    id_hash: Mapped[str] = mapped_column(String(HASH_CHARS), primary_key=True)
    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True
    )
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LinkRow(Base):
    """A link that sets a password once; ``login`` "" makes the first administrator."""

    __tablename__ = "staff_links"

    login: Mapped[str] = mapped_column(String(64), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(HASH_CHARS), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecoveryRow(Base):
    """A code that signs in once when the telephone with the other codes is lost."""

    __tablename__ = "staff_recovery_codes"

    code_hash: Mapped[str] = mapped_column(String(HASH_CHARS), primary_key=True)
    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True
    )
