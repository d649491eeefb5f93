"""Bar charts as plain SVG: where each bar stands. Lengths are in the chart's own units.

A chart never stands alone: its numbers are in a table beside it, so it needs one sentence only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from staff_console.figures.values import OUTCOMES, Figures
from staff_console.figures.words import OUTCOMES_PL, number, topic_pl

WIDTH = 480
ROW = 46  # a name above its bar
BAR = 16
TALL = 150  # of standing bars
FEET = 26  # for what is written under standing bars
HEAD = 20
MOST_BARS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. ``name`` and ``count`` may be empty: then they are not written."""

    x: float
    y: float
    width: float
    height: float
    name: str
    count: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart. ``lying``: bars go from left to right; ``title`` says it all in one sentence."""

    id: str
    title: str
    height: int
    lying: bool
    bars: Sequence[Bar]
    width: int = WIDTH


def outcome_chart(figures: Figures) -> Chart:
    """Talks by outcome."""
    counts = {OUTCOMES_PL[one]: figures.ended(one) for one in OUTCOMES}
    return _lying("outcomes-chart", "Rozmowy według zakończenia", counts)


def topic_chart(figures: Figures, topics: Mapping[str, str]) -> Chart:
    """The most frequent matters."""
    counts = {topic_pl(one, topics): sum(of.values()) for one, of in figures.topics.items()}
    most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_BARS]
    return _lying("topics-chart", "Najczęstsze sprawy", dict(most))


def hour_chart(hours: Mapping[int, int | None], id_: str = "hours-chart") -> Chart:
    """Talks by hour; an hour whose count is hidden has no bar."""
    counts = {hour: hours.get(hour) or 0 for hour in range(24)}
    most = max(counts.values())
    busiest = max(counts, key=lambda hour: counts[hour])
    step = WIDTH / 24
    bars = [
        Bar(
            x=hour * step + 2,
            y=HEAD + TALL - (height := _part(count, most, TALL)),
            width=step - 4,
            height=height,
            name=str(hour) if hour % 3 == 0 else "",
            count=number(count) if count and hour == busiest else "",
        )
        for hour, count in counts.items()
    ]
    title = "Rozmowy według godziny"
    if most:
        title += f"; najwięcej, {number(most)}, zaczęło się między {busiest}:00 a {busiest}:59"
    return Chart(id_, f"{title}. Wszystkie liczby są w tabeli.", HEAD + TALL + FEET, False, bars)


def _lying(id_: str, title: str, counts: Mapping[str, int]) -> Chart:
    most = max(counts.values(), default=0)
    bars = [
        Bar(0, at * ROW + 24, _part(count, most, WIDTH), BAR, name, number(count))
        for at, (name, count) in enumerate(counts.items())
    ]
    if most:
        first = max(counts, key=lambda name: counts[name])
        title += f"; najwięcej: {first}, {number(most)}"
    height = ROW * max(1, len(bars))
    return Chart(id_, f"{title}. Wszystkie liczby są w tabeli.", height, True, bars)


def _part(count: int, most: int, length: int) -> float:
    return round(count / most * length, 1) if most else 0.0
