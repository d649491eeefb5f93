"""Edited content: drafts, versions and their rules. The files stay what callers are told.

A deed that makes something live looks first, checks the text without any lock (it takes seconds)
and writes only if nothing became live meanwhile; else it looks again. The version and the log's
line are one transaction; the file follows, and ``adopt`` or ``ContentSync`` writes it if the
process dies in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from actions.office.calendar import WARSAW
from staff_console.content import refusals, rows, transfer
from staff_console.content.folder import ContentFolder, is_content
from staff_console.content.log import Deed, add_line, is_whole, lock_head
from staff_console.content.models import DraftRow, EditingRow, HeadRow, LogRow, VersionRow
from staff_console.content.publish import (
    Check,
    check_all,
    is_off,
    new_faults,
    shape_fault,
    storable,
    switched,
    write_all,
)
from staff_console.content.rules import needs_second_person
from staff_console.content.sync import reconcile
from staff_console.content.transfer import Imported, Incoming
from staff_console.content.values import Draft, LogEntry, Version
from voice_gateway.errors import HaloError, RequestError
from voice_gateway.records.database import Database

TRIES = 5  # of a deed while others publish; each try takes as long as a check
SEEN = timedelta(seconds=30)  # who has the page open says so more often

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Change:
    """What is about to become a version. ``source``: the draft's revision or the version's id."""

    path: str
    body: str
    source: int


Choice = Callable[[Session], _Change]
Deed_ = Callable[[Session, HeadRow, _Change], VersionRow]


class ContentStore:
    """``Content`` on the database and the knowledge folder of this machine. Blocks."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        check: Check = check_all,
        notes: Path | None = None,
    ) -> None:
        self._database = database
        self._folder = ContentFolder(folder, notes)
        self._check = check

    def adopt(self, now: datetime) -> list[str]:
        """Make files and database alike, as ``sync`` says; call it at the start.

        Gives the paths that changed on either side.
        """
        with self._folder.locked():
            return reconcile(self._database, self._folder, now)

    # --- reading ---

    def paths(self) -> Sequence[str]:
        """All files, in order; a new file counts once it is live."""
        query = select(VersionRow.path).where(VersionRow.state == "live").order_by(VersionRow.path)
        return self._database.run(lambda session: list(session.scalars(query)))

    def live(self, path: str) -> Version:
        """What callers are told now. ``content-unknown``."""
        return self._database.run(lambda session: _live(session, path).value())

    def versions(self, path: str) -> Sequence[Version]:
        """All versions of a file, newest first. ``content-unknown`` for no file at all."""

        def query(session: Session) -> list[Version]:
            found = select(VersionRow).where(VersionRow.path == path)
            by_number = found.order_by(VersionRow.number.desc())
            versions = [row.value() for row in session.scalars(by_number)]
            if not versions and rows.open_draft(session, path) is None:
                raise refusals.unknown()
            return versions

        return self._database.run(query)

    def draft(self, path: str) -> Draft | None:
        """The unpublished work on a file, if there is any."""

        def query(session: Session) -> Draft | None:
            row = rows.open_draft(session, path)
            return row.value() if row else None

        return self._database.run(query)

    def drafts(self) -> Sequence[Draft]:
        """All drafts, also of files that are not live yet."""
        query = select(DraftRow).where(DraftRow.open).order_by(DraftRow.path)
        return self._database.run(lambda session: [r.value() for r in session.scalars(query)])

    def pending(self) -> Sequence[Version]:
        """All versions that wait for a second person, oldest first."""
        query = select(VersionRow).where(VersionRow.state == "pending").order_by(VersionRow.id)
        return self._database.run(lambda session: [r.value() for r in session.scalars(query)])

    def log(self, limit: int = 200) -> Sequence[LogEntry]:
        """Who changed what, newest first."""
        query = select(LogRow).order_by(LogRow.id.desc()).limit(limit)
        return self._database.run(lambda session: [r.value() for r in session.scalars(query)])

    def log_is_whole(self) -> bool:
        """Whether no line of the log was changed or taken out."""
        return self._database.run(is_whole)

    # --- drafts ---

    def save_draft(
        self,
        path: str,
        body: str,
        revision: int,
        who: str,
        now: datetime,
        based_on: int | None = None,
    ) -> Draft:
        """Autosave; see ``Content``. ``based_on``: the live number that the page showed, so that a
        page opened before somebody published cannot begin a draft that takes that back."""
        if not is_content(path):
            raise refusals.unknown()
        text = storable(body)

        def deed(session: Session) -> Draft:
            lock_head(session)
            row, number = rows.open_draft(session, path), _number(session, path)
            if row is None:
                if revision or (based_on is not None and based_on != number):
                    raise refusals.conflict("Ktoś opublikował albo usunął ten szkic.")
                return rows.put_draft(session, path, text, who, number, now).value()
            if revision == row.revision - 1 and (row.body, row.author) == (text, who):
                return row.value()  # the same save again: its answer got lost
            if revision != row.revision:
                raise refusals.conflict("Ktoś zapisał w tym czasie inną treść.")
            kept = partial(rows.put_draft, session, path, text, who, row.based_on, now)
            return kept(origin=row.origin).value()

        return self._database.run(deed)

    def rebase(self, path: str, revision: int, who: str, now: datetime) -> Draft:
        """Keep a draft although something else became live meanwhile: ``who`` has seen both."""

        def deed(session: Session) -> Draft:
            lock_head(session)
            row = rows.open_draft(session, path)
            if row is None or row.revision != revision:
                raise refusals.conflict("Ktoś zapisał w tym czasie inną treść.")
            number = _number(session, path)
            kept = partial(rows.put_draft, session, path, row.body, who, number, now)
            return kept(origin=row.origin).value()

        return self._database.run(deed)

    def drop_draft(self, path: str, who: str, now: datetime) -> None:
        """Throw the draft away; nothing happens when there is none."""

        def deed(session: Session) -> None:
            head, row = lock_head(session), rows.open_draft(session, path)
            if row:
                rows.close_draft(row)
                add_line(session, head, now, who, "dropped", path, "")

        self._database.run(deed)

    def editing(self, path: str, who: str, now: datetime) -> Sequence[str]:
        """Says that ``who`` has the page open; the others who had it within half a minute."""
        if not is_content(path):
            raise refusals.unknown()

        def deed(session: Session) -> list[str]:
            lock_head(session)
            session.execute(delete(EditingRow).where(EditingRow.seen_at < now - SEEN))
            session.merge(EditingRow(path=path, who=who, seen_at=now))
            others = select(EditingRow.who).where(EditingRow.path == path, EditingRow.who != who)
            return list(session.scalars(others.order_by(EditingRow.who)))

        return self._database.run(deed)

    # --- what makes versions ---

    def publish(self, path: str, reason: str, who: str, now: datetime) -> Version:
        """Make the draft a version; see ``Content``. ``content-conflict`` when something else
        became live since the draft was begun (``rebase``)."""

        def choose(session: Session) -> _Change:
            row = rows.open_draft(session, path)
            before = rows.live(session, path)
            if row is None or (before and before.body == row.body):
                raise refusals.nothing()
            if row.based_on != (before.number if before else 0):
                raise refusals.conflict("Obowiązująca treść zmieniła się, odkąd zaczęto ten szkic.")
            return _Change(path, row.body, row.revision)

        def deed(session: Session, head: HeadRow, change: _Change) -> VersionRow:
            draft = rows.open_draft(session, path)
            origin = draft.origin if draft else ""
            if draft:
                rows.close_draft(draft)
            return _add(session, head, change, "published", reason, who, now, origin)

        return self._do(choose, deed, now)

    def amend(
        self, path: str, change: Callable[[str], str], reason: str, who: str, now: datetime
    ) -> Version:
        """Change what is live at once and without a draft, by the rules of ``publish``; an open
        draft stays, to be rebased.

        ``change`` makes the new text from the live one (empty: no such file yet). It is asked
        again when somebody else publishes meanwhile, and may refuse with ``RequestError``.
        """
        if not is_content(path):
            raise refusals.unknown()

        def choose(session: Session) -> _Change:
            row = rows.live(session, path)
            body = storable(change(row.body if row else ""))
            if row and row.body == body:
                raise refusals.nothing()
            return _Change(path, body, row.id if row else 0)

        def deed(session: Session, head: HeadRow, chosen: _Change) -> VersionRow:
            return _add(session, head, chosen, "published", reason, who, now)

        return self._do(choose, deed, now)

    def restore(self, path: str, number: int, reason: str, who: str, now: datetime) -> Version:
        """An older version's body becomes a new version; a draft stays, to be rebased."""

        def choose(session: Session) -> _Change:
            wanted = select(VersionRow).where(VersionRow.path == path, VersionRow.number == number)
            row = session.scalar(wanted)
            if row is None:
                raise refusals.unknown()
            if _live(session, path).body == row.body:
                raise refusals.nothing()
            return _Change(path, row.body, row.id)

        def deed(session: Session, head: HeadRow, change: _Change) -> VersionRow:
            return _add(session, head, change, "restored", reason, who, now)

        return self._do(choose, deed, now)

    def set_active(
        self, topic_path: str, active: bool, reason: str, who: str, now: datetime
    ) -> Version:
        """Switch a topic on or off, at once; an open draft is switched with it.

        ``content-nothing`` when it is so already.
        """

        def choose(session: Session) -> _Change:
            row = _live(session, topic_path)
            if not topic_path.startswith("topics/"):
                raise refusals.unknown()
            if is_off(row.body) != active:
                raise refusals.nothing()
            return _Change(topic_path, switched(row.body, active=active), row.id)

        def deed(session: Session, head: HeadRow, change: _Change) -> VersionRow:
            before, draft = _number(session, topic_path), rows.open_draft(session, topic_path)
            name: Deed = "switched_on" if active else "switched_off"
            version = _add(session, head, change, name, reason, who, now)
            if draft and draft.based_on == before and version.state == "live":
                _switch_draft(session, draft, version, active=active)
            return version

        return self._do(choose, deed, now)

    def approve(self, version_id: int, who: str, now: datetime) -> Version:
        """A waiting version becomes live. ``content-own``; ``content-conflict`` when it waits no
        more, or when something else became live since it was sent."""

        def choose(session: Session) -> _Change:
            row = _waiting(session, version_id)
            if row.author == who:
                raise refusals.own()
            if row.based_on != _number(session, row.path):
                raise refusals.conflict(
                    "Obowiązująca treść zmieniła się, odkąd wysłano tę zmianę. "
                    "Proszę ją odrzucić; wróci jako szkic."
                )
            return _Change(row.path, row.body, row.id)

        def deed(session: Session, head: HeadRow, change: _Change) -> VersionRow:
            row = session.get_one(VersionRow, version_id)
            row.approver, row.decided_at = who, now
            rows.put_live(session, row)
            detail = f"wersja {row.number}, autor: {row.author}"
            add_line(session, head, now, who, "approved", row.path, detail)
            return row

        return self._do(choose, deed, now)

    def reject(self, version_id: int, reason: str, who: str, now: datetime) -> Version:
        """A waiting version does not become live; also its author may take it back so."""

        def deed(session: Session) -> Version:
            head = lock_head(session)
            row = _waiting(session, version_id)
            row.state, row.approver, row.decided_at = "rejected", who, now
            add_line(session, head, now, who, "rejected", row.path, _detail(row, reason))
            if rows.open_draft(session, row.path) is None:
                place = (row.path, row.body, row.author, row.based_on, now)
                rows.put_draft(session, *place, origin=row.origin)
            return row.value()

        return self._database.run(deed)

    def _do(self, choose: Choice, deed: Deed_, now: datetime) -> Version:
        for _ in range(TRIES):
            revision, change = self._looked(choose, now)
            with self._folder.locked():
                reconcile(self._database, self._folder, now)  # a hand's change comes first
                done = self._database.run(partial(_commit, revision, change, choose, deed))
                if done and done.state == "live":
                    self._write(now)
            if done:
                return done
        raise refusals.conflict("Inne osoby publikują w tej chwili. Proszę spróbować jeszcze raz.")

    def _looked(self, choose: Choice, now: datetime) -> tuple[int, _Change]:
        def look(session: Session) -> tuple[int, _Change, dict[str, str]]:
            revision = rows.revision(session)  # first: what changes afterwards shows in it
            return revision, choose(session), rows.live_bodies(session)

        revision, change, before = self._database.run(look)
        if fault := shape_fault(change.path, change.body):
            raise refusals.invalid([fault])
        today = now.astimezone(WARSAW).date()
        changes = {change.path: change.body}
        if faults := new_faults(before, changes, self._folder.folder, today, self._check):
            raise refusals.invalid(faults)
        return revision, change

    def _write(self, now: datetime) -> None:
        try:
            reconcile(self._database, self._folder, now)
        except (
            OSError,
            HaloError,
        ) as error:  # it is live all the same; ``ContentSync`` tries again
            log.error("content_unwritten", reason=type(error).__name__)

    # --- the whole content ---

    def export(self, folder: Path) -> None:
        """Write all live files below ``folder``, byte for byte."""
        write_all(folder, self._database.run(rows.live_bodies))

    def bodies(self) -> dict[str, str]:
        """Path -> live text of all files, in order."""
        return self._database.run(rows.live_bodies)

    def faults(self, changes: Mapping[str, str], now: datetime) -> list[str]:
        """What would be wrong if these texts became live together, in Polish; takes a second."""
        if found := [fault for path, body in changes.items() if (fault := shape_fault(path, body))]:
            return found
        today = now.astimezone(WARSAW).date()
        return new_faults(self.bodies(), changes, self._folder.folder, today, self._check)

    def take_in(self, incoming: Sequence[Incoming], who: str, now: datetime) -> None:
        """Make drafts of all files, or of none, if they are right together.

        ``content-invalid``; ``content-conflict`` when somebody works on one of them, or published
        it since it was looked at.
        """
        if faults := self.faults({one.path: one.body for one in incoming}, now):
            raise refusals.invalid(faults)
        transfer.take_in(self._database, incoming, who, now)

    def publish_all(
        self, paths: Sequence[str], reason: str, who: str, now: datetime
    ) -> list[Version]:
        """Make several drafts versions in one transaction: they are right together, and may not be
        one after another. Refuses as ``publish``, and then none is published."""
        for _ in range(TRIES):
            revision, drafts = self._database.run(partial(_drafts_to_publish, paths))
            if faults := self.faults({path: draft.body for path, draft in drafts.items()}, now):
                raise refusals.invalid(faults)
            with self._folder.locked():
                reconcile(self._database, self._folder, now)
                deed = partial(_publish_drafts, revision, drafts, reason, who, now)
                done = self._database.run(deed)
                if done:
                    self._write(now)
                    return done
        raise refusals.conflict("Inne osoby publikują w tej chwili. Proszę spróbować jeszcze raz.")

    def import_(self, folder: Path, who: str, origin: str, now: datetime) -> Imported:
        """Make drafts of the files below ``folder`` that differ from what is live.

        Refused are files that the assistant could not read, and those that somebody works on.
        """
        return transfer.import_all(self._database, folder, who, origin, now)


