"""``halo call``: one caller with a recording, and what each stage did with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import websockets
from rich.console import Console

from voice_gateway.voice_client import VoiceCaller, read_wav, write_wav


async def call_with_file(file: Path, record: Path | None, url: str, console: Console) -> int:
    """Call ``url``, wait for the greeting, play ``file``, print the talk. 0 when answered."""
    recording = read_wav(file)
    printer = _Printer(console)
    try:
        async with VoiceCaller(url, recording.rate_hz, printer.event) as caller:
            await caller.wait_until_quiet()
            await caller.say(recording.pcm)
            spoke_until_s = caller.spoke_until_s
            answered = await caller.wait_until_quiet(after_s=spoke_until_s)
            first_s = caller.ear.first_audible_after(spoke_until_s)
            heard = bytes(caller.ear.heard)
    except (OSError, websockets.WebSocketException) as error:
        console.print(f"[red]Nie ma połączenia z {url}.[/red] Czy działa „make run”?")
        console.print(f"({type(error).__name__})", style="dim")
        return 1
    if record:
        write_wav(record, heard, recording.rate_hz)
        console.print(f"zapisano: {record}")
    if not answered or first_s is None:
        console.print("[red]Bez odpowiedzi.[/red]")
        return 1
    console.print(f"od głosu do głosu: [bold]{(first_s - spoke_until_s) * 1000:.0f} ms[/bold]")
    return 0


class _Printer:
    """Prints the talk as it happens."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def event(self, at_s: float, event: dict[str, Any]) -> None:
        """One JSON message of ``/ws/voice``."""
        stamp = f"[dim]{at_s:7.2f} s[/dim] "
        match event.get("type"):
            case "transcript" if event.get("final"):
                self._console.print(f"{stamp}usłyszano:   {event['text'] or '—'}")
            case "reply":
                self._reply(stamp, event)
            case "handoff":
                self._console.print(f"{stamp}do człowieka: {event.get('department')}")
            case "error":
                self._console.print(f"{stamp}[red]{event.get('detail')}[/red]")
            case "end":
                self._console.print(f"{stamp}koniec rozmowy")

    def _reply(self, stamp: str, event: dict[str, Any]) -> None:
        understood = event.get("understood") or {}
        ids = [str(understood[name]) for name in ("act", "topic", "aspect") if understood.get(name)]
        if ids:
            sure = understood.get("confidence", 0)
            self._console.print(f"{stamp}zrozumiano:  {' / '.join(ids)} ({sure:.2f})")
        self._console.print(f"{stamp}odpowiedź:   {event.get('text')}")
        times = event.get("times")
        if times:
            self._console.print(
                f"{stamp}etapy:       koniec mowy {times['endpoint_ms']} ms, "
                f"słowa {times['hearing_ms']} ms, rozmowa {times['dialogue_ms']} ms, "
                f"głos {times['speech_ms']} ms, razem {times['total_ms']} ms",
                style="cyan",
            )
