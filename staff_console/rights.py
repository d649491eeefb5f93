"""Who may do what on the staff pages: one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Right = Literal[
    "talk", "visits", "look", "edit", "approve", "learn", "train", "publish", "figures", "accounts"
]
"""talk: take over residents' talks; visits: see who comes and when; look, edit, approve: see the
answers, change and publish them, decide on somebody else's change; learn: read what was not
understood; train, publish: make a model of understanding, put it live; figures: see the numbers;
accounts: say who works here."""

_EDITOR: frozenset[Right] = frozenset({"look", "edit", "learn", "train", "figures"})
_APPROVER: frozenset[Right] = _EDITOR | {"approve", "publish"}

RIGHTS: Mapping[str, frozenset[Right]] = {
    "clerk": frozenset({"talk", "visits", "look"}),
    "analyst": frozenset({"look", "figures"}),
    "editor": _EDITOR,
    "approver": _APPROVER,
    "admin": _APPROVER | {"talk", "visits", "accounts"},
}

ROLES_PL: Mapping[str, str] = {
    "clerk": "konsultant",
    "analyst": "analityk",
    "editor": "redaktor",
    "approver": "zatwierdzający",
    "admin": "administrator",
}
"""What staff read."""


def may(role: str, right: Right) -> bool:
    """Whether an account with this role may do it; an unknown role may do nothing."""
    return right in RIGHTS.get(role, frozenset())
