"""The parts of the recipe that need no training: text, numbers, language model, Kaldi's files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.recipe import kaldi_io, lexicon, ngram, numerals, wordclasses
from models.recipe.audio import RATE_HZ, mu_law, resample
from models.recipe.espeak import Engine
from models.recipe.evaluate import read_sentences, word_errors
from models.recipe.grammar import Grammar
from models.recipe.inflection import forms, inflect
from models.recipe.normalise import normalise, sentences
from models.recipe.phones import phone_name, phone_table, phones_of, word_phones
from models.recipe.texts import NEVER_READ, TEXT, gather


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Ile wynosi 800+?", "ile wynosi osiemset plus"),
        ("ul. Polna 12", "ulica polna dwanaście"),
        ("Kasa: 8:30, 120 zł", "kasa osiem trzydzieści sto dwadzieścia złotych"),
        ("tel. 012345678", "telefon zero jeden dwa trzy cztery pięć sześć siedem osiem"),
        ("1 234 osoby", "tysiąc dwieście trzydzieści cztery osoby"),
        ("zob. https://urzad.example/a {phone}", "zob"),
    ],
)
def test_normalise(written: str, spoken: str) -> None:
    assert normalise(written) == spoken


def test_sentences_are_split() -> None:
    assert sentences("Dowód jest za darmo. Czy pomóc?") == ["dowód jest za darmo", "czy pomóc"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (12, "dwanaście"),
        (105, "sto pięć"),
        (1000, "tysiąc"),
        (2022, "dwa tysiące dwadzieścia dwa"),
        (15_000, "piętnaście tysięcy"),
    ],
)
def test_cardinal(number: int, words: str) -> None:
    assert numerals.cardinal(number) == words


def test_ordinals_and_dates() -> None:
    assert numerals.date(3, 5) == "trzeciego maja"
    assert numerals.date(22, 12) == "dwudziestego drugiego grudnia"
    assert numerals.ordinal(8, "ej") == "ósmej"
    assert numerals.ordinal(13, "a") == "trzynasta"
    assert numerals.ordinal(2, "ą") == "drugą"
    assert numerals.year(1968) == "tysiąc dziewięćset sześćdziesiątego ósmego"


def test_inflection() -> None:
    assert inflect("dowód osobisty", "gen") == "dowodu osobistego"
    assert inflect("akt | urodzenia", "inst") == "aktem urodzenia"
    assert inflect("stare meble", "loc") == "starych meblach"
    assert {"zgubiłem", "zgubiłam", "zgubię"} <= {form.word for form in forms("zgubić")}
    with pytest.raises(ValueError, match="no noun"):
        inflect("szybko", "gen")


def test_every_template_and_slot_makes_sentences() -> None:
    grammar = Grammar(TEXT / "templates.txt", TEXT / "slots.txt")
    made = grammar.sentences(2 * len(grammar.templates))
    assert all(text == normalise(text) and "{" not in text for text in made)
    assert "dowodem osobistym" in grammar.slot_words()


def test_held_out_sentences_are_never_learned(tmp_path: Path) -> None:
    texts = gather(tmp_path, template_sentences=600)
    learned = {*texts.written, *texts.knowledge, *texts.templates}
    held = {s for name in NEVER_READ for s in read_sentences(TEXT / name)}
    assert len(held) >= 450
    assert not learned & held


WORDS = {"dowód": 1e-4, "paszport": 1e-4, "mam": 1e-3, "nowy": 1e-3, "nie": 1e-2, "pies": 1e-5}
TALK = [row.split() for row in ("mam nowy dowód", "mam paszport", "nie mam", "mam nowy paszport")]


def language(arcs: int) -> ngram.Model:
    settings = ngram.Settings(trigram_minimum=1)
    plain = ngram.train(TALK, WORDS, ngram.Grouping(), "[unk]", settings)
    if not arcs:
        return plain
    classes = wordclasses.learn(TALK, WORDS)
    groups = wordclasses.grouping(classes, WORDS, plain.explicit[()], arcs)
    return ngram.train(TALK, WORDS, groups, "[unk]", settings)


@pytest.mark.parametrize("arcs", [0, 20])
@pytest.mark.parametrize(
    "history", [(), ("<s>",), ("mam",), ("mam", "nowy"), ("pies",), ("x", "y")]
)
def test_probabilities_sum_to_one(arcs: int, history: tuple[str, ...]) -> None:
    model = language(arcs)
    words = [*WORDS, ngram.END, "[unk]"]
    assert sum(model.probability(word, history) for word in words) == pytest.approx(1, abs=1e-6)


def test_what_was_read_is_likelier() -> None:
    model = language(0)
    assert model.probability("nowy", ("mam",)) > model.probability("nowy", ("nie",))
    assert model.probability("dowód", ("mam", "nowy")) > model.probability("pies", ("mam", "nowy"))


def test_kaldi_matrices_come_back() -> None:
    values = np.random.default_rng(1).normal(0, 0.3, (60, 40)).astype(np.float32)
    assert np.array_equal(kaldi_io.read_matrix(kaldi_io.matrix(values)), values)
    squeezed = kaldi_io.read_matrix(kaldi_io.compressed(values))
    assert squeezed.shape == values.shape
    assert float(np.abs(squeezed - values).max()) < 0.02
    assert np.array_equal(kaldi_io.read_vector(kaldi_io.vector(values[0])), values[0])


def test_kaldi_numbers() -> None:
    assert kaldi_io.integer(5) == b"\x04\x05\x00\x00\x00"
    assert kaldi_io.integers([1, -1]) == b"\x04\x02\x00\x00\x00\x01\x00\x00\x00\xff\xff\xff\xff"
    assert kaldi_io.token("<Nnet3>") == b"<Nnet3> "
    assert kaldi_io.double(0)[:1] == b"\x08"


def test_phones_and_pronunciations(engine: Engine) -> None:
    assert phone_name("'O") == "O"
    phones = ["SIL", "a", "ts;"]
    assert phones_of([symbol for symbol, _, _ in phone_table(phones)]) == phones
    assert word_phones(("t", "a", "k")) == ["t_B", "a_I", "k_E"]
    known = {"SIL", *"takgwvfz"}
    said = lexicon.pronounce(["tak", "w", "żółw"], known, engine)
    assert said["tak"] == [(("t", "a", "k"), 1.0), (("t", "a", "g"), lexicon.VOICED_CHANCE)]
    assert [pronunciation for pronunciation, _ in said["w"]] == [("v",), ("f",)]
    assert "żółw" not in said  # needs phones that are not there


def test_lexicon_arcs_name_known_states() -> None:
    said = {"lud": [(("l", "u", "t"), 1.0)], "lód": [(("l", "u", "t"), 1.0)]}
    ids = {"<eps>": 0, "lud": 1, "lód": 2, "[unk]": 3}
    fst = lexicon.build(said, ["SIL", "l", "t", "u"], ids)
    arcs = [line.split() for line in fst.lines if len(line.split()) == 5]
    assert max(int(part) for arc in arcs for part in arc[:2]) < fst.states
    assert {"#1", "#2"} <= set(fst.disambiguation)  # said alike, told apart by the sentence


def test_signal_tools() -> None:
    tone = (8000 * np.sin(np.arange(22_050) * 2 * np.pi * 440 / 22_050)).astype(np.float32)
    low = resample(tone, 22_050, RATE_HZ)
    assert len(low) == RATE_HZ
    assert np.abs(mu_law(low) - low).max() < 400
    assert np.std(low) == pytest.approx(np.std(tone), rel=0.02)


def test_word_errors() -> None:
    assert word_errors("a b c".split(), "a c".split()) == 1
    assert word_errors("a".split(), "b c".split()) == 2
    assert word_errors([], []) == 0
