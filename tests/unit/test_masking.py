"""Personal data out of what residents say. Left: said or typed; right: what may be kept."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polish.cardinals import cardinal
from polish.masking import is_pesel, mask

PERSONAL = """
mój pesel to 44051401359 | mój pesel to [PESEL]
pesel 440514 01359 | pesel [PESEL]
numer 12345678901 | numer [PESEL]
pesel czterdzieści cztery zero pięć czternaście zero jeden trzysta pięćdziesiąt dziewięć | pesel [PESEL]
cztery cztery zero pięć jeden cztery zero jeden trzy pięć dziewięć | [PESEL]
44 05 14 zero jeden 359 | [PESEL]
mój numer to 501 203 304 proszę dzwonić | mój numer to [TELEFON] proszę dzwonić
+48 501-203-304 | [TELEFON]
501203304 | [TELEFON]
tel. 99 123 40 00 | tel. [TELEFON]
pięćset jeden dwieście trzy trzysta cztery | [TELEFON]
pięćset jeden, dwieście trzy, trzysta cztery | [TELEFON]
piecset jeden dwiescie trzy trzysta cztery | [TELEFON]
plus czterdzieści osiem pięćset jeden dwieście trzy trzysta cztery | plus [TELEFON]
proszę oddzwonić dziewięćdziesiąt dziewięć sto dwadzieścia trzy czterdzieści zero zero | proszę oddzwonić [TELEFON]
numer dowodu ABC123456 | numer dowodu [DOKUMENT]
numer dowodu ABC 123456 | numer dowodu [DOKUMENT]
dowód abc123456 | dowód [DOKUMENT]
paszport EA 1234567 | paszport [DOKUMENT]
PL61 1090 1014 0000 0712 1981 2874 | [KONTO]
konto 61109010140000071219812874 | konto [KONTO]
jan.kowalski@example.com | [E-MAIL]
mój mail anna_n@poczta.pl dziękuję | mój mail [E-MAIL] dziękuję
jan kropka kowalski małpa gmail kropka com | [E-MAIL]
anna malpa poczta kropka pl | [E-MAIL]
mieszkam na ulicy Polnej 5 mieszkania 3 | mieszkam na [ADRES]
mieszkam na ulicy polnej pięć mieszkania trzy | mieszkam na [ADRES]
ul. Polna 5/7, 99-001 Nadmorzyn | [ADRES]
mieszkam na polnej pięć | mieszkam na [ADRES]
przy al. Jana Pawła II 12a | przy [ADRES]
mieszkam przy ulicy długiej dwanaście łamane przez trzy | mieszkam przy [ADRES]
urodziłem się 5 maja 1980 roku | urodziłem się [DATA URODZENIA]
urodzona 05.05.1980 | urodzona [DATA URODZENIA]
data urodzenia: 1980-05-05 | data urodzenia: [DATA URODZENIA]
urodziłam się piątego maja tysiąc dziewięćset osiemdziesiątego roku | urodziłam się [DATA URODZENIA]
nazywam się Jan Kowalski i chcę dowód | nazywam się [OSOBA] i chcę dowód
nazywam się jan kowalski i chcę dowód | nazywam się [OSOBA] i chcę dowód
rozmawiałem z janem kowalskim | rozmawiałem z [OSOBA]
byłam u pani Nowak w pokoju 12 | byłam u pani [OSOBA] w pokoju 12
mam sprawę do pana nowaka | mam sprawę do pana [OSOBA]
nazywam się grzegorz brzęczyszczykiewicz | nazywam się [OSOBA]
mówi Anna Maria Nowak-Zielińska | mówi [OSOBA]
dowód na nazwisko Wiśniewska | dowód na nazwisko [OSOBA]
kasia mi powiedziała | [OSOBA] mi powiedziała
dzień dobry z tej strony marek zając | dzień dobry z tej strony [OSOBA]
jestem Ewa Lis | jestem [OSOBA]
mój syn Michał chodzi do szkoły | mój syn [OSOBA] chodzi do szkoły
czy mogę przyjść z Kowalskim | czy mogę przyjść z [OSOBA]
dla zielińskiego | dla [OSOBA]
kowalska anna prosi o odpis | [OSOBA] prosi o odpis
sąsiad Wiśniewski pali śmieciami | sąsiad [OSOBA] pali śmieciami
Kwiatowa 12 m. 4 | [ADRES]
mój NIP 123-456-78-19 | mój NIP [NUMER]
mam na imię Zofia | mam na imię [OSOBA]
Nazywam się Jan Kowalski, PESEL 44051401359, tel. 501203304 | Nazywam się [OSOBA], PESEL [PESEL], tel. [TELEFON]
sprawa numer 1234567890 | sprawa numer [NUMER]
"""  # noqa: E501 - one example a line

HARMLESS = """
ile kosztuje dowód 140 zł
opłata 1 000 000 zł za działkę
sto czterdzieści tysięcy złotych
działka ma 12500 m²
o której dziś otwieracie? 8:00-16:00
czynne od 7:30 do 15:30
112
dzwonię na sto dwanaście
do 31.12.2026 r.
dwudziestego grudnia dwa tysiące dwudziestego szóstego roku
w 2026 roku
w dwa tysiące dwudziestym szóstym roku
lata 2021-2027
od roku czekam, sam mogę przyjść? Jaki numer pokoju?
kiedy wywóz śmieci w maju
chcę zarejestrować samochód
program 800+ na dziecko
osiemset plus na dwoje dzieci
jaki jest numer konta do opłaty
czy pani urzędniczka jest w pokoju 12
chcę rozmawiać z konsultantem
na ulicy polnej nie odebrano śmieci
ile to będzie dwadzieścia dni czy trzydzieści
mam dwadzieścia pięć lat i dwoje dzieci
kto może odebrać dowód za mamę
co z moją sprawą
kiedy będzie gotowy paszport dla córki
mogę przyjść w środę rano
moj dowod traci waznosc w styczniu
stanowiska 2-5 na parterze
sprechen sie deutsch
"""


def rows(table: str) -> list[list[str]]:
    return [[p.strip() for p in line.split(" | ")] for line in table.strip().splitlines()]


@pytest.mark.parametrize(("said", "kept"), rows(PERSONAL))
def test_personal_data_is_replaced_by_what_it_was(said: str, kept: str) -> None:
    assert mask(said) == kept


@pytest.mark.parametrize("said", [row[0] for row in rows(HARMLESS)])
def test_what_is_nobodys_stays(said: str) -> None:
    assert mask(said) == said


@pytest.mark.parametrize(("said", "kept"), rows(PERSONAL))
def test_masking_twice_changes_nothing(said: str, kept: str) -> None:
    assert mask(mask(said)) == mask(said)


@given(st.integers(0, 10**11 - 1))
def test_no_eleven_digits_survive(number: int) -> None:
    digits = f"{number:011d}"
    spoken = " ".join(cardinal(int(d)) for d in digits)
    assert mask(f"pesel {digits} tak") == "pesel [PESEL] tak" or digits.startswith("48")
    assert spoken not in mask(f"pesel {spoken} tak")


@given(st.text(max_size=120))
def test_any_text_is_survived(text: str) -> None:
    assert isinstance(mask(text), str)


ODD = ["a-", "(", " ", "9", "I ", "ulica ", "a.b.", "mieszkam na polnej "]


@pytest.mark.parametrize("piece", ODD)
def test_a_long_odd_text_takes_no_long_time(piece: str) -> None:
    began = time.perf_counter()
    mask(piece * (2000 // len(piece)))
    assert time.perf_counter() - began < 5  # milliseconds on a quiet machine; never minutes


def test_pesel_checksum() -> None:
    assert is_pesel("44051401359")
    assert not is_pesel("44051401358")
    assert not is_pesel("4405140135")


def test_importing_loads_no_spacy_pipeline() -> None:
    code = "import polish.masking, polish.pipeline as p; print(p.pipeline.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
