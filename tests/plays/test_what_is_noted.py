"""What is kept of a call for the figures: when it began and ended, and each answered turn."""

from __future__ import annotations

from typing import Any, cast

import pytest

from tests.plays.stage import HangUp, Play, Say, ScriptedBot, ScriptedLine, say
from tests.plays.virtual_time import run_virtually
from voice_gateway import voice_talks
from voice_gateway.call import CallEnd
from voice_gateway.calls import CallRegistry
from voice_gateway.values import CallStart
from voice_gateway.voice_talks import VoiceTalks


def test_a_turn_is_kept_though_the_caller_hangs_up_within_the_answer() -> None:
    bot = ScriptedBot({"jakie godziny": say("bardzo długa odpowiedź " * 20)})
    play = Play([Say(2, 3.5, "jakie godziny"), HangUp(6)], bot=bot)
    run_virtually(play.run())
    assert [turn.caller_text for turn in play.records.turns] == ["jakie godziny"]
    assert play.records.turns[0].heard_s is None  # how much of it is not known


def test_a_heard_turn_is_kept_once_with_how_long_the_first_sound_took() -> None:
    play = Play([Say(2, 3.5, "jakie godziny"), HangUp(9)])
    run_virtually(play.run())
    assert len(play.records.turns) == 1
    times = play.records.turns[0].times
    assert times and times.speech_s > 0


async def test_the_beginning_is_told_before_the_talk_and_the_end_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []

    class Call:
        def __init__(self, *_: object) -> None: ...

        async def run(self) -> CallEnd:
            told.append("talk")
            return CallEnd()

    async def on_end(call_id: str) -> None:
        told.append(f"end {call_id}")

    def on_begin(start: CallStart) -> None:
        told.append(f"begin {start.call_id}")

    monkeypatch.setattr(voice_talks, "VoiceCall", Call)
    registry = CallRegistry(1, "informacja")
    talks = VoiceTalks(cast("Any", None), registry, str, on_end, on_begin)
    line = ScriptedLine([])
    talks.admit(line.start.call_id)
    await talks.handle(line)
    assert told == [f"begin {line.start.call_id}", "talk", f"end {line.start.call_id}"]
