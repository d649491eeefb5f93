"""``python -m benchmarks.run_visits``: fifty callers book at once, on SQLite and on PostgreSQL.

Each caller asks for free times, holds one and confirms it, again and again, as one gateway's
threads do; who loses a time to another asks anew. A month of times at one desk with four places.
Afterwards the database is asked whether anything was booked twice or lost: both must be none.
PostgreSQL is started privately, or given by ``--postgres postgresql://user@host:port``; there a
database named ``halo_…`` is made.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from datetime import time as clock
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from actions.office.calendar import WARSAW
from benchmarks.report import machine, quantiles
from tests.integration.postgres import NoPostgresError, new_database, running_postgres
from tests.running_product import ROOT
from visits.book import EmbeddedBook
from visits.seed import seed
from visits.values import VisitError, Visitor, Wanted
from voice_gateway.records.database import Database, upgrade

NOW = datetime(2027, 3, 1, 7, 0, tzinfo=WARSAW)
CALLERS = 50
EACH = 20
ALONE = 200
LATE = clock(20)  # nobody is received so late, so that the whole month is looked through
PLAN = """
desks:
  - {id: desk, name: stanowisko 2, where: parter, where_spoken: na parterze, places: 4}
services:
  - {id: id_card, topic: id_card, name: dowód, about: w sprawie dowodu, department: obywatelskie,
     length_min: 20, lead_min: 30, ahead_days: 30, per_person: 9, needs_name: true, desks: [desk]}
"""
DOUBLE = """
    SELECT count(*) FROM visits a JOIN visits b
    ON a.id < b.id AND a.desk = b.desk AND a.desk_place = b.desk_place
    AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
    WHERE a.state = 'booked' AND b.state = 'booked'
"""


@dataclass
class Figures:
    """What one database did; times in ms, one for each call."""

    wall_s: float = 0.0
    free_times_ms: list[float] = field(default_factory=list)
    hold_ms: list[float] = field(default_factory=list)
    confirm_ms: list[float] = field(default_factory=list)
    alone_ms: list[float] = field(default_factory=list)
    none_ms: list[float] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    booked: int = 0
    double: int = 0
    lost: int = 0


@contextmanager
def timed(values: list[float]) -> Iterator[None]:
    """Append the milliseconds that the block takes."""
    began_s = time.perf_counter()
    try:
        yield
    finally:
        values.append((time.perf_counter() - began_s) * 1000)


def call(book: EmbeddedBook, figures: Figures, each: int, caller: int) -> list[str]:
    """One caller's bookings; gives their numbers."""
    dice = random.Random(caller)  # noqa: S311 - the same callers in each run
    numbers: list[str] = []
    while len(numbers) < each:
        day = NOW.date() + timedelta(days=dice.randrange(28))
        talk = f"{caller}-{len(numbers)}"
        with timed(figures.free_times_ms):
            times = book.free_times(Wanted("id_card", first=day), NOW)
        if not times:
            continue
        try:
            with timed(figures.hold_ms):
                book.hold(dice.choice(times), talk, NOW)
            with timed(figures.confirm_ms):
                visit = book.confirm(talk, Visitor("Nowak", f"6{dice.randrange(10**8):08}"), NOW)
        except VisitError as error:
            if error.code != "visit-taken":
                raise
            figures.taken.append(1)
        else:
            numbers.append(visit.number)
    return numbers


def measure(url: str, each: int) -> Figures:
    """Fifty callers at one database, which is empty."""
    upgrade(url)
    database, figures = Database(url), Figures()
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "visits.yml"
        plan.write_text(PLAN, encoding="utf-8")
        seed(database, plan, ROOT / "nlu_data")
    book = EmbeddedBook(database)
    book.free_times(Wanted("id_card"), NOW)
    began_s = time.monotonic()
    with ThreadPoolExecutor(CALLERS) as callers:
        done = callers.map(partial(call, book, figures, each), range(CALLERS))
        numbers = [number for mine in done for number in mine]
    figures.wall_s = time.monotonic() - began_s
    ask_alone(book, figures)
    with database.engine.begin() as connection:
        figures.double = connection.execute(text(DOUBLE)).scalar_one()
        kept = set(
            connection.execute(text("SELECT number FROM visits WHERE state = 'booked'")).scalars()
        )
    figures.booked = len(numbers)
    figures.lost = len(set(numbers) - kept) + len(numbers) - len(set(numbers))
    database.close()
    return figures


def ask_alone(book: EmbeddedBook, figures: Figures) -> None:
    """One caller asks for times in a month that is booked by half, and for some that never are."""
    for _ in range(ALONE):
        with timed(figures.alone_ms):
            book.free_times(Wanted("id_card"), NOW)
        with timed(figures.none_ms):
            book.free_times(Wanted("id_card", from_time=LATE), NOW)


def show(all_figures: dict[str, Figures]) -> None:
    """Print the table."""
    table = Table("", *all_figures, title=f"{CALLERS} callers at once", title_justify="left")
    columns = [rows(figures) for figures in all_figures.values()]
    for name in columns[0]:
        table.add_row(name, *(column[name] for column in columns))
    console = Console()
    console.print(", ".join(f"{name} {value}" for name, value in machine().items()))
    console.print(table)


def rows(figures: Figures) -> dict[str, str]:
    """The lines of one column."""

    def in_ms(values: list[float]) -> str:
        p50, p95 = quantiles(values)
        return f"{p50:.1f} / {p95:.1f}"

    return {
        "bookings": str(figures.booked),
        "bookings per second": f"{figures.booked / figures.wall_s:.0f}",
        "free_times, p50 / p95 ms": in_ms(figures.free_times_ms),
        "hold, p50 / p95 ms": in_ms(figures.hold_ms),
        "confirm, p50 / p95 ms": in_ms(figures.confirm_ms),
        "free_times for one caller alone": in_ms(figures.alone_ms),
        "  that finds none in the month": in_ms(figures.none_ms),
        "lost to another (visit-taken)": str(len(figures.taken)),
        "double bookings": str(figures.double),
        "confirmed but lost": str(figures.lost),
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", help="a server that runs already, without a database name")
    parser.add_argument("--each", type=int, default=EACH, help="bookings of each caller")
    options = parser.parse_args()
    bench = ROOT / "var" / "bench"
    bench.mkdir(parents=True, exist_ok=True)
    all_figures: dict[str, Figures] = {}
    with ExitStack() as running:
        folder = running.enter_context(tempfile.TemporaryDirectory(dir=bench))
        all_figures["SQLite"] = measure(f"sqlite:///{folder}/halo.db", options.each)
        try:
            server = options.postgres or running.enter_context(running_postgres())
        except NoPostgresError as error:
            print(f"Without PostgreSQL: {error}")
        else:
            all_figures["PostgreSQL"] = measure(new_database(server), options.each)
    show(all_figures)
    path = bench / "visits.json"
    figures = {name: asdict(each) for name, each in all_figures.items()}
    path.write_text(json.dumps({"machine": machine(), "figures": figures}, indent=1))
    print(f"Every figure: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
