"""Words of residents become example questions of a matter or an act, in the shared draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from actions.check import QUESTIONS
from polish.fold import fold
from polish.masking import personal_spans
from staff_console.content.refusals import CONFLICT, conflict
from staff_console.editor import yaml_edit
from staff_console.editor.advice import Asked
from staff_console.editor.listing import all_questions
from staff_console.editor.names import Names
from staff_console.editor.work import TRIES, EditorContent, load_work
from voice_gateway.errors import RequestError

LONGEST_CHARS = 300  # of an example; longer ones are stories
PERSONAL_PL = "zawiera ukryte dane osobowe, więc nie może być przykładem"
LONG_PL = f"jest za długie na przykład (więcej niż {LONGEST_CHARS} znaków)"
HELD_OUT_PL = (
    "należy do pytań sprawdzających, na których mierzy się asystenta, więc nie wolno go uczyć"
)
FULL_PL = f"nie mieści się: ta część ma już {QUESTIONS[1]} pytań, a to najwięcej"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Target:
    """Where examples go: a topic's aspect, or an act (no aspect)."""

    path: str
    aspect: str = ""

    @property
    def field(self) -> str:
        """The form's field of these questions."""
        return f"questions.{self.aspect}" if self.aspect else "questions"

    @property
    def way(self) -> tuple[str, ...]:
        """The place in the file."""
        return ("questions", self.aspect) if self.aspect else ("questions",)


@dataclass(frozen=True, slots=True)
class Assigned:
    """What became of the words: in the draft now, there before, or refused with the reason."""

    added: Sequence[str]
    known: Sequence[str]
    refused: Mapping[str, str]


class HeldOut:
    """The questions that measure the assistant; only asked about, never shown."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: object = None
        self._folded: frozenset[str] = frozenset()

    def holds(self, words: str) -> bool:
        """Whether a wording is one of them."""
        paths = sorted(self._folder.glob("*.yml"))
        stamp = [(path.name, path.stat().st_mtime_ns) for path in paths]
        if stamp != self._stamp:
            self._folded = frozenset(fold(text) for path in paths for text in _texts(path))
            self._stamp = stamp
        return fold(words) in self._folded


def _texts(path: Path) -> list[str]:
    rows: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - safe
    return [str(row["text"]) for row in rows or () if isinstance(row, dict) and "text" in row]


def assign(
    content: EditorContent,
    target: Target,
    wordings: Sequence[str],
    held_out: HeldOut,
    names: Names,
    who: str,
    now: datetime,
) -> Assigned:
    """Put wordings into the draft's questions. Blocks.

    Other people's work on the file stays: each try begins from the newest draft. Raises
    ``RequestError``: content-unknown, learning-no-place (422: the file has no such questions),
    content-conflict when others save all the time.
    """
    for _ in range(TRIES):
        work = load_work(content, target.path)
        questions = _questions(work.body, target)
        done = _sorted_out(content, target, wordings, questions, held_out, names)
        if not done.added:
            return done
        body = yaml_edit.put(work.body, target.way, [*questions, *done.added])
        try:
            content.save_draft(
                target.path, body, work.draft.revision if work.draft else 0, who, now
            )
        except RequestError as error:
            if error.code != CONFLICT:
                raise
        else:
            return done
    raise conflict("Inne osoby zapisują w tej chwili tę sprawę. Proszę spróbować jeszcze raz.")


def _questions(body: str, target: Target) -> list[str]:
    found = (yaml_edit.load(body) or {}).get("questions")
    if target.aspect:
        found = found.get(target.aspect) if isinstance(found, dict) else None
    if not isinstance(found, list):
        raise RequestError(
            "learning-no-place",
            "Ta sprawa nie ma jeszcze odpowiedzi na takie pytanie. Proszę ją najpierw dodać "
            "na stronie sprawy.",
            status=422,
        )
    return [str(one) for one in found]


def _sorted_out(
    content: EditorContent,
    target: Target,
    wordings: Sequence[str],
    questions: Sequence[str],
    held_out: HeldOut,
    names: Names,
) -> Assigned:
    asked = all_questions(newest_bodies(content), names)
    here = {fold(one) for one in questions}
    added: list[str] = []
    known: list[str] = []
    refused: dict[str, str] = {}
    for words in dict.fromkeys(" ".join(one.split()) for one in wordings):
        if fold(words) in here:
            known.append(words)
        elif reason := _refusal(words, target, held_out, asked):
            refused[words] = reason
        elif len(questions) + len(added) >= QUESTIONS[1]:
            refused[words] = FULL_PL
        else:
            here.add(fold(words))
            added.append(words)
    return Assigned(added, known, refused)


def _refusal(
    words: str, target: Target, held_out: HeldOut, asked: Mapping[str, Sequence[Asked]]
) -> str:
    if not may_be_example(words):
        return LONG_PL if len(words) > LONGEST_CHARS else PERSONAL_PL
    if held_out.holds(words):
        return HELD_OUT_PL
    for other in asked.get(fold(words), ()):
        if (other.path, other.field) != (target.path, target.field):
            return f"stoi już w: {other.where_pl}"
    return ""


def may_be_example(words: str) -> bool:
    """Whether nothing personal is in the words, hidden or not, and they are no long story."""
    hidden = "[" in words or "]" in words
    return (
        bool(fold(words)) and len(words) <= LONGEST_CHARS and not (hidden or personal_spans(words))
    )


def newest_bodies(content: EditorContent) -> dict[str, str]:
    """Path -> the draft where there is one, else what is live."""
    bodies = {path: content.live(path).body for path in content.paths()}
    return {**bodies, **{draft.path: draft.body for draft in content.drafts()}}
