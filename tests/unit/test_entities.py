"""What is named in what residents say and type. Left: the text; right: label=value, in order."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polish.entities import EntityReader

READER = EntityReader(
    {
        "usc": ("Urząd Stanu Cywilnego", "stanu cywilnego", "usc"),
        "odpady": ("gospodarki odpadami", "od smieci"),
        "mops": ("mops",),
    }
)
EXAMPLES = """
jutro | date=jutro
a pojutrze | date=pojutrze
w środę | date=w srode
W SRODE | date=w srode
w przyszły wtorek | date=w przyszly wtorek
w przyszłym tygodniu | date=w przyszlym tygodniu
w najbliższy czwartek po szesnastej | date=w najblizszy czwartek; time=16:00
trzeciego grudnia | date=--12-03
dwudziestego pierwszego stycznia 2027 roku | date=2027-01-21
trzydziestego pierwszego grudnia | date=--12-31
3 grudnia | date=--12-03
3 grudnia 2026 r. | date=2026-12-03
03.12 o 15:30 | date=--12-03; time=15:30
03.12.2026 | date=2026-12-03
2026-12-03 | date=2026-12-03
za dwa tygodnie w środę | date=za dwa tygodnie; date=w srode
za tydzień | date=za tydzien
za 3 dni | date=za 3 dni
w Wigilię | date=w wigilie
po świętach | date=po swietach
w weekend | date=weekend
o piętnastej trzydzieści | time=15:30
po szesnastej | time=16:00
o 8 | time=08:00
godz. 15 | time=15:00
wpół do dziesiątej | time=wpol do dziesiatej
za kwadrans ósma | time=za kwadrans osma
rano | time=rano
po południu | time=po poludniu
mam sto dwadzieścia złotych | number=120
troje dzieci i 3 koty | number=3
na ulicy polnej nie świeci | street=ulicy polnej
ul. Długa | street=ul dluga
na polnej 5 nie odebrali | street=na polnej 5
rondo Solidarności | street=rondo solidarnosci
potrzebny akt urodzenia i prawo jazdy | paper=akt urodzenie; paper=prawo jazda
z dowodem osobistym i zdjęciem | paper=dowod osobisty; paper=zdjecie
zgubiłam dowód rejestracyjny | paper=dowod rejestracyjny
dowod osobisty | paper=dowod osobisty
mam pełnomocnictwo od mamy | paper=pelnomocnictwo
odpis aktu zgonu | paper=odpis akt
z urzędem stanu cywilnego proszę | department=usc
usc | department=usc
od śmieci | department=odpady
gospodarki odpadami | department=odpady
do mopsu |
mój pesel 44051401359 | personal=PESEL
dzwoni 501 203 304 | personal=TELEFON
nazywam się Jan Kowalski | personal=OSOBA
mieszkam na ulicy Polnej 5 mieszkania 3 | personal=ADRES
pisać na jan@example.com | personal=E-MAIL
jutro pod 501203304 o dwunastej | date=jutro; personal=TELEFON; time=12:00
dzień dobry |
ile kosztuje |
asdf qwer |
"""
CASES = [tuple(part.strip() for part in line.split("|")) for line in EXAMPLES.strip().splitlines()]


@pytest.mark.parametrize(("text", "named"), CASES)
def test_what_is_named(text: str, named: str) -> None:
    found = READER.read(text)
    assert "; ".join(f"{e.label}={e.value}" for e in found) == named


def test_places_are_those_of_the_text() -> None:
    text = "Proszę   jutro, ul. Długa"
    assert [text[e.start : e.end] for e in READER.read(text)] == ["jutro", "ul. Długa"]


@given(st.text(max_size=60))
def test_any_text_is_read_and_entities_do_not_overlap(text: str) -> None:
    found = READER.read(text)
    assert all(0 <= e.start < e.end <= len(text) for e in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))


def test_personal_data_is_named_and_never_repeated() -> None:
    found = READER.read("pesel 44051401359 i telefon 501203304")
    assert {e.value for e in found} == {"PESEL", "TELEFON"}


def test_a_huge_text_is_read_up_to_its_limit() -> None:
    assert all(e.end <= 2000 for e in READER.read("jutro " * 2000))
