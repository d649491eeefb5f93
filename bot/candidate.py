"""What the staff's page runs: trains a candidate, then asks it and the live model the same
held-out questions. ``bot/.venv/bin/python -m bot.candidate --models DIR --result FILE``.

Standard output is JSON lines: stages (``bot.progress``), or once ``{"failed": CODE, "detail": …}``.
The result is JSON: ``{"model": …, "new": bool, "card": …, "set": …, "scores": {model: rows}}``; a
row is ``{"text", "meant", "got", "kind", "learnt"}``. Nothing is made live here.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import gzip
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from bot.build import BOT, knowledge_dir
from bot.environment import quiet, quiet_logs
from bot.evaluate import guesses
from bot.model_files import STAFF, companion, read_card, replace_file
from bot.progress import Progress
from bot.scoring import ASK, Guess, Question, held_out
from bot.train import train
from bot.understanding.examples import read_phrases, training_examples
from polish.fold import fold

NICENESS = 15  # talks come first
FEWEST_EXAMPLES = 3  # of a topic, beside the made ones: its own questions and names
FEWEST_TOPICS = 3  # a classifier needs something to tell apart
BUILD_PREFIX = ".build-"
PR_SET_PDEATHSIG = 1  # linux/prctl.h


class FailedError(Exception):
    """Why there is no candidate: a code that the page knows, and a name for its sentence."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def check_content(knowledge: Path) -> None:
    """What training would stumble over, said before it begins. Raises ``FailedError``."""
    topics = []
    for path in sorted((knowledge / "topics").glob("*.yml")):
        try:
            topic = yaml.safe_load(path.read_text("utf-8"))
            asked = [q for some in (topic.get("questions") or {}).values() for q in some]
            topics.append((path.name, [topic["id"], topic["name"]], asked))
        except (yaml.YAMLError, KeyError, TypeError, AttributeError, UnicodeDecodeError):
            raise FailedError("model-content", f"topics/{path.name}") from None
    for path in sorted((knowledge / "acts").glob("*.yml")):
        try:
            _ = yaml.safe_load(path.read_text("utf-8"))["id"]
        except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError):
            raise FailedError("model-content", f"acts/{path.name}") from None
    if len(topics) < FEWEST_TOPICS:
        raise FailedError("model-few-topics", str(FEWEST_TOPICS))
    for _, names, asked in topics:
        if len(asked) < FEWEST_EXAMPLES:
            raise FailedError("model-few-examples", str(names[1]))
    try:
        training_examples(knowledge, read_phrases(BOT / "phrases"))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise FailedError("model-content", "topics") from None


def set_hash(folder: Path) -> str:
    """Of the held-out questions; figures of different sets cannot be compared."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yml")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:10]


def rows_of(model: Path, questions: list[Question], told: Any) -> list[dict[str, Any]]:
    """What a model made of each question. ``learnt``: it stands among its own examples, so that a
    right answer to it shows nothing."""
    learnt = _learnt(model)
    found = guesses(model, questions, stock=False, told=told)
    return [
        {
            "text": question.text,
            "meant": question.act or f"{question.topic}.{question.aspect}",
            "got": _named(guess),
            "kind": question.kind,
            "learnt": fold(question.text) in learnt,
        }
        for question, guess in zip(questions, found)
    ]


def _named(guess: Guess) -> str:
    return guess.intent if guess.intent != ASK else f"{guess.topic}.{guess.aspect}"


def _learnt(model: Path) -> set[str]:
    data = companion(model, ".nlu.yml.gz")
    if not data.exists():
        return set()
    with gzip.open(data, "rt", encoding="utf-8") as file:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        blocks = yaml.load(file, Loader=loader)["nlu"]  # noqa: S506 - a safe one
    return {fold(line[2:]) for block in blocks for line in block["examples"].splitlines()}


def run(options: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """Train if no candidate is named, then score. Raises ``FailedError``."""
    knowledge, folder = knowledge_dir(), options.models
    if options.candidate:
        model, new = folder / options.candidate, False
        if not model.is_file():
            raise FailedError("model-file-gone", options.candidate)
    else:
        check_content(knowledge)
        before = set(folder.glob("*.tar.gz"))
        model = train(folder, _build(folder), origin=STAFF, tell=progress.stage)
        new = model not in before
        _keep(model)
    questions = held_out(knowledge / "held_out")
    asked = set_hash(knowledge / "held_out")
    known = {tuple(pair.split("@")) for pair in options.scored}
    quiet_logs()
    scores = {}
    for stage, one in (("scoring", model), ("comparing", folder / options.live)):
        if one.name in scores or (one.name, asked) in known or not one.is_file():
            continue
        progress.stage(stage)
        scores[one.name] = rows_of(one, questions, lambda s, stage=stage: progress.stage(stage, s))
    return {
        "model": model.name,
        "new": new,
        "card": read_card(model),
        "set": asked,
        "scores": scores,
    }


def _keep(model: Path) -> None:
    """Staff have seen it: it is theirs from now on, also when a command had trained it."""
    card = read_card(model)
    if card and card.get("origin") != STAFF:
        replace_file(companion(model, ".json"), json.dumps({**card, "origin": STAFF}).encode())


def _build(folder: Path) -> Path:
    """A folder for what training writes; what a killed one left is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{BUILD_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)
    build = Path(tempfile.mkdtemp(prefix=BUILD_PREFIX, dir=folder))
    (build / "tmp").mkdir()
    tempfile.tempdir = str(build / "tmp")  # Rasa's own: one place to clear, one disk to fill
    return build


def _behind_talks(parent: int) -> None:
    """Gives way to the talks, and dies with the gateway."""
    os.nice(NICENESS)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if parent and os.getppid() != parent:  # it died before that was said
        raise SystemExit(1)


def main() -> None:
    """Command line; the exit status is 0 when the lines say how it ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--result", type=Path, required=True)
    parser.add_argument("--candidate", default="", help="compare this file, train nothing")
    parser.add_argument("--live", default="-", help="file name of the model to compare with")
    parser.add_argument("--scored", nargs="*", default=[], help="MODEL@SET pairs known already")
    parser.add_argument("--parent", type=int, default=0, help="process to end with")
    options = parser.parse_args()
    progress = Progress(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    os.dup2(2, 1)  # what libraries print belongs to the log
    _behind_talks(options.parent)
    quiet()
    try:
        result = run(options, progress)
        replace_file(options.result, json.dumps(result, ensure_ascii=False).encode())
    except FailedError as error:
        progress.write({"failed": error.code, "detail": error.detail})
    except MemoryError:
        progress.write({"failed": "model-memory", "detail": ""})
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        progress.write({"failed": "model-disk", "detail": ""})
    finally:
        for left in options.models.glob(f"{BUILD_PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
