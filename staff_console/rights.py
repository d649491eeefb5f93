"""Who may do what on the staff pages: one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Right = Literal["look", "edit", "approve"]
"""At answers: see them, change and publish them, and decide on somebody else's change."""

RIGHTS: Mapping[str, frozenset[Right]] = {
    "clerk": frozenset({"look"}),
    "analyst": frozenset({"look"}),
    "editor": frozenset({"look", "edit"}),
    "approver": frozenset({"look", "edit", "approve"}),
    "admin": frozenset({"look", "edit", "approve"}),
}


def may(role: str, right: Right) -> bool:
    """Whether an account with this role may do it; an unknown role may do nothing."""
    return right in RIGHTS.get(role, frozenset())
