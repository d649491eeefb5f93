"""Edited content: nothing is lost, nothing half-done, on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from staff_console.content import folder as folder_module
from staff_console.content import publish
from staff_console.content.folder import HELD, ContentFolder, is_content
from staff_console.content.models import VersionRow
from staff_console.content.origins import Origin, origin_of, sent_text
from staff_console.content.store import ContentStore
from staff_console.content.sync import ContentSync, run_sync
from staff_console.content.transfer import Incoming
from staff_console.content.values import Version
from tests.integration.content_child import PATH, publish_for_ever
from tests.unit.knowledge_parts import copy_of_knowledge
from voice_gateway.errors import RequestError
from voice_gateway.records.database import Database, RecordsError

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
CARD = "topics/id_card.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of_knowledge(tmp_path)


@pytest.fixture
def store(database: Database, folder: Path) -> ContentStore:
    """With the files adopted, and without the slow check of the whole knowledge."""
    store = ContentStore(database, folder, unchecked)
    store.adopt(NOW)
    return store


def unchecked(folder: Path, today: object) -> list[str]:
    return []


def refused(code: str, deed: Callable[[], object]) -> str:
    with pytest.raises(RequestError) as caught:
        deed()
    assert caught.value.code == code
    return caught.value.detail_pl


def published(store: ContentStore, body: str, path: str = CARD, who: str = "anna") -> Version:
    draft = store.draft(path)
    store.save_draft(path, body, draft.revision if draft else 0, who, NOW)
    return store.publish(path, "powód", who, NOW)


def pending(store: ContentStore, who: str = "anna") -> Version:
    version = published(store, changed(store.live(CARD).body), who=who)
    assert version.state == "pending"
    return version


def changed(body: str) -> str:
    """With another fee."""
    assert "  cost:\n    text: >-\n" in body
    return body.replace("  cost:\n    text: >-\n", "  cost:\n    text: >-\n      Od dziś 31 zł.\n")


def deeds(store: ContentStore) -> list[str]:
    return [line.deed for line in store.log() if line.deed != "adopted"][::-1]


def all_alike(store: ContentStore, folder: Path) -> None:
    for path in store.paths():
        assert (folder / path).read_bytes() == store.live(path).body.encode(), path
    assert store.log_is_whole()


# --- files and versions ---


def test_all_files_become_the_first_versions(store: ContentStore, folder: Path) -> None:
    assert {CARD, "office.yml", "dialogue.yml", "system.yml", "visits.yml"} < set(store.paths())
    assert "taxonomy.yml" not in store.paths()
    assert list(store.paths()) == sorted(store.paths())
    first = store.live(CARD)
    assert (first.number, first.author, first.reason) == (1, "plik", "zmiana w pliku")
    assert (first.state, first.created_at) == ("live", NOW)
    all_alike(store, folder)
    assert store.adopt(NOW) == []  # each start does it
    assert len(store.versions(CARD)) == 1


def test_a_hand_edit_is_adopted(store: ContentStore, folder: Path) -> None:
    body = store.live(CARD).body
    (folder / CARD).write_bytes(f"{body}# ręcznie\r\n".encode())
    assert store.adopt(NOW) == [CARD]
    assert store.live(CARD).body == f"{body}# ręcznie\r\n"
    assert (store.live(CARD).number, store.live(CARD).author) == (2, "plik")
    assert [v.state for v in store.versions(CARD)] == ["live", "past"]
    (folder / CARD).write_text(body)  # and taken back, as git does
    assert store.adopt(NOW) == [CARD]
    assert (store.live(CARD).number, store.live(CARD).body) == (3, body)
    assert store.log()[0].deed == "adopted"
    all_alike(store, folder)


def test_a_file_that_a_hand_broke_is_not_adopted_until_it_is_mended(
    store: ContentStore, folder: Path
) -> None:
    body = store.live(CARD).body
    for broken in (b"id: [", b"id: id_card\n", b"\xff\xfe", b"", b"id: a\0"):
        (folder / CARD).write_bytes(broken)
        assert store.adopt(NOW) == []
        assert (folder / CARD).read_bytes() == broken
    (folder / CARD).write_text(f"{body}# dobrze\n")
    assert store.adopt(NOW) == [CARD]
    (folder / CARD).write_bytes(b"id: [\xff\0")
    published(store, f"{body}# lepiej\n")  # does not wait; the broken text is kept
    kept = store.versions(CARD)[0]
    assert (kept.body, kept.state) == ("id: [\\xff\\x00", "rejected")
    all_alike(store, folder)


def test_a_file_that_is_gone_comes_back(store: ContentStore, folder: Path) -> None:
    (folder / CARD).unlink()
    assert store.adopt(NOW) == [CARD]
    all_alike(store, folder)
    shutil.rmtree(folder / "acts")
    store.adopt(NOW)
    all_alike(store, folder)


def test_a_new_file_is_adopted_and_others_are_not_content(
    store: ContentStore, folder: Path
) -> None:
    for name in ("topics/nowa.yml", "topics/Nowa.yml", "topics/a/b.yml", "x.yml", "acts/a.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text((folder / CARD).read_text())
    assert store.adopt(NOW) == ["topics/nowa.yml"]
    for path in ("../x.yml", "/etc/passwd", "topics/../office.yml", "topics/a.yml\n", ".yml"):
        assert not is_content(path)
        refused("content-unknown", partial(store.save_draft, path, "a", 0, "anna", NOW))
        refused("content-unknown", partial(store.live, path))
        refused("content-unknown", partial(store.editing, path, "anna", NOW))


def test_publishing_replaces_the_file(store: ContentStore, folder: Path) -> None:
    mode = (folder / CARD).stat().st_mode
    version = published(store, f"{store.live(CARD).body}# ą\r\n")
    assert (version.number, version.state, version.author) == (2, "live", "anna")
    assert version == store.live(CARD)
    assert store.draft(CARD) is None
    assert (folder / CARD).stat().st_mode == mode
    assert not list(folder.rglob("*tmp*"))
    all_alike(store, folder)
    assert deeds(store) == ["published"]
    assert store.log()[0].detail == "wersja 2: powód"


def test_nothing_changed_is_said(store: ContentStore) -> None:
    refused("content-nothing", partial(store.publish, CARD, "", "anna", NOW))
    refused("content-nothing", partial(published, store, store.live(CARD).body))
    refused("content-nothing", partial(store.restore, CARD, 1, "", "anna", NOW))
    refused("content-unknown", partial(store.restore, CARD, 7, "", "anna", NOW))
    refused("content-unknown", partial(store.versions, "topics/nie.yml"))


def test_a_hand_edit_in_between_is_not_published_over(store: ContentStore, folder: Path) -> None:
    body = store.live(CARD).body
    store.save_draft(CARD, f"{body}# szkic\n", 0, "anna", NOW)
    (folder / CARD).write_text(f"{body}# ręcznie\n")
    refused("content-conflict", partial(store.publish, CARD, "", "anna", NOW))
    assert store.live(CARD).body == f"{body}# ręcznie\n"
    refused("content-conflict", partial(store.rebase, CARD, 7, "anna", NOW))
    assert store.rebase(CARD, 1, "anna", NOW).based_on == 2  # she has seen it
    assert store.publish(CARD, "", "anna", NOW).number == 3
    all_alike(store, folder)


def test_new_faults_are_refused_and_old_ones_are_not_ours(database: Database, folder: Path) -> None:
    store = ContentStore(database, folder)  # the real check; most topics are missing here
    store.adopt(NOW)
    body = store.live(CARD).body
    told = refused("content-invalid", partial(published, store, body + "nieznane: 1\n"))
    assert "topics/id_card.yml: nieznane: nie znam takiego pola" in told
    assert str(folder) not in told and "halo-content" not in told
    told = refused("content-invalid", partial(published, store, "id: [\n"))
    assert "wiersz 2: to nie jest poprawny YAML" in told
    told = refused(
        "content-invalid",
        partial(published, store, body.replace("department: obywatelskie", "department: kadry", 1)),
    )
    assert "kadry" in told
    visits = store.live("visits.yml").body
    refused("content-invalid", partial(published, store, visits + "zle: 1\n", "visits.yml"))
    question = "chcę wyrobić paszport co mam zrobić"  # stands in another topic
    doubled = body.replace("  general:\n", f"  general:\n    - {question}\n", 1)
    assert question in refused("content-invalid", partial(published, store, doubled))
    assert store.live(CARD).number == 1
    assert store.draft(CARD) is not None  # the work is kept
    assert published(store, f"{body}# dobrze\n").state == "live"


def test_texts_that_cannot_be_kept_are_refused(store: ContentStore) -> None:
    for body in ("a\0", "\ud800", "x" * (publish.MOST_BYTES + 1)):
        refused("content-invalid", partial(store.save_draft, CARD, body, 0, "anna", NOW))


def test_a_version_is_checked_with_what_went_live_meanwhile(
    database: Database, folder: Path
) -> None:
    """Two changes that are right alone and wrong together: the second is refused."""
    rivals: list[Version] = []
    bodies: list[list[str]] = []

    def check(copy: Path, today: object) -> list[str]:
        bodies.append([(copy / path).read_text()[-4:] for path in (CARD, PATH)])
        if not rivals:
            rivals.append(published(quick, f"{quick.live(PATH).body}# 2\n", PATH, "jan"))
        return ["razem źle"] if bodies[-1] == ["# 1\n", "# 2\n"] else []

    quick = ContentStore(database, folder, unchecked)
    quick.adopt(NOW)
    store = ContentStore(database, folder, check)
    body = f"{store.live(CARD).body}# 1\n"
    assert refused("content-invalid", partial(published, store, body)) == "razem źle"
    assert rivals[0].state == "live"


# --- drafts ---


def test_a_draft_is_saved_by_revision(store: ContentStore) -> None:
    first = store.save_draft(CARD, "a", 0, "anna", NOW)
    assert (first.revision, first.based_on, first.author) == (1, 1, "anna")
    refused("content-conflict", partial(store.save_draft, CARD, "b", 0, "jan", NOW))
    second = store.save_draft(CARD, "b", 1, "jan", NOW)
    assert (second.revision, second.author, store.draft(CARD)) == (2, "jan", second)
    assert store.save_draft(CARD, "b", 1, "jan", NOW) == second  # its answer got lost
    refused("content-conflict", partial(store.save_draft, CARD, "b", 1, "anna", NOW))
    store.drop_draft(CARD, "jan", NOW)
    store.drop_draft(CARD, "jan", NOW)
    assert store.draft(CARD) is None
    assert store.drafts() == []
    refused("content-conflict", partial(store.save_draft, CARD, "c", 2, "jan", NOW))
    third = store.save_draft(CARD, "c", 0, "jan", NOW)
    assert third.revision > 2  # an old page cannot take it for its own
    assert deeds(store) == ["dropped"]


def test_a_page_from_before_a_publication_begins_no_draft(store: ContentStore) -> None:
    body = store.live(CARD).body
    published(store, f"{body}# nowe\n")
    refused("content-conflict", partial(store.save_draft, CARD, body, 0, "jan", NOW, based_on=1))
    assert store.save_draft(CARD, body, 0, "jan", NOW, based_on=2).based_on == 2


def test_two_editors_at_once_lose_nothing(db_url: str, folder: Path) -> None:
    databases = [Database(db_url) for _ in range(2)]
    stores = [ContentStore(database, folder, unchecked) for database in databases]
    stores[0].adopt(NOW)
    start, conflicts = threading.Barrier(2), [0, 0]

    def edit(place: int) -> None:
        store, who = stores[place], f"osoba-{place}"
        start.wait()
        for number in range(50):
            while True:
                draft = store.draft(CARD)
                body = draft.body if draft else store.live(CARD).body
                try:
                    line = f"# {who} {number}\n"
                    store.save_draft(CARD, body + line, draft.revision if draft else 0, who, NOW)
                    break
                except RequestError as error:
                    assert error.code == "content-conflict"
                    conflicts[place] += 1

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(edit, range(2)))
    draft = stores[0].draft(CARD)
    assert draft is not None
    lines = draft.body.splitlines()
    wanted = {f"# osoba-{place} {number}" for place in range(2) for number in range(50)}
    assert wanted <= set(lines)
    assert len([line for line in lines if line.startswith("# osoba-")]) == 100
    assert draft.revision == 100
    assert stores[1].publish(CARD, "", "anna", NOW).body == draft.body
    for database in databases:
        database.close()


def test_two_editors_who_publish_at_once_lose_nothing(db_url: str, tmp_path: Path) -> None:
    """Two machines with folders of their own, each publishing 15 times."""
    databases = [Database(db_url) for _ in range(2)]
    folders = [copy_of_knowledge(tmp_path / name) for name in "ab"]
    stores = [ContentStore(databases[i], folders[i], unchecked) for i in range(2)]
    for store in stores:
        store.adopt(NOW)

    def work(place: int) -> int:
        store, done = stores[place], 0
        while done < 15:
            draft, live = store.draft(CARD), store.live(CARD)
            try:
                if draft is None:
                    body = f"{live.body}# {place}-{done}\n"
                    draft = store.save_draft(CARD, body, 0, f"o{place}", NOW, live.number)
                    done += 1
                store.publish(CARD, "", f"o{place}", NOW)
            except RequestError as error:
                assert error.code in ("content-conflict", "content-nothing")
        return done

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, range(2))) == [15, 15]
    if stores[0].draft(CARD):
        stores[0].publish(CARD, "", "anna", NOW)
    body = stores[0].live(CARD).body
    assert all(f"# {place}-{done}\n" in body for place in range(2) for done in range(15))
    assert stores[0].live(CARD).number == 31
    for store, folder in zip(stores, folders, strict=True):
        store.adopt(NOW)
        all_alike(store, folder)
    for database in databases:
        database.close()


def test_who_else_has_the_page_open(store: ContentStore) -> None:
    assert store.editing(CARD, "anna", NOW) == []
    assert store.editing(CARD, "jan", NOW) == ["anna"]
    assert store.editing(PATH, "ewa", NOW) == []
    assert store.editing(CARD, "jan", NOW + timedelta(seconds=20)) == ["anna"]
    assert store.editing(CARD, "anna", NOW + timedelta(seconds=45)) == ["jan"]
    assert store.editing(CARD, "anna", NOW + timedelta(seconds=90)) == []


# --- the second person ---


def test_a_fee_waits_for_a_second_person(store: ContentStore, folder: Path) -> None:
    before = store.live(CARD)
    version = pending(store)
    assert store.pending() == [version]
    assert store.live(CARD) == before
    assert store.draft(CARD) is None
    all_alike(store, folder)
    refused("content-own", partial(store.approve, version.id, "anna", NOW))
    refused("content-unknown", partial(store.approve, 10_000, "jan", NOW))
    approved = store.approve(version.id, "jan", NOW)
    assert (approved.state, approved.approver, approved.decided_at) == ("live", "jan", NOW)
    assert store.live(CARD) == approved
    assert store.pending() == []
    refused("content-conflict", partial(store.approve, version.id, "ewa", NOW))
    refused("content-conflict", partial(store.reject, version.id, "", "ewa", NOW))
    all_alike(store, folder)
    assert deeds(store) == ["sent", "approved"]
    assert store.log()[1].detail == "wersja 2: powód Zmiana dotyczy: opłaty."


def test_a_rejected_version_is_a_draft_again(store: ContentStore, folder: Path) -> None:
    version = pending(store)
    rejected = store.reject(version.id, "zła kwota", "jan", NOW)
    assert (rejected.state, rejected.approver) == ("rejected", "jan")
    draft = store.draft(CARD)
    assert draft is not None
    assert (draft.body, draft.author, draft.based_on) == (version.body, "anna", 1)
    assert "zła kwota" in store.log()[0].detail
    assert store.publish(CARD, "", "anna", NOW).state == "pending"
    other = store.save_draft(CARD, f"{store.live(CARD).body}# inne\n", 0, "ewa", NOW)
    store.reject(store.pending()[0].id, "", "anna", NOW)  # she takes it back
    assert store.draft(CARD) == other
    all_alike(store, folder)


def test_approval_does_not_take_back_what_went_live_meanwhile(store: ContentStore) -> None:
    version = pending(store)
    published(store, f"{store.live(CARD).body}# inne\n", who="jan")
    refused("content-conflict", partial(store.approve, version.id, "jan", NOW))
    store.reject(version.id, "", "jan", NOW)
    refused("content-conflict", partial(store.publish, CARD, "", "anna", NOW))


def test_of_two_who_approve_at_once_one_wins(db_url: str, folder: Path) -> None:
    databases = [Database(db_url) for _ in range(4)]
    stores = [ContentStore(database, folder, unchecked) for database in databases]
    stores[0].adopt(NOW)
    for _ in range(3):
        waiting = pending(stores[0])
        start = threading.Barrier(4)

        def approve(place: int, version: Version = waiting, start: object = start) -> str:
            start.wait()  # type: ignore[attr-defined]
            try:
                return stores[place].approve(version.id, f"o{place}", NOW).state
            except RequestError as error:
                return error.code

        with ThreadPoolExecutor(4) as pool:
            ended = sorted(pool.map(approve, range(4)))
        assert ended == ["content-conflict"] * 3 + ["live"]
    all_alike(stores[0], folder)
    for database in databases:
        database.close()


def test_restoring_follows_the_same_rules(store: ContentStore, folder: Path) -> None:
    first = store.live(CARD)
    published(store, f"{first.body}# drugie\n")
    restored = store.restore(CARD, 1, "pomyłka", "jan", NOW)
    assert (restored.number, restored.body, restored.state) == (3, first.body, "live")
    assert deeds(store)[-1] == "restored"
    fee = pending(store)
    store.approve(fee.id, "jan", NOW)
    back = store.restore(CARD, 3, "", "anna", NOW)
    assert back.state == "pending"  # it changes the fee again
    refused("content-own", partial(store.approve, back.id, "anna", NOW))
    store.approve(back.id, "jan", NOW)
    assert store.live(CARD).body == first.body
    all_alike(store, folder)


# --- switching off ---


def test_a_topic_is_switched_off_and_on(database: Database, folder: Path) -> None:
    store = ContentStore(database, folder)  # with the real check
    store.adopt(NOW)
    first = store.live(CARD).body
    off = store.set_active(CARD, False, "awaria", "anna", NOW)
    assert off.state == "live"
    assert '\nid: id_card\n"off": true\n' in f"\n{off.body}"
    refused("content-nothing", partial(store.set_active, CARD, False, "", "anna", NOW))
    assert store.set_active(CARD, True, "", "jan", NOW).body == first
    refused("content-unknown", partial(store.set_active, "office.yml", False, "", "anna", NOW))
    assert deeds(store) == ["switched_off", "switched_on"]
    draft = store.save_draft(CARD, f"{first}# szkic\n", 0, "anna", NOW)
    store.set_active(CARD, False, "", "jan", NOW)
    switched = store.draft(CARD)
    assert switched is not None
    assert (switched.revision, switched.author) == (draft.revision + 1, "anna")
    body = store.publish(CARD, "", "anna", NOW).body
    assert publish.is_off(body)  # publishing the draft does not switch it on
    assert body.endswith("# szkic\n")
    store.set_active(CARD, True, "", "jan", NOW)
    half = store.save_draft(CARD, "nie dokończ", 0, "anna", NOW)  # does not stand in the way
    assert store.set_active(CARD, False, "", "jan", NOW).state == "live"
    assert store.draft(CARD) == half
    all_alike(store, folder)


# --- several machines ---


def two_machines(db_url: str, tmp_path: Path) -> tuple[list[ContentStore], list[ContentSync]]:
    folders = [copy_of_knowledge(tmp_path / name) for name in "ab"]
    databases = [Database(db_url) for _ in folders]
    stores = [ContentStore(databases[i], folders[i], unchecked) for i in range(2)]
    syncs = [ContentSync(databases[i], folders[i], lambda: NOW) for i in range(2)]
    for sync_ in syncs:
        sync_.once()
    return stores, syncs


def test_what_is_published_here_is_told_there(db_url: str, tmp_path: Path) -> None:
    stores, syncs = two_machines(db_url, tmp_path)
    assert [sync_.once() for sync_ in syncs] == [[], []]
    body = published(stores[0], f"{stores[0].live(CARD).body}# nowe\n").body
    other = tmp_path / "b" / "nlu_data"
    assert (other / CARD).read_text() != body
    assert syncs[1].once() == [CARD]
    assert (other / CARD).read_text() == body
    (other / CARD).write_text(f"{body}# ręcznie\n")  # and a hand's work there comes back here
    assert syncs[1].once() == [CARD]
    assert syncs[0].once() == [CARD]
    for _ in range(3):  # they do not fight
        assert [sync_.once() for sync_ in syncs] == [[], []]
    assert stores[0].live(CARD).number == 3
    for store, name in zip(stores, "ab", strict=True):
        all_alike(store, tmp_path / name / "nlu_data")


def test_a_hand_edit_beside_a_publication_elsewhere_is_kept_but_not_live(
    db_url: str, tmp_path: Path
) -> None:
    stores, syncs = two_machines(db_url, tmp_path)
    body = stores[0].live(CARD).body
    (tmp_path / "b" / "nlu_data" / CARD).write_text(f"{body}# ręcznie\n")
    published(stores[0], f"{body}# przez stronę\n")
    assert syncs[1].once() == [CARD]
    assert stores[0].live(CARD).body == f"{body}# przez stronę\n"
    kept = stores[0].versions(CARD)[0]
    assert (kept.body, kept.state, kept.author) == (f"{body}# ręcznie\n", "rejected", "plik")
    all_alike(stores[1], tmp_path / "b" / "nlu_data")
    assert stores[1].restore(CARD, kept.number, "", "anna", NOW).body == kept.body


def test_a_new_machine_gets_what_callers_hear(db_url: str, tmp_path: Path) -> None:
    stores, _ = two_machines(db_url, tmp_path)
    body = stores[0].live(CARD).body
    published(stores[0], f"{body}# nowe\n")
    fresh = copy_of_knowledge(tmp_path / "c")  # as shipped, with one file that nobody knows
    (fresh / PATH).write_text(f"{(fresh / PATH).read_text()}# obce\n")
    database = Database(db_url)
    store = ContentStore(database, fresh, unchecked)
    assert store.adopt(NOW) == [CARD, PATH]
    assert (fresh / CARD).read_text() == f"{body}# nowe\n"
    assert store.versions(PATH)[0].body.endswith("# obce\n")
    assert store.live(PATH).number == 1
    all_alike(store, fresh)
    database.close()


async def test_other_machines_follow_within_two_seconds(db_url: str, tmp_path: Path) -> None:
    stores, syncs = two_machines(db_url, tmp_path)
    running = asyncio.create_task(run_sync(syncs[1]))
    await asyncio.sleep(0.3)
    body = (await asyncio.to_thread(published, stores[0], f"{stores[0].live(CARD).body}#\n")).body
    began = time.monotonic()
    while (tmp_path / "b" / "nlu_data" / CARD).read_text() != body:
        assert time.monotonic() - began < 2
        await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_database_that_is_down_does_not_stop_the_sync(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    class Failing(ContentSync):
        def once(self) -> list[str]:
            tries.append(1)
            if len(tries) < 3:
                raise RecordsError("records-failed")
            if len(tries) < 5:
                raise OSError
            return super().once()

    running = asyncio.create_task(run_sync(Failing(database, folder), 0.01))
    while len(tries) < 6:
        await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert ContentStore(database, folder).live(CARD).number == 1


# --- crashes ---


class _KilledError(BaseException):
    """As a kill: nothing catches it."""


@pytest.mark.parametrize("dies_at", range(5))
def test_a_crash_between_commit_and_file_is_healed(
    store: ContentStore, folder: Path, database: Database, dies_at: int
) -> None:
    """Dies before each step that touches the disk: the state ahead, the file, the state behind."""
    body = store.live(CARD).body
    steps = iter(range(100))

    def replace(file: Path, data: bytes) -> None:
        if next(steps) == dies_at // 2:
            if dies_at % 2:
                file.with_name(f"{file.name}.content-tmp").write_bytes(data[:10])
            raise _KilledError
        real(file, data)

    with pytest.MonkeyPatch.context() as patch:
        real = folder_module._replace
        patch.setattr(folder_module, "_replace", replace)
        with pytest.raises(_KilledError):
            published(store, f"{body}# nowe\n")
    assert store.live(CARD).body == f"{body}# nowe\n"
    # another machine goes on while this one is down
    elsewhere = ContentStore(database, copy_of_knowledge(folder.parent / "b"), unchecked)
    elsewhere.adopt(NOW)
    newest = published(elsewhere, f"{body}# nowe\n# nowsze\n").body
    store.adopt(NOW)
    assert store.live(CARD).body == newest
    assert [version.author for version in store.versions(CARD)] == ["anna", "anna", "plik"]
    assert not list(folder.rglob("*content-tmp"))
    all_alike(store, folder)


def test_a_file_that_cannot_be_written_is_written_later(
    store: ContentStore, folder: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(ContentFolder, "write", full)
        with pytest.raises(OSError):  # known before anything became live
            published(store, f"{store.live(CARD).body}# 1\n")
        assert store.live(CARD).number == 1
    calls = iter((False, True))

    def full_afterwards(self: ContentFolder, *rest: object) -> None:
        if next(calls):
            raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(ContentFolder, "write", full_afterwards)
        assert store.publish(CARD, "", "anna", NOW).state == "live"
    assert ContentSync(database, folder).once() == [CARD]
    all_alike(store, folder)


def test_kill_9_leaves_file_version_and_log_whole(db_url: str, folder: Path) -> None:
    database = Database(db_url)
    store = ContentStore(database, folder, unchecked)
    store.adopt(NOW)
    chance = random.Random(1)
    torn = 0
    context = multiprocessing.get_context("forkserver")  # imports once, not 20 times
    context.set_forkserver_preload(["tests.integration.content_child"])
    for _ in range(20):
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=publish_for_ever, args=(db_url, folder, theirs), daemon=True)
        child.start()
        theirs.close()
        said = [ours.recv()]
        threading.Timer(chance.uniform(0, 0.15), child.kill).start()
        with suppress(EOFError):  # it is dead
            while True:
                said.append(ours.recv())
        child.join(10)
        assert child.exitcode == -signal.SIGKILL
        live = store.live(PATH)
        assert live.number - said[-1] in (0, 1)  # what counted as published is
        torn += (folder / PATH).read_text() != live.body
        store.adopt(NOW)
        assert store.live(PATH) == live  # nothing is taken for a hand's work
        assert [v.state for v in store.versions(PATH)].count("live") == 1
        all_alike(store, folder)
    print("kills between commit and file:", torn)
    numbers = [version.number for version in store.versions(PATH)]
    assert numbers == list(range(len(numbers), 0, -1))
    database.close()


# --- the log ---


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE content_log SET who = 'ewa' WHERE id = 3",
        "UPDATE content_log SET detail = 'wersja 9' WHERE id = 1",
        "UPDATE content_log SET path = 'x' WHERE id = (SELECT max(id) FROM content_log)",
        "DELETE FROM content_log WHERE id = 3",
        "DELETE FROM content_log WHERE id = 1",
        "DELETE FROM content_log WHERE id = (SELECT max(id) FROM content_log)",
        "DELETE FROM content_log",
        "UPDATE content_log SET id = 100000 WHERE id = 3",
        "INSERT INTO content_log SELECT 0, at, who, deed, path, detail, mark "
        "FROM content_log WHERE id = 1",
    ],
)
def test_a_log_that_was_tampered_with_is_not_whole(
    store: ContentStore, database: Database, deed: str
) -> None:
    assert store.log_is_whole()
    assert len(store.log(5)) == 5
    assert store.log(5)[0].id > store.log(5)[1].id
    with database.engine.begin() as connection:
        connection.execute(text(deed))
    assert not store.log_is_whole()


def test_many_writers_do_not_fork_the_log(db_url: str, folder: Path) -> None:
    databases = [Database(db_url) for _ in range(4)]
    stores = [ContentStore(database, folder, unchecked) for database in databases]
    stores[0].adopt(NOW)
    before = stores[0].log(1)[0].id

    def work(place: int) -> None:
        for number in range(15):
            path = f"topics/t{place}.yml"
            stores[place].save_draft(path, str(number), 0, "anna", NOW)
            stores[place].drop_draft(path, "anna", NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert stores[0].log(1)[0].id == before + 60
    assert stores[0].log_is_whole()
    for database in databases:
        database.close()


# --- the whole content ---


def test_export_and_import_give_the_same_bytes(
    store: ContentStore, folder: Path, tmp_path: Path, db_url: str
) -> None:
    published(store, f"{store.live(CARD).body}# zażółć\r\n")
    store.export(tmp_path / "out")
    files = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.yml")}
    assert files == set(store.paths())
    for path in files:
        assert (tmp_path / "out" / path).read_bytes() == (folder / path).read_bytes()
    assert store.import_(tmp_path / "out", "anna", "", NOW).drafts == []  # nothing differs
    store.restore(CARD, 1, "", "anna", NOW)
    done = store.import_(tmp_path / "out", "anna", "gmina Y", NOW)
    assert (done.drafts, done.refused) == ([CARD], {})
    assert store.live(CARD).number == 3  # a draft only
    version = store.publish(CARD, "z innej gminy", "anna", NOW)
    assert version.origin == "gmina Y"
    store.export(tmp_path / "again")
    for path in files:
        assert (tmp_path / "again" / path).read_bytes() == (tmp_path / "out" / path).read_bytes()


def test_an_import_refuses_what_is_broken_or_in_work(
    store: ContentStore, folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / "in"
    (source / "topics").mkdir(parents=True)
    body = (folder / CARD).read_text()
    store.save_draft(CARD, "praca", 0, "jan", NOW)
    for name, data in {
        CARD: f"{body}# cudze\n".encode(),
        PATH: b"id: [",
        "topics/passport.yml": b"\xff",
        "topics/nowa.yml": body.encode(),
        "office.yml": b"- 1\n",
        "README.md": b"",
    }.items():
        (source / name).write_bytes(data)
    done = store.import_(source, "anna", "gmina Y", NOW)
    assert done.drafts == ["topics/nowa.yml"]
    assert set(done.refused) == {CARD, PATH, "topics/passport.yml", "office.yml"}
    assert "YAML" in done.refused[PATH]
    draft = store.draft(CARD)
    assert draft is not None
    assert draft.body == "praca"
    assert [d.path for d in store.drafts()] == [CARD, "topics/nowa.yml"]
    assert "topics/nowa.yml" not in store.paths()
    assert store.versions("topics/nowa.yml") == []
    new = store.publish("topics/nowa.yml", "", "anna", NOW)
    assert (new.number, new.state) == (1, "pending")  # it tells fees and rights
    store.approve(new.id, "jan", NOW)
    all_alike(store, folder)


def test_at_most_one_version_of_a_path_can_be_live(store: ContentStore, database: Database) -> None:
    published(store, f"{store.live(CARD).body}#\n")
    with pytest.raises(RecordsError):
        database.run(
            lambda s: s.execute(
                update(VersionRow).where(VersionRow.path == CARD).values(state="live")
            )
        )
    ids = database.run(lambda s: list(s.scalars(select(VersionRow.id))))
    assert len(ids) == len(set(ids))


def test_a_lost_state_file_is_made_anew(store: ContentStore, folder: Path) -> None:
    assert (folder / HELD).exists()
    (folder / HELD).write_text("zepsuty")  # then the folder is as one that never met the database
    assert store.adopt(NOW) == []
    all_alike(store, folder)


# --- at once, together, from elsewhere ---

NEWS = "incidents.yml"


def test_a_change_at_once_needs_no_draft(store: ContentStore, folder: Path) -> None:
    body = store.live(NEWS).body
    version = store.amend(NEWS, lambda text: f"{text}# pilne\n", "awaria", "anna", NOW)
    assert (version.state, version.reason, version.body) == ("live", "awaria", f"{body}# pilne\n")
    assert (folder / NEWS).read_text() == version.body
    refused("content-nothing", lambda: store.amend(NEWS, lambda text: text, "", "anna", NOW))
    refused("content-unknown", lambda: store.amend("taxonomy.yml", str, "", "anna", NOW))
    refused("content-invalid", lambda: store.amend(NEWS, lambda text: "a: [", "", "anna", NOW))
    all_alike(store, folder)


def test_a_change_at_once_leaves_a_draft_to_be_rebased(store: ContentStore) -> None:
    store.save_draft(NEWS, "incidents: []\n# szkic\n", 0, "jan", NOW)
    store.amend(NEWS, lambda text: f"{text}# pilne\n", "awaria", "anna", NOW)
    refused("content-conflict", lambda: store.publish(NEWS, "", "jan", NOW))
    draft = store.draft(NEWS)
    assert draft is not None
    assert draft.body.endswith("# szkic\n")


def test_many_changes_at_once_lose_nothing(db_url: str, folder: Path) -> None:
    databases = [Database(db_url) for _ in range(3)]
    stores = [ContentStore(one, folder, unchecked) for one in databases]
    stores[0].adopt(NOW)

    def deed(number: int) -> None:
        change = f"# {number}\n"
        while True:  # whom too many others overtake is told so, and tries again
            try:
                stores[number % 3].amend(NEWS, lambda text: text + change, "", "anna", NOW)
            except RequestError as error:
                assert error.code == "content-conflict"
            else:
                return

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(deed, range(12)))
    body = stores[0].live(NEWS).body
    assert sorted(line for line in body.splitlines() if line[2:].isdigit()) == sorted(
        f"# {number}" for number in range(12)
    )
    assert stores[0].log_is_whole()
    for one in databases:
        one.close()


def incoming(store: ContentStore, path: str, more: str = "# Gdynia\n") -> Incoming:
    live = store.live(path)
    return Incoming(path, live.body + more, live.body + more, "Gdynia", live.number)


def test_files_are_taken_in_together_or_not_at_all(store: ContentStore) -> None:
    both = [incoming(store, CARD), incoming(store, PATH)]
    store.save_draft(PATH, "praca", 0, "jan", NOW)
    told = refused("content-conflict", lambda: store.take_in(both, "anna", NOW))
    assert PATH in told
    assert [draft.path for draft in store.drafts()] == [PATH]
    assert [one.number for one in store.versions(CARD)] == [1]
    store.drop_draft(PATH, "jan", NOW)
    old = [both[0], replace(both[1], number=0)]
    refused("content-conflict", lambda: store.take_in(old, "anna", NOW))
    broken = [both[0], replace(both[1], body="a: [")]
    refused("content-invalid", lambda: store.take_in(broken, "anna", NOW))
    assert store.drafts() == []
    store.take_in(both, "anna", NOW)
    assert {draft.path for draft in store.drafts()} == {CARD, PATH}
    assert deeds(store)[-2:] == ["imported", "imported"]


def test_drafts_are_published_together_or_not_at_all(database: Database, folder: Path) -> None:
    def together(place: Path, today: object) -> list[str]:
        marks = ["# Gdynia" in (place / path).read_text() for path in (CARD, PATH)]
        return ["tylko razem"] if any(marks) and not all(marks) else []

    store = ContentStore(database, folder, together)
    store.adopt(NOW)
    store.take_in([incoming(store, CARD), incoming(store, PATH)], "anna", NOW)
    refused("content-invalid", lambda: store.publish(CARD, "", "anna", NOW))
    refused("content-nothing", lambda: store.publish_all([CARD, "office.yml"], "", "anna", NOW))
    assert store.draft(CARD) is not None
    done = store.publish_all([CARD, PATH], "z Gdyni", "anna", NOW)
    assert [(one.path, one.state, one.origin) for one in done] == [
        (CARD, "live", "Gdynia"),
        (PATH, "live", "Gdynia"),
    ]
    assert store.drafts() == []
    all_alike(store, folder)


def test_what_another_city_sent_is_kept_to_compare_with(store: ContentStore) -> None:
    assert origin_of(store.versions(CARD)) is None
    store.take_in([incoming(store, CARD)], "anna", NOW)
    assert origin_of(store.versions(CARD)) is None  # only a draft
    store.publish(CARD, "z Gdyni", "anna", NOW)
    first = store.live(CARD).body
    found = origin_of(store.versions(CARD))
    assert found == Origin("Gdynia", first, changed=False)
    published(store, f"{first}# nasze\n")
    assert origin_of(store.versions(CARD)) == Origin("Gdynia", first, changed=True)
    merged = Incoming(CARD, f"{first}# nasze\n# nowe\n", f"{first}# nowe\n", "Gdynia",
                      store.live(CARD).number)  # fmt: skip
    store.take_in([merged], "anna", NOW)
    assert sent_text(store.versions(CARD), "Gdynia") == first  # an import not taken over yet
    store.publish(CARD, "z Gdyni", "anna", NOW)
    assert sent_text(store.versions(CARD), "Gdynia") == f"{first}# nowe\n"
    assert sent_text(store.versions(CARD), "Sopot") == ""


def test_the_sync_tells_of_what_this_very_process_published(
    store: ContentStore, database: Database, folder: Path
) -> None:
    sync_ = ContentSync(database, folder, lambda: NOW)
    assert sync_.once() == []
    published(store, f"{store.live(CARD).body}# nowe\n")
    assert sync_.once() == [CARD]  # so that it is rendered before a caller asks
    assert sync_.once() == []


async def test_a_slow_rendering_does_not_hold_the_next_change_back(
    store: ContentStore, database: Database, folder: Path
) -> None:
    calls: list[int] = []
    first, release = asyncio.Event(), asyncio.Event()

    async def render() -> None:
        calls.append(len(calls))
        first.set()
        await release.wait()

    sync_ = ContentSync(database, folder, lambda: NOW)
    running = asyncio.create_task(run_sync(sync_, 0.01, render))
    (folder / CARD).write_text(f"{store.live(CARD).body}# ręcznie\n")
    await asyncio.wait_for(first.wait(), 30)
    (folder / PATH).write_text(f"{store.live(PATH).body}# ręcznie\n")
    while not (await asyncio.to_thread(store.live, PATH)).body.endswith("# ręcznie\n"):
        await asyncio.sleep(0.01)
    assert calls == [0]  # the first rendering still goes on
    release.set()
    while len(calls) < 2:
        await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
