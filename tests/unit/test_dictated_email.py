"""E-mail addresses typed and dictated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polish.dictated_email import is_email, read_email, spell


@pytest.mark.parametrize(
    ("said", "email"),
    [
        # typed
        ("jan.kowalski@gmail.com", "jan.kowalski@gmail.com"),
        ("Mój e-mail to Jan.Kowalski@GMAIL.com.", "jan.kowalski@gmail.com"),
        ("mail: ola_k@wp.pl, dziękuję", "ola_k@wp.pl"),
        ("<ola-k@o2.pl>", "ola-k@o2.pl"),
        ("jan @ wp.pl", "jan@wp.pl"),
        ("jan(at)wp.pl", "jan@wp.pl"),
        ("jan malpa wp.pl", "jan@wp.pl"),
        ("łukasz@wp.pl", "lukasz@wp.pl"),
        ("jan+miasto@firma.com.pl", "jan+miasto@firma.com.pl"),
        # words
        ("jan kropka kowalski małpa gmail kropka com", "jan.kowalski@gmail.com"),
        ("mój adres to jan kowalski małpa gmail kropka kom", "jankowalski@gmail.com"),
        ("mój adres mailowy jan kropka kowalski małpka onet kropka pl", "jan.kowalski@onet.pl"),
        ("e mail jan małpa vp kropka pl", "jan@vp.pl"),
        ("jan at wp kropka pl", "jan@wp.pl"),
        ("łukasz małpa dżimejl kropka kom", "lukasz@gmail.com"),
        ("jan małpa g mail kropka com", "jan@gmail.com"),
        ("jan małpa gie mail kropka com", "jan@gmail.com"),
        ("jan małpa gmail kropka com dziękuję to wszystko", "jan@gmail.com"),
        ("duże j kowalski małpa wp kropka pl", "jkowalski@wp.pl"),
        # letters
        ("j jak jadwiga k jak kamil małpa wu pe kropka pe el", "jk@wp.pl"),
        ("jot jak jadwiga, ka jak kamil, małpa wu pe kropka pe el", "jk@wp.pl"),
        ("ka o wu a el małpa o dwa kropka pe el", "kowal@o2.pl"),
        ("x igrek zet zero zero siedem małpa wp kropka pl", "xyz007@wp.pl"),
        ("a kropka nowak małpa firma kropka pe el", "a.nowak@firma.pl"),
        ("jan kowalski bez kropki małpa gmail kropka com", "jankowalski@gmail.com"),
        ("kowalski jan wszystko razem małpa wp kropka pl", "kowalskijan@wp.pl"),
        ("anna małpa student kropka pe gie kropka e de u kropka pe el", "anna@student.pg.edu.pl"),
        # signs
        ("anna myślnik nowak małpa wp kropka pl", "anna-nowak@wp.pl"),
        ("anna minus nowak małpa wp kropka pl", "anna-nowak@wp.pl"),
        ("anna podkreślnik nowak małpa wp kropka pl", "anna_nowak@wp.pl"),
        ("anna dolna kreska nowak małpa wp kropka pl", "anna_nowak@wp.pl"),
        ("anna podkreślenie nowak małpa wp kropka pl", "anna_nowak@wp.pl"),
        ("jan plus miasto małpa gmail kropka com", "jan+miasto@gmail.com"),
        # digits
        ("anna osiemdziesiąt pięć małpa o dwa kropka pl", "anna85@o2.pl"),
        ("anna osiem pięć małpa o2 kropka pl", "anna85@o2.pl"),
        ("ewa dwa tysiące pięć małpa tlen kropka pe el", "ewa2005@tlen.pl"),
        ("ola tysiąc dziewięćset osiemdziesiąt trzy małpa wp kropka pl", "ola1983@wp.pl"),
        ("ola dwie siódemki małpa wp kropka pl", "ola77@wp.pl"),
        ("jan kowalski 77 małpa gmail kom", "jankowalski77@gmail.com"),
        # domains
        ("anna małpa onet pe el", "anna@onet.pl"),
        ("anna małpa wp pl", "anna@wp.pl"),
        ("anna małpa interia", "anna@interia.pl"),
        ("anna małpa gmail", "anna@gmail.com"),
        ("jan małpa onet kom pe el", "jan@onet.com.pl"),
        ("ola małpa onet kropka com kropka pl", "ola@onet.com.pl"),
        ("biuro małpa firma pe el", "biuro@firma.pl"),
        ("jan małpa urząd kropka miasto kropka gow kropka pe el", "jan@urzad.miasto.gov.pl"),
        ("jan małpa moja myślnik firma kropka e u", "jan@moja-firma.eu"),
        # none
        ("jan kowalski", None),
        ("nie mam maila", None),
        ("nie chcę", None),
        ("jan małpa", None),
        ("moje imię i nazwisko małpa gmail kropka com", None),
        ("nie jan tylko anna małpa wp pl", None),
        ("małpa gmail kropka com", None),
        ("a@b", None),
        ("jan..k@wp.pl", None),
        ("a@b.pl c@d.pl", None),
        ("jan małpa ola małpa wp kropka pl", None),
        ("jan kropka małpa wp kropka pl", None),
        ("a" * 65 + "@wp.pl", None),
        ("", None),
    ],
)
def test_addresses(said: str, email: str | None) -> None:
    assert read_email(said) == email


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("jan.kowalski@gmail.com", "jan kropka kowalski małpa gmail kropka com"),
        ("jk85@wp.pl", "jot ka osiemdziesiąt pięć małpa wu pe kropka pe el"),
        ("anna_nowak-k@o2.pl",
         "anna podkreślnik nowak myślnik ka małpa o dwa kropka pe el"),
        ("ola1985@interia.pl",
         "ola dziewiętnaście osiemdziesiąt pięć małpa interia kropka pe el"),
    ],
)  # fmt: skip
def test_read_back(email: str, said: str) -> None:
    assert spell(email) == said
    assert read_email(said) == email


def test_what_is_an_address() -> None:
    assert is_email("a@b.pl")
    assert not is_email("a@b@c.pl")
    assert not is_email("a@-b.pl")
    assert not is_email("a@b.p")
    assert not is_email("a@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 60 + "." + "e" * 70 + ".pl")
    assert is_email("a" * 64 + "@wp.pl")


NAMES = st.sampled_from("jan anna kowalski nowak firma biuro k ola xyz".split())
DIGITS = st.text("123456789", min_size=1, max_size=6)


@given(
    NAMES, st.sampled_from(".-_"), NAMES, DIGITS, st.sampled_from(["wp.pl", "gmail.com", "o2.pl"])
)
def test_what_is_read_back_is_heard(one: str, sign: str, two: str, digits: str, host: str) -> None:
    email = f"{one}{sign}{two}{digits}@{host}"
    assert read_email(spell(email)) == email


@given(st.text(max_size=80))
def test_any_text_is_borne(text: str) -> None:
    email = read_email(text)
    assert email is None or is_email(email)
