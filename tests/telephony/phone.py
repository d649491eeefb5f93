"""A real SIP phone (baresip) that a test dials, speaks and listens with."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import threading
import time
import wave
from pathlib import Path
from typing import Any

from tests.telephony.ears import RATE_HZ, Ears
from tests.telephony.rig import DIES_WITH_US, Rig, wait_for

LONGEST_S = 180.0  # baresip hangs up at the end of what it plays, so silence follows everything

CONFIG = """
sip_listen 127.0.0.1:{sip}
audio_path /nowhere
audio_source aufile,{base}/mouth.wav
audio_player aufile,{base}/ear.wav
audio_alert aufile,{base}/alert.wav
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_telev_pt 101
rtp_ports {first}-{last}
net_interface 127.0.0.1
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module uuid.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""


class Phone:
    """One phone. ``number`` tells phones of a rig apart (0, 1, …) and picks its ports."""

    def __init__(self, rig: Rig, ears: Ears, number: int, account: str, answers: bool) -> None:
        self._rig = rig
        self._ears = ears
        self._number = number
        self._account = account
        self._answers = answers
        self._base = f"{rig.base}/phone{number}"
        self._folder = rig.folder / f"phone{number}"
        self._spoken = 0
        self.sound_ports = rig.ports.sound(number + 1)
        self.heard, self.said = ears.phone(self.sound_ports)
        self.events: list[tuple[float, dict[str, Any]]] = []

    # ---- switched on and off

    def start(self, *, register: bool = True) -> None:
        """Switch on and sign in at the exchange."""
        self._folder.mkdir(exist_ok=True)
        ports = self._rig.ports
        (self._folder / "config").write_text(
            CONFIG.format(
                base=self._base,
                sip=ports.phone_sip(self._number),
                control=ports.phone_control(self._number),
                first=self.sound_ports.start,
                last=self.sound_ports.stop - 2,
            )
        )
        (self._folder / "accounts").write_text(
            f"<sip:{self._account}@127.0.0.1:{ports.sip}>;auth_user={self._account}"
            f";auth_pass={self._rig.phone_password};regint={120 if register else 0}"
            f";audio_codecs=pcma;answermode={'auto' if self._answers else 'manual'}\n"
        )
        (self._folder / "contacts").touch()
        write_wav(self._folder / "mouth.wav", b"")
        self._log = (self._folder / "log").open("wb")
        self._process = subprocess.Popen(
            [*DIES_WITH_US, "chroot", self._rig.chroot, "baresip", "-f", self._base, "-s"],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self._socket = wait_for(self._connect, 10, "the phone did not start")
        threading.Thread(target=self._read, daemon=True).start()
        if register:
            wait_for(lambda: "200 OK (Halo)" in self.log(), 10, "the phone could not sign in")

    def stop(self) -> None:
        """Switch off."""
        self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    # ---- used

    def call(self, number: str = "100") -> float:
        """Dial and wait until answered; the time of that."""
        self.heard, self.said = self._ears.phone(self.sound_ports)
        began_s = time.time()
        self.dial(number)
        return self.wait_event("CALL_ESTABLISHED", began_s)

    def dial(self, number: str) -> None:
        self._command("dial", f"sip:{number}@127.0.0.1:{self._rig.ports.sip}")

    def hang_up(self) -> None:
        self._command("hangup")

    def press(self, key: str) -> None:
        """Press and release a key of an ongoing call."""
        self._command("sndcode", key)

    def speak(self, pcm: bytes) -> float:
        """Say something (8 kHz PCM); when it begins, as near as the phone lets us know."""
        self._spoken += 1
        name = f"speech{self._spoken}.wav"
        write_wav(self._folder / name, pcm)
        now_s = time.time()
        self._command("ausrc", f"aufile,{self._base}/{name}")
        return now_s

    def wait_event(self, kind: str, after_s: float = 0.0, seconds: float = 20.0) -> float:
        """Wait for an event of baresip; its time."""

        def happened() -> float | None:
            times = [at for at, event in list(self.events) if event.get("type") == kind]
            return next((at for at in times if at >= after_s), None)

        return wait_for(happened, seconds, f"no {kind}; the phone's log:\n{self.log()[-3000:]}")

    def wait_hung_up(self, after_s: float, seconds: float = 20.0) -> float:
        return self.wait_event("CALL_CLOSED", after_s, seconds)

    def log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    def invites(self) -> list[str]:
        """Every INVITE that reached this phone, oldest first."""
        text = self.log().replace("\r\n", "\n")
        return [
            found.group(0)
            for found in re.finditer(r"^INVITE sip:.*?\n\n", text, re.DOTALL | re.MULTILINE)
            if "User-Agent: Halo" in found.group(0)
        ]

    # ---- its remote control: netstrings of JSON on TCP

    def _connect(self) -> socket.socket | None:
        try:
            port = self._rig.ports.phone_control(self._number)
            return socket.create_connection(("127.0.0.1", port))
        except OSError:
            return None

    def _command(self, command: str, parameters: str | None = None) -> None:
        message = json.dumps({"command": command, "params": parameters or ""}).encode()
        self._socket.sendall(b"%d:%s," % (len(message), message))

    def _read(self) -> None:
        buffer = b""
        while True:
            try:
                data = self._socket.recv(65536)
            except OSError:
                return
            if not data:
                return
            buffer += data
            while b":" in buffer:
                length, _, rest = buffer.partition(b":")
                if len(rest) <= int(length):
                    break
                message, buffer = rest[: int(length)], rest[int(length) + 1 :]
                self.events.append((time.time(), json.loads(message)))


def write_wav(path: Path, pcm: bytes) -> None:
    """Sound followed by enough silence for a whole call."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(pcm + bytes(int(LONGEST_S * RATE_HZ) * 2))
