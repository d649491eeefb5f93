"""Content in memory, by the rules of ``Content``; what only a database can do is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from staff_console.content.values import Draft, LogEntry, Version
from voice_gateway.errors import RequestError


def refused(code: str, status: int) -> RequestError:
    return RequestError(f"content-{code}", f"Odmowa: {code}.", status=status)


class MemoryContent:
    """``second``: words whose change a second person must see; ``broken``: refused texts."""

    def __init__(self, files: Mapping[str, str], now: datetime) -> None:
        self.kept = [
            Version(number, path, 1, body, "plik", "", now, "live")
            for number, (path, body) in enumerate(files.items(), 1)
        ]
        self.open: dict[str, Draft] = {}
        self.seen: dict[str, dict[str, datetime]] = {}
        self.lines: list[LogEntry] = []
        self.second: tuple[str, ...] = ()
        self.broken = ""
        self.whole = True

    def paths(self) -> Sequence[str]:
        return sorted(one.path for one in self.kept if one.state == "live")

    def live(self, path: str) -> Version:
        for one in self.kept:
            if (one.path, one.state) == (path, "live"):
                return one
        raise refused("unknown", 404)

    def bodies(self) -> dict[str, str]:
        return {one.path: one.body for one in self.kept if one.state == "live"}

    def versions(self, path: str) -> Sequence[Version]:
        return [one for one in reversed(self.kept) if one.path == path]

    def draft(self, path: str) -> Draft | None:
        return self.open.get(path)

    def drafts(self) -> Sequence[Draft]:
        return list(self.open.values())

    def save_draft(self, path: str, body: str, revision: int, who: str, now: datetime) -> Draft:
        old = self.open.get(path)
        if revision != (old.revision if old else 0):
            raise refused("conflict", 409)
        based_on = old.based_on if old else self._number(path)
        self.open[path] = Draft(path, body, who, revision + 1, based_on, now)
        return self.open[path]

    def rebase(self, path: str, revision: int, who: str, now: datetime) -> Draft:
        self.open[path] = replace(self.open[path], based_on=self._number(path), author=who)
        return self.open[path]

    def drop_draft(self, path: str, who: str, now: datetime) -> None:
        if self.open.pop(path, None):
            self._log(who, "dropped", path, now)

    def publish(self, path: str, reason: str, who: str, now: datetime) -> Version:
        draft = self.open.get(path)
        if draft is None:
            raise refused("nothing", 409)
        if draft.based_on != self._number(path):
            raise refused("conflict", 409)
        version = self._add(path, draft.body, reason, who, now)
        del self.open[path]
        return version

    def restore(self, path: str, number: int, reason: str, who: str, now: datetime) -> Version:
        body = next(one.body for one in self.kept if (one.path, one.number) == (path, number))
        return self._add(path, body, reason, who, now)

    def pending(self) -> Sequence[Version]:
        return [one for one in self.kept if one.state == "pending"]

    def approve(self, version_id: int, who: str, now: datetime) -> Version:
        version = self._waiting(version_id)
        if version.author == who:
            raise refused("own", 403)
        self._past(version.path)
        return self._set(replace(version, state="live", approver=who, decided_at=now))

    def reject(self, version_id: int, reason: str, who: str, now: datetime) -> Version:
        version = self._waiting(version_id)
        if version.path not in self.open:
            self.save_draft(version.path, version.body, 0, version.author, now)
        return self._set(replace(version, state="rejected", approver=who, decided_at=now))

    def editing(self, path: str, who: str, now: datetime) -> Sequence[str]:
        seen = self.seen.setdefault(path, {})
        seen[who] = now
        half = timedelta(seconds=30)
        return [one for one, at in seen.items() if one != who and now - at < half]

    def log(self, limit: int = 200) -> Sequence[LogEntry]:
        return self.lines[::-1][:limit]

    def log_is_whole(self) -> bool:
        return self.whole

    def _number(self, path: str) -> int:
        return next((one.number for one in self.kept if (one.path, one.state) == (path, "live")), 0)

    def _add(self, path: str, body: str, reason: str, who: str, now: datetime) -> Version:
        if self.broken and self.broken in body:
            raise refused("invalid", 422)
        before = next(
            (one.body for one in self.kept if (one.path, one.state) == (path, "live")), ""
        )
        if before == body:
            raise refused("nothing", 409)
        state = "live"
        if any(before.count(word) != body.count(word) for word in self.second):
            state = "pending"
        else:
            self._past(path)
        number = max((one.number for one in self.kept if one.path == path), default=0) + 1
        version = Version(len(self.kept) + 1, path, number, body, who, reason, now, state)
        self.kept.append(version)
        self._log(who, "published", path, now)
        return version

    def _past(self, path: str) -> None:
        for one in list(self.kept):
            if (one.path, one.state) == (path, "live"):
                self._set(replace(one, state="past"))

    def _set(self, version: Version) -> Version:
        self.kept[version.id - 1] = version
        return version

    def _waiting(self, version_id: int) -> Version:
        found = next((one for one in self.pending() if one.id == version_id), None)
        if found is None:
            raise refused("conflict", 409)
        return found

    def _log(self, who: str, deed: str, path: str, now: datetime) -> None:
        self.lines.append(LogEntry(len(self.lines) + 1, now, who, deed, path, "", "mark"))
