"""The tables of calls. Times are UTC; a change here needs a migration beside it.

Never here: a telephone number. ``contact_key`` is a keyed hash of it that lives seven days; see
``contacts`` and docs/decisions/0011-repeat-contact.md.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from voice_gateway.records.models import Base, UtcDateTime

KEY_CHARS = 32  # of the hash, in hexadecimal: 128 bits


class CallRow(Base):
    """One call by phone or microphone, from when the assistant answered to when its leg ended.

    ``contact_key``: who called, for seven days; None: cannot be told (any more). ``came_back``:
    whether the same person called again within seven days; None: cannot be told, or not yet.
    """

    __tablename__ = "calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(64), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contact_key: Mapped[str | None] = mapped_column(String(KEY_CHARS), index=True)
    came_back: Mapped[bool | None] = mapped_column(Boolean)


class ContactSecretRow(Base):
    """The random secret of a period of eight days. When it is gone, no key of that period can be
    made again from a number."""

    __tablename__ = "contact_secrets"

    period: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    secret: Mapped[str] = mapped_column(String(64))
