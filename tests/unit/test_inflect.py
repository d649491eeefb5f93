"""Names of matters in the case that a sentence needs."""

import pytest

from bot.understanding.inflect import inflect


@pytest.mark.parametrize(
    ("name", "case", "expected"),
    [
        ("dowód osobisty", "gen", "dowodu osobistego"),
        ("dowód osobisty", "loc", "dowodzie osobistym"),
        ("karta dużej rodziny", "acc", "kartę dużej rodziny"),
        ("zameldowanie", "inst", "zameldowaniem"),
        ("tablice rejestracyjne", "gen", "tablic rejestracyjnych"),
        ("pobyt stały", "gen", "pobytu stałego"),
        ("800 plus", "gen", "800 plus"),
        ("paszport", "nom", "paszport"),
    ],
)
def test_cases(name, case, expected):
    assert inflect(name, case) == expected
