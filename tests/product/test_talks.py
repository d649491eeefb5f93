"""Whole talks in words (tests/talks), against the whole product with the real trained Rasa."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.product.test_text import ask, shown
from tests.running_product import RunningProduct

pytestmark = pytest.mark.rasa

FOLDER = Path(__file__).parents[1] / "talks"
TALKS: list[dict[str, Any]] = [
    talk
    for path in sorted(FOLDER.glob("*.yml"))
    for talk in yaml.safe_load(path.read_text("utf-8"))
]
KEYS = {"say", "topic", "aspect", "act", "has", "lacks", "matches", "starts", "choices", "handoff",
        "department", "again"}  # fmt: skip
NUMBER = re.compile(r"\b\d\d \d\d \d\d \d\d\b")  # of a reservation
NOTICE = "automatyczny asystent"  # said once, before the first answer


@pytest.mark.parametrize("talk", TALKS, ids=[talk["talk"] for talk in TALKS])
def test_talk(product: RunningProduct, talk: dict[str, Any]) -> None:
    conversation_id = None
    phone = f"50{TALKS.index(talk):07d}"
    number = ""
    for turn in talk["turns"]:
        assert set(turn) <= KEYS, f"unknown key in {turn}"
        said = turn["say"].replace("{phone}", phone).replace("{number}", number)
        reply = ask(product, said, None if turn.get("again") else conversation_id)
        conversation_id = reply["conversation_id"]
        compare(turn, reply)
        if found := NUMBER.search(shown(reply)):
            number = found[0]


def compare(turn: dict[str, Any], reply: dict[str, Any]) -> None:
    """Each expectation of the turn against what the product answered."""
    answered = f"{turn['say']!r} -> {shown(reply)!r} {reply['understood']}"
    for key in ("topic", "aspect", "act"):
        if key in turn:
            assert reply["understood"][key] == turn[key], f"{key}: {answered}"
    said = shown(reply).casefold()
    for words in turn.get("has", ()):
        assert words.casefold() in said, answered
    for words in turn.get("lacks", ()):
        assert words.casefold() not in said, answered
    for pattern in turn.get("matches", ()):
        assert re.search(pattern, shown(reply)), answered
    if "starts" in turn:
        first = next(m["text"] for m in reply["replies"] if NOTICE not in m["text"])
        assert turn["starts"] in re.split(r"(?<=[.!?])\s", first)[0], answered
    if "choices" in turn:
        assert reply["replies"][-1]["choices"] == turn["choices"], answered
    handoff = reply["handoff"]
    if "handoff" in turn:
        assert (handoff["reason"] if handoff else None) == turn["handoff"], answered
    if "department" in turn:
        assert handoff and handoff["department"] == turn["department"], answered


def test_there_are_enough_talks() -> None:
    assert len(TALKS) >= 100
    assert len(yaml.safe_load((FOLDER / "visits.yml").read_text("utf-8"))) >= 40
    assert len({talk["talk"] for talk in TALKS}) == len(TALKS)
    assert sum(len(talk["turns"]) > 1 for talk in TALKS) >= 60
