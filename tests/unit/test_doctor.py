"""The doctor tells what is there from what is missing, and says what to do."""

import io
import os
import socket
from pathlib import Path

import pytest
from rich.console import Console

from voice_gateway import doctor
from voice_gateway.doctor import Check
from voice_gateway.settings import Settings


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_names_the_program_that_has_it(taken_port: int) -> None:
    holder = doctor.port_holder(taken_port)
    assert holder is not None
    assert f"proces {os.getpid()}" in holder.label


def test_a_port_held_by_a_stranger_is_a_fault(monkeypatch, taken_port: int) -> None:
    monkeypatch.setattr(doctor, "ROOT", Path("/nowhere/halo"))
    check = doctor.port("bramka", taken_port)
    assert not check.ok
    assert check.needed
    assert "zajęty" in check.found


def test_a_free_port_is_well(taken_port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        free = other.getsockname()[1]
    assert doctor.port("bramka", free) == Check(f"Port {free} (bramka)", True, "wolny")


@pytest.mark.parametrize(
    ("free_gb", "running", "ok"), [(2.4, False, False), (2.6, False, True), (0.5, True, True)]
)
def test_memory_counts_only_while_the_assistant_is_not_running(free_gb, running, ok) -> None:
    assert doctor.memory(free_gb, running).ok is ok


def test_an_environment_that_is_missing_or_broken(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    assert doctor.rasa_environment(broken).found == "brak"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    check = doctor.rasa_environment(broken)
    assert (check.ok, check.found) == (False, "nie działa")


def test_models_are_found_where_the_settings_say(tmp_path: Path) -> None:
    settings = Settings(models_dir=tmp_path, _env_file=None)
    assert not doctor.speech_model(settings).ok
    assert not doctor.dialogue_model(tmp_path / "rasa").ok
    model = tmp_path / "speech" / "pl-small" / "am" / "final.mdl"
    model.parent.mkdir(parents=True)
    model.touch()
    assert doctor.speech_model(settings).found == "pl-small"
    assert not doctor.official_model(settings).ok
    (tmp_path / "rasa").mkdir()
    (tmp_path / "rasa" / "one.tar.gz").touch()
    assert doctor.dialogue_model(tmp_path / "rasa").found == "one.tar.gz"


def test_a_full_or_closed_disk(tmp_path: Path, monkeypatch) -> None:
    assert doctor.disk(tmp_path / "not" / "made" / "yet").ok
    monkeypatch.setattr(doctor, "NEEDED_DISK_GB", 1e9)
    assert not doctor.disk(tmp_path).ok


def test_a_voice_that_does_not_exist_is_said_with_its_code() -> None:
    check = doctor.voice(Settings(voice_engine="opera", _env_file=None))
    assert not check.ok
    assert "setup-voice" in check.found


def test_the_printout_counts_only_what_is_needed() -> None:
    def printed(*checks: Check) -> str:
        out = io.StringIO()
        doctor.render(list(checks), Console(file=out, width=40))
        return out.getvalue()

    optional = Check("Chromium", False, "brak", "apt-get install chromium", needed=False)
    text = printed(Check("Głos", True, "espeak"), optional)
    assert "Asystent może tu działać." in text
    assert "apt-get install chromium" in text
    assert "Do poprawienia: 1." in printed(optional, Check("Głos", False, "brak", "rada"))
