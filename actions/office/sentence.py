"""A sentence in two forms: shown in the chat and read aloud; with placeholders to fill."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic_core import core_schema

SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Sentence(NamedTuple):
    """``text`` is shown and may hold links; ``spoken`` is Polish to be read aloud.

    In YAML: a mapping with both keys, or one plain string for both. Both may hold
    ``{placeholders}``. A ``NamedTuple``, so that it unpacks as (text, spoken).
    """

    text: str
    spoken: str

    @classmethod
    def of(cls, value: Any) -> Sentence:
        """From what stands in YAML. Raises ``ValueError`` saying in Polish what is wrong."""
        if isinstance(value, Sentence):
            return value
        if isinstance(value, str) and value.strip():
            return cls(value.strip(), value.strip())
        if not isinstance(value, Mapping) or set(value) != {"text", "spoken"}:
            raise ValueError("potrzebne są dwa pola: text i spoken")
        text, spoken = value["text"], value["spoken"]
        if not (isinstance(text, str) and isinstance(spoken, str)):
            raise ValueError("text i spoken mają być zdaniami")
        if not text.strip() or not spoken.strip():
            raise ValueError("text i spoken nie mogą być puste")
        return cls(text.strip(), spoken.strip())

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.of)

    @property
    def placeholders(self) -> frozenset[str]:
        """Names in curly brackets, of both forms."""
        return frozenset(PLACEHOLDER.findall(self.text) + PLACEHOLDER.findall(self.spoken))

    def fill(self, values: Mapping[str, Sentence]) -> Sentence:
        """The sentence with its placeholders replaced. Raises ``KeyError`` for an unknown one."""
        return Sentence(
            _capital(PLACEHOLDER.sub(lambda m: values[m[1]].text, self.text)),
            _capital(PLACEHOLDER.sub(lambda m: values[m[1]].spoken, self.spoken)),
        )

    def first_spoken(self) -> Sentence:
        """The same text, of which only the first sentence is read aloud: a question follows."""
        return Sentence(self.text, SENTENCE_END.split(self.spoken, maxsplit=1)[0])

    def then(self, other: Sentence) -> Sentence:
        """Both sentences, one after the other."""
        return Sentence(f"{self.text} {other.text}", f"{self.spoken} {other.spoken}")


def _capital(sentence: str) -> str:
    """A filled placeholder may begin the sentence: "jutro urząd …" -> "Jutro urząd …"."""
    return sentence[:1].upper() + sentence[1:]


def same(value: str) -> Sentence:
    """One wording for both forms."""
    return Sentence(value, value)
