"""Rasa's side of models: which is live, what is kept, what training would stumble over."""

import gzip
import io
import json
import logging
import os
from pathlib import Path

import pytest

from bot import train as training
from bot.build import sources_hash
from bot.candidate import FailedError, _learnt, check_content, set_hash
from bot.model_files import (
    KEPT_MODELS,
    MACHINE,
    STAFF,
    Card,
    Pointer,
    live_model,
    prune,
    read_card,
    read_pointer,
    write_card,
    write_pointer,
)
from bot.progress import Progress, follow_rasa
from bot.train import staff_model


def add(folder: Path, name: str, age_s: int = 0, **card: str) -> Path:
    model = folder / f"{name}.tar.gz"
    model.write_bytes(b"model")
    os.utime(model, (1_000_000 - age_s, 1_000_000 - age_s))
    if card:
        (folder / f"{name}.json").write_text(json.dumps(card))
    return model


def test_the_live_model_is_the_pointers_and_else_the_newest(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        live_model(tmp_path)
    old, new = add(tmp_path, "old", age_s=9), add(tmp_path, "new")
    assert live_model(tmp_path) == new
    write_pointer(tmp_path, Pointer("old.tar.gz", STAFF))
    assert live_model(tmp_path) == old
    assert read_pointer(tmp_path) == Pointer("old.tar.gz", STAFF)
    old.unlink()
    assert live_model(tmp_path) == new


@pytest.mark.parametrize(
    "odd", ["", "{", "[]", "{}", '{"model": "../a.tar.gz"}', '{"model": "a.txt"}']
)
def test_an_odd_pointer_is_none(tmp_path: Path, odd: str) -> None:
    (tmp_path / "live.json").write_text(odd)
    assert read_pointer(tmp_path) is None


def test_only_old_models_of_commands_are_deleted(tmp_path: Path) -> None:
    add(tmp_path, "live", age_s=99, origin=MACHINE)
    add(tmp_path, "staffs", age_s=98, origin=STAFF)
    for number in range(KEPT_MODELS + 2):
        card = {"origin": MACHINE} if number % 2 else {}
        add(tmp_path, f"m{number}", age_s=number, **card)
    write_pointer(tmp_path, Pointer("live.tar.gz", MACHINE))
    prune(tmp_path)
    left = {model.name.partition(".")[0] for model in tmp_path.glob("*.tar.gz")}
    assert left == {"live", "staffs", *(f"m{number}" for number in range(KEPT_MODELS))}
    assert not (tmp_path / "m5.json").exists()


def test_a_card_and_the_examples_lie_beside_the_model(tmp_path: Path) -> None:
    model, nlu = add(tmp_path, "m"), tmp_path / "nlu.yml"
    nlu.write_text('nlu:\n- intent: greet\n  examples: "- Dzień dobry\\n- cześć\\n"\n')
    card = Card("m.tar.gz", "f", "s", "2026-11-24T12:00:00+00:00", 1.5, 2, 0, 1, 5, STAFF)
    write_card(model, card, nlu)
    assert read_card(model)["examples"] == 2
    assert gzip.decompress((tmp_path / "m.nlu.yml.gz").read_bytes()) == nlu.read_bytes()
    assert _learnt(model) == {"dzien dobry", "czesc"}
    assert _learnt(add(tmp_path, "other")) == set()
    assert read_card(tmp_path / "other.tar.gz") == {}


def test_a_start_keeps_what_staff_published_unless_the_program_changed(tmp_path: Path) -> None:
    assert staff_model(tmp_path) is None
    model = add(tmp_path, "m", sources=sources_hash())
    write_pointer(tmp_path, Pointer("m.tar.gz", MACHINE))
    assert staff_model(tmp_path) is None
    write_pointer(tmp_path, Pointer("m.tar.gz", STAFF))
    assert staff_model(tmp_path) == model
    add(tmp_path, "m", sources="older")
    assert staff_model(tmp_path) is None
    model.unlink()
    assert staff_model(tmp_path) is None


def test_training_by_command_makes_its_model_live(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(training, "train", lambda out, *_, **__: add(out, "made"))
    command = ["bot.train", "--out", str(tmp_path)]
    monkeypatch.setattr("sys.argv", command)
    training.main()
    assert read_pointer(tmp_path) == Pointer("made.tar.gz", MACHINE)
    assert capsys.readouterr().out == f"{tmp_path}/made.tar.gz\n"
    add(tmp_path, "theirs", sources=sources_hash())
    write_pointer(tmp_path, Pointer("theirs.tar.gz", STAFF))
    monkeypatch.setattr("sys.argv", [*command, "--keep-published"])
    training.main()
    assert read_pointer(tmp_path).model == "theirs.tar.gz"
    monkeypatch.setattr("sys.argv", command)
    training.main()
    assert read_pointer(tmp_path) == Pointer("made.tar.gz", MACHINE)


def test_what_training_would_stumble_over_is_named(tmp_path: Path) -> None:
    topics = tmp_path / "topics"
    topics.mkdir()
    (tmp_path / "acts").mkdir()
    questions = "questions: {cost: ['a', 'b', 'c']}"
    for name in ("a", "b"):
        (topics / f"{name}.yml").write_text(f"id: {name}\nname: Sprawa\n{questions}\n")
    assert code_of(tmp_path) == ("model-few-topics", "3")
    (topics / "c.yml").write_text("id: c\nname: Trzecia\nquestions: {cost: ['a']}\n")
    assert code_of(tmp_path) == ("model-few-examples", "Trzecia")
    (topics / "c.yml").write_text("id: c\nname: Trzecia\n")
    assert code_of(tmp_path) == ("model-few-examples", "Trzecia")
    for odd in ("id: [", "- a", "id: c"):
        (topics / "c.yml").write_text(odd)
        assert code_of(tmp_path) == ("model-content", "topics/c.yml")
    (topics / "c.yml").write_bytes(b"id: \xff")
    assert code_of(tmp_path) == ("model-content", "topics/c.yml")
    (topics / "c.yml").write_text(f"id: c\nname: Trzecia\n{questions}\n")
    (tmp_path / "acts/x.yml").write_text("{}")
    assert code_of(tmp_path) == ("model-content", "acts/x.yml")


def code_of(knowledge: Path) -> tuple[str, str]:
    with pytest.raises(FailedError) as error:
        check_content(knowledge)
    return error.value.code, error.value.detail


def test_another_set_of_questions_has_another_hash(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("- a")
    first = set_hash(tmp_path)
    assert set_hash(tmp_path) == first
    (tmp_path / "a.yml").write_text("- b")
    assert set_hash(tmp_path) != first


def test_rasas_log_becomes_stages() -> None:
    out, logger = io.StringIO(), logging.getLogger("rasa.engine.training.hooks")
    progress = Progress(out)
    follow_rasa(progress.stage)
    try:
        for name in ("EmergencyGuard", "PolishIntentClassifier", "RulePolicy"):
            logger.info("Starting to train component '%s'.", name)
            logger.info("Finished training component '%s'.", name)
        progress.stage("scoring", 0.25)
    finally:
        logger.handlers.clear()
        logger.propagate = True
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    stages = [{"stage": one} for one in ("emergencies", "matters", "rules")]
    assert lines == [*stages, {"stage": "scoring", "share": 0.25}]
