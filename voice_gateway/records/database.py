"""The database: how it is opened, brought up to date and used.

SQLite for one machine, PostgreSQL for several; the rest of the code cannot tell which.
Queries are plain functions of a ``Session``; ``Database`` runs them in one transaction each.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from voice_gateway.errors import HaloError

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_S = 5.0  # SQLite: how long a writer waits for another
THREADS = 2  # SQLite has one writer at a time; more threads would only queue inside it
MIGRATION_LOCK = 4_856_799  # any fixed number: two gateways that start at once take turns


class RecordsError(HaloError):
    """The database cannot be used now."""


def open_engine(db_url: str) -> Engine:
    """An engine for ``db_url``; makes SQLite's folder. Raises ``RecordsError``."""
    try:
        url = make_url(db_url)
        if url.get_backend_name() == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
            return create_engine(url, pool_pre_ping=True, pool_size=THREADS + 1)
        if url.get_backend_name() != "sqlite":
            raise RecordsError("records-address", "the database is neither SQLite nor PostgreSQL")
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            Path(url.database).touch(mode=0o600)  # other users of the machine need not read it
        engine = create_engine(url)
    except (SQLAlchemyError, OSError) as error:
        raise RecordsError("records-address", "the database address cannot be used") from error
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN leaves schema changes outside
    connection.execute(f"PRAGMA busy_timeout = {int(BUSY_S * 1000)}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a kept hand-off survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE: a transaction that reads first and writes later would fail at once, without
    # waiting, when another wrote in between.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def upgrade(db_url: str) -> None:
    """Bring the tables up to date. Called at each start; raises ``RecordsError``."""
    migrate(db_url, "head")


def migrate(db_url: str, revision: str) -> None:
    """Move the tables to ``revision`` (``head``, ``base`` or an id), forwards or back."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = open_engine(db_url)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                lock = text("SELECT pg_advisory_xact_lock(:key)")
                connection.execute(lock, {"key": MIGRATION_LOCK})
            config.attributes["connection"] = connection
            if revision == "base":
                command.downgrade(config, revision)
            else:
                command.upgrade(config, revision)
    except SQLAlchemyError as error:
        raise RecordsError("records-upgrade", "the tables cannot be brought up to date") from error
    finally:
        engine.dispose()


class Database:
    """Runs queries, each in a transaction of its own, in few threads of its own.

    Either all of a query's writes are kept or none. Raises ``RecordsError`` when the database
    fails; ``retry`` says that the same call may work later.
    """

    def __init__(self, db_url: str) -> None:
        self.engine = open_engine(db_url)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="records")

    def run(self, query: Callable[[Session], T]) -> T:
        """Run ``query`` here and now; blocks. For threads and start-up."""
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                return query(session)
        except (SQLAlchemyError, UnicodeError) as error:
            raise RecordsError("records-failed", type(error).__name__, retry=True) from error

    async def call(self, query: Callable[[Session], T]) -> T:
        """Run ``query`` in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.run, query)

    def close(self) -> None:
        """End the threads and connections. Idempotent."""
        self._threads.shutdown(wait=True)
        self.engine.dispose()
