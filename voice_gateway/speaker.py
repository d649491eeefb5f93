"""The speaking half of a voice talk: an utterance becomes sound and is played."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from voice_gateway import telemetry
from voice_gateway.player import Player
from voice_gateway.ports import CallLine, SpeechSynthesizer
from voice_gateway.values import BotReply, Playback, StageTimes, Utterance, as_jsonable


class Speaker:
    """One talk's mouth."""

    def __init__(
        self,
        line: CallLine,
        player: Player,
        voice: SpeechSynthesizer,
        to_speech: Callable[[str], str],
    ) -> None:
        """``to_speech`` turns shown Polish into Polish ready to be read aloud."""
        self._line = line
        self._player = player
        self._voice = voice
        self._to_speech = to_speech

    async def say(self, utterance: Utterance) -> Playback:
        """Say a sentence of the gateway's own. Raises ``VoiceError`` when there is no sound."""
        pcm = await self._sound(utterance)
        if utterance.text:  # the greeting is shown whole and spoken in two pieces
            await self._line.tell("reply", {"text": utterance.text})
        return await self._player.play(utterance, pcm)

    async def answer(self, utterance: Utterance, reply: BotReply, times: StageTimes) -> Playback:
        """Say a piece of ``reply``; the stages before it are in ``times``. Raises as ``say``."""
        began_s = time.perf_counter()
        pcm = await self._sound(utterance)
        times = replace(times, speech_s=time.perf_counter() - began_s)
        telemetry.observe_stages(self._line.start.channel, times)
        await self._line.tell(
            "reply",
            {
                "text": utterance.text,
                "understood": as_jsonable(reply.understood),
                "choices": list(reply.choices),
                "times": stage_ms(times),
            },
        )
        playback = await self._player.play(utterance, pcm)
        return replace(playback, speech_s=times.speech_s)

    async def _sound(self, utterance: Utterance) -> bytes:
        spoken = self._to_speech(utterance.spoken)
        return await self._voice.synthesize(spoken, self._line.start.rate_hz)


def stage_ms(times: StageTimes) -> dict[str, int]:
    """The stages in whole milliseconds, for ``halo call`` and the page."""
    return {
        "endpoint_ms": round(times.endpoint_s * 1000),
        "hearing_ms": round(times.hearing_s * 1000),
        "dialogue_ms": round(times.dialogue_s * 1000),
        "speech_ms": round(times.speech_s * 1000),
        "total_ms": round(times.total_s * 1000),
    }
