"""When a resident wants to come: ``wanted_time.tsv`` says what each sentence means."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polish.clock import clock_time
from polish.dates import MONTHS
from polish.ordinals import ordinal
from polish.wanted_time import WantedTime, read_wanted

WARSAW = ZoneInfo("Europe/Warsaw")
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=WARSAW)
WEEKDAYS = "pn wt śr cz pt so nd".split()


def rows() -> list[tuple[datetime, str, str]]:
    """The table: the moment, what is said, what is wanted."""
    now = TUESDAY
    found = []
    for line in Path(__file__).with_name("wanted_time.tsv").read_text("utf-8").splitlines():
        if line.startswith("@"):
            now = datetime.fromisoformat(line[1:]).replace(tzinfo=WARSAW)
        elif line.strip() and not line.startswith("#"):
            said, wanted = line.split("\t")
            found.append((now, said, wanted))
    return found


ROWS = rows()


def shown(wanted: WantedTime) -> set[str]:
    """A result in the table's notation, in no order."""
    words = {wanted.shift, f"!{wanted.problem}" if wanted.problem else ""}
    if wanted.first or wanted.last:
        days = str(wanted.first)
        if wanted.last != wanted.first:
            days += f"..{wanted.last or ''}"
        words.add(days)
    low, high = (f"{t:%H:%M}" if t else "" for t in (wanted.from_time, wanted.to_time))
    if low or high:
        words.add(f"={low}{high}" if wanted.exact else f"{low}-{high}")
    if wanted.weekdays:
        words.add(named(wanted.weekdays))
    words |= {f"nie {day}" for day in wanted.rejected}
    if wanted.rejected_weekdays:
        words.add(f"nie {named(wanted.rejected_weekdays)}")
    words |= {
        name
        for name, holds in (
            ("?", wanted.ambiguous),
            ("any", wanted.any),
            ("earliest", wanted.earliest),
        )
        if holds
    }
    return words - {""}


def named(weekdays: frozenset[int]) -> str:
    return f"[{' '.join(WEEKDAYS[day] for day in sorted(weekdays))}]"


def noted(cell: str) -> set[str]:
    """What a cell of the table says, in no order."""
    if cell == "-":
        return set()
    parts: list[str] = []
    inside = ""
    for word in cell.split():
        inside = f"{inside} {word}".strip()
        if inside == "nie" or ("[" in inside and not inside.endswith("]")):
            continue
        parts.append(inside)
        inside = ""
    return {in_order(part) for part in parts}


def in_order(part: str) -> str:
    """Weekdays in the order of the week."""
    if "[" not in part:
        return part
    head, inside = part.rstrip("]").split("[")
    return head + named(frozenset(WEEKDAYS.index(day) for day in inside.split()))


@pytest.mark.parametrize(("now", "said", "wanted"), ROWS, ids=[f"{n:%m%d} {s}" for n, s, _ in ROWS])
def test_what_is_wanted(now: datetime, said: str, wanted: str) -> None:
    assert shown(read_wanted(said, now)) == noted(wanted)


def test_the_table_is_long_enough() -> None:
    assert len(ROWS) >= 270
    assert len({(now, said) for now, said, _ in ROWS}) == len(ROWS)


def test_now_of_another_zone_is_taken_in_warsaw() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # 00:30 on Wednesday in Warsaw
    assert read_wanted("jutro", late).first == date(2026, 11, 26)


def test_case_and_spaces_do_not_matter() -> None:
    assert read_wanted("  W   ŚRODĘ,\n o 10 ", TUESDAY) == read_wanted("w środę o 10", TUESDAY)


def test_every_date_is_read_in_words_and_in_figures() -> None:
    for days in range(1, 300):
        day = TUESDAY.date() + timedelta(days=days)
        month = MONTHS[day.month - 1]
        for said in (
            f"{ordinal(day.day, 'gen')} {month}",
            f"{day.day} {month}",
            f"na {day.day:02}.{day.month:02}.",
            f"{day:%d.%m.%Y}",
            day.isoformat(),
        ):
            if "na" not in said or day.month > 9:
                wanted = read_wanted(said, TUESDAY)
                assert (wanted.first, wanted.last) == (day, day), said


@pytest.mark.parametrize("minute", [0, 5, 15, 30, 45])
def test_every_hour_of_an_office_is_read_in_words_and_in_figures(minute: int) -> None:
    for hour in range(7, 19):
        moment = clock(hour, minute)
        spoken = clock_time(f"{hour}:{minute:02}", "loc")
        for said in (f"o {spoken}", f"w środę o {hour}:{minute:02}", f"o {hour}.{minute:02} rano"):
            wanted = read_wanted(said, TUESDAY)
            assert (wanted.from_time, wanted.exact) == (moment, True), said


WORDS = sorted({word for _, said, _ in ROWS for word in said.split()})


@settings(deadline=None)  # the first holiday loads its library
@given(
    st.one_of(st.text(), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)),
    st.datetimes(datetime(2024, 1, 1), datetime(2099, 12, 31), timezones=st.just(WARSAW)),
)
def test_any_text_is_read_and_days_are_in_order(text: str, now: datetime) -> None:
    wanted = read_wanted(text, now)
    if wanted.first and wanted.last:
        assert now.date() <= wanted.first <= wanted.last
    if wanted.from_time and wanted.to_time:
        assert wanted.from_time < wanted.to_time
    assert not (wanted.exact and wanted.from_time is None)
    assert not (wanted.exact and wanted.to_time)


def test_a_long_text_is_read_quickly() -> None:
    text = "w środę o dziesiątej albo trzeciego grudnia nie w piątek 10 30 " * 200
    read_wanted(text, TUESDAY)
    start = time.perf_counter()
    read_wanted(text, TUESDAY)
    assert time.perf_counter() - start < 0.5
