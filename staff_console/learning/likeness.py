"""Which wordings are alike: plain arithmetic over their words and letters, always the same.

Two wordings are compared twice: by their words in dictionary form, and by the runs of three
letters in those (so that a slip of the fingers does not part them). Each comparison gives the
cosine, 0..1; likeness is the mean of both. A word weighs the less, the more of the questions that
the assistant knows hold it: "ile" says little, "wędkarska" much.

Groups: the wordings come in order of rank. One that resembles no earlier leader by ``LIKE`` leads a
group of its own; every other one joins the leader that it resembles most. So each member of a
group resembles its leader, and chains ("a is like b, b is like c, …") cannot grow.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from polish.fold import fold, normalise
from polish.lemmas import folded_lemma, folded_lemmas, is_word

LIKE = 0.55  # chosen on questions and what the recogniser made of them: docs/learning.md
LETTERS = 3
HALF = math.sqrt(0.5)  # words and letters count the same


@dataclass(frozen=True, slots=True)
class WordWeights:
    """How much a word in dictionary form says, 0..1.

    ``held_by``: how many of the ``questions`` hold it. ``forms``: a form without Polish letters ->
    its dictionary form ("karte" -> "karta"), for the many who type without them.
    """

    held_by: Mapping[str, int]
    questions: int
    forms: Mapping[str, str] = field(default_factory=dict)

    def of(self, word: str) -> float:
        """1 for a word that no known question holds."""
        if not self.questions:
            return 1.0
        rarity = math.log1p(self.questions / (1 + self.held_by.get(word, 0)))
        return math.sqrt(rarity / math.log1p(self.questions))


def words_of(text: str, forms: Mapping[str, str]) -> list[str]:
    """The text's words in dictionary form."""
    found = []
    for word in normalise(text).split():
        known = None if is_word(word) else forms.get(fold(word))
        found.append(known or folded_lemma(word))
    return found


def forms_of(texts: Iterable[str]) -> dict[str, str]:
    """The forms of all words in the texts that are words as they stand; the first one counts."""
    found: dict[str, str] = {}
    for text in texts:
        for word in normalise(text).split():
            if is_word(word):
                found.setdefault(fold(word), folded_lemma(word))
    return found


@lru_cache(maxsize=256)  # of a content file each; a page would lemmatise ten thousand questions
def _of_file(questions: tuple[str, ...]) -> tuple[Mapping[str, int], Mapping[str, str]]:
    held: Counter[str] = Counter()
    for question in questions:
        held.update(set(folded_lemmas(question)))
    return held, forms_of(questions)


def weights_of(files: Sequence[tuple[str, ...]]) -> WordWeights:
    """The weights from the questions of all files."""
    held: Counter[str] = Counter()
    forms: dict[str, str] = {}
    for questions in files:
        counted, known = _of_file(questions)
        held.update(counted)
        forms = {**known, **forms}
    return WordWeights(held, sum(map(len, files)), forms)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a wording belongs: the index of its leader, and how much they are alike, 0..1."""

    leader: int
    likeness: float


def grouped(wordings: Sequence[str], weights: WordWeights, like: float = LIKE) -> list[Place]:
    """The place of each wording; they come in order of rank, and a leader is its own leader."""
    forms = {**forms_of(wordings), **weights.forms}
    table = _Table.of(wordings, replace(weights, forms=forms))
    count = len(wordings)
    best = np.zeros(count, dtype=np.float32)
    leader = np.arange(count)
    leads = np.zeros(count, dtype=bool)
    for row in range(count):
        if best[row] >= like:
            continue
        leads[row] = True
        alike = table.likeness(row)
        closer = (alike > best) & (alike >= like) & ~leads
        best[closer], leader[closer] = alike[closer], row
    best[leads] = 1.0
    return [Place(int(one), float(score)) for one, score in zip(leader, best, strict=True)]


@dataclass(frozen=True, slots=True)
class _Table:
    """The wordings' features, by row and by feature. Rows have length 1, or 0 without words."""

    starts: Any  # of each row in columns and values
    columns: Any
    values: Any
    feature_starts: Any  # of each feature in rows and weights
    rows: Any
    weights: Any

    @classmethod
    def of(cls, wordings: Sequence[str], weights: WordWeights) -> _Table:
        ids: dict[str, int] = {}
        letters: dict[str, list[int]] = {}
        columns: list[int] = []
        values: list[float] = []
        starts = [0]
        for wording in wordings:
            for column, value in _features(wording, weights, ids, letters).items():
                columns.append(column)
                values.append(value)
            starts.append(len(columns))
        column_array = np.array(columns, dtype=np.int32)
        value_array = np.array(values, dtype=np.float32)
        row_array = np.repeat(np.arange(len(wordings), dtype=np.int32), np.diff(starts))
        order = np.argsort(column_array, kind="stable")
        counts = np.bincount(column_array, minlength=len(ids))
        return cls(
            starts,
            column_array,
            value_array,
            np.concatenate([[0], np.cumsum(counts)]),
            row_array[order],
            value_array[order],
        )

    def likeness(self, row: int) -> Any:
        """How much each row is like this one."""
        here = slice(self.starts[row], self.starts[row + 1])
        total = np.zeros(len(self.starts) - 1, dtype=np.float32)
        for column, value in zip(self.columns[here], self.values[here], strict=True):
            found = slice(self.feature_starts[column], self.feature_starts[column + 1])
            total[self.rows[found]] += value * self.weights[found]  # a row holds a feature once
        return total


def _features(
    wording: str, weights: WordWeights, ids: dict[str, int], letters: dict[str, list[int]]
) -> dict[int, float]:
    """Feature -> weight; words and letters each have the length sqrt(1/2)."""
    by_word: dict[int, float] = {}
    by_letter: dict[int, float] = {}
    for word in words_of(wording, weights.forms):
        weight = weights.of(word)
        place = ids.setdefault(f"={word}", len(ids))
        by_word[place] = by_word.get(place, 0.0) + weight
        if word not in letters:
            letters[word] = [ids.setdefault(run, len(ids)) for run in _runs(word)]
        for run in letters[word]:
            by_letter[run] = by_letter.get(run, 0.0) + weight
    return {**_scaled(by_word), **_scaled(by_letter)}


def _runs(word: str) -> list[str]:
    padded = f"_{word}_"
    return [padded[n : n + LETTERS] for n in range(max(1, len(padded) - LETTERS + 1))]


def _scaled(found: dict[int, float]) -> dict[int, float]:
    length = math.sqrt(sum(value * value for value in found.values()))
    return {key: HALF * value / length for key, value in found.items()} if length else {}
