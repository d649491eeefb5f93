"""Where people's names stand in a text, also in small letters and inflected, as heard by phone."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from spacy.matcher import Matcher
from spacy.tokens import Doc, Token

from polish.fold import fold
from polish.pipeline import only_noun, pipeline

# Words of everyday talk that are rare names too; Morfeusz alone would take them for people.
_STOP = frozenset(
    """
    od do na po za ze we by mam ma mój moja moje mojej swój swoja twój sam sama jaki jaka jak tak
    nie czy gdzie kiedy roku rok maja maj daj podaj jest są być bym mi mnie ja ty on ona my wy oni
    to ten ta te tu tam co kto ile albo lub oraz i a o u w z bez się sie pan pani pana panu państwo
    panią panie dzień dobry dobra dzwonię proszę chcę chce wiem osoba osobisty dowód urząd urzędu
    miasta sprawa sprawie numer telefon adres ulica ulicy dom dziecko żona mąż syn córka matka
    ojciec brat siostra babcia wiza data kasa karta prawo jazdy era lada rada konsultant
    konsultantem asystent hej halo cześć witam dziękuję poniedziałek wtorek środa czwartek piątek
    sobota niedziela rano wieczór mieszkaniec lat zus pesel nip pit mops pszok paszport burmistrz
    burmistrza burmistrzem prezydent kierownik kierownika dyrektor wójt urzędnik inspektor naczelnik
    sekretarz radny młody starszy dziadek ktoś nikt taki inny drugi pierwszy może będzie
    """.split()
)
_INTRODUCES = re.compile(
    r"(?:nazywam się|nazywa się|na imię|mam na imię|moje nazwisko(?: to)?|nazwisko(?: to)?|"
    r"imię i nazwisko|z tej strony|mówi|przy telefonie|podpisano|na nazwisko|moje imię(?: to)?|"
    r"nazywamy się|niejak\w+|o nazwisku|po mężu|z domu)[\s:,]+(?:pan |pani )?$",
    re.IGNORECASE,
)
_TITLES = frozenset("pan pani pana panu panem panią państwo państwa państwu doktor mecenas".split())
_BEFORE_PEOPLE = frozenset(
    "z ze do od u dla przez o po jestem to sąsiad sąsiada sąsiadka mąż męża żona żonę syn syna "
    "córka córkę brat brata siostra ojciec matka kolega właściciel właściciela".split()
)
_SURNAME_ENDING = re.compile(
    r"[^\W\d_]{2,}(?:(?:[sc]|dz)k(?:i|a|iego|iej|iemu|im|ą|ie|ich)|wicz(?:a|owi|em|u|ów)?|"
    r"czyk(?:a|owi|iem|u)?|ńczuk(?:a|iem)?)$"
)
_MOST_NAME_WORDS = 4
_REPEATED = re.compile(r"([^\w\s])\1{3,}")
"""spaCy takes punctuation off a word one by one: seconds for a thousand brackets."""


@lru_cache(maxsize=1)
def _matcher() -> Matcher:
    matcher = Matcher(pipeline().vocab)
    first: dict[str, Any] = {"_": {"name": {"IN": ["first", "both"]}}}
    surname: dict[str, Any] = {"_": {"name": {"IN": ["surname", "both", "unknown"]}}}
    hyphen: list[dict[str, Any]] = [
        {"ORTH": "-"},
        {"_": {"name": {"IN": ["surname", "both", "unknown"]}}},
    ]
    matcher.add("NAME", [
        [first, surname],
        [first, first, surname],
        [first, surname, *hyphen],
        [first, first, surname, *hyphen],
        [{"_": {"name": {"IN": ["surname", "both"]}}}, first],
    ])  # fmt: skip
    return matcher


def name_spans(text: str) -> list[tuple[int, int]]:
    """Places (start, end in characters) of people's names, in order, without overlaps."""
    doc = pipeline()(_REPEATED.sub(lambda m: " " * len(m[0]), text))
    spans = [(doc[a].idx, doc[b - 1].idx + len(doc[b - 1])) for a, b in _pairs(doc)]
    spans += [span for token in doc if (span := _alone(doc, token))]
    spans += _introduced(doc)
    return _merged(spans)


def _pairs(doc: Doc) -> list[tuple[int, int]]:
    """First name and surname side by side; one of the two must not be an everyday word."""
    found = []
    for _, start, end in _matcher()(doc):
        words = [t for t in doc[start:end] if t.is_alpha]
        if any(_is_stop(t) for t in words):
            continue
        if all(t._.common and not t.text[0].isupper() for t in words):
            continue
        found.append((start, end))
    return found


def _alone(doc: Doc, token: Token) -> tuple[int, int] | None:
    """A single word that can only be a name, or a capitalised one behind "pan", "pani"."""
    if not token.is_alpha or _is_stop(token) or len(token) < 3:
        return None
    kind = token._.name
    titled = token.i > 0 and doc[token.i - 1].lower_ in _TITLES
    capital = token.text[0].isupper() and token.i > 0
    sure = kind in ("first", "both") and not token._.common
    if kind in ("surname", "unknown"):
        sure = bool(_SURNAME_ENDING.search(token.lower_)) and not token._.common
        behind = titled or (token.i > 0 and doc[token.i - 1].lower_ in _BEFORE_PEOPLE)
        sure = sure or (kind == "surname" and capital and behind)
    titled_name = titled and (
        kind in ("first", "both", "surname") and (capital or only_noun(token.lower_))
    )
    return (token.idx, token.idx + len(token)) if sure or titled_name else None


def _introduced(doc: Doc) -> list[tuple[int, int]]:
    """What follows "nazywam się": up to four words that can be names."""
    text, spans = doc.text, []  # asking the doc for its text builds it anew each time
    for token in doc:
        if not token.is_alpha or not _INTRODUCES.search(text, max(0, token.idx - 40), token.idx):
            continue
        last = None
        for other in doc[token.i : token.i + _MOST_NAME_WORDS]:
            if other.text == "-" and last is not None:
                continue
            if not other.is_alpha or _is_stop(other) or not _may_be_name(other):
                break
            last = other
        if last is not None:
            spans.append((token.idx, last.idx + len(last)))
    return spans


def _may_be_name(token: Token) -> bool:
    return token._.name != "" or token.text[0].isupper()


def _is_stop(token: Token) -> bool:
    return token.lower_ in _STOP or fold(token.text) in _FOLDED_STOP


_FOLDED_STOP = frozenset(fold(word) for word in _STOP)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
