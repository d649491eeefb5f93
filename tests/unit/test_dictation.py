"""Telephone numbers and surnames as Poles say them, in one breath or many, and put right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polish.dictated_phone import DictatedPhone, hear, read_back, shown
from polish.dictation import read_surname
from polish.phones import digits_in_words

NUMBER = "501234567"


def heard(*breaths: str, start: str = "") -> DictatedPhone:
    state = DictatedPhone(start)
    for breath in breaths:
        state = hear(state, breath)
    return state


ONE_BREATH = [
    # groups of three
    ("pięćset jeden dwieście trzydzieści cztery pięćset sześćdziesiąt siedem", NUMBER),
    ("piecset jeden dwiescie trzydziesci cztery piecset szescdziesiat siedem", NUMBER),
    ("Pięćset jeden, dwieście trzydzieści cztery, pięćset sześćdziesiąt siedem.", NUMBER),
    ("mój numer to pięćset jeden dwieście trzydzieści cztery pięćset sześćdziesiąt siedem", NUMBER),
    ("proszę zapisać sześćset dwa sto dwadzieścia trzysta pięć", "602120305"),
    ("siedemset dziewięćdziesiąt dziewięć sto sto", "799100100"),
    ("osiemset osiemdziesiąt osiem osiemset osiemdziesiąt osiem osiemset osiemdziesiąt osiem",
     "888888888"),
    ("sześćset zero zero siedem sto dwanaście", "600007112"),
    ("pięćset dwanaście zero trzynaście zero zero cztery", "512013004"),
    ("sześćset siedem osiemset trzy dziewięćset jeden", "607803901"),
    ("pięć set jeden dwieście trzydzieści cztery pięć set sześć dziesiąt siedem", NUMBER),
    ("pińcet jeden dwieście trzydzieści cztery pińcet sześćdziesiąt siedem", NUMBER),
    ("pięćset jeden i dwieście trzydzieści cztery i pięćset sześćdziesiąt siedem", NUMBER),
    ("pięćset jeden potem dwieście trzydzieści cztery dalej pięćset sześćdziesiąt siedem", NUMBER),
    ("pięćset jeden a potem dwieście trzydzieści cztery i na końcu pięćset sześćdziesiąt siedem",
     NUMBER),
    ("pierwsza grupa pięćset jeden druga dwieście trzydzieści cztery trzecia pięćset "
     "sześćdziesiąt siedem", NUMBER),
    ("no to tak yyy pięćset jeden eee dwieście trzydzieści cztery pięćset sześćdziesiąt siedem",
     NUMBER),
    ("tak proszę pani pięćset jeden dwieście trzydzieści cztery pięćset sześćdziesiąt siedem",
     NUMBER),
    # digit by digit
    ("pięć zero jeden dwa trzy cztery pięć sześć siedem", NUMBER),
    ("pięć zero jeden, dwa trzy cztery, pięć sześć siedem", NUMBER),
    ("piątka zero jedynka dwójka trójka czwórka piątka szóstka siódemka", NUMBER),
    ("siedem osiem dziewięć zero zero zero jeden jeden jeden", "789000111"),
    ("pięć, zero, jeden, dwa, trzy, cztery, pięć, sześć, siedem", NUMBER),
    # pairs
    ("pięćdziesiąt dwanaście trzydzieści cztery pięćdziesiąt sześć siedem", NUMBER),
    ("sześćdziesiąt jeden dwadzieścia trzy czterdzieści pięć sześćdziesiąt siedem osiem",
     "612345678"),
    ("siedemdziesiąt dziewięć zero pięć jedenaście trzynaście dwa", "790511132"),
    ("pięćdziesiąt jeden dwadzieścia trzy czterdzieści pięć sześćdziesiąt siedem osiem",
     "512345678"),
    # landlines
    ("pięćdziesiąt osiem sto dwadzieścia trzy czterdzieści pięć sześćdziesiąt siedem",
     "581234567"),
    ("dwadzieścia dwa sześćset pięćdziesiąt zero osiem jedenaście", "226500811"),
    ("kierunkowy trzydzieści dwa dwieście trzydzieści jeden zero zero czternaście", "322310014"),
    ("stacjonarny dwanaście sześćset szesnaście dwanaście dwanaście", "126161212"),
    ("zero pięćdziesiąt osiem sto dwadzieścia trzy czterdzieści pięć sześćdziesiąt siedem",
     "581234567"),
    ("czterdzieści osiem trzysta sześćdziesiąt dwa zero zero jedenaście", "483620011"),
    # mixed
    ("pięćset jeden dwa trzy cztery pięćset sześćdziesiąt siedem", NUMBER),
    ("pięćset jeden dwadzieścia trzy czterdzieści pięć sześćdziesiąt siedem", NUMBER),
    ("pięć zero jeden dwieście trzydzieści cztery pięć sześć siedem", NUMBER),
    ("pięćset jeden dwadzieścia trzy cztery pięćset sześćdziesiąt siedem", NUMBER),
    ("sześćset dwa dwa dwa pięć sześć siedem", "600222567"),
    ("osiemset dwadzieścia dwadzieścia trzydzieści", "800202030"),
    ("pięćset jeden 234 pięćset sześćdziesiąt siedem", NUMBER),
    ("pięćset, jeden, dwieście trzydzieści cztery, pięćset sześćdziesiąt siedem", NUMBER),
    ("pięćset jeden, dwieście, trzydzieści cztery, pięćset sześćdziesiąt siedem", NUMBER),
    # repeated digits
    ("pięćset dwa zera jeden trzy piątki", "500001555"),
    ("sześćset trzy piątki dwa zera siedem", "600555007"),
    ("pięćset jeden dwie siódemki cztery jedynki", "501771111"),
    ("sześć sześć dwa dwie siódemki zero trzy jedynki", "662770111"),
    ("podwójne pięć zero jeden dwa trzy cztery pięć sześć", "550123456"),
    ("siedem podwójna ósemka sto dwadzieścia trzy zero zero jeden", "788123001"),
    ("pięć trzy razy zero dwadzieścia jeden trzydzieści jeden jeden", "500021311"),
    ("jedna siódemka jedna ósemka trzy zera dwie dwójki dwie trójki", "780002233"),
    ("potrójne pięć sto dwanaście osiemset dwa", "555112802"),
    ("siedem dziewięć cztery dwa zera cztery jedynki", "794001111"),
    # the country's number
    ("plus czterdzieści osiem pięćset jeden dwieście trzydzieści cztery pięćset "
     "sześćdziesiąt siedem", NUMBER),
    ("czterdzieści osiem pięćset jeden dwieście trzydzieści cztery pięćset sześćdziesiąt siedem",
     NUMBER),
    ("zero zero czterdzieści osiem pięćset jeden dwieście trzydzieści cztery pięćset "
     "sześćdziesiąt siedem", NUMBER),
    ("plus cztery osiem pięć zero jeden dwa trzy cztery pięć sześć siedem", NUMBER),
    # typed
    ("501234567", NUMBER),
    ("501 234 567", NUMBER),
    ("501-234-567", NUMBER),
    ("501.234.567", NUMBER),
    ("+48 501234567", NUMBER),
    ("+48501234567", NUMBER),
    ("0048501234567", NUMBER),
    ("0048 501 234 567", NUMBER),
    ("48 501 234 567", NUMBER),
    ("(+48) 501-234-567", NUMBER),
    ("tel 501234567", NUMBER),
    ("tel. 501 234 567", NUMBER),
    ("mój telefon: 501 234 567", NUMBER),
    ("0501234567", NUMBER),
    ("58 123 45 67", "581234567"),
    ("(58) 123-45-67", "581234567"),
    ("50 12 34 56 7", NUMBER),
    ("5 0 1 2 3 4 5 6 7", NUMBER),
    ("501234567#", NUMBER),
    ("jasne 501 234 567 dzwońcie po 15", "501234567"),
    # a beginning
    ("pięćset jeden", "501"),
    ("pięćset jeden dwieście trzydzieści cztery", "501234"),
    ("pięćset jeden dwieście trzydzieści", "501230"),
    ("pięćdziesiąt osiem sto dwadzieścia trzy", "58123"),
    ("dwadzieścia trzy", "23"),
    ("sto dwadzieścia", "120"),
    ("dwa zera", "00"),
    ("plus czterdzieści osiem pięćset jeden", "501"),
    # no number
    ("nie mam telefonu", ""),
    ("mam dwa pytania", ""),
    ("chwileczkę muszę poszukać", ""),
    ("a po co", ""),
    ("nie pamiętam", ""),
    ("oddzwońcie na ten numer", ""),
    ("nie pamiętam chyba 501 234 567", NUMBER),
    ("nie mam komórki, stacjonarny 58 123 45 67", "581234567"),
    ("", ""),
    ("#", ""),
]  # fmt: skip


@pytest.mark.parametrize(("said", "digits"), ONE_BREATH)
def test_one_breath(said: str, digits: str) -> None:
    state = heard(said)
    assert (state.digits, state.problem) == (digits, "")


SEVERAL_BREATHS = [
    (("pięćset jeden dwieście trzydzieści cztery", "pięćset sześćdziesiąt siedem"), NUMBER),
    (("pięćset jeden", "dwieście trzydzieści cztery", "pięćset sześćdziesiąt siedem"), NUMBER),
    (("pięć zero jeden", "dwa trzy", "cztery pięć", "sześć siedem"), NUMBER),
    (("mój numer to pięćset jeden", "dalej dwieście trzydzieści cztery",
      "i na końcu pięćset sześćdziesiąt siedem"), NUMBER),
    (("501", "234", "567"), NUMBER),
    (tuple(NUMBER), NUMBER),
    ((*NUMBER, "#"), NUMBER),
    (("501", "chwileczkę", "234567"), NUMBER),
    (("plus czterdzieści osiem", "pięćset jeden dwieście trzydzieści cztery",
      "pięćset sześćdziesiąt siedem"), NUMBER),
    (("czterdzieści osiem pięćset jeden", "dwieście trzydzieści cztery",
      "pięćset sześćdziesiąt siedem"), NUMBER),
    (("pięćdziesiąt osiem", "sto dwadzieścia trzy", "czterdzieści pięć sześćdziesiąt siedem"),
     "581234567"),
    (("sześćset", "dwa dwa dwa", "pięć sześć siedem"), "600222567"),
    (("pięćset jeden", "dwa zera trzy", "trzy piątki"), "501003555"),
    # the last group said again before the rest
    (("501 234", "234 567"), NUMBER),
    # the whole number said again, before and after it was complete
    (("501 234", "501 234 567"), NUMBER),
    (("501 234 567", "502 234 567"), "502234567"),
    (("501 234 567", "pięćset jeden dwieście trzydzieści cztery pięćset sześćdziesiąt siedem"),
     NUMBER),
    (("501 234 567", "pięćset sześćdziesiąt siedem"), NUMBER),
    # from the beginning
    (("501 234", "jeszcze raz od początku"), ""),
    (("501 234", "od nowa 602 345 678"), "602345678"),
    (("501 234", "nie od początku sześćset dwa trzysta czterdzieści pięć",
      "sześćset siedemdziesiąt osiem"), "602345678"),
    (("501 234", "jeszcze raz sześćset dwa", "345 678"), "602345678"),
    (("501 234 567", "wszystko źle"), ""),
    (("501 234 567", "skasuj wszystko"), ""),
    # the last breath taken back
    (("501", "234", "nie, pomyłka"), "501"),
    (("501", "234", "pomyliłam się", "235 567"), "501235567"),
    (("501", "234", "cofnij", "cofnij"), ""),
    (("501", "24", "pomyłka dwieście trzydzieści cztery"), "501234"),
    (("501", "dwieście trzydzieści nie pomyłka"), "501"),
    # put right in the same breath
    (("sześćset nie pięćset",), "500"),
    (("pięćset jeden dwieście trzydzieści cztery nie dwieście trzydzieści pięć",), "501235"),
    (("pięćset jeden dwieście trzydzieści cztery nie dwieście trzydzieści pięć "
      "pięćset sześćdziesiąt siedem",), "501235567"),
    (("501 234 przepraszam 235", "567"), "501235567"),
    (("501 234 to znaczy 235", "567"), "501235567"),
    (("pięćset jeden dwa trzy cztery nie dwa trzy pięć pięć sześć siedem",), "501235567"),
    (("501 23 nie 345",), "501345"),
    (("58 123 nie 124", "45 67"), "581244567"),
    (("pięćset jeden nie pięćset jeden tylko pięćset dwa",), "502"),
    (("501 234 pomyłka 602 345 678",), "602345678"),
    # put right in the next breath
    (("sześćset", "nie sześćset, pięćset"), "500"),
    (("sześćset jeden", "nie sześćset jeden pięćset jeden"), "501"),
    (("501 234", "nie dwieście trzydzieści pięć"), "501235"),
    (("501 234", "nie 235 567"), "501235567"),
    (("501 234", "przepraszam 567"), NUMBER),
    (("501 234", "nie 501 235"), "501235"),
    # one group of the whole number
    ((NUMBER, "druga grupa dwieście trzydzieści pięć"), "501235567"),
    ((NUMBER, "środkowe dwieście trzydzieści pięć"), "501235567"),
    ((NUMBER, "nie w środku jest dwieście trzydzieści pięć"), "501235567"),
    ((NUMBER, "w środku dwa trzy pięć"), "501235567"),
    ((NUMBER, "ostatnie to pięćset sześćdziesiąt osiem"), "501234568"),
    ((NUMBER, "ostatnia trójka pięćset sześćdziesiąt osiem"), "501234568"),
    ((NUMBER, "ostatnie trzy pięć sześć osiem"), "501234568"),
    ((NUMBER, "trzecia grupa to 568"), "501234568"),
    ((NUMBER, "pierwsza trójka pięćset dwa"), "502234567"),
    ((NUMBER, "nie na początku pięćset dwa"), "502234567"),
    ((NUMBER, "pierwsze trzy cyfry to pięć zero dwa"), "502234567"),
    ((NUMBER, "druga trójka jest źle powinno być dwieście trzydzieści pięć"), "501235567"),
    ((NUMBER, "zmień drugą grupę na dwieście trzydzieści pięć"), "501235567"),
    ((NUMBER, "druga grupa nie dwieście trzydzieści cztery tylko dwieście trzydzieści pięć"),
     "501235567"),
    ((NUMBER, "w drugiej grupie zamiast trzy ma być cztery"), "501244567"),
    ((NUMBER, "pierwsza grupa 502 trzecia 568"), "502234568"),
    ((NUMBER, "nie pięćset dwa"), "502234567"),
    # some digits of it
    ((NUMBER, "nie, na końcu siedem pięć"), "501234575"),
    ((NUMBER, "na końcu siedemdziesiąt pięć"), "501234575"),
    ((NUMBER, "końcówka siedem pięć"), "501234575"),
    ((NUMBER, "siedem pięć na końcu"), "501234575"),
    ((NUMBER, "dwie ostatnie cyfry to siedem pięć"), "501234575"),
    ((NUMBER, "ostatnia cyfra osiem"), "501234568"),
    ((NUMBER, "przedostatnia cyfra to dziewięć"), "501234597"),
    ((NUMBER, "druga cyfra jeden"), "511234567"),
    ((NUMBER, "piąta cyfra to dziewięć"), "501294567"),
    ((NUMBER, "pierwsza cyfra sześć"), "601234567"),
    # the old and the new
    ((NUMBER, "nie dwieście trzydzieści cztery tylko dwieście trzydzieści pięć"), "501235567"),
    ((NUMBER, "nie 567 a 568"), "501234568"),
    ((NUMBER, "zamiast pięćset jeden powinno być pięćset dwa"), "502234567"),
    ((NUMBER, "dwieście trzydzieści pięć a nie dwieście trzydzieści cztery"), "501235567"),
    ((NUMBER, "dwieście trzydzieści cztery nie, dwieście trzydzieści pięć"), "501235567"),
    ((NUMBER, "nie trzydzieści cztery tylko czterdzieści trzy"), "501243567"),
    ((NUMBER, "nie dwa tylko trzy"), "501334567"),
    ((NUMBER, "nie 602 345 678"), "602345678"),
    ((NUMBER, "nie ostatnia cyfra to osiem nie siedem"), "501234568"),
    ((NUMBER, "zamiast siedem na końcu osiem"), "501234568"),
    ((NUMBER, "na końcu osiem zamiast siedem"), "501234568"),
    ((NUMBER, "początek jest zły powinno być sześćset jeden"), "601234567"),
    (("501 234", "nie zero jeden tylko zero dwa"), "502234"),
    # nothing that changes the number
    ((NUMBER, "nie"), NUMBER),
    ((NUMBER, "tak zgadza się"), NUMBER),
    ((NUMBER, "źle"), NUMBER),
]  # fmt: skip


@pytest.mark.parametrize(("breaths", "digits"), SEVERAL_BREATHS)
def test_several_breaths(breaths: tuple[str, ...], digits: str) -> None:
    state = heard(*breaths)
    assert (state.digits, state.problem) == (digits, "")


@pytest.mark.parametrize(
    ("start", "said", "problem"),
    [
        ("", "501234567890", "too_long"),
        ("501", "234 567 890", "too_long"),
        ("501234", "pięćset sześćdziesiąt siedem osiemset", "too_long"),
        ("", "44051401359", "too_long"),
        ("", "501 234 567 albo 602 345 678", "too_long"),
        (NUMBER, "osiemset dwadzieścia", "too_long"),
        ("", "dwadzieścia jeden " * 30, "too_long"),
        ("", "+49 30 123456", "not_polish"),
        ("", "0049 30 123456", "not_polish"),
        ("", "plus trzysta osiemdziesiąt sześćdziesiąt siedem", "not_polish"),
        ("", "012 345 678", "not_polish"),
        (NUMBER, "druga grupa źle", "unclear"),
        (NUMBER, "nie osiemset dwadzieścia", "unclear"),
        (NUMBER, "nie siedem", "unclear"),
        (NUMBER, "druga grupa trzydzieści pięć", "unclear"),
        (NUMBER, "nie osiemset tylko dziewięćset", "unclear"),
        ("501", "trzecia grupa 567", "unclear"),
        ("505505505", "nie 505 tylko 506", "unclear"),
    ],
)
def test_what_does_not_fit_changes_no_digit(start: str, said: str, problem: str) -> None:
    state = heard(said, start=start)
    assert (state.digits, state.problem) == (start, problem)


def test_a_problem_is_of_one_breath() -> None:
    state = heard("501234567890")
    assert state.problem == "too_long"
    assert hear(state, "501234567") == DictatedPhone(NUMBER, earlier=("",))


def test_what_a_number_says_of_itself() -> None:
    state = DictatedPhone("50123")
    assert (state.groups, state.missing, state.complete) == (("501", "23"), 4, False)
    assert DictatedPhone(NUMBER).complete
    assert DictatedPhone(NUMBER).groups == ("501", "234", "567")
    assert not DictatedPhone("012345678").complete


def test_read_back_and_shown() -> None:
    spoken = "pięćset jeden, dwieście trzydzieści cztery, pięćset sześćdziesiąt siedem"
    assert read_back(NUMBER) == spoken
    assert read_back("600007012") == "sześćset, zero zero siedem, zero dwanaście"
    assert shown(NUMBER) == "501 234 567"


NUMBERS = st.from_regex(r"[1-9][0-9]{8}", fullmatch=True)


@given(NUMBERS)
def test_threes_come_back(digits: str) -> None:
    assert heard(read_back(digits)).digits == digits
    assert heard(read_back(digits).replace(",", "")).digits == digits
    assert heard(*read_back(digits).split(", ")).digits == digits


@given(NUMBERS)
def test_pairs_come_back(digits: str) -> None:
    pairs = [digits_in_words(digits[i : i + 2]) for i in range(0, 9, 2)]
    assert heard(", ".join(pairs)).digits == digits


@given(NUMBERS)
def test_single_digits_come_back(digits: str) -> None:
    words = [digits_in_words(d) for d in digits]
    assert heard(" ".join(words)).digits == digits
    assert heard(*words).digits == digits


@given(st.lists(st.text("0123456789 nietylko,+#źle", max_size=30), max_size=4))
def test_any_breath_leaves_a_possible_number(breaths: list[str]) -> None:
    digits = heard(*breaths).digits
    assert len(digits) <= 9
    assert not digits or digits.isdigit()


@pytest.mark.parametrize(
    ("said", "surname"),
    [
        ("Kowalski", "Kowalski"),
        ("KOWALSKI", "Kowalski"),
        ("kowalski.", "Kowalski"),
        ("nazywam się Jan Kowalski", "Kowalski"),
        ("dzień dobry nazywam się zofia lis", "Lis"),
        ("kowalski się nazywam", "Kowalski"),
        ("nazywam się kowalska i chciałabym umówić wizytę", "Kowalska"),
        ("jestem anna moje nazwisko nowak", "Nowak"),
        ("Anna Nowak-Zielińska", "Nowak-Zielińska"),
        ("anna nowak zielińska", "Nowak-Zielińska"),
        ("nowak myślnik zielińska", "Nowak-Zielińska"),
        ("anna maria wesołowska", "Wesołowska"),
        ("na nazwisko kowalska", "Kowalska"),
        ("na Kowalskiego", "Kowalskiego"),
        ("proszę wpisać na Wiśniewską", "Wiśniewską"),
        ("pani kowalska", "Kowalska"),
        ("proszę kowalska dziękuję", "Kowalska"),
        ("to jest kowalski", "Kowalski"),
        ("moje nazwisko to Wrona", "Wrona"),
        ("Kowalska Anna", "Kowalska"),
        ("wójcik piotr", "Wójcik"),
        ("jan piątek", "Piątek"),
        ("zima", "Zima"),
        ("mazur", "Mazur"),
        ("piątek", "Piątek"),
        ("musiał", "Musiał"),
        ("marek", "Marek"),
        ("wojcik", "Wojcik"),
        ("Nguyen", "Nguyen"),
        ("Oksana Shevchenko", "Shevchenko"),
        ("oczywiście brzęczyszczykiewicz", "Brzęczyszczykiewicz"),
        ("rzepa przez er zet", "Rzepa"),
        ("pawłowska z domu zych", "Pawłowska"),
        ("dla kowalskiej", "Kowalskiej"),
        ("k o w a l s k i", "Kowalski"),
        ("ka o wu a el", "Kowal"),
        ("K jak Karol, O jak Olga, W jak Wojciech, A jak Anna, L jak Leon", "Kowal"),
        ("żet u eł te o wu es ka i", "Żułtowski"),
        ("ka u kreskowane el", "Kól"),
        ("zet z kropką u ka", "Żuk"),
        ("kowalski k o w a l s k i", "Kowalski"),
        ("nazywam się kowal ka o wu a el", "Kowal"),
        ("literuję en o wu a ka", "Nowak"),
    ],
)
def test_surnames(said: str, surname: str) -> None:
    assert read_surname(said) == surname


@pytest.mark.parametrize(
    "said",
    [
        "nie chcę podawać", "nie podam nazwiska", "nazwiska nie podam", "po co", "nie wiem", "tak",
        "nie", "dobrze", "a po co pani nazwisko", "dlaczego", "chcę umówić wizytę", "o co chodzi",
        "rozmowa z konsultantem", "ile kosztuje dowód", "jestem zajęty", "jestem z Gliwic", "jutro",
        "anna", "mam na imię anna", "urząd miasta", "a jak to się pisze", "halo", "nie rozumiem",
        "proszę powtórzyć", "dziekuje", "501234567", "", "konsultant", "nazywam się",
    ],
)  # fmt: skip
def test_no_surname(said: str) -> None:
    assert read_surname(said) is None


@given(st.text(max_size=60))
def test_any_answer_is_borne(text: str) -> None:
    surname = read_surname(text)
    assert surname is None or len(surname) >= 2
