"""Times at the caller's ear, over a real Asterisk and a real phone: numbers, not a test.

    .venv/bin/python -m tests.telephony.measure --calls 10

Times are those of the RTP packets at the phone: from the first or last packet with sound in one
direction to the first or last in the other. Codec and network are included, the phone's own
buffers (about 40-60 ms) are not.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.telephony.ears import Ears
from tests.telephony.phone import Phone
from tests.telephony.product import Product
from tests.telephony.rig import Ports, Rig, find_chroot
from voice_gateway.voice_client import read_wav

RECORDINGS = Path(__file__).parents[1] / "audio"
QUESTIONS = ("godziny", "paszport_koszt")
LONG_ANSWER, INTERRUPTION = "smieci", "godziny"
MEANINGS = {
    "greeting": "answered -> first sound of the greeting",
    "voice_to_voice": "caller's last sound -> first sound of the answer",
    "barge_in": "caller's first sound over an answer -> last sound of that answer",
}

Times = defaultdict[str, list[float]]


def measure_call(phone: Phone, number: str, times: Times) -> None:
    """One call: greeting, questions, an interruption."""
    answered_s = phone.call(number)
    times["greeting"].append(phone.heard.wait_begin(answered_s) - answered_s)
    phone.heard.wait_end(answered_s)
    for question in QUESTIONS:
        answer_s = ask(phone, question, times)
        phone.heard.wait_end(answer_s - 0.02)
    answer_s = ask(phone, LONG_ANSWER, times)
    time.sleep(max(0.0, answer_s + 1.0 - time.time()))
    before = len(phone.heard.packets)
    began_s = phone.said.wait_begin(phone.speak(recording(INTERRUPTION)))
    said_s = phone.said.wait_end(began_s - 0.02, quiet_s=0.3)
    over = [p for p in phone.heard.packets[before:] if began_s < p.at_s < said_s and p.dbfs > -45]
    times["barge_in"].append(over[-1].at_s + 0.02 - began_s if over else 0.0)
    ended_s = time.time()
    phone.hang_up()
    phone.wait_hung_up(ended_s)


def ask(phone: Phone, question: str, times: Times) -> float:
    """Ask and wait for the answer; when it began."""
    asked_s = phone.speak(recording(question))
    said_s = phone.said.wait_end(asked_s, quiet_s=0.3)
    answer_s = phone.heard.wait_begin(said_s)
    times["voice_to_voice"].append(answer_s - said_s)
    return answer_s


def recording(name: str) -> bytes:
    """PCM of a question at 8 kHz."""
    return read_wav(RECORDINGS / f"{name}.wav").pcm


@contextlib.contextmanager
def running_rig() -> Iterator[tuple[Rig, Ears]]:
    """Asterisk and the product, started and stopped."""
    with tempfile.TemporaryDirectory() as data_dir, contextlib.ExitStack() as stack:
        ears = Ears()
        stack.callback(ears.stop)
        rig = Rig(find_chroot(), Ports.free_block(), Path(data_dir))
        stack.callback(rig.stop)
        rig.start()
        product = Product(rig)
        stack.callback(product.stop)
        product.wait_ready()
        yield rig, ears


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=10)
    parser.add_argument("--number", default="100", help="100 WebSocket, 101 AudioSocket")
    arguments = parser.parse_args()
    times: Times = defaultdict(list)
    with running_rig() as (rig, ears):
        phone = Phone(rig, ears, 0, "6001", answers=False)
        phone.start()
        try:
            for _ in range(arguments.calls):
                measure_call(phone, arguments.number, times)
                time.sleep(0.5)
        finally:
            phone.stop()
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    for name, meaning in MEANINGS.items():
        milliseconds = np.array(times[name]) * 1000
        p50, p95 = np.percentile(milliseconds, [50, 95])
        print(f"{name:15} n={len(milliseconds):3} p50 {p50:5.0f} ms  p95 {p95:5.0f} ms  {meaning}")


if __name__ == "__main__":
    main()
