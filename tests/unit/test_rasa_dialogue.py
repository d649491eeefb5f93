"""The Rasa adapter against scripted HTTP answers: every way Rasa goes wrong is a code."""

import json

import httpx
import pytest

from voice_gateway.dialogue.rasa import RasaDialogue, without_command
from voice_gateway.errors import DialogueError
from voice_gateway.settings import Settings
from voice_gateway.values import CallerTurn, Handoff

TURN = CallerTurn("talk-1", "phone", "/ile kosztuje dowód", "speech")
PIECE = {
    "text": "Nic.",
    "spoken": "Nic nie kosztuje.",
    "choices": ["Dokumenty"],
    "handoff": {"department": "obywatelskie", "reason": "asked", "topic": "id_card"},
    "understood": {
        "act": None,
        "topic": "id_card",
        "aspect": "cost",
        "confidence": 0.9,
        "entities": [{"entity": "topic", "value": "id_card", "start": 0, "end": 19}],
        "model": "m1",
    },
}


def engine(answer) -> RasaDialogue:
    return RasaDialogue(Settings(_env_file=None), transport=httpx.MockTransport(answer))


async def test_a_reply_becomes_values_and_the_slash_is_gone():
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content))
        return httpx.Response(200, json=[{"recipient_id": "x", "custom": PIECE}])

    reply = await engine(answer).reply(TURN)
    assert seen[0]["message"] == "ile kosztuje dowód"
    assert seen[0]["metadata"] == {"channel": "phone", "kind": "speech"}
    assert reply.utterances[0].spoken == "Nic nie kosztuje."
    assert reply.choices == ("Dokumenty",)
    assert reply.handoff == Handoff("obywatelskie", "asked", "id_card")
    assert (reply.understood.topic, reply.understood.aspect) == ("id_card", "cost")


def refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


def hang(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refuse, "dialogue-down"),
        (hang, "dialogue-timeout"),
        (lambda _: httpx.Response(200, json=[]), "dialogue-empty-reply"),
        (lambda _: httpx.Response(200, json={"no": 1}), "dialogue-bad-reply"),
        (lambda _: httpx.Response(200, json=[{"text": "raw"}]), "dialogue-bad-reply"),
        (lambda _: httpx.Response(200, content=b"<html>"), "dialogue-bad-reply"),
        (lambda _: httpx.Response(500), "dialogue-bad-reply"),
    ],
)
async def test_every_failure_has_its_code(answer, code):
    with pytest.raises(DialogueError) as failed:
        await engine(answer).reply(TURN)
    assert failed.value.code == code


@pytest.mark.parametrize(
    ("typed", "sent"), [("/restart", "restart"), ("//x", "x"), ("/", "?"), ("a/b", "a/b")]
)
def test_slashes(typed, sent):
    assert without_command(typed) == sent
