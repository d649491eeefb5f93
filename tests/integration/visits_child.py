"""Books visits until it is killed, or a fixed number of them. Run by test_visits.py.

``attempts URL FIRST COUNT``: as many booking attempts; prints each number booked.
``forks URL``: for each line read, a child that prints its id and books in a loop until somebody
kills it; then ``dead``. Forked, because a Python that starts anew would spend the test importing.

Also what the tests of visits share: a small plan and the moment at which they play.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from actions.office.calendar import WARSAW
from visits.book import EmbeddedBook
from visits.values import FreeTime, VisitError, Visitor, Wanted
from voice_gateway.records.database import Database

KNOWLEDGE = Path(__file__).resolve().parents[2] / "nlu_data"
NOW = datetime(2027, 3, 1, 7, 0, tzinfo=WARSAW)  # a Monday, an hour before the office opens
MONDAY = NOW.date()
PLAN = """
hold_min: 5
offer_min: 120
number_tries: 10
lock_min: 60
desks:
  - {id: front, name: stanowisko 2, where: parter, where_spoken: na parterze, places: 2,
     hours: {monday: 8:00-12:00, tuesday: 8:00-12:00}, breaks: [10:00-10:20]}
  - {id: back, name: pokój 8, where: parter, where_spoken: na parterze, places: 1,
     hours: {monday: 8:00-9:00, wednesday: 8:00-9:00}}
  - {id: long, name: pokój 9, where: parter, where_spoken: na parterze, places: 20}
services:
  - {id: id_card, topic: id_card, name: dowód, about: w sprawie dowodu, department: obywatelskie,
     length_min: 20, lead_min: 30, ahead_days: 30, per_person: 2, needs_name: true,
     desks: [front, back]}
  - {id: pesel, topic: pesel, name: PESEL, about: w sprawie numeru, department: obywatelskie,
     length_min: 15, lead_min: 30, ahead_days: 14, per_person: 9, needs_name: true, desks: [back]}
  - {id: waste_fee, topic: waste_fee, name: odpady, about: w sprawie odpadów, department: odpady,
     length_min: 5, lead_min: 30, ahead_days: 30, per_person: 9, needs_name: false, desks: [long]}
"""


def attempts(url: str, first: int, count: int) -> list[str]:
    """Try to book, each time another of Monday's times; the numbers of what was booked."""
    database = Database(url)
    book = EmbeddedBook(database)
    booked = []
    times = all_times()
    for attempt in range(first, first + count):
        talk = f"attempt-{attempt}"
        try:
            book.hold(times[attempt % len(times)], talk, NOW)
            booked.append(book.confirm(talk, Visitor("Nowak"), NOW).number)
        except VisitError as error:
            assert error.code == "visit-taken"
    database.close()
    return booked


def all_times() -> list[FreeTime]:
    """Monday's times at the front desk, whether free or not: eleven, two places each."""
    minutes = [*range(0, 120, 20), *range(140, 240, 20)]
    opens = NOW + timedelta(hours=1)
    return [
        FreeTime(
            "id_card",
            "front",
            opens + timedelta(minutes=minute),
            opens + timedelta(minutes=minute + 20),
        )
        for minute in minutes
    ]


def book_for_ever(book: EmbeddedBook, times: Sequence[FreeTime]) -> None:
    """Print the number of each visit once it counts as booked."""
    pid = os.getpid()
    for place in range(len(times) * 20):
        try:
            book.hold(times[(place * 7 + pid) % len(times)], f"{pid}-{place}", NOW)
            say(book.confirm(f"{pid}-{place}", Visitor("Nowak"), NOW).number)
        except VisitError:  # full
            continue


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def serve_forks(url: str) -> None:
    database = Database(url)
    book = EmbeddedBook(database)
    times = book.free_times(Wanted("waste_fee"), NOW, limit=300)
    book.hold(times[0], "warm", NOW)  # so that children find everything compiled
    book.confirm("warm", Visitor("Nowak"), NOW)
    for _ in sys.stdin:
        database.engine.dispose()  # no connection may be shared with a child
        child = os.fork()
        if not child:
            say(str(os.getpid()))
            book_for_ever(book, times)
            os._exit(1)  # nobody killed it
        os.waitpid(child, 0)
        say("dead")


def main(command: str, url: str, numbers: Sequence[str]) -> None:
    commands: dict[str, Callable[[], None]] = {
        "attempts": lambda: say("\n".join(attempts(url, *map(int, numbers)))),
        "forks": lambda: serve_forks(url),
    }
    commands[command]()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
