"""Polish names for what a turn was about, and the choices of the assigning form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from polish.fold import fold
from staff_console.editor.names import ACTS_PL, Names, file_name
from staff_console.learning.turns import Trouble
from staff_console.learning.understanding import Guess

TROUBLES_PL: Mapping[Trouble, str] = {
    "not_understood": "Nie zrozumiał",
    "refused": "Uznał za nie naszą sprawę",
    "unsure": "Zrozumiał niepewnie",
}
CHANNELS_PL = {"phone": "telefon", "browser": "rozmowa głosem na stronie", "chat": "czat"}
SKIPPED_PL = {
    "personal": "Pominięto: dane osobowe nie są przechowywane.",
    "visit": "Pominięto: umawianie wizyty.",
    "over": "Pominięto: rozmowa skończyłaby się wcześniej.",
}
HANDOFFS_PL = {
    "asked": "przekazano, bo mieszkaniec prosił",
    "key": "przekazano, bo mieszkaniec prosił (przycisk)",
    "unsure": "przekazano po dwóch niezrozumieniach",
    "no_answer": "przekazano, bo brak odpowiedzi",
    "complaint": "przekazano: skarga",
    "trouble": "przekazano: awaria",
    "silence": "przekazano: cisza",
}


@dataclass(frozen=True, slots=True)
class Labels:
    """Names of topics and acts by path, and of aspects."""

    topics: Sequence[tuple[str, str]]  # path, name; by name
    acts: Sequence[tuple[str, str]]
    names: Names

    @classmethod
    def of(cls, bodies: Mapping[str, str], names: Names) -> Labels:
        """From all content files."""
        topics = [(path, _name(path, body)) for path, body in bodies.items() if _is(path, "topics")]
        acts = [(path, _name(path, body)) for path, body in bodies.items() if _is(path, "acts")]
        return cls(sorted(topics, key=_by_name), sorted(acts, key=_by_name), names)

    def file(self, path: str) -> str:
        """A topic's or act's name."""
        return dict((*self.topics, *self.acts)).get(path, path)

    def meaning(self, act: str, topic: str, aspect: str) -> str:
        """ "paszport – Ile to kosztuje?"; "nic" when there is nothing."""
        if act:
            return ACTS_PL.get(act, act)
        if not topic and not aspect:
            return "nic"
        matter = self.file(f"topics/{topic}.yml") if topic else "sprawa nienazwana"
        return f"{matter} – {self.names.aspect(aspect)}" if aspect else matter

    def guess(self, guess: Guess) -> str:
        """A guess with how sure it is."""
        sure = f"{round(guess.confidence * 100)}%"
        return f"{self.meaning(guess.act, guess.topic, guess.aspect)} ({sure})"


def _is(path: str, kind: str) -> bool:
    return path.startswith(f"{kind}/")


def _by_name(one: tuple[str, str]) -> str:
    return fold(one[1])


@lru_cache(maxsize=512)  # each needs its YAML read
def _name(path: str, body: str) -> str:
    return file_name(path, body)


def times_pl(count: int) -> str:
    """ "1 raz", "5 razy"."""
    return "1 raz" if count == 1 else f"{count} razy"


def talks_pl(count: int) -> str:
    """ "w 1 rozmowie", "w 5 rozmowach"."""
    return "w 1 rozmowie" if count == 1 else f"w {count} rozmowach"


def turns_pl(count: int) -> str:
    """ "1 wypowiedź", "2 wypowiedzi"."""
    return "1 wypowiedź" if count == 1 else f"{count} wypowiedzi"


def seconds_pl(seconds: float | None) -> str:
    """ "0,4 s"; empty for nothing measured."""
    return "" if seconds is None else f"{seconds:.1f} s".replace(".", ",")


def beginning(text: str, most: int = 140) -> str:
    """The first words of a text."""
    if len(text) <= most:
        return text
    return f"{text[:most].rsplit(' ', 1)[0]} …"
