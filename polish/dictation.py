"""What is dictated letter by letter, and the surname that a resident was asked for."""

from __future__ import annotations

import re
import unicodedata

from polish.fold import fold
from polish.pipeline import name_kind

LONGEST_SURNAME = 60
"""Letters; longer answers are no surnames."""

_LONGEST_ANSWER = 400  # characters of talk with a surname in it

_LETTER_NAMES = {
    "a": "a", "be": "b", "ce": "c", "cie": "ć", "ci": "ć", "de": "d", "e": "e", "ef": "f",
    "gie": "g", "ge": "g", "ha": "h", "i": "i", "jot": "j", "jota": "j", "ka": "k", "el": "l",
    "eł": "ł", "em": "m", "en": "n", "eń": "ń", "o": "o", "pe": "p", "ku": "q", "kiu": "q",
    "er": "r", "es": "s", "eś": "ś", "te": "t", "u": "u", "fał": "v", "fau": "v", "we": "v",
    "wu": "w", "iks": "x", "igrek": "y", "ygrek": "y", "zet": "z", "ziet": "ź", "żet": "ż",
}  # fmt: skip
_MARKED = (
    (re.compile(r"\b(?:o|u) (?:kreskowane|z kreską|zamknięte)"), "ó"),
    (re.compile(r"\bu (?:zwykłe|otwarte)"), "u"),
    (re.compile(r"\b(?:zet|z) z kropką"), "ż"),
    (re.compile(r"\b(?:zet|z) z kreską"), "ź"),
    (re.compile(r"\b(?:ce|c) z kreską"), "ć"),
    (re.compile(r"\b(?:es|s) z kreską"), "ś"),
    (re.compile(r"\b(?:en|n) z kreską"), "ń"),
    (re.compile(r"\b(?:el|l) (?:z kreską|przekreślone)"), "ł"),
    (re.compile(r"\ba z ogonkiem"), "ą"),
    (re.compile(r"\be z ogonkiem"), "ę"),
)
_REFUSALS = re.compile(
    r"\b(?:nie (?:chce|podam|wiem|bede|mam|moge|zgadzam|rozumiem|pamietam|teraz|trzeba|powiem)|"
    r"po co|dlaczego|czemu|do czego|w jakim celu|skad|anonimowo|rezygnuje|wole nie|"
    r"co to|jak to|czy )\b"
)
_INTRODUCES = re.compile(
    r"\b(?:nazywam się|nazywa się|się nazywam|(?:moje |to )?nazwisko(?: to| brzmi| jest| mam)?|"
    r"imię i nazwisko(?: to)?|na nazwisko|na imię(?: mam)?|o nazwisku|z tej strony|przy telefonie|"
    r"mówi|jestem|po mężu|niech będzie|zapisać na|proszę zapisać|proszę wpisać|będzie na)"
    r"(?=[\s,:.]|$)"
)
_AROUND = frozenset(
    "prosze poprosze no wiec to tak dobrze dobra ok okej halo dzien dobry dziekuje bardzo dzieki "
    "dla e ee eee y yy yyy mhm na pan pani pana panu panem pania panstwo panna nazwisko moje jest "
    "juz oczywiscie chwileczke witam czesc rodzina ja jestem mowi literuje przeliteruje czyli "
    "wielka duza litera litery myslnik".split()
)
# everyday answers; some of them are surnames in the dictionary too
_NOT_SURNAMES = _AROUND | frozenset(
    "nie wiem co po kto gdzie kiedy jak czemu dlaczego rozumiem slucham jeszcze raz powtorz "
    "powtorzyc konsultant konsultanta konsultantem urzednik urzednika czlowiek czlowiekiem stop "
    "koniec anuluj rezygnuje wizyta wizyte wizyty termin dowod paszport sprawa urzad pesel numer "
    "telefon mail email adres pomoc pomocy hej hello yes no test asdf qwerty dziekuje prosze chce "
    "chcialbym chcialabym moze pozniej potem teraz jutro dzis dzisiaj zaraz nic nikt zaden zadne "
    "anonim anonimowo prywatne wolalbym tez przepraszam pomylka zle dobre moment chwila chwile "
    "poniedzialek wtorek czwartek sobota niedziela stycznia lutego "
    "i oraz lub albo ale ze w z do od".split()
)
_VOWEL = re.compile(r"[aeiouyąęó]")
_BY_HOW = re.compile(r" (?:z domu|przez|pisane|pisze się|pisane przez|bez) .*$")


def letter(word: str) -> str | None:
    """The letter a word in small letters names: "k" and "ka" -> "k", "żet" -> "ż"; else None."""
    if len(word) == 1 and word.isalpha():
        return word
    return _LETTER_NAMES.get(word)


