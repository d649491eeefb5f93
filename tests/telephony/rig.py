"""A real Asterisk on loopback, configured by deploy/asterisk/configure.py, for the tests.

Everything runs in a folder of Debian unstable (deploy/asterisk/chroot.sh), each run in a place of
its own with ports of its own, so that two runs do not meet.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy" / "asterisk"
RING_S = 4  # short, so that a test of "nobody answers" does not take long
PORTS_EACH = 40  # of sound, for Asterisk and each phone
BOOT_S = 40.0
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")

T = TypeVar("T")


class RigImpossibleError(Exception):
    """This machine cannot have the rig; the text says why."""


def wait_for(what: Callable[[], T | None], seconds: float, why: str) -> T:
    """Poll until ``what`` gives something true. Raises ``AssertionError`` with ``why``."""
    end = time.monotonic() + seconds
    while True:
        got = what()
        if got:
            return got
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s: {why}")
        time.sleep(0.02)


def find_chroot() -> Path:
    """The folder with Asterisk 22; made when there is none. Raises ``RigImpossibleError``."""
    done = subprocess.run(
        [DEPLOY / "chroot.sh"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RigImpossibleError(done.stderr.strip().splitlines()[-1])
    return Path(done.stdout.strip())


@dataclass
class Ports:
    """A block of UDP and TCP ports nobody uses; sound ports come after the first twenty."""

    first: int

    @classmethod
    def free_block(cls) -> Ports:
        """Find one; blocks lie between the registered and the system's own short-lived ports."""
        for _ in range(50):
            first = 14000 + secrets.randbelow(80) * 220
            if all(_free(first + offset) for offset in range(20)):
                return cls(first)
        raise RigImpossibleError("no free ports")

    @property
    def sip(self) -> int:
        return self.first

    @property
    def gateway(self) -> int:
        return self.first + 1

    @property
    def audiosocket(self) -> int:
        return self.first + 2

    @property
    def operator(self) -> int:
        return self.first + 3

    @property
    def rasa(self) -> int:
        return self.first + 16

    @property
    def actions(self) -> int:
        return self.first + 17

    def phone_sip(self, number: int) -> int:
        """baresip listens on the one above too, for TLS."""
        return self.first + 4 + 3 * number

    def phone_control(self, number: int) -> int:
        return self.first + 6 + 3 * number

    def sound(self, number: int) -> range:
        """0: Asterisk's, 1…: the phones'."""
        first = self.first + 20 + PORTS_EACH * number
        return range(first, first + PORTS_EACH)


def _free(port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


@dataclass
class Rig:
    """One running Asterisk."""

    chroot: Path
    ports: Ports
    data_dir: Path
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.base = f"/halo/{os.getpid()}-{self.ports.first}"
        self.folder = self.chroot / self.base.lstrip("/")

    @property
    def gateway_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.gateway}"

    @property
    def phone_password(self) -> str:
        return (self.folder / "phone_password").read_text()

    def _asterisk(self) -> tuple[str | Path, ...]:
        return ("chroot", self.chroot, "asterisk", "-C", f"{self.base}/etc/asterisk.conf")

    def start(self) -> None:
        """Configure as an administrator would, then boot. Raises ``AssertionError``."""
        self.folder.mkdir(parents=True)
        _share_voice_cache(self.data_dir)
        self.configure()
        log = (self.folder / "asterisk.log").open("wb")
        self.process = subprocess.Popen(
            [*DIES_WITH_US, *self._asterisk(), "-f", "-n"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        wait_for(
            lambda: "fully booted" in self.cli("core waitfullybooted"),
            BOOT_S,
            f"Asterisk does not start, see {self.folder}/asterisk.log",
        )

    def configure(self) -> None:
        """Run deploy/asterisk/configure.py for this rig."""
        operator = f"127.0.0.1:{self.ports.operator}"
        sound = self.ports.sound(0)
        subprocess.run(
            [
                *(sys.executable, DEPLOY / "configure.py", self.folder, "--local"),
                *("--base", self.base, "--sip", f"127.0.0.1:{self.ports.sip}"),
                *("--rtp", f"{sound.start}-{sound.stop - 1}", "--trunk", operator),
                *("--gateway", self.gateway_url),
                *("--audiosocket", f"127.0.0.1:{self.ports.audiosocket}"),
                *("--dial", "obywatelskie=PJSIP/991234010@operator"),
                *("--ring-s", str(RING_S)),
            ],
            check=True,
            cwd=ROOT,
            env={
                **os.environ,
                "HALO_ASTERISK_PASSWORD": self.password,
                "HALO_DATA_DIR": str(self.data_dir),
            },
        )

    def cli(self, command: str) -> str:
        """What Asterisk's console answers; empty while it does not."""
        done = subprocess.run(
            [*self._asterisk(), "-rx", command], capture_output=True, text=True, check=False
        )
        return done.stdout

    def log(self) -> str:
        path = self.folder / "asterisk.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self) -> None:
        """Stop Asterisk and remove what it wrote."""
        if self.process:
            self.cli("core stop now")
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _share_voice_cache(data_dir: Path) -> None:
    """Sentences are rendered once for all runs of the tests; that takes a minute of work."""
    shared = ROOT / "var" / "telephony-tests" / "voice"
    shared.mkdir(parents=True, exist_ok=True)
    (data_dir / "voice").symlink_to(shared)
