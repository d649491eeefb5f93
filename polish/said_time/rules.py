"""How rules for days and hours go through the coded words, and what stands beside a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar


class Placed(Protocol):
    """Something named between two places (characters) of the coded words."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""


T = TypeVar("T", bound=Placed)
C = TypeVar("C")


def scan(
    rules: Iterable[tuple[re.Pattern[str], Callable[[re.Match[str], C], T | None]]],
    words: str,
    context: C,
) -> tuple[list[T], str]:
    """What the rules find, in order, and the words with all that was found blanked out."""
    found: list[T] = []
    for pattern, read in rules:
        for match in pattern.finditer(words):
            mention = read(match, context)
            if mention is not None:
                found.append(mention)
                words = blanked(words, mention.start, mention.end)
    return sorted(found, key=lambda mention: mention.start), words


def blanked(words: str, start: int, end: int) -> str:
    """The words with a place filled up; all places stay."""
    return words[:start] + "=" * (end - start) + words[end:]


def pattern(template: str) -> re.Pattern[str]:
    """A compiled rule of whole words; "~" is a blank that a comma may stand before."""
    return re.compile(r"(?<![\w=])(?:" + template.replace("~", ",? ") + r")(?![\w=])")


LEAD_LETTERS = 50
"""Before something named in which the words that lead to it are looked for."""


NOT_TIME_AFTER = re.compile(
    r" (?:zl\w*|pln|gr|grosz\w*|euro|eur|proc\w*|m|mb|km|metr\w*|kg|lata?|latach|rok\w*|os|osob\w*|"
    r"dzieci|ludzi|szt\w*|egzemplarz\w*|raz\w*|plus|kart\w*|stron\w*|wniosk\w*|dowod\w*|"
    r"paszport\w*|dokument\w*|odpis\w*|akt|akty|aktow|minut\w*|dni\w*|dzien|tygodni\w*|tydzien|"
    r"miesiac\w*|miesiec\w*|godzin|godziny|pietr\w*|poko\w+|okien\w+|okn\w+|stanowisk\w*|"
    r"tys\w*|mln|spraw\w*|wizyt\w*|termin\w*|podpis\w*|zdjec\w*|kopi\w*)\b"
)
_ALONE_BEFORE = re.compile(
    r",|$| ?(?:=|#|[A-Za-z]\d|-|(?:o|na|w|we|po|przed|od|do|z|za|u|dla|kolo|okolo|gdzies|tak|rano|"
    r"i|a|albo|lub|czy|badz|oraz|ewentualnie|ale|bo|jak|jesli|jezeli|gdyby|tylko|raczej|jednak|"
    r"znaczy|wieczorem|popoludniu|przedpoludniem|godzin\w+|prosze|poprosze|poprosil\w+|dziekuj\w+|"
    r"moze|mi|nam|mnie|bym|by|pasuj\w+|pasowal\w*|odpowiad\w+|byl\w*|bedzie|bede|jest|chce|"
    r"chcial\w+|mam|mamy|moge|mozemy|mogl\w+|mozna|to|tego|najlepiej|lepiej|najpozniej|dobrze|ok|"
    r"okej|nie|pani|panie|pan|panu|sie|jestem|przyjd\w+|wpadn\w+|zapis\w+|umow\w+|wol\w+|bierz\w+|"
    r"biore|mog|rezerwuj\w+|najwczesniej|dopiero|juz|wlasnie|odpada|wtedy|super|swietnie|tam|jesz\w+"
    r"|zdaz\w+|dam|da|rady|dziala|wczesniej|pozniej|wizyt\w+|termin\w*|niech|koniecznie)\b)"
)
A_CHOICE = re.compile(
    r"\b(?:dla|ten|ta|te|tego|tej|tamten|tamta|tamtego|jednego|ani|raz|sie|moj|moja|mojego|bez) $"
)


def stands_alone(words: str, end: int) -> bool:
    """Whether what ends here counts no noun behind it: only known small words may follow."""
    return bool(_ALONE_BEFORE.match(words, end))


STREET = re.compile(
    r"\b(?:ul|ulic\w+|al|alej\w*|plac\w*|pl|os|osiedl\w+|rond\w+|skwer\w*|przy),?(?: \w+)? $"
)
_SURNAME = re.compile(r"\b(?:nazywam sie|nazwisk\w+|pana|panem|pania)(?: (?:to|jest|\w+))? $")


def is_somebodys(match: re.Match[str]) -> bool:
    """Whether a weekday's or a month's name is a surname or a street's: "Jan Środa"."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    return bool(_SURNAME.search(before) or STREET.search(before))
