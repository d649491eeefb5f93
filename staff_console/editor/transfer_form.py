"""What an import would change, file by file, before it happens: plain functions."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

import yaml

from staff_console.content.origins import Origin, origin_of, sent_text
from staff_console.content.package import Package
from staff_console.content.publish import shape_fault
from staff_console.content.transfer import Incoming
from staff_console.content.values import Version
from staff_console.editor.compare import Difference, difference, differences
from staff_console.editor.merge import merged
from staff_console.editor.names import Names, everything, file_name
from staff_console.editor.work import EditorContent
from voice_gateway.errors import RequestError

Kind = Literal["new", "changed", "update", "merged", "same", "kept", "blocked"]
KINDS_PL: Mapping[Kind, str] = {
    "new": "nowa treść",
    "changed": "inna niż u nas",
    "update": "nowsza, u nas nic nie zmieniono",
    "merged": "nowsza, a u nas też zmieniona",
    "same": "taka sama jak u nas",
    "kept": "bez nowości; nasze zmiany zostają",
    "blocked": "nie można wczytać",
}
MOST_STAGED = 8
STAGED_FOR = timedelta(minutes=30)


class TransferContent(EditorContent, Protocol):
    """What import and export need besides."""

    def bodies(self) -> dict[str, str]:
        """Path -> live text of all files, in order."""
        ...

    def faults(self, changes: Mapping[str, str], now: datetime) -> list[str]:
        """What would be wrong if these texts became live together, in Polish."""
        ...

    def take_in(self, incoming: Sequence[Incoming], who: str, now: datetime) -> None:
        """Make drafts of all files, or of none. Raises ``RequestError``."""
        ...

    def publish_all(
        self, paths: Sequence[str], reason: str, who: str, now: datetime
    ) -> list[Version]:
        """Make several drafts versions at once, or none. Raises ``RequestError``."""
        ...


@dataclass(frozen=True, slots=True)
class FilePlan:
    """What would become of one file. ``ours``: with their news and our changes, ``theirs``: as it
    came; ``clashes``: fields that both changed, ours before, theirs after."""

    path: str
    title: str
    kind: Kind
    why_pl: str = ""
    ours: str = ""
    theirs: str = ""
    number: int = 0
    differences: Sequence[Difference] = ()
    clashes: Sequence[Difference] = ()

    @property
    def takes(self) -> bool:
        """Whether there is anything to take in."""
        return self.kind in ("new", "changed", "update", "merged")

    def incoming(self, origin: str, number: int, *, theirs: bool) -> Incoming:
        """As it is taken in; ``number``: of the live version that the person saw beside it;
        ``theirs``: the text as it came, without our changes."""
        body = self.theirs if theirs else self.ours
        return Incoming(self.path, body, self.theirs, origin, number)


def plan(content: TransferContent, package: Package, origin: str, names: Names) -> list[FilePlan]:
    """What the package would change, with what cannot be taken in first."""
    found = [
        FilePlan(path, path, "blocked", why_pl=why) for path, why in package.unreadable.items()
    ]
    worked_on = {draft.path for draft in content.drafts()}
    for path, body in package.files.items():
        found.append(_file_plan(content, path, body, origin, names, worked_on))
    order = ("blocked", "merged", "changed", "new", "update", "kept", "same")
    return sorted(found, key=lambda one: (order.index(one.kind), one.title))


def origins(content: TransferContent, paths: Collection[str]) -> dict[str, Origin]:
    """Path -> where it came from, for the files that came from another city."""
    found = {path: origin_of(content.versions(path)) for path in paths}
    return {path: origin for path, origin in found.items() if origin}


def _file_plan(
    content: TransferContent,
    path: str,
    theirs: str,
    origin: str,
    names: Names,
    worked_on: Collection[str],
) -> FilePlan:
    if fault := shape_fault(path, theirs):
        return FilePlan(path, path, "blocked", why_pl=fault)
    title = file_name(path, theirs)
    try:
        live = content.live(path)
    except RequestError:  # nothing is told about it yet
        blocked = path in worked_on
        why = "ktoś pracuje już nad szkicem tej treści" if blocked else ""
        kind: Kind = "blocked" if blocked else "new"
        change = differences(path, "", theirs, names)
        return FilePlan(path, title, kind, why, theirs, theirs, 0, change)
    if live.body == theirs:
        return FilePlan(path, title, "same", number=live.number)
    if path in worked_on:
        why = "ktoś pracuje nad szkicem tej treści; proszę go opublikować albo usunąć"
        return FilePlan(path, title, "blocked", why)
    base = sent_text(content.versions(path), origin) if origin else ""
    if not base or base == live.body:
        kind = "update" if base else "changed"
        change = differences(path, live.body, theirs, names)
        return FilePlan(path, title, kind, "", theirs, theirs, live.number, change)
    return _merged_plan(path, title, base, live, theirs, names)


def _merged_plan(
    path: str, title: str, base: str, live: Version, theirs: str, names: Names
) -> FilePlan:
    try:
        result = merged(base, live.body, theirs)
    except (yaml.YAMLError, KeyError):
        return FilePlan(path, title, "blocked", "tych dwóch tekstów nie da się połączyć")
    mine, sent = everything(live.body), everything(theirs)
    clashes = [
        difference(names.field(path, name), mine.get(name, ""), sent.get(name, ""))
        for name in result.clashes
    ]
    change = differences(path, live.body, result.body, names)
    if not change and not clashes:
        return FilePlan(path, title, "kept", number=live.number)
    return FilePlan(path, title, "merged", "", result.body, theirs, live.number, change, clashes)


@dataclass(frozen=True, slots=True)
class Staged:
    """A package that somebody looks at. ``who``: a login."""

    who: str
    package: Package
    origin: str
    at: datetime


class Stage:
    """Packages between looking and taking in, in memory: few, and not for long."""

    def __init__(self) -> None:
        self._held: dict[str, Staged] = {}

    def put(self, staged: Staged) -> str:
        """Hold a package; gives its key. The oldest goes when there are too many."""
        self._forget(staged.at)
        while len(self._held) >= MOST_STAGED:
            del self._held[next(iter(self._held))]
        key = secrets.token_urlsafe(16)
        self._held[key] = staged
        return key

    def get(self, key: str, who: str, now: datetime) -> Staged | None:
        """The package that this person put there, if it is still held."""
        self._forget(now)
        staged = self._held.get(key)
        return staged if staged and staged.who == who else None

    def drop(self, key: str) -> None:
        """It was taken in."""
        self._held.pop(key, None)

    def _forget(self, now: datetime) -> None:
        for key in [one for one, staged in self._held.items() if now - staged.at > STAGED_FOR]:
            del self._held[key]
