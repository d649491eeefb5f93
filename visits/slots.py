"""Free times and the ticks that visits take: plain functions of a ``Session``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import Integer, delete, func, insert, literal_column, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.office.calendar import WARSAW
from visits.calendar import TICK_MIN, Desk, moment_of, next_tick, tick_of
from visits.models import TickRow, VisitRow
from visits.plan import Plan
from visits.values import FreeTime, Service, VisitError, Wanted

Taken = Mapping[tuple[str, int], int]  # (desk, tick) -> its taken places, each a bit
DAY = timedelta(days=1)


def taken_places(session: Session, desks: Collection[str], first: int, end: int) -> Taken:
    """What is taken at these desks from the tick ``first`` until before ``end``."""
    bits = func.sum(literal_column("1", Integer).bitwise_lshift(TickRow.place))
    query = (
        select(TickRow.desk, TickRow.tick_start, bits)
        .where(TickRow.desk.in_(desks), TickRow.tick_start >= first, TickRow.tick_start < end)
        .group_by(TickRow.desk, TickRow.tick_start)
    )
    return {(desk, tick): int(places) for desk, tick, places in session.execute(query)}


def free_places(desk: Desk, taken: Taken, start: int, length: int) -> list[int]:
    """The places of a desk (from 0) that are free for ``length`` ticks from ``start``."""
    places = 0
    for tick in range(start, start + length):
        places |= taken.get((desk.id, tick), 0)
    return [place for place in range(desk.places) if not places >> place & 1]


def start_window(service: Service, wanted: Wanted, now: datetime, day: date) -> range:
    """The ticks of a day at which a visit that is wanted may start: neither too soon nor too far
    ahead. Empty when the day does not fit."""
    latest = now.astimezone(WARSAW).date() + timedelta(days=service.ahead_days)
    in_days = (wanted.first or date.min) <= day <= min(wanted.last or latest, latest)
    if not in_days or (wanted.weekdays and day.weekday() not in wanted.weekdays):
        return range(0)
    soonest = max(next_tick(now + timedelta(minutes=service.lead_min)), tick_of(now) + 1)
    begins = next_tick(datetime.combine(day, wanted.from_time or time.min, WARSAW))
    ends = datetime.combine(day, wanted.to_time, WARSAW) if wanted.to_time else None
    return range(max(soonest, begins), next_tick(ends) if ends else _midnight(day + DAY))


def free_times(
    session: Session, plan: Plan, wanted: Wanted, now: datetime, after: datetime | None
) -> Iterator[FreeTime]:
    """All free times that fit, in order, one for each starting moment; found as they are asked
    for. Raises ``visit-service-unknown``."""
    service = plan.bookable(wanted.service)
    today = now.astimezone(WARSAW).date()
    first = max(today, wanted.first or today, after.astimezone(WARSAW).date() if after else today)
    last = min(wanted.last or date.max, today + timedelta(days=service.ahead_days))
    if first > last:
        return
    taken = taken_places(session, service.desks, _midnight(first), _midnight(last + DAY))
    passed = tick_of(after) if after else -1
    while first <= last:
        window = start_window(service, wanted, now, first)
        for start, desks in _starts_on(plan, service, first):
            if start in window and start > passed:
                yield from _first_free(service, desks, taken, start)
        first += DAY


def _midnight(day: date) -> int:
    return tick_of(datetime.combine(day, time.min, WARSAW))


def _starts_on(plan: Plan, service: Service, day: date) -> list[tuple[int, list[Desk]]]:
    """The ticks at which a visit can start, in order, each with the desks where it can."""
    by_start: dict[int, list[Desk]] = {}
    for desk in plan.desks_of(service):
        for start in plan.starts(service, desk, day):
            by_start.setdefault(start, []).append(desk)
    return sorted(by_start.items())


def _first_free(
    service: Service, desks: Iterable[Desk], taken: Taken, start: int
) -> Iterator[FreeTime]:
    length = service.length_min // TICK_MIN
    for desk in desks:
        if free_places(desk, taken, start, length):
            yield FreeTime(service.id, desk.id, moment_of(start), moment_of(start + length))
            return


def check_bookable(plan: Plan, free: FreeTime, now: datetime) -> Desk:
    """The desk of a time that exists in the plan, free or not. Raises ``visit-not-bookable`` and
    ``visit-service-unknown``."""
    service = plan.bookable(free.service)
    if free.desk not in service.desks:
        raise VisitError("visit-not-bookable", "the service is not given at this desk")
    if free.starts_at.tzinfo is None or free.ends_at.tzinfo is None:
        raise VisitError("visit-not-bookable", "a moment without a time zone")
    desk, start = plan.desks[free.desk], tick_of(free.starts_at)
    day = free.starts_at.astimezone(WARSAW).date()
    if start not in start_window(service, Wanted(service.id), now, day):
        raise VisitError("visit-not-bookable", "in the past, too soon or too far ahead")
    if start not in plan.starts(service, desk, day) or moment_of(start) != free.starts_at:
        raise VisitError("visit-not-bookable", "the desk is closed or the time is off the grid")
    if free.length != timedelta(minutes=service.length_min):
        raise VisitError("visit-not-bookable", "not the length of a visit")
    return desk


def take(session: Session, row: VisitRow, desk: Desk) -> None:
    """Add a new visit and take its time at the first place that is free. Raises ``visit-taken``.

    Who is a moment late is told by the primary key, and tries the next place.
    """
    start, end = tick_of(row.starts_at), tick_of(row.ends_at)
    taken = taken_places(session, [desk.id], start, end)
    for place in free_places(desk, taken, start, end - start):
        session.add(row)
        session.flush()  # the ticks refer to the row
        ticks = [
            {"desk": desk.id, "tick_start": tick, "place": place, "visit_id": row.id}
            for tick in range(start, end)
        ]
        try:
            with session.begin_nested():
                session.execute(insert(TickRow).values(ticks))
        except IntegrityError:
            continue
        row.desk_place = place
        return
    raise VisitError("visit-taken", "every place is taken")


def free_ticks(session: Session, row: VisitRow) -> None:
    """Give back the time that a visit took."""
    session.execute(
        delete(TickRow).where(TickRow.visit_id == row.id),
        execution_options={"synchronize_session": False},
    )
