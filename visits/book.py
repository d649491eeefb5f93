"""The embedded calendar: a ``VisitBook`` on SQLite or PostgreSQL.

Three rules carry it. Every deed is one transaction. The primary key of ``visit_ticks`` forbids two
visits at one time and place, so nothing else has to. A deed knows what its talk did last (the
column ``step``), so the same deed again finds the visit instead of making a second one.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.office.calendar import WARSAW
from visits import waiting
from visits.calendar import Desk
from visits.events import Event, EventKind, Outbox
from visits.misfits import Misfit, misfit
from visits.models import TickRow, VisitRow, WaitingRow
from visits.plan import Plan
from visits.proof import identify
from visits.rows import change, cleaned, lock, new_visit
from visits.seed import SeededPlan
from visits.slots import check_bookable, free_ticks, free_times, take
from visits.turn import turn_at
from visits.values import FreeTime, Service, Visit, VisitError, Visitor, VisitState, Waiting, Wanted
from voice_gateway.records.database import Database, RecordsError
from voice_gateway.records.queries import ID_CHARS

T = TypeVar("T")
TRIES = 4  # of a deed that met another one; each meeting has one that goes on
PAUSE_S = 0.05  # at most, before a deed is tried again
MET_ANOTHER = {"40001", "40P01"}  # PostgreSQL: serialisation failure, deadlock
DAY = timedelta(days=1)
BOOKED: tuple[VisitState, ...] = ("booked",)
TO_COME: tuple[VisitState, ...] = ("booked", "offered")


class EmbeddedBook:
    """Keeps visits in our own database. The plan is the one that ``seed`` wrote there.

    ``outbox`` is told of each deed inside its transaction.
    """

    def __init__(self, database: Database, outbox: Outbox | None = None) -> None:
        self._database = database
        self._outbox = outbox
        self._plan = SeededPlan()

    # --- what a resident can do: the port ---

    def services(self) -> Sequence[Service]:
        """Everything that can be booked."""
        return list(self._run(self._plan.read).services.values())

    def free_times(
        self, wanted: Wanted, now: datetime, *, after: datetime | None = None, limit: int = 3
    ) -> Sequence[FreeTime]:
        """The first free times that fit; see ``VisitBook``."""

        def query(session: Session) -> list[FreeTime]:
            plan = self._swept(session, now)
            return list(islice(free_times(session, plan, wanted, now, after), limit))

        return self._run(query)

    def hold(self, free: FreeTime, talk: str, now: datetime) -> Visit:
        """Keep a time for this talk; see ``VisitBook``."""

        def deed(session: Session) -> Visit:
            plan = self._swept(session, now)
            desk = check_bookable(plan, free, now)
            last = _last_of(session, talk)
            if last and last.state == "held":
                same = (last.service, last.desk, last.starts_at) == (
                    free.service,
                    free.desk,
                    free.starts_at,
                )
                if same:
                    return last.value()
                session.delete(last)  # its ticks go with it
            elif last:
                last.step = None
            session.flush()
            row = new_visit(session, free, "held", talk, now)
            row.step, row.until = row.talk, now + timedelta(minutes=plan.rules.hold_min)
            take(session, row, desk)
            return row.value()

        return self._run(deed)

    def release(self, talk: str) -> None:
        """Let go of what the talk holds."""

        def deed(session: Session) -> None:
            last = _last_of(session, talk)
            if last and last.state == "held":
                session.delete(last)

        self._run(deed)

    def confirm(self, talk: str, visitor: Visitor, now: datetime) -> Visit:
        """Book what the talk holds; see ``VisitBook``."""

        def deed(session: Session) -> Visit:
            plan = self._plan.read(session)
            row = _last_of(session, talk)
            if row and row.state == "booked":
                return row.value()
            row = _still_held(row, now)
            who = cleaned(visitor)
            _check_few(session, plan.known(row.service), who.phone, now)
            row.surname, row.phone, row.email = who.surname, who.phone, who.email
            row.state, row.until, row.changed_at = "booked", None, now
            row.booked_at = now
            return self._tell(session, plan, "booked", row, now)

        return self._run(deed)

    def find(self, number: str, proof: str, now: datetime) -> Visit:
        """The coming visit of this number; see ``VisitBook``."""

        def query(session: Session) -> Visit | VisitError:
            rules = self._plan.read(session).rules
            row = identify(session, rules, number, proof, now, TO_COME)
            return row if isinstance(row, VisitError) else row.value()

        return self._run(query)

    def cancel(self, number: str, proof: str, now: datetime) -> Visit:
        """Cancel a visit or decline an offer; see ``VisitBook``."""

        def deed(session: Session) -> Visit | VisitError:
            plan = self._swept(session, now)
            row = identify(session, plan.rules, number, proof, now, (*TO_COME, "cancelled"))
            if isinstance(row, VisitError) or row.state == "cancelled":
                return row if isinstance(row, VisitError) else row.value()
            self._end(session, plan, row, now)
            return row.value()

        return self._run(deed)

    def move(self, number: str, proof: str, talk: str, now: datetime) -> Visit:
        """Move a visit to the time that the talk holds; see ``VisitBook``."""

        def deed(session: Session) -> Visit | VisitError:
            plan = self._swept(session, now)
            row = identify(session, plan.rules, number, proof, now, BOOKED)
            if isinstance(row, VisitError):
                return row
            if row.step == talk[:ID_CHARS]:  # this talk did it already
                return row.value()
            held = _still_held(_last_of(session, talk), now)
            if held.service != row.service:
                raise VisitError("visit-not-bookable", "the time held is for another service")
            before, freed = row.starts_at.astimezone(WARSAW), waiting.Freed.of(row)
            _take_over(session, row, held)
            change(row, "booked", now)
            moved = self._tell(session, plan, "moved", row, now, before)
            self._offer(session, plan, freed, now)
            return moved

        return self._run(deed)

    def accept(self, number: str, proof: str, now: datetime) -> Visit:
        """Take an offer from the waiting list; see ``VisitBook``."""

        def deed(session: Session) -> Visit | VisitError:
            plan = self._plan.read(session)
            row = identify(session, plan.rules, number, proof, now, TO_COME)
            if isinstance(row, VisitError) or row.state == "booked":
                return row if isinstance(row, VisitError) else row.value()
            change(row, "booked", now)
            row.booked_at = now
            waiting.settle(session, row)
            return self._tell(session, plan, "booked", row, now)

        return self._run(deed)

    def wait(self, wanted: Wanted, visitor: Visitor, talk: str, now: datetime) -> Waiting:
        """Join the waiting list; see ``VisitBook``."""

        def deed(session: Session) -> Waiting:
            plan = self._plan.read(session)
            return waiting.wait(session, plan, wanted, visitor, talk[:ID_CHARS], now)

        return self._run(deed)

    # --- what the office needs beside the port ---

    def desks(self) -> Sequence[Desk]:
        """The desks of the plan, with their names and places."""
        return list(self._run(self._plan.read).desks.values())

    def day(self, desk: str, day: date) -> list[Visit]:
        """What is booked or offered at a desk on a day (Warsaw), in order."""
        return [
            visit
            for visit in self.between(day, day)
            if visit.desk == desk and visit.state in ("booked", "offered")
        ]

    def mark(self, visit_id: int, desk: str, came: bool | None, now: datetime) -> bool:
        """Note whether the visitor came; None: nobody knows. False when there is no such booked
        visit at the desk that has begun."""
        begun = (VisitRow.state == "booked", VisitRow.starts_at <= now)
        query = select(VisitRow).where(VisitRow.id == visit_id, VisitRow.desk == desk, *begun)

        def deed(session: Session) -> bool:
            row = session.scalar(query.with_for_update())
            if row:
                row.came = came
            return row is not None

        return self._run(deed)

    def between(self, first_day: date, last_day: date) -> list[Visit]:
        """Booked, offered and cancelled visits of these days (Warsaw), both included, in order."""
        return self._visits(
            VisitRow.state != "held",
            VisitRow.starts_at >= _midnight(first_day),
            VisitRow.starts_at < _midnight(last_day + DAY),
        )

    def coming(self, now: datetime) -> list[Visit]:
        """Booked visits that begin later, in order."""
        return self._visits(VisitRow.state == "booked", VisitRow.starts_at > now)

    def misfits(self, now: datetime) -> list[Misfit]:
        """Coming visits that no longer fit the plan, in order; see ``misfits``."""
        plan = self._run(self._plan.read)
        found = (misfit(visit, plan) for visit in self.coming(now))
        return [one for one in found if one]

    def sweep(self, now: datetime) -> None:
        """Free the time of holds and offers that ran out, and offer it on. To be called now and
        then; booking does it as well."""

        def deed(session: Session) -> None:
            self._swept(session, now)
            waiting.end_past(session, now)

        self._run(deed)

    def forget(self, before: datetime) -> int:
        """Blank who came to visits that ended before this moment, and remove who stopped waiting
        before it; gives the number of visits blanked."""
        known = or_(VisitRow.surname != "", VisitRow.phone != "", VisitRow.email != "")
        ended = select(VisitRow.id).where(VisitRow.ends_at < before, known)
        blank = update(VisitRow).values(surname="", phone="", email="")
        gone = delete(WaitingRow).where(
            WaitingRow.created_at < before, WaitingRow.state != "offered"
        )

        def deed(session: Session) -> int:
            ids = session.scalars(ended).all()
            session.execute(blank.where(VisitRow.id.in_(ended)))
            session.execute(gone)
            return len(ids)

        return self._run(deed)

    # --- how ---

    def _visits(self, *conditions: ColumnElement[bool]) -> list[Visit]:
        ordered = (VisitRow.starts_at, VisitRow.desk, VisitRow.desk_place)
        query = select(VisitRow).where(*conditions).order_by(*ordered)
        return self._run(lambda session: [row.value() for row in session.scalars(query)])

    def _run(self, query: Callable[[Session], T | VisitError]) -> T:
        """Run a deed in a transaction. A ``VisitError`` that it raises undoes what it wrote; one
        that it gives back is raised after what it wrote is kept."""
        for tries_left in reversed(range(TRIES)):
            try:
                with turn_at(self._database.engine):
                    result = self._database.run(query)
            except RecordsError as error:
                if not tries_left or not _met_another(error):
                    raise
                time.sleep(random.uniform(0, PAUSE_S))  # noqa: S311 - no secret
            else:
                if isinstance(result, VisitError):
                    raise result
                return result
        raise AssertionError("the last try returns or raises")

    def _swept(self, session: Session, now: datetime) -> Plan:
        """The plan, after what ran out was freed."""
        plan = self._plan.read(session)
        ran_out = select(VisitRow).where(VisitRow.until <= now)
        # What another process frees just now need not be waited for.
        rows = session.scalars(ran_out.with_for_update(skip_locked=True)).all()
        for row in rows:
            if row.state == "held":
                session.delete(row)
        session.flush()
        for row in rows:
            if row.state == "offered":
                self._end(session, plan, row, now)
        return plan

    def _end(self, session: Session, plan: Plan, row: VisitRow, now: datetime) -> None:
        """Cancel a visit or an offer and offer its time to who waits."""
        was_booked = row.state == "booked"
        change(row, "cancelled", now)
        row.step = None
        free_ticks(session, row)
        if was_booked:  # an offer that came to nothing stands in nobody's calendar
            self._tell(session, plan, "cancelled", row, now)
        waiting.settle(session, row)
        self._offer(session, plan, waiting.Freed.of(row), now)

    def _offer(self, session: Session, plan: Plan, freed: waiting.Freed, now: datetime) -> None:
        for row in waiting.offer(session, plan, freed, now):
            self._tell(session, plan, "offered", row, now)

    def _tell(
        self,
        session: Session,
        plan: Plan,
        kind: EventKind,
        row: VisitRow,
        now: datetime,
        previous: datetime | None = None,
    ) -> Visit:
        session.flush()  # the outbox may refer to the row
        visit = row.value()
        if self._outbox:
            self._outbox(session, Event(kind, visit, plan.known(row.service), now, previous))
        return visit


def _met_another(error: RecordsError) -> bool:
    """Whether two deeds met and this one lost: it may be done again at once."""
    cause = error.__cause__
    state = getattr(getattr(cause, "orig", None), "sqlstate", None)
    return isinstance(cause, IntegrityError) or state in MET_ANOTHER


def _last_of(session: Session, talk: str) -> VisitRow | None:
    """The visit of the talk's latest deed, locked."""
    query = select(VisitRow).where(VisitRow.step == talk[:ID_CHARS])
    return session.scalar(query.with_for_update())


