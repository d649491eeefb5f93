"""Number words: against num2words where it knows, against grammar where it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from polish.cardinals import LARGEST, cardinal
from polish.ordinals import ordinal


@given(st.integers(0, 99_999_999))
def test_base_forms_agree_with_num2words(number: int) -> None:
    assert cardinal(number) == num2words(number, lang="pl")


@pytest.mark.parametrize(
    ("case", "spoken"),
    [
        ("nom", "tysiąc dwieście czterdzieści dwa"),
        ("gen", "tysiąca dwustu czterdziestu dwóch"),
        ("dat", "tysiącowi dwustu czterdziestu dwom"),
        ("acc", "tysiąc dwieście czterdzieści dwa"),
        ("inst", "tysiącem dwustoma czterdziestoma dwoma"),
        ("loc", "tysiącu dwustu czterdziestu dwóch"),
    ],
)
def test_every_case(case, spoken) -> None:
    assert cardinal(1242, case) == spoken


@pytest.mark.parametrize(
    ("number", "gender", "case", "spoken"),
    [
        (1, "f", "nom", "jedna"),
        (1, "f", "acc", "jedną"),
        (1, "n", "nom", "jedno"),
        (2, "f", "nom", "dwie"),
        (2, "f", "inst", "dwiema"),
        (2, "p", "nom", "dwóch"),
        (5, "p", "nom", "pięciu"),
        (22, "f", "nom", "dwadzieścia dwie"),
        (21, "f", "nom", "dwadzieścia jeden"),
        (102, "f", "nom", "sto dwie"),
        (5000, "m", "inst", "pięcioma tysiącami"),
    ],
)
def test_genders(number, gender, case, spoken) -> None:
    assert cardinal(number, case, gender) == spoken


@pytest.mark.parametrize(
    ("number", "case", "gender", "spoken"),
    [
        (2, "nom", "n", "drugie"),
        (2, "gen", "f", "drugiej"),
        (3, "acc", "f", "trzecią"),
        (3, "nom", "n", "trzecie"),
        (23, "loc", "m", "dwudziestym trzecim"),
        (100, "nom", "f", "setna"),
        (1900, "gen", "m", "tysiąc dziewięćsetnego"),
        (2000, "gen", "m", "dwutysięcznego"),
        (2026, "loc", "m", "dwa tysiące dwudziestym szóstym"),
    ],
)
def test_ordinals(number, case, gender, spoken) -> None:
    assert ordinal(number, case, gender) == spoken


def test_out_of_range_is_refused() -> None:
    for bad in (-1, LARGEST + 1):
        with pytest.raises(ValueError, match="range"):
            cardinal(bad)
    with pytest.raises(ValueError, match="range"):
        ordinal(10_000)
