"""Talks with the real trained Rasa and the real actions, over Rasa's own REST channel.

What a resident sees through the gateway is in tests/product; this is the dialogue alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running_product import ROOT, RunningProduct
from voice_gateway.dialogue.rasa import RasaDialogue
from voice_gateway.errors import DialogueError
from voice_gateway.settings import Settings
from voice_gateway.values import CallerTurn

pytestmark = pytest.mark.rasa


class Talk:
    """One conversation with Rasa."""

    def __init__(self, rasa: httpx.Client) -> None:
        self._rasa = rasa
        self.id = f"test-{uuid.uuid4().hex}"

    def say(self, text: str) -> dict[str, Any]:
        body = {
            "sender": self.id,
            "message": text,
            "metadata": {"channel": "chat", "kind": "typed"},
        }
        messages = self._rasa.post("/webhooks/rest/webhook", json=body).json()
        assert messages, f"nothing was said to {text!r}"
        return dict(messages[-1]["custom"])


@pytest.fixture(scope="module")
def rasa(product: RunningProduct) -> Iterator[httpx.Client]:
    url = f"http://127.0.0.1:{product.rasa_port}"
    with httpx.Client(base_url=url, timeout=15, trust_env=False) as client:
        yield client


@pytest.fixture
def talk(rasa: httpx.Client) -> Talk:
    return Talk(rasa)


def test_the_topic_is_remembered_and_changed(talk: Talk) -> None:
    assert talk.say("ile kosztuje paszport")["understood"]["topic"] == "passport"
    assert "punkt" in talk.say("a gdzie to załatwić?")["text"].lower()
    assert talk.say("a dowód?")["understood"]["topic"] == "id_card"
    assert "zdjęcie" in talk.say("jakie dokumenty?")["text"]


def test_a_bare_matter_gets_an_offer(talk: Talk) -> None:
    reply = talk.say("zameldowanie")
    assert reply["understood"]["topic"] == "residence_registration"
    assert 2 <= len(reply["choices"]) <= 3


def test_a_question_without_a_matter_asks_which(talk: Talk) -> None:
    reply = talk.say("ile to kosztuje?")
    assert reply["handoff"] is None
    assert "?" in reply["text"]
    assert talk.say("paszport")["understood"]["topic"] == "passport"


def test_two_failures_lead_to_a_person(talk: Talk) -> None:
    assert talk.say("brum brum kwadratura parowozu")["handoff"] is None
    assert talk.say("qwerty uiop asdf")["handoff"]["reason"] == "unsure"


def test_out_of_scope_names_the_right_institution(talk: Talk) -> None:
    reply = talk.say("kiedy dostanę emeryturę z zusu?")
    assert reply["understood"]["act"] == "out_of_scope"
    assert "Zakład Ubezpieczeń Społecznych" in reply["text"]


@pytest.mark.parametrize(
    "before", [[], ["dzień dobry"], ["ile kosztuje dowód"], ["bla bla"], ["jestem oburzona"]]
)
def test_emergency_comes_first_in_every_state(talk: Talk, before: list[str]) -> None:
    for text in before:
        talk.say(text)
    reply = talk.say("ratunku, mąż nie oddycha")
    assert reply["understood"]["act"] == "emergency"
    assert "112" in reply["text"].split(".")[0]


def test_a_hurry_is_no_emergency(talk: Talk) -> None:
    assert talk.say("pali mi się z tym paszportem")["understood"]["act"] is None


@pytest.mark.parametrize("text", ["konsultant", "chcę rozmawiać z człowiekiem", "czlowieka prosze"])
def test_a_person_on_request(talk: Talk, text: str) -> None:
    assert talk.say(text)["handoff"]["reason"] == "asked"


def test_repeating_says_the_same(talk: Talk) -> None:
    first = talk.say("ile kosztuje dowód osobisty?")
    assert talk.say("możesz powtórzyć?")["text"] == first["text"]


def test_a_long_talk_goes_on_and_keeps_its_topic(talk: Talk) -> None:
    talk.say("ile kosztuje paszport?")
    for _ in range(60):
        talk.say("dziękuję")
    assert "Paszport" in talk.say("a ile to kosztuje?")["text"]


@pytest.mark.parametrize(
    "text", ["", " ", "x" * 10_000, "słowo " * 1000, "😀😀😀", "<b>hej</b>", "\x00\x01", "дякую"]
)
def test_odd_texts_get_an_answer(talk: Talk, text: str) -> None:
    assert talk.say(text)["text"]


async def test_a_typed_command_is_a_text(product: RunningProduct) -> None:
    settings = Settings(
        _env_file=None,
        rasa_url=f"http://127.0.0.1:{product.rasa_port}",
        actions_url=f"http://127.0.0.1:{product.actions_port}",
    )
    engine = RasaDialogue(settings)
    try:
        assert await engine.ready()
        reply = await engine.reply(CallerTurn("test-slash", "chat", "/restart"))
        assert reply.utterances[0].text
        understood = await engine.understand("/emergency")
        assert understood.act != "emergency" or understood.confidence < 1
        with pytest.raises(DialogueError):
            await RasaDialogue(Settings(_env_file=None, rasa_url="http://127.0.0.1:9")).ready()
    finally:
        await engine.close()


def test_a_model_swap_keeps_the_talk(rasa: httpx.Client, talk: Talk) -> None:
    talk.say("ile kosztuje paszport?")
    assert newest(ROOT / "models" / "rasa").exists()
    swapped = rasa.put("/model", json={"model_file": str(newest(ROOT / "models" / "rasa"))})
    assert swapped.status_code == 204
    assert talk.say("a gdzie to załatwić?")["understood"]["topic"] in (None, "passport")
    assert "paszport" in talk.say("a jakie dokumenty?")["text"].lower()


def newest(folder: Path) -> Path:
    return max(folder.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime)
