"""The embedded calendar on a real SQLite file and a real PostgreSQL server: what must hold when
many book at once, when a process dies, and when times get free again."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.integration.visits_child import KNOWLEDGE, MONDAY, NOW, PLAN, all_times, attempts
from visits.book import EmbeddedBook
from visits.calendar import tick_of
from visits.events import Event
from visits.models import DeskRow, TickRow, VisitRow, WaitingRow
from visits.seed import run_seeding, seed
from visits.values import FreeTime, VisitError, Visitor, Wanted
from voice_gateway.records.database import Database, RecordsError
from voice_gateway.records.models import Base

ROOT = Path(__file__).resolve().parents[2]
CHILD = [sys.executable, "-m", "tests.integration.visits_child"]
MINUTE = timedelta(minutes=1)
PLACES = 2 * len(all_times())  # at the front desk on Monday
ANNA = Visitor("Wiśniewska", "600100200", "anna@example.com")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "visits.yml"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture
def database(db_url: str, plan: Path) -> Iterator[Database]:
    database = Database(db_url)
    seed(database, plan, KNOWLEDGE)
    yield database
    database.close()


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def book(database: Database, told: list[Event]) -> EmbeddedBook:
    return EmbeddedBook(database, lambda session, event: told.append(event))


def rows(database: Database, state: str | None = None) -> list[VisitRow]:
    query = select(VisitRow).order_by(VisitRow.id)
    if state:
        query = query.where(VisitRow.state == state)
    return database.run(lambda session: list(session.scalars(query)))


def check_ticks(database: Database) -> None:
    """Every visit that takes time has exactly its ticks, and nobody else has any."""
    kept = database.run(lambda session: list(session.scalars(select(TickRow))))
    ticks = Counter((tick.visit_id, tick.desk, tick.place, tick.tick_start) for tick in kept)
    right = Counter(
        (row.id, row.desk, row.desk_place, tick)
        for row in rows(database)
        if row.state != "cancelled"
        for tick in range(tick_of(row.starts_at), tick_of(row.ends_at))
    )
    assert ticks == right


def booked(
    book: EmbeddedBook, talk: str, free: FreeTime, visitor: Visitor = ANNA, now: datetime = NOW
) -> str:
    book.hold(free, talk, now)
    return book.confirm(talk, visitor, now).number


def test_the_tables_are_those_of_the_code(database: Database) -> None:
    with database.engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_five_hundred_attempts_book_every_place_once(db_url: str, database: Database) -> None:
    """From six threads with connections of their own and two other processes."""
    processes = [
        subprocess.Popen(
            [*CHILD, "attempts", db_url, str(first), "100"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for first in (0, 100)
    ]
    with ThreadPoolExecutor(6) as threads:
        done = threads.map(partial(attempts, db_url, count=50), range(200, 500, 50))
        numbers = [number for each in done for number in each]
    for process in processes:
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        numbers += output.split()
    kept = rows(database)
    assert len(numbers) == len(set(numbers)) == PLACES
    assert {row.number for row in kept if row.state == "booked"} == set(numbers)
    assert len(kept) == PLACES
    assert len({(row.starts_at, row.desk_place) for row in kept}) == PLACES
    check_ticks(database)


def test_kill_9_in_the_middle_of_booking_leaves_nothing_half_done(
    db_url: str, database: Database
) -> None:
    dice = random.Random(7)  # a fixed seed, so that a failure can be played again
    server = subprocess.Popen(
        [*CHILD, "forks", db_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        cwd=ROOT,
    )
    assert server.stdin and server.stdout
    confirmed: set[str] = set()
    for _ in range(50):
        print(file=server.stdin, flush=True)
        booked, last = [], dice.randrange(4)  # after so many bookings and a moment it dies
        child = int(server.stdout.readline())
        while len(booked) < last:
            booked.append(server.stdout.readline().strip())
        time.sleep(dice.uniform(0, 0.03))
        os.kill(child, signal.SIGKILL)
        booked += iter(lambda: server.stdout.readline().strip(), "dead")  # type: ignore[union-attr]  # asserted above
        confirmed.update(booked)
    server.stdin.close()
    assert server.wait(10) == 0
    check_ticks(database)
    kept = {row.number for row in rows(database, "booked")}
    assert len(confirmed) > 40
    assert confirmed <= kept
    assert len(kept) <= len(confirmed) + 50  # each may have died between booking and saying so
    assert len(rows(database, "held")) <= 50
    EmbeddedBook(database).sweep(NOW + 5 * MINUTE)
    assert rows(database, "held") == []
    check_ticks(database)


def test_one_phone_that_books_in_many_talks_at_once_holds_no_more_than_allowed(
    db_url: str, database: Database
) -> None:
    book = EmbeddedBook(database)
    for place, free in enumerate(all_times()[:8]):
        book.hold(free, f"t{place}", NOW)

    def confirm(place: int) -> str:
        database = Database(db_url)
        try:
            return EmbeddedBook(database).confirm(f"t{place}", ANNA, NOW).number
        except VisitError as error:
            return error.code
        finally:
            database.close()

    with ThreadPoolExecutor(8) as threads:
        results = Counter(threads.map(confirm, range(8)))
    assert results["visit-too-many"] == 6
    assert len(rows(database, "booked")) == 2


def test_the_same_deed_at_once_from_many_connections_is_done_once(
    db_url: str, database: Database
) -> None:
    free = all_times()[0]

    def hold(book: EmbeddedBook) -> int:
        return book.hold(free, "t1", NOW).id

    def confirm(book: EmbeddedBook) -> int:
        return book.confirm("t1", ANNA, NOW).id

    databases = [Database(db_url) for _ in range(6)]
    books = [EmbeddedBook(each) for each in databases]
    with ThreadPoolExecutor(6) as threads:
        ids = {*threads.map(hold, books)} | {*threads.map(confirm, books)}
    assert ids == {row.id for row in rows(database)}
    assert len(ids) == 1
    for each in databases:
        each.close()


def test_two_talks_that_swap_their_times_do_not_wait_for_each_other(
    db_url: str, database: Database
) -> None:
    """Each lets go of what the other wants: a deadlock on PostgreSQL, done again by the book."""
    first, second = (replace(free, desk="back") for free in all_times()[:2])
    book, other = EmbeddedBook(database), EmbeddedBook(Database(db_url))
    book.hold(first, "t1", NOW)
    book.hold(second, "t2", NOW)

    def swap(book: EmbeddedBook, talk: str, free: FreeTime) -> str:
        try:
            return book.hold(free, talk, NOW).state
        except VisitError as error:
            return error.code

    with ThreadPoolExecutor(2) as threads:
        done = [
            threads.submit(swap, book, "t1", second),
            threads.submit(swap, other, "t2", first),
        ]
        assert {future.result() for future in done} <= {"held", "visit-taken"}
    other._database.close()
    check_ticks(database)
    assert len(rows(database, "held")) == 2


def test_a_deed_is_kept_exactly_when_its_message_is(database: Database) -> None:
    def broken(session: Session, event: Event) -> None:
        raise ValueError(event.kind)

    book = EmbeddedBook(database, broken)
    book.hold(all_times()[0], "t1", NOW)
    with pytest.raises(ValueError, match="booked"):
        book.confirm("t1", ANNA, NOW)
    assert rows(database, "booked") == []
    assert EmbeddedBook(database).confirm("t1", ANNA, NOW).state == "booked"


def test_what_is_told_of_a_visit(book: EmbeddedBook, told: list[Event]) -> None:
    first, second = all_times()[:2]
    number = booked(book, "t1", first)
    book.confirm("t1", ANNA, NOW)
    book.hold(second, "t2", NOW)
    for _ in range(2):
        book.move(number, ANNA.phone, "t2", NOW)
    for _ in range(2):
        book.cancel(number, ANNA.phone, NOW)
    assert [event.kind for event in told] == ["booked", "moved", "cancelled"]
    assert [event.visit.revision for event in told] == [0, 1, 2]
    assert [event.previous for event in told] == [None, first.starts_at, None]
    assert {event.service.name for event in told} == {"dowód"}
    assert told[1].visit.starts_at == second.starts_at


# --- the waiting list ---

MORNING = Wanted("id_card", MONDAY, MONDAY, to_time=all_times()[3].starts_at.time())
EWA, OLA, IGA = (Visitor(name, f"60000000{i}") for i, name in enumerate(("Ewa", "Ola", "Iga")))


@pytest.fixture
def full(book: EmbeddedBook, told: list[Event]) -> list[str]:
    """Numbers of the visits that fill the morning at the front and back desk, in order."""
    numbers = []
    while free := book.free_times(MORNING, NOW, limit=1):
        numbers.append(booked(book, f"full-{len(numbers)}", free[0], Visitor("Pełny")))
    told.clear()
    return numbers


def test_time_that_gets_free_is_offered_in_the_order_of_waiting(
    book: EmbeddedBook, full: list[str], told: list[Event], database: Database
) -> None:
    book.wait(Wanted("id_card", MONDAY, MONDAY, weekdays=frozenset({4})), ANNA, "w0", NOW)
    for talk, visitor in (("w1", EWA), ("w2", OLA), ("w3", IGA)):
        book.wait(MORNING, visitor, talk, NOW)
    book.cancel(full[0], "Pełny", NOW)
    [cancelled, offer] = told
    assert (cancelled.kind, offer.kind) == ("cancelled", "offered")
    assert (offer.visit.visitor, offer.visit.state) == (EWA, "offered")
    assert offer.visit.starts_at == cancelled.visit.starts_at
    assert offer.visit.until == offer.visit.starts_at  # sooner than in two hours
    assert book.find(offer.visit.number, "ewa", NOW) == offer.visit
    with pytest.raises(VisitError, match="no such visit"):  # it must be accepted first
        book.move(offer.visit.number, "ewa", "t1", NOW)
    accepted = book.accept(offer.visit.number, EWA.phone, NOW)
    assert (accepted.state, accepted.until) == ("booked", None)
    assert book.accept(offer.visit.number, EWA.phone, NOW) == accepted
    assert [event.kind for event in told[2:]] == ["booked"]
    book.cancel(offer.visit.number, EWA.phone, NOW)  # she changes her mind: Ola is next
    assert [event.visit.visitor for event in told[4:]] == [OLA]
    assert book.wait(MORNING, IGA, "w3", NOW).ahead == 1  # Anna, for another day
    check_ticks(database)


def test_an_offer_that_is_declined_or_runs_out_goes_on(
    book: EmbeddedBook, told: list[Event], database: Database
) -> None:
    times = book.free_times(Wanted("id_card", MONDAY + timedelta(days=1)), NOW, limit=1)
    numbers = [booked(book, f"tue-{i}", times[0], Visitor("Pełny")) for i in range(2)]
    told.clear()
    tuesday = times[0].starts_at.date()
    only = Wanted("id_card", tuesday, tuesday)
    for talk, visitor in (("w1", EWA), ("w2", OLA), ("w3", IGA)):
        book.wait(only, visitor, talk, NOW)
    book.cancel(numbers[0], "Pełny", NOW)
    first = told[-1].visit
    assert (first.visitor, first.until) == (EWA, NOW + 120 * MINUTE)
    assert book.cancel(first.number, EWA.phone, NOW).state == "cancelled"
    assert [event.kind for event in told] == ["cancelled", "offered", "offered"]
    second = told[-1].visit
    assert second.visitor == OLA
    book.sweep(NOW + 119 * MINUTE)
    assert book.find(second.number, OLA.phone, NOW) == second
    book.sweep(NOW + 120 * MINUTE)
    third = told[-1].visit
    assert (third.visitor, third.until) == (IGA, NOW + 240 * MINUTE)
    for number in (first.number, second.number):
        with pytest.raises(VisitError, match="no such visit"):
            book.accept(number, OLA.phone, NOW)
    # nobody else waits; the next who asks for times frees this one
    later = NOW + 240 * MINUTE
    assert [f.starts_at for f in book.free_times(only, later, limit=1)] == [times[0].starts_at]
    assert len(told) == 4
    check_ticks(database)


def test_moving_offers_the_old_time_also_to_a_shorter_service(
    book: EmbeddedBook, told: list[Event], database: Database
) -> None:
    eight, later = (
        FreeTime("id_card", "back", free.starts_at, free.ends_at) for free in all_times()[:2]
    )
    number = booked(book, "t1", eight)
    booked(book, "t2", later, OLA)
    pesel = Wanted("pesel", MONDAY, MONDAY)
    while free := book.free_times(pesel, NOW, limit=1):
        booked(book, f"p-{free[0].starts_at:%H%M}", free[0], Visitor("Pełny"))
    book.wait(pesel, EWA, "w1", NOW)
    book.wait(pesel, IGA, "w2", NOW)
    told.clear()
    book.hold(all_times()[3], "t1", NOW)
    book.move(number, ANNA.phone, "t1", NOW)  # 8:00-8:20 gets free: one visit of 15 minutes
    assert [(event.kind, event.visit.visitor) for event in told] == [
        ("moved", ANNA),
        ("offered", EWA),
    ]
    assert told[1].visit.starts_at == eight.starts_at
    check_ticks(database)


def test_two_times_that_get_free_at_once_go_to_two_people(
    db_url: str, book: EmbeddedBook, full: list[str], database: Database
) -> None:
    for place in range(4):
        book.wait(MORNING, replace(EWA, surname=f"Ewa{'abcd'[place]}"), f"w{place}", NOW)

    def cancel(number: str) -> None:
        database = Database(db_url)
        EmbeddedBook(database).cancel(number, "Pełny", NOW)
        database.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(cancel, full[:4]))
    offers = rows(database, "offered")
    assert sorted(row.surname for row in offers) == ["Ewaa", "Ewab", "Ewac", "Ewad"]
    check_ticks(database)


def test_who_waited_for_a_day_that_is_over_waits_no_more(
    book: EmbeddedBook, database: Database
) -> None:
    book.wait(MORNING, EWA, "w1", NOW)
    book.sweep(NOW + timedelta(days=1))
    states = database.run(lambda session: list(session.scalars(select(WaitingRow.state))))
    assert states == ["done"]
    assert book.wait(MORNING, EWA, "w1", NOW).ahead == 0  # a new place


# --- the plan in the database ---


def test_seeding_again_changes_nothing_and_a_new_file_updates(
    book: EmbeddedBook, database: Database, plan: Path
) -> None:
    assert not seed(database, plan, KNOWLEDGE)
    number = booked(book, "t1", all_times()[0])
    changed = PLAN.replace("8:00-12:00", "9:00-11:00").replace("hold_min: 5", "hold_min: 9")
    services = changed.partition("services:")
    without = services[2].partition("  - {id: pesel")
    plan.write_text(services[0] + "services:" + without[0], encoding="utf-8")
    assert seed(database, plan, KNOWLEDGE)
    assert not seed(database, plan, KNOWLEDGE)
    assert [service.id for service in book.services()] == ["id_card"]
    assert book.free_times(Wanted("id_card"), NOW)[0].desk == "back"  # opens at eight as before
    with pytest.raises(VisitError, match="off the grid"):
        book.hold(all_times()[0], "t2", NOW)
    assert book.hold(all_times()[3], "t2", NOW).until == NOW + 9 * MINUTE
    assert book.find(number, ANNA.phone, NOW).starts_at == all_times()[0].starts_at
    assert book.cancel(number, ANNA.phone, NOW).state == "cancelled"


def test_a_visit_of_a_service_that_is_gone_can_still_be_cancelled(
    book: EmbeddedBook, told: list[Event], database: Database, plan: Path
) -> None:
    number = booked(book, "t1", all_times()[0])
    lines = [
        line for line in PLAN.splitlines() if "id_card" not in line and "desks: [front" not in line
    ]
    kept = "\n".join(line for line in lines if "length_min: 20" not in line)
    kept = kept.replace("  - {id: front", "  - {id: new", 1)
    plan.write_text(kept, encoding="utf-8")
    assert seed(database, plan, KNOWLEDGE)
    assert "id_card" not in [service.id for service in book.services()]
    book.cancel(number, ANNA.phone, NOW)
    assert told[-1].service.name == "dowód"
    active = database.run(lambda session: session.get_one(DeskRow, "front").active)
    assert not active


def test_processes_that_seed_at_once_take_turns(db_url: str, plan: Path) -> None:
    def start(_: int) -> bool:
        database = Database(db_url)
        try:
            return seed(database, plan, KNOWLEDGE)
        finally:
            database.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(start, range(4))) == [False, False, False, True]


def test_before_seeding_there_is_nothing_to_book(db_url: str) -> None:
    database = Database(db_url)
    book = EmbeddedBook(database)
    assert book.services() == []
    with pytest.raises(VisitError):
        book.free_times(Wanted("id_card"), NOW)
    database.close()


# --- for the office ---


def test_what_the_office_sees_and_forgets(
    book: EmbeddedBook, told: list[Event], database: Database
) -> None:
    first, second = all_times()[:2]
    number = booked(book, "t1", first)
    other = booked(book, "t2", second, OLA)
    book.hold(all_times()[2], "t3", NOW)
    book.cancel(other, OLA.phone, NOW)
    assert [visit.number for visit in book.day("front", MONDAY)] == [number]
    assert book.day("back", MONDAY) == book.day("front", MONDAY + timedelta(days=1)) == []
    assert [visit.number for visit in book.between(MONDAY, MONDAY)] == [number, other]
    assert [visit.number for visit in book.coming(NOW)] == [number]
    assert book.coming(first.starts_at) == []
    assert [desk.where_spoken for desk in book.desks()] == ["na parterze"] * 3
    book.wait(MORNING, EWA, "w1", NOW)
    assert book.forget(first.ends_at) == 0  # ended not before
    assert book.forget(NOW + timedelta(days=1)) == 2
    assert book.forget(NOW + timedelta(days=1)) == 0
    assert {(row.surname, row.phone, row.email) for row in rows(database)} == {("", "", "")}
    left = select(func.count()).select_from(WaitingRow)
    assert database.run(lambda session: session.scalar(left)) == 0


def test_names_that_databases_refuse_are_kept_cleaned(book: EmbeddedBook) -> None:
    strange = Visitor("No\0wak\ud800" + "x" * 500, "5" * 99, "@" * 999)
    number = booked(book, "t" * 500, all_times()[0], strange)
    visit = book.confirm("t" * 500, strange, NOW)
    assert visit.number == number
    assert visit.visitor.surname.startswith("Nowak?x")


def test_a_database_that_is_away_is_told_from_a_refusal(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(RecordsError):
        EmbeddedBook(database).services()
    database.close()


def test_many_threads_of_one_book_take_turns(database: Database) -> None:
    book = EmbeddedBook(database)
    times = book.free_times(Wanted("waste_fee"), NOW, limit=40)

    def one(place: int) -> str:
        return booked(book, f"t{place}", times[place], Visitor("Nowak"))

    with ThreadPoolExecutor(20) as threads:
        assert len(set(threads.map(one, range(40)))) == 40
    check_ticks(database)


def test_visits_that_no_longer_fit_are_kept_and_told(
    book: EmbeddedBook, database: Database, plan: Path
) -> None:
    first = all_times()[0]  # at "front", where two are received
    numbers = [booked(book, f"t{n}", first, replace(ANNA, phone=f"60010020{n}")) for n in (1, 2)]
    assert book.misfits(NOW) == []

    def told_after(changed: str) -> list[tuple[str, str]]:
        plan.write_text(changed, encoding="utf-8")
        seed(database, plan, KNOWLEDGE)
        return [(one.visit.number, one.why_pl) for one in book.misfits(NOW)]

    [(number, why)] = told_after(PLAN.replace("places: 2", "places: 1"))
    assert number == numbers[1]
    assert "mniej osób" in why
    closed = told_after(PLAN.replace("monday: 8:00-12:00", "monday: 9:00-12:00"))
    assert [why for _, why in closed] == ["stanowisko jest wtedy nieczynne"] * 2
    moved = told_after(PLAN.replace("desks: [front, back]", "desks: [back]", 1))
    assert [number for number, _ in moved] == numbers
    assert "przy tym stanowisku" in moved[0][1]
    gone = told_after(PLAN.replace("id: front", "id: new").replace("[front", "[new"))
    assert [why for _, why in gone] == ["tego stanowiska już nie ma w planie"] * 2
    assert {one.desk.name for one in book.misfits(NOW)} == {"stanowisko 2"}
    assert told_after(PLAN) == []
    assert book.find(numbers[0], ANNA.phone[:-1] + "1", NOW).starts_at == first.starts_at
    check_ticks(database)


async def test_a_new_plan_holds_without_a_restart(
    book: EmbeddedBook, database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "knowledge"
    folder.mkdir()
    for name in ("office.yml", "taxonomy.yml"):
        shutil.copy(KNOWLEDGE / name, folder / name)
    (folder / "visits.yml").write_text(PLAN, encoding="utf-8")
    running = asyncio.create_task(run_seeding(database, folder, 0.01))

    async def lasts(length: int) -> bool:
        for _ in range(1000):
            services = await asyncio.to_thread(book.services)
            if {one.id: one.length_min for one in services}.get("id_card") == length:
                return True
            await asyncio.sleep(0.01)
        return False

    def save(text: str) -> None:
        unfinished = folder / "new"
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(folder / "visits.yml")

    save(PLAN.replace("length_min: 20", "length_min: 25"))
    assert await lasts(25)
    save("desks: 1\n")  # a broken file leaves the plan as it is, and the next one is taken
    await asyncio.sleep(0.1)
    assert await lasts(25)
    save(PLAN.replace("length_min: 20", "length_min: 30"))
    assert await lasts(30)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
