"""Training shows one line, keeps the rest in a log, and passes a failure on."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from voice_gateway import training
from voice_gateway.settings import Settings


def trained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, *, keep_published: bool = False
) -> tuple[int, str]:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    monkeypatch.setattr(training, "BOT_PYTHON", python)
    out = io.StringIO()
    settings = Settings(data_dir=tmp_path, _env_file=None)
    console = Console(file=out, width=200)
    status = training.train_if_needed(settings, console, keep_published=keep_published)
    return status, out.getvalue()


def test_nothing_to_do_is_silent(monkeypatch, tmp_path) -> None:
    assert trained(monkeypatch, tmp_path, "echo model.tar.gz") == (0, "")
    assert (tmp_path / "logs" / "train.log").read_text() == "model.tar.gz\n"


def test_a_start_leaves_alone_what_staff_published(monkeypatch, tmp_path) -> None:
    for keep_published in (False, True):
        trained(monkeypatch, tmp_path, 'echo "$@"', keep_published=keep_published)
        given = (tmp_path / "logs" / "train.log").read_text()
        assert ("--keep-published" in given) is keep_published
        assert f"--out {training.ROOT / 'models' / 'rasa'}" in given


def test_real_training_is_announced(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(training, "QUICK_S", 0.05)
    status, text = trained(monkeypatch, tmp_path, "sleep 0.2")
    assert status == 0
    assert "Uczę model rozmowy" in text
    assert "gotowy po" in text


def test_a_failure_shows_its_last_words(monkeypatch, tmp_path) -> None:
    status, text = trained(monkeypatch, tmp_path, "echo '[no] such domain'; exit 3")
    assert status == 3
    assert "[no] such domain" in text
    assert "train.log" in text


def test_without_rasas_environment_the_way_out_is_said(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(training, "BOT_PYTHON", tmp_path / "nowhere")
    out = io.StringIO()
    settings = Settings(data_dir=tmp_path, _env_file=None)
    assert training.train_if_needed(settings, Console(file=out)) == 1
    assert "make setup" in out.getvalue()
