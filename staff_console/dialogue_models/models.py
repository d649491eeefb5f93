"""The tables of dialogue models. Times are UTC; a change here needs a migration beside it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Boolean, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from staff_console.content.models import LOGIN_CHARS
from staff_console.dialogue_models.values import (
    Card,
    Model,
    ModelState,
    Progress,
    Publication,
    PublicationKind,
    Row,
    Score,
    Training,
    TrainingKind,
    TrainingState,
)
from voice_gateway.records.models import Base, UtcDateTime

NAME_CHARS = 128


class ModelRow(Base):
    """A model; at most one is live. ``card``: JSON of ``Card``."""

    __tablename__ = "dialogue_models"
    __table_args__ = (
        Index(
            "ux_dialogue_models_live",
            "state",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_CHARS), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    who: Mapped[str] = mapped_column(String(LOGIN_CHARS))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    card: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(LOGIN_CHARS))
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    against: Mapped[str] = mapped_column(String(NAME_CHARS))

    def value(self) -> Model:
        """The model that the row keeps."""
        return Model(
            name=self.name,
            state=cast("ModelState", self.state),
            who=self.who,
            created_at=self.created_at,
            card=Card(**json.loads(self.card)),
            asked_by=self.asked_by,
            asked_at=self.asked_at,
            reason=self.reason,
            against=self.against,
        )


class ScoreRow(Base):
    """What a model made of a set of held-out questions. ``rows``: JSON, a list of rows' values."""

    __tablename__ = "dialogue_scores"
    __table_args__ = (UniqueConstraint("model", "question_set", name="ux_dialogue_scores"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(String(NAME_CHARS))
    question_set: Mapped[str] = mapped_column(String(16))
    scored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rows: Mapped[str] = mapped_column(Text)

    def value(self) -> Score:
        """The score that the row keeps."""
        return [Row(**one) for one in json.loads(self.rows)]


class TrainingRow(Base):
    """A training or a comparison; at most one runs, on whichever machine."""

    __tablename__ = "dialogue_trainings"
    __table_args__ = (
        Index(
            "ux_dialogue_trainings_running",
            "state",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    who: Mapped[str] = mapped_column(String(LOGIN_CHARS))
    host: Mapped[str] = mapped_column(String(NAME_CHARS))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    progress: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(String(NAME_CHARS))
    is_new: Mapped[bool] = mapped_column(Boolean)
    stop_asked: Mapped[bool] = mapped_column(Boolean)

    def value(self) -> Training:
        """The training that the row keeps."""
        return Training(
            id=self.id,
            kind=cast("TrainingKind", self.kind),
            state=cast("TrainingState", self.state),
            who=self.who,
            host=self.host,
            began_at=self.began_at,
            seen_at=self.seen_at,
            progress=progress_from(self.progress),
            ended_at=self.ended_at,
            code=self.code,
            detail=self.detail,
            model=self.model,
            is_new=self.is_new,
            stop_asked=self.stop_asked,
        )


class PublicationRow(Base):
    """One change of the live model; rows are only ever added."""

    __tablename__ = "dialogue_publications"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    model: Mapped[str] = mapped_column(String(NAME_CHARS))
    before: Mapped[str] = mapped_column(String(NAME_CHARS))
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    who: Mapped[str] = mapped_column(String(LOGIN_CHARS))
    approver: Mapped[str] = mapped_column(String(LOGIN_CHARS))
    reason: Mapped[str] = mapped_column(Text)

    def value(self) -> Publication:
        """The publication that the row keeps."""
        return Publication(
            id=self.id,
            model=self.model,
            before=self.before,
            kind=cast("PublicationKind", self.kind),
            at=self.at,
            who=self.who,
            approver=self.approver,
            reason=self.reason,
        )


def card_json(card: Card) -> str:
    """A card as it is kept."""
    return json.dumps(asdict(card), ensure_ascii=False)


def progress_json(progress: Progress) -> str:
    """Progress as it is kept."""
    began = progress.began_at.isoformat() if progress.began_at else None
    return json.dumps({**asdict(progress), "began_at": began})


def progress_from(kept: str) -> Progress:
    """The progress that was kept."""
    found: dict[str, Any] = json.loads(kept)
    began = found.pop("began_at")
    return Progress(**found, began_at=datetime.fromisoformat(began) if began else None)
