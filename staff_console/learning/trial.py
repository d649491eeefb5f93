"""A temporary knowledge folder: what is live, with all drafts laid over it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from actions.office.knowledge import Knowledge, KnowledgeStore
from staff_console.content.publish import shape_fault, write_all
from staff_console.editor.work import EditorContent
from voice_gateway.errors import RequestError, SetupError
from voice_gateway.settings import ROOT

RULES = ROOT / "bot" / "rules.yml"
NO_INTENT_RULE = "action_unsure"  # as core_fallback_action_name in config.yml
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Trial:
    """Knowledge with the drafts in it. ``drafts``: the paths laid over; ``broken``: drafts that
    cannot be read, so that what is live was taken."""

    knowledge: Knowledge
    drafts: Sequence[str]
    broken: Sequence[str]


@contextmanager
def trial_folder(content: EditorContent) -> Iterator[tuple[Path, Sequence[str], Sequence[str]]]:
    """The folder, the drafts in it, and those left out; it is removed afterwards. Blocks."""
    bodies = {path: content.live(path).body for path in content.paths()}
    drafts, broken = [], []
    for draft in content.drafts():
        if shape_fault(draft.path, draft.body):
            broken.append(draft.path)
        elif bodies.get(draft.path) != draft.body:
            bodies[draft.path] = draft.body
            drafts.append(draft.path)
    with tempfile.TemporaryDirectory(prefix="halo-replay-") as name:
        write_all(Path(name), bodies)
        yield Path(name), drafts, broken


def load_trial(content: EditorContent) -> Trial:
    """The knowledge of the drafts. Blocks for a second. Raises ``RequestError``."""
    with trial_folder(content) as (folder, drafts, broken):
        try:
            return Trial(KnowledgeStore(folder).current(), drafts, broken)
        except SetupError as error:  # a draft of another kind than a topic or act that is broken
            raise RequestError(
                "learning-drafts", "Szkiców nie da się teraz odczytać.", status=422
            ) from error


def actions_by_intent(rules: Path = RULES) -> Mapping[str, str]:
    """Which action decides about an intent: the very rules that Rasa follows."""
    data: Any = yaml.load(rules.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - safe
    found = {}
    for rule in data["rules"]:
        intent, action = rule["steps"]
        found[str(intent["intent"])] = str(action["action"])
    return found
