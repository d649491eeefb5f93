"""Help while writing: each piece of advice where it belongs, and none where all is well."""

from datetime import date

import pytest

from staff_console.editor.advice import (
    Advice,
    Asked,
    advise,
    advise_date,
    advise_questions,
    seconds,
    unreadable,
)
from staff_console.editor.alike import AlikeIndex
from staff_console.editor.hard_words import PLAINER
from staff_console.editor.short_forms import short_forms

TODAY = date(2026, 11, 24)
GOOD = "Paszport kosztuje 140 zł. Zniżka wynosi połowę."


def codes(advice: list[Advice]) -> list[str]:
    return [one.code for one in advice]


def test_a_good_answer_needs_no_advice() -> None:
    assert advise("answers.cost", GOOD, GOOD) == []
    assert advise_date("answers.cost", "2027-06-30", TODAY) == []


def test_a_long_sentence_is_told_with_its_beginning() -> None:
    long = "Ala ma kota " * 7
    (one,) = advise("a", f"Krótko. {long}.", "Krótko.")
    assert (one.code, one.field) == ("long-sentence", "a.text")
    assert "Ala ma kota Ala" in one.text_pl
    assert "21 słów" in one.text_pl
    assert advise("a", "Ala ma kota. " * 7, "Krótko.") == []
    assert advise("a", "słowo " * 20, "Krótko.") == []


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Proszę niezwłocznie przyjść.", "od razu"),
        ("W CELU złożenia wniosku", "żeby"),
        ("Opłatę uiszcza się w kasie.", "zapłacić"),
        ("Wniosek przedłożyć w kasie.", "złożyć"),
        ("Należy złożyć wniosek.", "proszę złożyć"),
        ("Małoletniego zgłasza rodzic.", "dziecko"),
    ],
)
def test_hard_words_get_a_plainer_one(text: str, plain: str) -> None:
    (one,) = advise("a", text, "Krótko.")
    assert one.code == "hard-word"
    assert plain in one.text_pl


@pytest.mark.parametrize(
    "text", ["Komu należy się zasiłek?", "Posiadacz pojazdu", "O celu wizyty", "wcale nie"]
)
def test_words_that_only_look_hard_pass(text: str) -> None:
    assert advise("a", text, "Krótko.") == []


def test_the_list_of_hard_words_is_long_and_in_order() -> None:
    assert len(PLAINER) >= 60
    assert all(plain and plain != hard for hard, plain in PLAINER.items())


def test_the_same_text_in_both_forms_is_advised_once() -> None:
    text = "Proszę niezwłocznie przyjść."
    assert [one.field for one in advise("a", text, text)] == ["a.text"]


def test_one_question_is_enough() -> None:
    assert codes(advise("a", "Tak? Nie?", "Tak?")) == ["two-questions"]


def test_what_is_spoken_must_be_short() -> None:
    assert "spoken-long" in codes(advise("a", "Tak.", "słowo " * 30))
    assert codes(advise("a", "Tak.", "Raz. Dwa. Trzy.")) == ["spoken-sentences"]
    filled = "Czynne od 8:00 do 16:00 w poniedziałek. " * 5
    found = advise("a", "Tak.", "{hours_week}", filled)
    assert codes(found) == ["spoken-long", "spoken-sentences"]


@pytest.mark.parametrize(
    "spoken", ["Strona https://a.example/b", "Na www.miasto.example.", "Pisz na a@b.example"]
)
def test_addresses_are_not_for_the_ear(spoken: str) -> None:
    assert codes(advise("a", "Tak.", spoken)) == ["spoken-address"]


def test_what_is_spoken_must_be_there() -> None:
    assert codes(advise("a", "Tak.", " ")) == ["no-spoken"]
    assert advise("a", "", "") == []


@pytest.mark.parametrize(
    ("spoken", "left"),
    [
        ("Do 10 kWh.", ["kWh"]),
        ("Zgł. w tyg. do kasy.", ["Zgł.", "tyg."]),
        ("Opłata 25,50 zł od 5 m² przy ul. Portowej, art. 5 ust. 2, tel. 99 123 40 00.", []),
        ("ZUS, PESEL, KRS i godz. 8:00-16:00, np. w dni od pon. do pt.", []),
    ],
)
def test_what_the_voice_cannot_read_is_found(spoken: str, left: list[str]) -> None:
    assert list(unreadable(spoken)) == left
    found = [one for one in advise("a", "Tak.", spoken) if one.code == "spoken-unreadable"]
    assert len(found) == len(left)


def test_unknown_names_in_brackets_are_told_in_answers_only() -> None:
    assert codes(advise("answers.cost", "{nic}", "Tak.")) == ["unknown-name"]
    assert advise("sentences.either_or", "{first}", "{first}") == []


