"""Corrections and ways back: "nie, paszport, nie dowód", "wróćmy do poprzedniej sprawy"."""

from __future__ import annotations

import re

from actions.office.knowledge import Knowledge
from polish.fold import fold

# What may stand between "nie" and what it rejects: "nie o dowód", "nie w sprawie dowodu".
_NOT = re.compile(
    r"^(?:nie|zamiast|zaden|zadna|zadne)(?: (?:o|w|na|do|z|od|sprawie|chodzi|mi|chodzilo|pytam|"
    r"pytalem|pytalam|ten|ta|to|tego|tej|zaden|zadna))*$"
)
_MOST_BETWEEN = 4
_FIRST_NO = re.compile(r"^(?:nie |no nie |ale nie |nie nie )+")
_BACK = re.compile(
    r"\b(wroc\w*|wracaj\w*|wracam\w*|powrot|jeszcze raz o|co z)\b.*"
    r"\b(poprzedni\w*|wczesniejsz\w*|tamt\w*|pierwsz\w+ spraw\w*|tego co (?:bylo|mowil\w*))\b"
    r"|\b(poprzedni\w*|wczesniejsz\w*|tamt\w+) (?:spraw\w*|pytani\w*|temat\w*|temac\w*)"
)


def corrected_topic(text: str, knowledge: Knowledge) -> str | None:
    """The matter that is meant where another one is rejected; None: nothing is corrected."""
    words = fold(text)
    if not re.search(r"\b(nie|zamiast)\b", words):
        return None
    named = knowledge.names.find(text)
    if not named:
        return None
    rejected = _rejected(words, named, knowledge)
    meant = named - rejected
    if len(meant) == 1 and (rejected or _FIRST_NO.match(words)):
        return meant.pop()
    if meant or not _FIRST_NO.match(words):
        return None
    return _right_after_no(words, named, knowledge)


def goes_back(text: str) -> bool:
    """Whether the text asks for the matter that was talked about before this one."""
    return _BACK.search(fold(text)) is not None


def _rejected(words: str, named: set[str], knowledge: Knowledge) -> set[str]:
    """Those of the named matters that follow a "nie"."""
    said = words.split()
    rejected = set()
    for place in range(len(said)):
        for back in range(1, min(_MOST_BETWEEN, place) + 1):
            if not _NOT.match(" ".join(said[place - back : place])):
                continue
            first, second = (
                knowledge.names.find(" ".join(some)) & named
                for some in (said[place : place + 1], said[place : place + 2])
            )
            later = knowledge.names.find(" ".join(said[place + 1 : place + 2]))
            rejected |= first or second - later
    return rejected


def _right_after_no(words: str, named: set[str], knowledge: Knowledge) -> str | None:
    """ "Nie paszport nie dowód": the first "nie" answers, the second rejects."""
    said = _FIRST_NO.sub("", words).split()
    again = next((i for i, word in enumerate(said) if word == "nie"), len(said))
    meant = knowledge.names.find(" ".join(said[:again])) & named
    return meant.pop() if len(meant) == 1 else None
