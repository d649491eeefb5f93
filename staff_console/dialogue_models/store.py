"""Models and their publications in the database: who may make which one live.

Deeds take turns (``content_head`` is locked) and each has its line in the tamper-evident log. The
file follows: ``ModelSync`` writes the pointer on each machine. All methods block; refusals are
``RequestError`` (``refusals``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from staff_console.content.log import Deed, add_line, lock_head
from staff_console.content.models import LOGIN_CHARS
from staff_console.dialogue_models import refusals
from staff_console.dialogue_models.gate import OPEN, Verdict, judge
from staff_console.dialogue_models.models import ModelRow, PublicationRow, ScoreRow, card_json
from staff_console.dialogue_models.values import (
    Card,
    Model,
    Publication,
    PublicationKind,
    Score,
)
from voice_gateway.records.database import Database
from voice_gateway.records.queries import clean

DEEDS: dict[PublicationKind, Deed] = {
    "published": "model_published",
    "approved": "model_approved",
    "undone": "model_undone",
    "adopted": "model_adopted",
}
HISTORY = 50  # publications that the page shows
_LAST = select(PublicationRow).order_by(PublicationRow.id.desc()).limit(1)


class ModelStore:
    """Models of one office, on all its machines."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- reading ---

    def models(self) -> Sequence[Model]:
        """All models that are not retired, newest first."""
        query = select(ModelRow).where(ModelRow.state != "retired").order_by(ModelRow.id.desc())
        return self._database.run(lambda session: [r.value() for r in session.scalars(query)])

    def model(self, name: str) -> Model:
        """One model. ``model-unknown``."""
        return self._database.run(lambda session: _row(session, name).value())

    def live(self) -> Model | None:
        """The model that callers talk to."""

        def query(session: Session) -> Model | None:
            row = _live(session)
            return row.value() if row else None

        return self._database.run(query)

    def live_by_staff(self) -> bool:
        """Whether the live model was made live here and not by a command on a machine."""

        def query(session: Session) -> bool:
            last = session.scalar(_LAST)
            return last is not None and last.kind != "adopted"

        return self._database.run(query)

    def previous(self) -> Model | None:
        """What an undo would bring back."""

        def query(session: Session) -> Model | None:
            row = _previous(session)
            return row.value() if row else None

        return self._database.run(query)

    def history(self) -> Sequence[Publication]:
        """The last publications, newest first."""
        query = select(PublicationRow).order_by(PublicationRow.id.desc()).limit(HISTORY)
        return self._database.run(lambda session: [r.value() for r in session.scalars(query)])

    def scores(self, name: str, other: str) -> tuple[Score, Score] | None:
        """Of two models, on the newest set of questions that both were asked."""
        return self._database.run(lambda session: _scores(session, name, other))

    def verdict(self, name: str) -> Verdict:
        """Of a model beside the live one."""
        return self._database.run(lambda session: _verdict(session, name))

    def scored(self) -> Sequence[tuple[str, str]]:
        """(model, set of questions) of all scores."""
        query = select(ScoreRow.model, ScoreRow.question_set)
        return self._database.run(lambda s: [(m, q) for m, q in s.execute(query)])

    # --- what training brings ---

    def add(self, name: str, card: Card, who: str, now: datetime) -> Model:
        """A new candidate; a model that is known already stays as it is."""

        def deed(session: Session) -> Model:
            head = lock_head(session)
            row = _find(session, name)
            if row is None:
                row = _add(session, name, card, who, now)
                add_line(session, head, now, who, "model_trained", _path(name), "")
            elif row.state == "retired":  # trained once more
                row.state, row.who, row.created_at = "candidate", who[:LOGIN_CHARS], now
            return row.value()

        return self._database.run(deed)

    def put_score(self, name: str, question_set: str, score: Score, now: datetime) -> None:
        """Keep what a model made of a set of questions."""
        rows = json.dumps([asdict(row) for row in score], ensure_ascii=False)

        def deed(session: Session) -> None:
            lock_head(session)
            known = select(ScoreRow).where(
                ScoreRow.model == name, ScoreRow.question_set == question_set
            )
            row = session.scalar(known)
            if row is None:
                row = ScoreRow(model=name, question_set=question_set)
                session.add(row)
            row.rows, row.scored_at = rows, now

        self._database.run(deed)

    # --- what makes a model live ---

    def publish(self, name: str, reason: str, who: str, now: datetime) -> Model:
        """Live at once, or ``waiting`` for a second person where the gate is closed.

        ``model-reason``: it is closed and no reason is given; ``model-nothing``: it is live.
        """

        def deed(session: Session) -> Model:
            head, row = lock_head(session), _row(session, name)
            if row.state == "live":
                raise refusals.nothing("Ten model już obowiązuje.")
            if row.state == "waiting":
                raise refusals.conflict("Ten model czeka już na zatwierdzenie.")
            if row.state == "retired":
                raise refusals.unknown()
            if _verdict(session, name).passes:
                _put_live(session, row, "published", who, "", reason, now)
                return row.value()
            if not reason.strip():
                raise refusals.no_reason()
            live = _live(session)
            row.state, row.asked_by, row.asked_at = "waiting", who[:LOGIN_CHARS], now
            row.reason, row.against = clean(reason), live.name if live else ""
            add_line(session, head, now, who, "model_sent", _path(name), reason)
            return row.value()

        return self._database.run(deed)

    def approve(self, name: str, who: str, now: datetime) -> Model:
        """A second person makes it live. ``model-own``; ``model-conflict`` when it waits no more,
        or another model is live than the one it was compared with."""

        def deed(session: Session) -> Model:
            lock_head(session)
            row, live = _waiting(session, name), _live(session)
            if who in (row.asked_by, row.who):
                raise refusals.own()
            if row.against != (live.name if live else ""):
                raise refusals.conflict(
                    "Od prośby zaczął obowiązywać inny model. Proszę odrzucić prośbę, porównać "
                    "i poprosić jeszcze raz."
                )
            _put_live(session, row, "approved", row.asked_by, who, row.reason, now)
            return row.value()

        return self._database.run(deed)

    def reject(self, name: str, reason: str, who: str, now: datetime) -> Model:
        """It waits no more; who asked may take the wish back so."""

        def deed(session: Session) -> Model:
            head, row = lock_head(session), _waiting(session, name)
            was_live = select(PublicationRow.id).where(PublicationRow.model == name).limit(1)
            row.state = "candidate" if session.scalar(was_live) is None else "past"
            add_line(session, head, now, who, "model_rejected", _path(name), reason)
            return row.value()

        return self._database.run(deed)

    def undo(self, live: str, who: str, now: datetime) -> Model:
        """The model before is live again. ``live``: the one that the page showed as live;
        ``model-conflict`` when it is not any more, so that two clicks do not undo each other."""

        def deed(session: Session) -> Model:
            lock_head(session)
            shown, before = _live(session), _previous(session)
            if before is None:
                raise refusals.nothing("Nie ma wcześniejszego modelu, do którego można wrócić.")
            if shown is None or shown.name != live:
                raise refusals.conflict("Obowiązuje już inny model niż ten na stronie.")
            _put_live(session, before, "undone", who, "", "", now)
            return before.value()

        return self._database.run(deed)

    def retire(self, name: str, who: str, now: datetime) -> Model:
        """It may be deleted now. ``model-in-use``."""

        def deed(session: Session) -> Model:
            head, row, before = lock_head(session), _row(session, name), _previous(session)
            if row.state not in ("candidate", "past") or (before and before.name == name):
                raise refusals.in_use()
            row.state = "retired"
            add_line(session, head, now, who, "model_retired", _path(name), "")
            return row.value()

        return self._database.run(deed)

    def adopt(self, name: str, card: Card, who: str, now: datetime) -> Model:
        """A command on a machine made this one live."""

        def deed(session: Session) -> Model:
            lock_head(session)
            row = _find(session, name) or _add(session, name, card, who, now)
            if row.state != "live":
                _put_live(session, row, "adopted", who, "", "", now)
            return row.value()

        return self._database.run(deed)


