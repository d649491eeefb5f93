"""The folder of dialogue models on this machine, as the gateway sees it.

``live.json`` tells this machine's Rasa which model to serve (``bot/model_files.py`` reads the same
file: ``{"model": "<name>.tar.gz", "by": "staff" or "machine"}``).
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from staff_console.dialogue_models.values import Card

ARCHIVE = ".tar.gz"
POINTER = "live.json"
UNFINISHED = ".unfinished"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,100}")
SPARE_BYTES = 300_000_000  # beside what training writes
USUAL_BYTES = 50_000_000  # of a model, until there is one
COPIES = 4  # of a model while it is trained: parts, archive, and once more while it is scored


@dataclass(frozen=True, slots=True)
class Pointer:
    """The name of the model that this machine serves, and who made it live."""

    name: str
    by: str


class ModelFolder:
    """Models of one machine; several machines may share the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pointer(self) -> Pointer | None:
        """What Rasa is told to serve; None when nobody has said so yet."""
        try:
            found = json.loads((self.folder / POINTER).read_text(encoding="utf-8"))
            name = str(found["model"]).removesuffix(ARCHIVE)
            return Pointer(name, str(found.get("by"))) if NAME.fullmatch(name) else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def point(self, pointer: Pointer) -> None:
        """Tell Rasa to serve this one. Raises ``OSError``."""
        told = {"model": f"{pointer.name}{ARCHIVE}", "by": pointer.by}
        unfinished = self.folder / f"{POINTER}{UNFINISHED}"
        unfinished.write_text(json.dumps(told), encoding="utf-8")
        unfinished.replace(self.folder / POINTER)

    def served(self) -> str:
        """The pointer's model if its file is there, else the newest, as Rasa chooses at its start;
        empty when there is none."""
        pointer = self.pointer()
        if pointer and self.has(pointer.name):
            return pointer.name
        models = sorted(self.folder.glob(f"*{ARCHIVE}"), key=_changed)
        return models[-1].name.removesuffix(ARCHIVE) if models else ""

    def has(self, name: str) -> bool:
        """Whether the model's file is here."""
        return NAME.fullmatch(name) is not None and (self.folder / f"{name}{ARCHIVE}").is_file()

    def same_as(self, name: str, fingerprint: str) -> str:
        """The model here that is this one, or was trained on the same (another machine may have
        trained it itself); empty when there is none."""
        if self.has(name):
            return name
        found = sorted(self.folder.glob(f"*-{fingerprint}{ARCHIVE}")) if fingerprint else []
        return found[-1].name.removesuffix(ARCHIVE) if found else ""

    def card(self, name: str, versions: Mapping[str, int] | None = None) -> Card:
        """The card that training laid beside the model, as far as there is one."""
        try:
            found = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = {}
        return card_from(found, versions or {})

    def has_room(self) -> bool:
        """Whether a training will not fill the disk. Raises ``OSError``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        sizes = [file.stat().st_size for file in self.folder.glob(f"*{ARCHIVE}")]
        needed = COPIES * max([USUAL_BYTES, *sizes]) + SPARE_BYTES
        return shutil.disk_usage(self.folder).free > needed

    def delete(self, name: str) -> None:
        """Remove a model and what lies beside it; never the one that is served."""
        if NAME.fullmatch(name) and name != self.served():
            for ending in (ARCHIVE, ".json", ".nlu.yml.gz"):
                (self.folder / f"{name}{ending}").unlink(missing_ok=True)


def card_from(found: Mapping[str, Any], versions: Mapping[str, int]) -> Card:
    """A card from what ``bot.train`` wrote."""
    known = {one.name for one in fields(Card)} - {"versions"}
    return Card(**{key: found[key] for key in known & set(found)}, versions=dict(versions))


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # it is just being removed
        return 0.0
