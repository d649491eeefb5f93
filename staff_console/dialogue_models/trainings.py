"""Trainings in the database: one at a time, seen from every machine. All methods block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from staff_console.content.log import lock_head
from staff_console.content.models import LOGIN_CHARS
from staff_console.dialogue_models import refusals
from staff_console.dialogue_models.models import (
    NAME_CHARS,
    TrainingRow,
    progress_json,
)
from staff_console.dialogue_models.values import (
    Progress,
    Training,
    TrainingKind,
    TrainingState,
)
from voice_gateway.records.database import Database
from voice_gateway.records.queries import clean

SILENT = timedelta(seconds=45)  # a training says each second that it lives; then its gateway died
SHOWN = 10


class TrainingStore:
    """All trainings and comparisons."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, kind: TrainingKind, model: str, who: str, host: str, now: datetime) -> Training:
        """A new one. ``model-busy`` while one runs; one whose gateway died is put right first."""

        def deed(session: Session) -> Training:
            lock_head(session)
            running = _running(session)
            if running and now - running.seen_at < SILENT:
                raise refusals.busy()
            if running:
                _end(running, "broken", "model-broken-off", "", now)
                session.flush()
            row = TrainingRow(
                kind=kind,
                state="running",
                who=who[:LOGIN_CHARS],
                host=host[:NAME_CHARS],
                began_at=now,
                seen_at=now,
                progress=progress_json(Progress()),
                code="",
                detail="",
                model=model,
                is_new=False,
                stop_asked=False,
            )
            session.add(row)
            session.flush()
            return row.value()

        return self._database.run(deed)

    def seen(self, training_id: int, progress: Progress, now: datetime) -> bool:
        """It lives; gives whether somebody wants it stopped, or it was given up for dead."""

        def deed(session: Session) -> bool:
            row = session.get_one(TrainingRow, training_id)
            if row.state != "running":
                return True
            row.seen_at, row.progress = now, progress_json(progress)
            return row.stop_asked

        return self._database.run(deed)

    def ask_to_stop(self, training_id: int) -> None:
        """The machine that runs it stops it within a second. ``model-unknown``."""

        def deed(session: Session) -> None:
            row = session.get(TrainingRow, training_id)
            if row is None:
                raise refusals.unknown()
            row.stop_asked = True

        self._database.run(deed)

    def end(
        self,
        training_id: int,
        state: TrainingState,
        now: datetime,
        *,
        code: str = "",
        detail: str = "",
        model: str = "",
        is_new: bool = False,
        progress: Progress | None = None,
    ) -> None:
        """How it ended; one that has ended already stays so."""

        def deed(session: Session) -> None:
            row = session.get_one(TrainingRow, training_id)
            if row.state != "running":
                return
            _end(row, state, code, detail, now)
            row.model, row.is_new = model or row.model, is_new
            if progress:
                row.progress = progress_json(progress)

        self._database.run(deed)

    def break_off(self, host: str, now: datetime) -> None:
        """At a gateway's start: what ran on this machine before runs no more."""

        def deed(session: Session) -> None:
            running = _running(session)
            if running and running.host == host[:NAME_CHARS]:
                _end(running, "broken", "model-broken-off", "", now)

        self._database.run(deed)

    def running(self, now: datetime) -> Training | None:
        """The one that runs; one whose gateway died is put right."""

        def deed(session: Session) -> Training | None:
            row = _running(session)
            if row and now - row.seen_at >= SILENT:
                _end(row, "broken", "model-broken-off", "", now)
                return None
            return row.value() if row else None

        return self._database.run(deed)

    def get(self, training_id: int) -> Training:
        """One training. ``model-unknown``."""

        def query(session: Session) -> Training:
            row = session.get(TrainingRow, training_id)
            if row is None:
                raise refusals.unknown()
            return row.value()

        return self._database.run(query)

    def last(self) -> Sequence[Training]:
        """The last ones, newest first."""
        query = select(TrainingRow).order_by(TrainingRow.id.desc()).limit(SHOWN)
        return self._database.run(lambda session: [r.value() for r in session.scalars(query)])

    def last_durations(self) -> Mapping[str, float]:
        """Stage -> seconds in the last training that made a model; empty before the first one."""
        query = (
            select(TrainingRow)
            .where(TrainingRow.state == "done", TrainingRow.kind == "train", TrainingRow.is_new)
            .order_by(TrainingRow.id.desc())
            .limit(1)
        )

        def read(session: Session) -> Mapping[str, float]:
            row = session.scalar(query)
            return row.value().progress.done if row else {}

        return self._database.run(read)


def _running(session: Session) -> TrainingRow | None:
    return session.scalar(select(TrainingRow).where(TrainingRow.state == "running"))


def _end(row: TrainingRow, state: TrainingState, code: str, detail: str, now: datetime) -> None:
    row.state, row.code, row.detail = state, code, clean(detail)
    row.ended_at = row.seen_at = now
