"""The table of answers whose owner was told that they expire. A change needs a migration."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from staff_console.content.models import PATH_CHARS
from voice_gateway.records.models import Base, UtcDateTime


class ExpiryNoticeRow(Base):
    """An answer that a letter told about. ``place``: "answers.cost"; ``valid_until``: an ISO date,
    so that a prolonged answer is told about anew; ``message_key``: of the letter in the outbox."""

    __tablename__ = "expiry_notices"
    __table_args__ = (
        UniqueConstraint("path", "place", "valid_until", "stage", name="ux_expiry_notices_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(PATH_CHARS))
    place: Mapped[str] = mapped_column(String(128))
    valid_until: Mapped[str] = mapped_column(String(10))
    stage: Mapped[str] = mapped_column(String(8))
    message_key: Mapped[str] = mapped_column(String(64))
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
