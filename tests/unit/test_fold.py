"""Folding: one spelling for every way people type the same words."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from polish.fold import fold, normalise, strip_diacritics


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Zażółć GĘŚLĄ jaźń!", "zazolc gesla jazn"),
        ("dowód  osobisty?!", "dowod osobisty"),
        ("proooszę", "prosze"),
        ("800+ na dziecko", "800 plus na dziecko"),
        ("C++", "c"),
        ("ul. Długa 5/7", "ul dluga 5 7"),
        ("e\u0301cole", "ecole"),  # a letter with a separate accent
        ("do\u00adwód\u200b", "dowod"),  # soft hyphen and zero-width space
        ("LEKKI lekko", "lekki lekko"),  # double letters are Polish
        ("", ""),
        ("😀😀😀", ""),
        ("\t\n ", ""),
        ("дякую", "дякую"),
    ],
)
def test_folding(typed, folded):
    assert fold(typed) == folded


def test_normalising_keeps_diacritics():
    assert normalise("Wieś, ŁÓDŹ") == "wieś łódź"
    assert strip_diacritics("ŁÓDŹ") == "LODZ"


@given(st.text())
@example("ßs")
@example("sśs")
@example("Ǿ")
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
