"""What was measured, as tables and as JSON, with the machine named."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from benchmarks.voice import Figures


def machine() -> dict[str, object]:
    """The machine and the moment."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].partition(":")[2].strip() if names else cpu
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "cpu": cpu,
        "cores": os.cpu_count(),
        "ram_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_1_5_15_min": [round(load, 2) for load in os.getloadavg()],
    }


def quantiles(values: Sequence[float]) -> tuple[float, float]:
    """p50 and p95; zeros when there is nothing."""
    if len(values) < 2:
        return (values[0], values[0]) if values else (0.0, 0.0)
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return cuts[9], cuts[18]


def in_ms(values: Sequence[float]) -> str:
    """``p50 / p95``, or a dash."""
    p50, p95 = quantiles(values)
    return f"{p50:.0f} / {p95:.0f}" if values else "-"


def rows(figures: Figures) -> dict[str, str]:
    """The lines of one column."""
    cost = figures.cost
    minutes = cost.wall_s / 60
    return {
        "turns answered": f"{len(figures.voice_to_voice_ms)} of {figures.asked}",
        "talks": str(figures.talks),
        "voice to voice": in_ms(figures.voice_to_voice_ms),
        **{
            f"  {name.removesuffix('_ms')} (server's)": in_ms(values)
            for name, values in figures.stages.items()
        },
        "barge-in": in_ms(figures.barge_in_ms),
        "first sound of a talk": in_ms(figures.first_sound_ms),
        "CPU s (per minute)": (
            f"{cost.cpu_s:.1f} ({cost.cpu_s / minutes:.1f})" if cost.cpu_s else "-"
        ),
        "peak memory MB (PSS)": f"{cost.peak_mb:.0f}" if cost.peak_mb else "-",
    }


def pause_rows(figures: Figures) -> dict[str, str]:
    """The line of one column of the sentences with pauses."""
    return {"cut in two at a 0.4 s pause": f"{figures.cut} of {figures.paused}"}


def show(all_figures: Mapping[str, Mapping[str, Figures]]) -> None:
    """Print a table for each load."""
    console = Console()
    console.print(", ".join(f"{name} {value}" for name, value in machine().items()))
    for load, by_label in all_figures.items():
        calls = load.isdigit()
        title = f"{load} call(s) at once; p50 / p95 in ms" if calls else "sentences with a pause"
        table = Table("", *by_label, title=title, title_justify="left")
        columns = [rows(f) if calls else pause_rows(f) for f in by_label.values()]
        for name in columns[0]:
            table.add_row(name, *(column[name] for column in columns))
        console.print(table)


def keep(all_figures: Mapping[str, Mapping[str, Figures]], path: Path) -> None:
    """Write every single figure."""
    figures = {
        load: {label: asdict(one) for label, one in by_label.items()}
        for load, by_label in all_figures.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine(), "figures": figures}, indent=1))
