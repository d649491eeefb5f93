"""One voice talk: two tasks, one that listens and one that answers.

Interrupting is normal (the player stops and the talk goes on); cancelling means that the caller
hung up. Whatever fails ends in a spoken sentence and a person.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import structlog

from voice_gateway import telemetry
from voice_gateway.detection import LevelGatedDetector
from voice_gateway.errors import DialogueError, LineClosedError, VoiceError
from voice_gateway.hearing import Hearing
from voice_gateway.listener import HeardTurn, Listener
from voice_gateway.notices import MOST_AT_GREETING, Notices, concerning, no_notices, untold
from voice_gateway.patience import Patience
from voice_gateway.player import Player
from voice_gateway.ports import (
    CallLine,
    DialogueEngine,
    RecognitionSession,
    Records,
    SpeechRecognizer,
    SpeechSynthesizer,
    VoiceDetector,
)
from voice_gateway.sentences import Sentences
from voice_gateway.settings import Settings
from voice_gateway.speaker import Speaker
from voice_gateway.turns import TurnDetector, TurnLimits
from voice_gateway.values import (
    BotReply,
    CallerTurn,
    Handoff,
    Playback,
    StageTimes,
    TurnRecord,
    Utterance,
)

log = structlog.get_logger(__name__)

FILLER_AFTER_S = 1.5  # silence while Rasa thinks; then "chwileczkę", so that the line is not dead
SHORT_NOISE_S = 0.4  # speech shorter than this without a word was a cough or a click


@dataclass(frozen=True, slots=True)
class CallParts:
    """What every voice talk shares."""

    settings: Settings
    recognizer: SpeechRecognizer
    dialogue: DialogueEngine
    voice: SpeechSynthesizer
    records: Records
    sentences: Callable[[], Sentences]  # as they stand at this moment
    executor: Executor
    to_speech: Callable[[str], str]
    default_department: str
    notices: Notices = no_notices
    new_detector: Callable[[], VoiceDetector] = LevelGatedDetector
    new_hearing: Callable[[RecognitionSession, Executor], Hearing] = Hearing


@dataclass(frozen=True, slots=True)
class CallEnd:
    """How a talk ended: with a hand-off, by the assistant, or (neither) by the caller."""

    handoff: Handoff | None = None
    finished: bool = False


class VoiceCall:
    """One talk over one line."""

    def __init__(self, line: CallLine, parts: CallParts) -> None:
        settings = parts.settings
        self._line = line
        self._parts = parts
        self._player = Player(line)
        self._speaker = Speaker(line, self._player, parts.voice, parts.to_speech)
        self._patience = Patience(settings.answer_wait_s)
        self._turn_detector = TurnDetector(
            TurnLimits(
                end_silence_s=settings.end_silence_s,
                hold_silence_s=settings.hold_silence_s,
                digits_silence_s=settings.digits_silence_s,
            )
        )
        self._listener: Listener | None = None
        self._turn = 0
        self._cut_off: tuple[Utterance, ...] = ()  # to be said again after a false alarm
        self._told: set[str] = set()  # keys of the incident messages that were said

    @property
    def _sentences(self) -> Sentences:
        return self._parts.sentences()

    async def run(self) -> CallEnd:
        """Talk until somebody ends it. Never raises for anything that happens in the talk."""
        try:
            return await self._run_both()
        except LineClosedError:
            return CallEnd()
        except Exception as error:  # a bug of ours must end at a person too
            code = getattr(error, "code", "call-broken")
            log.error("call_broken", code=code, kind=type(error).__name__)
            telemetry.count_error(code)
            return await self._trouble(code)

    async def _run_both(self) -> CallEnd:
        session = self._parts.recognizer.open(self._line.start.rate_hz)
        self._listener = Listener(
            self._line,
            self._parts.new_hearing(session, self._parts.executor),
            self._parts.new_detector(),
            self._turn_detector,
            self._player,
            self._parts.settings.barge_in_s,
        )
        listening = asyncio.create_task(self._listener.run())
        answering = asyncio.create_task(self._converse(self._listener))
        try:
            await asyncio.wait({listening, answering}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                return answering.result()
            listening.result()  # a fault of the line's own goes up
            return CallEnd()
        finally:
            for task in (listening, answering):
                task.cancel()
            await asyncio.gather(listening, answering, return_exceptions=True)

    async def _converse(self, listener: Listener) -> CallEnd:
        await self._greet(listener)
        while True:
            heard = await self._next_turn(listener)
            if isinstance(heard, CallEnd):
                return heard
            reply, times = await self._answer(heard)
            try:
                playback, times = await self._speak(reply, listener, times)
            except (asyncio.CancelledError, LineClosedError):  # hung up within the answer
                await self._record(heard, reply, None, times)
                raise
            await self._record(heard, reply, playback, times)
            if reply.handoff:
                return await self._hand_over(reply.handoff)
            if reply.ends:
                return CallEnd(finished=True)

    async def _greet(self, listener: Listener) -> None:
        first, *rest = self._sentences.greeting
        await self._speaker.say(first)
        for notice in untold(self._parts.notices(), self._told)[:MOST_AT_GREETING]:
            if self._overtaken(listener):
                return
            playback = await self._speaker.say(notice.utterance)
            if not playback.interrupted:  # else it is told before the answer that it concerns
                self._told.add(notice.key)
        for utterance in rest:
            if self._overtaken(listener):
                return
            await self._speaker.say(utterance)

    @staticmethod
    def _overtaken(listener: Listener) -> bool:
        """True when the caller has already gone on, so that what we would say now is late."""
        return listener.caller_speaks or not listener.turns.empty()

    async def _next_turn(self, listener: Listener) -> HeardTurn | CallEnd:
        """The next turn with words in it; meanwhile reminders, and a person after too many."""
        while True:
            try:
                heard = await asyncio.wait_for(listener.turns.get(), self._patience.answer_wait_s)
            except TimeoutError:
                if listener.caller_speaks:
                    continue
                end = await self._remind()
            else:
                if heard.text:
                    self._patience.heard()
                    self._cut_off = ()
                    return heard
                end = await self._nothing_heard(heard)
            if end:
                return end

    async def _remind(self) -> CallEnd | None:
        sentences = self._sentences
        if self._patience.silence() == "person":
            return await self._give_up("silence", sentences.silence_2)
        await self._speaker.say(sentences.silence_1)
        return None

    async def _nothing_heard(self, heard: HeardTurn) -> CallEnd | None:
        if heard.error_code:
            return await self._trouble(heard.error_code)
        if self._cut_off:  # a cough interrupted us: say it again rather than leave silence
            again, self._cut_off = self._cut_off, ()
            for utterance in again:
                if (await self._speaker.say(utterance)).interrupted:
                    break
            return None
        if heard.speech_s < SHORT_NOISE_S:
            return None
        if self._patience.unheard() == "person":
            return await self._give_up("unsure", self._sentences.connecting)
        await self._speaker.say(self._sentences.not_heard)
        return None

    async def _answer(self, heard: HeardTurn) -> tuple[BotReply, StageTimes]:
        self._turn += 1
        start = self._line.start
        telemetry.count_turn(start.channel, heard.kind)
        turn = CallerTurn(start.call_id, start.channel, heard.text, heard.kind)
        began_s = time.perf_counter()
        try:
            reply = await self._with_filler(self._parts.dialogue.reply(turn))
        except DialogueError as error:
            log.error("dialogue_failed", code=error.code)
            telemetry.count_error(error.code)
            reply = self._trouble_reply()
        return self._with_notices(reply), StageTimes(
            endpoint_s=heard.endpoint_s,
            hearing_s=heard.hearing_s,
            dialogue_s=time.perf_counter() - began_s,
        )

    async def _with_filler(self, answering: Awaitable[BotReply]) -> BotReply:
        """Wait for the answer; a question already sent to Rasa is never cancelled."""
        task = asyncio.ensure_future(answering)
        done, _ = await asyncio.wait({task}, timeout=FILLER_AFTER_S)
        if not done:
            await self._speaker.say(self._sentences.one_moment)
        return await task

    def _with_notices(self, reply: BotReply) -> BotReply:
        """The answer to a question, after the incident messages that concern its matter."""
        if reply.understood.act is not None:  # an emergency among others: 112 comes first
            return reply
        found = concerning(self._parts.notices(), reply.understood.topic)
        found = untold(found, self._told)
        self._told.update(notice.key for notice in found)
        notices = tuple(notice.utterance for notice in found)
        return replace(reply, utterances=(*notices, *reply.utterances))

    async def _speak(
        self, reply: BotReply, listener: Listener, times: StageTimes
    ) -> tuple[Playback | None, StageTimes]:
        """Say all of a reply, or until interrupted; what was heard of the last one said, and the
        times with how long the first sound took."""
        listener.expect(reply.expects)
        playback, speech_s = None, 0.0
        interrupted = False
        for number, utterance in enumerate(reply.utterances):
            late = interrupted or (number > 0 and self._overtaken(listener))
            if late and utterance.interruptible:
                break
            playback = await self._speaker.answer(utterance, reply, times)
            speech_s = playback.speech_s if number == 0 else speech_s
            interrupted = playback.interrupted
            self._cut_off = reply.utterances[number:] if interrupted else ()
        return playback, replace(times, speech_s=speech_s)

    async def _give_up(self, reason: str, sentence: Utterance) -> CallEnd:
        await self._speaker.say(sentence)
        return await self._hand_over(Handoff(self._parts.default_department, reason))

    async def _trouble(self, code: str) -> CallEnd:
        """Say that something broke and pass the caller to a person; silent only if all is lost."""
        handoff = Handoff(self._parts.default_department, "trouble")
        try:
            await self._speaker.say(self._sentences.trouble)
        except VoiceError as error:  # the dialplan has a recorded sentence of its own
            log.error("trouble_unspoken", code=error.code)
        except LineClosedError:
            return CallEnd()
        telemetry.count_error(code)
        return await self._hand_over(handoff)

    def _trouble_reply(self) -> BotReply:
        handoff = Handoff(self._parts.default_department, "trouble")
        return BotReply((self._sentences.trouble,), handoff=handoff)

    async def _hand_over(self, handoff: Handoff) -> CallEnd:
        start = self._line.start
        await self._line.tell(
            "handoff", {"department": handoff.department, "reason": handoff.reason}
        )
        telemetry.count_handoff(start.channel, handoff.reason)
        await self._parts.records.handoff(start.call_id, start.channel, handoff, "")
        return CallEnd(handoff=handoff)

    async def _record(
        self, heard: HeardTurn, reply: BotReply, playback: Playback | None, times: StageTimes
    ) -> None:
        start = self._line.start
        await self._parts.records.turn(
            TurnRecord(
                conversation_id=start.call_id,
                channel=start.channel,
                turn=self._turn,
                kind=heard.kind,
                caller_text=heard.text,  # the records mask what they keep
                bot_text=" ".join(utterance.text for utterance in reply.utterances),
                understood=reply.understood,
                handoff=reply.handoff,
                heard_s=playback.heard_s if playback else None,
                interrupted=bool(playback and playback.interrupted),
                times=times,
                personal=reply.personal,
            )
        )
