"""What a phone on loopback sends and hears, with the times of the packets themselves.

Reads the RTP of one phone from the loopback device, so it works for any phone and has one clock
for both directions. Sound is G.711 A-law, 8 kHz, 20 ms a packet.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from dataclasses import dataclass

import numpy as np

from tests.telephony.rig import wait_for

RATE_HZ = 8000
SLOT_S = 0.02
ALAW_PAYLOAD = 8
EVERY_IP_PACKET = 0x0800
OUTGOING = 4  # loopback shows each packet twice; this is the copy that leaves
LOUD_DBFS = -45.0
SPEECH_SLOTS = 4  # of six in a row: shorter sounds are clicks
SO_TIMESTAMPNS = 35


def _alaw_table() -> np.ndarray:
    """G.711 A-law to 16 bit."""
    table = np.empty(256, np.int16)
    for code in range(256):
        value = code ^ 0x55
        exponent, mantissa = (value >> 4) & 7, value & 15
        sample = (
            (mantissa << 4) + 8 if not exponent else ((mantissa << 4) + 0x108) << (exponent - 1)
        )
        table[code] = sample if value & 0x80 else -sample
    return table


ALAW = _alaw_table()


@dataclass(frozen=True)
class Packet:
    """20 ms of sound that passed at ``at_s`` (system clock)."""

    at_s: float
    pcm: np.ndarray

    @property
    def dbfs(self) -> float:
        rms = float(np.sqrt(np.mean(self.pcm.astype(np.float64) ** 2)))
        return 20 * np.log10(max(rms, 1.0) / 32768)


class Sound:
    """One direction of a call as it passes."""

    def __init__(self) -> None:
        self.packets: list[Packet] = []

    def loud_s(self, from_s: float, to_s: float) -> float:
        """Seconds of sound (silence apart) that passed between two times."""
        packets = [p for p in list(self.packets) if from_s <= p.at_s < to_s]
        return SLOT_S * sum(packet.dbfs > LOUD_DBFS for packet in packets)

    def begins(self, after_s: float) -> float | None:
        """When sound first begins after a time."""
        loud = [p.at_s for p in list(self.packets) if p.at_s >= after_s and p.dbfs > LOUD_DBFS]
        for index, at_s in enumerate(loud):
            if len(loud) >= index + SPEECH_SLOTS and loud[index + SPEECH_SLOTS - 1] < at_s + 0.14:
                return at_s
        return None

    def last_loud(self, after_s: float = 0.0) -> float | None:
        """When sound last ended after a time."""
        loud = [p.at_s for p in list(self.packets) if p.at_s >= after_s and p.dbfs > LOUD_DBFS]
        return loud[-1] + SLOT_S if loud else None

    def wait_begin(self, after_s: float, seconds: float = 15.0) -> float:
        """Wait until sound begins after a time; when it did."""
        return wait_for(lambda: self.begins(after_s), seconds, "nothing was heard")

    def wait_end(self, after_s: float, seconds: float = 30.0, quiet_s: float = 0.8) -> float:
        """Wait until sound begins after a time and then ``quiet_s`` of silence; when it ended."""
        began_s = self.wait_begin(after_s, seconds)

        def ended() -> float | None:
            last_s = self.last_loud(began_s)
            return last_s if last_s and time.time() - last_s > quiet_s else None

        return wait_for(ended, seconds, "the sound did not end")

    def pcm(self, from_s: float, to_s: float | None = None) -> bytes:
        """Everything between two times, silence where nothing was sent."""
        packets = [p for p in list(self.packets) if from_s <= p.at_s < (to_s or time.time())]
        pieces, due_s = [], from_s
        for packet in packets:
            gap = int((packet.at_s - due_s) / SLOT_S)
            if gap > 2:  # less is only jitter
                pieces.append(np.zeros(gap * len(packet.pcm), np.int16))
                due_s += gap * SLOT_S
            pieces.append(packet.pcm)
            due_s += SLOT_S
        return b"".join(piece.tobytes() for piece in pieces)

    def tone_hz(self, from_s: float, to_s: float) -> float:
        """The strongest frequency between two times; 0 when it is quiet."""
        samples = np.frombuffer(self.pcm(from_s, to_s), np.int16).astype(np.float64)
        if len(samples) < RATE_HZ // 10 or np.sqrt(np.mean(samples**2)) < 100:
            return 0.0
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
        return float(np.argmax(spectrum) * RATE_HZ / len(samples))


class Ears:
    """Listens on loopback to the phones whose port ranges it is given."""

    def __init__(self) -> None:
        self._phones: list[tuple[range, Sound, Sound]] = []
        self._socket = socket.socket(
            socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(EVERY_IP_PACKET)
        )
        self._socket.bind(("lo", EVERY_IP_PACKET))
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
        self._socket.settimeout(0.2)
        self._stopping = False
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def phone(self, ports: range) -> tuple[Sound, Sound]:
        """(heard, said) of the phone whose sound uses these ports; anew from now on."""
        self._phones = [known for known in self._phones if known[0] != ports]
        heard, said = Sound(), Sound()
        self._phones.append((ports, heard, said))
        return heard, said

    def stop(self) -> None:
        self._stopping = True
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._stopping:
            try:
                data, extra, _, address = self._socket.recvmsg(2048, 64)
            except TimeoutError:
                continue
            if address[2] == OUTGOING or len(data) < 40 or data[9] != socket.IPPROTO_UDP:
                continue
            seconds, nanoseconds = struct.unpack("qq", extra[0][2][:16])
            self._sort(data, seconds + nanoseconds / 1e9)

    def _sort(self, data: bytes, at_s: float) -> None:
        at = (data[0] & 15) * 4
        source, target = struct.unpack_from(">HH", data, at)
        rtp = data[at + 8 :]
        if rtp[0] >> 6 != 2 or rtp[1] & 0x7F != ALAW_PAYLOAD:
            return  # RTCP, keys, SIP
        for ports, heard, said in self._phones:
            sound = heard if target in ports else said if source in ports else None
            if sound:
                sound.packets.append(Packet(at_s, ALAW[np.frombuffer(rtp[12:], np.uint8)]))
