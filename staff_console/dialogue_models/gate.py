"""When a model may become live without a second person: no figure falls by more than is allowed.

Both models are asked the same held-out questions; those that stand among the examples of either
are left out. The allowed falls are about one standard error of each figure on the shipped set
(849 questions; docs/understanding.md), so that chance alone seldom closes the gate. Emergencies
may not fall at all: a missed one costs most (docs/understanding.md, "Figures").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from staff_console.dialogue_models.values import Row, Score

EMERGENCY = "emergency"
OUT_OF_SCOPE = "out_of_scope"
REFUSALS = (OUT_OF_SCOPE, "nlu_fallback")
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: the share of ``counts`` among the questions it is ``of``.

    ``allowed``: by how much it may get worse (0.01: one question of a hundred); ``fewer``: less is
    better.
    """

    id: str
    label_pl: str
    allowed: float
    of: Callable[[Row], bool]
    counts: Callable[[Row], bool]
    fewer: bool = False


def _is_matter(row: Row) -> bool:
    return "." in row.meant


def _is_act(row: Row) -> bool:
    return not _is_matter(row) and row.meant not in (OUT_OF_SCOPE, EMERGENCY)


MEASURES = (
    # 577 questions, 0.92 right: standard error 0.011
    Measure("matters", "Sprawa i pytanie o nią", 0.01, _is_matter, lambda row: row.right),
    # 152 questions, 0.95 right: standard error 0.018
    Measure(
        "acts", "Zwroty rozmowy (powitanie, wizyta, skarga…)", 0.02, _is_act, lambda r: r.right
    ),
    # 80 questions, 0.89 refused: standard error 0.035
    Measure(
        "out_of_scope",
        "Sprawy spoza urzędu rozpoznane",
        0.03,
        lambda row: row.meant == OUT_OF_SCOPE,
        lambda row: row.got in REFUSALS,
    ),
    Measure(
        "emergencies",
        "Zagrożenie życia wychwycone",
        0.0,
        lambda row: row.meant == EMERGENCY,
        lambda row: row.got == EMERGENCY,
    ),
    # 809 questions, 0.02 alarmed: standard error 0.005
    Measure(
        "false_alarms",
        "Fałszywe alarmy (im mniej, tym lepiej)",
        0.005,
        lambda row: row.meant != EMERGENCY,
        lambda row: row.got == EMERGENCY,
        fewer=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A measure of both models, as shares 0..1, on ``questions`` questions.

    ``change``: above 0 the new one is better.
    """

    measure: Measure
    new: float
    live: float
    questions: int

    @property
    def change(self) -> float:
        """By how much the new model is better."""
        return self.live - self.new if self.measure.fewer else self.new - self.live

    @property
    def passes(self) -> bool:
        """Whether it is not worse than is allowed."""
        return self.change >= -self.measure.allowed - ROUNDING


@dataclass(frozen=True, slots=True)
class Verdict:
    """``compared``: the two could be compared; without that the gate is closed."""

    lines: Sequence[Line]
    compared: bool = True

    @property
    def passes(self) -> bool:
        """Whether the model may become live without a second person."""
        return self.compared and all(line.passes for line in self.lines)


def common(new: Score, live: Score) -> list[tuple[Row, Row]]:
    """The questions that both were asked and neither had learnt: (new, live)."""
    before = {(row.text, row.meant): row for row in live}
    pairs = [(row, before.get((row.text, row.meant))) for row in new]
    return [(a, b) for a, b in pairs if b is not None and not a.learnt and not b.learnt]


def judge(new: Score | None, live: Score | None) -> Verdict:
    """The verdict on a model beside the live one; None: it has no score on the same questions."""
    pairs = common(new, live) if new and live else []
    if not pairs:
        return Verdict((), compared=False)
    lines = []
    for measure in MEASURES:
        asked = [(a, b) for a, b in pairs if measure.of(a)]
        if asked:
            shares = [
                sum(map(measure.counts, rows)) / len(asked) for rows in zip(*asked, strict=True)
            ]
            lines.append(Line(measure, shares[0], shares[1], len(asked)))
    return Verdict(tuple(lines))


OPEN = Verdict(())
"""There is no live model: nothing can get worse."""
