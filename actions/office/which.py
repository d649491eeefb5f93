"""Which matter and which aspect of it was meant, and when that is not clear enough."""

from __future__ import annotations

from actions.office.heard import Heard
from actions.office.knowledge import Knowledge

SURE = 0.5  # a topic of this confidence is answered without asking
SURE_OF_TWO = 0.6  # so much where two matters are named: "paszport i dowód ile kosztuje"
CLEAR_LEAD = 1.6  # under SURE: this many times likelier than the next one
_NO_RIVALS = {"office"}  # "w urzędzie miasta" only says where
ASPECT_SURE = 0.3  # a weaker aspect counts as none


def topic_and_rival(heard: Heard, knowledge: Knowledge) -> tuple[str | None, str | None]:
    """The topic asked about (None: none named), and its rival when the two can be confused."""
    ranked = [r for r in heard.topics if r.id in knowledge.topics]
    if not ranked:
        return None, None
    best = ranked[0]
    if best.confidence < SURE_OF_TWO:
        named = knowledge.names.find(heard.text) - _NO_RIVALS
        if best.id in named and len(named) == 2:
            return best.id, (named - {best.id}).pop()
    if len(ranked) == 1 or best.confidence >= SURE:
        return best.id, None
    clear = best.confidence >= CLEAR_LEAD * ranked[1].confidence
    return best.id, None if clear else ranked[1].id


def aspect_of(heard: Heard) -> str | None:
    """The aspect asked about, if it was recognised at all."""
    best = heard.aspects[0] if heard.aspects else None
    return best.id if best and best.confidence >= ASPECT_SURE else None
