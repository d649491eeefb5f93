"""The language model: interpolated Kneser-Ney trigrams over word groups over word frequencies.

A history is a tuple of words. The chain of a trigram history (u, v) is
(u, v) -> (v,) -> the group of v -> (): each step holds explicit probabilities of the words
it knows better than the next step, and a backoff weight for all others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

BEGIN, END = "<s>", "</s>"

History = tuple[str, ...]
Distribution = dict[str, float]


@dataclass(frozen=True)
class Settings:
    """Discounts and mixing weights; chosen on the development sentences."""

    trigram_discount: float = 0.9
    bigram_discount: float = 0.9
    trigram_minimum: int = 2  # rarer trigrams are left to the bigrams
    text_share: float = 0.5  # of the single-word probabilities; the rest is general Polish
    unknown: float = 0.001  # probability of [unk]


@dataclass
class Grouping:
    """Words that are followed by alike words, and what follows each group."""

    group_of: dict[str, str] = field(default_factory=dict)
    following: dict[str, Distribution] = field(default_factory=dict)


@dataclass
class Model:
    """Explicit probabilities and backoff weights per history, and the histories' chain."""

    explicit: dict[History, Distribution]
    backoff: dict[History, float]
    group_of: dict[str, str]

    def shorter(self, history: History) -> History:
        """The next history to ask when this one does not know a word."""
        if len(history) == 2:
            return history[1:]
        word = history[0]
        group = f"#{self.group_of[word]}" if word in self.group_of else ""
        return (group,) if group and not word.startswith("#") else ()

    def known(self, history: History) -> History:
        """The longest history on this chain that the model has something to say about."""
        while history and history not in self.explicit:
            history = self.shorter(history)
        return history

    def probability(self, word: str, history: History) -> float:
        """P(word | history) along the chain."""
        history = self.known(history[-2:])
        weight = 1.0
        while word not in self.explicit[history]:
            if not history:
                return 0.0
            weight *= self.backoff[history]
            history = self.known(self.shorter(history))
        return weight * self.explicit[history][word]


def train(
    texts: Iterable[Sequence[str]],
    frequency: Mapping[str, float],
    grouping: Grouping,
    unknown_word: str,
    settings: Settings,
) -> Model:
    """Train on sentences (lists of words); ``frequency`` lists the whole vocabulary."""
    trigrams: Counter[History] = Counter()
    for words in texts:
        row = [BEGIN, *words, END]
        trigrams.update(
            (row[i - 2] if i > 1 else "", row[i - 1], row[i]) for i in range(1, len(row))
        )
    bigrams = _continuations(trigrams)
    model = Model({}, {}, dict(grouping.group_of))
    model.explicit[()] = _single_words(bigrams, frequency, unknown_word, settings)
    for name, distribution in grouping.following.items():
        _add(model, (f"#{name}",), distribution)
    _add_level(model, bigrams, settings.bigram_discount, minimum=1)
    full = Counter({gram: count for gram, count in trigrams.items() if gram[0]})
    _add_level(model, full, settings.trigram_discount, settings.trigram_minimum)
    return model


def _continuations(trigrams: Counter[History]) -> Counter[History]:
    """Bigram counts in Kneser-Ney's sense: before how many words; at the beginning, how often."""
    counts: Counter[History] = Counter()
    for (_, first, second), count in trigrams.items():
        counts[(first, second)] += count if first == BEGIN else 1
    return counts


def _single_words(
    bigrams: Counter[History], frequency: Mapping[str, float], unknown: str, settings: Settings
) -> Distribution:
    text = Counter(word for _, word in bigrams)
    polish_total = sum(frequency.values())
    known = 1 - settings.unknown
    ends = text[END] / text.total()
    single = {END: known * ends, unknown: settings.unknown}
    inside = text.total() - text[END]
    for word, value in frequency.items():
        share = settings.text_share * text[word] / inside
        share += (1 - settings.text_share) * value / polish_total
        single[word] = known * (1 - ends) * share
    return single


def _add_level(model: Model, grams: Counter[History], discount: float, minimum: int) -> None:
    """Interpolated absolute discounting over the shorter history."""
    by_history: dict[History, dict[str, int]] = defaultdict(dict)
    for gram, count in grams.items():
        by_history[gram[:-1]][gram[-1]] = count
    for history, counts in by_history.items():
        total = sum(counts.values())
        rest = discount * len(counts) / total
        lower = model.shorter(history)
        distribution = {
            word: (count - discount) / total + rest * model.probability(word, lower)
            for word, count in counts.items()
            if count >= minimum and word in model.explicit[()]
        }
        if distribution:
            _add(model, history, distribution)


def _add(model: Model, history: History, distribution: Distribution) -> None:
    """Add a history; its backoff weight makes all probabilities sum to one."""
    lower = model.known(model.shorter(history))
    left = 1 - sum(distribution.values())
    left_below = 1 - sum(model.probability(word, lower) for word in distribution)
    model.explicit[history] = distribution
    model.backoff[history] = max(left, 1e-9) / max(left_below, 1e-9)
