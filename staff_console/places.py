"""The staff pages' navigation: one table, of which everybody sees what their role may open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from staff_console.rights import Right, may


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the navigation, for those who have the right."""

    address: str
    label: str
    right: Right

    def holds(self, path: str) -> bool:
        """Whether a page belongs to this place."""
        return path == self.address or (
            not self.address.endswith("/") and path.startswith(f"{self.address}/")
        )


PLACES = (
    Place("/staff/", "Rozmowy", "talk"),
    Place("/staff/visits", "Wizyty", "visits"),
    Place("/staff/content", "Odpowiedzi", "look"),
    Place("/staff/models", "Modele", "train"),
    Place("/staff/learning", "Nauka z rozmów", "learn"),
    Place("/staff/figures", "Liczby", "figures"),
    Place("/staff/accounts", "Konta", "accounts"),
)


def places_for(role: str) -> Sequence[Place]:
    """What an account with this role is offered."""
    return [place for place in PLACES if may(role, place.right)]
