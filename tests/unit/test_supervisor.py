"""The supervisor with small real processes: started, brought back, stopped without leftovers."""

import asyncio
import os
import signal
import socket
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


HANGING = (
    sys.executable,
    "-c",
    "import http.server, os, signal, sys\n"
    "class Well(http.server.BaseHTTPRequestHandler):\n"
    "    def do_GET(self):\n"
    "        self.send_response(200); self.end_headers()\n"
    "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Well).serve_forever()\n",
)


async def test_a_hung_part_is_killed_and_comes_back(tmp_path, monkeypatch):
    monkeypatch.setattr("voice_gateway.supervisor.HEALTH_EVERY_S", 0.05)
    monkeypatch.setattr("voice_gateway.supervisor.HUNG_AFTER_S", 0.5)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    part = Part("d", (*HANGING, str(port)), tmp_path, health_url=f"http://127.0.0.1:{port}/")
    supervisor = Supervisor((part,), tmp_path / "logs", lambda name: None)
    running = asyncio.create_task(supervisor.run())
    log = tmp_path / "logs" / "d.log"
    # the log tells of a question before its answer is out; a second one proves the first answered
    await until(lambda: log.exists() and log.read_text().count("GET") >= 2, 20)
    first = supervisor.pid("d")
    os.kill(first, signal.SIGSTOP)
    await until(lambda: supervisor.pid("d") not in (None, first), 20)
    supervisor.stop()
    await running