def _commit(
    revision: int, looked: _Change, choose: Choice, deed: Deed_, session: Session
) -> Version | None:
    """Do the deed, if all is as it was looked at; None: something else became live, look again."""
    head = lock_head(session)
    try:
        chosen = choose(session)
    except RequestError as error:  # somebody did the same in between
        if error.code == refusals.CONFLICT:
            raise
        raise refusals.conflict("Ktoś zrobił to w tym czasie.") from error
    if head.revision != revision:
        return None
    if chosen != looked:
        raise refusals.conflict("Ktoś zapisał w tym czasie inną treść.")
    return deed(session, head, chosen).value()


def _drafts_to_publish(paths: Sequence[str], session: Session) -> tuple[int, dict[str, Draft]]:
    """The revision and the drafts as they are now. Raises ``content-nothing``, ``-conflict``."""
    revision = rows.revision(session)
    found = {}
    for path in paths:
        row, before = rows.open_draft(session, path), rows.live(session, path)
        if row is None or (before and before.body == row.body):
            raise refusals.nothing()
        if row.based_on != (before.number if before else 0):
            raise refusals.conflict(f"{path}: obowiązująca treść zmieniła się w tym czasie.")
        found[path] = row.value()
    return revision, found


def _publish_drafts(
    revision: int,
    drafts: Mapping[str, Draft],
    reason: str,
    who: str,
    now: datetime,
    session: Session,
) -> list[Version]:
    """Publish the drafts; nothing when something else became live meanwhile: look again."""
    head = lock_head(session)
    if head.revision != revision:
        return []
    done = []
    for path, draft in drafts.items():
        row = rows.open_draft(session, path)
        if row is None or row.revision != draft.revision:
            raise refusals.conflict("Ktoś zapisał w tym czasie inną treść.")
        rows.close_draft(row)
        change = _Change(path, row.body, row.revision)
        version = _add(session, head, change, "published", reason, who, now, row.origin)
        done.append(version.value())
    return done


