"""What the draft would say: failed talks once more, by the rules that answer residents.

Each turn of a resident goes through a model's understanding and ``actions.office.talk.decide``,
with the memory of the turns before, on the knowledge of the drafts, at the moment when it was said.
Nothing is kept: no records, no desk, no visits. What was answered to personal data, and turns
within a booking, are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import structlog

from actions.office.heard import Heard
from actions.office.knowledge import Knowledge
from actions.office.reply import Memory, Reply
from actions.office.talk import Talk, decide
from staff_console.learning.bad_talks import CALLS, BadTalk, TalkTurn
from staff_console.learning.trial import NO_INTENT_RULE
from staff_console.learning.understanding import Parsed, Understands

log = structlog.get_logger(__name__)

MOST_TURNS = 40  # of one talk; longer ones are cut
FAILURE_HANDOFFS = ("unsure", "no_answer")
Skipped = Literal["", "personal", "visit", "over"]
Verdict = Literal["passes", "fails", "other", "skipped"]
"""passes: failed then, would not now; fails: would fail; other: nothing was misunderstood then nor
would be; skipped: no turn could be replayed."""


@dataclass(frozen=True, slots=True)
class ReplayedTurn:
    """A turn as it was and as it would be. ``skipped``: why it was not replayed; then the rest is
    empty. ``failed``: not understood, or passed on because of it."""

    was: TalkTurn
    skipped: Skipped = ""
    said: str = ""
    act: str = ""
    topic: str = ""
    aspect: str = ""
    confidence: float = 0.0
    handoff: str = ""
    failed: bool = False

    @property
    def same(self) -> bool:
        """Whether the answer is word for word what it was."""
        return not self.skipped and self.said == self.was.said


@dataclass(frozen=True, slots=True)
class ReplayedTalk:
    """A talk with its verdict."""

    talk: BadTalk
    turns: Sequence[ReplayedTurn]
    verdict: Verdict


async def replay(
    talk: BadTalk, knowledge: Knowledge, actions: Mapping[str, str], understands: Understands
) -> ReplayedTalk:
    """One talk once more. Raises ``DialogueError`` when the model does not answer."""
    slots: dict[str, Any] = {}
    turns: list[ReplayedTurn] = []
    over = False
    for was in talk.turns[:MOST_TURNS]:
        skipped: Skipped = "over" if over else _skipped(was)
        if skipped:
            turns.append(ReplayedTurn(was, skipped))
            continue
        parsed = await understands(was.words)
        memory = Memory.from_slots(slots)
        try:
            heard, reply = answered(was, talk, parsed, memory, knowledge, actions)
        except Exception as error:  # a resident would be passed on with "trouble"
            log.error("replay_turn_failed", fault_type=type(error).__name__)
            turns.append(ReplayedTurn(was, handoff="trouble", failed=True))
            continue
        slots = {**slots, **reply.slots(memory)}
        turns.append(_replayed(was, heard, reply, memory))
        over = talk.channel in CALLS and bool(reply.handoff or reply.ends)
    return ReplayedTalk(talk, turns, _verdict(turns))


def answered(
    was: TalkTurn,
    talk: BadTalk,
    parsed: Parsed,
    memory: Memory,
    knowledge: Knowledge,
    actions: Mapping[str, str],
) -> tuple[Heard, Reply]:
    """What was heard and what the rules answer to it, as ``actions.actions`` has it answered."""
    message = {**parsed, "text": was.words, "metadata": {"channel": talk.channel}}
    heard = Heard.of(message)
    action = actions.get(heard.intent, NO_INTENT_RULE)
    return heard, decide(action, Talk(heard, memory, knowledge, was.at, None, ""))


def _skipped(was: TalkTurn) -> Skipped:
    if not was.words:
        return "personal"
    return "visit" if was.visit else ""


def _replayed(was: TalkTurn, heard: Heard, reply: Reply, memory: Memory) -> ReplayedTurn:
    understood = reply.understood
    handoff = reply.handoff.reason if reply.handoff else ""
    return ReplayedTurn(
        was,
        said=reply.sentence.text,
        act=str(understood.get("act") or ""),
        topic=str(understood.get("topic") or ""),
        aspect=str(understood.get("aspect") or ""),
        confidence=float(understood.get("confidence") or 0.0),
        handoff=handoff,
        failed=reply.failures > memory.failures or handoff in FAILURE_HANDOFFS,
    )


def _verdict(turns: Sequence[ReplayedTurn]) -> Verdict:
    replayed = [turn for turn in turns if not turn.skipped]
    if not replayed:
        return "skipped"
    if any(turn.failed for turn in replayed):
        return "fails"
    failed_then = any(
        turn.was.trouble == "not_understood" or turn.was.handoff in FAILURE_HANDOFFS
        for turn in replayed
    )
    return "passes" if failed_then else "other"
