"""What a server costs while it is measured: CPU time and memory of its process and children."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass

import psutil

SAMPLE_S = 1.0
MB = 1024 * 1024


@dataclass
class Cost:
    """Costs so far: CPU seconds over wall seconds, and the most memory (PSS, MB) seen."""

    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0


def tree(pid: int) -> list[psutil.Process]:
    """A process and its children; empty when it has ended."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_s(pid: int) -> float:
    """CPU seconds that the tree has used; what ended children used is their parent's."""
    seconds = 0.0
    for process in tree(pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            seconds += sum(process.cpu_times()[:4])  # user, system, and both of ended children
    return seconds


def memory_mb(pid: int) -> float:
    """Memory of the tree, what processes share counted once (PSS)."""
    total = 0
    for process in tree(pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += process.memory_full_info().pss
    return total / MB


class CostMeter:
    """Adds to ``cost`` what the tree of ``pid`` uses inside ``async with``; pid 0: nothing."""

    def __init__(self, pid: int, cost: Cost) -> None:
        self._pid, self._cost = pid, cost

    async def __aenter__(self) -> None:
        self._began_s, self._before_s = time.monotonic(), cpu_s(self._pid) if self._pid else 0.0
        self._sampling = asyncio.create_task(self._sample())

    async def __aexit__(self, *_: object) -> None:
        self._sampling.cancel()
        await asyncio.gather(self._sampling, return_exceptions=True)
        self._cost.wall_s += time.monotonic() - self._began_s
        if self._pid:
            self._cost.cpu_s += cpu_s(self._pid) - self._before_s
            await self._look()

    async def _sample(self) -> None:
        while self._pid:
            await self._look()
            await asyncio.sleep(SAMPLE_S)

    async def _look(self) -> None:
        now_mb = await asyncio.to_thread(memory_mb, self._pid)
        self._cost.peak_mb = max(self._cost.peak_mb, now_mb)
