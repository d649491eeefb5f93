"""Spoken Polish numbers -> digits; what was dictated must come out exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polish.cardinals import cardinal
from polish.digits import number_runs, spoken_to_digits


@pytest.mark.parametrize(
    ("spoken", "digits"),
    [
        ("pięćset jeden dwieście trzy trzysta cztery", "501 203 304"),
        ("piecset jeden dwiescie trzy", "501 203"),
        ("zero pięć", "0 5"),
        ("zero zero siedem", "0 0 7"),
        ("dwadzieścia jeden", "21"),
        ("dwadzieścia dwadzieścia jeden", "20 21"),
        ("jeden dwadzieścia", "1 20"),
        ("sto dwanaście", "112"),
        ("sto dwa", "102"),
        ("sto dwadzieścia trzy", "123"),
        ("dwa tysiące dwadzieścia sześć", "2026"),
        ("tysiąc dziewięćset osiemdziesiąt pięć", "1985"),
        ("trzy miliony dwieście tysięcy pięć", "3200005"),
        ("140 tysięcy", "140000"),
        ("501 dwieście trzy 304", "501 203 304"),
        ("jeden dwa potem trzy, cztery", "1 2 3 4"),
        ("dwie osoby i trzech panów", "2 osoby i 3 panów"),
        ("piątka dwójka zero", "5 2 0"),
        ("czterdzieści cztery zero pięć czternaście zero jeden trzysta pięćdziesiąt dziewięć",
         "44 0 5 14 0 1 359"),
        ("proszę powtórzyć jeszcze raz", "proszę powtórzyć jeszcze raz"),
        ("drugie piętro", "drugie piętro"),
        ("", ""),
    ],
)  # fmt: skip
def test_dictated_numbers(spoken: str, digits: str) -> None:
    assert spoken_to_digits(spoken) == digits


@given(st.lists(st.integers(100, 999), min_size=1, max_size=6))
def test_hundreds_come_back(groups: list[int]) -> None:
    spoken = " ".join(cardinal(g) for g in groups)
    # "sto" and "dwadzieścia" after it are one number: only full hundreds can run together
    if all(g % 100 for g in groups):
        assert spoken_to_digits(spoken) == " ".join(map(str, groups))


@given(st.text("0123456789", min_size=1, max_size=26))
def test_single_digits_come_back(digits: str) -> None:
    spoken = " ".join(cardinal(int(d)) for d in digits)
    (run,) = number_runs(spoken)
    assert run.digits == digits
    assert (run.start, run.end) == (0, len(spoken))


@given(st.integers(0, 999_999_999))
def test_one_number_comes_back(number: int) -> None:
    (run,) = number_runs(cardinal(number))
    assert run.digits == str(number)
    assert run.counted == (number >= 1000)
