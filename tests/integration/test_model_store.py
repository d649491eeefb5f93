"""Who may make which model live, on SQLite and PostgreSQL; and the pointer of each machine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from staff_console.content.models import LogRow
from staff_console.content.store import ContentStore
from staff_console.dialogue_models.files import ModelFolder, Pointer
from staff_console.dialogue_models.models import ModelRow
from staff_console.dialogue_models.store import ModelStore
from staff_console.dialogue_models.sync import AUTHOR, ModelSync
from staff_console.dialogue_models.trainings import SILENT, TrainingStore
from staff_console.dialogue_models.values import Card, Progress, Row
from voice_gateway.errors import HaloError, RequestError
from voice_gateway.records.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
GOOD = [Row(str(n), "greet", "greet", "typed") for n in range(100)]
WORSE = [Row(str(n), "greet", "greet" if n < 90 else "bye", "typed") for n in range(100)]


@pytest.fixture
def store(database: Database) -> ModelStore:
    """With the models one (live), two (as good) and three (worse)."""
    store = ModelStore(database)
    for number, (name, score) in enumerate((("one", GOOD), ("two", GOOD), ("three", WORSE))):
        store.add(name, Card(name, versions={"topics/a.yml": 1}), "ewa", NOW)
        store.put_score(name, "set1", score, NOW + timedelta(seconds=number))
    store.publish("one", "", "zofia", NOW)
    return store


def states(store: ModelStore) -> dict[str, str]:
    return {model.name: model.state for model in store.models()}


def refused(deed: Callable[[], object]) -> str:
    with pytest.raises(RequestError) as error:
        deed()
    return error.value.code


def test_a_model_as_good_is_live_at_once_and_undone_with_one_click(store, database) -> None:
    assert store.previous() is None
    assert refused(lambda: store.undo("one", "zofia", NOW)) == "model-nothing"
    assert store.publish("two", "nowe sprawy", "zofia", NOW).state == "live"
    assert states(store) == {"one": "past", "two": "live", "three": "candidate"}
    assert store.previous().name == "one"
    assert refused(lambda: store.undo("one", "zofia", NOW)) == "model-conflict"
    store.undo("two", "adam", NOW)
    assert store.live().name == "one"
    assert store.previous().name == "two"
    told = [(p.model, p.before, p.kind, p.who, p.reason) for p in store.history()]
    assert told == [
        ("one", "two", "undone", "adam", ""),
        ("two", "one", "published", "zofia", "nowe sprawy"),
        ("one", "", "published", "zofia", ""),
    ]
    assert refused(lambda: store.publish("one", "", "zofia", NOW)) == "model-nothing"
    assert refused(lambda: store.publish("none", "", "zofia", NOW)) == "model-unknown"


def test_a_worse_model_needs_a_reason_and_a_second_person(store) -> None:
    assert refused(lambda: store.publish("three", "  ", "zofia", NOW)) == "model-reason"
    asked = store.publish("three", "pilna sprawa", "zofia", NOW)
    assert (asked.state, asked.asked_by, asked.against) == ("waiting", "zofia", "one")
    assert refused(lambda: store.publish("three", "x", "zofia", NOW)) == "model-conflict"
    for own in ("zofia", "ewa"):
        assert refused(lambda: store.approve("three", own, NOW)) == "model-own"  # noqa: B023
    assert store.live().name == "one"
    assert refused(lambda: store.approve("two", "adam", NOW)) == "model-conflict"
    assert store.approve("three", "adam", NOW).state == "live"
    last = store.history()[0]
    assert (last.kind, last.who, last.approver, last.reason) == (
        "approved",
        "zofia",
        "adam",
        "pilna sprawa",
    )


def test_what_was_compared_with_another_model_is_not_approved(store) -> None:
    store.publish("three", "pilne", "zofia", NOW)
    store.publish("two", "", "zofia", NOW)
    assert refused(lambda: store.approve("three", "adam", NOW)) == "model-conflict"
    assert store.reject("three", "słaby", "adam", NOW).state == "candidate"
    assert refused(lambda: store.reject("three", "", "adam", NOW)) == "model-conflict"
    store.undo("two", "zofia", NOW)
    store.publish("three", "pilne", "zofia", NOW)
    assert store.approve("three", "adam", NOW).state == "live"


def test_without_a_common_set_of_questions_the_gate_is_closed(store) -> None:
    store.add("four", Card("4"), "ewa", NOW)
    store.put_score("four", "set2", GOOD, NOW)
    assert store.scores("four", "one") is None
    assert refused(lambda: store.publish("four", "", "zofia", NOW)) == "model-reason"
    store.put_score("one", "set2", WORSE, NOW)
    assert store.verdict("four").passes
    store.put_score("one", "set2", GOOD, NOW)
    store.put_score("four", "set2", WORSE, NOW)
    assert not store.verdict("four").passes
    assert ("four", "set2") in store.scored()


def test_retired_models_are_gone_but_those_in_use_stay(store) -> None:
    store.publish("two", "", "zofia", NOW)
    for name in ("one", "two"):
        assert refused(lambda: store.retire(name, "zofia", NOW)) == "model-in-use"  # noqa: B023
    store.publish("three", "pilne", "zofia", NOW)
    assert refused(lambda: store.retire("three", "zofia", NOW)) == "model-in-use"
    store.reject("three", "", "zofia", NOW)
    store.retire("three", "zofia", NOW)
    assert states(store) == {"one": "past", "two": "live"}
    assert store.model("three").state == "retired"
    assert refused(lambda: store.publish("three", "x", "zofia", NOW)) == "model-unknown"


def test_each_deed_stands_in_the_log_that_shows_tampering(store, database, tmp_path) -> None:
    content = ContentStore(database, tmp_path)
    store.publish("two", "nowe", "zofia", NOW)
    store.publish("three", "pilne", "zofia", NOW)
    store.approve("three", "adam", NOW)
    store.undo("three", "adam", NOW)
    store.retire("one", "adam", NOW)
    lines = [(line.deed, line.path, line.who) for line in content.log()]
    assert lines[:5] == [
        ("model_retired", "models/one", "adam"),
        ("model_undone", "models/two", "adam"),
        ("model_approved", "models/three", "adam"),
        ("model_sent", "models/three", "zofia"),
        ("model_published", "models/two", "zofia"),
    ]
    assert content.log_is_whole()
    database.run(lambda s: s.execute(update(LogRow).where(LogRow.id == 2).values(who="nikt")))
    assert not content.log_is_whole()


def test_many_who_publish_at_once_leave_one_live_model(store, database) -> None:
    for number in range(6):
        store.add(f"m{number}", Card(), "ewa", NOW)
        store.put_score(f"m{number}", "set1", GOOD, NOW)
    names = [f"m{number}" for number in range(6)]
    threads = [
        threading.Thread(target=store.publish, args=(name, "", "zofia", NOW)) for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    published = [(p.model, p.before) for p in reversed(store.history())]
    assert sorted(model for model, _ in published) == sorted([*names, "one"])
    assert [model for model, _ in published[:-1]] == [before for _, before in published[1:]]
    assert store.live().name == published[-1][0]


def test_one_training_at_a_time_on_all_machines(database) -> None:
    trainings = TrainingStore(database)
    first = trainings.begin("train", "", "ewa", "a", NOW)
    assert refused(lambda: trainings.begin("train", "", "adam", "b", NOW)) == "model-busy"
    progress = Progress("matters", 0.5, NOW, {"preparing": 3.0})
    assert not trainings.seen(first.id, progress, NOW)
    assert trainings.get(first.id).progress == progress
    trainings.ask_to_stop(first.id)
    assert trainings.seen(first.id, progress, NOW)
    trainings.end(first.id, "cancelled", NOW, code="model-cancelled")
    trainings.end(first.id, "done", NOW, model="late")
    assert trainings.get(first.id).state == "cancelled"
    assert trainings.running(NOW) is None
    assert refused(lambda: trainings.get(99)) == "model-unknown"


def test_a_training_whose_gateway_died_is_put_right(database) -> None:
    trainings = TrainingStore(database)
    first = trainings.begin("train", "", "ewa", "a", NOW)
    assert trainings.running(NOW + SILENT / 2) is not None
    second = trainings.begin("train", "", "adam", "b", NOW + SILENT)
    assert trainings.get(first.id).code == "model-broken-off"
    assert trainings.seen(first.id, Progress(), NOW + SILENT), "the old one must stop"
    trainings.break_off("a", NOW)
    assert trainings.get(second.id).state == "running"
    trainings.break_off("b", NOW)
    assert trainings.get(second.id).state == "broken"
    third = trainings.begin("train", "", "adam", "b", NOW)
    assert trainings.running(NOW + SILENT) is None
    assert trainings.get(third.id).state == "broken"


def test_the_last_training_that_made_a_model_tells_the_durations(database) -> None:
    trainings = TrainingStore(database)
    assert trainings.last_durations() == {}
    for state, is_new, seconds in (
        ("done", True, 7.0),
        ("done", False, 1.0),
        ("failed", True, 2.0),
    ):
        one = trainings.begin("train", "", "ewa", "a", NOW)
        progress = Progress("", 0.0, NOW, {"matters": seconds})
        trainings.end(one.id, state, NOW, is_new=is_new, progress=progress)
    assert trainings.last_durations() == {"matters": 7.0}
    assert len(trainings.last()) == 3


class Machine:
    """A gateway's folder of models, kept like the database."""

    def __init__(self, store: ModelStore, folder: Path, *models: str) -> None:
        folder.mkdir()
        self.folder = ModelFolder(folder)
        for name in models:
            self.add(name)
        self.sync = ModelSync(store, self.folder, folder, lambda: NOW)

    def add(self, name: str) -> None:
        (self.folder.folder / f"{name}.tar.gz").write_bytes(b"model")

    @property
    def serves(self) -> Pointer | None:
        return self.folder.pointer()


