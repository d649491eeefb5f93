"""Digits said piece by piece, and a reservation's number: eight digits, shown as "12 34 56 78".

People dictate a row of digits in pieces of any size. "pięćset jeden" is 501, but could be 500 and
1; ``readings`` gives all that a text can mean and ``settle`` picks one by how many digits are due.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from polish.digits import number_runs
from polish.fold import strip_diacritics
from polish.phones import digits_in_words

NUMBER_LENGTH = 8
"""Digits of a reservation's number."""

_MOST_TURNS = 3
"""Joints of a reading that may go against what was said; more would be guessing."""

_MOST_WORDS = 100  # of which a reading is made
_FEW_WORDS = 24  # of which more than one reading is made

_TOKEN = re.compile(r"[a-z]+|[0-9]+|[,;.]")
_SPLIT_WORD = re.compile(r"\b(piec|szesc|siedem|osiem|dziewiec) (set|dziesiat)\b")
# as they are said quickly, and as a recogniser then writes them
_QUICK = {
    "pincet": 500, "piecet": 500, "piencset": 500, "szejset": 600, "szejscet": 600, "szescet": 600,
    "dziewiecet": 900, "dwajscia": 20, "dwadziescia": 20, "trzydziesci": 30, "czydziesci": 30,
    "czterdziesci": 40, "piedziesiat": 50, "pindziesiat": 50, "szejdziesiat": 60,
    "jedenascie": 11, "pietnascie": 15, "szesnascie": 16, "zerko": 0,
}  # fmt: skip
_THOUSAND = 1000  # may stand alone: "tysiąc" is 1000
_THOUSANDS = 2000  # only behind a count: "pięć tysięcy"
_POWERS = {"tysiac": _THOUSAND, "tysiaca": _THOUSAND, "tysiace": _THOUSANDS, "tysiecy": _THOUSANDS}
_COUNTS = {
    word: count
    for count, words in enumerate(
        ("jedna jedno", "dwa dwie", "trzy", "cztery", "piec", "szesc", "siedem", "osiem"), 1
    )
    for word in words.split()
}
_PLURALS = {
    word: digit
    for digit, words in enumerate(
        (
            "zera zer", "jedynki jedynek", "dwojki dwojek", "trojki trojek", "czworki czworek",
            "piatki piatek", "szostki szostek", "siodemki siodemek", "osemki osemek",
            "dziewiatki dziewiatek",
        )
    )
    for word in words.split()
}  # fmt: skip
_SINGULARS = frozenset(
    "zero jedynka dwojka trojka czworka piatka szostka siodemka osemka dziewiatka".split()
)
_TWICE = re.compile(r"(?:podwojn|dwukrotn)\w+|(?P<thrice>(?:potrojn|trzykrotn)\w+)")
_RESTART = re.compile(r"\bod (?:samego )?poczatku\b|\bod nowa\b|\bzaczn\w+ jeszcze raz\b")
_FILLERS = frozenset(
    """
    a ale i no to tak nie jest sa oto wiec potem dalej nastepnie plus kreska myslnik minus spacja
    eee ee yyy yy y e mhm hmm juz zaraz chwile prosze pani pan panu podaje podam dyktuje zapisac
    zapisz tel telefon telefonu numer numeru numerem nr moj moja moje ten kontaktowy komorkowy
    komorka komorke stacjonarny kierunkowy rezerwacja rezerwacji wizyty wizyta dobrze ok okej
    dzien dobry koniec koncu koncowka ostatnie ostatnia ostatni pierwsza pierwsze pierwszy druga
    drugie drugi trzecia trzecie trzeci srodkowe srodkowa srodkowy srodku poczatku poczatek grupa
    grupe grupie trojka cyfra cyfre cyfry cyfr tylko lecz ma byc mialo powinno zamiast na w z ze
    jeszcze raz pomylka pomylilem pomylilam sie przepraszam znaczy poprawka wroc zmien zmienic
    teraz bedzie razy kolejne kolejna reszta
    """.split()
)
_LAYOUTS = frozenset({(2,) * 4, (4, 4), (3, 3, 2), (2, 3, 3), (3, 2, 3), (2, 2, 4), (4, 2, 2)})


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a dictated row: its pieces of digits.

    ``turns``: how many joints were read against what was said (split inside "pięćset jeden", or
    joined over a pause); 0 is the reading as said.
    """

    pieces: tuple[str, ...]
    turns: int

    @property
    def digits(self) -> str:
        """All digits in a row."""
        return "".join(self.pieces)

    @property
    def even(self) -> bool:
        """Whether all pieces are of one size: threes, pairs or single digits."""
        return len({len(piece) for piece in self.pieces}) == 1


@dataclass(frozen=True, slots=True)
class _Said:
    """A number word: a value that may join its neighbours, or digits that stand for themselves."""

    value: int
    fixed: str  # "" for a value
    pause: bool  # a comma or another word stood before it


@dataclass(frozen=True, slots=True)
class _Under:
    """A reading under way; ``room``: what the next value must be smaller than to join."""

    pieces: tuple[str, ...]
    total: int
    room: int
    turns: int


@lru_cache(maxsize=2048)
def number_value(word: str) -> int | None:
    """The value below 1000 of a number word without diacritics: "piecset" -> 500; else None."""
    if word in _QUICK:
        return _QUICK[word]
    runs = number_runs(word)
    if not word.isalpha() or len(runs) != 1 or runs[0].counted:
        return None
    return int(runs[0].digits)


def plain(text: str) -> str:
    """Small letters without diacritics; number words that fell apart are put together."""
    return _SPLIT_WORD.sub(r"\1\2", " ".join(strip_diacritics(text).lower().split()))


def readings(text: str) -> list[Reading]:
    """All that the digits in a text can mean, the reading as said first; [] without digits.

    Words that are no numbers count as pauses.
    """
    words = _words(plain(text))[:_MOST_WORDS]
    if not words:
        return []
    most = _MOST_TURNS if len(words) <= _FEW_WORDS else 0
    under = [_Under((), 0, 0, 0)]
    for word in words:
        under = [grown for one in under for grown in _grow(one, word) if grown.turns <= most]
    return sorted((Reading(u.pieces, u.turns) for u in under), key=lambda reading: reading.turns)


def settle(text: str, wanted: int) -> Reading | None:
    """The reading to take where ``wanted`` digits are due; None without digits.

    What was said stands, except where it does not fit and exactly one other reading does. Fewer
    digits in even pieces are the beginning of a number ("pięćset jeden"), not a number to be split.
    """
    found = readings(text)
    if not found:
        return None
    said = found[0]
    short = len(said.digits) < wanted
    if len(said.digits) == wanted or (short and said.even):
        return said
    fits = {r.digits: r for r in reversed(found) if len(r.digits) == wanted}
    if len(fits) == 1:
        (only,) = fits.values()
        if only.turns == 1 or not short:
            return only
    return said


def is_dictation(text: str) -> bool:
    """Whether digits are dictated: one or two amid other talk ("mam dwa pytania") are not."""
    said = plain(text)
    found = readings(said)
    return bool(found) and (len(found[0].digits) > 2 or not any(map(_is_talk, said.split())))


def alone(text: str, wanted: int) -> str | None:
    """The one stretch without talk in it that holds ``wanted`` digits: "… 567 dzwonić po 15"."""
    stretches: list[list[str]] = [[]]
    for word in plain(text).split():
        if _is_talk(word):
            stretches.append([])
        else:
            stretches[-1].append(word)
    settled = [(text, settle(text, wanted)) for text in map(" ".join, stretches)]
    fits = [text for text, reading in settled if reading and len(reading.digits) == wanted]
    return fits[0] if len(fits) == 1 else None


def in_pairs(number: str) -> str:
    """A number as it is said: "12345607" -> "dwanaście, trzydzieści cztery, …, zero siedem"."""
    return ", ".join(map(digits_in_words, _pairs(number)))


def spelled(number: str) -> str:
    """A number digit by digit, with a stop after each pair: "jeden, dwa. trzy, cztery. …"."""
    return " ".join(", ".join(map(digits_in_words, pair)) + "." for pair in _pairs(number))


def shown(number: str) -> str:
    """A number as it is written: "12 34 56 78"."""
    return " ".join(_pairs(number))


def read_number(text: str) -> str | None:
    """The eight digits of a reservation's number in any style; None if they do not come out."""
    found = _read(text)
    stretch = None if found else alone(text, NUMBER_LENGTH)
    return _read(stretch) if stretch else found


