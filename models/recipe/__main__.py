"""The whole recipe: ``python -m models.recipe WORKDIR OUT_MODEL_DIR``.

Stages whose result lies in WORKDIR already are not run again.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from models.recipe import (
    export,
    graph,
    language,
    lexicon,
    synthesis,
    texts,
    train,
    vocabulary,
    voices,
)
from models.recipe.espeak import Engine
from models.recipe.features import MFCC_CONF
from models.recipe.phones import phones_of
from models.recipe.vocabulary import Vocabulary

SPOKEN = (7_000, 10_000)  # written sentences and strings of random words: about 12 hours
SEED = 12
MODEL_CONF = """--min-active=200
--max-active=3000
--beam=13.0
--lattice-beam=6.0
--acoustic-scale=0.6
--frame-subsampling-factor=3
--frames-per-chunk=6
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=1.0
--endpoint.rule3.min-trailing-silence=1.5
--endpoint.rule4.min-trailing-silence=2.0
"""


class Recipe:
    """The stages, their working folder and the model they make."""

    def __init__(self, work: Path, out: Path, plan: train.Plan, spoken: tuple[int, int]) -> None:
        self.work, self.out, self.plan, self.spoken = work, out, plan, spoken
        self.gathered = work / "texts.json"
        self.chosen = work / "vocabulary.json"

    def run(self) -> None:
        """Run every stage that is not done yet."""
        self.work.mkdir(parents=True, exist_ok=True)
        network = self.work / "network.pt"
        self._stage("text", self.chosen, self.text)
        self._stage("speech", self.work / "corpus.npy", self.speech)
        self._stage("network", self.work / "phones.json", self.network, again=True)
        self._stage("model", self.out / "am" / "final.mdl", lambda: self.model(network), again=True)

    def words_only(self) -> None:
        """Renew vocabulary and language model of a finished model, around its network."""
        self.work.mkdir(parents=True, exist_ok=True)
        table = (self.out / "graph" / "phones.txt").read_text(encoding="utf8")
        self.text()
        self.graph(phones_of([line.split()[0] for line in table.splitlines()]))

    def text(self) -> None:
        """Gather the texts and choose the vocabulary."""
        gathered = texts.gather()
        words = vocabulary.build(texts.TEXT / "lemmas", gathered.all(), language.VOCABULARY_SIZE)
        self.gathered.write_text(json.dumps(vars(gathered), ensure_ascii=False), encoding="utf8")
        self.chosen.write_text(json.dumps(words.frequency, ensure_ascii=False), encoding="utf8")

    def speech(self) -> None:
        """Make the voices and let them speak."""
        gathered, words = self._texts(), self._vocabulary()
        sentences = gathered.written * 2 + gathered.knowledge + gathered.templates
        data = voices.make_data_dir(self.work / "voices")
        common = list(words.frequency.items())
        jobs = synthesis.training_jobs(sentences, common, self.spoken, SEED)
        hours = synthesis.write_corpus(self.work / "corpus", jobs, data)
        print(f"{len(jobs)} utterances, {hours:.1f} hours", flush=True)

    def network(self) -> None:
        """Train the acoustic network, or go on training it."""
        train.train(self.work / "corpus", self.work / "network.pt", self.plan)

    def model(self, network: Path) -> None:
        """Write the Vosk model directory: network, graph, configuration."""
        phones = json.loads((self.work / "phones.json").read_text(encoding="utf8"))
        self.graph(phones)
        export.export(network, self.out / "am" / "final.mdl")
        (self.out / "conf").mkdir(exist_ok=True)
        (self.out / "conf" / "mfcc.conf").write_text(MFCC_CONF)
        (self.out / "conf" / "model.conf").write_text(MODEL_CONF)

    def graph(self, phones: list[str]) -> None:
        """Learn the language model and write graph/."""
        words = self._vocabulary()
        spoken = lexicon.pronounce(words.frequency, set(phones), Engine())
        learned = language.learn(self._texts(), words.frequency, spoken)
        sizes = graph.build(spoken, phones, learned.model, self.out / "graph", self.work)
        print(json.dumps(learned.sizes | sizes), flush=True)

    def _stage(self, name: str, result: Path, run: Callable[[], None], again: bool = False) -> None:
        if result.exists() and not again:
            print(f"{name}: done before", flush=True)
            return
        start = time.monotonic()
        run()
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)

    def _texts(self) -> texts.Texts:
        return texts.Texts(**json.loads(self.gathered.read_text(encoding="utf8")))

    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(json.loads(self.chosen.read_text(encoding="utf8")))


def main() -> int:
    """Read the arguments and cook."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=train.Plan.epochs)
    parser.add_argument("--threads", type=int, default=int(os.environ.get("OMP_NUM_THREADS", "1")))
    parser.add_argument("--spoken", type=int, nargs=2, default=SPOKEN, help="fewer for a trial")
    parser.add_argument("--words-only", action="store_true", help="keep the network of OUT")
    options = parser.parse_args()
    plan = train.Plan(epochs=options.epochs, threads=options.threads, seed=SEED)
    spoken = (options.spoken[0], options.spoken[1])
    recipe = Recipe(options.work, options.out, plan, spoken)
    if options.words_only:
        recipe.words_only()
    else:
        recipe.run()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
