"""The text talk: one turn in, one answer out, and a person when it is wanted.

While somebody waits for a person the assistant keeps answering; once a clerk has the talk the
assistant is silent; when the clerk ends it, the assistant is back. Whatever breaks ends in a
sentence and a hand-off, never in nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import structlog

from voice_gateway import telemetry
from voice_gateway.chat_talks import Talk, Talks, our_id
from voice_gateway.chat_text import clean_text
from voice_gateway.chat_values import ChatMessage, ChatReply, ChatSentences, HandoffStatus
from voice_gateway.desk import HandoffDesk
from voice_gateway.desk_events import DeskLine, DeskTalk
from voice_gateway.errors import DialogueError, RequestError
from voice_gateway.notices import Notice, Notices, concerning, no_notices, untold
from voice_gateway.ports import DialogueEngine, Records
from voice_gateway.records.database import Database, RecordsError
from voice_gateway.records.queries import Resumed, now, resume
from voice_gateway.settings import Settings
from voice_gateway.values import (
    BotReply,
    CallerTurn,
    Handoff,
    StageTimes,
    TurnKind,
    TurnRecord,
    Understood,
    Utterance,
)

log = structlog.get_logger(__name__)

EMERGENCY = "emergency"  # the act's id in taxonomy.yml
HUMAN_WORD = "konsultant"  # what the button says for the resident
SUMMARY_CHARS = 200
SPARE_S = 1.0  # the engine has its own deadline; this one is for an engine that forgot it


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the engine said; ``error_code`` when it failed and the sentence is ours."""

    reply: BotReply
    dialogue_s: float
    error_code: str | None = None


