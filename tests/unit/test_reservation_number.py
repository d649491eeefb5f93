from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from visits.reservation_number import (
    DIGITS,
    check_digit,
    is_number,
    plain,
    random_number,
)

numbers = st.integers(1_000_000, 9_999_999).map(lambda body: f"{body}{check_digit(str(body))}")


def test_the_check_digit_is_damms() -> None:
    assert check_digit("572") == "4"  # the example that everybody gives
    assert check_digit("") == "0"


def test_new_numbers_are_right_and_differ() -> None:
    made = [random_number() for _ in range(2000)]
    assert all(is_number(number) for number in made)
    assert len(set(made)) > 1990
    first = Counter(number[0] for number in made)
    assert "0" not in first and len(first) == 9


@given(numbers)
def test_every_single_wrong_digit_is_noticed(number: str) -> None:
    for place in range(DIGITS):
        for digit in "0123456789":
            wrong = number[:place] + digit + number[place + 1 :]
            assert is_number(wrong) == (wrong == number)


@given(numbers)
def test_every_swap_of_neighbours_is_noticed(number: str) -> None:
    for place in range(DIGITS - 1):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert is_number(swapped) == (swapped == number)


def test_what_is_no_number() -> None:
    number = random_number()
    for wrong in ("", "0" * 8, number[:-1], number + "0", f" {number}", "٣" * 8, "abcdefgh"):
        assert not is_number(wrong)
    assert plain(f" {number[:3]} {number[3:5]}-{number[5:]}\n") == number
    assert plain("²٣x") == ""
