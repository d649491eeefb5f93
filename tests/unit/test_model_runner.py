"""A training as a child process: every way it can end is told and changes nothing by itself.

The child here is a real process that speaks the lines of ``bot.candidate``; the real one is
trained in tests/integration/test_model_swap.py.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from staff_console.dialogue_models import runner as runner_module
from staff_console.dialogue_models.files import ModelFolder
from staff_console.dialogue_models.runner import TrainingPlace, TrainingRunner
from staff_console.dialogue_models.store import ModelStore
from staff_console.dialogue_models.trainings import TrainingStore
from staff_console.dialogue_models.values import Training
from voice_gateway.errors import RequestError
from voice_gateway.records.database import Database

RESULT = {
    "model": "m-1.tar.gz",
    "new": True,
    "card": {"fingerprint": "1", "examples": 12, "origin": "staff"},
    "set": "set1",
    "scores": {
        "m-1.tar.gz": [
            {"text": "a", "meant": "greet", "got": "greet", "kind": "typed", "learnt": False}
        ]
    },
}
HEAD = """
import json, os, signal, sys, time
given = sys.argv[1:]
result = given[given.index("--result") + 1]
def tell(**line):
    print(json.dumps(line), flush=True)
tell(stage="preparing")
"""
GOOD = f"""
print("not a line of ours", flush=True)
tell(stage="scoring", share=0.5)
tell(stage="unknown")
open(result, "w").write({json.dumps(json.dumps(RESULT))})
"""


class Desk:
    """The runner with a child that runs ``script``."""

    def __init__(
        self, folder: Path, database: Database, script: str, longest_s: float = 20
    ) -> None:
        self.store, self.trainings = ModelStore(database), TrainingStore(database)
        self.folder = ModelFolder(folder / "rasa")
        (folder / "child.py").write_text(HEAD + script)
        self.place = TrainingPlace(
            command=(sys.executable, "-S", str(folder / "child.py")),
            program=Path(sys.executable),
            cwd=folder,
            environment={},
            data_dir=folder,
            versions=lambda: {"topics/a.yml": 3},
            longest_s=longest_s,
        )

    def runner(self) -> TrainingRunner:
        return TrainingRunner(
            self.store, self.trainings, self.folder, self.place, lambda: datetime.now(UTC)
        )

    async def ended(
        self, first: Callable[[TrainingRunner, Training], object] | None = None
    ) -> Training:
        runner = self.runner()
        training = await runner.train("ewa")
        if first:
            while not self.trainings.get(training.id).progress.stage:
                await asyncio.sleep(0.02)
            made = first(runner, training)
            if asyncio.iscoroutine(made):
                await made
        await runner.wait()
        return self.trainings.get(training.id)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "TICK_S", 0.05)
    monkeypatch.setattr(runner_module, "STOP_S", 0.5)


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Callable[..., Desk]:
    shutil.copy(empty_database, tmp_path / "halo.db")
    database = Database(f"sqlite:///{tmp_path / 'halo.db'}")

    def make(script: str, **more: float) -> Desk:
        return Desk(tmp_path, database, script, **more)

    return make


async def test_a_model_is_kept_with_card_data_and_score_and_is_not_live(desk) -> None:
    place = desk(GOOD)
    ended = await place.ended()
    assert (ended.state, ended.model, ended.is_new, ended.code) == ("done", "m-1", True, "")
    assert set(ended.progress.done) == {"preparing", "scoring"}
    model = place.store.model("m-1")
    assert (model.state, model.who) == ("candidate", "ewa")
    assert (model.card.examples, dict(model.card.versions)) == (12, {"topics/a.yml": 3})
    assert place.store.scored() == [("m-1", "set1")]
    assert place.store.live() is None
    assert not (place.place.data_dir / "model-training.json").exists()


async def test_the_child_is_told_what_is_live_and_what_was_scored(desk) -> None:
    place = desk(GOOD + 'open("given.json", "w").write(json.dumps(given))')
    await place.ended()
    place.store.publish("m-1", "", "ewa", datetime.now(UTC))
    await place.ended()
    given = json.loads((place.place.cwd / "given.json").read_text())
    assert given[given.index("--live") + 1] == "m-1.tar.gz"
    assert given[given.index("--scored") + 1 :] == ["m-1.tar.gz@set1"]
    assert given[given.index("--models") + 1] == str(place.folder.folder)


@pytest.mark.parametrize(
    ("script", "code", "detail"),
    [
        (
            'tell(failed="model-few-examples", detail="Paszport")',
            "model-few-examples",
            "Paszport",
        ),
        ("os.kill(os.getpid(), signal.SIGKILL)", "model-memory", ""),
        ("raise SystemExit(3)", "model-failed", ""),
        ('open(result, "w").write("{")', "model-failed", ""),
        ("", "model-failed", ""),
    ],
)
async def test_each_way_to_fail_has_its_code(desk, script: str, code: str, detail: str) -> None:
    place = desk(script)
    ended = await place.ended()
    assert (ended.state, ended.code, ended.detail) == ("failed", code, detail)
    assert place.store.models() == []
    assert place.trainings.running(datetime.now(UTC)) is None


async def test_a_training_that_never_ends_is_stopped(desk) -> None:
    ended = await desk("time.sleep(60)", longest_s=0.3).ended()
    assert (ended.state, ended.code) == ("failed", "model-timeout")


async def test_it_is_broken_off_on_wish_also_when_it_does_not_listen(desk) -> None:
    place = desk("signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)")
    ended = await place.ended(lambda _, training: place.trainings.ask_to_stop(training.id))
    assert (ended.state, ended.code) == ("cancelled", "model-cancelled")


async def test_it_ends_with_the_gateway(desk) -> None:
    place = desk('open("pid", "w").write(str(os.getpid()))\ntime.sleep(60)')
    ended = await place.ended(lambda runner, _: runner.close())
    assert (ended.state, ended.code) == ("broken", "model-broken-off")
    pid = int((place.place.cwd / "pid").read_text())
    assert not Path(f"/proc/{pid}").exists()


async def test_a_gateway_that_died_is_told_at_the_next_start(desk) -> None:
    place = desk("")
    host = place.runner()._host
    training = place.trainings.begin("train", "", "ewa", host, datetime.now(UTC))
    await place.runner().recover()
    assert place.trainings.get(training.id).code == "model-broken-off"


async def test_one_at_a_time(desk) -> None:
    place = desk("time.sleep(60)")

    async def again(runner: TrainingRunner, training: Training) -> None:
        with pytest.raises(RequestError) as error:
            await runner.train("adam")
        assert error.value.code == "model-busy"
        place.trainings.ask_to_stop(training.id)

    assert (await place.ended(again)).state == "cancelled"


async def test_without_room_or_rasa_nothing_is_started(desk, monkeypatch) -> None:
    place = desk('open("started", "w")')
    monkeypatch.setattr(place.folder, "has_room", lambda: False)
    assert (await place.ended()).code == "model-disk"
    place.place = TrainingPlace(
        *(place.place.command, Path("/nowhere/python"), place.place.cwd, {}),
        place.place.data_dir,
        dict,
    )
    assert (await place.ended()).code == "model-no-rasa"
    assert not (place.place.cwd / "started").exists()


async def test_what_is_not_here_is_not_compared(desk) -> None:
    with pytest.raises(RequestError) as error:
        await desk("").runner().compare("m-1", "ewa")
    assert error.value.code == "model-file-gone"
