"""A reservation's eight digits: said, shown, and read out of what residents say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polish.said_number import (
    hear_number,
    in_pairs,
    is_dictation,
    read_number,
    readings,
    settle,
    shown,
    spelled,
)

SAID = "dwanaście trzydzieści cztery pięćdziesiąt sześć siedemdziesiąt osiem"


def test_said_and_shown() -> None:
    assert in_pairs("12345678") == (
        "dwanaście, trzydzieści cztery, pięćdziesiąt sześć, siedemdziesiąt osiem"
    )
    assert in_pairs("10000700") == "dziesięć, zero zero, zero siedem, zero zero"
    assert spelled("12340678") == "jeden, dwa. trzy, cztery. zero, sześć. siedem, osiem."
    assert shown("12345678") == "12 34 56 78"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        # typed
        ("12345678", "12345678"),
        ("12 34 56 78", "12345678"),
        ("1234 5678", "12345678"),
        ("1234-5678", "12345678"),
        ("123 456 78", "12345678"),
        ("12 345 678", "12345678"),
        ("nr 12345678", "12345678"),
        ("numer rezerwacji to 12 34 56 78", "12345678"),
        ("Nr rezerwacji: 12345678.", "12345678"),
        ("1 2 3 4 5 6 7 8", "12345678"),
        ("00000007", "00000007"),
        ("12345678#", "12345678"),
        ("chcę odwołać wizytę 12345678", "12345678"),
        ("12345678 wizyta o 10", "12345678"),
        ("odwołuję 12 34 56 78 z piątku 15 maja", "12345678"),
        # pairs
        (SAID, "12345678"),
        (f"numer rezerwacji to {SAID}", "12345678"),
        (f"dzień dobry chciałbym odwołać wizytę numer {SAID}", "12345678"),
        ("dwanascie trzydziesci cztery piecdziesiat szesc siedemdziesiat osiem", "12345678"),
        ("zero siedem dwanaście dwadzieścia zero zero", "07122000"),
        ("dziesięć dwadzieścia trzydzieści czterdzieści", "10203040"),
        ("dziewięćdziesiąt dziewięć zero jeden jedenaście osiemdziesiąt", "99011180"),
        ("dwanaście, trzydzieści cztery, pięćdziesiąt sześć, siedemdziesiąt osiem.", "12345678"),
        # digits
        ("jeden dwa trzy cztery pięć sześć siedem osiem", "12345678"),
        ("jeden, dwa. trzy, cztery. pięć, sześć. siedem, osiem.", "12345678"),
        ("jedynka dwójka trójka czwórka piątka szóstka siódemka ósemka", "12345678"),
        ("zero zero zero zero jeden jeden jeden dwa", "00001112"),
        # threes and fours
        ("sto dwadzieścia trzy czterysta pięćdziesiąt sześć siedemdziesiąt osiem", "12345678"),
        ("dwanaście trzysta czterdzieści pięć sześćset siedemdziesiąt osiem", "12345678"),
        ("tysiąc dwieście trzydzieści cztery pięć tysięcy sześćset siedemdziesiąt osiem",
         "12345678"),
        ("dwa tysiące dwadzieścia sześć tysiąc czternaście", "20261014"),
        ("dwanaście milionów trzysta czterdzieści pięć tysięcy sześćset siedemdziesiąt osiem",
         "12345678"),
        # mixed
        ("dwanaście trzy cztery pięćdziesiąt sześć siedem osiem", "12345678"),
        ("dwanaście 34 pięćdziesiąt sześć 78", "12345678"),
        ("sto dwadzieścia trzy cztery pięć sześć siedem osiem", "12345678"),
        ("dwa zera trzy piątki sto dwanaście", "00555112"),
        ("cztery jedynki dwie dwójki dwie trójki", "11112233"),
        ("podwójne siedem zero zero dwanaście trzynaście", "77001213"),
        ("sześćset dwa dwa dwa sześć siedem", "60022267"),
        ("pięćset, jeden, dwieście trzydzieści cztery, pięćdziesiąt", "50123450"),
        # one of two
        ("pięćset jeden dwa trzy cztery pięćdziesiąt sześć", "50123456"),
        # none
        ("1234567", None),
        ("123456789", None),
        ("pięćset jeden dwieście trzydzieści cztery", None),
        ("nie pamiętam numeru", None),
        ("nie mam", None),
        ("mam dwa pytania", None),
        ("", None),
    ],
)  # fmt: skip
def test_numbers_of_reservations(text: str, number: str | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("breaths", "number"),
    [
        (("dwanaście trzydzieści cztery", "pięćdziesiąt sześć siedemdziesiąt osiem"), "12345678"),
        (("1234", "5678"), "12345678"),
        (tuple("12345678"), "12345678"),
        (("numer rezerwacji to dwanaście", "trzydzieści cztery", "5678"), "12345678"),
        (("99", SAID), "12345678"),
        (("12345678", "87 65 43 21"), "87654321"),
        (("1234", "od początku 8765", "4321"), "87654321"),
        (("1234", "jeszcze nie mam dwóch minut", "5678"), "12345678"),
        (("1234", "567890"), "1234"),
        (("12345678", "9"), "12345678"),
        (("12", "od początku"), ""),
    ],
)
def test_several_breaths(breaths: tuple[str, ...], number: str) -> None:
    so_far = ""
    for breath in breaths:
        so_far = hear_number(so_far, breath)
    assert so_far == number


def test_readings_and_which_is_taken() -> None:
    assert [r.digits for r in readings("pięćset jeden")] == ["501", "5001"]
    assert [r.digits for r in readings("dwadzieścia trzy")] == ["23", "203"]
    assert readings("dzień dobry") == []
    taken = settle("sześćset dwa dwa dwa pięć sześć siedem", 9)
    assert taken is not None
    assert taken.pieces == ("600", "2", "2", "2", "5", "6", "7")
    beginning = settle("pięćset jeden", 4)
    assert beginning is not None
    assert beginning.digits == "501"


def test_few_digits_in_talk_are_not_dictated() -> None:
    assert is_dictation("numer to dwa")
    assert not is_dictation("mam dwa pytania")
    assert not is_dictation("dzień dobry")


NUMBERS = st.text("0123456789", min_size=8, max_size=8)


@given(NUMBERS)
def test_said_numbers_come_back(number: str) -> None:
    assert read_number(in_pairs(number)) == number
    assert read_number(spelled(number)) == number
    assert read_number(shown(number)) == number
    assert hear_number("", in_pairs(number)) == number


@given(st.text(max_size=60))
def test_any_text_is_borne(text: str) -> None:
    number = read_number(text)
    assert number is None or (len(number) == 8 and number.isdigit())
