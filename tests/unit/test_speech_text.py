"""Shown Polish -> Polish to be read aloud. The right column is what a careful clerk would say."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polish.speech import to_speech

MONEY = """
140 zł | sto czterdzieści złotych
1 zł | jeden złoty
2 zł | dwa złote
3 zł | trzy złote
5 zł | pięć złotych
12 zł | dwanaście złotych
21 zł | dwadzieścia jeden złotych
22 zł | dwadzieścia dwa złote
112 zł | sto dwanaście złotych
104 zł | sto cztery złote
17,50 zł | siedemnaście złotych pięćdziesiąt groszy
0,50 zł | pięćdziesiąt groszy
2,01 zł | dwa złote jeden grosz
1,22 zł | jeden złoty dwadzieścia dwa grosze
17,00 zł | siedemnaście złotych
1 000 zł | tysiąc złotych
1.250 zł | tysiąc dwieście pięćdziesiąt złotych
10 000 zł | dziesięć tysięcy złotych
2 000 000 zł | dwa miliony złotych
2,5 tys. zł | dwa i pół tysiąca złotych
1,5 tys. zł | półtora tysiąca złotych
3 mln zł | trzy miliony złotych
1,2 mln zł | jeden i dwie dziesiąte miliona złotych
do 100 zł | do stu złotych
od 30 zł | od trzydziestu złotych
do 1 zł | do jednego złotego
około 45 zł | około czterdziestu pięciu złotych
ok. 45 zł | około czterdziestu pięciu złotych
w wysokości 17 zł | w wysokości siedemnastu złotych
za 2 zł | za dwa złote
od 10 do 15 zł | od dziesięciu do piętnastu złotych
10-15 zł | od dziesięciu do piętnastu złotych
5 gr | pięć groszy
100 PLN | sto złotych
20 EUR | dwadzieścia euro
5 zł/m² | pięć złotych za metr kwadratowy
1,50 zł/str. | jeden złoty pięćdziesiąt groszy za stronę
30 zł/mies. | trzydzieści złotych za miesiąc
Opłata: 17 zł. Dziękujemy | Opłata: siedemnaście złotych. Dziękujemy
"""

HOURS = """
o 15:30 | o piętnastej trzydzieści
o 8:05 | o ósmej zero pięć
o 8 | o ósmej
do 16 | do szesnastej
po 14 | po czternastej
przed 10:15 | przed dziesiątą piętnaście
8:00-16:00 | od ósmej do szesnastej
7.30-15.30 | od siódmej trzydzieści do piętnastej trzydzieści
7:30 – 15:30 | od siódmej trzydzieści do piętnastej trzydzieści
od 8 do 16 | od ósmej do szesnastej
od 8:00 do 16:00 | od ósmej do szesnastej
od 7:30 do 15:45 | od siódmej trzydzieści do piętnastej czterdzieści pięć
między 8 a 12 | między ósmą a dwunastą
godz. 9 | godzina dziewiąta
o godz. 9 | o godzinie dziewiątej
do godz. 15 | do godziny piętnastej
przed godz. 15 | przed godziną piętnastą
w godz. 8-16 | w godzinach od ósmej do szesnastej
w godzinach 8-16 | w godzinach od ósmej do szesnastej
godz. 8:00-16:00 | godziny od ósmej do szesnastej
do godziny 18 | do godziny osiemnastej
o godzinie 12.30 | o godzinie dwunastej trzydzieści
pon.–pt. 7:00–18:00 | od poniedziałku do piątku od siódmej do osiemnastej
we wt. i czw. w godz. 10-18 | we wtorek i czwartek w godzinach od dziesiątej do osiemnastej
w pon. 8:00-17:00 | w poniedziałek od ósmej do siedemnastej
od pn. do pt. | od poniedziałku do piątku
0:30 | zerowa trzydzieści
24:00 | dwudziesta czwarta
1,5 godz. | półtorej godziny.
trwa 2 godz. | trwa dwie godziny.
30 min | trzydzieści minut
od 8 do 16 dni | od ośmiu do szesnastu dni
Czynne od 9 do 17. | Czynne od dziewiątej do siedemnastej.
"""

DATES = """
03.12.2026 | trzeciego grudnia dwa tysiące dwudziestego szóstego roku
3.12.2026 r. | trzeciego grudnia dwa tysiące dwudziestego szóstego roku.
2026-12-03 | trzeciego grudnia dwa tysiące dwudziestego szóstego roku
3 grudnia | trzeciego grudnia
3 grudnia 2026 r. o ósmej | trzeciego grudnia dwa tysiące dwudziestego szóstego roku o ósmej
1 stycznia | pierwszego stycznia
31 marca | trzydziestego pierwszego marca
do 31 marca | do trzydziestego pierwszego marca
przed 3 grudnia | przed trzecim grudnia
po 22 maja | po dwudziestym drugim maja
od 1 do 15 grudnia | od pierwszego do piętnastego grudnia
1-5 maja | od pierwszego do piątego maja
do 31.12. | do trzydziestego pierwszego grudnia.
W sobotę 5.12 nieczynne | W sobotę piątego grudnia nieczynne
w 2026 r. oraz | w dwa tysiące dwudziestym szóstym roku oraz
od 2027 r. jest | od dwa tysiące dwudziestego siódmego roku jest
Na 2026 r. Ministerstwo zapowiada | Na dwa tysiące dwudziesty szósty rok Ministerstwo zapowiada
w roku 2026 | w roku dwa tysiące dwudziestym szóstym
rok 1999 | rok tysiąc dziewięćset dziewięćdziesiąty dziewiąty
z 2000 r. ustawa | z dwutysięcznego roku ustawa
w latach 2021-2027 | w latach od dwa tysiące dwudziestego pierwszego do dwa tysiące dwudziestego siódmego
15.01.2027 godz. 12:00 | piętnastego stycznia dwa tysiące dwudziestego siódmego roku godzina dwunasta
ul. 3 Maja 5 | ulica trzeciego Maja pięć
11 listopada | jedenastego listopada
z dnia 6 sierpnia 2010 r. o dowodach | z dnia szóstego sierpnia dwa tysiące dziesiątego roku o dowodach
"""  # noqa: E501 - one example a line

PHONES = """
99 123 40 00 | dziewięćdziesiąt dziewięć, sto dwadzieścia trzy, czterdzieści, zero zero
99 100 20 30 | dziewięćdziesiąt dziewięć, sto, dwadzieścia, trzydzieści
22 560 16 00 | dwadzieścia dwa, pięćset sześćdziesiąt, szesnaście, zero zero
501 203 304 | pięćset jeden, dwieście trzy, trzysta cztery
501203304 | pięćset jeden, dwieście trzy, trzysta cztery
501-203-304 | pięćset jeden, dwieście trzy, trzysta cztery
+48 501 203 304 | plus czterdzieści osiem, pięćset jeden, dwieście trzy, trzysta cztery
800 000 005 | osiemset, zero zero zero, zero zero pięć
tel. 99 123 40 05 | telefon dziewięćdziesiąt dziewięć, sto dwadzieścia trzy, czterdzieści, zero pięć
112 | sto dwanaście
Zadzwoń pod 112! | Zadzwoń pod sto dwanaście!
997 | dziewięćset dziewięćdziesiąt siedem
wew. 12 | wewnętrzny dwanaście
99-001 Nadmorzyn | dziewięćdziesiąt dziewięć zero zero jeden Nadmorzyn
44051401359 | cztery cztery zero, pięć jeden cztery, zero jeden trzy, pięć dziewięć
61 1090 1014 0000 0712 1981 2874 | sześćdziesiąt jeden, dziesięć dziewięćdziesiąt, dziesięć czternaście, zero zero zero zero, zero siedem dwanaście, dziewiętnaście osiemdziesiąt jeden, dwadzieścia osiem siedemdziesiąt cztery
"""  # noqa: E501 - one example a line

COUNTS = """
do 30 dni | do trzydziestu dni
w ciągu 14 dni | w ciągu czternastu dni
przez 7 dni | przez siedem dni
po 3 dniach | po trzech dniach
przed 7 dniami | przed siedmioma dniami
3 dni wcześniej | trzy dni wcześniej
na 10 lat | na dziesięć lat
1 osoba | jedna osoba
2 osoby | dwie osoby
5 osób | pięć osób
22 osoby | dwadzieścia dwie osoby
2 zdjęcia | dwa zdjęcia
2 aktualne fotografie | dwie aktualne fotografie
1 zdjęcie | jedno zdjęcie
2 panów | dwóch panów
5 pracowników | pięciu pracowników
2 dzieci | dwoje dzieci
5 dzieci | pięcioro dzieci
dla 2 dzieci | dla dwojga dzieci
w 2 miejscach | w dwóch miejscach
w wieku 18-65 lat | w wieku od osiemnastu do sześćdziesięciu pięciu lat
1-3 dni | od jednego do trzech dni
od 2 do 5 dni | od dwóch do pięciu dni
stanowiska 2-5 | stanowiska od dwóch do pięciu
stanowisko 1 na parterze | stanowisko jeden na parterze
pokój 201 | pokój dwieście jeden
autobusy 3 i 11 | autobusy trzy i jedenaście
0 dni | zero dni
5-letni | pięcioletni
12-osobowy | dwunastoosobowy
25-letni | dwudziestopięcioletni
100-letni | stuletni
2,5 roku | dwa i pół roku
1,5 roku | półtora roku
3,7 | trzy i siedem dziesiątych
12,25 | dwanaście i dwadzieścia pięć setnych
1000 osób | tysiąc osób
2 tys. osób | dwa tysiące osób
1 000 000 mieszkańców | milion mieszkańców
wniosek o 800+ | wniosek o osiemset plus
czy Pan(i) pytał(a) | czy Pan pytał
Dz.U. 2022 poz. 671 | Dziennik Ustaw z dwa tysiące dwudziestego drugiego roku pozycja sześćset siedemdziesiąt jeden
Program 800+ | Program osiemset plus
5/7 | pięć łamane przez siedem
5A | pięć A
24 godziny | dwadzieścia cztery godziny
"""  # noqa: E501 - one example a line

ORDINALS = """
1. piętro | pierwsze piętro
na 2. piętrze | na drugim piętrze
na 3 piętrze | na trzecim piętrze
I piętro | pierwsze piętro
na II piętrze | na drugim piętrze
III piętro | trzecie piętro
do 18. roku życia | do osiemnastego roku życia
do 18 roku życia | do osiemnastego roku życia
XXI wiek | dwudziesty pierwszy wiek
w XX wieku | w dwudziestym wieku
w IV kwartale | w czwartym kwartale
II rata | druga rata
część IV | część czwarta
przed ukończeniem 12 lat | przed ukończeniem dwunastu lat
al. Jana Pawła II | aleja Jana Pawła drugiego
I tak, i nie | I tak, i nie
art. 5 ust. 2 pkt 3 | artykuł piąty ustęp drugi punkt trzeci
na podstawie art. 33 ustawy | na podstawie artykułu trzydziestego trzeciego ustawy
§ 7 | paragraf siódmy
3 klasa | trzecia klasa
"""

MEASURES = """
23% | dwadzieścia trzy procent
23 % | dwadzieścia trzy procent
1,5% | półtora procent
do 50% | do pięćdziesięciu procent
8 proc. podatku | osiem procent podatku
100 m² | sto metrów kwadratowych
2 m2 | dwa metry kwadratowe
1 m³ | jeden metr sześcienny
120 l | sto dwadzieścia litrów
2 km | dwa kilometry
2,5 km | dwa i pół kilometra
do 5 km | do pięciu kilometrów
50 km/h | pięćdziesiąt kilometrów na godzinę
3,5 x 4,5 cm | trzy i pół na cztery i pół centymetra
2 kg | dwa kilogramy
3 szt. worków | trzy sztuki worków
w 2 egz. i kopia | w dwóch egzemplarzach i kopia
10 MB | dziesięć megabajtów
3,5 t | trzy i pół tony
"""

ABBREVIATIONS = """
ul. Portowa 1 | ulica Portowa jeden
przy ul. Portowej | przy ulicy Portowej
na ul. Portową | na ulicę Portową
od ul. Rybackiej | od ulicy Rybackiej
pl. Wolności 3 | plac Wolności trzy
przy pl. Wolności | przy placu Wolności
os. Tysiąclecia | osiedle Tysiąclecia
na os. Tysiąclecia | na osiedlu Tysiąclecia
al. Niepodległości | aleja Niepodległości
pok. 12 | pokój dwanaście
w pok. 12 | w pokoju dwanaście
do pok. nr 5 | do pokoju numer pięć
nr 7 | numer siedem
pod nr tel. | pod numer telefonu.
woj. pomorskie | województwo pomorskie
w woj. pomorskim | w województwie pomorskim
np. paszport | na przykład paszport
tj. dowód | to jest dowód
m.in. dowód | między innymi dowód
wnioski itd. | wnioski i tak dalej.
itp. dokumenty | i tym podobne dokumenty
tzw. opłata śmieciowa | tak zwana opłata śmieciowa
tzw. wniosek | tak zwany wniosek
ww. dokumenty | wyżej wymienione dokumenty
dot. odpadów | w sprawie odpadów
ds. odpadów | do spraw odpadów
im. Mickiewicza | imienia Mickiewicza
św. Jana | świętego Jana
wg wzoru | według wzoru
dr Nowak | doktor Nowak
Pan/Pani | Pan lub Pani
20 os. czeka | dwadzieścia osób czeka
"""

ACRONYMS = """
ZUS | zus
w ZUS-ie | w zusie
numer PESEL-u | numer peselu
PESEL | pesel
KDR | ka de er
CEIDG | ce e i de gie
USC | u es ce
PSZOK | pszok
NFZ | en ef zet
VAT | wat
ePUAP | e puap
w mZUS i eZUS | w em zus i e zus
mObywatel | em obywatel
w mObywatelu | w em obywatelu
BIP | bip
PDF | pe de ef
SMS-em | es em esem
UWAGA | uwaga
NIE | nie
"""

ADDRESSES = """
urzad@nadmorzyn.example | urzad małpa nadmorzyn kropka example
cot@zus.pl | cot małpa zus kropka pe el
jan_k-2@o.eu | jan podkreślnik k myślnik dwa małpa o kropka e u
https://www.gov.pl/web/gov/dowod | gow kropka pe el
www.zus.pl | zus kropka pe el
Na stronie gov.pl/dowod. | Na stronie gow kropka pe el.
[strona urzędu](https://www.gov.pl/x) | strona urzędu
"""

MARKUP = """
**Ważne:** proszę | Ważne: proszę
_dowód_ | dowód
Dziękuję 😀 | Dziękuję
# Nagłówek | Nagłówek
<b>pilne</b> | pilne
proszę powiedzieć „konsultant” | proszę powiedzieć konsultant
Karta (bezpłatna) jest | Karta, bezpłatna, jest
dowód – bezpłatnie | dowód, bezpłatnie
dowód & paszport | dowód i paszport
"""

TABLES = [
    MONEY, HOURS, DATES, PHONES, COUNTS, ORDINALS, MEASURES, ABBREVIATIONS, ACRONYMS, ADDRESSES,
    MARKUP,
]  # fmt: skip
CASES = [
    tuple(part.strip() for part in line.split(" | "))
    for table in TABLES
    for line in table.strip().splitlines()
]


@pytest.mark.parametrize(("shown", "spoken"), CASES)
def test_shown_text_is_said_as_a_clerk_would(shown: str, spoken: str) -> None:
    assert to_speech(shown) == spoken


@pytest.mark.parametrize(("shown", "spoken"), CASES)
def test_spoken_text_stays_as_it_is(shown: str, spoken: str) -> None:
    once = to_speech(shown)
    assert to_speech(once) == once
    assert not any(c.isdigit() for c in once)


def test_there_are_enough_examples() -> None:
    assert len(CASES) == len(set(CASES)) >= 200


def test_a_whole_answer() -> None:
    shown = (
        "Wydział Komunikacji, ul. Portowa 1, pok. 12, I piętro. Czynne pon.–pt. 8:00–16:00.\n"
        "- opłata: 80,50 zł (przelew lub kasa)\n"
        "- tel. 99 123 40 20"
    )
    assert to_speech(shown) == (
        "Wydział Komunikacji, ulica Portowa jeden, pokój dwanaście, pierwsze piętro. Czynne od "
        "poniedziałku do piątku od ósmej do szesnastej. opłata: osiemdziesiąt złotych "
        "pięćdziesiąt groszy, przelew lub kasa. telefon dziewięćdziesiąt dziewięć, sto "
        "dwadzieścia trzy, czterdzieści, dwadzieścia"
    )


WORDS = st.sampled_from(
    "dowód osobisty jest bezpłatny urząd dziś czynny proszę zabrać zdjęcie w na i do źdźbło".split()
)


@given(st.lists(WORDS, min_size=1, max_size=12), st.sampled_from(["", ".", "?", "!"]))
def test_plain_words_come_out_as_they_went_in(words: list[str], end: str) -> None:
    text = " ".join(words) + end
    assert to_speech(text) == text


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    assert not any(c in to_speech(text) for c in "*_<>[]{}")


def test_it_is_fast() -> None:
    to_speech("O 15:30, 140 zł")
    began = time.perf_counter()
    for _ in range(20):
        for shown, _spoken in CASES[:100]:
            to_speech(shown)
    assert (time.perf_counter() - began) / 2000 < 0.005  # about 0.2 ms on a quiet machine


@pytest.mark.parametrize("piece", ["1 2 3 ", " ", "9", "5-", "a.b.", "(", "\n \n", "pięćset "])
def test_a_long_odd_text_takes_no_long_time(piece: str) -> None:
    began = time.perf_counter()
    to_speech(piece * (2000 // len(piece)))
    assert time.perf_counter() - began < 5  # tens of milliseconds on a quiet machine
