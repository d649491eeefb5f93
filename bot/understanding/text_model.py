"""A linear model over Polish texts: TF-IDF of folded lemmas and of folded letters, then
logistic regression. It knows nothing of Rasa; the components in bot/components use it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier

from polish.fold import fold
from polish.lemmas import folded_lemmas

# Of the logistic regression. 1e-6 to 3e-5 differ by about a question of a hundred.
REGULARISATION = 3e-6
EPOCHS = 8
CORES = 2
LONG_WORDS = 15
LAST_WORDS = 9
LAST_SHARE = 0.5


@dataclass(frozen=True)
class Scored:
    """A label with how sure it is, 0..1."""

    label: str
    confidence: float


class TextFeatures:
    """Texts -> sparse features: lemma 1-2-grams beside letter 2-5-grams (typos, endings)."""

    def __init__(self, words: Sequence[str] | None = None, letters: Sequence[str] | None = None):
        self.words = TfidfVectorizer(
            lowercase=False,
            token_pattern=r"\S+",  # noqa: S106 - a regular expression, no password
            ngram_range=(1, 2),
            sublinear_tf=True,
            vocabulary=words,
        )
        self.letters = TfidfVectorizer(
            lowercase=False,
            analyzer="char_wb",
            ngram_range=(2, 5),
            sublinear_tf=True,
            min_df=2,
            vocabulary=letters,
        )

    def fit(self, texts: Sequence[str]) -> csr_matrix:
        """Learn the vocabulary and give the features of the texts, one row each."""
        return self._join(
            self.words.fit_transform([_lemmas(t) for t in texts]),
            self.letters.fit_transform([fold(t) for t in texts]),
        )

    def of(self, text: str) -> csr_matrix:
        """The features of one text, by the learnt vocabulary."""
        return self._join(
            self.words.transform([_lemmas(text)]), self.letters.transform([fold(text)])
        )

    @staticmethod
    def _join(words: csr_matrix, letters: csr_matrix) -> csr_matrix:
        return hstack([words, letters], format="csr", dtype=np.float32)


def _lemmas(text: str) -> str:
    return " ".join(folded_lemmas(text))


@dataclass(frozen=True)
class LinearLabels:
    """Weights of a fitted classifier: one column of ``weights`` a label."""

    labels: tuple[str, ...]
    weights: Any  # float32, features x labels: a text needs the rows of its own features only
    bias: Any  # float32, labels

    @classmethod
    def fit(
        cls, features: csr_matrix, labels: Sequence[str], weights: Sequence[float] | None = None
    ) -> LinearLabels:
        """Fit one yes-or-no logistic regression a label; needs three labels or more.

        One against the rest rather than all at once: as good, quicker to train, and a text that
        resembles nothing gets a low confidence for everything. By gradient descent: as good as
        an exact solver and five times quicker. ``weights``: of rows.
        """
        model = SGDClassifier(
            loss="log",
            alpha=REGULARISATION,
            max_iter=EPOCHS,
            tol=None,
            n_jobs=CORES,
            random_state=1,
        )
        model.fit(features, list(labels), sample_weight=weights)
        return cls(
            tuple(map(str, model.classes_)),
            np.ascontiguousarray(model.coef_.T, dtype=np.float32),
            model.intercept_.astype(np.float32),
        )

    def scores(self, features: csr_matrix) -> Any:
        """How much speaks for each label in one text; float32, one a label, above 0: likely."""
        return features.data @ self.weights[features.indices] + self.bias

    def ranking(self, scores: Any) -> list[Scored]:
        """All labels by their scores, likeliest first; confidences add up to 1 at most."""
        sure = 1 / (1 + np.exp(-scores))
        sure /= max(1.0, sure.sum())
        return [Scored(self.labels[i], float(sure[i])) for i in np.argsort(-sure)]


@dataclass(frozen=True)
class TextModel:
    """Features with one or more classifiers over them, e.g. {"topic": …, "aspect": …}."""

    features: TextFeatures
    heads: Mapping[str, LinearLabels]

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        heads: Mapping[str, Sequence[str]],
        weights: Sequence[float] | None = None,
    ) -> TextModel:
        """Fit all heads on the same texts; ``heads`` maps a head's name to its labels."""
        features = TextFeatures()
        matrix = features.fit(texts)
        fitted = {name: LinearLabels.fit(matrix, y, weights) for name, y in heads.items()}
        return cls(features, fitted)

    def rankings(self, text: str, *, question_last: bool = False) -> dict[str, list[Scored]]:
        """Each head's labels for a text, likeliest first.

        ``question_last``: of a long text, as people tell it on the phone, the last words count
        once more: the story comes first, the question at the end.
        """
        row = self.features.of(text)
        words = text.split()
        last = None
        if question_last and len(words) >= LONG_WORDS:
            last = self.features.of(" ".join(words[-LAST_WORDS:]))
        ranked = {}
        for name, head in self.heads.items():
            scores = head.scores(row)
            if last is not None:
                scores = (1 - LAST_SHARE) * scores + LAST_SHARE * head.scores(last)
            ranked[name] = head.ranking(scores)
        return ranked

    def save(self, folder: Path) -> None:
        """Write the model as plain arrays and lists (no pickle: a model cannot run code)."""
        vectorizers = {"words": self.features.words, "letters": self.features.letters}
        arrays = {f"{name}_idf": v.idf_.astype(np.float32) for name, v in vectorizers.items()}
        lists: dict[str, Any] = {
            name: sorted(v.vocabulary_, key=v.vocabulary_.__getitem__)
            for name, v in vectorizers.items()
        }
        lists["heads"] = {name: head.labels for name, head in self.heads.items()}
        for name, head in self.heads.items():
            arrays[f"{name}_weights"], arrays[f"{name}_bias"] = head.weights, head.bias
        (folder / "lists.json").write_text(json.dumps(lists, ensure_ascii=False), "utf-8")
        np.savez(folder / "arrays.npz", **arrays)

    @classmethod
    def load(cls, folder: Path) -> TextModel:
        """Read what ``save`` wrote."""
        lists = json.loads((folder / "lists.json").read_text("utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            features = TextFeatures(lists["words"], lists["letters"])
            features.words.idf_ = arrays["words_idf"]
            features.letters.idf_ = arrays["letters_idf"]
            heads = {
                name: LinearLabels(tuple(labels), arrays[f"{name}_weights"], arrays[f"{name}_bias"])
                for name, labels in lists["heads"].items()
            }
        return cls(features, heads)
