"""Questions that the assistant asks back, and which offered answer was then meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from actions.office.knowledge import Knowledge
from actions.office.names import holds
from polish.fold import fold

Asked = Literal["either", "which_topic", "aspects", "person", "more"]
_ORDINALS = (
    r"\b(pierwsz\w*|1)\b",
    r"\b(drug\w*|2)\b",
    r"\b(trzeci\w*|3)\b",
)
_LAST = r"\bostatni\w*\b"
_LONGEST_CHOICE = 6  # words; a longer text is a question of its own
# "ani jedno, ani drugie", "drugi rodzic", "za 3 tygodnie": something else is meant
_NO_CHOICE = (
    r"\b(ani|zadn\w*|raz|dokument\w*|dzie\w*|rodzic\w*|osob\w*|tydz\w*|tygodn\w*|mies\w*|rok\w*|"
    r"lat|dni|pietr\w*)\b"
)


@dataclass(frozen=True)
class Question:
    """What the assistant asked last. ``options``: topic ids (either) or aspect ids (aspects).

    ``aspect``: what was asked about, when only the topic was unclear. ``reason``: of the hand-off
    that "tak" starts.
    """

    asked: Asked
    options: tuple[str, ...] = ()
    aspect: str | None = None
    reason: str = "asked"

    def as_slot(self) -> dict[str, Any]:
        """For the tracker, as plain JSON."""
        return {**asdict(self), "options": list(self.options)}

    @classmethod
    def from_slot(cls, value: Any) -> Self | None:
        """From the tracker; None for nothing or for what an older version left there."""
        if not isinstance(value, Mapping):
            return None
        try:
            return cls(**{**value, "options": tuple(value.get("options", ()))})
        except TypeError:
            return None


def pressed(text: str, question: Question, knowledge: Knowledge) -> str | None:
    """The option whose button in the chat was pressed: its very words came."""
    for option in question.options:
        topic, names = knowledge.topics.get(option), knowledge.dialogue.aspects.get(option)
        label = topic.name if topic else names.choice if names else ""
        if label and fold(text) == fold(label):
            return option
    return None


def chosen(text: str, question: Question, knowledge: Knowledge) -> str | None:
    """Which option a short answer means: "ten drugi", "2", "paszport"; None when unclear."""
    words = fold(text)
    if len(words.split()) <= _LONGEST_CHOICE and not re.search(_NO_CHOICE, words):
        if question.options and re.search(_LAST, words):
            return question.options[-1]
        for number, option in enumerate(question.options):
            if number < len(_ORDINALS) and re.search(_ORDINALS[number], words):
                return option
    named = [o for o in question.options if _named(o, words, knowledge)]
    return named[0] if len(named) == 1 else None


def _named(option: str, words: str, knowledge: Knowledge) -> bool:
    topic = knowledge.topics.get(option)
    if topic:
        return any(holds(words, name) for name in (topic.name, *topic.called))
    names = knowledge.dialogue.aspects.get(option)
    return names is not None and any(holds(words, n) for n in (names.offer, names.choice))


def offered_aspects(topic_id: str, knowledge: Knowledge) -> Sequence[str]:
    """The two or three aspects to offer when only the matter was named."""
    topic = knowledge.topics[topic_id]
    return [a for a in topic.offer if a in topic.answers and a in knowledge.dialogue.aspects][:3]
