"""Matters that a city adds itself. Their ids begin with ``own_``, so that no id that a later
release gives to a matter of all cities (``taxonomy.yml``) is ever taken already."""

from __future__ import annotations

import re

from polish.fold import fold

PREFIX = "own_"
LONGEST_ID = 40
# An own matter begins with few questions: the names residents call it by widen them in training.
LEAST_QUESTIONS = 2
_ID = re.compile(rf"{PREFIX}[a-z0-9]+(_[a-z0-9]+)*\Z")


def is_own(topic_id: str) -> bool:
    """Whether an id is of a city's own matter."""
    return len(topic_id) <= LONGEST_ID and _ID.match(topic_id) is not None


def own_id(name: str) -> str:
    """The id for a matter of this name: "Schronisko dla zwierząt" -> "own_schronisko_dla_zwierzat".

    Empty when the name holds no letter or digit.
    """
    words = re.findall(r"[a-z0-9]+", fold(name))
    return (PREFIX + "_".join(words))[:LONGEST_ID].rstrip("_") if words else ""
