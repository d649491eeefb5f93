"""The folder of dialogue models: which one is live, the cards beside them, what may be deleted.

Beside ``<name>.tar.gz`` lie ``<name>.json`` (its card) and ``<name>.nlu.yml.gz`` (what it learnt
from). ``live.json`` names the model that is served: ``{"model": "<name>.tar.gz", "by": …}``; ``by``
is ``machine`` (trained by a command here) or ``staff`` (published in the browser).
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.build import ROOT

ARCHIVE = ".tar.gz"
POINTER = "live.json"
UNFINISHED = ".unfinished"
MACHINE, STAFF = "machine", "staff"
KEPT_MODELS = 5  # of those trained by commands; the others are kept until staff retire them


def models_dir() -> Path:
    """Where dialogue models lie (``HALO_MODELS_DIR``/rasa)."""
    return Path(os.environ.get("HALO_MODELS_DIR", ROOT / "models")).resolve() / "rasa"


@dataclass(frozen=True)
class Card:
    """What is known of a model since its training. ``sources``: hash of the code that trained it.

    ``seconds`` of the clock; ``examples``, ``matters``, ``acts``: counts; ``size`` in bytes.
    """

    model: str
    fingerprint: str
    sources: str
    trained_at: str
    seconds: float
    examples: int
    matters: int
    acts: int
    size: int
    origin: str


@dataclass(frozen=True)
class Pointer:
    """The live model's file name and who made it live."""

    model: str
    by: str


def read_pointer(folder: Path) -> Pointer | None:
    """The pointer; None when there is none or it names no file of a model."""
    try:
        found = json.loads((folder / POINTER).read_text("utf-8"))
        pointer = Pointer(str(found["model"]), str(found.get("by")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    plain = Path(pointer.model).name == pointer.model and pointer.model.endswith(ARCHIVE)
    return pointer if plain else None


def write_pointer(folder: Path, pointer: Pointer) -> None:
    """Make a model the live one; readers see the old pointer or the new one."""
    replace_file(folder / POINTER, json.dumps(asdict(pointer)).encode())


def live_model(folder: Path) -> Path:
    """The model to serve: the pointer's, else the one that was made last.

    Raises ``FileNotFoundError`` when there is none.
    """
    pointer = read_pointer(folder)
    if pointer and (folder / pointer.model).is_file():
        return folder / pointer.model
    models = sorted(folder.glob(f"*{ARCHIVE}"), key=lambda p: p.stat().st_mtime)
    if not models:
        raise FileNotFoundError(f"no model in {folder}: run `python -m bot.train` first")
    return models[-1]


def companion(model: Path, ending: str) -> Path:
    """A file that lies beside a model, e.g. ``.json``."""
    return model.with_name(model.name[: -len(ARCHIVE)] + ending)


def write_card(model: Path, card: Card, training_file: Path) -> None:
    """Keep a model's card, and the examples it learnt from."""
    data = companion(model, ".nlu.yml.gz")
    unfinished = data.with_name(data.name + UNFINISHED)
    with training_file.open("rb") as source, gzip.open(unfinished, "wb") as out:
        shutil.copyfileobj(source, out)
    unfinished.replace(data)
    replace_file(companion(model, ".json"), json.dumps(asdict(card)).encode())


def read_card(model: Path) -> dict[str, Any]:
    """A model's card; empty for one without."""
    try:
        found = json.loads(companion(model, ".json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def prune(folder: Path) -> None:
    """Delete old models that commands trained; never the live one, never one of staff's."""
    pointer = read_pointer(folder)
    models = sorted(folder.glob(f"*{ARCHIVE}"), key=lambda p: p.stat().st_mtime)
    ours = [model for model in models if read_card(model).get("origin", MACHINE) == MACHINE]
    for model in ours[:-KEPT_MODELS]:
        if pointer is None or pointer.model != model.name:
            for ending in (ARCHIVE, ".json", ".nlu.yml.gz"):
                file = companion(model, ending)
                if file.exists():
                    file.unlink()


def replace_file(file: Path, data: bytes) -> None:
    """Write a file as a whole."""
    unfinished = file.with_name(file.name + UNFINISHED)
    unfinished.write_bytes(data)
    unfinished.replace(file)
