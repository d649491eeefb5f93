"""The shipped model: small, wide, hears unknown voices, and keeps quiet when nobody speaks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import vosk

from models.recipe import audio, evaluate
from models.recipe.audio import RATE_HZ, Samples
from models.recipe.espeak import Engine, Voice

MEGABYTE = 1_000_000


def line(kind: str, seconds: float = 4.0) -> Samples:
    """A call in which nobody speaks."""
    count, rng = int(seconds * RATE_HZ), np.random.default_rng(7)
    if kind == "silence":
        return np.zeros(count, np.float32)
    if kind in ("dtmf", "busy"):
        return audio.mu_law(audio.tones(count, rng, kind) * np.float32(2500))
    return audio.mu_law(audio.noise(count, rng, kind) * np.float32(800))


def test_size_and_vocabulary(model_dir: Path) -> None:
    size = sum(path.stat().st_size for path in model_dir.rglob("*") if path.is_file())
    assert size <= 10 * MEGABYTE
    assert len(evaluate.read_vocabulary(model_dir)) >= 20_000


def test_everything_vosk_reads_is_there(model_dir: Path) -> None:
    for name in (
        "README.md",
        "am/final.mdl",
        "conf/mfcc.conf",
        "conf/model.conf",
        "graph/Gr.fst",
        "graph/HCLr.fst",
        "graph/disambig_tid.int",
        "graph/phones/word_boundary.int",
        "graph/words.txt",
    ):
        assert (model_dir / name).stat().st_size > 0


@pytest.mark.parametrize(("name", "bound"), [("domain", 0.15), ("free", 0.30)])
def test_held_out_sentences_of_held_out_voices(
    model: Any, model_dir: Path, engine: Engine, name: str, bound: float
) -> None:
    sentences = evaluate.read_sentences(evaluate.SETS[name], limit=10)
    calls = evaluate.speak(sentences, engine)
    known = evaluate.read_vocabulary(model_dir)
    assert evaluate.measure(model, calls, name, "telephone", known).wer <= bound


def test_sixteen_kilohertz(model: Any, engine: Engine) -> None:
    call = evaluate.speak(["chciałbym złożyć wniosek o dowód osobisty"], engine)[0]
    wide = audio.resample(evaluate.on_the_line(call, "clean", []), RATE_HZ, 2 * RATE_HZ)
    heard = evaluate.recognise(model, wide, 2 * RATE_HZ)
    assert evaluate.word_errors(call.words, heard) <= 1


@pytest.mark.parametrize("word", ["tak", "nie", "konsultant"])
def test_one_word_answers(model: Any, engine: Engine, word: str) -> None:
    said = engine.speak(f"{word}.", Voice("pl+m4", 150))
    low = audio.resample(said.samples, said.rate_hz).astype(np.int16)
    samples = evaluate.on_the_line(evaluate.Call((word,), low, "m4"), "telephone", [])
    assert evaluate.recognise(model, samples) == [word]


def test_grammar_at_run_time(model: Any, engine: Engine) -> None:
    call = evaluate.speak(["tak proszę"], engine)[0]
    data = evaluate.on_the_line(call, "telephone", []).astype("<i2").tobytes()
    phrases = json.dumps(["tak proszę", "nie", "[unk]"], ensure_ascii=False)
    recogniser = vosk.KaldiRecognizer(model, RATE_HZ, phrases)
    recogniser.AcceptWaveform(data)
    assert json.loads(recogniser.FinalResult())["text"] == "tak proszę"


@pytest.mark.parametrize("kind", ["silence", "white", "hum", "dtmf", "busy"])
def test_nothing_is_heard_where_nobody_speaks(model: Any, kind: str) -> None:
    assert evaluate.recognise(model, line(kind)) == []


def test_words_have_times_in_order(model: Any, engine: Engine) -> None:
    call = evaluate.speak(["gdzie jest urząd miasta"], engine)[0]
    recogniser = vosk.KaldiRecognizer(model, RATE_HZ)
    recogniser.SetWords(True)
    recogniser.AcceptWaveform(evaluate.on_the_line(call, "clean", []).astype("<i2").tobytes())
    times = [word["start"] for word in json.loads(recogniser.FinalResult())["result"]]
    assert times == sorted(times)
    assert len(times) >= 3