def _still_held(row: VisitRow | None, now: datetime) -> VisitRow:
    if row is None or row.state != "held" or row.until is None or row.until <= now:
        raise VisitError("visit-hold-expired", "nothing is held any more")
    return row


def _check_few(session: Session, service: Service, phone: str, now: datetime) -> None:
    """Raises ``visit-too-many``. Who gives no phone number cannot be counted."""
    if not phone:
        return
    lock(session, f"phone {phone}")  # before counting: two talks at once must see each other
    coming = select(func.count()).where(
        VisitRow.phone == phone,
        VisitRow.service == service.id,
        VisitRow.state == "booked",
        VisitRow.starts_at > now,
    )
    if (session.scalar(coming) or 0) >= service.per_person:
        raise VisitError("visit-too-many", "as many coming visits as are allowed")


def _take_over(session: Session, row: VisitRow, held: VisitRow) -> None:
    """Give a visit the time that is held, with its ticks, and end the hold."""
    free_ticks(session, row)
    session.execute(
        update(TickRow).where(TickRow.visit_id == held.id).values(visit_id=row.id),
        execution_options={"synchronize_session": False},
    )
    session.delete(held)
    session.flush()  # its ``step`` must be gone before the visit gets it
    row.desk, row.desk_place, row.step = held.desk, held.desk_place, held.step
    row.starts_at, row.ends_at = held.starts_at, held.ends_at


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=WARSAW)
