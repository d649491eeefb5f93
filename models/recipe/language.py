"""From texts to the language model: vocabulary, word groups, n-grams, with the chosen settings."""

from __future__ import annotations

import random
from dataclasses import dataclass

from models.recipe import ngram, wordclasses
from models.recipe.lexicon import UNKNOWN, Lexicon
from models.recipe.ngram import Grouping, Model
from models.recipe.texts import Texts

VOCABULARY_SIZE = 55_000
TEMPLATES_LEARNED = 5_000  # more of them drown what people really wrote
TEMPLATES_FOR_CLASSES = 1_000
GROUP_ARCS = 50_000  # one arc of Gr.fst is 16 bytes
SETTINGS = ngram.Settings(text_share=0.3)


@dataclass(frozen=True)
class Learned:
    """The language model and how many of each kind of probability it holds."""

    model: Model
    sizes: dict[str, int]


def learn(texts: Texts, frequency: dict[str, float], lexicon: Lexicon) -> Learned:
    """Train the language model for the words that have a pronunciation."""
    known = {word: value for word, value in frequency.items() if word in lexicon}
    templates = list(texts.templates)
    random.Random(1).shuffle(templates)  # noqa: S311 - variety, not secrecy
    people = [text.split() for text in texts.written + texts.knowledge]
    made = [text.split() for text in templates[:TEMPLATES_LEARNED]]
    plain = ngram.train(people + made, known, Grouping(), UNKNOWN, SETTINGS)
    single = plain.explicit[()]
    classes = wordclasses.learn(people + made[:TEMPLATES_FOR_CLASSES], known)
    likely = {word: single[word] for word in known}
    groups = wordclasses.grouping(classes, likely, single, GROUP_ARCS)
    model = ngram.train(people + made, known, groups, UNKNOWN, SETTINGS)
    sizes = {"words": len(known), "groups": len(groups.following)}
    for history, distribution in model.explicit.items():
        name = ("singles", "pairs", "triples")[len(history)]
        name = "group pairs" if history and history[0].startswith("#") else name
        sizes[name] = sizes.get(name, 0) + len(distribution)
    return Learned(model, sizes)
