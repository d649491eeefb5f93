"""Days named at one place of a sentence, and what an end ("od", "do") makes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from polish.said_time.calendar import DAY, Problem, weekday_from

Bound = Literal["", "from", "to", "after", "before", "away"]


@dataclass(frozen=True, slots=True)
class DayMention:
    """Days named at one place. With ``weekdays`` and no dates: bare names of weekdays.

    ``every``: each such weekday ("we wtorki"); ``week``: the Monday of the week in which a weekday
    beside this one lies ("za dwa tygodnie w środę"); ``bound``: an end of the wanted days only;
    ``over``: of a date with no year that is past, the day in this year.
    """

    start: int
    end: int
    first: date | None = None
    last: date | None = None
    weekdays: frozenset[int] = frozenset()
    every: bool = False
    week: date | None = None
    bound: Bound = ""
    between: bool = False
    ambiguous: bool = False
    problem: Problem = ""
    over: date | None = None

    @property
    def names_nothing(self) -> bool:
        """Whether this only keeps its words from being read again (a street's name)."""
        return self.first is None and self.last is None and not self.weekdays and not self.problem


def is_name(mention: DayMention) -> bool:
    """Whether it only names weekdays ("środa") and no date."""
    return bool(mention.weekdays) and mention.first is None and mention.last is None


PREP_BOUND: dict[str, Bound] = {
    "do": "to", "od": "from", "po": "after", "przed": "before", "miedzy": "from",
    "pomiedzy": "from", "z": "away", "ze": "away",
}  # fmt: skip


def bounded(mention: DayMention, bound: Bound) -> DayMention:
    """The mention's days as an end of days."""
    first, last = mention.first, mention.last
    if first is None or last is None:
        return replace(mention, bound=bound)
    if bound in ("from", "after"):
        return replace(
            mention, bound=bound, first=first if bound == "from" else last + DAY, last=None
        )
    if bound in ("to", "before"):
        return replace(
            mention, bound=bound, last=last if bound == "to" else first - DAY, first=None
        )
    return replace(mention, bound=bound)


def as_bound(mention: DayMention, bound: Bound, today: date) -> DayMention:
    """The mention as an end of days; a bare weekday is then the nearest one."""
    if bound == "away":  # "decyzja z 3 listopada": past or not, no wish
        return replace(mention, bound=bound, problem="")
    if mention.bound or mention.problem or mention.every:
        return mention
    if is_name(mention):
        day = weekday_from(today, min(mention.weekdays))
        mention = replace(mention, first=day, last=day, ambiguous=day == today)
    return bounded(mention, bound)
