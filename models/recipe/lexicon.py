"""How words are pronounced, and the lexicon transducer: phones in, words out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from models.recipe.espeak import Engine
from models.recipe.phones import SILENCE, phone_name, phone_table, word_phones

UNKNOWN = "[unk]"
SILENCE_CHANCE = 0.25  # between words
VOICED_CHANCE = 0.1  # of a final voiceless consonant before a voiced one
UNKNOWN_COST = 0.7  # per phone, over the phone's own rarity

Pronunciation = tuple[str, ...]
Lexicon = dict[str, list[tuple[Pronunciation, float]]]

# espeak-ng speaks Polish with regressive voicing: "wniosek był" ends its first word in g.
_VOICED = {
    "p": "b", "t": "d", "k": "g", "f": "v", "s": "z", "S": "Z", "S;": "Z;", "x": "R",
    "ts": "dz", "tS": "dZ", "ts;": "dz;",
}  # fmt: skip
_PREPOSITIONS: dict[str, tuple[Pronunciation, ...]] = {
    "w": (("v",), ("f",)),
    "z": (("z",), ("s",)),
}  # alone they are spelled out


def pronounce(words: Iterable[str], phones: set[str], engine: Engine) -> Lexicon:
    """Every pronunciation of every word with its weight (the likeliest has 1).

    Words that need a phone the network does not know are left out.
    """
    lexicon: Lexicon = {}
    for word in words:
        variants = _PREPOSITIONS.get(word, ())
        if not variants:
            plain = engine_phones(word, engine)
            voiced = _voiced_ending(plain)
            variants = (plain, voiced) if voiced else (plain,)
        known = [variant for variant in variants if variant and phones.issuperset(variant)]
        if known:
            weights = [1.0, 1.0 if word in _PREPOSITIONS else VOICED_CHANCE]
            lexicon[word] = list(zip(known, weights, strict=False))
    return lexicon


def engine_phones(word: str, engine: Engine) -> Pronunciation:
    """The phones espeak-ng gives to a word said alone."""
    names = (phone_name(name) for name in engine.phonemes(word))
    return tuple(name for name in names if name and name != SILENCE)


def _voiced_ending(plain: Pronunciation) -> Pronunciation | None:
    """The word as it sounds before a voiced consonant; None where nothing changes."""
    start = len(plain)
    while start > 0 and plain[start - 1] in _VOICED:
        start -= 1
    if start == len(plain) or start == 0:
        return None
    return (*plain[:start], *(_VOICED[phone] for phone in plain[start:]))


@dataclass
class LexiconFst:
    """The lexicon as arcs of OpenFst's text form, and the disambiguation symbols in it."""

    lines: list[str] = field(default_factory=list)
    disambiguation: dict[str, int] = field(default_factory=dict)
    states: int = 4  # 0 start, 1 between words, 2 before silence, 3 in silence

    def arc(self, source: int, target: int, phone: int, word: int, cost: float = 0.0) -> None:
        """Add one arc."""
        self.lines.append(f"{source} {target} {phone} {word} {cost:.4f}")

    def state(self) -> int:
        """A new state."""
        self.states += 1
        return self.states - 1

    def symbol(self, name: str, first: int) -> int:
        """The id of a disambiguation symbol; ids begin at ``first``."""
        return self.disambiguation.setdefault(name, first + len(self.disambiguation))


def build(lexicon: Lexicon, phones: list[str], word_ids: dict[str, int]) -> LexiconFst:
    """Wire all pronunciations between optional silences."""
    numbers = {name: i for i, (name, _, _) in enumerate(phone_table(phones), 1)}
    first = len(numbers) + 1
    fst = LexiconFst()
    quiet, loud = -math.log(SILENCE_CHANCE), -math.log(1 - SILENCE_CHANCE)
    fst.arc(0, 1, 0, 0, -math.log(0.5))
    fst.arc(0, 2, 0, 0, -math.log(0.5))
    fst.arc(2, 3, numbers[SILENCE], 0)
    fst.arc(3, 1, fst.symbol("#sil", first), 0)
    entries = [
        (word, tuple(numbers[phone] for phone in word_phones(said)), weight)
        for word, variants in lexicon.items()
        for said, weight in variants
    ]
    homophones = Counter(said for _, said, _ in entries)
    beginnings = {said[:cut] for said in homophones for cut in range(1, len(said))}
    used: Counter[tuple[int, ...]] = Counter()
    for word, said, weight in entries:
        path = list(said)
        if homophones[said] > 1 or said in beginnings:
            used[said] += 1
            path.append(fst.symbol(f"#{used[said]}", first))
        state, output, cost = 1, word_ids[word], -math.log(weight)
        for phone in path[:-1]:
            following = fst.state()
            fst.arc(state, following, phone, output, cost)
            state, output, cost = following, 0, 0.0
        fst.arc(state, 1, path[-1], output, cost + loud)
        fst.arc(state, 2, path[-1], output, cost + quiet)
    _unknown(fst, lexicon, numbers, word_ids[UNKNOWN], first)
    fst.lines.append("1")
    return fst


def _unknown(
    fst: LexiconFst, lexicon: Lexicon, numbers: dict[str, int], word: int, first: int
) -> None:
    """[unk]: any two phones or more, each at a cost, so that unknown words have somewhere to go."""
    seen = Counter(phone for variants in lexicon.values() for said, _ in variants for phone in said)
    begin, middle, end = fst.state(), fst.state(), fst.state()
    fst.arc(1, begin, fst.symbol("#unknown", first), word)
    for phone, count in seen.items():
        cost = UNKNOWN_COST - math.log(count / seen.total())
        fst.arc(begin, middle, numbers[f"{phone}_B"], 0, cost)
        fst.arc(middle, middle, numbers[f"{phone}_I"], 0, cost)
        fst.arc(middle, end, numbers[f"{phone}_E"], 0, cost)
    close = fst.symbol("#known", first)
    fst.arc(end, 1, close, 0, -math.log(1 - SILENCE_CHANCE))
    fst.arc(end, 2, close, 0, -math.log(SILENCE_CHANCE))