@pytest.mark.parametrize(
    ("day", "code", "words"),
    [
        ("2026-11-23", "expired", "minął"),
        ("2026-11-24", "expires-soon", "za 0 dni"),
        ("2026-11-25", "expires-soon", "za 1 dzień"),
        ("2026-12-24", "expires-soon", "za 30 dni"),
    ],
)
def test_answers_about_to_expire_are_told(day: str, code: str, words: str) -> None:
    (one,) = advise_date("answers.cost", day, TODAY)
    assert (one.code, one.field) == (code, "answers.cost.valid_until")
    assert words in one.text_pl
    assert advise_date("answers.cost", "kiedyś", TODAY) == []


def test_questions_that_stand_elsewhere_are_shown_side_by_side() -> None:
    here = Asked("topics/a.yml", "questions.cost", "Ile to?", "a – koszt")
    there = Asked("topics/b.yml", "questions.cost", "ile to", "b – koszt")
    asked = {"ile to": [here, there]}
    lines = ["Ile to?", *(f"pytanie {n}" for n in range(7))]
    (one,) = advise_questions("topics/a.yml", "questions.cost", lines, asked)
    assert (one.code, one.mine, one.other) == ("question-elsewhere", "Ile to?", "ile to")
    assert "b – koszt" in one.text_pl
    again = advise_questions("topics/a.yml", "questions.how", lines, asked)
    assert codes(again) == ["question-elsewhere", "question-elsewhere"]  # another aspect counts


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("ile kosztje paszport", ["ile kosztuje paszport"]),  # a letter too few
        ("Ile kosztuje paszprot?", ["ile kosztuje paszport"]),  # two swapped
        ("paszport ile kosztuje", ["ile kosztuje paszport"]),  # another order
        ("ile kosztuje paszport", []),  # the very same is told elsewhere
        ("ile kosztuje rower", []),
        ("ile kosztuje nowy paszport", []),  # a word more
        ("gdzie zlozyc", []),
    ],
)
def test_almost_the_same_question_is_found(question: str, found: list[str]) -> None:
    index = AlikeIndex.of(["ile kosztuje paszport", "ile kosztuje dowod", "gdzie odebrac"])
    assert index.alike(question.lower().strip("?")) == found


def test_almost_the_same_question_elsewhere_is_shown_side_by_side() -> None:
    there = Asked("acts/thanks.yml", "questions", "Bardzo dziękuję", "podziękowanie")
    here = Asked("topics/a.yml", "questions.cost", "dziękuję bardzo", "a – koszt")
    asked = {"bardzo dziekuje": [there], "dziekuje bardzo": [here]}
    lines = ["dziękuję bradzo", *(f"pytanie {n}" for n in range(7))]
    (one,) = advise_questions("topics/a.yml", "questions.cost", lines, asked, AlikeIndex.of(asked))
    assert (one.code, one.mine, one.other) == (
        "question-alike", "dziękuję bradzo", "Bardzo dziękuję",
    )  # fmt: skip
    assert "podziękowanie" in one.text_pl


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Odpady przyjmuje PSZOK.", ["PSZOK"]),
        ("Odpady przyjmuje PSZOK (punkt przy ul. Leśnej). PSZOK jest czynny codziennie.", []),
        ("Punkt selektywnej zbiórki (PSZOK) jest czynny.", []),
        ("Numer PESEL nada ZUS, np. w dni od pon. do pt., do godz. 15:00, m.in. w maju.", []),
        ("Druki PB-1 i PIT 37 oraz DT-1.", []),
        ("Opłata dot. garażu wg. uchwały.", ["dot.", "wg."]),
        ("Koniec zdania. Nowe zdanie zł. 5", ["zł."]),
    ],
)
def test_short_forms_that_not_everybody_knows_are_told(text: str, short: list[str]) -> None:
    assert list(short_forms(text)) == short
    found = advise("answers.cost", text, "Tak.")
    assert len([one for one in found if one.code == "short-form"]) == len(short)


def test_a_short_form_in_an_address_is_no_word() -> None:
    assert advise("a", "Strona https://www.urzad.example/PSZOK/x", "Tak.") == []


def test_the_number_of_questions_and_repetitions_are_told() -> None:
    found = advise_questions("topics/a.yml", "questions.cost", ["Ile?", "ile"], {})
    assert codes(found) == ["questions-count", "question-twice"]
    assert codes(advise_questions("p", "f", [str(n) for n in range(31)], {})) == ["questions-count"]


def test_seconds_are_those_of_the_check() -> None:
    assert seconds("Dowód osobisty jest bezpłatny.") == pytest.approx(2.3)
    assert seconds("140") > seconds("zł")
