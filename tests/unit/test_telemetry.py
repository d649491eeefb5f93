"""Logs hold nobody's words, and every field, event and metric is known."""

from __future__ import annotations

import ast
import io
import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.unit.source_code import tree_of
from voice_gateway import metrics, telemetry
from voice_gateway.errors import SetupError
from voice_gateway.values import StageTimes

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("voice_gateway", "actions", "polish", "staff_console", "visits")
METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
PERSONAL = "mój PESEL 44051401359, tel. 600 100 200"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Logging of a whole process as JSON; gives a function that reads the lines so far."""
    root, written = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    monkeypatch.setattr(sys, "stderr", written)
    telemetry.configure(as_json=True)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def log_calls() -> list[tuple[str, ast.Call]]:
    found = []
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(tree_of(path)):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in METHODS
                    and getattr(node.func.value, "id", "") in {"log", "logger"}
                ):
                    found.append((f"{path.relative_to(ROOT)}:{node.lineno}", node))
    return found


def test_every_field_that_the_code_logs_is_listed_as_safe() -> None:
    used = {"event", "level", "logger", "timestamp", "fault_at", "fault_type", "refused"}
    used.add("help")
    for place, call in log_calls():
        for keyword in call.keywords:
            assert keyword.arg, f"{place}: fields must be written out"
            if keyword.arg != "exc_info":
                assert keyword.arg in telemetry.SAFE_FIELDS, f"{place}: {keyword.arg}"
                used.add(keyword.arg)
    assert used == set(telemetry.SAFE_FIELDS), "remove fields that nobody logs"


def test_every_event_is_a_fixed_name() -> None:
    for place, call in log_calls():
        assert len(call.args) == 1, place
        event = call.args[0]
        assert isinstance(event, ast.Constant), f"{place}: not a fixed name"
        assert re.fullmatch(r"[a-z]+([_-][a-z0-9]+)+", str(event.value)), f"{place}: {event.value}"


def test_fields_that_are_not_listed_are_left_out_and_named(lines: Any) -> None:
    structlog.get_logger("x").info("call_started", channel="phone", caller="600100200", text="a")
    [line] = lines()
    assert line.pop("timestamp")
    assert line == {
        "event": "call_started",
        "level": "info",
        "logger": "x",
        "channel": "phone",
        "refused": ["caller", "text"],
    }


def test_faults_are_shown_as_type_and_place_without_their_words(lines: Any) -> None:
    try:
        int(PERSONAL)
    except ValueError:
        structlog.get_logger("x").exception("call_broken", code="internal")
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application %s", PERSONAL)
    ours, foreign = lines()
    for line in (ours, foreign):
        assert line["fault_type"] == "ValueError"
        assert line["fault_at"][-1].startswith("test_telemetry.py:")
        assert "44051401359" not in json.dumps(line)
        assert "PESEL" not in json.dumps(line)


def test_a_failed_start_says_what_this_machine_lacks_and_where(lines: Any) -> None:
    for error in (SetupError("setup-voice", "no espeak-ng library"), ValueError(PERSONAL)):
        try:
            raise error
        except Exception:
            logging.getLogger("uvicorn.error").error(traceback.format_exc())
    setup, other = lines()
    assert (setup["fault_type"], setup["help"]) == ("SetupError", "no espeak-ng library")
    assert other["fault_type"] == "ValueError"
    assert "44051401359" not in json.dumps(other)
    for line in (setup, other):
        assert line["fault_at"][-1].startswith("test_telemetry.py:")


def test_lines_of_libraries_are_templates_without_values(lines: Any) -> None:
    address = "/ws/asterisk?call=1&caller=600100200"
    logging.getLogger("uvicorn.error").warning(
        '%s - "WebSocket %s" [accepted]', "10.0.0.1", address
    )
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <%s>", PERSONAL)
    logging.getLogger("uvicorn.access").info("%s", address)
    logging.getLogger("httpx").info("HTTP Request: %s", address)
    assert [line["event"] for line in lines()] == [
        '%s - "WebSocket %s" [accepted]',
        "Task exception was never retrieved",
    ]


def test_every_metric_is_documented_and_every_documented_metric_exists() -> None:
    text = (ROOT / "docs/telemetry.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `(halo_[a-z_]+)", text, re.M))
    ours = {
        metric.name + ("_total" if metric.type == "counter" else "")
        for metric in metrics.REGISTRY.collect()
    }
    assert documented == ours


def test_every_safe_field_is_documented() -> None:
    text = (ROOT / "docs/telemetry.md").read_text("utf-8")
    documented = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|$", text, re.M))
    assert documented == telemetry.SAFE_FIELDS


def test_counters_appear_on_the_page() -> None:
    """By how much each figure grows: other tests of this process count too."""
    counted = {
        ("halo_turns_total", ("channel", "chat"), ("kind", "typed")): 1.0,
        ("halo_errors_total", ("code", "dialogue-timeout")): 1.0,
        ("halo_audio_dropped_seconds_total", ("side", "caller")): 0.5,
        ("halo_records_dropped_total", ("kind", "turn")): 3.0,
        ("halo_handoffs_total", ("channel", "chat"), ("reason", "asked")): 1.0,
        ("halo_voice_cache_total", ("result", "hit")): 1.0,
        ("halo_calls_active", ("channel", "phone")): 1.0,
        ("halo_stage_seconds_bucket", ("channel", "phone"), ("stage", "total"), ("le", "0.6")): 1.0,
    }

    def figures() -> dict[tuple, float]:
        return {
            key: metrics.REGISTRY.get_sample_value(key[0], dict(key[1:])) or 0.0 for key in counted
        }

    before = figures()
    telemetry.count_turn("chat", "typed")
    telemetry.count_error("dialogue-timeout")
    telemetry.count_dropped_turn()
    telemetry.count_dropped_audio("caller", 0.5)
    telemetry.count_dropped_record("turn", 3)
    telemetry.count_handoff("chat", "asked")
    telemetry.count_voice_cache(hit=True)
    telemetry.call_began("phone")
    telemetry.observe_stages("phone", StageTimes(0.46, 0.05, 0.04, 0.01))
    telemetry.observe_dialogue("chat", 0.02)
    after = figures()
    assert {key: after[key] - before[key] for key in counted} == pytest.approx(counted)
    page = metrics.render().decode()
    assert all(key[0] in page for key in counted)
    telemetry.call_ended("phone")
    calls = ("halo_calls_active", ("channel", "phone"))
    assert figures()[calls] == before[calls]
