"""Kinds of one matter with answers of their own: "a dla dziecka?" after the price of a passport."""

from __future__ import annotations

from actions.office.called import find_called
from actions.office.knowledge import Knowledge
from actions.office.knowledge_files import Variant
from polish.fold import fold

MOST_WORDS = 6  # a longer text is a question of its own
# What may stand around the kind's name without asking anything more.
_AROUND = frozenset(
    "a i oraz albo no to tez ze co jak jest dla na w z ze przy do u o od za przypadku czy "
    "przez mojego mojej moje moj moja naszego naszej jesli chodzi".split()
)


def named_variant(text: str, topic_id: str, knowledge: Knowledge) -> str | None:
    """The id of the kind of this matter that is named in the text; None for none."""
    topic = knowledge.topics.get(topic_id)
    if topic is None or not topic.variants:
        return None
    found = find_called(text, topic.variants.values())
    return next((name for name, variant in topic.variants.items() if variant is found), None)


def names_only_variant(text: str, topic_id: str, knowledge: Knowledge) -> bool:
    """Whether the text names a kind of the matter and asks nothing else."""
    name = named_variant(text, topic_id, knowledge)
    words = fold(text).split()
    if name is None or len(words) > MOST_WORDS:
        return False
    variant = knowledge.topics[topic_id].variants[name]
    return all(word in _AROUND or _is_name(word, variant) for word in words)


def _is_name(word: str, variant: Variant) -> bool:
    return find_called(word, [variant]) is not None or any(
        word in name.split() for name in variant.called
    )
