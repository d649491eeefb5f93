"""The listening half of a voice talk: sound in, heard turns out.

Sound reaches the recogniser only while somebody speaks (with a little before it), so a waiting
call costs nothing. A failing recogniser is reported as a turn with an error; listening for keys
and for the hang-up goes on.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass

import structlog

from voice_gateway import telemetry
from voice_gateway.errors import HearingError
from voice_gateway.hearing import Hearing
from voice_gateway.keypad import PAUSE_S, Keypad
from voice_gateway.player import Player
from voice_gateway.ports import CallLine, KeyPressed, VoiceDetector
from voice_gateway.turns import SpeechStarted, TurnDetector, TurnEnded
from voice_gateway.values import FRAME_S, AudioFrame, Expects, Transcript, TurnKind

log = structlog.get_logger(__name__)

BEFORE_SPEECH_S = 0.36  # sound kept from before the detector says "speech": soft first consonants
PIECE_FRAMES = 3  # 60 ms, the recogniser's own step
WAITING_TURNS = 4  # turns that wait for an answer; when full the oldest is dropped and counted


@dataclass(frozen=True, slots=True)
class HeardTurn:
    """One turn as it was heard: words, keys, or the code of what failed."""

    text: str
    kind: TurnKind
    speech_s: float = 0.0
    endpoint_s: float = 0.0
    hearing_s: float = 0.0
    error_code: str | None = None


class Listener:
    """One talk's ears. ``turns`` is where the answering half takes what was heard."""

    def __init__(
        self,
        line: CallLine,
        hearing: Hearing,
        detector: VoiceDetector,
        turn_detector: TurnDetector,
        player: Player,
        barge_in_s: float,
    ) -> None:
        self.turns: asyncio.Queue[HeardTurn] = asyncio.Queue(WAITING_TURNS)
        self._line = line
        self._hearing = hearing
        self._detector = detector
        self._turn_detector = turn_detector
        self._player = player
        self._barge_in_s = barge_in_s
        self._before: deque[bytes] = deque(maxlen=int(BEFORE_SPEECH_S / FRAME_S))
        self._piece: list[bytes] = []
        self._shown = ""
        self._deaf = False
        self._keypad = Keypad()
        self._key_pause: asyncio.TimerHandle | None = None

    @property
    def caller_speaks(self) -> bool:
        """True while the caller is in the middle of a turn, spoken or keyed in."""
        return self._turn_detector.in_turn or self._keypad.collecting

    def expect(self, expects: Expects) -> None:
        """What kind of answer the assistant is asking for."""
        self._turn_detector.expect(expects)
        self._keypad.digits_expected = expects == "digits"

    async def run(self) -> None:
        """Listen until the caller hangs up."""
        try:
            async for event in self._line.events():
                if isinstance(event, KeyPressed):
                    self._key(event.digit)
                elif not self._deaf:
                    try:
                        await self._frame(event)
                    except HearingError as error:
                        self._go_deaf(error)
        finally:
            self._stop_key_pause()

    def _key(self, key: str) -> None:
        """A key with a meaning stops the assistant like a spoken word; others are ignored."""
        self._stop_key_pause()
        text = self._keypad.press(key)
        if text or self._keypad.collecting:
            self._player.interrupt()
        if self._keypad.collecting:
            loop = asyncio.get_running_loop()
            self._key_pause = loop.call_later(PAUSE_S, self._keys_paused)
        self._put_keys(text)

    def _keys_paused(self) -> None:
        self._put_keys(self._keypad.pause())

    def _put_keys(self, text: str | None) -> None:
        if text:
            self._put(HeardTurn(text, "key"))

    def _stop_key_pause(self) -> None:
        if self._key_pause:
            self._key_pause.cancel()
            self._key_pause = None

    async def _frame(self, frame: AudioFrame) -> None:
        event = self._turn_detector.frame(self._detector.is_speech(frame))
        if isinstance(event, SpeechStarted):
            self._piece = [*self._before, frame.pcm]
            self._before.clear()
        elif self._turn_detector.in_turn or isinstance(event, TurnEnded):
            self._piece.append(frame.pcm)
        else:
            self._before.append(frame.pcm)
        if isinstance(event, TurnEnded):
            await self._finish(event)
        elif len(self._piece) >= PIECE_FRAMES:
            await self._hear_piece()
        if self._turn_detector.speech_s >= self._barge_in_s:
            self._player.interrupt()

    async def _hear_piece(self) -> None:
        pcm, self._piece = b"".join(self._piece), []
        transcript = await self._hearing.accept(pcm)
        self._turn_detector.words(transcript.text)
        await self._show(transcript)

    async def _finish(self, ended: TurnEnded) -> None:
        began_s = time.perf_counter()
        if self._piece:
            pcm, self._piece = b"".join(self._piece), []
            await self._hearing.accept(pcm)
        transcript = await self._hearing.finish()
        await self._show(transcript)
        self._shown = ""
        self._put(
            HeardTurn(
                transcript.text,
                "speech",
                speech_s=ended.speech_s,
                endpoint_s=ended.silence_s,
                hearing_s=time.perf_counter() - began_s,
            )
        )

    async def _show(self, transcript: Transcript) -> None:
        if transcript.final or (transcript.text and transcript.text != self._shown):
            self._shown = transcript.text
            await self._line.tell(
                "transcript", {"text": transcript.text, "final": transcript.final}
            )

    def _go_deaf(self, error: HearingError) -> None:
        log.error("hearing_failed", code=error.code)
        telemetry.count_error(error.code)
        self._deaf = True
        self._turn_detector.reset()
        self._player.interrupt()
        self._put(HeardTurn("", "speech", error_code=error.code))

    def _put(self, turn: HeardTurn) -> None:
        if self.turns.full():
            self.turns.get_nowait()
            telemetry.count_dropped_turn()
        self.turns.put_nowait(turn)
