"""Keeps turns and hand-offs without ever holding up a talk.

Turns go through a bounded queue to one writer thread; when it is full the turn is counted as lost
and the talk goes on. Hand-offs are never dropped: each is written at once and tried again until
the database takes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import structlog
from sqlalchemy.orm import Session

from voice_gateway import telemetry
from voice_gateway.records import queries
from voice_gateway.records.database import Database, RecordsError
from voice_gateway.records.models import HandoffRow
from voice_gateway.records.privacy import PERSONAL, careful
from voice_gateway.records.queries import KeptTurn
from voice_gateway.values import Handoff, TurnRecord

log = structlog.get_logger(__name__)

QUEUE_TURNS = 1000  # at 20 calls with a turn every 5 s: four minutes of a stuck disk
BATCH_TURNS = 100
RETRY_S = (0.1, 0.5, 2.0)  # waits before the next try
HANDOFF_WAIT_S = 1.0  # a talk goes on after so long; the writing goes on behind it
CLOSE_S = 10.0


class DatabaseRecords:
    """The ``Records`` port on a ``Database``. ``mask`` hides personal data in every text kept."""

    def __init__(
        self,
        database: Database,
        mask: Callable[[str], str],
        on_handoff: Callable[[HandoffRow], None] = lambda _: None,
        *,
        queue_turns: int = QUEUE_TURNS,
    ) -> None:
        self._database = database
        self._mask = careful(mask)
        self._on_handoff = on_handoff
        self._queue: queue.Queue[KeptTurn | None] = queue.Queue(queue_turns)
        self._handoffs: set[asyncio.Task[None]] = set()
        self._writer: threading.Thread | None = None
        self._closed = False

    def start(self) -> None:
        """Start the writer thread."""
        self._writer = threading.Thread(
            target=self._write_turns, name="records-writer", daemon=True
        )
        self._writer.start()

    async def turn(self, record: TurnRecord) -> None:
        """Keep one turn soon; never waits. A full queue loses it, counted and logged."""
        try:
            self._queue.put_nowait(KeptTurn(record, queries.now()))
        except queue.Full:
            telemetry.count_dropped_record("turn")
            log.error("records_turn_dropped", channel=record.channel)

    async def handoff(
        self, conversation_id: str, channel: str, handoff: Handoff, context: str
    ) -> None:
        """Keep a wish to reach a person; back when it is written, or after a second at most."""

        def query(session: Session) -> HandoffRow:  # masks in the thread: long texts take time
            masked = self._mask(context)
            return queries.open_handoff(session, conversation_id, channel, handoff, masked)

        task = asyncio.create_task(self._write_handoff(query))
        self._handoffs.add(task)
        task.add_done_callback(self._handoffs.discard)
        await asyncio.wait({task}, timeout=HANDOFF_WAIT_S)

    async def _write_handoff(self, query: Callable[[Session], HandoffRow]) -> None:
        for attempt in itertools.count():
            try:
                row = await self._database.call(query)
            except RecordsError as error:
                telemetry.count_error(error.code)
                log.error("records_handoff_waits", code=error.code, attempt=attempt)
                await asyncio.sleep(RETRY_S[min(attempt, len(RETRY_S) - 1)])
            else:
                self._on_handoff(row)
                return

    async def purge(self, older_than_days: int) -> int:
        """Remove what is older and end forgotten hand-offs; gives the number of removed rows."""
        await self._database.call(queries.end_forgotten)
        return await self._database.call(partial(queries.purge, older_than_days=older_than_days))

    async def flush(self) -> None:
        """Back when everything given so far is written (or counted as lost)."""
        while self._queue.unfinished_tasks or self._handoffs:  # noqa: ASYNC110 - see below
            await asyncio.sleep(0.01)  # the queue belongs to a thread, so no event can tell

    async def close(self) -> None:
        """Write what is left and stop. Idempotent."""
        self._closed = True
        writer, self._writer = self._writer, None
        if writer is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self.flush()
        for task in tuple(self._handoffs):  # the database did not come back in time
            task.cancel()
            telemetry.count_dropped_record("handoff")
            log.error("records_handoff_lost")
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(None)
        await asyncio.to_thread(writer.join, CLOSE_S)

    def _write_turns(self) -> None:
        while True:
            batch = self._next_batch()
            turns = [turn for turn in batch if turn is not None]
            try:
                self._write_batch([self._masked(turn) for turn in turns])
            finally:
                for _ in batch:
                    self._queue.task_done()
            if len(turns) < len(batch):
                return

    def _next_batch(self) -> list[KeptTurn | None]:
        batch = [self._queue.get()]
        with contextlib.suppress(queue.Empty):
            while batch[-1] is not None and len(batch) < BATCH_TURNS:
                batch.append(self._queue.get_nowait())
        return batch

    def _masked(self, kept: KeptTurn) -> KeptTurn:
        record = kept.record
        if record.personal:
            record = replace(record, caller_text=PERSONAL, bot_text=PERSONAL)
        else:
            record = replace(record, caller_text=self._mask(record.caller_text))
        return replace(kept, record=record)

    def _write_batch(self, turns: list[KeptTurn]) -> None:
        for wait_s in (0.0, *RETRY_S):
            time.sleep(0.0 if self._closed else wait_s)
            if self._written(turns):
                return
        lost = [turn for turn in turns if not self._written([turn])]  # one bad row spoils no other
        telemetry.count_dropped_record("turn", len(lost))

    def _written(self, turns: list[KeptTurn]) -> bool:
        try:
            self._database.run(partial(queries.add_turns, turns=turns))
        except RecordsError as error:
            telemetry.count_error(error.code)
            log.error("records_turns_unwritten", code=error.code, count=len(turns))
            return False
        return True
