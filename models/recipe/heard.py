"""What the recogniser makes of questions that are spoken to it over the telephone.

    python -m models.recipe.heard training --out bot/phrases/heard.tsv
    python -m models.recipe.heard held-out --out var/eval/spoken.json

``training``: voices of the training say the training questions; the understanding learns from what
was heard of them, mistakes and all. Questions that lie in the file already are kept, so a renewal
after an edit is quick; after a new speech model give ``--anew``. ``held-out``: voices that neither
the speech model nor the understanding ever met say the held-out questions of the phone.

Needs vosk, numpy and espeakng-loader only.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import numpy as np
import vosk
import yaml

from models.recipe import audio
from models.recipe.espeak import Engine, Voice
from models.recipe.evaluate import Call, on_the_line, recognise, word_errors
from models.recipe.normalise import normalise
from models.recipe.voices import held_out_voice, make_data_dir, training_voice

ROOT = Path(__file__).parents[2]
KNOWLEDGE = ROOT / "nlu_data"
PHRASES = ROOT / "bot" / "phrases"
MODEL = ROOT / "models" / "speech" / "pl-small"
SPOKEN_SHARE = 2  # every second question is spoken: all of them would take half an hour
TRAINING_LINES = ("telephone", "telephone", "white_20", "white_10")
CHUNK = 20

_engine: Engine | None = None
_model: Any = None


@dataclass(frozen=True)
class Job:
    """A sentence to say: its words, who says it, and over what line."""

    words: str
    voice: Voice
    condition: str


def hear(jobs: Sequence[Job], model: Path, data_dir: Path | None, workers: int) -> Iterator[str]:
    """What Vosk hears of each job, in order."""
    with Pool(workers, _start, (model, data_dir)) as pool:
        yield from pool.imap(_hear, jobs, chunksize=CHUNK)


def training_job(words: str) -> Job:
    """Who says a training question and how; always the same for the same words."""
    rng = random.Random(words)  # noqa: S311 - variety, not secrecy
    return Job(words, training_voice(rng), rng.choice(TRAINING_LINES))


def held_out_job(words: str) -> Job:
    """The same for a held-out question."""
    return Job(words, held_out_voice(random.Random(words)), "telephone")  # noqa: S311


def training_questions() -> list[str]:
    """The staff's questions and the phrases of acts, as written, without doubles."""
    found: list[str] = []
    for path in sorted((KNOWLEDGE / "topics").glob("*.yml")):
        for questions in yaml.safe_load(path.read_text("utf-8"))["questions"].values():
            found += map(str, questions)
    for path in sorted((KNOWLEDGE / "acts").glob("*.yml")):
        found += map(str, yaml.safe_load(path.read_text("utf-8"))["questions"])
    for path in sorted((PHRASES / "acts").glob("*.txt")):
        found += (line.strip() for line in path.read_text("utf-8").splitlines())
    free = yaml.safe_load((PHRASES / "questions.yml").read_text("utf-8"))["topic_free"]
    for questions in free.values():
        found += map(str, questions)
    return [text for text in dict.fromkeys(found) if text and not text.startswith("#")]


def _spoken(question: str) -> bool:
    return zlib.crc32(question.encode()) % SPOKEN_SHARE == 0


def read_heard(path: Path) -> dict[str, str]:
    """Question -> what was heard of it, from the file; empty where there is none."""
    if not path.exists():
        return {}
    lines = path.read_text("utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines)


def renew_training(out: Path, model: Path, workers: int, *, anew: bool) -> None:
    """Write the file for the present questions."""
    questions = [text for text in training_questions() if normalise(text) and _spoken(text)]
    known = {} if anew else read_heard(out)
    new = [text for text in questions if text not in known]
    print(f"{len(questions)} questions, {len(new)} to be spoken", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = make_data_dir(Path(folder))
        jobs = [training_job(normalise(text)) for text in new]
        known |= zip(new, hear(jobs, model, data_dir, workers), strict=True)
    rows = (f"{text}\t{known[text]}\n" for text in sorted(questions))
    out.write_text("".join(rows), encoding="utf-8")


def write_held_out(out: Path, model: Path, workers: int) -> None:
    """Write what was heard of the held-out questions of the phone, and print the error rate."""
    rows = [
        row
        for path in sorted((KNOWLEDGE / "held_out").glob("*.yml"))
        for row in yaml.safe_load(path.read_text("utf-8"))
        if row["channel"] == "phone"
    ]
    said = [normalise(row["text"]) for row in rows]
    heard = list(hear([held_out_job(words) for words in said], model, None, workers))
    print_error_rate(said, heard)
    spoken = [row | {"heard": text} for row, text in zip(rows, heard, strict=True)]
    out.write_text(json.dumps(spoken, ensure_ascii=False, indent=1), encoding="utf-8")


def print_error_rate(said: Iterable[str], heard: Iterable[str]) -> None:
    """One line: the word error rate."""
    errors = words = 0
    for reference, text in zip(said, heard, strict=True):
        errors += word_errors(reference.split(), text.split())
        words += len(reference.split())
    print(f"held-out questions by telephone: WER {100 * errors / words:.1f} % of {words} words")


def _start(model: Path, data_dir: Path | None) -> None:
    global _engine, _model
    vosk.SetLogLevel(-1)
    _engine, _model = Engine(data_dir) if data_dir else Engine(), vosk.Model(str(model))


def _hear(job: Job) -> str:
    if _engine is None:
        raise RuntimeError("the worker has no engine")
    said = _engine.speak(job.words + ".", job.voice)
    low = np.clip(audio.resample(said.samples, said.rate_hz), -32768, 32767).astype(np.int16)
    call = Call(tuple(job.words.split()), low, job.voice.name)
    return " ".join(recognise(_model, on_the_line(call, job.condition, [])))


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description="What the recogniser makes of spoken questions.")
    parser.add_argument("what", choices=["training", "held-out"])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--anew", action="store_true", help="forget what lies in OUT")
    options = parser.parse_args()
    if options.what == "training":
        renew_training(options.out, options.model, options.workers, anew=options.anew)
    else:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        write_held_out(options.out, options.model, options.workers)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