class ChatService:
    """All text talks. Raises only ``RequestError``, and only before a turn is answered."""

    def __init__(
        self,
        settings: Settings,
        dialogue: DialogueEngine,
        records: Records,
        desk: HandoffDesk,
        database: Database,
        sentences: Callable[[], ChatSentences],
        default_department: str,
        talks: Talks | None = None,
        notices: Notices = no_notices,
    ) -> None:
        """``sentences`` and ``notices`` give what is said at this moment."""
        self._dialogue = dialogue
        self._records = records
        self._desk = desk
        self._database = database
        self._sentences = sentences
        self._notices = notices
        self._department = default_department
        self._talks = talks if talks is not None else Talks()
        self._max_chars = settings.max_text_chars
        self._deadline_s = settings.dialogue_timeout_s + SPARE_S

    @property
    def sentences(self) -> ChatSentences:
        """The chat's own sentences as they stand now."""
        return self._sentences()

    async def understand(self, text: str) -> Understood:
        """What ``text`` means. Raises ``RequestError`` and ``DialogueError``."""
        return await self._dialogue.understand(clean_text(text, self._max_chars))

    async def open(self, conversation_id: str | None) -> tuple[Talk, bool]:
        """A page's talk, and whether it goes on; an unknown or malformed id starts a new one."""
        talk = await self._known(conversation_id) if conversation_id else None
        resumed = talk is not None
        talk = talk or self._talks.new()
        talk.told = True  # the page shows the greeting
        return talk, resumed

    def opening(self, talk: Talk, resumed: bool) -> tuple[ChatMessage, ...]:
        """What a page shows before the resident writes: the greeting, and incident messages that
        this talk was not told yet."""
        texts = [] if resumed else [self.sentences.chat_greeting]
        return _messages(texts + _told(talk, self._notices()), ())

    async def say(self, text: str, conversation_id: str | None = None) -> ChatReply:
        """One turn that a resident typed. Raises ``RequestError``."""
        text = clean_text(text, self._max_chars)  # before a talk is made for nothing
        return await self.turn(await self._talk(conversation_id), text)

    async def turn(self, talk: Talk, text: str) -> ChatReply:
        """One typed turn of an open talk. Raises ``RequestError``."""
        text = clean_text(text, self._max_chars)
        async with self._talks.turn(talk):
            return await self._turn(talk, text, "typed")

    async def ask_person(self, talk: Talk) -> ChatReply:
        """The button "talk to a person": as saying so, but never misunderstood."""
        async with self._talks.turn(talk):
            return await self._turn(talk, HUMAN_WORD, "key")

    async def handoff(self, talk: Talk) -> HandoffStatus | None:
        """How far the talk's wish to reach a person is; None when there is none."""
        if not talk.asked_person:
            return None
        try:
            found = await self._desk.state(talk.id)
            place = await self._desk.position(talk.id)
        except RecordsError as error:
            telemetry.count_error(error.code)
            log.error("chat_handoff_unknown", code=error.code)
            return None
        if found is None or found.state == "ended":
            talk.asked_person = False
            talk.told_place = 0
            return None
        return _status(found, place)

    async def _talk(self, public_id: str | None) -> Talk:
        if not public_id:
            return self._talks.new()
        talk_id = our_id(public_id)
        known = await self._known(public_id)
        return known or self._talks.add(Talk(talk_id, public_id))

    async def _known(self, public_id: str) -> Talk | None:
        try:
            talk_id = our_id(public_id)
        except RequestError:
            return None
        talk = self._talks.find(talk_id)
        if talk:
            return talk
        kept = await self._kept(talk_id)
        if not kept.last_turn and not kept.handoff:
            return None
        asked = kept.handoff is not None
        return self._talks.add(
            Talk(talk_id, public_id, turn=kept.last_turn, told=True, asked_person=asked)
        )

    async def _kept(self, talk_id: str) -> Resumed:
        try:
            return await self._database.call(lambda session: resume(session, talk_id))
        except RecordsError as error:  # the talk goes on without its past
            telemetry.count_error(error.code)
            return Resumed()

    async def _turn(self, talk: Talk, text: str, kind: TurnKind) -> ChatReply:
        status = await self.handoff(talk)
        if status and status.state == "taken" and await self._clerk_is_gone(talk):
            talk.told_place = 0
            status = await self.handoff(talk)  # the assistant is back
        if status and status.state == "taken":
            return await self._to_clerk(talk, text, status)
        talk.turn += 1
        answer = await self._ask(talk, text, kind)
        reply = answer.reply
        texts = _texts(reply)
        opening: list[str] = []
        if not talk.told:  # said first, but for an emergency: there 112 is
            talk.told = True
            opening = [self.sentences.chat_disclosure]
        place = len(texts) if reply.understood.act == EMERGENCY else 0
        texts[place:place] = [*opening, *self._news(talk, reply)]
        if status is None and reply.handoff:
            status = await self._queue(talk, text, reply.handoff)
            texts += [] if status else [self.sentences.nobody_free]
        if status:
            texts += self._news_of_place(talk, status)
            self._show(talk, text, reply)
        talk.last_text = text
        await self._record(talk, text, kind, answer)
        return ChatReply(talk.public_id, _messages(texts, reply.choices), reply.understood, status)

    def _news(self, talk: Talk, reply: BotReply) -> list[str]:
        """Incident messages: all of them with the first answer, later those of the matter."""
        notices = self._notices()
        if talk.turn == 1:
            return _told(talk, notices)
        asked = reply.understood
        return _told(talk, concerning(notices, asked.topic)) if asked.act is None else []

    def _news_of_place(self, talk: Talk, status: HandoffStatus) -> list[str]:
        """The place in the queue, told once and again when it has changed."""
        place = status.position or 1
        if place == talk.told_place:
            return []
        talk.told_place = place
        return [self.sentences.handoff_chat_position.format(position=place)]

    async def _clerk_is_gone(self, talk: Talk) -> bool:
        try:
            return await self._desk.release_if_silent(talk.id)
        except RecordsError as error:
            telemetry.count_error(error.code)
            return False

    async def _to_clerk(self, talk: Talk, text: str, status: HandoffStatus) -> ChatReply:
        await self._desk.resident_says(talk.id, text)
        try:
            async with asyncio.timeout(self._deadline_s):
                understood = await self._dialogue.understand(text)
        except Exception as error:  # the clerk has read it; the engine is not needed here
            telemetry.count_error(_code(error))
            return ChatReply(talk.public_id, (), Understood(), status)
        texts: list[str] = []
        if understood.act == EMERGENCY:  # 112 comes first in any state, whoever has the talk
            texts = _texts((await self._ask(talk, text, "typed")).reply)
        return ChatReply(talk.public_id, _messages(texts, ()), understood, status)

    async def _ask(self, talk: Talk, text: str, kind: TurnKind) -> _Answer:
        """The engine's answer; when it fails, the sentence for trouble and a hand-off."""
        began_s = time.monotonic()
        try:
            async with asyncio.timeout(self._deadline_s):
                reply = await self._dialogue.reply(CallerTurn(talk.id, "chat", text))
            if not _texts(reply):
                raise DialogueError("dialogue-empty-reply")
        except Exception as error:  # a bug of an adapter must end at a person too
            code = _code(error)
            log.error("chat_dialogue_failed", code=code, fault_type=type(error).__name__)
            telemetry.count_error(code)
            trouble = Handoff(self._department, "trouble")
            reply = BotReply((_utterance(self.sentences.trouble),), handoff=trouble)
            return _Answer(reply, time.monotonic() - began_s, code)
        dialogue_s = time.monotonic() - began_s
        telemetry.count_turn("chat", kind)
        telemetry.observe_dialogue("chat", dialogue_s)
        return _Answer(self._surely_person(reply) if kind == "key" else reply, dialogue_s)

    def _surely_person(self, reply: BotReply) -> BotReply:
        if reply.handoff:
            return reply
        return replace(
            reply,
            utterances=(_utterance(self.sentences.handoff_chat_queued),),
            choices=(),
            handoff=Handoff(self._department, "asked", reply.understood.topic),
        )

    async def _queue(self, talk: Talk, text: str, handoff: Handoff) -> HandoffStatus | None:
        """Put the talk into the desk's queue; None when it cannot be written."""
        talk.asked_person = True  # set first: if the answer is lost, the next turn looks again
        try:
            summary = f"{talk.last_text} / {text}" if talk.last_text else text
            found = await self._desk.request(talk.id, "chat", handoff, summary[-SUMMARY_CHARS:])
            return _status(found, await self._desk.position(talk.id))
        except RecordsError as error:
            telemetry.count_error(error.code)
            log.error("chat_handoff_failed", code=error.code, reason=handoff.reason)
            return None

    def _show(self, talk: Talk, text: str, reply: BotReply) -> None:
        self._desk.show(talk.id, DeskLine("resident", text, now()))
        self._desk.show(talk.id, DeskLine("assistant", " ".join(_texts(reply)), now()))

    async def _record(self, talk: Talk, text: str, kind: TurnKind, answer: _Answer) -> None:
        await self._records.turn(
            TurnRecord(
                conversation_id=talk.id,
                channel="chat",
                turn=talk.turn,
                kind=kind,
                caller_text=text,  # the records mask what they keep
                bot_text=" ".join(_texts(answer.reply)),
                understood=answer.reply.understood,
                handoff=answer.reply.handoff,
                times=StageTimes(dialogue_s=answer.dialogue_s),
                error_code=answer.error_code,
                personal=answer.reply.personal,
            )
        )


def _utterance(text: str) -> Utterance:
    return Utterance(text, text)


def _texts(reply: BotReply) -> list[str]:
    return [utterance.text for utterance in reply.utterances if utterance.text.strip()]


def _told(talk: Talk, notices: Iterable[Notice]) -> list[str]:
    """The texts that the talk was not told yet; it is told them now."""
    found = untold(notices, talk.told_notices)
    talk.told_notices.update(notice.key for notice in found)
    return [notice.text for notice in found]


def _messages(texts: list[str], choices: tuple[str, ...]) -> tuple[ChatMessage, ...]:
    """One message a text; what may be chosen stands under the last one."""
    if not texts:
        return ()
    return (*(ChatMessage(text) for text in texts[:-1]), ChatMessage(texts[-1], choices))


def _status(talk: DeskTalk, position: int) -> HandoffStatus:
    return HandoffStatus(
        talk.department, talk.state, talk.reason, talk.topic, position or None, talk.clerk_name
    )


def _code(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "dialogue-timeout"
    return error.code if isinstance(error, DialogueError) else "dialogue-broken"