def _add(
    session: Session,
    head: HeadRow,
    change: _Change,
    deed: Deed,
    reason: str,
    who: str,
    now: datetime,
    origin: str = "",
) -> VersionRow:
    """A new version, live unless a second person must see it; with its line in the log."""
    before = rows.live(session, change.path)
    why = needs_second_person(before.body if before else "", change.body, change.path)
    place = (change.path, change.body, who, reason, now)
    state = rows.add_version(session, *place, "pending" if why else "live", origin=origin)
    detail = f"{_detail(state, reason)} {why}" if why else _detail(state, reason)
    add_line(session, head, now, who, "sent" if why else deed, change.path, detail)
    return state


def _switch_draft(session: Session, draft: DraftRow, live: VersionRow, *, active: bool) -> None:
    """Else publishing the draft would switch the topic back."""
    try:
        body = switched(draft.body, active=active)
    except RequestError:  # half written: it must be rebased, and the editor sees the switch then
        return
    place = (draft.path, body, draft.author, live.number, live.created_at)
    rows.put_draft(session, *place, origin=draft.origin)


def _detail(row: VersionRow, reason: str) -> str:
    return f"wersja {row.number}: {reason}" if reason else f"wersja {row.number}"


def _live(session: Session, path: str) -> VersionRow:
    row = rows.live(session, path)
    if row is None:
        raise refusals.unknown()
    return row


def _number(session: Session, path: str) -> int:
    row = rows.live(session, path)
    return row.number if row else 0


def _waiting(session: Session, version_id: int) -> VersionRow:
    row = session.get(VersionRow, version_id)
    if row is None:
        raise refusals.unknown()
    if row.state != "pending":
        raise refusals.conflict("Ta zmiana już nie czeka na decyzję.")
    return row
