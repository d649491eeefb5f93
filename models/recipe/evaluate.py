"""Word error rate of a Vosk model, through the real KaldiRecognizer, with voices it never heard.

    python -m models.recipe.evaluate --model models/speech/pl-small --set all --json figures.json

Needs vosk, numpy and espeakng-loader only. Every sentence has its own caller, fixed by the
sentence itself; the line is streamed in packets of 100 ms; results are joined.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import time
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import vosk
from numpy.typing import NDArray

from models.recipe import audio
from models.recipe.audio import RATE_HZ, Samples
from models.recipe.espeak import Engine, Voice
from models.recipe.voices import held_out_voice

TEXTS = Path(__file__).parent / "text"
SETS = {"domain": TEXTS / "held_out_domain.txt", "free": TEXTS / "held_out_free.txt"}
CONDITIONS = "clean telephone telephone_16k white_20 white_10 babble_20 babble_10".split()
LEAD, TRAIL = 2400, 3200  # samples of silence around the sentence
PACKET_S = 0.1
SPEECH_LEVEL = 3000  # root mean square on the line, int16 scale
TALKERS = 5  # in the babble


@dataclass(frozen=True)
class Call:
    """One spoken sentence: its words, clean 8 kHz samples, and who says it."""

    words: tuple[str, ...]
    samples: NDArray[np.int16]
    voice: str


@dataclass
class Figures:
    """What one set gave under one condition."""

    set: str
    condition: str
    sentences: int = 0
    words: int = 0
    errors: int = 0
    wrong_sentences: int = 0
    out_of_vocabulary: int = 0
    audio_s: float = 0.0
    cpu_s: float = 0.0

    @property
    def wer(self) -> float:
        """Word error rate, 0..1 (can be above 1)."""
        return self.errors / max(self.words, 1)

    @property
    def real_time_factor(self) -> float:
        """Processor time per second of audio, one core."""
        return self.cpu_s / max(self.audio_s, 1e-9)


def read_sentences(path: Path, limit: int | None = None) -> list[str]:
    """The sentences of a set, evenly thinned out to ``limit``."""
    lines = [line.strip() for line in path.read_text(encoding="utf8").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if limit is None or limit >= len(lines):
        return lines
    return [lines[i * len(lines) // limit] for i in range(limit)]


def speak(sentences: Iterable[str], engine: Engine) -> list[Call]:
    """Let held-out voices say the sentences; the same sentence always has the same caller."""
    calls = []
    for sentence in sentences:
        rng = random.Random(sentence)  # noqa: S311 - a fixed choice of voice
        voice: Voice = held_out_voice(rng)
        said = engine.speak(sentence + rng.choice([".", "?"]), voice)
        low = np.clip(audio.resample(said.samples, said.rate_hz), -32768, 32767)
        calls.append(Call(tuple(sentence.lower().split()), low.astype(np.int16), voice.name))
    return calls


def on_the_line(call: Call, condition: str, pool: Sequence[NDArray[np.int16]]) -> Samples:
    """The call as it arrives (samples at 8 kHz) under a condition."""
    samples = np.concatenate(
        [np.zeros(LEAD, np.float32), call.samples.astype(np.float32), np.zeros(TRAIL, np.float32)]
    )
    if condition == "clean":
        return samples
    active = slice(LEAD, LEAD + len(call.samples))
    samples = audio.band(samples)
    samples *= np.float32(SPEECH_LEVEL / (np.sqrt(np.mean(samples[active] ** 2)) + 1))
    if not condition.startswith("telephone"):
        kind, ratio = condition.split("_")
        rng = np.random.default_rng(zlib.crc32(" ".join([*call.words, condition]).encode()))
        count = len(samples)
        if kind == "babble":
            extra = audio.babble(count, rng, pool, TALKERS)
        else:
            extra = audio.noise(count, rng, kind)
        samples = audio.add_noise(samples, audio.band(extra), float(ratio), active)
    return audio.mu_law(samples)


def recognise(model: Any, samples: Samples, rate_hz: int = RATE_HZ) -> list[str]:
    """The words Vosk hears in a streamed call; its own endpoints only cut the result."""
    recogniser = vosk.KaldiRecognizer(model, rate_hz)
    data = np.clip(np.round(samples), -32768, 32767).astype("<i2").tobytes()
    step = int(rate_hz * PACKET_S) * 2
    heard: list[str] = []
    for at in range(0, len(data), step):
        if recogniser.AcceptWaveform(data[at : at + step]):
            heard += json.loads(recogniser.Result())["text"].split()
    heard += json.loads(recogniser.FinalResult())["text"].split()
    return heard


def word_errors(reference: Sequence[str], heard: Sequence[str]) -> int:
    """Substitutions, deletions and insertions between two word rows."""
    row = list(range(len(heard) + 1))
    for i, wanted in enumerate(reference, 1):
        before, row[0] = row[0], i
        for j, got in enumerate(heard, 1):
            cost = before + (wanted != got)
            before = row[j]
            row[j] = min(row[j] + 1, row[j - 1] + 1, cost)
    return row[-1]


def measure(
    model: Any, calls: Sequence[Call], name: str, condition: str, vocabulary: set[str]
) -> Figures:
    """Recognise all calls under one condition."""
    figures = Figures(name, condition)
    pool = [call.samples for call in calls]
    for call in calls:
        samples = on_the_line(call, condition.removesuffix("_16k"), pool)
        rate_hz = RATE_HZ
        if condition.endswith("_16k"):
            rate_hz = 2 * RATE_HZ
            samples = audio.resample(samples, RATE_HZ, rate_hz)
        start = time.process_time()
        heard = recognise(model, samples, rate_hz)
        figures.cpu_s += time.process_time() - start
        errors = word_errors(call.words, heard)
        figures.sentences += 1
        figures.words += len(call.words)
        figures.errors += errors
        figures.wrong_sentences += errors > 0
        figures.out_of_vocabulary += sum(word not in vocabulary for word in call.words)
        figures.audio_s += len(samples) / rate_hz
    return figures


def read_vocabulary(model_dir: Path) -> set[str]:
    """The words a model knows, without its own symbols."""
    lines = (model_dir / "graph" / "words.txt").read_text(encoding="utf8").splitlines()
    words = (line.split()[0] for line in lines)
    return {word for word in words if word[0] not in "<[#"}


def machine() -> str:
    """The processor's name, for the record."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]} x {len(names)}" if names else platform.processor() or platform.machine()


