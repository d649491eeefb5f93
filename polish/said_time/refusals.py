"""What is refused and taken back: "nie w środę", "w piątek, a jednak w czwartek"."""

from __future__ import annotations

import re
from typing import TypeVar

from polish.said_time.day_mention import DayMention
from polish.said_time.hours import HourMention

M = TypeVar("M", DayMention, HourMention)


_FILLER = (
    r"(?:moge|pasuj\w+|odpowiad\w+|chce|chcial\w+|dam|rady|mi|mnie|nam|bardzo|bym|przyjde|zdaze|"
    r"ten|ta|te|to|w|we|na|o|po|rowniez|tez|takze|bede|mogl\w*|wole|byc|"
    r"za|zadn\w+)"
)
_REFUSED_BEFORE = re.compile(
    rf"(?:\b(?<!czy )(?<!czemu )(?<!dlaczego )(?<!albo )nie(?: {_FILLER})*|"
    r"\b(?:oprocz|procz|poza|zamiast|z wyjatkiem|wyjawszy|za wyjatkiem|ani)(?: w| na| o)?) ?$"
)
_REFUSED_AFTER = re.compile(
    r"(?: mi| mnie| tez| niestety| to| raczej| jednak| akurat| chyba)*"
    r"(?: nie(?:,|$| (?:moge|mozemy|pasuj\w+|odpowiad\w+|dam|da|chce|bardzo|przyjde|bede|wchodzi|"
    r"mi|zdaze|dziala))|,? odpada\w*|,? wykluczon\w+|,? (?:jestem|mam) "
    r"(?:zajet\w+|w pracy|prac\w+))"
)
_AND = re.compile(r",? ?(?:ani|i|oraz|lub|albo|,)? ?(?:w|we|na|o|nie w|nie)? ?")
_JOINS = re.compile(r"\b(?:ani|i|oraz|lub|albo)\b")
_TAKEN_BACK = re.compile(
    r"\b(?:jednak|znaczy|tzn|przepraszam|sorry|pardon|wroc|pomyl\w+|albo nie|nie nie|"
    r"zmienil[ae]m)\b|\bnie,"
)
_MEANT_ALREADY = re.compile(
    r"\b(?:(?:mam|mial[ae]m|mielismy|jestem|bylam|bylem) (?:juz )?(?:\w+ )?"
    r"(?:umowion\w+|zapisan\w+|wizyt\w+|termin\w*|rezerwacj\w+)|(?:bylam|bylem|dzwonil[ae]m)|"
    r"(?<!aktu )(?<!akt )(?<!akty )urodz\w+(?: sie)?|ur|wazn\w+|wydan\w+|waznosc\w*|"
    r"(?<!sprawie )(?<!wizyte )slub\w*)"
    r"(?:,? (?!chc|przel|przen|zmien|prosz|wol|ale\b|a\b|moge|da\b|czy\b|i\b)[\w=:.]+){0,4},? ?$"
)


_LOOK = 80
"""Letters before and after something named in which words that refuse it are looked for."""


def sorted_out(found: list[M], words: str) -> tuple[list[M], list[M]]:
    """What is wanted and what is refused or taken back; what somebody has already is neither."""
    wanted: list[M] = []
    refused: list[M] = []
    last_refused: M | None = None
    for mention in found:
        if _MEANT_ALREADY.search(words[max(0, mention.start - _LOOK) : mention.start]):
            continue
        if _is_refused(mention, words) or _goes_on(last_refused, mention, words):
            refused.append(mention)
            last_refused = mention
            continue
        if wanted and _TAKEN_BACK.search(words[wanted[-1].end : mention.start]):
            refused += wanted
            wanted = []
        wanted.append(mention)
        last_refused = None
    return wanted, refused


def _is_refused(mention: M, words: str) -> bool:
    return bool(
        _REFUSED_BEFORE.search(words[max(0, mention.start - _LOOK) : mention.start])
        or _REFUSED_AFTER.match(words, mention.end)
    )


def _goes_on(refused: M | None, mention: M, words: str) -> bool:
    """Whether the refusal goes on here: "nie w środę ani w czwartek"."""
    if refused is None:
        return False
    gap = words[refused.end : mention.start]
    return bool(_AND.fullmatch(gap) and _JOINS.search(gap))
