"""Coming visits that the plan no longer has: kept as they were promised, and shown to clerks.

A changed plan never moves or cancels a visit. Who booked at a desk that is closed now still comes,
unless the office calls them.
"""

from __future__ import annotations

from dataclasses import dataclass

from actions.office.calendar import to_local
from visits.calendar import Desk, open_periods
from visits.plan import Plan
from visits.values import Service, Visit


@dataclass(frozen=True, slots=True)
class Misfit:
    """A visit with its desk and service as they were, and what no longer fits, in Polish."""

    visit: Visit
    desk: Desk
    service: Service
    why_pl: str


def misfit(visit: Visit, plan: Plan) -> Misfit | None:
    """Why a visit could not be booked today as it stands; None: it fits.

    Its length may differ from the service's: such a visit is received like any other.
    """
    desk = plan.desks.get(visit.desk) or plan.retired_desks[visit.desk]
    why = _why(visit, desk, plan)
    return Misfit(visit, desk, plan.known(visit.service), why) if why else None


def _why(visit: Visit, desk: Desk, plan: Plan) -> str:
    if desk.id not in plan.desks:
        return "tego stanowiska już nie ma w planie"
    if visit.service not in plan.services:
        return "tej usługi już nie ma w planie"
    if desk.id not in plan.services[visit.service].desks:
        return "tej usługi nie ma już przy tym stanowisku"
    if visit.desk_place >= desk.places:
        return "przy stanowisku przyjmuje teraz mniej osób"
    starts, ends = to_local(visit.starts_at), to_local(visit.ends_at)
    inside = (
        opens <= starts.time() and ends.time() <= closes
        for opens, closes in open_periods(desk, plan.office, starts.date())
    )
    return "" if any(inside) else "stanowisko jest wtedy nieczynne"
