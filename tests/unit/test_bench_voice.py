"""How the voice measurement counts: turns taken, stages, who is first, what a process costs."""

import asyncio
import os
from types import SimpleNamespace

from benchmarks.cost import Cost, CostMeter
from benchmarks.report import in_ms
from benchmarks.voice import (
    Figures,
    Target,
    in_turn,
    keep_stages,
    target_from,
    turn_taken_after,
    turns_taken,
)

TIMES = {"endpoint_ms": 500, "hearing_ms": 5, "dialogue_ms": 20, "speech_ms": 3, "total_ms": 528}


def caller_with(*events):
    return SimpleNamespace(events=[(0.0, event) for event in events])


def final(text):
    return {"type": "transcript", "final": True, "text": text}


def test_only_turns_with_words_count():
    partial = {"type": "transcript", "final": False, "text": "ile"}
    assert turns_taken(caller_with(partial, final(""), final("ile"), final("kosztuje"))) == 2


def test_a_turn_taken_before_the_question_does_not_count():
    caller = SimpleNamespace(
        events=[(1.0, final("ile")), (2.5, final("")), (3.0, final("kosztuje"))],
        ear=SimpleNamespace(began_s=100.0),
    )
    assert turn_taken_after(caller, 102.0) == 103.0
    assert turn_taken_after(caller, 104.0) is None


def test_an_answer_of_two_sentences_is_timed_once():
    out = Figures()
    later = {"type": "reply", "times": {**TIMES, "speech_ms": 900}}
    greeting = {"type": "reply", "text": "Dzień dobry"}
    keep_stages(caller_with(greeting, final("ile"), {"type": "reply", "times": TIMES}, later), out)
    assert out.stages["speech_ms"] == [3]


def test_another_target_begins_every_round():
    a, b = Target("a", "ws://a"), Target("b", "ws://b")
    assert [in_turn([a, b], turn) for turn in range(3)] == [[a, b], [b, a], [a, b]]


def test_target_on_the_command_line():
    assert target_from("ours=ws://h:1/ws/voice=12") == Target("ours", "ws://h:1/ws/voice", 12)
    assert target_from("ours=ws://h:1/ws/voice").pid == 0


def test_nothing_measured_is_no_figure():
    assert in_ms([]) == "-"
    assert in_ms([10.0, 20.0, 30.0]) == "20 / 29"


async def test_cost_of_this_process():
    cost = Cost()
    async with CostMeter(os.getpid(), cost):
        await asyncio.sleep(0.1)
        sum(range(2_000_000))
    assert cost.cpu_s > 0.0
    assert cost.peak_mb > 1.0
