"""The text doors over HTTP and WebSocket, as outside programs and the page use them."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from tests.chat_parts import SENTENCES, ChatParts, build_app, build_parts, sqlite_url
from voice_gateway import chat_socket
from voice_gateway.errors import DialogueError
from voice_gateway.records.queries import resume

FAR_AWAY = ("203.0.113.7", 40_000)


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[ChatParts]:
    parts = build_parts(sqlite_url(tmp_path))
    yield parts
    await parts.close()


@asynccontextmanager
async def client_of(app: FastAPI, address: tuple[str, int]) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=address)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
async def client(parts: ChatParts) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build_app(parts), FAR_AWAY) as client:
        yield client


async def kept_turns(parts: ChatParts, talk_id: str) -> int:
    await parts.records.flush()
    return (await parts.database.call(lambda session: resume(session, talk_id))).last_turn


class Page:
    """A page on ``/ws/chat``: what a browser would send and get, without a network."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Page:
        scope = {
            "type": "websocket",
            "path": "/ws/chat",
            "query_string": b"",
            "headers": [],
            "client": FAR_AWAY,
            "subprotocols": [],
        }
        send = cast("Callable[[Any], Awaitable[None]]", self._from_app.put)
        self._task = asyncio.create_task(self._app(scope, self._to_app.get, send))
        await self._to_app.put({"type": "websocket.connect"})
        assert (await self._next())["type"] == "websocket.accept"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task
        with suppress(asyncio.CancelledError):
            await self._to_app.put({"type": "websocket.disconnect", "code": 1001})
            await asyncio.wait_for(self._task, 5)

    async def _next(self) -> dict[str, Any]:
        return await asyncio.wait_for(self._from_app.get(), 5)

    async def send(self, message: object) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        await self._to_app.put({"type": "websocket.receive", "text": text})

    async def read(self) -> dict[str, Any]:
        message = await self._next()
        assert message["type"] == "websocket.send", message
        return cast("dict[str, Any]", json.loads(message["text"]))

    async def closed(self) -> int:
        message = await self._next()
        assert message["type"] == "websocket.close", message
        return cast("int", message["code"])

    async def ask(self, message: object) -> dict[str, Any]:
        await self.send(message)
        return await self.read()


