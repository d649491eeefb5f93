"""Turns at a SQLite file: one writer after another, in the order in which they came.

SQLite has one writer at a time, and who finds it busy looks again after longer and longer pauses:
when many book at once, some would look in vain until they give up. The kernel's file lock keeps a
queue instead, for threads and processes alike, and drops the place of who dies.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Engine


def turn_at(engine: Engine) -> AbstractContextManager[None]:
    """Wait for a turn at this database and have it inside ``with``; PostgreSQL needs none."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return nullcontext()
    return _turn(Path(f"{engine.url.database}-turn"))


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    with path.open("ab") as file:  # closing it ends the turn
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
