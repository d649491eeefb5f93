"""Where a talk about a visit stands: kept between turns in Rasa's slot ``visit``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, Literal, Self

from visits.values import FreeTime, Wanted

Deed = Literal["book", "move", "cancel", "check", "wait"]
Asked = Literal[
    "service", "when", "pick", "name", "phone", "confirm",
    "number", "proof", "cancel_confirm", "accept", "wait", "done",
]  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """When the resident wants to come; as ``visits.values.Wanted``, but for any service."""

    first: date | None = None
    last: date | None = None
    from_time: time | None = None
    to_time: time | None = None
    exact: bool = False  # ``from_time`` is the very hour that was named
    weekdays: tuple[int, ...] = ()

    def of(self, service: str) -> Wanted:
        """The wish for one service."""
        weekdays = frozenset(self.weekdays)
        return Wanted(service, self.first, self.last, self.from_time, self.to_time, weekdays)

    @property
    def names_day(self) -> bool:
        """Whether a day was named."""
        return bool(self.first or self.last or self.weekdays)


@dataclass(frozen=True)
class VisitState:
    """What is known so far. ``asked``: what the assistant asked last.

    ``phone``: digits so far; ``no_contact``: no confirmation is wanted; ``number``: of the
    reservation, digits so far; ``tries``: answers in a row that led nowhere.
    """

    deed: Deed
    asked: Asked = "service"
    service: str = ""
    wish: Wish = field(default_factory=Wish)
    offered: tuple[FreeTime, ...] = ()
    chosen: FreeTime | None = None
    surname: str = ""
    phone: str = ""
    phone_earlier: tuple[str, ...] = ()  # digits before each breath, for "pomyłka"
    email: str = ""
    no_contact: bool = False
    number: str = ""
    proof: str = ""
    tries: int = 0

    def then(self, **changes: Any) -> VisitState:
        """A copy with changes; an answer that led somewhere clears ``tries``."""
        return replace(self, **{"tries": 0, **changes})

    def as_slot(self) -> dict[str, Any]:
        """For the tracker, as plain JSON."""
        kept = {key: value for key, value in asdict(self).items() if value}
        kept["wish"] = {
            key: value.isoformat() if isinstance(value, date | time) else value
            for key, value in asdict(self.wish).items()
            if value
        }
        kept["offered"] = [_as_json(free) for free in self.offered]
        kept["chosen"] = _as_json(self.chosen) if self.chosen else None
        return kept

    @classmethod
    def from_slot(cls, value: Any) -> Self | None:
        """From the tracker; None for nothing or for what an older version left there."""
        if not isinstance(value, Mapping):
            return None
        try:
            wish = dict(value.get("wish") or {})
            for key, read in _READ_WISH.items():
                if key in wish:
                    wish[key] = read(wish[key])
            chosen = value.get("chosen")
            return cls(
                **{
                    **value,
                    "wish": Wish(**wish),
                    "offered": tuple(map(_free_time, value.get("offered") or ())),
                    "chosen": _free_time(chosen) if chosen else None,
                }
            )
        except (TypeError, ValueError, KeyError):
            return None


_READ_WISH: Mapping[str, Any] = {
    "first": date.fromisoformat,
    "last": date.fromisoformat,
    "from_time": time.fromisoformat,
    "to_time": time.fromisoformat,
    "weekdays": tuple,
}


def _as_json(free: FreeTime) -> dict[str, str]:
    return {
        "service": free.service,
        "desk": free.desk,
        "starts_at": free.starts_at.isoformat(),
        "ends_at": free.ends_at.isoformat(),
    }


def _free_time(value: Mapping[str, str]) -> FreeTime:
    return FreeTime(
        value["service"],
        value["desk"],
        datetime.fromisoformat(value["starts_at"]),
        datetime.fromisoformat(value["ends_at"]),
    )
