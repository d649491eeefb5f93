"""Trains the dialogue model when its questions changed, with one line on the screen and a log."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from rich.console import Console

from voice_gateway.settings import ROOT, Settings

BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
QUICK_S = 5.0  # finding out that nothing changed takes less; only real training is announced
SHOWN_LINES = 12


def train_if_needed(settings: Settings, console: Console, *, keep_published: bool = False) -> int:
    """Train if needed and make that model the live one; the exit status of the training.

    ``keep_published``: leave a model alone that staff published, also when questions changed: what
    residents talk to is theirs to decide (``/staff/models``).
    """
    if not BOT_PYTHON.exists():
        console.print("[red]Brak środowiska Rasy. Proszę wpisać: make setup[/red]")
        return 1
    log_path = settings.data_dir / "logs" / "train.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    began_s = time.monotonic()
    with log_path.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            (
                *(str(BOT_PYTHON), "-m", "bot.train", "--out", str(settings.models_dir / "rasa")),
                *(("--keep-published",) if keep_published else ()),
            ),
            cwd=ROOT,
            env={**os.environ, "HALO_KNOWLEDGE_DIR": str(settings.knowledge_dir)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            status = _wait(process, console)
        except BaseException:  # Ctrl-C: the training must not go on alone
            process.kill()
            raise
    took_s = time.monotonic() - began_s
    if status:
        console.print(f"[red]Nauka modelu rozmowy nie udała się. Dziennik: {log_path}[/red]")
        console.print(_last_lines(log_path), markup=False)
    elif took_s > QUICK_S:
        console.print(f"Model rozmowy gotowy po {took_s:.0f} s.")
    return status


def _wait(process: subprocess.Popen[bytes], console: Console) -> int:
    try:
        return process.wait(QUICK_S)
    except subprocess.TimeoutExpired:
        console.print("Uczę model rozmowy, to zajmuje około dwóch minut…")
        return process.wait()


def _last_lines(log_path: Path) -> str:
    return "\n".join(log_path.read_text(errors="replace").splitlines()[-SHOWN_LINES:])
