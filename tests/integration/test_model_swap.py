"""Two small real models are trained as the staff page trains them, and swapped inside a real Rasa
while people talk: no turn fails, no talk is forgotten, what cannot be loaded changes nothing."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
import pytest
import yaml

from staff_console.dialogue_models.files import ModelFolder
from staff_console.dialogue_models.progress import STAGES_PL
from staff_console.dialogue_models.runner import TrainingRunner, training_place
from staff_console.dialogue_models.serving import ServedModel
from staff_console.dialogue_models.store import ModelStore
from staff_console.dialogue_models.sync import ModelSync
from staff_console.dialogue_models.trainings import TrainingStore
from staff_console.dialogue_models.values import Training
from tests.running_product import NOW, free_port
from voice_gateway.records.database import Database
from voice_gateway.settings import ROOT
from voice_gateway.training import BOT_PYTHON

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(500)]

FIRST = ("passport", "id_card", "parking_zone")
SECOND = (*FIRST, "school")
STARTED_WITHIN_S = 120
SWAPPED_WITHIN_S = 60


def small_knowledge(folder: Path, topics: tuple[str, ...]) -> None:
    """The real knowledge with few topics: training takes seconds."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "nlu_data", folder)
    for file in (folder / "topics").glob("*.yml"):
        if file.stem not in topics:
            file.unlink()
    for file in (folder / "held_out").glob("*.yml"):
        rows = yaml.safe_load(file.read_text())
        kept = [row for row in rows if row.get("act") or row.get("topic") in (*topics, None)]
        file.write_text(yaml.safe_dump(kept, allow_unicode=True))


@dataclass
class School:
    """The office's parts around models, without pages."""

    folder: Path
    database: Database
    knowledge: Path = field(init=False)

    def __post_init__(self) -> None:
        self.knowledge = self.folder / "knowledge"
        self.models = ModelFolder(self.folder / "rasa")
        self.store, self.trainings = ModelStore(self.database), TrainingStore(self.database)
        self.sync = ModelSync(self.store, self.models, self.folder)

    def runner(self) -> TrainingRunner:
        place = training_place(BOT_PYTHON, ROOT, self.knowledge, self.folder, dict)
        return TrainingRunner(
            self.store, self.trainings, self.models, place, lambda: datetime.now(UTC)
        )

    def train(self, topics: tuple[str, ...]) -> Training:
        small_knowledge(self.knowledge, topics)

        async def whole() -> Training:
            runner = self.runner()
            training = await runner.train("ewa")
            await runner.wait()
            return self.trainings.get(training.id)

        return asyncio.run(whole())


@pytest.fixture(scope="module")
def school(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path
) -> Iterator[tuple[School, Training, Training]]:
    """A school with the first model live and the second one compared with it."""
    folder = tmp_path_factory.mktemp("models")
    shutil.copy(empty_database, folder / "halo.db")
    database = Database(f"sqlite:///{folder / 'halo.db'}")
    school = School(folder, database)
    first = school.train(FIRST)
    assert first.state == "done", (first, (folder / "logs/model-training.log").read_text())
    school.store.publish(first.model, "", "ewa", datetime.now(UTC))
    school.sync.once()
    second = school.train(SECOND)
    assert second.state == "done", (second, (folder / "logs/model-training.log").read_text())
    yield school, first, second
    database.close()


