"""Starts the stand-in gateway for one test and reads what it reports."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from typing import Any

from tests.telephony.rig import DIES_WITH_US, ROOT, Rig, wait_for

TO_A_PERSON = '{"action":"transfer","target":"informacja","context":"reason=asked;topic=id_card"}'


class Standin:
    """The stand-in gateway as a process; killable."""

    def __init__(
        self,
        rig: Rig,
        play: str,
        next_body: str = TO_A_PERSON,
        *,
        next_wait_s: float = 0.0,
        password: str | None = None,
        max_calls: int = 20,
    ) -> None:
        self.events: list[dict[str, Any]] = []
        self._process = subprocess.Popen(
            [
                *(*DIES_WITH_US, sys.executable, "-m", "tests.telephony.standin", play),
                *("--next", next_body, "--next-wait-s", str(next_wait_s)),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "HALO_PORT": str(rig.ports.gateway),
                "HALO_AUDIOSOCKET_PORT": str(rig.ports.audiosocket),
                "HALO_ASTERISK_PASSWORD": password or rig.password,
                "HALO_MAX_CALLS": str(max_calls),
            },
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith("{"):
                self.events.append(json.loads(line))

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every event of a kind so far."""
        return [event for event in list(self.events) if event["event"] == kind]

    def wait(self, kind: str, count: int = 1, seconds: float = 15.0) -> dict[str, Any]:
        """Wait for the ``count``-th event of a kind."""
        return wait_for(
            lambda: self.all(kind)[count - 1] if len(self.all(kind)) >= count else None,
            seconds,
            f"the gateway did not report {kind}: {self.events}",
        )

    def kill(self) -> None:
        """As a crash does."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def freeze(self, frozen: bool) -> None:
        """Stand still, or go on."""
        self._process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(3)
            except subprocess.TimeoutExpired:  # it answers a slow request to the end
                self.kill()
