"""The table of figures that were made public. A change here needs a migration beside it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from voice_gateway.records.models import Base, UtcDateTime


class PublicFiguresRow(Base):
    """The open data of a month ("2026-10"), made once and never again: two makings of one month
    could be compared, and what differs would tell what is hidden. ``rows``: JSON."""

    __tablename__ = "public_figures"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rows: Mapped[str] = mapped_column(Text)