@pytest.fixture
def empty(database: Database) -> ModelStore:
    return ModelStore(database)


def test_an_empty_database_takes_over_what_is_served(empty, tmp_path) -> None:
    nothing = Machine(empty, tmp_path / "n")
    assert not nothing.sync.once()
    assert empty.live() is None
    machine = Machine(empty, tmp_path / "m", "one")
    machine.sync.once()
    assert (empty.live().name, empty.live().who) == ("one", AUTHOR)
    assert machine.serves == Pointer("one", "machine")
    assert not machine.sync.once()


def test_every_machine_follows_the_database_when_it_has_the_file(store, tmp_path) -> None:
    a, b = Machine(store, tmp_path / "a", "one", "two"), Machine(store, tmp_path / "b", "one")
    for machine in (a, b):
        machine.sync.once()
        assert machine.serves == Pointer("one", "staff")
    store.publish("two", "", "zofia", NOW)
    assert a.sync.once()
    assert not b.sync.once()
    assert (a.serves.name, b.serves.name) == ("two", "one")
    b.add("two")
    assert b.sync.once()
    assert b.serves.name == "two"
    assert store.live().name == "two"


def test_a_machine_that_trained_the_same_itself_uses_its_own(store, tmp_path) -> None:
    machine = Machine(store, tmp_path / "m", "own-one")
    machine.sync.once()
    assert (machine.serves.name, store.live().name) == ("own-one", "one")
    assert not machine.sync.once()
    assert store.live().name == "one"


