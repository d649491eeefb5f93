"""``make bench-voice``: our product and a pipecat pipeline of the same engines, in one run.

Starts the product as ``make run`` does, and beside it the peer with both of its settings
(peer_pipecat/README.md); the peers ask the product's own Rasa. Without a network the peer cannot
be installed; then the product is measured alone.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx

from actions.office.system import load_system
from benchmarks.report import keep, show
from benchmarks.voice import Plan, Target, measure
from tests.running_product import ROOT, RunningProduct, free_port, running_product
from voice_gateway.sentences import sentences_from
from voice_gateway.settings import Settings
from voice_gateway.speech_models import speech_model_folder

PEER = ROOT / "benchmarks" / "peer_pipecat"
PRESETS = ("default", "tuned")
PEER_READY_S = 120
SHORT = Plan(loads=((1, 4), (5, 2)), broken=2)


def peer_python(venv: Path) -> Path | None:
    """Python of the peer's environment, made when missing; None when it cannot be made."""
    requirements = PEER / "requirements.txt"
    made_from, digest = venv / "made-from", hashlib.sha256(requirements.read_bytes()).hexdigest()
    python = venv / "bin" / "python"
    if made_from.exists() and made_from.read_text() == digest:
        return python
    print("Installing the pipecat peer from PyPI", flush=True)
    uv = shutil.which("uv") or str(ROOT / ".tools" / "uv")
    make: tuple[str, ...] = (sys.executable, "-m", "venv", "--clear", str(venv))
    fill: tuple[str, ...] = (str(python), "-m", "pip", "install", "-q")
    if Path(uv).is_file():
        make = (uv, "venv", "-q", "--clear", "--no-config", "--python", sys.executable, str(venv))
        fill = (uv, "pip", "install", "-q", "--no-config", "--python", str(python))
    try:
        subprocess.run(make, check=True)  # noqa: S603 - fixed commands
        subprocess.run((*fill, "-r", str(requirements)), check=True)  # noqa: S603 - fixed commands
    except (OSError, subprocess.CalledProcessError):
        print("The peer cannot be installed (is PyPI reachable?): measuring the product alone")
        return None
    made_from.write_text(digest)
    return python


@contextmanager
def running_peer(
    python: Path, preset: str, product: RunningProduct, logs: Path
) -> Iterator[Target]:
    """The peer with one of its settings, stopped at the end."""
    settings = Settings()
    port = free_port()
    sentences = sentences_from(load_system(settings.knowledge_dir / "system.yml"))
    greeting = " ".join(piece.spoken for piece in sentences.greeting)
    command = (
        *(str(python), str(PEER / "server.py"), "--preset", preset, "--port", str(port)),
        *("--model", str(speech_model_folder(settings)), "--greeting", greeting),
        *("--rasa", f"http://127.0.0.1:{product.rasa_port}"),
    )
    with (logs / f"peer-{preset}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - our own server
        try:
            wait_until_ready(process, port)
            yield Target(f"pipecat {preset}", f"ws://127.0.0.1:{port}/ws/voice", process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    """Raises ``RuntimeError`` when the peer ends or takes too long."""
    until_s = time.monotonic() + PEER_READY_S
    while time.monotonic() < until_s and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5, trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.5)
        else:
            return
    raise RuntimeError("the peer did not start; its log is in var/bench")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alone", action="store_true", help="without the peer")
    parser.add_argument("--short", action="store_true", help="few questions: does it work?")
    parser.add_argument("--peer-python", type=Path, help="an environment that is there already")
    options = parser.parse_args()
    bench = ROOT / "var" / "bench"
    bench.mkdir(parents=True, exist_ok=True)
    python = options.peer_python
    if not python and not options.alone:
        python = peer_python(ROOT / "var" / "peer-venv")
    with ExitStack() as running:
        data_dir = running.enter_context(tempfile.TemporaryDirectory(dir=bench))
        product = running.enter_context(running_product(Path(data_dir)))
        targets = [Target("Halo Urząd", product.voice_url, product.pid("gateway"))]
        for preset in PRESETS if python else ():
            targets.append(running.enter_context(running_peer(python, preset, product, bench)))
        all_figures = asyncio.run(measure(targets, SHORT if options.short else Plan()))
    show(all_figures)
    path = bench / f"voice-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    keep(all_figures, path)
    print(f"Every figure: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
