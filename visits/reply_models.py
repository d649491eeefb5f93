"""The table of handled replies: each message does what it says once, also when it comes again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from voice_gateway.records.models import Base, UtcDateTime


class VisitReplyRow(Base):
    """A message that was handled. ``key``: a hash of its id; ``outcome``: what became of it.

    Nothing of the message is kept. ``replying.forget`` removes old rows.
    """

    __tablename__ = "visit_replies"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[str] = mapped_column(String(16))
    handled_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
