"""From the knowledge to Rasa's files under bot/build, and the fingerprint of all that matters."""

from __future__ import annotations

import hashlib
import os
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from bot.understanding.examples import Example, read_phrases, read_yaml, training_examples

ROOT = Path(__file__).resolve().parent.parent
BOT = ROOT / "bot"
BUILD = BOT / "build"
# What decides how a text is understood, beside the training questions themselves.
SOURCES = (
    "config.yml",
    "bot/domain.yml",
    "bot/rules.yml",
    "bot/phrases/*.yml",
    "bot/phrases/*.txt",
    "bot/phrases/*.tsv",
    "bot/phrases/acts/*.txt",
    "bot/uv.lock",
    "bot/components/*.py",
    "bot/understanding/*.py",
    "polish/fold.py",
    "polish/lemmas.py",
)


def knowledge_dir() -> Path:
    """Where topics and acts are read from (``HALO_KNOWLEDGE_DIR``)."""
    return Path(os.environ.get("HALO_KNOWLEDGE_DIR", ROOT / "nlu_data")).resolve()


def write_build(knowledge: Path, build: Path = BUILD) -> str:
    """Write Rasa's training files; gives their fingerprint (10 hex digits).

    The fingerprint does not change when only answers or replies are reworded.
    """
    examples = training_examples(knowledge, read_phrases(BOT / "phrases"))
    build.mkdir(parents=True, exist_ok=True)
    nlu = yaml.safe_dump(nlu_file(examples), allow_unicode=True, sort_keys=False, width=1000)
    (build / "nlu.yml").write_text(nlu, "utf-8")
    config = read_yaml(ROOT / "config.yml")
    emergency = knowledge / "acts" / "emergency.yml"
    for component in config["pipeline"]:
        if "patterns" in component:
            component["patterns"] = str(emergency)
    (build / "config.yml").write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
    return _fingerprint(nlu, emergency)


def nlu_file(examples: list[Example]) -> dict[str, Any]:
    """Rasa NLU data: one block for each meaning, with topic and aspect as metadata."""

    def meaning(e: Example) -> tuple[str, str, str]:
        return e.intent, e.topic or "", e.aspect or ""

    blocks = []
    for (intent, topic, aspect), group in groupby(sorted(examples, key=meaning), key=meaning):
        block: dict[str, Any] = {"intent": intent}
        if aspect:
            block["metadata"] = {"topic": topic or None, "aspect": aspect}
        block["examples"] = "".join(f"- {_one_line(e.text)}\n" for e in group)
        blocks.append(block)
    return {"version": "3.1", "nlu": blocks}


def _one_line(text: str) -> str:
    # [] and () mark entities in Rasa's files; here they are only punctuation
    return " ".join(text.translate(str.maketrans("[](){}", "      ")).split())


def _fingerprint(nlu: str, emergency: Path) -> str:
    act = read_yaml(emergency)
    digest = hashlib.sha256(nlu.encode())
    digest.update(repr([act["patterns"], act["false_alarms"]]).encode())
    _add_sources(digest)
    return digest.hexdigest()[:10]


def sources_hash() -> str:
    """Of the code and phrases alone: a model of other sources may not load any more."""
    digest = hashlib.sha256()
    _add_sources(digest)
    return digest.hexdigest()[:10]


def _add_sources(digest: Any) -> None:
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