def mark_letters(text: str) -> str:
    """Small letters, and letters that are described become themselves: "zet z kropką" -> "ż"."""
    text = unicodedata.normalize("NFC", text).lower()
    for pattern, sign in _MARKED:
        text = pattern.sub(sign, text)
    return text


def letters_by_words(words: list[str]) -> list[str]:
    """Words in small letters where "ka jak karol" stands as its letter, the rest as it is."""
    out: list[str] = []
    place = 0
    while place < len(words):
        if words[place] == "jak" and place + 1 < len(words):
            said = letter(out[-1]) if out else None
            if said:
                out.pop()
            out.append(said or words[place + 1][0])
            place += 2
        else:
            out.append(words[place])
            place += 1
    return out


def read_surname(text: str) -> str | None:
    """The surname, as heard, with a capital: "nazywam się Jan Kowalski" -> "Kowalski".

    Spelled ones are put together; declined ones stay declined. None for anything else.
    """
    if len(text) > _LONGEST_ANSWER:
        return None
    lowered = mark_letters(text).replace("–", "-").replace("ʼ", "").replace("'", "")
    found = _INTRODUCES.search(lowered)
    if not found and _REFUSALS.search(fold(lowered)):
        return None
    parts = [lowered]
    if found:  # "nazywam się Kowalski", and "Kowalski się nazywam"
        parts = [lowered[found.end() :], lowered[: found.start()]]
        again = _INTRODUCES.search(parts[0])  # "jestem Anna, nazwisko Nowak"
        if again and (later := _surname(parts[0][again.end() :], whole=False)):
            return later
    for number, part in enumerate(parts):
        if surname := _surname(part, whole=number > 0 or not found):
            return surname
    return None


def _surname(text: str, *, whole: bool) -> str | None:
    """The surname in what may hold it; ``whole``: nothing else than names may stand there."""
    words = _words(text)
    spelled, before = _spelled(words)
    if spelled:
        # "kowalski, k o w a l s k i": the letters decide
        return _written(spelled) if all(_may_be_name(w) for w in before) else None
    words = _words(_BY_HOW.sub("", f" {text}"))
    names: list[str] = []
    for word in words:
        if not _may_be_name(word):
            break
        names.append(word)
    if not names or (whole and len(names) < len(words)) or len(names) > 4:
        return None
    return _of_names(names)


def _words(text: str) -> list[str]:
    """Words, double names joined ("nowak-zielińska"), without politeness around them."""
    joined = re.sub(r"(?<=[^\W\d_]{2})\s?-\s?(?=[^\W\d_]{2})", "-", text)
    joined = re.sub(r"(?<=[^\W\d_]{2}) (?:myślnik|kreska|łącznik) (?=[^\W\d_]{2})", "-", joined)
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", joined)
    while words and fold(words[0]) in _AROUND and not _spelled(words)[0]:
        words.pop(0)
    while words and fold(words[-1]) in _AROUND and not _spelled(words)[0]:
        words.pop()
    return words


def _spelled(words: list[str]) -> tuple[str, list[str]]:
    """The letters at the end of an answer put together, and the words before them."""
    plain = letters_by_words(words)
    signs: list[str] = []
    while plain:
        sign = "-" if plain[-1] in ("myślnik", "kreska", "łącznik") else letter(plain[-1])
        if not sign:
            break
        signs.insert(0, sign)
        plain.pop()
    if len(signs) < 3:
        return "", words
    return "".join(signs).strip("-"), [w for w in plain if fold(w) not in _AROUND]


def _may_be_name(word: str) -> bool:
    """Whether a word, also a double one, can be part of a person's name."""
    return all(
        len(part) > 1
        and fold(part) not in _NOT_SURNAMES
        and bool(name_kind(part))
        and bool(_VOWEL.search(part))
        for part in word.split("-")
    )


def _of_names(names: list[str]) -> str | None:
    """The surname among a person's names: the last, or the first of "Kowalska Anna"."""
    kinds = [name_kind(name.split("-")[-1]) for name in names]
    if len(names) == 1:
        return None if kinds == ["first"] else _written(names[0])
    if kinds[-1] == "first" and kinds[0] != "first":
        return _written(names[0])
    if kinds[-1] == "both" and kinds[0] == "surname":  # "wójcik piotr"
        return _written(names[0])
    if kinds[-1] == "first":
        return None
    # a recogniser writes no hyphens: "anna nowak zielińska"
    known = kinds[-2:] == ["surname", "surname"]
    if known and not any("-" in name for name in names):
        return _written("-".join(names[-2:]))
    return _written(names[-1])


def _written(surname: str) -> str | None:
    """With capitals; None for what is too long."""
    if not 2 <= len(surname) <= LONGEST_SURNAME:
        return None
    return "-".join(part.capitalize() for part in surname.split("-"))
