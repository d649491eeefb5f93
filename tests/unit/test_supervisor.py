"""The supervisor with small real processes: started, brought back, stopped without leftovers."""

import asyncio
import os
import signal
import sys

import psutil

from voice_gateway.supervisor import Part, Supervisor

SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('up', flush=True); time.sleep(60)",
)


async def until(condition, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_killed_part_comes_back_and_stop_ends_all(tmp_path):
    restarted: list[str] = []
    supervisor = Supervisor((Part("a", SLEEPER, tmp_path),), tmp_path / "logs", restarted.append)
    running = asyncio.create_task(supervisor.run())
    await until(lambda: supervisor.pid("a"))
    first = supervisor.pid("a")
    os.kill(first, signal.SIGKILL)
    await until(lambda: supervisor.pid("a") not in (None, first))
    second = supervisor.pid("a")
    assert restarted == ["a"]
    supervisor.stop()
    await running
    assert not psutil.pid_exists(second)


async def test_a_part_that_ignores_the_polite_signal_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr("voice_gateway.supervisor.STOP_S", 0.3)
    logs = tmp_path / "logs"
    supervisor = Supervisor((Part("b", STUBBORN, tmp_path),), logs, lambda name: None)
    running = asyncio.create_task(supervisor.run())
    await until(lambda: (logs / "b.log").exists() and "up" in (logs / "b.log").read_text())
    pid = supervisor.pid("b")
    supervisor.stop()
    await running
    assert not psutil.pid_exists(pid)


async def test_a_part_that_cannot_live_is_tried_ever_more_slowly(tmp_path):
    restarted: list[str] = []
    dying = (sys.executable, "-S", "-c", "raise SystemExit(3)")
    supervisor = Supervisor((Part("c", dying, tmp_path),), tmp_path / "logs", restarted.append)
    running = asyncio.create_task(supervisor.run())
    await asyncio.sleep(2.0)
    supervisor.stop()
    await running
    assert 1 <= len(restarted) <= 4
