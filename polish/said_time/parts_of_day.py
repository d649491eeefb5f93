"""Parts of a day, and the hours that somebody who wants to come then means."""

from __future__ import annotations

import re
from typing import Literal

from polish.said_time.rules import pattern

PartOfDay = Literal[
    "", "opening", "before_work", "morning", "before_noon", "noon", "afternoon", "after_work",
    "evening", "closing", "latest",
]  # fmt: skip

_PARTS: tuple[tuple[PartOfDay, str, int | None, int | None], ...] = (  # minutes from midnight
    ("opening", r"(?:zaraz |tuz )?po otwarciu", None, 9 * 60),
    ("closing", r"(?:zaraz |tuz )?przed (?:zamknieciem|koncem dnia|koncem pracy)", 15 * 60, None),
    ("closing", r"(?:(?:pod|na) koniec|koncem) (?:dnia|pracy|urzedowania)", 15 * 60, None),
    ("opening", r"(?:na|z) poczat\w+ (?:dnia|pracy|urzedowania)", None, 9 * 60),
    ("before_work", r"przed praca", None, 9 * 60),
    ("after_work", r"(?:juz )?po pracy", 15 * 60 + 30, None),
    (
        "afternoon",
        r"(?:wczesnym |poznym )?po ?poludni(?:u|em)|(?<!milego )popoludni\w+|po obiedzie",
        12 * 60,
        None,
    ),
    ("afternoon", r"(?:w )?godzinach popoludniowych", 12 * 60, None),
    ("before_noon", r"przed ?poludni(?:em|u)|przedpoludni\w+|do poludnia", None, 12 * 60),
    (
        "noon",
        r"(?:(?:w|kolo|okolo) )?(?:(?:samo )?poludnie|poludnia)|w okolic\w+ poludnia|"
        r"w porze (?:obiad|lunch)\w+",
        11 * 60 + 30,
        13 * 60,
    ),
    ("evening", r"(?<!dobry )(?:pod )?wieczor|wieczor(?:em|ami|kiem|owa|owej)", 15 * 60, None),
    (
        "latest",
        r"jak najpozniej|najpozniej jak (?:sie da|mozna|to mozliwe)|"
        r"(?:mozliwie|najlepiej) najpozniej",
        15 * 60,
        None,
    ),
    (
        "morning",
        r"(?:wczesnie |wczesnym |z |z samego )?(?:rano|rana|rankiem)|o poranku",
        None,
        10 * 60,
    ),
    (
        "morning",
        r"(?:w )?godzinach (?:porannych|rannych)|poran(?:ny|na|ne|nej|nych|nego)",
        None,
        10 * 60,
    ),
)
PART_RULES = tuple((part, pattern(words), low, high) for part, words, low, high in _PARTS)
LATE = re.compile(r"\b(?:wieczor\w*|po ?poludniu|popoludni\w*|w nocy)\b")
EARLY = re.compile(r"\b(?:rano|rana|rankiem|nad ranem)\b")
