"""All written text the model learns from, without what is held out for measuring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from models.recipe.grammar import Grammar
from models.recipe.normalise import sentences

TEXT = Path(__file__).parent / "text"
KNOWLEDGE = Path(__file__).parents[2] / "nlu_data"
PHRASES = Path(__file__).parents[2] / "bot" / "phrases"
TEMPLATE_SENTENCES = 40_000
NEVER_READ = ("held_out_domain.txt", "held_out_free.txt", "dev_free.txt")


@dataclass(frozen=True)
class Texts:
    """Normalised sentences by source, and loose words that must be in the vocabulary."""

    written: list[str]
    knowledge: list[str]
    templates: list[str]
    loose: list[str]

    def all(self) -> list[str]:
        """Every sentence and loose phrase."""
        return self.written + self.knowledge + self.templates + self.loose


def gather(knowledge: Path = KNOWLEDGE, template_sentences: int = TEMPLATE_SENTENCES) -> Texts:
    """Read the written sentences and the project's knowledge; expand the templates."""
    grammar = Grammar(TEXT / "templates.txt", TEXT / "slots.txt")
    held = {
        sentence
        for name in NEVER_READ
        for line in (TEXT / name).read_text(encoding="utf8").splitlines()
        for sentence in sentences(line)
    }
    made = [text for text in grammar.sentences(template_sentences) if text and text not in held]
    written = [
        sentence
        for path in sorted((TEXT / "sentences").glob("*.txt"))
        for line in path.read_text(encoding="utf8").splitlines()
        for sentence in sentences(line)
        if sentence not in held
    ]
    known = [text for text in knowledge_sentences(knowledge) if text not in held]
    return Texts(written, known, sorted(set(made)), grammar.slot_words())


def knowledge_sentences(folder: Path) -> list[str]:
    """Every string of the knowledge files about matters and acts: questions, names, answers;
    and the phrases by which acts are said.
    """
    found: list[str] = []
    for path in sorted((PHRASES / "acts").glob("*.txt")):
        for line in path.read_text(encoding="utf8").splitlines():
            found += sentences(line)
    for part in ("topics", "acts"):  # never held_out/
        for path in sorted((folder / part).glob("*.yml")):
            content = yaml.safe_load(path.read_text(encoding="utf8"))
            for value in _strings(content):
                found += sentences(value)
    return found


_SKIPPED = {"id", "owner", "department", "offer", "legal_basis", "source", "checked_on",
            "valid_until"}  # fmt: skip


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _SKIPPED:
                yield from _strings(item)
