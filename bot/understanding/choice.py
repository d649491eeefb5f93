"""Which of two offered things is meant: "ten drugi", "to pierwsze", "ostatnie"."""

from __future__ import annotations

from polish.fold import fold

LONGEST_WORDS = 6  # a longer text is a question of its own
_STEMS = {"pierwsz": 1, "jedynk": 1, "drug": 2, "dwojk": 2, "ostatni": 2}
_WORDS = {"1": 1, "2": 2, "jeden": 1, "jedno": 1, "dwa": 2}
# "ani jedno, ani drugie", "drugi raz", "drugi dokument": something else is meant
_ELSEWHERE = ("ani", "zadn", "raz", "dokument", "dzie", "spraw", "pytani", "tyd", "mies", "rok")


def chosen_number(text: str) -> int | None:
    """1 or 2, when a short text names just one of them."""
    words = fold(text).split()
    if len(words) > LONGEST_WORDS or any(w.startswith(_ELSEWHERE) for w in words):
        return None
    numbers = {_WORDS[w] for w in words if w in _WORDS}
    numbers |= {n for stem, n in _STEMS.items() for w in words if w.startswith(stem)}
    return numbers.pop() if len(numbers) == 1 else None
