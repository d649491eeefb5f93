"""The assistant's own sentences, as they can be found again in what was kept of a talk.

What was kept of a turn does not say that the assistant gave up; its words do. They are known from
all versions of ``dialogue.yml``, so that talks from before a change of wording are found as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from actions.office.sentence import PLACEHOLDER
from staff_console.editor import yaml_edit

ESCAPE = "\\"
_LIKE_SIGNS = re.compile(r"[%_\\]")


@dataclass(frozen=True, slots=True)
class SaidWords:
    """Patterns of what the assistant says when it does not know, and in talks about visits.

    ``…_like``: the same for SQL's LIKE, with the escape sign ``ESCAPE``.
    """

    not_understood: re.Pattern[str]
    not_understood_like: tuple[str, ...]
    either_or: re.Pattern[str]
    either_or_like: tuple[str, ...]
    visit: re.Pattern[str]

    @classmethod
    def of(cls, dialogues: Iterable[str]) -> SaidWords:
        """From the bodies of all versions of ``dialogue.yml``."""
        found: dict[str, list[str]] = {"not_understood": [], "either_or": [], "visit": []}
        for body in dict.fromkeys(dialogues):
            for kind, texts in _texts(body).items():
                found[kind] += [text for text in texts if PLACEHOLDER.sub("", text).strip()]
        return cls(
            not_understood=_beginning_with(found["not_understood"]),
            not_understood_like=_likes(found["not_understood"]),
            either_or=_beginning_with(found["either_or"]),
            either_or_like=_likes(found["either_or"]),
            visit=_beginning_with(found["visit"]),
        )

    def about_visit(self, said: str) -> bool:
        """Whether the assistant was booking a visit when it said this."""
        return self.visit.match(said) is not None


@lru_cache(maxsize=64)
def _texts(body: str) -> Mapping[str, list[str]]:
    data = yaml_edit.load(body)
    data = data if isinstance(data, dict) else {}
    sentences, visits = data.get("sentences") or {}, data.get("visits") or {}
    return {
        "not_understood": [_text(sentences.get("not_understood"))],
        "either_or": [_text(sentences.get("either_or"))],
        "visit": [_text(sentence) for sentence in visits.values()],
    }


def _text(sentence: Any) -> str:
    found = sentence.get("text") if isinstance(sentence, dict) else sentence
    return found if isinstance(found, str) else ""


def _beginning_with(texts: list[str]) -> re.Pattern[str]:
    """Matches a text that begins with one of the sentences, whatever its ``{names}`` were."""
    patterns = [
        ".{1,400}?".join(re.escape(piece) for piece in PLACEHOLDER.split(text)[::2])
        for text in dict.fromkeys(texts)
    ]
    return re.compile("|".join(patterns) or r"(?!)", re.DOTALL)


def _likes(texts: list[str]) -> tuple[str, ...]:
    found = []
    for text in dict.fromkeys(texts):
        pieces = (_LIKE_SIGNS.sub(r"\\\g<0>", piece) for piece in PLACEHOLDER.split(text)[::2])
        found.append("%".join(pieces) + "%")
    return tuple(found)
