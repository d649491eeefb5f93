"""The table of what staff decided about wordings that were not understood."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from voice_gateway.records.models import Base, UtcDateTime

KEY_CHARS = 64


class InboxDecisionRow(Base):
    """The decision on one wording: ``dismissed``, or ``assigned`` to a file's questions.

    ``key``: hash of the folded words, ``words``: as a resident said them, masked. ``turns``: how
    often the wording (assigned) or its group (dismissed) had come until then.
    """

    __tablename__ = "inbox_decisions"

    key: Mapped[str] = mapped_column(String(KEY_CHARS), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(String(16))
    path: Mapped[str] = mapped_column(String(128))
    aspect: Mapped[str] = mapped_column(String(64))
    turns: Mapped[int] = mapped_column(Integer)
    who: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
