"""What is kept, on a real SQLite file and a real PostgreSQL server: the same tests on both."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from argon2 import PasswordHasher
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from polish.masking import mask
from tests.chat_parts import build_parts, hide_digits
from tests.integration.postgres import new_database
from voice_gateway import metrics
from voice_gateway.desk import HandoffDesk
from voice_gateway.errors import RequestError
from voice_gateway.records import keeper, queries
from voice_gateway.records.database import Database, RecordsError, migrate, upgrade
from voice_gateway.records.keeper import DatabaseRecords
from voice_gateway.records.models import Base, HandoffRow, MessageRow, TurnRow
from voice_gateway.records.privacy import PERSONAL, UNKEPT
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.values import Entity, Handoff, StageTimes, TurnRecord, Understood

ASKED = Handoff("informacja", "asked", "id_card")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'halo.db'}"
    return new_database(request.getfixturevalue("postgres"))


@pytest.fixture
async def records(database: Database) -> AsyncIterator[DatabaseRecords]:
    records = DatabaseRecords(database, hide_digits)
    records.start()
    yield records
    await records.close()


def record(talk: str = "t1", turn: int = 1, words: str = "pytanie", **more: object) -> TurnRecord:
    return TurnRecord(talk, "chat", turn, "typed", words, "odpowiedź", Understood(), **more)  # type: ignore[arg-type]  # fields of the test's own choice


def rows(database: Database, table: type[Base]) -> int:
    return database.run(
        lambda session: session.scalar(select(func.count()).select_from(table)) or 0
    )


def all_turns(database: Database) -> list[TurnRow]:
    return database.run(lambda session: list(session.scalars(select(TurnRow).order_by(TurnRow.id))))


def dropped(kind: str) -> float:
    return metrics.DROPPED_RECORDS.labels(kind)._value.get()


def test_migrations_make_exactly_the_tables_of_the_code_and_go_back(empty_url: str) -> None:
    upgrade(empty_url)
    upgrade(empty_url)  # each start does it
    database = Database(empty_url)
    with database.engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    migrate(empty_url, "base")
    with database.engine.begin() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    upgrade(empty_url)
    assert rows(database, TurnRow) == 0
    database.close()


def test_gateways_that_start_at_once_take_turns(empty_url: str) -> None:
    program = "import sys; from voice_gateway.records.database import upgrade; upgrade(sys.argv[1])"
    starts = [subprocess.Popen([sys.executable, "-c", program, empty_url]) for _ in range(3)]
    assert [start.wait(60) for start in starts] == [0, 0, 0]


def test_an_address_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    for url in ("nonsense", "mysql://x", f"sqlite:///{tmp_path}"):
        with pytest.raises(RecordsError):
            upgrade(url)


async def test_a_turn_is_kept_with_all_its_figures_and_nothing_personal(
    records: DatabaseRecords, database: Database
) -> None:
    understood = Understood(
        "human", "id_card", "cost", 0.75, (Entity("name", "Kowalski", 0, 8),), "model-1"
    )
    await records.turn(
        TurnRecord(
            conversation_id="call-1",
            channel="phone",
            turn=3,
            kind="speech",
            caller_text="mój pesel 44051401359",
            bot_text="Dowód jest bezpłatny.",
            understood=understood,
            handoff=ASKED,
            heard_s=1.5,
            interrupted=True,
            times=StageTimes(0.46, 0.02, 0.05, 0.01),
            error_code="voice-timeout",
        )
    )
    await records.flush()
    [row] = all_turns(database)
    kept = {c.key: getattr(row, c.key) for c in inspect(TurnRow).columns}
    created_at = kept.pop("created_at")
    assert queries.now() - created_at < timedelta(minutes=1)
    assert kept == {
        "id": 1,
        "conversation_id": "call-1",
        "channel": "phone",
        "turn": 3,
        "kind": "speech",
        "caller_text": "mój pesel ###########",
        "bot_text": "Dowód jest bezpłatny.",
        "act": "human",
        "topic": "id_card",
        "aspect": "cost",
        "confidence": 0.75,
        "model": "model-1",
        "handoff_department": "informacja",
        "handoff_reason": "asked",
        "heard_s": 1.5,
        "interrupted": True,
        "endpoint_s": 0.46,
        "hearing_s": 0.02,
        "dialogue_s": 0.05,
        "speech_s": 0.01,
        "error_code": "voice-timeout",
    }


async def test_texts_that_databases_refuse_are_kept_cleaned(
    records: DatabaseRecords, database: Database
) -> None:
    await records.turn(record(words="a\0b \ud800 ż👍"))
    await records.turn(record(turn=2, words="x" * 100_000))
    await records.handoff("t" * 500, "phone", ASKED, "a\0b")
    await records.flush()
    first, second = all_turns(database)
    assert first.caller_text == "ab ? ż👍"
    assert len(second.caller_text) == queries.TEXT_CHARS
    [row] = database.run(queries.open_handoffs)
    assert row.context == "ab"


async def test_the_real_mask_keeps_personal_data_out_of_every_table(db_url: str) -> None:
    database = Database(db_url)
    records, desk = DatabaseRecords(database, mask), HandoffDesk(database, mask)
    records.start()
    words = "Nazywam się Jan Kowalski, PESEL 44051401359, telefon 600 100 200, kiedy odbiór?"
    await records.turn(record(words=words))
    await records.handoff("t1", "phone", ASKED, words)
    await desk.request("t2", "chat", ASKED, words)
    await desk.resident_says("t2", words)
    await records.close()
    kept = [row.caller_text for row in all_turns(database)]
    kept += [row.context for row in database.run(queries.open_handoffs)]
    kept += [row.text for row in database.run(partial(queries.messages_of, conversation_id="t2"))]
    assert len(kept) == 4
    for text_kept in kept:
        assert "odbiór" in text_kept
        assert not any(secret in text_kept for secret in ("44051401359", "600", "Kowalski"))
    database.close()


async def test_a_broken_mask_keeps_no_raw_words(database: Database) -> None:
    def broken(text: str) -> str:
        raise ValueError(text)

    records = DatabaseRecords(database, broken)
    records.start()
    await records.turn(record(words="tajne"))
    await records.handoff("t1", "chat", ASKED, "tajne")
    await records.close()
    assert all_turns(database)[0].caller_text == UNKEPT
    assert database.run(queries.open_handoffs)[0].context == UNKEPT


async def test_a_full_queue_loses_turns_counted_and_never_waits(database: Database) -> None:
    records = DatabaseRecords(database, str, queue_turns=5)  # its writer is not started yet
    before, began_s = dropped("turn"), time.monotonic()
    for number in range(8):
        await records.turn(record(turn=number))
    assert time.monotonic() - began_s < 1
    assert dropped("turn") - before == 3
    records.start()
    await records.close()
    assert [row.turn for row in all_turns(database)] == [0, 1, 2, 3, 4]


async def test_a_hand_off_is_written_even_when_the_database_comes_back_late(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "HANDOFF_WAIT_S", 0.05)
    monkeypatch.setattr(keeper, "RETRY_S", (0.05, 0.05, 0.05))
    told: list[str] = []
    records = DatabaseRecords(database, str, lambda row: told.append(row.conversation_id))
    records.start()
    rename(database, "handoffs", "away")
    await records.handoff("t1", "phone", ASKED, "pytanie")  # the talk goes on
    await asyncio.sleep(0.3)
    assert told == []
    rename(database, "away", "handoffs")
    await records.close()
    assert told == ["t1"]
    assert [row.state for row in database.run(queries.open_handoffs)] == ["waiting"]


async def test_a_hand_off_that_is_lost_in_the_end_is_counted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "HANDOFF_WAIT_S", 0.05)
    monkeypatch.setattr(keeper, "CLOSE_S", 0.2)
    records, before = DatabaseRecords(database, str), dropped("handoff")
    records.start()
    rename(database, "handoffs", "away")
    await records.handoff("t1", "phone", ASKED, "")
    await records.close()
    assert dropped("handoff") - before == 1
    rename(database, "away", "handoffs")


def rename(database: Database, old: str, new: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


async def test_one_bad_turn_spoils_no_other(database: Database) -> None:
    records = DatabaseRecords(database, str)
    for number in range(3):
        await records.turn(record(turn=number))
    await records.turn(record(turn=3, error_code="x" * 5000))  # PostgreSQL refuses it
    records._closed = True  # no waits between tries
    records.start()
    await records.close()
    assert [row.turn for row in all_turns(database)][:3] == [0, 1, 2]


async def test_of_many_gateways_and_clerks_one_takes_the_talk(db_url: str) -> None:
    gateways = [build_parts(db_url, upgraded=True) for _ in range(3)]
    for number in range(10):
        talk = f"t{number}"
        await gateways[0].desk.request(talk, "chat", ASKED, "")
        results = await asyncio.gather(
            *(
                gateway.desk.take(talk, f"clerk-{place}-{clerk}", "K")
                for place, gateway in enumerate(gateways)
                for clerk in range(2)
            ),
            return_exceptions=True,
        )
        lost = [r for r in results if isinstance(r, RequestError)]
        assert len(lost) == 5, results
        assert {error.code for error in lost} == {"request-desk-taken"}
    for gateway in gateways:
        await gateway.close()


async def test_two_gateways_that_queue_one_talk_make_one_hand_off(db_url: str) -> None:
    gateways = [build_parts(db_url, upgraded=True) for _ in range(3)]
    for number in range(10):
        await asyncio.gather(
            *(g.desk.request(f"t{number}", "chat", ASKED, "") for g in gateways for _ in range(2))
        )
    assert rows(gateways[0].database, HandoffRow) == 10
    for gateway in gateways:
        await gateway.close()


@pytest.mark.parametrize("run_s", [0.2, 0.5])
def test_kill_9_leaves_nothing_half_written(db_url: str, run_s: float) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.records_child", db_url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert child.stdout is not None
    acknowledged = [child.stdout.readline().strip()]
    killer = threading.Timer(run_s, child.send_signal, [signal.SIGKILL])
    killer.start()
    acknowledged += [line.strip() for line in child.stdout if line.endswith("\n")]
    assert child.wait(10) == -signal.SIGKILL
    database = Database(db_url)
    kept = {row.conversation_id for row in database.run(queries.open_handoffs)}
    assert set(acknowledged) <= kept  # what counted as kept is kept
    assert len(kept) <= len(acknowledged) + 1
    by_talk: dict[str, list[int]] = {}
    for row in all_turns(database):
        assert (row.caller_text, row.bot_text) == ("pytanie", "odpowiedź")
        by_talk.setdefault(row.conversation_id, []).append(row.turn)
    for turns in by_talk.values():
        assert turns == list(range(1, len(turns) + 1))  # in order, none twice
    if database.engine.dialect.name == "sqlite":
        with database.engine.begin() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    upgrade(db_url)  # the next start works
    database.close()


async def test_old_records_go_and_new_ones_stay(
    records: DatabaseRecords, database: Database
) -> None:
    old = queries.now() - timedelta(days=91)
    database.run(
        partial(
            queries.add_turns,
            turns=[
                queries.KeptTurn(record(turn=1), old),
                queries.KeptTurn(record(turn=2), queries.now()),
            ],
        )
    )
    for talk in ("old", "new"):
        await records.handoff(talk, "chat", ASKED, "")
        database.run(partial(add_line, talk=talk))
    database.run(partial(backdate, talk="old", days=91))
    assert await records.purge(90) == 2
    assert [row.turn for row in all_turns(database)] == [2]
    assert [row.conversation_id for row in database.run(queries.open_handoffs)] == ["new"]
    assert rows(database, MessageRow) == 1  # the old talk's messages went with it


async def test_forgotten_hand_offs_end_by_themselves(
    records: DatabaseRecords, database: Database
) -> None:
    for talk, days in (("old", 2), ("new", 0)):
        await records.handoff(talk, "chat", ASKED, "")
        database.run(partial(backdate, talk=talk, days=days))
    await records.purge(90)
    assert [row.conversation_id for row in database.run(queries.open_handoffs)] == ["new"]
    assert rows(database, HandoffRow) == 2


async def test_a_call_leaves_the_list_when_it_cannot_be_on_any_more(
    records: DatabaseRecords, database: Database
) -> None:
    for talk, days in (("old", 0.05), ("new", 0.04)):  # 72 and 58 minutes
        await records.handoff(talk, "phone", ASKED, "")
        database.run(partial(backdate, talk=talk, days=days))
    assert [row.conversation_id for row in database.run(queries.open_handoffs)] == ["new"]


def add_line(session: Session, talk: str) -> None:
    row = queries.last_handoff(session, talk)
    assert row
    queries.add_message(session, row.id, "resident", "", "tekst")


def backdate(session: Session, talk: str, days: float) -> None:
    row = queries.last_handoff(session, talk)
    assert row
    row.created_at = queries.now() - timedelta(days=days)


async def test_staff_sign_in(database: Database) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
    staff = StaffAccounts(database, quick)
    anna = StaffAccount("anna", "Anna z urzędu", "obywatelskie")
    assert await staff.add(anna, "zażółć-gęślą")
    assert not await staff.add(anna, "inne")
    assert await staff.check("anna", "zażółć-gęślą") == anna
    for login, password in (
        ("anna", "inne"),
        ("anna", ""),
        ("ANNA", "zażółć-gęślą"),
        ("nikt", "zażółć-gęślą"),
        ("anna\0", "zażółć-gęślą"),
        ("anna", "\ud800"),
        ("anna", "x" * 1_000_000),
        ("' OR 1=1 --", ""),
    ):
        assert await staff.check(login, password) is None
    assert await staff.get("anna") == anna
    await staff.change("anna", password="nowe-hasło")
    assert await staff.check("anna", "zażółć-gęślą") is None
    assert await staff.check("anna", "nowe-hasło") == anna
    await staff.change("anna", active=False)
    assert await staff.check("anna", "nowe-hasło") is None
    assert await staff.get("anna") is None
    with database.engine.begin() as connection:
        stored = connection.execute(text("SELECT password_hash FROM staff_accounts")).scalar()
    assert str(stored).startswith("$argon2id$")


async def test_of_a_personal_turn_neither_text_is_kept(
    database: Database, records: DatabaseRecords
) -> None:
    await records.turn(record("t9", words="Kowalski", personal=True))
    await records.close()
    (row,) = [row for row in all_turns(database) if row.conversation_id == "t9"]
    assert (row.caller_text, row.bot_text) == (PERSONAL, PERSONAL)
