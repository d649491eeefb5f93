"""The whole product as `make run` starts it, on free ports, for tests and measurements."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).resolve().parent.parent
READY_WAIT_S = 400  # training on a busy machine included
ASTERISK_PASSWORD = "haslo-centrali-do-testow"
DESK_PASSWORD = "haslo-biurka-do-testow"
NOW = "2026-11-24T10:00:00+01:00"  # a Tuesday; talks name days, so they need a day of their own


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class RunningProduct:
    """Addresses and processes of a product that is up."""

    port: int
    audiosocket_port: int
    rasa_port: int
    actions_port: int
    data_dir: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def voice_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/voice"

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=15, trust_env=False)

    def pid(self, part: str) -> int:
        """Process id of ``rasa``, ``actions``, ``gateway`` or ``voice`` (the synthesis worker)."""
        marks = {
            "rasa": f"--port {self.rasa_port}",
            "actions": "actions.server",
            "gateway": "voice_gateway.app",
            "voice": "voice_gateway.synthesizers.worker",
        }
        for process in psutil.Process(self.process.pid).children(recursive=True):
            if marks[part] in " ".join(process.cmdline()):
                return process.pid
        raise AssertionError(f"{part} does not run")

    def kill(self, part: str) -> None:
        os.kill(self.pid(part), signal.SIGKILL)

    def wait_until_ready(self, wait_s: float = READY_WAIT_S) -> float:
        """Seconds until every part works."""
        began_s = time.monotonic()
        seen = "nothing answered"
        while time.monotonic() < began_s + wait_s:
            assert self.process.poll() is None, "halo run ended"
            try:
                with self.client() as client:
                    answer = client.get("/readyz")
                seen = answer.text
                if answer.status_code == 200:
                    return time.monotonic() - began_s
            except httpx.HTTPError as error:
                seen = repr(error)
            time.sleep(0.2)
        logs = "\n".join(
            f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}"
            for log in sorted((self.data_dir / "logs").glob("*.log"))
        )
        raise AssertionError(f"not ready after {wait_s} s: {seen}\n{logs}")


@contextmanager
def running_product(data_dir: Path, **settings: str) -> Iterator[RunningProduct]:
    """Start everything with ``settings`` (names without HALO_), stop all of it at the end."""
    ports = {name: free_port() for name in ("port", "audiosocket", "rasa", "actions")}
    environment = {
        **os.environ,
        "HALO_PORT": str(ports["port"]),
        "HALO_AUDIOSOCKET_PORT": str(ports["audiosocket"]),
        "HALO_RASA_URL": f"http://127.0.0.1:{ports['rasa']}",
        "HALO_ACTIONS_URL": f"http://127.0.0.1:{ports['actions']}",
        "HALO_DATA_DIR": str(data_dir),
        "HALO_ASTERISK_PASSWORD": ASTERISK_PASSWORD,
        "HALO_DESK_PASSWORD": DESK_PASSWORD,
        "HALO_NOW": NOW,
        **{f"HALO_{name.upper()}": value for name, value in settings.items()},
    }
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "run.log").open("wb") as log:
        process = subprocess.Popen(
            (sys.executable, "-m", "voice_gateway.cli", "run"),
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        product = RunningProduct(
            ports["port"],
            ports["audiosocket"],
            ports["rasa"],
            ports["actions"],
            data_dir,
            process,
        )
        try:
            product.wait_until_ready()
            yield product
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