async def test_one_turn_has_exactly_the_fields_of_the_contract(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/v1/chat", json={"text": "o której otwieracie"})
    assert response.status_code == 200
    body = response.json()
    assert set(body) == {"conversation_id", "replies", "understood", "handoff"}
    assert body["replies"][-1] == {"text": "Dziś do 16:00.", "choices": ["A jutro?"]}
    assert body["understood"] == {
        "act": None,
        "topic": "office",
        "aspect": "hours",
        "confidence": 0.9,
        "entities": [],
        "model": "scripted",
    }
    assert body["handoff"] is None
    again = await client.post(
        "/api/v1/chat", json={"text": "a jutro", "conversation_id": body["conversation_id"]}
    )
    assert again.json()["conversation_id"] == body["conversation_id"]


async def test_understanding_answers_nothing_and_changes_nothing(
    client: httpx.AsyncClient, parts: ChatParts
) -> None:
    response = await client.post("/api/v1/understand", json={"text": "godziny"})
    assert response.json()["topic"] == "office"
    assert set(response.json()) == {"act", "topic", "aspect", "confidence", "entities", "model"}
    assert parts.dialogue.heard == []


async def test_a_hand_off_shows_department_state_and_place(client: httpx.AsyncClient) -> None:
    body = (await client.post("/api/v1/chat", json={"text": "konsultant"})).json()
    assert body["handoff"] == {
        "department": "obywatelskie",
        "state": "waiting",
        "reason": "asked",
        "topic": "id_card",
        "position": 1,
    }


@pytest.mark.parametrize("path", ["/api/v1/chat", "/api/v1/understand"])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": ""}, "request-empty-text"),
        ({"text": "x" * 1001}, "request-text-too-long"),
        ({"text": "a\0b"}, "request-bad-text"),
        ({"text": 5}, "request-invalid"),
        ({"text": None}, "request-invalid"),
        ({}, "request-invalid"),
        ([], "request-invalid"),
    ],
)
async def test_bad_texts_are_refused_with_a_code(
    client: httpx.AsyncClient, path: str, body: object, code: str
) -> None:
    response = await client.post(path, json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == code


async def test_a_lone_surrogate_and_markup_are_just_text(client: httpx.AsyncClient) -> None:
    body = b'{"text": "<b>dow\\u00f3d</b> \\ud800 cena"}'
    response = await client.post(
        "/api/v1/chat", content=body, headers={"content-type": "application/json"}
    )
    assert response.status_code == 200


async def test_a_dead_engine_is_a_sentence_in_the_chat_and_503_for_understanding(
    client: httpx.AsyncClient, parts: ChatParts
) -> None:
    parts.dialogue.script["pytanie"] = DialogueError("dialogue-timeout")
    chat = await client.post("/api/v1/chat", json={"text": "pytanie"})
    assert chat.status_code == 200
    assert SENTENCES.trouble in [reply["text"] for reply in chat.json()["replies"]]
    understand = await client.post("/api/v1/understand", json={"text": "pytanie"})
    assert (understand.status_code, understand.json()["code"]) == (503, "dialogue-timeout")


async def test_a_flood_from_one_address_is_refused_and_others_go_on(parts: ChatParts) -> None:
    app = build_app(parts, rate="3/minute")
    statuses: dict[str, list[int]] = {}
    for address in ("203.0.113.7", "203.0.113.8", "127.0.0.1", "::1"):
        async with client_of(app, (address, 1)) as client:
            statuses[address] = [
                (await client.post("/api/v1/understand", json={"text": "x"})).status_code
                for _ in range(5)
            ]
    assert statuses["203.0.113.7"] == statuses["203.0.113.8"] == [200, 200, 200, 429, 429]
    assert statuses["127.0.0.1"] == statuses["::1"] == [200] * 5


async def test_a_page_is_greeted_answered_and_may_come_back(parts: ChatParts) -> None:
    app = build_app(parts)
    async with Page(app) as page:
        welcome = await page.ask({"type": "hello"})
        assert welcome["replies"] == [{"text": SENTENCES.chat_greeting, "choices": []}]
        assert (welcome["type"], welcome["resumed"]) == ("welcome", False)
        turn = await page.ask({"type": "say", "text": "o której otwieracie"})
        assert turn["type"] == "turn"
        assert turn["conversation_id"] == welcome["conversation_id"]
        assert turn["replies"] == [{"text": "Dziś do 16:00.", "choices": ["A jutro?"]}]
        assert turn["understood"]["topic"] == "office"
    async with Page(app) as page:
        talk_id = welcome["conversation_id"]
        back = await page.ask({"type": "hello", "conversation_id": talk_id})
        assert (back["conversation_id"], back["resumed"], back["replies"]) == (talk_id, True, [])
    for unknown in (str(uuid.uuid4()), "../x", 5):
        async with Page(app) as page:
            new = await page.ask({"type": "hello", "conversation_id": unknown})
            assert (new["resumed"], new["conversation_id"] == unknown) == (False, False)


async def test_a_page_talks_to_a_clerk_and_gets_the_assistant_back(parts: ChatParts) -> None:
    async with Page(build_app(parts)) as page:
        talk_id = (await page.ask({"type": "hello"}))["conversation_id"]
        turn = await page.ask({"type": "human"})
        assert turn["handoff"]["state"] == "waiting"
        waiting = await page.read()
        assert (waiting["type"], waiting["state"], waiting["position"]) == ("handoff", "waiting", 1)

        await parts.desk.take(talk_id, "anna", "Anna")
        taken = await page.read()
        assert (taken["type"], taken["state"], taken["name"]) == ("handoff", "taken", "Anna")
        assert taken["text"] == SENTENCES.handoff_chat_taken
        parts.desk.typing(talk_id, "clerk")
        assert await page.read() == {"type": "typing"}
        await parts.desk.say(talk_id, "anna", "W czym pomóc?")
        assert await page.read() == {"type": "human", "text": "W czym pomóc?", "name": "Anna"}

        clerk = parts.desk.events()
        await page.send({"type": "typing"})
        silent = await page.ask({"type": "say", "text": "mam pytanie"})
        assert silent["replies"] == []
        assert silent["handoff"]["state"] == "taken"
        assert [(await anext(clerk)).kind for _ in range(2)] == ["typing", "line"]

        await parts.desk.end(talk_id, "anna")
        ended = await page.read()
        assert (ended["state"], ended["text"]) == ("ended", SENTENCES.handoff_chat_ended)
        turn = await page.ask({"type": "say", "text": "o której otwieracie"})
        assert turn["replies"][0]["text"] == "Dziś do 16:00."
        assert turn["handoff"] is None


async def test_a_waiting_page_is_told_that_the_queue_moved(parts: ChatParts) -> None:
    first = await parts.chat.say("konsultant")
    async with Page(build_app(parts)) as page:
        await page.ask({"type": "say", "text": "konsultant"})  # no hello: a talk all the same
        assert (await page.read())["handoff"]["position"] == 2
        assert (await page.read())["position"] == 2
        await parts.desk.take(first.conversation_id, "anna", "Anna")
        moved = await page.read()
        assert (moved["type"], moved["position"]) == ("handoff", 1)


async def test_bad_messages_get_an_error_and_the_connection_stays(parts: ChatParts) -> None:
    async with Page(build_app(parts)) as page:
        await page.ask({"type": "hello"})
        for bad in (
            "",
            "{",
            "[]",
            "null",
            "[" * 10_000,
            {"type": "say"},
            {"type": "say", "text": 1},
        ):
            error = await page.ask(bad)
            assert (error["type"], error["code"]) == ("error", "request-bad-message")
        error = await page.ask({"type": "say", "text": " "})
        assert (error["code"], bool(error["detail"])) == ("request-empty-text", True)
        await page.send({"type": "something-new"})
        await page.send({"type": "typing"})
        assert (await page.ask({"type": "say", "text": "godziny"}))["type"] == "turn"


async def test_a_slow_answer_is_announced(parts: ChatParts, monkeypatch: Any) -> None:
    monkeypatch.setattr(chat_socket, "THINKING_S", 0.01)
    parts.dialogue.gate = asyncio.Event()
    async with Page(build_app(parts)) as page:
        await page.ask({"type": "hello"})
        assert await page.ask({"type": "say", "text": "godziny"}) == {"type": "typing"}
        parts.dialogue.gate.set()
        assert (await page.read())["type"] == "turn"


async def test_a_question_is_answered_and_kept_even_if_the_page_goes_away(
    parts: ChatParts,
) -> None:
    parts.dialogue.gate = asyncio.Event()
    async with Page(build_app(parts)) as page:
        await page.ask({"type": "hello"})
        await page.send({"type": "say", "text": "godziny"})
        while not parts.dialogue.heard:
            await asyncio.sleep(0)
        parts.dialogue.gate.set()
    talk_id = parts.dialogue.heard[0].conversation_id
    while not await kept_turns(parts, talk_id):
        await asyncio.sleep(0.01)


async def test_huge_messages_and_a_stopping_gateway_close_the_connection(
    parts: ChatParts,
) -> None:
    app = build_app(parts)
    async with Page(app) as page:
        await page.send({"type": "say", "text": "ż" * 9000})
        assert await page.closed() == 1009
    async with Page(app) as page:
        await page.ask({"type": "hello"})
        parts.desk.close()
        assert await page.closed() == 1012