def report(all_figures: Sequence[Figures]) -> dict[str, Any]:
    """Figures as plain data, with the rates worked out."""
    rows = [
        asdict(f) | {"wer": round(f.wer, 4), "real_time_factor": round(f.real_time_factor, 4)}
        for f in all_figures
    ]
    return {"machine": machine(), "vosk": "KaldiRecognizer, 100 ms packets", "figures": rows}


def print_row(figures: Figures) -> None:
    """One line of the table."""
    unknown = 100 * figures.out_of_vocabulary / max(figures.words, 1)
    print(
        f"{figures.set:8} {figures.condition:14} {figures.sentences:4} sentences  "
        f"WER {100 * figures.wer:5.2f} %  wrong sentences {figures.wrong_sentences:4}  "
        f"out of vocabulary {unknown:4.1f} %  RTF {figures.real_time_factor:.3f}",
        flush=True,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write JSON."""
    parser = argparse.ArgumentParser(
        description="Measure a Polish Vosk model with held-out voices."
    )
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--set", choices=[*SETS, "all"], default="all")
    parser.add_argument("--texts", type=Path, help="measure these sentences instead of a set")
    parser.add_argument("--conditions", nargs="+", choices=CONDITIONS, default=CONDITIONS)
    parser.add_argument("--limit", type=int, help="sentences per set")
    parser.add_argument("--json", type=Path, required=True)
    options = parser.parse_args(arguments)
    vosk.SetLogLevel(-1)
    model, vocabulary = vosk.Model(str(options.model)), read_vocabulary(options.model)
    names = list(SETS) if options.set == "all" else [options.set]
    texts = {name: SETS[name] for name in names}
    if options.texts:
        texts = {options.texts.stem: options.texts}
    engine, measured = Engine(), []
    for name, path in texts.items():
        calls = speak(read_sentences(path, options.limit), engine)
        for condition in options.conditions:
            measured.append(measure(model, calls, name, condition, vocabulary))
            print_row(measured[-1])
    options.json.write_text(json.dumps(report(measured), indent=2), encoding="utf8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
