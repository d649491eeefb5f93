"""Where shared content came from, and whether it was changed here since.

With each import the other city's text is kept as a version that was never live (``rejected``,
with an origin and without a decision). So an update is compared with what that city sent last,
and what was changed here stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from staff_console.content.values import Version


@dataclass(frozen=True, slots=True)
class Origin:
    """``name``: the city; ``body``: its text as it was sent last; ``changed``: ours differs."""

    name: str
    body: str
    changed: bool


def is_sent_text(version: Version) -> bool:
    """Whether a version is another city's text, kept to compare with."""
    undecided = version.state == "rejected" and version.decided_at is None
    return undecided and version.origin != ""


def origin_of(versions: Sequence[Version]) -> Origin | None:
    """Where a file's live text came from; None: it is our own. ``versions``: newest first."""
    live = next((one for one in versions if one.state == "live"), None)
    taken = next((one for one in versions if one.origin and one.state in ("live", "past")), None)
    if live is None or taken is None:
        return None
    body = sent_text(versions, taken.origin)
    return Origin(taken.origin, body, changed=live.body != body)


def sent_text(versions: Sequence[Version], origin: str) -> str:
    """What a city sent last of what was then taken over here; empty: nothing yet."""
    taken = next(
        (one for one in versions if one.origin == origin and one.state in ("live", "past")), None
    )
    if taken is None:
        return ""
    sent = (one for one in versions if is_sent_text(one) and one.origin == origin)
    before = (one for one in sent if one.number < taken.number)  # not of an import that was dropped
    return next(before, taken).body
