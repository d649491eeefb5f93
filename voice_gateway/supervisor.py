"""Starts every part on one machine, keeps it alive, and stops all of it on Ctrl-C.

A part that dies comes back after a short, growing wait; the gateway meanwhile answers callers
with a sentence and a person.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

FIRST_WAIT_S = 0.3
LONGEST_WAIT_S = 10.0
STEADY_S = 20.0  # a part that lived so long starts again at once
STOP_S = 6.0
HEALTH_EVERY_S = 1.0
HUNG_AFTER_S = 5.0  # a part that has answered before and now does not is killed, so it comes back
LOG_BYTES = 5_000_000  # a part's log is begun anew at start when it is longer
PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True, slots=True)
class Part:
    """One process: its command line, working folder and additional environment.

    ``health_url`` answers 200 at once while the process is well; empty: only its death is seen.
    """

    name: str
    command: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    health_url: str = ""


class Supervisor:
    """Keeps parts running until ``stop`` is called."""

    def __init__(
        self, parts: tuple[Part, ...], log_dir: Path, on_restart: Callable[[str], None]
    ) -> None:
        self._parts = parts
        self._log_dir = log_dir
        self._on_restart = on_restart
        self._stopping = asyncio.Event()
        self._processes: dict[str, asyncio.subprocess.Process] = {}

    def stop(self) -> None:
        """Ask all parts to end; ``run`` returns when they have."""
        self._stopping.set()

    def pid(self, name: str) -> int | None:
        """Process id of a running part."""
        process = self._processes.get(name)
        return process.pid if process and process.returncode is None else None

    async def run(self) -> None:
        """Run until stopped."""
        self._log_dir.mkdir(parents=True, exist_ok=True)
        keepers = [asyncio.create_task(self._keep(part)) for part in self._parts]
        await self._stopping.wait()
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        await asyncio.gather(*(_end(process) for process in self._processes.values()))

    async def _keep(self, part: Part) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            began_s = time.monotonic()
            process = await self._start(part)
            self._processes[part.name] = process
            watching = asyncio.create_task(self._watch(part, process))
            try:
                await process.wait()
            finally:
                watching.cancel()
            lived_s = time.monotonic() - began_s
            wait_s = FIRST_WAIT_S if lived_s > STEADY_S else min(wait_s * 2, LONGEST_WAIT_S)
            self._on_restart(part.name)
            await asyncio.sleep(wait_s)

    async def _watch(self, part: Part, process: asyncio.subprocess.Process) -> None:
        """Kill a part that hangs: a hung gateway is silence, a dead one a sentence."""
        if not part.health_url:
            return
        answered_s: float | None = None
        async with httpx.AsyncClient(timeout=HUNG_AFTER_S, trust_env=False) as client:
            while True:
                await asyncio.sleep(HEALTH_EVERY_S)
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(part.health_url)).is_success:
                        answered_s = time.monotonic()
                if answered_s and time.monotonic() - answered_s > HUNG_AFTER_S:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
                    return

    async def _start(self, part: Part) -> asyncio.subprocess.Process:
        log_path = self._log_dir / f"{part.name}.log"
        too_long = log_path.exists() and log_path.stat().st_size > LOG_BYTES
        with log_path.open("wb" if too_long else "ab") as log:
            return await asyncio.create_subprocess_exec(
                *part.command,
                cwd=part.cwd,
                env={**os.environ, **part.env},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )


def _die_with_parent() -> None:
    """Runs in the child: when the supervisor is killed, the part must not live on alone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        try:
            await asyncio.wait_for(process.wait(), STOP_S)
        except TimeoutError:
            continue
        return


def python() -> str:
    """The interpreter of the root environment."""
    return sys.executable
