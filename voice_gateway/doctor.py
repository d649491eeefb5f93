"""``halo doctor``: what this machine has, what it lacks, and how to get it. In Polish, for staff.

Each check is one small function that looks and changes nothing. ``needed`` tells what the
assistant cannot run without from what only some uses want (a telephone, tests).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from rich.console import Console

from voice_gateway.errors import HaloError
from voice_gateway.settings import ROOT, Settings
from voice_gateway.speech_models import OFFICIAL, speech_model_folder
from voice_gateway.synthesizers.build import build_voice
from voice_gateway.training import BOT_PYTHON

NEEDED_MEMORY_GB = 2.5  # everything together stays under 2 GB; the rest is room to train
NEEDED_DISK_GB = 1.0  # records, cached sound, logs and trained models of a year
ASTERISK_FOLDER = Path.home() / ".cache" / "halo" / "asterisk-22"  # deploy/asterisk/chroot.sh
GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``found`` says what is there; ``help`` how to get what is not."""

    name: str
    ok: bool
    found: str
    help: str = ""
    needed: bool = True


def run_checks(settings: Settings) -> list[Check]:
    """All checks, in the order in which a person would mend them."""
    return [
        gateway_python(),
        rasa_environment(BOT_PYTHON),
        memory(psutil.virtual_memory().available / GIB, assistant_runs(settings)),
        disk(settings.data_dir),
        *(port(name, number) for name, number in _ports(settings)),
        dialogue_model(settings.models_dir / "rasa"),
        speech_model(settings),
        official_model(settings),
        voice(settings),
        telephone(ASTERISK_FOLDER),
        program("Przeglądarka do testów", "chromium", "apt-get install chromium"),
        program("espeak-ng w systemie", "espeak-ng", "apt-get install espeak-ng"),
        postgresql(),
    ]


def render(checks: list[Check], console: Console) -> None:
    """Print the checks, what to do about the failed ones, and one closing sentence."""
    for check in checks:
        mark = "[green]✓[/green]" if check.ok else "[red]✗[/red]" if check.needed else "–"
        console.print(f" {mark} {check.name}: {check.found}", soft_wrap=True)
        if not check.ok and check.help:
            console.print(f"     {check.help}", soft_wrap=True)
    missing = [check for check in checks if check.needed and not check.ok]
    if missing:
        console.print(f"[red]Do poprawienia: {len(missing)}.[/red]")
    else:
        console.print("[green]Asystent może tu działać.[/green]")


def gateway_python() -> Check:
    """The Python that runs the gateway, the actions and the desk."""
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Check("Python bramki", good, sys.version.split()[0], "Proszę wpisać: make setup")