@contextmanager
def running(*command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture(scope="module")
def rasa_url(school: tuple[School, Training, Training]) -> Iterator[str]:
    parts = school[0]
    actions, rasa = free_port(), free_port()
    actions_url, url = f"http://127.0.0.1:{actions}", f"http://127.0.0.1:{rasa}"
    with ExitStack() as stack:
        stack.enter_context(
            running(
                *(sys.executable, "-m", "actions.server"),
                HALO_ACTIONS_URL=actions_url,
                HALO_KNOWLEDGE_DIR=str(parts.knowledge),
                HALO_DATA_DIR=str(parts.folder),
                HALO_NOW=NOW,
            )
        )
        stack.enter_context(
            running(
                *(str(BOT_PYTHON), "-m", "bot.serve", "--port", str(rasa)),
                *("--models", str(parts.models.folder), "--actions-url", actions_url),
            )
        )
        wait_for(lambda: is_up(f"{url}/status") and is_up(f"{actions_url}/health"))
        yield url


def is_up(address: str) -> bool:
    try:
        return httpx.get(address, trust_env=False, timeout=5).is_success
    except httpx.HTTPError:
        return False


def wait_for(done, within_s: float = STARTED_WITHIN_S) -> None:
    deadline_s = time.monotonic() + within_s
    while not done():
        assert time.monotonic() < deadline_s, "it does not happen"
        time.sleep(0.1)


def say(client: httpx.Client, talk: str, text: str) -> dict:
    body = {"sender": talk, "message": text, "metadata": {"channel": "chat", "kind": "typed"}}
    answer = client.post("/webhooks/rest/webhook", json=body)
    answer.raise_for_status()
    return answer.json()[-1]["custom"]


@pytest.fixture
def client(rasa_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=rasa_url, timeout=3.0, trust_env=False) as client:
        yield client


class Talkers:
    """People who talk all the time, each remembering what the talk is about."""

    def __init__(self, url: str, count: int) -> None:
        self._over = threading.Event()
        self.failed: list[str] = []
        self.seconds: list[float] = []
        self._threads = [threading.Thread(target=self._talk, args=(url,)) for _ in range(count)]

    def __enter__(self) -> Talkers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _talk(self, url: str) -> None:
        talk = f"talk-{uuid.uuid4().hex}"
        # the timeout is the gateway's for a turn
        with httpx.Client(base_url=url, timeout=3.0, trust_env=False) as client:
            self._turn(client, talk, "ile kosztuje paszport?", "paszport")
            while not self._over.is_set():
                self._turn(client, talk, "a gdzie to załatwić?", "paszport")
                self._turn(client, talk, "a jakie dokumenty?", "paszport")

    def _turn(self, client: httpx.Client, talk: str, text: str, about: str) -> None:
        began_s = time.monotonic()
        try:
            reply = say(client, talk, text)
            if reply["understood"].get("topic") not in (None, "passport"):
                self.failed.append(f"{text}: {reply['understood']}")
            if reply.get("handoff") or about not in reply["text"].lower():
                self.failed.append(f"{text}: {reply['text']}")
        except (httpx.HTTPError, IndexError, KeyError) as error:
            self.failed.append(repr(error))
        self.seconds.append(time.monotonic() - began_s)


def served(url: str) -> dict[str, str]:
    return httpx.get(f"{url}/halo/model", trust_env=False, timeout=5).json()


def test_training_tells_its_stages_and_compares_with_the_live_model(school) -> None:
    parts, first, second = school
    assert set(first.progress.done) == set(STAGES_PL) - {"comparing"}
    assert set(second.progress.done) == set(STAGES_PL)
    assert parts.store.live().name == first.model
    new, live = parts.store.scores(second.model, first.model)
    assert len(new) == len(live) > 250
    assert sum(row.right for row in new) / len(new) > 0.8
    school_rows = [n for n in new if n.meant.startswith("school.")]
    assert school_rows
    assert all(not row.right for row in live if row.meant.startswith("school."))
    assert {line.measure.id for line in parts.store.verdict(second.model).lines} == {
        "matters",
        "acts",
        "out_of_scope",
        "emergencies",
        "false_alarms",
    }
    card = parts.store.model(second.model).card
    assert (card.matters, card.acts) == (4, 20)
    assert (parts.models.folder / f"{second.model}.nlu.yml.gz").exists()


def test_turns_go_on_and_talks_are_kept_while_models_change(school, rasa_url, client) -> None:
    parts, first, second = school
    talk = f"talk-{uuid.uuid4().hex}"
    assert "Paszport" in say(client, talk, "ile kosztuje paszport?")["text"]
    with Talkers(rasa_url, 3) as talkers:
        for turn in range(4):
            wanted = (second, first)[turn % 2].model
            parts.store.publish(wanted, "nowa szkoła", "ewa", datetime.now(UTC))
            if parts.store.model(wanted).state == "waiting":
                parts.store.approve(wanted, "zofia", datetime.now(UTC))
            assert parts.sync.once()
            wait_for(
                lambda: served(rasa_url)["model"] == f"{wanted}.tar.gz",  # noqa: B023
                SWAPPED_WITHIN_S,
            )
            time.sleep(0.3)
    assert talkers.failed == []
    assert len(talkers.seconds) > 30
    assert "paszport" in say(client, talk, "a jakie dokumenty?")["text"].lower()


def test_what_cannot_be_loaded_changes_nothing(school, rasa_url, client) -> None:
    parts = school[0]
    before = served(rasa_url)["model"]
    pointer = parts.models.pointer()
    broken = parts.models.folder / "20260101-000000-broken.tar.gz"
    try:
        for file, code in ((broken, "model-broken"), (Path("gone.tar.gz"), "model-file-gone")):
            broken.write_bytes(b"no model")
            (parts.models.folder / "live.json").write_text(
                f'{{"model": "{file.name}", "by": "staff"}}'
            )
            wait_for(lambda: served(rasa_url)["error"] == code, SWAPPED_WITHIN_S)  # noqa: B023
            assert served(rasa_url)["model"] == before
            assert (
                "Paszport" in say(client, f"t-{uuid.uuid4().hex}", "ile kosztuje paszport?")["text"]
            )
    finally:
        broken.unlink()
        parts.models.point(pointer)
    wait_for(lambda: not served(rasa_url)["error"], SWAPPED_WITHIN_S)

    async def told() -> str:
        rasa = ServedModel(rasa_url, parts.models.served)
        try:
            return (await rasa.now()).model
        finally:
            await rasa.close()

    assert f"{asyncio.run(told())}.tar.gz" == before


def test_the_same_questions_need_no_second_training(school) -> None:
    parts, _, second = school
    again = parts.train(SECOND)
    assert (again.state, again.model, again.is_new) == ("done", second.model, False)


def test_a_training_is_stopped_on_wish_and_with_the_gateway(school) -> None:
    parts = school[0]
    small_knowledge(parts.knowledge, (*FIRST, "passport"))
    topic = parts.knowledge / "topics/passport.yml"
    topic.write_text(topic.read_text().replace("called:", "called:\n  - paszporcik", 1))

    async def begun(runner: TrainingRunner) -> Training:
        training = await runner.train("ewa")
        while not parts.trainings.get(training.id).progress.stage:
            await asyncio.sleep(0.1)
        return training

    async def wished() -> None:
        runner = parts.runner()
        training = await begun(runner)
        parts.trainings.ask_to_stop(training.id)
        await runner.wait()
        assert parts.trainings.get(training.id).state == "cancelled"

    async def closed() -> None:
        runner = parts.runner()
        training = await begun(runner)
        await runner.close()
        ended = parts.trainings.get(training.id)
        assert (ended.state, ended.code) == ("broken", "model-broken-off")

    models = set(parts.models.folder.glob("*.tar.gz"))
    asyncio.run(wished())
    asyncio.run(closed())
    assert set(parts.models.folder.glob("*.tar.gz")) == models
    lines = [" ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"])]
    assert not [line for line in lines if "bot.candidate" in line and str(parts.folder) in line]


@pytest.mark.parametrize(
    ("file", "body", "code", "detail"),
    [
        ("topics/passport.yml", "id: [", "model-content", "topics/passport.yml"),
        ("acts/human.yml", "- a", "model-content", "acts/human.yml"),
        (
            "topics/passport.yml",
            'id: passport\nname: Paszport\nquestions: {fee: ["ile?"]}',
            "model-few-examples",
            "Paszport",
        ),
    ],
)
def test_why_a_training_failed_is_said(school, file, body, code, detail) -> None:
    parts = school[0]
    live = parts.store.live()
    small_knowledge(parts.knowledge, FIRST)

    async def whole() -> Training:
        (parts.knowledge / file).write_text(body)
        runner = parts.runner()
        training = await runner.train("ewa")
        await runner.wait()
        return parts.trainings.get(training.id)

    ended = asyncio.run(whole())
    assert (ended.state, ended.code, ended.detail) == ("failed", code, detail)
    assert parts.store.live() == live
