"""What the editor's pages ask of the content. All methods block; errors are ``RequestError`` with a
Polish text: ``content-unknown`` 404, ``content-conflict`` 409 (somebody saved meanwhile),
``content-invalid`` 422 (the file would be broken; says what and where), ``content-own`` 403 (nobody
approves their own change), ``content-nothing`` 409 (nothing was changed)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from staff_console.content.values import Draft, LogEntry, Version


class Content(Protocol):
    """The edited files with their versions. ``who``: a login; ``now``: aware."""

    def paths(self) -> Sequence[str]:
        """All files, in order."""
        ...

    def live(self, path: str) -> Version:
        """What callers are told now. ``content-unknown``."""
        ...

    def versions(self, path: str) -> Sequence[Version]:
        """All versions of a file, newest first."""
        ...

    def draft(self, path: str) -> Draft | None:
        """The unpublished work on a file, if there is any."""
        ...

    def save_draft(self, path: str, body: str, revision: int, who: str, now: datetime) -> Draft:
        """Autosave. ``revision``: of the draft it was made from, 0: there was none.

        ``content-conflict`` when somebody saved meanwhile: nothing is lost, nothing is overwritten.
        """
        ...

    def drop_draft(self, path: str, who: str, now: datetime) -> None:
        """Throw the draft away."""
        ...

    def publish(self, path: str, reason: str, who: str, now: datetime) -> Version:
        """Make the draft a version: live at once, or ``pending`` where it changes what a second
        person must see (fees, deadlines, rights). ``content-invalid``, ``content-nothing``."""
        ...

    def pending(self) -> Sequence[Version]:
        """All versions that wait for a second person, oldest first."""
        ...

    def approve(self, version_id: int, who: str, now: datetime) -> Version:
        """It becomes live. ``content-own``; ``content-conflict`` when it waits no more."""
        ...

    def reject(self, version_id: int, reason: str, who: str, now: datetime) -> Version:
        """It does not; its body becomes the draft again when there is none."""
        ...

    def restore(self, path: str, number: int, reason: str, who: str, now: datetime) -> Version:
        """Undo: an older version's body becomes a new version, by the rules of ``publish``."""
        ...

    def editing(self, path: str, who: str, now: datetime) -> Sequence[str]:
        """Says that ``who`` has the page open; the others who had it within half a minute."""
        ...

    def log(self, limit: int = 200) -> Sequence[LogEntry]:
        """Who changed what, newest first."""
        ...

    def log_is_whole(self) -> bool:
        """Whether no line of the log was changed or taken out."""
        ...
