"""The waiting list: who waits for a time, and to whom a time that got free is offered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from actions.office.calendar import WARSAW
from visits.calendar import TICK_MIN, Desk, moment_of, tick_of
from visits.models import VisitRow, WaitingRow
from visits.plan import Plan
from visits.rows import cleaned, lock, new_visit
from visits.slots import free_places, start_window, take, taken_places
from visits.values import FreeTime, Service, VisitError, Visitor, Waiting, Wanted


@dataclass(frozen=True, slots=True)
class Freed:
    """Time at a desk that got free: ticks from ``start`` until before ``end``."""

    desk: str
    start: int
    end: int

    @classmethod
    def of(cls, row: VisitRow) -> Freed:
        """The time that a visit takes."""
        return cls(row.desk, tick_of(row.starts_at), tick_of(row.ends_at))


def wait(
    session: Session, plan: Plan, wanted: Wanted, visitor: Visitor, talk: str, now: datetime
) -> Waiting:
    """Join the list; again by the same talk for the same service: the same place."""
    plan.bookable(wanted.service)
    query = select(WaitingRow).where(
        WaitingRow.talk == talk, WaitingRow.service == wanted.service, WaitingRow.state != "done"
    )
    row = session.scalar(query)
    if row is None:
        who = cleaned(visitor)
        row = WaitingRow(
            talk=talk,
            state="waiting",
            service=wanted.service,
            first=wanted.first,
            last=wanted.last,
            from_time=wanted.from_time,
            to_time=wanted.to_time,
            weekdays=",".join(map(str, sorted(wanted.weekdays))),
            surname=who.surname,
            phone=who.phone,
            email=who.email,
            created_at=now,
        )
        session.add(row)
        session.flush()
    before = select(func.count()).where(
        WaitingRow.state == "waiting", WaitingRow.service == row.service, WaitingRow.id < row.id
    )
    return Waiting(row.id, _wanted(row), _visitor(row), session.scalar(before) or 0)


def settle(session: Session, visit: VisitRow) -> None:
    """An offer was accepted, declined or ran out: its person waits no more."""
    session.execute(
        update(WaitingRow).where(WaitingRow.visit_id == visit.id).values(state="done"),
        execution_options={"synchronize_session": False},
    )


def offer(session: Session, plan: Plan, freed: Freed, now: datetime) -> list[VisitRow]:
    """Offer time that got free to the first who wait for such a time; gives the offers.

    One time goes to one person; a second one gets what is left of it when it was longer.
    """
    desk = plan.desks.get(freed.desk)
    services = {id_: s for id_, s in plan.services.items() if freed.desk in s.desks}
    if desk is None or not services:
        return []
    query = (
        select(WaitingRow)
        .where(WaitingRow.state == "waiting", WaitingRow.service.in_(services))
        .order_by(WaitingRow.id)
    )
    if session.scalar(query.limit(1)) is None:
        return []
    lock(session, "waiting")  # two times that get free at once must not go to one person
    offers: list[VisitRow] = []
    for row in session.scalars(query.execution_options(populate_existing=True)).all():
        service = services[row.service]
        for free in _free_within(session, plan, service, desk, freed):
            window = start_window(service, _wanted(row), now, free.starts_at.date())
            suits = tick_of(free.starts_at) in window
            made = _offer_to(session, plan, row, free, now) if suits else None
            if made:
                offers.append(made)
                break
    return offers


def _free_within(
    session: Session, plan: Plan, service: Service, desk: Desk, freed: Freed
) -> Iterator[FreeTime]:
    """The free times of a service that use some of what got free."""
    length = service.length_min // TICK_MIN
    starts = [
        start
        for start in plan.starts(service, desk, moment_of(freed.start).date())
        if start < freed.end and start + length > freed.start
    ]
    if not starts:
        return
    taken = taken_places(session, [desk.id], starts[0], starts[-1] + length)
    for start in starts:
        if free_places(desk, taken, start, length):
            yield FreeTime(service.id, desk.id, moment_of(start), moment_of(start + length))


def _offer_to(
    session: Session, plan: Plan, waiting: WaitingRow, free: FreeTime, now: datetime
) -> VisitRow | None:
    visit = new_visit(session, free, "offered", waiting.talk, now)
    visit.surname, visit.phone, visit.email = waiting.surname, waiting.phone, waiting.email
    visit.until = min(now + timedelta(minutes=plan.rules.offer_min), free.starts_at)
    try:
        with session.begin_nested():
            take(session, visit, plan.desks[free.desk])
    except VisitError:  # somebody booked it this moment
        return None
    waiting.state, waiting.visit_id = "offered", visit.id
    session.flush()
    return visit


def end_past(session: Session, now: datetime) -> None:
    """Who waited for days that are over waits no more."""
    session.execute(
        update(WaitingRow)
        .where(WaitingRow.state == "waiting", WaitingRow.last < now.astimezone(WARSAW).date())
        .values(state="done"),
        execution_options={"synchronize_session": False},
    )


def _wanted(row: WaitingRow) -> Wanted:
    weekdays = frozenset(int(day) for day in row.weekdays.split(",") if day)
    return Wanted(row.service, row.first, row.last, row.from_time, row.to_time, weekdays)


def _visitor(row: WaitingRow) -> Visitor:
    return Visitor(row.surname, row.phone, row.email)
