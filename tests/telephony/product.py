"""The whole product, as `halo run` keeps it, on ports of the rig; parts of it can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.telephony.rig import DIES_WITH_US, ROOT, Rig, wait_for

READY_S = 240.0  # tests may share a busy machine


class Product:
    """Rasa, the actions and the gateway, kept by the product's own supervisor."""

    def __init__(self, rig: Rig, max_calls: int = 20) -> None:
        self._rig = rig
        self._log_path = rig.folder / "product.log"
        self._log = self._log_path.open("wb")
        gateway = rig.ports.gateway
        self._process = subprocess.Popen(
            [*DIES_WITH_US, sys.executable, "-m", "tests.telephony.run_parts"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "HALO_PORT": str(gateway),
                "HALO_AUDIOSOCKET_PORT": str(rig.ports.audiosocket),
                "HALO_RASA_URL": f"http://127.0.0.1:{rig.ports.rasa}",
                "HALO_ACTIONS_URL": f"http://127.0.0.1:{rig.ports.actions}",
                "HALO_ASTERISK_PASSWORD": rig.password,
                "HALO_DATA_DIR": str(rig.data_dir),
                "HALO_MAX_CALLS": str(max_calls),
            },
        )

    def wait_ready(self) -> None:
        """Wait until every part works."""

        def ready() -> bool:
            assert self._process.poll() is None, self.log()
            try:
                return httpx.get(f"{self._rig.gateway_url}/readyz", timeout=2).status_code == 200
            except httpx.HTTPError:
                time.sleep(0.3)
                return False

        try:
            wait_for(ready, READY_S, "the product is not ready")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log()}") from error

    def pid(self, part: str) -> int:
        """Process id of a part: ``voice_gateway.app``, ``actions.server`` or ``bot.serve``."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")

        def find() -> int | None:
            for child in children.read_text().split():
                command = Path(f"/proc/{child}/cmdline").read_bytes()
                if part.encode() in command:
                    return int(child)
            return None

        return wait_for(find, 20, f"no {part} runs")

    def kill(self, part: str) -> None:
        """As a crash does."""
        os.kill(self.pid(part), signal.SIGKILL)

    def active_calls(self) -> float:
        """Phone talks that the gateway counts now."""
        page = httpx.get(f"{self._rig.gateway_url}/metrics", timeout=5).text
        lines = [line for line in page.splitlines() if line.startswith("halo_calls_active{")]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if 'channel="phone"' in line)

    def log(self) -> str:
        """What the product printed, and its parts' logs."""
        logs = [self._log_path, *sorted((self._rig.data_dir / "logs").glob("*"))]
        return "\n".join(f"== {path}\n{path.read_text(errors='replace')[-3000:]}" for path in logs)

    def stop(self) -> None:
        """As Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()
