"""No hidden count of the open data can be computed from what is shown."""

from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from staff_console.figures.suppress import SMALLEST_SHOWN, suppressed

COLUMNS = st.lists(st.one_of(st.integers(0, 30), st.integers(0, 5000)), min_size=2, max_size=30)


@given(COLUMNS)
@example([0, 0, 10])
@example([9, 9, 10])
@example([9, 20, 20])
@example([3, 50])
@example([0, 0, 0, 0])
def test_what_is_shown_is_right_and_no_small_count_is(counts: list[int]) -> None:
    column = suppressed(counts)
    for count, cell in zip(counts, column.counts, strict=True):
        assert cell is None or cell == count >= SMALLEST_SHOWN
    assert column.total is None or column.total == sum(counts) >= SMALLEST_SHOWN


@given(COLUMNS)
@example([0, 0, 10])
@example([9, 9, 10])
@example([9, 9, 9, 15])
@example([9, 20, 20])
@example([20, 20, 9])
def test_each_hidden_count_could_be_another_one(counts: list[int]) -> None:
    """There is another column that is shown the same and differs here: nothing can be computed,
    whatever is known of the rule."""
    column = suppressed(counts)
    hidden = [at for at, cell in enumerate(column.counts) if cell is None]
    for at in hidden:
        others = [_swapped(counts, at, other) for other in hidden]
        others += [_shifted(counts, at, other) for other in hidden]
        assert any(
            other[at] != counts[at] and min(other) >= 0 and suppressed(other) == column
            for other in others
        ), (counts, column)


@given(COLUMNS)
def test_what_is_hidden_is_not_small_together(counts: list[int]) -> None:
    """Else the hidden ones' sum, total less shown, would itself be a small count."""
    column = suppressed(counts)
    if column.total is not None and None in column.counts:
        assert column.total - sum(cell or 0 for cell in column.counts) >= SMALLEST_SHOWN
        assert column.counts.count(None) >= 2


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 13), min_size=3, max_size=3))
def test_an_attacker_who_tries_all_columns_is_left_in_doubt(counts: list[int]) -> None:
    column = suppressed(counts)
    top = sum(counts) if column.total is not None else SMALLEST_SHOWN
    possible = [other for other in product(range(top + 1), repeat=3) if suppressed(other) == column]
    for at, cell in enumerate(column.counts):
        assert cell is not None or len({other[at] for other in possible}) > 1


def _swapped(counts: list[int], at: int, other: int) -> list[int]:
    changed = list(counts)
    changed[at], changed[other] = changed[other], changed[at]
    return changed


def _shifted(counts: list[int], at: int, other: int) -> list[int]:
    """One more here; one less there, if that is another place."""
    changed = list(counts)
    changed[at] += 1 if counts[at] + 1 < SMALLEST_SHOWN or at != other else -1
    if at != other:
        changed[other] -= 1
    return changed