def rasa_environment(python: Path) -> Check:
    """Rasa's own environment; asks its Python rather than trusting the folder."""
    name, advice = "Środowisko Rasy", "Proszę wpisać: make setup"
    if not python.exists():
        return Check(name, False, "brak", advice)
    question = (
        "import importlib.metadata as m, platform; "
        "print(platform.python_version(), m.version('rasa'))"
    )
    try:
        answer = subprocess.run(  # noqa: S603 - our own interpreter, fixed text
            (str(python), "-c", question), capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return Check(name, False, "nie działa", advice)
    version, rasa = answer.stdout.split()
    return Check(name, True, f"Python {version}, Rasa {rasa}")


def memory(free_gb: float, running: bool) -> Check:
    """Free memory; a running assistant has already taken its share."""
    found = f"{free_gb:.1f} GB wolne" + (", asystent już działa" if running else "")
    return Check(
        "Pamięć",
        running or free_gb >= NEEDED_MEMORY_GB,
        found,
        f"Potrzeba {NEEDED_MEMORY_GB} GB; proszę zamknąć inne programy.",
    )


def disk(data_dir: Path) -> Check:
    """Free disk where the records go."""
    there = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    free_gb = shutil.disk_usage(there).free / GIB
    writable = os.access(there, os.W_OK)
    found = f"{free_gb:.0f} GB wolne" if writable else f"brak prawa zapisu do {there}"
    return Check(
        "Dysk",
        writable and free_gb >= NEEDED_DISK_GB,
        found,
        f"Potrzeba {NEEDED_DISK_GB:.0f} GB i prawa zapisu w {data_dir} (HALO_DATA_DIR).",
    )


def port(name: str, number: int) -> Check:
    """A port that is free, or held by a part of ours."""
    holder = port_holder(number)
    if holder is None:
        return Check(f"Port {number} ({name})", True, "wolny")
    found = f"zajęty przez {holder.label}"
    advice = "Proszę zatrzymać ten program albo ustawić inny port (docs/settings.md)."
    return Check(f"Port {number} ({name})", holder.ours, found, advice)


@dataclass(frozen=True, slots=True)
class Holder:
    """The program that listens on a port."""

    label: str
    ours: bool


def port_holder(number: int) -> Holder | None:
    """Who listens on this TCP port, or None when nobody does.

    Without administrator's rights the programs of other users have no name here.
    """
    for connection in psutil.net_connections(kind="tcp"):
        if connection.status != psutil.CONN_LISTEN or connection.laddr[1:2] != (number,):
            continue
        try:
            process = psutil.Process(connection.pid) if connection.pid else None
            command = process.cmdline() if process else []
        except psutil.Error:
            process, command = None, []
        if process is None:
            return Holder("program innego użytkownika", False)
        ours = any(str(ROOT) in part for part in command)
        what = "asystenta" if ours else Path(command[0]).name if command else "?"
        return Holder(f"{what} (proces {process.pid})", ours)
    return None


def assistant_runs(settings: Settings) -> bool:
    """Does the gateway of this folder run now?"""
    holder = port_holder(settings.port)
    return holder is not None and holder.ours


def dialogue_model(folder: Path) -> Check:
    """A trained model of the dialogue engine."""
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    found = models[-1].name if models else "brak"
    return Check("Model rozmowy", bool(models), found, "Proszę wpisać: make train")


def speech_model(settings: Settings) -> Check:
    """The speech model that would hear."""
    try:
        folder = speech_model_folder(settings)
    except HaloError:
        advice = "Proszę wpisać: .venv/bin/halo models fetch (pobiera) albo make speech-model."
        return Check("Model mowy", False, "brak", advice)
    return Check("Model mowy", True, folder.name)


def official_model(settings: Settings) -> Check:
    """The official Polish model: better with people, and not needed for trying."""
    folder = settings.models_dir / "speech" / "official" / OFFICIAL
    there = (folder / "am" / "final.mdl").exists()
    return Check(
        "Oficjalny model mowy",
        there,
        OFFICIAL if there else "nie pobrano",
        "Lepiej słyszy ludzi: .venv/bin/halo models fetch",
        needed=False,
    )


def voice(settings: Settings) -> Check:
    """Speaks two words with the chosen voice, and throws the sound away."""
    try:
        name, seconds = asyncio.run(_speak(settings))
    except HaloError as error:
        advice = "Proszę sprawdzić HALO_VOICE_ENGINE (docs/settings.md) i wpisać: make setup"
        return Check("Głos", False, f"nie działa ({error.code})", advice)
    return Check("Głos", seconds > 0, name, "Głos oddał ciszę; proszę wpisać: make setup")


async def _speak(settings: Settings) -> tuple[str, float]:
    chosen = build_voice(settings)
    try:
        pcm = await chosen.synthesize("Dzień dobry.", 8000)
        return chosen.voice_name, len(pcm) / 16000
    finally:
        await chosen.close()


def telephone(asterisk_folder: Path) -> Check:
    """An exchange for ``make phone``: made already, or possible to make here."""
    name = "Centrala do „make phone”"
    if (asterisk_folder / "made").exists():
        return Check(name, True, str(asterisk_folder), needed=False)
    possible = os.geteuid() == 0 and shutil.which("apt-get") is not None
    found = "powstanie przy pierwszym użyciu" if possible else "nie może tu powstać"
    advice = "Potrzebny jest administrator (root) i Debian albo Ubuntu; docs/telephony.md."
    return Check(name, possible, found, advice, needed=False)


def program(name: str, command: str, get: str) -> Check:
    """A program that only some uses want."""
    path = shutil.which(command)
    return Check(name, path is not None, path or "brak", get, needed=False)


def postgresql() -> Check:
    """A database server's programs, for tests; Debian keeps them out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return Check(
        "PostgreSQL do testów",
        bool(found),
        str(found[-1].parent) if found else "brak",
        "apt-get install postgresql",
        needed=False,
    )


def _ports(settings: Settings) -> list[tuple[str, int]]:
    named: list[tuple[str, int]] = [
        ("bramka", settings.port),
        ("AudioSocket", settings.audiosocket_port),
        *(
            (name, httpx.URL(url).port or 80)
            for name, url in (("Rasa", settings.rasa_url), ("akcje", settings.actions_url))
            if httpx.URL(url).host in {"127.0.0.1", "localhost", "::1"}
        ),
    ]
    return [(name, number) for name, number in named if number]