def test_a_command_on_a_machine_makes_its_model_live(store, tmp_path) -> None:
    machine = Machine(store, tmp_path / "m", "one", "hand")
    machine.sync.once()
    machine.folder.point(Pointer("hand", "machine"))
    machine.sync.once()
    assert (store.live().name, store.history()[0].kind) == ("hand", "adopted")
    store.undo("hand", "zofia", NOW)
    assert machine.sync.once()
    assert machine.serves == Pointer("one", "staff")


def test_who_published_meanwhile_wins_over_a_command(store, tmp_path) -> None:
    machine = Machine(store, tmp_path / "m", "one", "two", "hand")
    machine.sync.once()
    machine.folder.point(Pointer("hand", "machine"))
    store.publish("two", "", "zofia", NOW)
    assert machine.sync.once()
    assert (machine.serves.name, store.live().name) == ("two", "two")


def test_a_new_machine_does_not_overturn_the_database(store, tmp_path) -> None:
    machine = Machine(store, tmp_path / "m", "one", "hand")
    machine.folder.point(Pointer("hand", "machine"))
    assert machine.sync.once()
    assert (machine.serves.name, store.live().name) == ("one", "one")


def test_a_lost_database_is_told_and_changes_nothing(store, database, tmp_path) -> None:
    machine = Machine(store, tmp_path / "m", "one")
    machine.sync.once()
    ModelRow.__table__.drop(database.engine)
    with pytest.raises(HaloError):
        machine.sync.once()
    assert machine.serves.name == "one"
