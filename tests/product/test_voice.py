"""Whole voice talks over ``/ws/voice``: recordings in, sound out, transcribed."""

import asyncio
import json
from pathlib import Path

import pytest
import websockets

from tests.running_product import ROOT, RunningProduct
from voice_gateway.recognizers.vosk_recognizer import VoskRecognizer
from voice_gateway.settings import Settings
from voice_gateway.speech_models import speech_model_folder
from voice_gateway.values import frame_bytes
from voice_gateway.voice_client import VoiceCaller, read_wav

pytestmark = pytest.mark.rasa
AUDIO = ROOT / "tests" / "audio"


def heard_words(pcm: bytes, rate_hz: int) -> str:
    session = VoskRecognizer(speech_model_folder(Settings(_env_file=None))).open(rate_hz)
    size = frame_bytes(rate_hz, 0.1)
    for offset in range(0, len(pcm), size):
        session.accept(pcm[offset : offset + size])
    return session.finish().text


async def talk(product: RunningProduct, *recordings: str) -> VoiceCaller:
    rate_hz = read_wav(AUDIO / recordings[0]).rate_hz
    async with VoiceCaller(product.voice_url, rate_hz) as caller:
        assert await caller.wait_until_quiet(), "the greeting is heard"
        for name in recordings:
            await caller.say(read_wav(AUDIO / name).pcm)
            assert await caller.wait_until_quiet(after_s=caller.spoke_until_s), name
    return caller


def events(caller: VoiceCaller, kind: str) -> list[dict]:
    return [event for _, event in caller.events if event["type"] == kind]


def test_a_spoken_question_is_heard_understood_and_answered_aloud(product):
    caller = asyncio.run(talk(product, "godziny.wav"))
    final = [e["text"] for e in events(caller, "transcript") if e["final"]]
    assert "otwieracie" in final[0]
    answered = [e for e in events(caller, "reply") if e.get("times")]
    assert answered[0]["understood"]["topic"] == "office"
    assert answered[0]["times"]["total_ms"] > 0
    said = heard_words(bytes(caller.ear.heard), caller.ear.rate_hz)
    assert "asystent" in said, "says that it is a machine"
    assert "konsultant" in said, "says how to reach a person"


def test_the_voice_says_a_figure_that_the_answer_holds(product):
    caller = asyncio.run(talk(product, "paszport_koszt.wav"))
    said = heard_words(bytes(caller.ear.heard), caller.ear.rate_hz)
    assert "złotych" in said


def test_asking_for_a_person_ends_in_a_handoff_that_the_dialplan_is_told(product):
    caller = asyncio.run(talk(product, "konsultant.wav"))
    assert events(caller, "handoff")
    assert caller.ended.is_set()
    call_id = events(caller, "ready")[0]["call_id"]
    with product.client() as client:
        step = client.get(f"/calls/{call_id}/next").json()
    assert step["action"] == "transfer"
    assert step["target"]
    assert "reason=asked" in step["context"]


def test_halo_call_prints_the_stages(product):
    import subprocess
    import sys

    done = subprocess.run(
        [
            *(sys.executable, "-m", "voice_gateway.cli", "call", str(AUDIO / "godziny.wav")),
            *("--url", product.voice_url, "--record", str(product.data_dir / "heard.wav")),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "usłyszano" in done.stdout
    assert "office / hours" in done.stdout
    assert "etapy" in done.stdout
    assert read_wav(product.data_dir / "heard.wav").seconds > 5


async def first_answer(product: RunningProduct, *messages: str | bytes) -> dict:
    async with websockets.connect(product.voice_url) as socket:
        for message in messages:
            await socket.send(message)
        async with asyncio.timeout(10):
            while True:
                answer = await socket.recv()
                if isinstance(answer, str):
                    return json.loads(answer)


@pytest.mark.parametrize(
    "messages",
    [
        ['{"type":"start","rate":44100}'],
        ['{"type":"start"}'],
        ["not json"],
        [b"\x00" * 640],
        ['{"type":"go"}'],
    ],
)
def test_a_wrong_start_is_refused_in_polish(product, messages):
    answer = asyncio.run(first_answer(product, *messages))
    assert answer["type"] == "error"
    assert answer["code"].startswith("request-voice")
    assert answer["detail"]


def test_silence_and_noise_never_crash_and_are_followed_up(product):
    async def play() -> VoiceCaller:
        import numpy as np

        noise = np.random.default_rng(1).normal(0, 800, 16000 * 2).astype("<i2").tobytes()
        async with VoiceCaller(product.voice_url, 16000) as caller:
            await caller.wait_until_quiet()
            await caller.say(noise)
            quiet_since_s = asyncio.get_running_loop().time()
            assert await caller.wait_until_quiet(after_s=quiet_since_s), "silence is followed up"
        return caller

    caller = asyncio.run(play())
    assert not events(caller, "error")


@pytest.mark.parametrize("content", [b"", b"RIFF", b"MZ" * 500])
def test_halo_call_refuses_a_broken_recording(tmp_path: Path, content: bytes):
    import subprocess
    import sys

    file = tmp_path / "x.wav"
    file.write_bytes(content)
    done = subprocess.run(
        (sys.executable, "-m", "voice_gateway.cli", "call", str(file)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 2
    assert "request-bad-wav" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.timeout(240)
def test_a_visit_is_booked_by_voice_and_stands_in_the_calendar(product):
    """A caller's synthesised voice; twelve such callers are measured by ``make bench-visits``."""
    from benchmarks.run_visit_calls import SCENARIOS, call, visit_of
    from visits.book import EmbeddedBook
    from voice_gateway.records.database import Database

    scenario = SCENARIOS[0]
    outcome = asyncio.run(call(product, scenario, scenario.opening, ""))
    database = Database(f"sqlite:///{product.data_dir / 'halo.db'}")
    visit = visit_of(EmbeddedBook(database), outcome.number)
    database.close()
    assert visit is not None, outcome.talk
    assert visit.visitor.phone == scenario.phone, outcome.talk
    assert visit.service == "passport"
    assert outcome.turns <= 8, outcome.talk
