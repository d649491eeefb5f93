"""Parts are killed in the middle of talks: a sentence and a person, and the part comes back."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest

from tests.kept_dead import kept_dead
from tests.product.test_text import ask, shown
from tests.product.test_voice import AUDIO, events, heard_words
from tests.running_product import RunningProduct
from voice_gateway.voice_client import VoiceCaller, read_wav

pytestmark = pytest.mark.rasa


async def call(
    product: RunningProduct, breaking: Callable[[], AbstractContextManager[None]]
) -> VoiceCaller:
    """Ask by voice while something is broken."""
    recording = read_wav(AUDIO / "godziny.wav")
    async with VoiceCaller(product.voice_url, recording.rate_hz) as caller:
        await caller.wait_until_quiet()
        with breaking():
            await caller.say(recording.pcm)
            assert await caller.wait_until_quiet(after_s=caller.spoke_until_s), "never silence"
    return caller


@pytest.mark.parametrize("part", ["rasa", "actions"])
def test_killed_in_a_call_there_is_a_sentence_and_a_person(product, part):
    caller = asyncio.run(call(product, lambda: kept_dead(lambda: product.pid(part))))
    assert events(caller, "handoff")[0]["reason"] == "trouble"
    assert "techniczny" in heard_words(bytes(caller.ear.heard), caller.ear.rate_hz)
    product.wait_until_ready()
    assert shown(ask(product, "o której dziś otwieracie?"))


@pytest.mark.parametrize("part", ["rasa", "actions"])
def test_killed_in_a_chat_there_is_a_sentence_and_a_person(product, part):
    with kept_dead(lambda: product.pid(part)):
        reply = ask(product, "o której dziś otwieracie?")
    assert reply["handoff"]["reason"] == "trouble"
    assert shown(reply)
    product.wait_until_ready()


def test_a_killed_voice_worker_is_not_heard(product):
    def once() -> AbstractContextManager[None]:
        product.kill("voice")
        return nullcontext()

    caller = asyncio.run(call(product, once))
    assert any(event.get("times") for event in events(caller, "reply")) or events(caller, "handoff")
    product.wait_until_ready()


def test_a_killed_gateway_comes_back(product):
    product.kill("gateway")
    product.wait_until_ready()
    assert shown(ask(product, "o której dziś otwieracie?"))