def _path(name: str) -> str:
    return f"models/{name}"


def _find(session: Session, name: str) -> ModelRow | None:
    return session.scalar(select(ModelRow).where(ModelRow.name == clean(name)))


def _row(session: Session, name: str) -> ModelRow:
    row = _find(session, name)
    if row is None:
        raise refusals.unknown()
    return row


def _waiting(session: Session, name: str) -> ModelRow:
    row = _row(session, name)
    if row.state != "waiting":
        raise refusals.conflict("Ten model już nie czeka na zatwierdzenie.")
    return row


def _live(session: Session) -> ModelRow | None:
    return session.scalar(select(ModelRow).where(ModelRow.state == "live"))


def _previous(session: Session) -> ModelRow | None:
    publication = session.scalar(_LAST)
    row = _find(session, publication.before) if publication and publication.before else None
    return row if row and row.state != "retired" else None


def _add(session: Session, name: str, card: Card, who: str, now: datetime) -> ModelRow:
    row = ModelRow(
        name=name,
        state="candidate",
        who=who[:LOGIN_CHARS],
        created_at=now,
        card=card_json(card),
        asked_by="",
        reason="",
        against="",
    )
    session.add(row)
    session.flush()
    return row


def _scores(session: Session, name: str, other: str) -> tuple[Score, Score] | None:
    newest = select(ScoreRow).where(ScoreRow.model == name).order_by(ScoreRow.scored_at.desc())
    for row in session.scalars(newest):
        same = select(ScoreRow).where(
            ScoreRow.model == other, ScoreRow.question_set == row.question_set
        )
        beside = session.scalar(same)
        if beside:
            return row.value(), beside.value()
    return None


def _verdict(session: Session, name: str) -> Verdict:
    live = _live(session)
    if live is None:
        return OPEN
    found = _scores(session, name, live.name)
    return judge(*found) if found else judge(None, None)


def _put_live(
    session: Session,
    row: ModelRow,
    kind: PublicationKind,
    who: str,
    approver: str,
    reason: str,
    now: datetime,
) -> None:
    before = _live(session)
    if before:
        before.state = "past"
        session.flush()  # before the other is live: the index forbids two
    row.state = "live"
    session.add(
        PublicationRow(
            model=row.name,
            before=before.name if before else "",
            kind=kind,
            at=now,
            who=who[:LOGIN_CHARS],
            approver=approver[:LOGIN_CHARS],
            reason=clean(reason),
        )
    )
    head = lock_head(session)  # locked already by the deed
    detail = f"poprzedni: {before.name}" if before else ""
    if reason.strip():
        detail = f"{detail}; {reason.strip()}".lstrip("; ")
    add_line(session, head, now, approver or who, DEEDS[kind], _path(row.name), detail)
    session.flush()