def _read(text: str) -> str | None:
    whole = number_runs(text)  # "dwanaście milionów …" is a quantity, and yet dictated
    if len(whole) == 1 and whole[0].counted and len(whole[0].digits) == NUMBER_LENGTH:
        return whole[0].digits
    found = readings(text)
    if found and len(found[0].digits) < NUMBER_LENGTH:  # see ``settle``: a beginning is not split
        found = [] if found[0].even else [r for r in found if r.turns == 1]
    found = [r for r in found if len(r.digits) == NUMBER_LENGTH]
    nearest = [r for r in found if r.turns == found[0].turns]
    if len({r.digits for r in nearest}) > 1:
        nearest = [r for r in nearest if tuple(map(len, r.pieces)) in _LAYOUTS]
    return nearest[0].digits if len({r.digits for r in nearest}) == 1 else None


def hear_number(so_far: str, text: str) -> str:
    """The digits after one more breath, at most eight. What does not fit changes nothing.

    A whole number replaces what was there; "od początku" clears it.
    """
    said = plain(text)
    if restart := _RESTART.search(said):
        return hear_number("", said[restart.end() :])
    number = read_number(said)
    # a number gone on with may come out as eight digits only by splitting what was said
    if number and (not so_far or number == readings(said)[0].digits):
        return number
    reading = settle(said, NUMBER_LENGTH - len(so_far)) if is_dictation(said) else None
    together = so_far + (reading.digits if reading else "")
    return together if len(together) <= NUMBER_LENGTH else so_far


