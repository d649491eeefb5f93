"""What kind of word follows what kind: a class bigram learned without hand-tagged text.

Morfeusz gives the possible grammatical classes of every word; a hidden Markov model over the
sentences learns which are meant and in what order they come. The result tells for every word
of the vocabulary, seen in the text or not, which words are likely to follow it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.recipe.inflection import Form, analyse
from models.recipe.ngram import BEGIN, END, Grouping

ITERATIONS = 3
OWN_CLASS_COUNT = 40  # words said this often in the text are classes of their own
SMOOTHING = 0.02  # of a class transition, in counts
CLASS_SHARE = 0.6  # of a group's probabilities; the rest does not look at the history
CLEAR = 0.2  # share from which a class counts for the group of a word
OTHER = "other"

Array = NDArray[np.float64]

_GENDER = {"m1": "m", "m2": "m", "m3": "m", "f": "f", "n": "n"}
_NOMINAL = {"subst": "subst", "ger": "subst", "adj": "adj", "ppas": "adj", "pact": "adj",
            "num": "num", "ppron12": "pron", "ppron3": "pron", "siebie": "pron"}  # fmt: skip
_CASES = ("nom", "gen", "dat", "acc", "inst", "loc", "voc")


@dataclass
class Classes:
    """Class of each word with its probability, and the chance of each class after each class."""

    names: list[str]
    of_word: dict[str, dict[int, float]]
    transition: Array  # (classes, classes), rows sum to one


def classes_of(form: Form) -> list[str]:
    """The grammatical classes of a form: its tag with the alternatives written out."""
    kind = _NOMINAL.get(form.part_of_speech)
    parts = [part.split(".") for part in form.tag[1:]]
    flat = {value for part in parts for value in part}
    if kind:
        cases = [case for case in _CASES if case in flat] or [""]
        if "pl" in flat:
            return [f"{kind}:pl:{case}" for case in cases]
        genders = sorted({_GENDER[value] for value in flat if value in _GENDER}) or [""]
        return [f"{kind}:sg:{case}:{gender}" for case in cases for gender in genders]
    if form.part_of_speech in ("fin", "bedzie", "praet", "cond", "impt"):
        marks = [value for value in ("sg", "pl", "pri", "sec", "ter") if value in flat]
        genders = [""]
        if form.part_of_speech in ("praet", "cond"):
            genders = sorted({_GENDER[v] if "sg" in flat else v for v in flat if v in _GENDER})
            genders = genders if "sg" in flat else (["m1"] if "m1" in genders else ["mf"])
        return [":".join([form.part_of_speech, *marks, gender]) for gender in genders]
    if form.part_of_speech == "prep":
        return [f"prep:{case}" for case in _CASES if case in flat]
    return [form.part_of_speech]


def learn(texts: Sequence[Sequence[str]], frequency: Mapping[str, float]) -> Classes:
    """Learn the classes from sentences; ``frequency`` lists the whole vocabulary."""
    counts = Counter(word for words in texts for word in words)
    possible = {word: _possible(word, counts) for word in frequency}
    names = sorted({name for found in possible.values() for name in found} | {BEGIN, END, OTHER})
    number = {name: i for i, name in enumerate(names)}
    of_word = {
        word: {number[name]: 1 / len(found) for name in found} for word, found in possible.items()
    }
    fixed = {BEGIN: {number[BEGIN]: 1.0}, END: {number[END]: 1.0}}
    transition = np.full((len(names), len(names)), 1 / len(names))
    for _ in range(ITERATIONS):
        transition, seen = _reestimate(texts, of_word | fixed, transition, number[OTHER])
        of_word = _shares(of_word, seen, frequency, len(names))
    return Classes(names, of_word | fixed, transition)


def grouping(classes: Classes, frequency: Mapping[str, float], base: Mapping[str, float],
             arcs: int) -> Grouping:  # fmt: skip
    """Group words by their classes and keep the ``arcs`` most telling followers of all groups.

    ``base``: probability of every word (and of the end) without any history.
    """
    group_of = {word: _group(classes, word) for word in [*frequency, BEGIN]}
    weight: dict[str, float] = defaultdict(float)
    states: dict[str, Array] = {}
    for word, group in group_of.items():
        value = frequency.get(word, 1e-3)
        row = np.zeros(len(classes.names))
        for index, share in classes.of_word[word].items():
            row[index] = share
        states[group] = states.get(group, np.zeros(len(row))) + value * row
        weight[group] += value
    words = [*frequency, END]
    emission = _emission(classes, words, frequency)
    plain = np.asarray([base[word] for word in words])
    groups = sorted(states)
    following = np.stack([states[g] / states[g].sum() @ classes.transition for g in groups])
    chances = following @ emission  # (groups, words)
    chances = CLASS_SHARE * (1 - base_unknown(base)) * chances + (1 - CLASS_SHARE) * plain
    mass = np.asarray([weight[g] for g in groups])[:, None]
    gain = mass * chances * np.log(np.maximum(chances, 1e-12) / plain)
    least = np.partition(gain.ravel(), -arcs)[-arcs] if arcs < gain.size else 0.0
    made: dict[str, dict[str, float]] = {}
    for line, group in enumerate(groups):
        kept = np.flatnonzero(gain[line] >= max(least, 1e-12))
        if len(kept):
            made[group] = {words[i]: float(chances[line, i]) for i in kept}
    return Grouping({w: g for w, g in group_of.items() if g in made}, made)


def base_unknown(base: Mapping[str, float]) -> float:
    """The probability of the unknown word in ``base``."""
    return sum(chance for word, chance in base.items() if word.startswith("["))


def _possible(word: str, counts: Counter[str]) -> list[str]:
    if counts[word] >= OWN_CLASS_COUNT:
        return [f"={word}"]
    return sorted({name for form in analyse(word) for name in classes_of(form)}) or [OTHER]


def _reestimate(
    texts: Sequence[Sequence[str]],
    of_word: Mapping[str, dict[int, float]],
    transition: Array,
    other: int,
) -> tuple[Array, dict[str, dict[int, float]]]:
    """One forward-backward pass over all sentences."""
    pairs = np.full(transition.shape, SMOOTHING)
    seen: dict[str, dict[int, float]] = {}
    for words in texts:
        row = [of_word.get(word, {other: 1.0}) for word in (BEGIN, *words, END)]
        states = [np.fromiter(entry, np.intp) for entry in row]
        local = [np.fromiter(entry.values(), np.float64) for entry in row]
        steps = [transition[np.ix_(a, b)] for a, b in pairwise(states)]
        ahead = [local[0]]
        for step, emitted in zip(steps, local[1:], strict=True):
            value = (ahead[-1] @ step) * emitted
            ahead.append(value / value.sum())
        behind = np.ones(1)
        for i in range(len(steps) - 1, -1, -1):
            onward = behind * local[i + 1]
            both = ahead[i][:, None] * steps[i] * onward[None]
            both /= both.sum()
            pairs[np.ix_(states[i], states[i + 1])] += both
            if i < len(words):
                counter = seen.setdefault(words[i], defaultdict(float))
                for state, share in zip(states[i + 1], both.sum(0), strict=True):
                    counter[int(state)] += float(share)
            behind = steps[i] @ onward
            behind /= behind.sum()
    return pairs / pairs.sum(1, keepdims=True), seen


def _shares(
    of_word: dict[str, dict[int, float]],
    seen: dict[str, dict[int, float]],
    frequency: Mapping[str, float],
    size: int,
) -> dict[str, dict[int, float]]:
    """P(class | word): from the text where seen there, else as its classes are in general."""
    general = np.full(size, 1e-3)
    for counter in seen.values():
        for index, value in counter.items():
            general[index] += value
    made = {}
    for word, entry in of_word.items():
        counter = seen.get(word, {})
        prior = {index: general[index] for index in entry}
        total = sum(prior.values())
        weighed = {i: counter.get(i, 0.0) + 2 * prior[i] / total for i in entry}
        whole = sum(weighed.values())
        made[word] = {i: share / whole for i, share in weighed.items()}
    return made


def _emission(classes: Classes, words: Sequence[str], frequency: Mapping[str, float]) -> Array:
    """P(word | class) (classes, words) from the words' frequencies."""
    table: Array = np.zeros((len(classes.names), len(words)))
    for column, word in enumerate(words):
        for index, share in classes.of_word[word].items():
            table[index, column] = share * frequency.get(word, 1.0)
    table /= np.maximum(table.sum(1, keepdims=True), 1e-30)
    return table


def _group(classes: Classes, word: str) -> str:
    """The name of a word's group: its clear classes together."""
    entry = classes.of_word[word]
    clear = sorted(i for i, share in entry.items() if share >= CLEAR)
    chosen = clear or [max(entry, key=lambda i: entry[i])]
    return "+".join(classes.names[i] for i in chosen)
