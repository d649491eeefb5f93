"""A resident phones the real product: Asterisk, gateway, Vosk, Rasa, actions, voice, a clerk.

Times here are generous, because a test machine may be busy; measure.py gives the figures.
"""

import base64
import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.kept_dead import kept_dead
from tests.telephony.ears import Sound
from tests.telephony.phone import Phone
from tests.telephony.product import Product
from tests.telephony.rig import Rig, wait_for
from tests.telephony.test_handover import both_hear_each_other, reached
from voice_gateway.recognizers.vosk_recognizer import VoskRecognizer
from voice_gateway.settings import Settings
from voice_gateway.speech_models import speech_model_folder
from voice_gateway.voice_client import read_wav

pytestmark = [pytest.mark.telephony, pytest.mark.rasa, pytest.mark.timeout(400)]

RECORDINGS = Path(__file__).parents[1] / "audio"
MAX_CALLS = 3


@pytest.fixture(scope="module")
def product(rig: Rig) -> Iterator[Product]:
    product = Product(rig, MAX_CALLS)
    try:
        product.wait_ready()
        yield product
    finally:
        product.stop()


@pytest.fixture(scope="module")
def ear() -> VoskRecognizer:
    return VoskRecognizer(speech_model_folder(Settings()))


def spoken(name: str) -> bytes:
    return read_wav(RECORDINGS / f"{name}.wav").pcm


def words(ear: VoskRecognizer, sound: Sound, from_s: float, to_s: float) -> str:
    session = ear.open(8000)
    session.accept(sound.pcm(from_s, to_s) + bytes(8000))
    return session.finish().text


def test_greeting_question_answer_and_a_person(product, ear, caller, clerk):
    answered_s = caller.call()
    began_s = caller.heard.wait_begin(answered_s)
    assert began_s - answered_s < 2.0
    ended_s = caller.heard.wait_end(answered_s)
    greeting = words(ear, caller.heard, answered_s, ended_s)
    assert "automat" in greeting, "it does not say that it is a machine: " + greeting
    assert "konsultant" in greeting, greeting

    asked_s = caller.speak(spoken("godziny"))
    said_s = caller.said.wait_end(asked_s)
    answer_began_s = caller.heard.wait_begin(said_s - 1.0)
    answer_ended_s = caller.heard.wait_end(answer_began_s - 0.02)
    answer = words(ear, caller.heard, answer_began_s, answer_ended_s)
    assert any(word in answer for word in ("urząd", "otwarcie", "godziny", "czynny")), answer

    asked_s = caller.speak(spoken("konsultant"))
    invite = reached(clerk, asked_s)
    assert "X-Halo-Call: " in invite
    assert "X-Halo-Context: reason=asked" in invite
    assert caller.heard.loud_s(asked_s, time.time()) > 0.5, "no word that a person is coming"
    both_hear_each_other(caller, clerk)


def test_an_answer_stops_when_the_caller_speaks(product, caller):
    answered_s = caller.call()
    caller.heard.wait_end(answered_s)
    asked_s = caller.speak(spoken("smieci"))
    said_s = caller.said.wait_end(asked_s)
    answer_s = caller.heard.wait_begin(said_s - 1.0)
    time.sleep(max(0.0, answer_s + 0.5 - time.time()))
    cut_in_s = caller.said.wait_begin(caller.speak(spoken("godziny")))
    said_s = caller.said.wait_end(cut_in_s - 0.02)
    assert caller.heard.loud_s(cut_in_s + 1.0, said_s) == 0, "it talks on over the caller"
    caller.heard.wait_begin(said_s)
    caller.hang_up()


def test_key_0_is_a_person(product, caller, clerk):
    answered_s = caller.call()
    caller.heard.wait_begin(answered_s)
    pressed_s = time.time()
    caller.press("0")
    assert "X-Halo-Context: reason=" in reached(clerk, pressed_s)
    both_hear_each_other(caller, clerk)


