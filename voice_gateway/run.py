"""``halo run``: checks, trains if needed, starts every part, and says what to open."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
import time
from pathlib import Path

import httpx
from rich.console import Console

from actions.office.system import load_system
from staff_console.accounts.links import Links
from voice_gateway.errors import HaloError, SetupError
from voice_gateway.records.database import Database
from voice_gateway.secret_values import with_secrets
from voice_gateway.settings import ROOT, Settings
from voice_gateway.speech_models import speech_model_folder
from voice_gateway.supervisor import Part, Supervisor
from voice_gateway.training import BOT_PYTHON, train_if_needed

READY_WAIT_S = 180.0
NEEDED_MEMORY_MB = 1800
RASA_PORT = 5005
ACTIONS_PORT = 5055


async def run_everything(settings: Settings, console: Console) -> int:
    """Start all parts and wait for Ctrl-C. 0 after a clean stop, 1 when it cannot start."""
    problem = obstacle(settings)
    if problem:
        console.print(f"[red]{problem}[/red]")
        return 1
    if train_if_needed(settings, console, keep_published=True):
        return 1
    settings = with_secrets(settings)
    logs = settings.data_dir / "logs"
    supervisor = Supervisor(
        parts(settings),
        logs,
        lambda name: console.print(f"[yellow]{name}: zakończył się, uruchamiam ponownie[/yellow]"),
    )
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, supervisor.stop)
    running = asyncio.create_task(supervisor.run())
    announcing = asyncio.create_task(_announce_when_ready(settings, console, logs))
    await running
    announcing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await announcing
    console.print("Zatrzymano.")
    return 0


def parts(settings: Settings) -> tuple[Part, ...]:
    """The processes of one machine."""
    gateway_health = f"http://{settings.host}:{settings.port}/healthz"
    return (
        Part(
            "rasa",
            (
                *(str(BOT_PYTHON), "-m", "bot.serve"),
                *("--port", str(httpx.URL(settings.rasa_url).port or RASA_PORT)),
                *("--actions-url", settings.actions_url),
                *("--models", str(settings.models_dir / "rasa")),
            ),
            ROOT,
        ),
        Part("actions", (sys.executable, "-m", "actions.server"), ROOT),
        Part(
            "gateway",
            (sys.executable, "-m", "voice_gateway.app"),
            ROOT,
            health_url=gateway_health,
        ),
    )


def obstacle(settings: Settings) -> str | None:
    """One Polish sentence about what keeps us from starting, or None."""
    for name, host, port in _ports(settings):
        if port and not _is_free(host, port):
            return (
                f"Port {port} ({name}) jest zajęty. Proszę zatrzymać program, który go używa, "
                f"albo ustawić inny (docs/settings.md)."
            )
    try:
        speech_model_folder(settings)
        load_system(settings.knowledge_dir / "system.yml")  # with office.yml
    except SetupError as error:
        return str(error)
    free_mb = _available_memory_mb()
    if free_mb < NEEDED_MEMORY_MB:
        return f"Za mało wolnej pamięci: {free_mb} MB, potrzeba {NEEDED_MEMORY_MB} MB."
    return None


def _ports(settings: Settings) -> tuple[tuple[str, str, int], ...]:
    rasa, actions = httpx.URL(settings.rasa_url), httpx.URL(settings.actions_url)
    return (
        ("bramka", settings.host, settings.port),
        ("AudioSocket", settings.audiosocket_host, settings.audiosocket_port),
        ("Rasa", rasa.host, rasa.port or RASA_PORT),
        ("akcje", actions.host, actions.port or ACTIONS_PORT),
    )


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _available_memory_mb() -> int:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) // 1024
    return NEEDED_MEMORY_MB


async def _announce_when_ready(settings: Settings, console: Console, logs: Path) -> None:
    base = f"http://{settings.host}:{settings.port}"
    began_s = time.monotonic()
    complained = False
    with console.status("Uruchamiam…") as status:
        while waiting := await _not_ready(base):
            waited_s = time.monotonic() - began_s
            status.update(f"Uruchamiam… {waited_s:.0f} s, czekam na: {', '.join(waiting)}")
            if waited_s > READY_WAIT_S and not complained:
                complained = True
                console.print(
                    f"[red]Po {waited_s:.0f} s nie działa: {', '.join(waiting)}. "
                    f"Dzienniki: {logs}. Czekam dalej.[/red]"
                )
            await asyncio.sleep(0.3)
    waited_s = time.monotonic() - began_s
    console.print(f"[green]Gotowe po {waited_s:.0f} s.[/green]")
    console.print(f"  Czat i mikrofon:     [bold]{base}/[/bold]")
    console.print(f"  Strony urzędu:       {base}/staff/")
    await _announce_first_link(settings, console, base)
    console.print("  Telefon:             „make phone”, potem numer [bold]100[/bold] z konta 6001")
    console.print("  Nagranie:            .venv/bin/halo call tests/audio/godziny.wav")
    console.print("  Ctrl-C zatrzymuje wszystko.")


async def _announce_first_link(settings: Settings, console: Console, base: str) -> None:
    """While nobody is administrator: where somebody becomes it, shown only now."""
    if not settings.local_sign_in:
        return
    database = Database(settings.db_url)
    try:
        path = await Links(database).first()
    except HaloError as error:
        console.print(f"  [yellow]Odnośnika dla administratora brak ({error.code}).[/yellow]")
        return
    finally:
        database.close()
    if path:
        console.print("  Nie ma jeszcze administratora. Zakłada go ten odnośnik (raz, przez 24 h):")
        console.print(f"  [bold]{base}{path}[/bold]", soft_wrap=True)


async def _not_ready(base: str) -> list[str]:
    """Names of the parts that do not work yet."""
    try:
        async with httpx.AsyncClient(timeout=2.0, trust_env=False) as client:
            answer = await client.get(f"{base}/readyz")
        parts = answer.json()["parts"]
    except (httpx.HTTPError, ValueError, KeyError):
        return ["bramka"]
    return [name for name, part in parts.items() if part["state"] != "ok"]
