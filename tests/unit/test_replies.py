"""What replies mean: the texts that people send, and those that must cancel nothing."""

from __future__ import annotations

import pytest

from visits.replies import Reply, meaning_of, number_in

NUMBER = "72364855"


def test_the_example_number_is_a_real_one() -> None:
    assert number_in(NUMBER) == NUMBER


@pytest.mark.parametrize(
    "text",
    [
        "REZYGNUJĘ 72364855",
        "rezygnuje 72 36 48 55",
        "Rezygnuję.",
        "Rezygnujemy z wizyty, dziękuję",
        "Dzień dobry, rezygnuję z wizyty nr 72364855. Pozdrawiam, Ewa",
        "Odwołuję wizytę",
        "odwoluje 72364855",
        "Proszę odwołać moją wizytę",
        "prosze o odwolanie wizyty 72-36-48-55",
        "Proszę o anulowanie rezerwacji",
        "Anuluję",
        "ANULUJ 72364855",
        "rezygnacja 72364855",
        "Odwołanie",
        "Chcę zrezygnować z tej wizyty",
        "Nie przyjdę",
        "nie przyjde 72364855",
        "Niestety nie przyjdziemy jutro",
        "Nie będę",
        "niestety jutro nie bede",
        "Nie będę mogła przyjść",
        "nie bede mogl jutro byc",
        "Nie mogę przyjść, odwołuję",
        "Nie mogę jutro przyjść",
        "nie dam rady",
        "Nie skorzystam z wizyty",
        "Nie stawię się",
        "NIE",
        "nie 72364855",
        "Nie, dziękuję",
        "R",
        "r 72364855",
        "Nie, rezygnuję",
        "Rezygnuję. Czy mogę umówić się w styczniu?",
        "Witam\nrezygnuję z wizyty\n72364855",
        "Nie przyjdę, proszę odwołać",
        "STOP",
    ],
)
def test_a_clear_word_cancels(text: str) -> None:
    assert meaning_of(text) == "cancel"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "72364855",
        "Dziękuję",
        "będę",
        "Będę na pewno, dziękuję",
        "ok",
        "tak",
        "Potwierdzam 72364855",
        "Nie rezygnuję",
        "Nie chcę odwołać wizyty",
        "nie odwołuję, będę",
        "Proszę nie anulować!",
        "Nie rezygnuję z wizyty. Nie będę jednak miał zdjęcia",
        "Rezygnuję... a jednak nie rezygnuję",
        "Nie będę spóźniona",
        "nie będę rezygnować",
        "Nie będę miał dowodu, czy to problem?",
        "Czy mogę odwołać wizytę?",
        "Jak odwołać wizytę",
        "Czy wizyta jest odwołana",
        "Dlaczego odwołano wizytę?",
        "Jeśli nie przyjdę, dam znać",
        "Chyba nie przyjdę",
        "Może zrezygnuję",
        "Nie mogę przyjść o 10, proszę o inny termin",
        "Proszę przełożyć wizytę, nie dam rady rano",
        "Odwołuję się od decyzji",
        "Składam odwołanie od decyzji 72364855",
        "Chcę złożyć odwołanie",
        "Nie wiem, gdzie jest pokój",
        "Nie mam zdjęcia",
        "Spóźnię się 10 minut",
        "Jestem na urlopie do 30 listopada. W pilnych sprawach proszę dzwonić",
        "R2D2",
        "Nie zmieniajcie terminu",
    ],
)
def test_what_is_not_clear_cancels_nothing(text: str) -> None:
    assert meaning_of(text) == "other"


@pytest.mark.parametrize(
    ("texts", "number"),
    [
        (("REZYGNUJĘ 72364855",), NUMBER),
        (("72 36 48 55",), NUMBER),
        (("72-36-48-55.",), NUMBER),
        (("7236 4855",), NUMBER),
        (("72\u00a036\u00a048\u00a055",), NUMBER),
        (("rezygnuję", "Re: Wizyta (nr 72364855)"), NUMBER),
        (("rezygnuję", "Re: Wizyta", "> Numer rezerwacji: 72 36 48 55"), NUMBER),
        (("rezygnuję 72364858",), None),  # the check digit does not fit
        (("1723648550",), None),  # part of a longer number
        (("tel. 72 36 48 55 0",), None),
        (("+72 36 48 55",), None),
        (("wizyta 25.11.2026 o 10:30",), None),
        (("72364855 i 72364855",), NUMBER),
        (("72364855 i 10000002",), NUMBER),  # the second one is no number
        ((), None),
    ],
)
def test_numbers_are_found(texts: tuple[str, ...], number: str | None) -> None:
    assert number_in(*texts) == number


def test_two_numbers_are_none() -> None:
    from visits.reservation_number import check_digit

    other = "5550001" + check_digit("5550001")
    assert number_in(f"{NUMBER}, {other}") is None
    assert number_in(f"{NUMBER}, {other}", NUMBER) is None


def test_only_a_declined_invitation_and_a_person_cancel() -> None:
    def meaning(text: str, automatic: bool = False, calendar: str = "") -> str:
        return Reply("email", "e@p.example", text, NUMBER, "1", automatic, calendar).meaning

    assert meaning("rezygnuję") == "cancel"
    assert meaning("rezygnuję", automatic=True) == "other"
    assert meaning("", automatic=True, calendar="declined") == "cancel"
    assert meaning("rezygnuję", calendar="accepted") == "other"