@pytest.mark.parametrize("number", ["100", "101"], ids=["websocket", "audiosocket"])
def test_hanging_up_ends_the_talk(product, caller, number):
    answered_s = caller.call(number)
    caller.heard.wait_begin(answered_s)
    assert product.active_calls() == 1
    caller.hang_up()
    wait_for(lambda: product.active_calls() == 0, 5, "the talk goes on without a caller")


def test_audiosocket_answers_too(product, caller):
    answered_s = caller.call("101")
    caller.heard.wait_end(answered_s)
    asked_s = caller.speak(spoken("godziny"))
    said_s = caller.said.wait_end(asked_s)
    caller.heard.wait_begin(said_s - 1.0)
    caller.hang_up()


def test_calls_above_the_limit_reach_a_person(product, rig, caller, clerk):
    lines = [dial(rig) for _ in range(MAX_CALLS)]
    try:
        wait_for(lambda: product.active_calls() == MAX_CALLS, 5, "the lines are not taken")
        called_s = caller.call()
        reached(clerk)
        assert caller.heard.loud_s(called_s, time.time()) > 1.0
        both_hear_each_other(caller, clerk)
    finally:
        for line in lines:
            line.close()


def test_two_calls_with_one_id(product, rig):
    call_id = str(uuid.uuid4())
    first = dial(rig, call_id)
    with pytest.raises(InvalidStatus) as refused:
        dial(rig, call_id)
    assert refused.value.response.status_code == 409
    assert any(isinstance(first.recv(5), bytes) for _ in range(5)), "the first talk goes on"
    first.close()


def test_strangers_and_unknown_calls_are_told_so(product, rig):
    with pytest.raises(InvalidStatus) as refused:
        dial(rig, password="wrong")
    assert refused.value.response.status_code == 401
    answer = httpx.get(f"{rig.gateway_url}/calls/{uuid.uuid4()}/next", timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (404, "call-unknown")


@pytest.mark.parametrize("part", ["bot.serve", "actions.server"])
def test_a_dead_part_is_a_sentence_and_a_person(product, caller, clerk, part):
    answered_s = caller.call()
    caller.heard.wait_end(answered_s)
    with kept_dead(
        lambda: product.pid(part)
    ):  # the supervisor brings the actions back within a second
        asked_s = caller.speak(spoken("godziny"))
        reached(clerk, asked_s)
    assert caller.heard.loud_s(asked_s, time.time()) > 1.0, "the caller was told nothing"
    product.wait_ready()


def test_a_dead_gateway_is_a_sentence_and_a_person(product, caller, clerk):
    answered_s = caller.call()
    caller.heard.wait_begin(answered_s)
    time.sleep(1.0)
    killed_s = time.time()
    product.kill("voice_gateway.app")
    reached(clerk, killed_s)
    assert caller.heard.loud_s(killed_s + 0.1, time.time()) > 2.0
    both_hear_each_other(caller, clerk)
    product.wait_ready()


def test_nothing_personal_is_logged(product, rig, ears):
    resident = Phone(rig, ears, 2, "+48991234567", answers=False)
    resident.start(register=False)
    try:
        answered_s = resident.call("991234000")
        resident.heard.wait_end(answered_s)
        resident.said.wait_end(resident.speak(spoken("godziny")))
        time.sleep(2.0)
    finally:
        resident.stop()
    everything = product.log() + rig.log()
    assert "line_opened" in everything
    assert "991234567" not in everything
    assert "otwieracie" not in everything


def dial(rig: Rig, call_id: str = "", password: str | None = None) -> ClientConnection:
    """Open a leg as Asterisk does."""
    basic = base64.b64encode(f"asterisk:{password or rig.password}".encode()).decode()
    line = connect(
        f"ws://127.0.0.1:{rig.ports.gateway}/ws/asterisk?call={call_id or uuid.uuid4()}&did=100",
        subprotocols=["media"],
        additional_headers={"Authorization": f"Basic {basic}"},
    )
    line.send(json.dumps({"event": "MEDIA_START", "format": "slin", "optimal_frame_size": 320}))
    return line
