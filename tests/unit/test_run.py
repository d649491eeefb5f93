"""What keeps ``halo run`` from starting is said in one Polish sentence."""

import socket

import pytest

from voice_gateway import run
from voice_gateway.settings import Settings


def settings(**changes) -> Settings:
    free = {"port": 0, "audiosocket_port": 0, "rasa_url": "http://127.0.0.1:1"}
    return Settings(_env_file=None, **{**free, "actions_url": "http://127.0.0.1:2", **changes})


def test_a_busy_port_is_named():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        told = run.obstacle(settings(port=port))
    assert told
    assert str(port) in told
    assert "zajęty" in told


def test_too_little_memory_is_said(monkeypatch):
    monkeypatch.setattr(run, "_available_memory_mb", lambda: 300)
    told = run.obstacle(settings())
    assert told
    assert "300 MB" in told


def test_nothing_in_the_way(monkeypatch):
    monkeypatch.setattr(run, "_available_memory_mb", lambda: 9000)
    assert run.obstacle(settings()) is None


@pytest.mark.parametrize(
    ("rasa_url", "port"), [("http://127.0.0.1:6001", "6001"), ("http://127.0.0.1", "5005")]
)
def test_rasa_is_started_where_the_settings_look_for_it(rasa_url, port):
    rasa = run.parts(settings(rasa_url=rasa_url))[0]
    assert rasa.command[rasa.command.index("--port") + 1] == port
