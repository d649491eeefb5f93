"""Which right opens which address of the staff pages: one table. What is not in it stays shut.

The pages ask again themselves; this is the outer door, so that a page that forgot is shut too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from staff_console.rights import Right

Key = Right | Literal["anybody", "signed-in"]
"""``anybody``: also who is not signed in; ``signed-in``: every role."""


@dataclass(frozen=True, slots=True)
class Door:
    """Addresses (a pattern of the whole path) and who may read (GET) and write (POST) there."""

    path: re.Pattern[str]
    read: Key | None
    write: Key | None = None


def _door(path: str, read: Key | None, write: Key | None = None) -> Door:
    return Door(re.compile(f"/staff{path}"), read, write)


DOORS = (  # the first that fits
    _door(r"/static/.*", "anybody"),
    _door(r"/sign-in(/code)?", "anybody", "anybody"),
    _door(r"/link/[^/]*", "anybody", "anybody"),
    _door(r"/oidc/(start|callback)", "anybody"),
    _door(r"/visits/[^/]+\.ics", "anybody"),  # calendar programs: the address carries a key
    _door(r"/?", "signed-in"),  # leads everybody to a page of theirs
    _door(r"/sign-out", None, "signed-in"),
    _door(r"/me(/.*)?", "signed-in", "signed-in"),
    _door(r"/live", "talk"),
    _door(r"/visits(\.csv|/.*)?", "visits", "visits"),
    _door(r"/accounts(/.*)?", "accounts", "accounts"),
    _door(r"/content/(editing|advice|listen)", None, "look"),  # questions of a page, no deeds
    _door(r"/content/approvals", "look", "approve"),
    _door(r"/content(/.*)?", "look", "edit"),
    _door(r"/models/[^/]+/decide", None, "approve"),
    _door(r"/models/(undo|[^/]+/(publish|retire))", None, "publish"),
    _door(r"/models(/.*)?", "train", "train"),
    _door(r"/learning/assign", None, "edit"),
    _door(r"/learning(/.*)?", "learn", "learn"),
    _door(r"/figures([./].*)?", "figures", "figures"),
)


def key_for(path: str, *, write: bool) -> Key | None:
    """What opens an address; None: nothing does."""
    for door in DOORS:
        if door.path.fullmatch(path):
            return door.write if write else door.read
    return None
