"""What goes on beside the talks: times that ran out are freed, messages go out, people forgotten.

Runs in the action server. Several servers may do it at once: each deed is done by one of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from visits import outbox, replying
from visits.book import EmbeddedBook
from visits.delivery import run_outbox
from visits.senders.build import MessageSettings, Senders
from visits.senders.spool import forget_spooled
from voice_gateway import telemetry
from voice_gateway.errors import HaloError
from voice_gateway.records.database import Database

log = structlog.get_logger(__name__)

SWEEP_S = 20.0  # how long a time may lie unused after its hold ran out
MAIL_S = 30.0  # how long a reply by e-mail may wait
FORGET_S = 24 * 3600.0
Clock = Callable[[], datetime]


@asynccontextmanager
async def kept_up(
    book: EmbeddedBook,
    database: Database,
    senders: Senders,
    messages: MessageSettings,
    keep_days: int,
    clock: Clock,
    read_mail: Callable[[], object] | None = None,
) -> AsyncIterator[None]:
    """While it lasts: holds and offers end in time, messages go out, replies by e-mail are read,
    and people are forgotten ``keep_days`` after their visit."""

    def forget() -> None:
        before = clock() - timedelta(days=keep_days)
        book.forget(before)
        database.run(lambda session: outbox.forget(session, before))
        database.run(lambda session: replying.forget(session, before))
        forget_spooled(messages.spool_dir, before)

    tasks = [
        asyncio.create_task(run_outbox(database, senders, clock)),
        asyncio.create_task(_every(SWEEP_S, lambda: book.sweep(clock()))),
        asyncio.create_task(_every(FORGET_S, forget)),
    ]
    if read_mail:
        tasks.append(asyncio.create_task(_every(MAIL_S, read_mail)))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)  # a message being sent is finished


async def _every(seconds: float, job: Callable[[], object]) -> None:
    while True:
        try:
            await asyncio.to_thread(job)
        except (HaloError, OSError) as error:
            code = getattr(error, "code", "internal")
            telemetry.count_error(code)
            log.error("visits_upkeep_failed", code=code)
        await asyncio.sleep(seconds)
