"""The queue to people: who waits, who took whom, what they write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chat_parts import ChatParts, build_parts, sqlite_url
from voice_gateway.desk import LINES_AS_TYPED
from voice_gateway.desk_events import STREAM_EVENTS, DeskEvent, EventStream
from voice_gateway.errors import RequestError
from voice_gateway.records.database import RecordsError
from voice_gateway.values import Handoff

ASKED = Handoff("obywatelskie", "asked", "id_card")


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[ChatParts]:
    parts = build_parts(sqlite_url(tmp_path))
    yield parts
    await parts.close()


async def refusal(awaitable: object) -> tuple[str, int]:
    with pytest.raises(RequestError) as refused:
        await awaitable  # type: ignore[misc]  # any of the desk's coroutines
    assert refused.value.detail_pl
    return refused.value.code, refused.value.status


def read(stream: EventStream) -> list[DeskEvent]:
    events = []
    while not stream._queue.empty():
        event = stream._queue.get_nowait()
        if event:
            events.append(event)
    return events


async def test_a_waiting_talk_is_listed_with_a_masked_summary(parts: ChatParts) -> None:
    await parts.desk.request("t1", "chat", ASKED, "dowód, PESEL 44051401359")
    [talk] = await parts.desk.waiting()
    assert (talk.talk_id, talk.channel, talk.state) == ("t1", "chat", "waiting")
    assert (talk.department, talk.reason, talk.topic) == ("obywatelskie", "asked", "id_card")
    assert talk.summary == "dowód, PESEL ###########"
    assert talk.since.tzinfo is not None


async def test_asking_twice_keeps_one_place(parts: ChatParts) -> None:
    await parts.desk.request("t1", "chat", ASKED, "")
    await parts.desk.request("t2", "chat", ASKED, "")
    await parts.desk.request("t1", "chat", Handoff("odpady", "complaint"), "")
    assert [talk.talk_id for talk in await parts.desk.waiting()] == ["t1", "t2"]
    assert await parts.desk.position("t1") == 1
    assert await parts.desk.position("t2") == 2
    assert await parts.desk.position("nobody") == 0


async def test_of_two_clerks_one_wins_and_the_other_is_told(parts: ChatParts) -> None:
    await parts.desk.request("t1", "chat", ASKED, "")
    results = await asyncio.gather(
        *(parts.desk.take("t1", clerk, clerk.title()) for clerk in ("anna", "ewa", "jan")),
        return_exceptions=True,
    )
    lost = [r for r in results if isinstance(r, RequestError)]
    assert [(r.code, r.status) for r in lost] == [("request-desk-taken", 409)] * 2
    [talk] = await parts.desk.waiting()
    assert talk.state == "taken"
    assert (await parts.desk.take("t1", talk.clerk, "")).clerk_name == talk.clerk.title()


async def test_only_the_clerk_who_took_the_talk_may_write_and_end(parts: ChatParts) -> None:
    await parts.desk.request("t1", "chat", ASKED, "")
    not_yours = ("request-desk-not-yours", 403)
    assert await refusal(parts.desk.say("t1", "anna", "Dzień dobry")) == not_yours
    await parts.desk.take("t1", "anna", "Anna")
    assert await refusal(parts.desk.say("t1", "ewa", "Dzień dobry")) == not_yours
    assert await refusal(parts.desk.end("t1", "ewa")) == not_yours
    await parts.desk.end("t1", "anna")
    ended = ("request-desk-ended", 409)
    assert await refusal(parts.desk.say("t1", "anna", "Halo")) == ended
    assert await refusal(parts.desk.take("t1", "anna", "Anna")) == ended
    assert await parts.desk.waiting() == []


async def test_unknown_talks_and_bad_texts_are_refused(parts: ChatParts) -> None:
    unknown = ("request-desk-unknown", 404)
    assert await refusal(parts.desk.take("x", "anna", "Anna")) == unknown
    assert await refusal(parts.desk.say("x", "anna", "tekst")) == unknown
    assert await refusal(parts.desk.end("x", "anna")) == unknown
    assert await refusal(parts.desk.talk("x")) == unknown
    assert await refusal(parts.desk.say("x", "anna", " \0 ")) == ("request-empty-text", 422)
    assert await refusal(parts.desk.say("x", "anna", "a" * 4001)) == ("request-text-too-long", 422)


async def test_a_phone_talk_is_listed_but_not_taken_in_the_chat(parts: ChatParts) -> None:
    await parts.records.handoff("call-1", "phone", ASKED, "")
    [talk] = await parts.desk.waiting()
    assert (talk.talk_id, talk.channel) == ("call-1", "phone")
    refused = await refusal(parts.desk.take("call-1", "anna", "Anna"))
    assert refused == ("request-desk-phone", 409)
    await parts.desk.close_talk("call-1")  # the dialplan has connected the caller
    assert await parts.desk.waiting() == []


async def test_who_asked_by_microphone_and_goes_on_in_the_chat_is_answered_there(
    parts: ChatParts,
) -> None:
    talk_id = (await parts.chat.say("godziny")).conversation_id
    await parts.records.handoff(talk_id, "browser", ASKED, "")
    assert await refusal(parts.desk.take(talk_id, "anna", "Anna")) == ("request-desk-phone", 409)
    await parts.chat.say("konsultant", talk_id)  # what the page does by itself then
    [talk] = await parts.desk.waiting()
    assert (talk.channel, talk.reason) == ("chat", ASKED.reason)
    assert (await parts.desk.take(talk_id, "anna", "Anna")).state == "taken"


async def test_a_talk_shows_what_was_said_in_order_typed_now_and_masked_later(
    parts: ChatParts, tmp_path: Path
) -> None:
    asked = await parts.chat.say("konsultant")
    talk_id = asked.conversation_id
    await parts.records.flush()
    await parts.desk.take(talk_id, "anna", "Anna")
    await parts.desk.say(talk_id, "anna", "W czym pomóc?")
    await parts.chat.say("mój numer 600100200", talk_id)
    _, lines = await parts.desk.talk(talk_id)
    assert [(line.who, line.text, line.name) for line in lines] == [
        ("resident", "konsultant", ""),
        ("assistant", "Przekazuję rozmowę pracownikowi.", ""),
        ("clerk", "W czym pomóc?", "Anna"),
        ("resident", "mój numer 600100200", ""),
    ]
    await parts.desk.end(talk_id, "anna")
    _, lines = await parts.desk.talk(talk_id)
    assert lines[-1].text == "mój numer #########"
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"600100200" not in stored


async def test_events_reach_clerks_and_the_resident(parts: ChatParts) -> None:
    stream = parts.desk.events()
    asked = await parts.chat.say("konsultant")
    talk_id = asked.conversation_id
    await parts.desk.take(talk_id, "anna", "Anna")
    parts.desk.typing(talk_id, "clerk")
    await parts.desk.say(talk_id, "anna", "Dzień dobry")
    await parts.chat.say("halo 123", talk_id)
    await parts.desk.end(talk_id, "anna")
    events = read(stream)
    assert {event.talk_id for event in events} == {talk_id}
    told = [(event.kind, event.line.text if event.line else event.who) for event in events]
    assert told == [
        ("waiting", ""),
        ("line", "konsultant"),
        ("line", "Przekazuję rozmowę pracownikowi."),
        ("taken", ""),
        ("typing", "clerk"),
        ("line", "Dzień dobry"),
        ("line", "halo 123"),
        ("ended", ""),
    ]


async def test_a_call_without_a_summary_shows_the_callers_last_words(parts: ChatParts) -> None:
    await parts.chat.say("o której otwieracie", "page-1")
    await parts.chat.say("konsultant", "page-1")
    await parts.records.flush()
    [talk] = await parts.desk.waiting()
    with parts.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE handoffs SET context = ''")
    [talk] = await parts.desk.waiting()
    assert talk.summary == "o której otwieracie / konsultant"


async def test_a_listener_that_does_not_read_is_ended_and_others_go_on(parts: ChatParts) -> None:
    slow, quick = parts.desk.events(), parts.desk.events()
    for _ in range(STREAM_EVENTS + 1):
        parts.desk.typing("t1", "clerk")
        assert (await anext(quick)).kind == "typing"
    assert slow.ended
    assert [event async for event in slow] == []
    assert not quick.ended
    parts.desk.close()
    assert [event async for event in quick] == []


async def test_words_as_typed_are_bounded(parts: ChatParts) -> None:
    await parts.desk.request("t1", "chat", ASKED, "")
    await parts.desk.take("t1", "anna", "Anna")
    for number in range(LINES_AS_TYPED + 5):
        await parts.desk.resident_says("t1", f"{number}")
    assert len(parts.desk._as_typed["t1"]) == LINES_AS_TYPED
    await parts.desk.end("t1", "anna")
    assert parts.desk._as_typed == {}


async def test_words_reach_the_clerk_even_when_they_cannot_be_kept(parts: ChatParts) -> None:
    await parts.desk.request("t1", "chat", ASKED, "")
    await parts.desk.take("t1", "anna", "Anna")
    stream = parts.desk.events()
    with parts.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE desk_messages")
    await parts.desk.resident_says("t1", "halo")
    [event] = read(stream)
    assert event.line is not None
    assert event.line.text == "halo"
    with pytest.raises(RecordsError):
        await parts.desk.talk("t1")
