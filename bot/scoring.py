"""Figures of understanding: predictions for the held-out questions compared with their labels."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.understanding.examples import ASK, read_yaml

REFUSALS = ("out_of_scope", "nlu_fallback")
EMERGENCY = "emergency"


@dataclass(frozen=True)
class Question:
    """A held-out question with its meaning; ``act`` is None for a question about a matter."""

    text: str
    act: str | None
    topic: str | None
    aspect: str | None
    kind: str
    channel: str


@dataclass(frozen=True)
class Guess:
    """What a model made of a text; ``seconds`` of processor time it took."""

    intent: str
    topic: str | None
    aspect: str | None
    seconds: float


def held_out(folder: Path) -> list[Question]:
    """All held-out questions."""
    rows = [row for path in sorted(folder.glob("*.yml")) for row in read_yaml(path)]
    return [
        Question(r["text"], r.get("act"), r.get("topic"), r.get("aspect"), r["kind"], r["channel"])
        for r in rows
    ]


def as_spoken(path: Path) -> list[Question]:
    """Held-out questions of the phone with the words that were heard of them."""
    rows = json.loads(path.read_text("utf-8"))
    return [
        Question(r["heard"], r.get("act"), r.get("topic"), r.get("aspect"), r["kind"], r["channel"])
        for r in rows
    ]


def right(question: Question, guess: Guess) -> bool:
    """Whether the whole meaning was understood: the act, or topic and aspect of a question."""
    if question.act:
        return guess.intent == question.act
    return guess.intent == ASK and (guess.topic, guess.aspect) == (question.topic, question.aspect)


Pair = tuple[Question, Guess]


def figures(pairs: list[Pair]) -> dict[str, Any]:
    """All figures of one model, ready for JSON; shares are 0..1."""
    asked = [p for p in pairs if not p[0].act]
    acted = [p for p in pairs if p[0].act]
    scope = [p for p in acted if p[0].act == "out_of_scope"]
    danger = [p for p in acted if p[0].act == EMERGENCY]
    calm = [p for p in pairs if p[0].act != EMERGENCY]
    times = sorted(guess.seconds for _, guess in pairs)
    return {
        "questions": len(pairs),
        "right": _share(pairs, lambda p: right(*p)),
        "topic": _share(asked, lambda p: p[1].intent == ASK and p[0].topic == p[1].topic),
        "aspect": _share(asked, lambda p: p[1].intent == ASK and p[0].aspect == p[1].aspect),
        "topic_and_aspect": _share(asked, lambda p: right(*p)),
        "acts": _share(acted, lambda p: right(*p)),
        "topic_and_aspect_by_kind": _by(asked, lambda q: q.kind),
        "topic_and_aspect_by_topic": _by(asked, lambda q: q.topic or "none"),
        "topic_and_aspect_by_aspect": _by(asked, lambda q: str(q.aspect)),
        "by_act": _by(acted, lambda q: str(q.act)),
        "by_channel": _by(pairs, lambda q: q.channel),
        "out_of_scope_refused": _share(scope, lambda p: p[1].intent in REFUSALS),
        "false_refusals": _share(asked, lambda p: p[1].intent in REFUSALS),
        "emergencies_caught": _share(danger, lambda p: p[1].intent == EMERGENCY),
        "false_alarms": _share(calm, lambda p: p[1].intent == EMERGENCY),
        "parse_p50_ms": round(1000 * times[len(times) // 2], 1),
        "parse_p95_ms": round(1000 * times[int(len(times) * 0.95)], 1),
        "confusions": _confusions(pairs),
    }


def from_sound(pairs: list[Pair]) -> dict[str, Any]:
    """Figures of questions that were spoken, sent through the telephone band and recognised."""
    asked = [p for p in pairs if not p[0].act]
    acted = [p for p in pairs if p[0].act]
    return {
        "topic": _share(asked, lambda p: p[1].intent == ASK and p[0].topic == p[1].topic),
        "topic_and_aspect": _share(asked, lambda p: right(*p)),
        "topic_and_aspect_by_kind": _by(asked, lambda q: q.kind),
        "acts": _share(acted, lambda p: right(*p)),
        "emergencies_caught": _share(
            [p for p in acted if p[0].act == EMERGENCY], lambda p: p[1].intent == EMERGENCY
        ),
    }


def _share(pairs: Iterable[Pair], good: Callable[[Pair], bool]) -> float | None:
    marks = [good(p) for p in pairs]
    return round(sum(marks) / len(marks), 4) if marks else None


def _by(pairs: list[Pair], key: Callable[[Question], str]) -> dict[str, Any]:
    groups = sorted({key(question) for question, _ in pairs})
    return {g: _share([p for p in pairs if key(p[0]) == g], lambda p: right(*p)) for g in groups}


def _confusions(pairs: list[Pair]) -> dict[str, int]:
    wrong = Counter(
        f"{q.act or f'{q.topic}.{q.aspect}'} -> "
        f"{g.intent if g.intent != ASK else f'{g.topic}.{g.aspect}'}"
        for q, g in pairs
        if not right(q, g)
    )
    return dict(wrong.most_common(20))
