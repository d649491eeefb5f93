"""Hides small counts, and enough others that nobody can compute the hidden ones.

The rule for one column of counts with its total: every count under ten is hidden; then the
smallest of the shown ones (all that are equally small) are hidden as well, until at least two are
hidden that are not all alike and that are at least ten together. A total under ten is hidden with
all its parts.

Why this is enough: the rule asks only for sizes, not for names. Whoever swaps two unlike hidden
counts gets another column that is shown exactly the same way, so no hidden count can be told for
sure, even by somebody who knows the rule, the total and that counts are whole and not negative.
Columns that are published together must not share any number but their total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SMALLEST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column as it may be shown; None: hidden."""

    counts: tuple[int | None, ...]
    total: int | None


def suppressed(counts: Sequence[int]) -> ShownColumn:
    """A column of counts, whose total is their sum, without what must be hidden."""
    total = sum(counts)
    if total < SMALLEST_SHOWN:
        return ShownColumn((None,) * len(counts), None)
    limit = SMALLEST_SHOWN  # everything under it is hidden
    while not _safe([count for count in counts if count < limit], len(counts)):
        limit = min(count for count in counts if count >= limit) + 1
    return ShownColumn(tuple(count if count >= limit else None for count in counts), total)


def shown(count: int) -> int | None:
    """A count that belongs to no column."""
    return count if count >= SMALLEST_SHOWN else None


def _safe(hidden: Sequence[int], of: int) -> bool:
    if not hidden or len(hidden) == of:  # nothing, or all there is
        return True
    return len(set(hidden)) > 1 and sum(hidden) >= SMALLEST_SHOWN
