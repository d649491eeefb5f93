"""What every book of visits must do, whoever keeps it. Written against the port alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from tests.integration.postgres import new_database
from tests.integration.visits_child import KNOWLEDGE, MONDAY, NOW, PLAN
from visits.book import EmbeddedBook
from visits.ports import VisitBook
from visits.reservation_number import check_digit
from visits.seed import seed
from visits.values import FreeTime, Visit, VisitError, Visitor, Wanted
from voice_gateway.records.database import Database, upgrade

ANNA = Visitor("Wiśniewska-Nowak", "600100200", "anna@example.com")
JAN = Visitor("Kowalski", "600300400")
MINUTE = timedelta(minutes=1)


def embedded(url: str, folder: Path) -> Iterator[VisitBook]:
    upgrade(url)
    plan = folder / "visits.yml"
    plan.write_text(PLAN, encoding="utf-8")
    database = Database(url)
    seed(database, plan, KNOWLEDGE)
    yield EmbeddedBook(database)
    database.close()


def embedded_sqlite(request: pytest.FixtureRequest, folder: Path) -> Iterator[VisitBook]:
    return embedded(f"sqlite:///{folder / 'halo.db'}", folder)


def embedded_postgres(request: pytest.FixtureRequest, folder: Path) -> Iterator[VisitBook]:
    return embedded(new_database(request.getfixturevalue("postgres")), folder)


BOOKS = [embedded_sqlite, pytest.param(embedded_postgres, marks=pytest.mark.postgres)]


@pytest.fixture(params=BOOKS)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VisitBook]:
    make: Callable[[pytest.FixtureRequest, Path], Iterator[VisitBook]] = request.param
    yield from make(request, tmp_path)


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute) + timedelta(days=days)


def starts(times: Sequence[FreeTime]) -> list[str]:
    return [f"{t.starts_at:%a %H:%M} {t.desk}" for t in times]


def id_card(
    starts_at: datetime, desk: str = "front", service: str = "id_card", minutes: int = 20
) -> FreeTime:
    return FreeTime(service, desk, starts_at, starts_at + timedelta(minutes=minutes))


def booked(
    book: VisitBook, talk: str, starts_at: datetime, visitor: Visitor = ANNA, desk: str = "front"
) -> Visit:
    book.hold(id_card(starts_at, desk), talk, NOW)
    return book.confirm(talk, visitor, NOW)


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(VisitError) as caught:
        yield
    assert caught.value.code == code


def test_services_are_those_of_the_plan(book: VisitBook) -> None:
    assert [s.id for s in book.services()] == ["id_card", "pesel", "waste_fee"]
    assert book.services()[0].about == "w sprawie dowodu"


def test_free_times_come_in_order_once_for_each_moment(book: VisitBook) -> None:
    times = book.free_times(Wanted("id_card"), NOW)
    assert starts(times) == ["Mon 08:00 front", "Mon 08:20 front", "Mon 08:40 front"]
    assert times[0].starts_at == at(8) and times[0].length == timedelta(minutes=20)
    assert times[0].starts_at.utcoffset() == timedelta(hours=1)
    more = book.free_times(Wanted("id_card"), NOW, after=times[2].starts_at, limit=9)
    assert starts(more) == [
        *("Mon 09:00 front", "Mon 09:20 front", "Mon 09:40 front"),
        *("Mon 10:20 front", "Mon 10:40 front", "Mon 11:00 front", "Mon 11:20 front"),  # a break
        *("Mon 11:40 front", "Tue 08:00 front"),
    ]


def test_free_times_fit_what_is_wanted(book: VisitBook) -> None:
    def found(**wanted: object) -> list[str]:
        return starts(book.free_times(Wanted("id_card", **wanted), NOW, limit=3))  # type: ignore[arg-type]  # fields of the test's choice

    tuesday = MONDAY + timedelta(days=1)
    assert found(first=tuesday)[0] == "Tue 08:00 front"
    assert found(first=MONDAY, last=MONDAY, from_time=time(11, 30)) == ["Mon 11:40 front"]
    nine = found(from_time=time(9), to_time=time(9, 20), weekdays=frozenset({1}))
    assert nine == ["Tue 09:00 front"] * 3  # three weeks
    assert found(weekdays=frozenset({2}))[:2] == ["Wed 08:00 back", "Wed 08:20 back"]
    assert found(weekdays=frozenset({6})) == []
    assert found(first=tuesday, last=MONDAY) == []
    assert found(first=MONDAY + timedelta(days=60)) == []  # nobody can book so far ahead
    with refused("visit-service-unknown"):
        book.free_times(Wanted("flying"), NOW)


def test_neither_the_past_nor_the_next_minutes_are_free(book: VisitBook) -> None:
    times = book.free_times(Wanted("id_card"), at(8, 15), limit=1)  # lead time is half an hour
    assert starts(times) == ["Mon 09:00 front"]
    exactly = book.free_times(Wanted("id_card"), at(8, 10), limit=1)
    assert starts(exactly) == ["Mon 08:40 front"]


def test_a_held_time_is_free_for_nobody_else(book: VisitBook) -> None:
    first = book.hold(id_card(at(8)), "t1", NOW)
    assert (first.state, first.until) == ("held", NOW + 5 * MINUTE)
    second = book.hold(id_card(at(8)), "t2", NOW)
    assert {first.desk_place, second.desk_place} == {0, 1}
    assert starts(book.free_times(Wanted("id_card"), NOW, limit=1)) == ["Mon 08:00 back"]
    book.hold(id_card(at(8), "back"), "t3", NOW)
    assert starts(book.free_times(Wanted("id_card"), NOW, limit=1)) == ["Mon 08:20 front"]
    with refused("visit-taken"):
        book.hold(id_card(at(8)), "t4", NOW)
    book.release("t1")
    book.release("t1")
    assert book.hold(id_card(at(8)), "t4", NOW).desk_place == first.desk_place


def test_visits_of_different_length_do_not_overlap(book: VisitBook) -> None:
    book.hold(id_card(at(8, 15), "back", "pesel", 15), "t1", NOW)  # 8:15 to 8:30
    for minute in (0, 20):
        with refused("visit-taken"):
            book.hold(id_card(at(8, minute), "back"), "t2", NOW)
    book.hold(id_card(at(8, 40), "back"), "t2", NOW)
    assert starts(book.free_times(Wanted("pesel", MONDAY, MONDAY), NOW)) == ["Mon 08:00 back"]


def test_a_talk_holds_one_time_and_holding_it_again_is_the_same(book: VisitBook) -> None:
    first = book.hold(id_card(at(8), "back"), "t1", NOW)
    assert book.hold(id_card(at(8), "back"), "t1", NOW + MINUTE) == first
    book.hold(id_card(at(8, 20), "back"), "t1", NOW)
    assert book.hold(id_card(at(8), "back"), "t2", NOW).state == "held"
    with refused("visit-taken"):  # and then it keeps what it has
        book.hold(id_card(at(8, 20), "back"), "t2", NOW)
    assert book.confirm("t2", JAN, NOW).starts_at == at(8)


def test_what_never_was_free_cannot_be_held(book: VisitBook) -> None:
    wrong = [
        id_card(at(8, 10)),  # off the grid
        id_card(at(8, 20, days=1) + timedelta(seconds=1)),
        id_card(at(10)),  # a break
        id_card(at(11, 50)),  # would last longer than the desk is open
        id_card(at(8, days=2)),  # this desk is closed on Wednesdays
        id_card(at(8), minutes=40),
        id_card(at(8), desk="long"),
        id_card(at(8), desk="nowhere"),
        id_card(at(8, days=-7)),
        id_card(at(8, days=35)),
        id_card(at(8, days=28)),  # Easter Monday
        id_card(at(8).replace(tzinfo=None)),
    ]
    for free in wrong:
        with refused("visit-not-bookable"):
            book.hold(free, "t1", NOW)
    with refused("visit-not-bookable"):
        book.hold(id_card(at(8)), "t1", at(7, 31))  # too soon
    with refused("visit-service-unknown"):
        book.hold(id_card(at(8), service="flying"), "t1", NOW)


def test_confirming_books_once(book: VisitBook) -> None:
    held = book.hold(id_card(at(8)), "t1", NOW)
    visit = book.confirm("t1", ANNA, NOW + MINUTE)
    assert (visit.state, visit.number, visit.visitor) == ("booked", held.number, ANNA)
    assert visit.until is None
    assert book.confirm("t1", ANNA, NOW + 60 * MINUTE) == visit  # long after the hold ended
    assert book.find(visit.number, "600100200", NOW) == visit
    assert len(visit.number) == 8 and check_digit(visit.number) == "0"


def test_one_talk_can_book_twice_after_holding_twice(book: VisitBook) -> None:
    first = booked(book, "t1", at(8))
    second = booked(book, "t1", at(9))
    assert second.id != first.id
    assert book.confirm("t1", ANNA, NOW) == second
    assert book.find(first.number, ANNA.surname, NOW) == first


def test_a_hold_that_ran_out_is_not_booked(book: VisitBook) -> None:
    with refused("visit-hold-expired"):
        book.confirm("t1", ANNA, NOW)
    booked(book, "t1", at(8), JAN)
    book.hold(id_card(at(9), "front"), "t1", NOW)
    with refused("visit-hold-expired"):  # and not the visit booked before
        book.confirm("t1", ANNA, NOW + 5 * MINUTE)
    book.hold(id_card(at(9)), "t2", NOW + 5 * MINUTE)
    book.hold(id_card(at(9)), "t3", NOW + 5 * MINUTE)  # both places are free again
    with refused("visit-hold-expired"):
        book.confirm("t1", ANNA, NOW + 6 * MINUTE)
    book.release("t2")
    with refused("visit-hold-expired"):
        book.confirm("t2", ANNA, NOW + 6 * MINUTE)


def test_one_phone_holds_so_many_visits(book: VisitBook) -> None:
    booked(book, "t1", at(8))
    second = booked(book, "t2", at(9), replace(ANNA, phone="+48 600 100 200"))
    assert second.visitor.phone == "600100200"
    book.hold(id_card(at(11)), "t3", NOW)
    with refused("visit-too-many"):
        book.confirm("t3", replace(JAN, phone="600-100-200"), NOW)
    assert book.confirm("t3", JAN, NOW).state == "booked"  # the hold is still there
    for minute in (0, 20, 40):  # who gives no phone is not counted
        booked(book, f"lis-{minute}", at(8, minute, days=1), Visitor("Lis"))
    book.cancel(second.number, ANNA.phone, NOW)
    assert booked(book, "t7", at(11, 20)).state == "booked"


def test_a_visit_is_found_by_number_with_surname_or_phone(book: VisitBook) -> None:
    visit = booked(book, "t1", at(8))
    number = f"{visit.number[:4]} {visit.number[4:]}"
    proofs = [
        *("Wiśniewska-Nowak", "wisniewska nowak", " WIŚNIEWSKA - NOWAK ", "wiśniewskanowak"),
        *("600100200", "600 100 200", "+48600100200", "0048 600-100-200"),
    ]
    for proof in proofs:
        assert book.find(number, proof, NOW) == visit
    for proof in ("", " ", "-", "Wiśniewska", "Wiśniewskiej-Nowak", "600100201", "100200", "48"):
        with refused("visit-not-found"):
            book.find(visit.number, proof, NOW)
    unnamed = booked(book, "t2", at(9), Visitor(phone="600700800"))
    for proof in ("", "-", "Nowak"):
        with refused("visit-not-found"):
            book.find(unnamed.number, proof, NOW)
    assert book.find(unnamed.number, "600700800", NOW) == unnamed


def test_a_wrong_number_is_told_from_an_unknown_one(book: VisitBook) -> None:
    visit = booked(book, "t1", at(8))
    last = (int(visit.number[-1]) + 1) % 10
    for number in (f"{visit.number[:-1]}{last}", visit.number[:-1], "", "abc", "٣" * 8):
        with refused("visit-number-wrong"):
            book.find(number, ANNA.phone, NOW)
    body = "1000000" if visit.number[:7] != "1000000" else "1000001"
    for _ in range(20):  # nothing to lock
        with refused("visit-not-found"):
            book.find(body + check_digit(body), ANNA.phone, NOW)
    held = book.hold(id_card(at(9)), "t2", NOW)
    with refused("visit-not-found"):
        book.find(held.number, "", NOW)
    assert book.find(visit.number, ANNA.phone, at(8, 19)) == visit
    with refused("visit-not-found"):  # it is over
        book.find(visit.number, ANNA.phone, at(8, 20))


def test_ten_wrong_tries_lock_a_number_for_an_hour(book: VisitBook) -> None:
    visit = booked(book, "t1", at(11))
    for _ in range(9):
        with refused("visit-not-found"):
            book.find(visit.number, "Zły", NOW)
    assert book.find(visit.number, ANNA.surname, NOW) == visit  # counting begins anew
    for attempt in range(10):
        with refused("visit-not-found"):
            [book.find, book.cancel, book.accept][attempt % 3](visit.number, "Zły", NOW)
    for moment in (NOW, NOW + 59 * MINUTE):
        with refused("visit-locked"):
            book.find(visit.number, ANNA.surname, moment)
        with refused("visit-locked"):
            book.cancel(visit.number, ANNA.phone, moment)
    with refused("visit-not-found"):
        book.find(visit.number, "Zły", NOW + 60 * MINUTE)
    assert book.find(visit.number, ANNA.surname, NOW + 60 * MINUTE) == visit


def test_cancelling_frees_the_time_once(book: VisitBook) -> None:
    visit = booked(book, "t1", at(8), desk="back")
    with refused("visit-not-found"):
        book.cancel(visit.number, "Nowak", NOW)
    gone = book.cancel(visit.number, "wisniewska-nowak", NOW)
    assert (gone.state, gone.number, gone.revision) == ("cancelled", visit.number, 1)
    assert book.cancel(visit.number, ANNA.phone, NOW + MINUTE) == gone
    with refused("visit-not-found"):
        book.find(visit.number, ANNA.phone, NOW)
    with refused("visit-hold-expired"):
        book.confirm("t1", ANNA, NOW)
    booked(book, "t2", at(8), JAN, desk="back")
    assert book.cancel(visit.number, ANNA.phone, NOW + MINUTE) == gone
    with refused("visit-taken"):
        book.hold(id_card(at(8), "back"), "t3", NOW)


def test_moving_keeps_number_and_visitor_and_swaps_the_times(book: VisitBook) -> None:
    visit = booked(book, "t1", at(8), desk="back")
    with refused("visit-hold-expired"):
        book.move(visit.number, ANNA.phone, "t2", NOW)
    held = book.hold(id_card(at(8, 20), "back"), "t2", NOW)
    with refused("visit-not-found"):
        book.move(visit.number, JAN.phone, "t2", NOW)
    moved = book.move(visit.number, ANNA.phone, "t2", NOW)
    assert (moved.id, moved.number, moved.visitor) == (visit.id, visit.number, ANNA)
    assert (moved.state, moved.revision) == ("booked", 1)
    assert (moved.starts_at, moved.desk) == (held.starts_at, held.desk)
    assert book.move(visit.number, ANNA.phone, "t2", NOW) == moved
    assert book.find(visit.number, ANNA.phone, NOW) == moved
    booked(book, "t3", at(8), JAN, desk="back")
    with refused("visit-taken"):
        book.hold(id_card(at(8, 20), "back"), "t4", NOW)
    # again, in the talk that booked it, and to a time that its own old one overlapped
    book.hold(id_card(at(8, 40), "back"), "t1", NOW)
    assert book.move(visit.number, ANNA.phone, "t1", NOW).revision == 2
    book.hold(id_card(at(9)), "t1", NOW)
    with refused("visit-hold-expired"):
        book.move(visit.number, ANNA.phone, "t1", NOW + 5 * MINUTE)


def test_a_visit_cannot_be_moved_to_another_service(book: VisitBook) -> None:
    visit = booked(book, "t1", at(8))
    book.hold(id_card(at(8), "back", "pesel", 15), "t2", NOW)
    with refused("visit-not-bookable"):
        book.move(visit.number, ANNA.phone, "t2", NOW)
    assert book.find(visit.number, ANNA.phone, NOW) == visit


WANTED = Wanted("id_card", MONDAY, MONDAY, time(8), time(9))
EWA, OLA, IGA = (Visitor(name, f"60000000{i}") for i, name in enumerate(("Ewa", "Ola", "Iga")))


def fill_morning(book: VisitBook) -> list[Visit]:
    """Book Monday from eight to nine, all of it."""
    visits = []
    while free := book.free_times(WANTED, NOW, limit=1):
        talk = f"full-{len(visits)}"
        book.hold(free[0], talk, NOW)
        visits.append(book.confirm(talk, Visitor("Pełny"), NOW))
    return visits


def test_waiting_is_joined_once_and_tells_how_many_are_ahead(book: VisitBook) -> None:
    first = book.wait(WANTED, EWA, "w1", NOW)
    assert (first.ahead, first.wanted, first.visitor) == (0, WANTED, EWA)
    everything = Wanted("pesel", weekdays=frozenset({0, 4}))
    assert book.wait(everything, OLA, "w1", NOW).wanted == everything
    assert book.wait(WANTED, OLA, "w2", NOW).ahead == 1
    assert book.wait(WANTED, EWA, "w1", NOW) == first
    with refused("visit-service-unknown"):
        book.wait(Wanted("flying"), EWA, "w1", NOW)


def test_freed_time_is_not_free_for_others_while_it_is_offered(book: VisitBook) -> None:
    visits = fill_morning(book)
    book.wait(Wanted("id_card", from_time=time(17)), EWA, "w1", NOW)  # nothing fits her
    book.wait(WANTED, OLA, "w2", NOW)
    book.cancel(visits[0].number, "Pełny", NOW)
    assert book.free_times(WANTED, NOW) == []
    assert book.wait(WANTED, IGA, "w3", NOW).ahead == 1  # Ewa; Ola has her offer
    with refused("visit-taken"):
        book.hold(free_of(visits[0]), "t1", NOW + 20 * MINUTE)


def free_of(visit: Visit) -> FreeTime:
    return FreeTime(visit.service, visit.desk, visit.starts_at, visit.ends_at)


def test_time_that_nobody_waits_for_is_free_at_once(book: VisitBook) -> None:
    visits = fill_morning(book)
    book.wait(Wanted("pesel"), EWA, "w1", NOW)  # given at the other desk only
    front = next(visit for visit in visits if visit.desk == "front")
    book.cancel(front.number, "Pełny", NOW)
    assert book.free_times(WANTED, NOW) == [free_of(front)]
