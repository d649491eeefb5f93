"""The keypad as lists of keys: no clock, no line. A space stands for a pause."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_gateway.keypad import MOST, Keypad


def asked_for_digits() -> Keypad:
    keypad = Keypad()
    keypad.digits_expected = True
    return keypad


def said(keypad: Keypad, keys: str) -> list[str]:
    texts = (keypad.pause() if key == " " else keypad.press(key) for key in keys)
    return [text for text in texts if text]


@pytest.mark.parametrize(
    ("keys", "texts"), [("0", ["konsultant"]), ("*", ["powtórz"]), ("7#5 ", [])]
)
def test_keys_are_words_while_no_digits_are_expected(keys, texts):
    keypad = Keypad()
    assert said(keypad, keys) == texts
    assert not keypad.collecting


@pytest.mark.parametrize(
    ("keys", "texts"),
    [
        ("501234567#", ["501234567"]),
        ("501234567 ", ["501234567"]),
        ("501234567", []),
        ("0#", ["konsultant"]),
        ("0 ", ["konsultant"]),
        ("00#", ["00"]),
        ("05#", ["05"]),
        ("50#", ["50"]),
        ("#", []),
        ("*# ", []),
        ("501*602#", ["602"]),
        ("501*", []),
        ("501* # ", []),
        ("5*0#", ["konsultant"]),
        ("501 602#", ["501", "602"]),
        ("501# ", ["501"]),
        ("1234567890123#", ["123456789012", "3"]),
    ],
)
def test_keys_are_digits_while_digits_are_expected(keys, texts):
    assert said(asked_for_digits(), keys) == texts


def test_collecting_lasts_from_the_first_key_to_the_end():
    keypad = asked_for_digits()
    assert not keypad.collecting
    for ending in "#* ":
        said(keypad, "50")
        assert keypad.collecting
        said(keypad, ending)
        assert not keypad.collecting


def test_a_number_begun_is_finished_after_the_question_is_gone():
    keypad = asked_for_digits()
    said(keypad, "50")
    keypad.digits_expected = False
    assert said(keypad, "10#") == ["5010"]
    assert said(keypad, "0") == ["konsultant"]


@given(st.text("0123456789# ", max_size=60))
def test_no_key_is_lost_and_none_counts_twice(keys):
    texts = said(asked_for_digits(), keys + "#")
    assert all(len(text) <= MOST or text == "konsultant" for text in texts)
    keyed = "".join("0" if text == "konsultant" else text for text in texts)
    assert keyed == keys.replace("#", "").replace(" ", "")
