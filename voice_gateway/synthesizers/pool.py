"""A few voice workers, kept alive, handed out to one request at a time.

Waiting is bounded and live callers go before background work. A worker that died or got stuck is
killed and replaced in the background; nobody waits for the funeral.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from voice_gateway.errors import VoiceError
from voice_gateway.synthesizers.worker_process import VoiceWorker, died

log = structlog.get_logger(__name__)

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
"""Pauses between attempts to start a worker: doubled after each failure."""

Waiter = asyncio.Future[VoiceWorker]
Starter = Callable[[tuple[str, ...]], Coroutine[Any, Any, VoiceWorker]]


def worker_command(voice: str, rate_wpm: int, pitch: int, bundled: bool) -> tuple[str, ...]:
    """How a worker is started, with the same Python."""
    command = [sys.executable, "-m", "voice_gateway.synthesizers.worker", "--voice", voice]
    command += ["--rate-wpm", str(rate_wpm), "--pitch", str(pitch)]
    return (*command, "--bundled") if bundled else tuple(command)


class WorkerPool:
    """``size`` workers; at most ``max_waiting`` requests wait for one. Use from one event loop."""

    def __init__(
        self,
        command: tuple[str, ...],
        size: int,
        max_waiting: int,
        start: Starter = VoiceWorker.start,
    ) -> None:
        self._command = command
        self._size = size
        self._max_waiting = max_waiting
        self._start_worker = start
        self._workers: set[VoiceWorker] = set()
        self._idle: list[VoiceWorker] = []
        self._live: deque[Waiter] = deque()
        self._background: deque[Waiter] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._started = False
        self._closed = False
        self.restarts = 0

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers that are up."""
        return tuple(w.pid for w in self._workers)

    @property
    def engine_name(self) -> str:
        """Engine and version of the workers; "" while none is up."""
        return next((w.engine_name for w in self._workers), "")

    def start(self) -> None:
        """Begin to start the workers, in the background. Idempotent."""
        if not self._started and not self._closed:
            self._started = True
            for _ in range(self._size):
                self._later(self._bring_up())

    async def acquire(self, *, background: bool = False) -> VoiceWorker:
        """A free worker, for ``release`` or ``discard``. Raises ``VoiceError`` voice-busy."""
        if self._closed:
            raise died()
        self.start()
        if self._idle:
            return self._idle.pop()
        queue = self._background if background else self._live
        if len(queue) >= self._max_waiting:
            raise VoiceError("voice-busy", retry=True)
        waiter: Waiter = asyncio.get_running_loop().create_future()
        queue.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            # The worker may have been handed over in the same moment.
            if waiter.done() and not waiter.cancelled() and not waiter.exception():
                self.release(waiter.result())
            raise
        finally:
            if waiter in queue:
                queue.remove(waiter)

    def release(self, worker: VoiceWorker) -> None:
        """Give a healthy worker back."""
        if worker not in self._workers:
            return
        for queue in (self._live, self._background):
            while queue:
                waiter = queue.popleft()
                if not waiter.done():
                    waiter.set_result(worker)
                    return
        self._idle.append(worker)

    def discard(self, worker: VoiceWorker) -> None:
        """Drop a worker that failed: it is killed, and another takes its place. Idempotent."""
        if worker not in self._workers:
            return
        self._workers.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        self._later(worker.kill())
        if not self._closed:
            self.restarts += 1
            log.warning("voice_worker_replaced", pid=worker.pid)
            self._later(self._bring_up())

    async def close(self) -> None:
        """End all workers and all waiting. Idempotent."""
        self._closed = True
        self._fail_waiters(died())
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        workers, self._workers = self._workers, set()
        self._idle.clear()
        await asyncio.gather(*(w.kill() for w in workers))

    async def _bring_up(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                worker = await self._start_worker(self._command)
                break
            except VoiceError as error:
                log.error("voice_worker_not_started", code=error.code, reason=str(error))
                if not self._workers:
                    self._fail_waiters(died())
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        self._workers.add(worker)
        self._later(self._watch(worker))
        self.release(worker)

    async def _watch(self, worker: VoiceWorker) -> None:
        await worker.ended()
        self.discard(worker)

    def _fail_waiters(self, error: VoiceError) -> None:
        for queue in (self._live, self._background):
            while queue:
                waiter = queue.popleft()
                if not waiter.done():
                    waiter.set_exception(error)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("voice_pool_fault", reason=type(error).__name__)
