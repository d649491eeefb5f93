"""Speak the training text: clean 8 kHz speech with phone and word times, kept as two files."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.recipe.audio import resample
from models.recipe.espeak import Engine, Voice
from models.recipe.phones import SILENCE, phone_name
from models.recipe.voices import training_voice

WORKERS = 2
CHUNK = 50  # utterances handed to a worker at a time

_engine: Engine | None = None


@dataclass(frozen=True)
class Spoken:
    """One clean utterance: where its samples lie in the corpus, its phones and its words."""

    start: int
    count: int
    phones: tuple[tuple[int, str, float], ...]  # word index, phone, start in seconds
    words: tuple[str, ...]


class Corpus:
    """Synthesised speech on disk: all samples in one int16 array, one line of facts each."""

    def __init__(self, path: Path) -> None:
        self.samples: NDArray[np.int16] = np.load(path.with_suffix(".npy"), mmap_mode="r")
        lines = path.with_suffix(".jsonl").read_text(encoding="utf8").splitlines()
        self.utterances = [_parse(line) for line in lines]

    def __len__(self) -> int:
        return len(self.utterances)

    def audio(self, index: int) -> NDArray[np.int16]:
        """Samples (n,) of one utterance at 8 kHz."""
        entry = self.utterances[index]
        return np.asarray(self.samples[entry.start : entry.start + entry.count])


def write_corpus(path: Path, jobs: Sequence[tuple[str, Voice]], data_dir: Path) -> float:
    """Speak all jobs with two processes and write the corpus; returns its hours of speech."""
    pieces: list[NDArray[np.int16]] = []
    start = 0
    with path.with_suffix(".jsonl").open("w", encoding="utf8") as facts:
        for samples, phones, words in _speak_all(jobs, data_dir):
            pieces.append(samples)
            entry = [start, len(samples), phones, words]
            facts.write(json.dumps(entry, ensure_ascii=False) + "\n")
            start += len(samples)
    np.save(path.with_suffix(".npy"), np.concatenate(pieces))
    return start / 8000 / 3600


def training_jobs(
    sentences: Sequence[str], words: Sequence[tuple[str, float]], counts: tuple[int, int], seed: int
) -> list[tuple[str, Voice]]:
    """Choose what is spoken and by whom.

    ``counts``: how many written sentences and how many strings of random words. The
    random strings keep the network from learning the sentences by heart; half of their
    words are drawn by frequency and half walk through the whole vocabulary.
    """
    rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
    chosen = [rng.choice(sentences) for _ in range(counts[0])]
    jobs = [(text + rng.choice([".", "?", "", "!"]), training_voice(rng)) for text in chosen]
    frequent = iter(rng.choices([w for w, _ in words], [f**0.8 for _, f in words], k=counts[1] * 8))
    everyone = _endless([w for w, _ in words], rng)
    for _ in range(counts[1]):
        length = rng.choice([1, 1, 2, 3, 4, 5, 6, 7, 8])
        row = [next(frequent if rng.random() < 0.5 else everyone) for _ in range(length)]
        text = " ".join(word + ("," if rng.random() < 0.12 else "") for word in row)
        jobs.append((text + ".", training_voice(rng)))
    return jobs


def _endless(words: Sequence[str], rng: random.Random) -> Iterator[str]:
    while True:
        order = list(words)
        rng.shuffle(order)
        yield from order


def _parse(line: str) -> Spoken:
    start, count, phones, words = json.loads(line)
    return Spoken(start, count, tuple((w, p, t) for w, p, t in phones), tuple(words))


def _start(data_dir: Path) -> None:
    global _engine  # noqa: PLW0603 - a worker process has one engine
    _engine = Engine(data_dir)


def _speak(job: tuple[str, Voice]) -> tuple[NDArray[np.int16], list[object], list[str]]:
    if _engine is None:
        raise RuntimeError("the worker has no engine")
    text, voice = job
    said = _engine.speak(text, voice)
    low = np.clip(resample(said.samples, said.rate_hz), -32768, 32767).astype(np.int16)
    phones: list[object] = []
    for event in said.phones:
        name = phone_name(event.symbol)
        if name:
            phones.append([-1 if name == SILENCE else event.word, name, round(event.start_s, 4)])
    return low, phones, list(said.words)


def _speak_all(
    jobs: Sequence[tuple[str, Voice]], data_dir: Path
) -> Iterable[tuple[NDArray[np.int16], list[object], list[str]]]:
    with Pool(WORKERS, _start, (data_dir,)) as pool:
        yield from pool.imap(_speak, jobs, chunksize=CHUNK)