def _is_talk(token: str) -> bool:
    """Whether there is a word in it that neither counts nor goes with dictating."""
    return any(
        not (w in _FILLERS or w in _POWERS or w in _PLURALS or _TWICE.fullmatch(w))
        and number_value(w) is None
        for w in re.findall(r"[a-z]+", token)
    )


def _pairs(number: str) -> list[str]:
    return [number[i : i + 2] for i in range(0, len(number), 2)]


def _words(text: str) -> list[_Said]:
    """The number words of a plain text; "dwa zera" and "trzy razy pięć" are taken together."""
    tokens = _TOKEN.findall(text)
    words: list[_Said] = []
    place, pause = 0, False
    while place < len(tokens):
        taken, fixed = _repeated(tokens, place)
        value = -1
        if not taken:
            taken, token = 1, tokens[place]
            value, fixed = _single(token)
        if value < 0 and not fixed:
            pause = True
        else:
            words.append(_Said(value, fixed, pause))
            pause = False
        place += taken
    return words


def _single(token: str) -> tuple[int, str]:
    """Value and fixed digits of one token; (-1, "") for what is no number."""
    if token.isdigit():
        return -1, token
    if token in _POWERS:
        return _POWERS[token], ""
    value = number_value(token)
    return (-1, "") if value is None else (value, "")


def _repeated(tokens: list[str], place: int) -> tuple[int, str]:
    """How many tokens make a repetition here, and its digits: "dwie siódemki" -> 2, "77"."""
    first, second, third = [*tokens[place : place + 3], "", ""][:3]
    count = _COUNTS.get(first, 0)
    if count > 1 and second in _PLURALS:
        return 2, str(_PLURALS[second]) * count
    if first in ("jedna", "jedno") and second in _SINGULARS:
        return 2, str(number_value(second))
    if count > 1 and second == "razy" and (value := number_value(third)) is not None:
        return 3, str(value) * count
    if (many := _TWICE.fullmatch(first)) and (value := number_value(second)) is not None:
        return 2, str(value) * (3 if many["thrice"] else 2)
    return 0, ""


def _grow(under: _Under, word: _Said) -> list[_Under]:
    """A reading under way with one more word: joined to the last piece, or a new piece."""
    if word.fixed:
        return [_Under((*under.pieces, word.fixed), 0, 0, under.turns)]
    if word.value >= _THOUSAND:
        if 0 < under.total < 1000:
            return [_joined(under, under.total * 1000, 1000, turns=0)]
        alone = _Under((*under.pieces, "1000"), 1000, 1000, under.turns)
        return [alone] if word.value == _THOUSAND else []
    value, fits = word.value, 0 < word.value < under.room
    room = 100 if value >= 100 else 10 if value >= 20 else 0
    apart = _Under(
        (*under.pieces, str(value)), value, room, under.turns + (fits and not word.pause)
    )
    if not fits:
        return [apart]
    return [_joined(under, under.total + value, room, turns=int(word.pause)), apart]


def _joined(under: _Under, total: int, room: int, *, turns: int) -> _Under:
    return _Under((*under.pieces[:-1], str(total)), total, room, under.turns + turns)
