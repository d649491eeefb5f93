"""Text talks: one turn in, one answer out, and a person when it is wanted."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.chat_parts import HOURS, SENTENCES, ChatParts, build_parts, sqlite_url
from voice_gateway.chat_talks import WAITING_TURNS, Talk, Talks, our_id
from voice_gateway.chat_text import clean_text
from voice_gateway.chat_values import ChatReply
from voice_gateway.errors import DialogueError, RequestError
from voice_gateway.records import queries
from voice_gateway.values import BotReply, Handoff, Understood, Utterance


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[ChatParts]:
    parts = build_parts(sqlite_url(tmp_path))
    yield parts
    await parts.close()


def texts(reply: ChatReply) -> list[str]:
    return [message.text for message in reply.replies]


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  o której\n\tdziś  otwieracie? ", "o której dziś otwieracie?"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("/restart", "/restart"),
        ("do\u0301m", "dóm"),
        ("dow\u200bód", "dowód"),
        ("\u202eabc def", "abc def"),
        ("👍", "👍"),
        ("?", "?"),
        ("pytanie \ud800 o dowód", "pytanie  o dowód"),
    ],
)
def test_text_is_cleaned(text: str, cleaned: str) -> None:
    assert clean_text(text, 100) == cleaned


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "request-empty-text"),
        (" \n\t ", "request-empty-text"),
        ("\u200b", "request-empty-text"),
        ("a" * 101, "request-text-too-long"),
        (" " * 1_000_000, "request-text-too-long"),
        ("dowód\0", "request-bad-text"),
        ("\x01\x02\x03PNG\x04\x05\x06", "request-bad-text"),
    ],
)
def test_text_is_refused(text: str, code: str) -> None:
    with pytest.raises(RequestError) as refused:
        clean_text(text, 100)
    assert refused.value.code == code
    assert refused.value.status == 422
    assert refused.value.detail_pl


def test_every_cleaned_text_can_be_sent_on() -> None:
    for number in range(1, 0x2000):
        for char in (chr(number), chr(number + 0xD000)):
            clean_text(f"ile kosztuje dowód {char} osobisty", 100).encode("utf-8")


async def test_first_turn_says_that_this_is_a_machine_and_answers(parts: ChatParts) -> None:
    reply = await parts.chat.say("o której otwieracie")
    assert texts(reply) == [SENTENCES.chat_disclosure, "Dziś do 16:00."]
    assert [list(m.choices) for m in reply.replies] == [[], ["A jutro?"]]
    assert uuid.UUID(reply.conversation_id).version == 4
    assert reply.understood == HOURS.understood
    assert reply.handoff is None


async def test_next_turn_goes_on_without_repeating_the_notice(parts: ChatParts) -> None:
    first = await parts.chat.say("o której otwieracie")
    second = await parts.chat.say("a jutro", first.conversation_id)
    assert second.conversation_id == first.conversation_id
    assert texts(second) == ["Dziś do 16:00."]
    assert {turn.conversation_id for turn in parts.dialogue.heard} == {first.conversation_id}


async def test_an_id_made_by_the_client_never_meets_a_phone_call(parts: ChatParts) -> None:
    reply = await parts.chat.say("dzień dobry", "my-page_1")
    again = await parts.chat.say("dzień dobry", "my-page_1")
    assert reply.conversation_id == again.conversation_id == "my-page_1"
    assert {turn.conversation_id for turn in parts.dialogue.heard} == {our_id("my-page_1")}
    assert our_id("my-page_1") != "my-page_1"
    call_id = str(uuid.uuid1())  # AudioSocket's ids look like this
    assert our_id(call_id) != call_id


@pytest.mark.parametrize("given", ["a b", "../x", "1.2", "ż", "x" * 65, "a\n"])
async def test_a_malformed_id_is_refused(parts: ChatParts, given: str) -> None:
    with pytest.raises(RequestError) as refused:
        await parts.chat.say("dzień dobry", given)
    assert refused.value.code == "request-bad-conversation"
    assert not parts.dialogue.heard


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (DialogueError("dialogue-down"), "dialogue-down"),
        (RuntimeError("a bug that quotes tajne słowa"), "dialogue-broken"),
        (TimeoutError(), "dialogue-timeout"),
    ],
)
async def test_a_broken_engine_ends_in_a_sentence_and_a_person(
    parts: ChatParts, fault: Exception, code: str
) -> None:
    parts.dialogue.script["pytanie"] = fault
    reply = await parts.chat.say("pytanie")
    assert SENTENCES.trouble in texts(reply)
    assert reply.handoff is not None
    assert (reply.handoff.department, reply.handoff.reason) == ("informacja", "trouble")
    assert reply.handoff.state == "waiting"
    await parts.records.flush()
    [turn] = await turns(parts, reply.conversation_id)
    assert turn.error_code == code
    assert [talk.reason for talk in await parts.desk.waiting()] == ["trouble"]


async def test_an_engine_that_answers_nothing_or_never_is_trouble(tmp_path: Path) -> None:
    parts = build_parts(sqlite_url(tmp_path), deadline_s=-0.95)  # 50 ms with the spare second
    parts.dialogue.script["puste"] = BotReply((Utterance(" ", ""),))
    assert SENTENCES.trouble in texts(await parts.chat.say("puste"))
    parts.dialogue.gate = asyncio.Event()
    assert SENTENCES.trouble in texts(await parts.chat.say("cisza"))
    await parts.close()


async def test_the_assistant_answers_while_waiting_is_silent_when_taken_and_comes_back(
    parts: ChatParts,
) -> None:
    asked = await parts.chat.say("konsultant")
    talk_id = asked.conversation_id
    assert texts(asked)[-1] == "Miejsce w kolejce: 1."
    assert asked.handoff is not None
    assert asked.handoff.as_jsonable() == {
        "department": "obywatelskie",
        "state": "waiting",
        "reason": "asked",
        "topic": "id_card",
        "position": 1,
    }
    meanwhile = await parts.chat.say("o której otwieracie", talk_id)
    assert texts(meanwhile) == ["Dziś do 16:00."], "the place was told and has not changed"
    assert meanwhile.replies[-1].choices == ("A jutro?",)

    await parts.desk.take(talk_id, "anna", "Anna")
    heard = len(parts.dialogue.heard)
    with_clerk = await parts.chat.say("mój numer 600 100 200", talk_id)
    assert with_clerk.replies == ()
    assert with_clerk.handoff is not None
    assert (with_clerk.handoff.state, with_clerk.handoff.name) == ("taken", "Anna")
    assert len(parts.dialogue.heard) == heard

    await parts.desk.end(talk_id, "anna")
    back = await parts.chat.say("o której otwieracie", talk_id)
    assert texts(back) == ["Dziś do 16:00."]
    assert back.handoff is None
    again = await parts.chat.say("konsultant", talk_id)
    assert again.handoff is not None
    assert again.handoff.state == "waiting"


async def test_a_clerk_who_went_away_does_not_leave_the_resident_in_silence(
    parts: ChatParts,
) -> None:
    asked = await parts.chat.say("konsultant")
    talk_id = asked.conversation_id
    await parts.desk.take(talk_id, "anna", "Anna")

    def hours_ago(table: str, column: str, hours: float) -> None:
        moment = queries.now() - timedelta(hours=hours)
        with parts.database.engine.begin() as connection:
            connection.exec_driver_sql(
                f"UPDATE {table} SET {column} = ?", (moment.strftime("%Y-%m-%d %H:%M:%S.%f"),)
            )

    hours_ago("handoffs", "taken_at", 1)
    await parts.desk.say(talk_id, "anna", "Sprawdzam")
    assert (await parts.chat.say("dziękuję", talk_id)).replies == ()  # she wrote a moment ago
    hours_ago("desk_messages", "created_at", 0.5)
    reply = await parts.chat.say("o której otwieracie", talk_id)
    assert texts(reply) == ["Dziś do 16:00.", "Miejsce w kolejce: 1."]
    assert (await parts.desk.take(talk_id, "ewa", "Ewa")).clerk == "ewa"


async def test_in_an_emergency_112_comes_before_everything(parts: ChatParts) -> None:
    parts.dialogue.script["pali się"] = BotReply(
        (Utterance("Proszę dzwonić pod 112.", "112"),), understood=Understood(act="emergency")
    )
    reply = await parts.chat.say("pali się")
    assert texts(reply) == ["Proszę dzwonić pod 112.", SENTENCES.chat_disclosure]


async def test_an_emergency_is_answered_even_when_a_clerk_has_the_talk(parts: ChatParts) -> None:
    parts.dialogue.script["pali się"] = BotReply(
        (Utterance("Proszę dzwonić pod 112.", "112"),), understood=Understood(act="emergency")
    )
    asked = await parts.chat.say("konsultant")
    await parts.desk.take(asked.conversation_id, "anna", "Anna")
    reply = await parts.chat.say("pali się", asked.conversation_id)
    assert texts(reply) == ["Proszę dzwonić pod 112."]
    parts.dialogue.script["a teraz"] = DialogueError("dialogue-down")
    assert (await parts.chat.say("a teraz", asked.conversation_id)).replies == ()


async def test_the_button_reaches_a_person_whatever_the_engine_understands(
    parts: ChatParts,
) -> None:
    parts.dialogue.script["konsultant"] = HOURS
    talk, _ = await parts.chat.open(None)
    reply = await parts.chat.ask_person(talk)
    assert texts(reply) == [SENTENCES.handoff_chat_queued, "Miejsce w kolejce: 1."]
    assert reply.handoff is not None
    assert reply.handoff.reason == "asked"


async def test_places_in_the_queue_move_up(parts: ChatParts) -> None:
    first = await parts.chat.say("konsultant")
    second = await parts.chat.say("konsultant")
    assert second.handoff is not None
    assert second.handoff.position == 2
    await parts.desk.take(first.conversation_id, "anna", "Anna")
    moved = await parts.chat.say("o której otwieracie", second.conversation_id)
    assert moved.handoff is not None
    assert moved.handoff.position == 1


async def test_a_restart_loses_no_hand_off(tmp_path: Path) -> None:
    before = build_parts(sqlite_url(tmp_path))
    asked = await before.chat.say("konsultant")
    await before.close()
    after = build_parts(sqlite_url(tmp_path))
    assert [talk.talk_id for talk in await after.desk.waiting()] == [asked.conversation_id]
    await after.desk.take(asked.conversation_id, "anna", "Anna")
    reply = await after.chat.say("halo", asked.conversation_id)
    assert reply.replies == ()
    talk, resumed = await after.chat.open(asked.conversation_id)
    assert resumed
    assert talk.turn == 1
    await after.close()


async def test_an_unknown_id_starts_a_new_talk_on_a_page(parts: ChatParts) -> None:
    for given in (str(uuid.uuid4()), "nobody-knows", "../x", "", None):
        talk, resumed = await parts.chat.open(given)
        assert not resumed
        assert talk.public_id != given


async def test_without_a_database_the_talk_goes_on_and_names_the_telephone(
    parts: ChatParts,
) -> None:
    with parts.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE desk_messages")
        connection.exec_driver_sql("DROP TABLE handoffs")
    reply = await parts.chat.say("konsultant")
    assert texts(reply)[-1] == SENTENCES.nobody_free
    assert reply.handoff is None
    assert texts(await parts.chat.say("o której", reply.conversation_id)) == ["Dziś do 16:00."]


async def test_one_turn_at_a_time_and_a_flood_is_refused(parts: ChatParts) -> None:
    parts.dialogue.gate = asyncio.Event()
    talk, _ = await parts.chat.open(None)
    many = [asyncio.create_task(parts.chat.turn(talk, f"pytanie {n}")) for n in range(10)]
    other = asyncio.create_task(parts.chat.say("inna rozmowa"))
    await asyncio.wait(many, return_when=asyncio.FIRST_COMPLETED)  # the flood is refused at once
    parts.dialogue.gate.set()
    results = await asyncio.gather(*many, return_exceptions=True)
    refused = [r for r in results if isinstance(r, RequestError)]
    assert len(refused) == 10 - 1 - WAITING_TURNS
    assert {(r.code, r.status) for r in refused} == {("request-too-fast", 429)}
    mine = [t for t in parts.dialogue.heard if t.conversation_id == talk.id]
    assert [t.text for t in mine] == [f"pytanie {n}" for n in range(1 + WAITING_TURNS)]
    assert parts.dialogue.most_active <= 2  # this talk and the other one
    assert texts(await other)


async def test_the_turn_is_kept_masked_with_ids_and_times(parts: ChatParts) -> None:
    reply = await parts.chat.say("mój PESEL 44051401359")
    await parts.records.flush()
    [turn] = await turns(parts, reply.conversation_id)
    assert turn.caller_text == "mój PESEL ###########"
    assert turn.bot_text == "Dziś do 16:00."
    assert (turn.channel, turn.topic, turn.aspect, turn.turn) == ("chat", "office", "hours", 1)
    assert turn.dialogue_s is not None
    assert turn.created_at.tzinfo is not None


async def turns(parts: ChatParts, talk_id: str) -> list[queries.TurnRow]:
    def query(session: Session) -> list[queries.TurnRow]:
        return queries.turns_of(session, talk_id)

    return await parts.database.call(query)


def test_idle_talks_are_forgotten_and_their_number_is_bounded() -> None:
    now = 0.0
    talks = Talks(lambda: now, max_talks=3, idle_s=100)
    first, second, third = talks.new(), talks.new(), talks.new()
    now = 50.0
    assert talks.find(first.id) is first
    assert talks.new()
    assert talks.find(second.id) is None  # the longest idle made room
    now = 149.0
    assert talks.find(third.id) is None
    assert len(talks) == 2
    now = 300.0
    assert talks.find(first.id) is None
    assert len(talks) == 0


async def test_when_all_talks_are_in_a_turn_a_new_one_is_refused() -> None:
    talks = Talks(max_talks=1)
    async with talks.turn(talks.new()):
        with pytest.raises(RequestError) as refused:
            talks.new()
    assert (refused.value.code, refused.value.status) == ("request-busy", 503)
    assert isinstance(talks.new(), Talk)


async def test_hand_off_of_the_reply_is_what_the_desk_gets(parts: ChatParts) -> None:
    parts.dialogue.script["skarga"] = BotReply(
        (Utterance("Przykro nam.", "Przykro nam."),), handoff=Handoff("odpady", "complaint", None)
    )
    await parts.chat.say("skarga")
    [talk] = await parts.desk.waiting()
    assert (talk.department, talk.reason, talk.summary) == ("odpady", "complaint", "skarga")
    first = await parts.chat.say("ile kosztuje dowód 123")
    await parts.chat.say("konsultant", first.conversation_id)
    assert (await parts.desk.waiting())[1].summary == "ile kosztuje dowód ### / konsultant"
