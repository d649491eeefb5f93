"""The trial office with the pages of models: real pages, real tables, real child processes.

The child is a small program that speaks the lines of ``bot.candidate`` and "learns" at once what
``Teacher.next`` says; Rasa's ``/halo/model`` is answered from the pointer. The real ones are
tested in tests/integration/test_model_swap.py.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI, Request
from starlette.responses import Response

from staff_console.content.store import ContentStore
from staff_console.dialogue_models.files import ModelFolder
from staff_console.dialogue_models.learnt import live_versions
from staff_console.dialogue_models.pages import ModelPages
from staff_console.dialogue_models.routes import build_models_router
from staff_console.dialogue_models.runner import TrainingPlace, TrainingRunner
from staff_console.dialogue_models.serving import ServedModel
from staff_console.dialogue_models.store import ModelStore
from staff_console.dialogue_models.sync import ModelSync
from staff_console.dialogue_models.trainings import TrainingStore
from staff_console.sessions import Sessions
from voice_gateway.records.database import Database
from voice_gateway.records.staff import StaffAccounts
from voice_gateway.settings import ROOT

CHILD = """
import json, sys, time
given = sys.argv[1:]
value = lambda name: given[given.index(name) + 1] if name in given else ""
lesson = json.load(open("lesson.json"))
for stage in ("preparing", "starting", "matters", "scoring"):
    print(json.dumps({"stage": stage}), flush=True)
    time.sleep(lesson["stage_s"])
if lesson["failed"]:
    print(json.dumps({"failed": lesson["failed"], "detail": "Paszport"}), flush=True)
    raise SystemExit
name = value("--candidate") or lesson["model"]
if not value("--candidate"):
    open(value("--models") + "/" + name, "w").write("model")
scores = {name: lesson["rows"], value("--live"): lesson["live_rows"]}
scores.pop("", None)
body = {"model": name, "new": True, "card": lesson["card"], "set": "set1", "scores": scores}
json.dump(body, open(value("--result"), "w"))
"""


def held_out() -> list[dict[str, str]]:
    """Real questions with their meanings."""
    found = []
    for file in sorted((ROOT / "nlu_data/held_out").glob("*.yml")):
        for row in yaml.safe_load(file.read_text()):
            meant = row.get("act") or f"{row['topic']}.{row['aspect']}"
            found.append({"text": row["text"], "meant": meant, "kind": row["kind"]})
    return found


QUESTIONS = held_out()


def answers(*wrong: int) -> list[dict[str, Any]]:
    """A model that misunderstands the questions with these places."""
    return [
        {**row, "got": "nlu_fallback" if place in wrong else row["meant"], "learnt": False}
        for place, row in enumerate(QUESTIONS)
    ]


@dataclass
class ModelOffice:
    """The parts behind the pages."""

    folder: Path
    database: Database
    accounts: StaffAccounts
    rasa_url: str

    def __post_init__(self) -> None:
        self.models = ModelFolder(self.folder / "rasa")
        self.models.folder.mkdir()
        (self.folder / "child.py").write_text(CHILD)
        self.store, self.trainings = ModelStore(self.database), TrainingStore(self.database)
        self.sync = ModelSync(self.store, self.models, self.folder)
        self.content = ContentStore(self.database, ROOT / "nlu_data", notes=self.folder)
        place = TrainingPlace(
            command=(sys.executable, "-S", str(self.folder / "child.py")),
            program=Path(sys.executable),
            cwd=self.folder,
            environment={},
            data_dir=self.folder,
            versions=lambda: live_versions(self.database),
        )
        clock = lambda: datetime.now(UTC)  # noqa: E731
        self.runner = TrainingRunner(self.store, self.trainings, self.models, place, clock)
        self.served = ServedModel(self.rasa_url, self.models.served)
        self.pages = ModelPages(
            "only for these tests",
            self.accounts,
            self.store,
            self.trainings,
            self.runner,
            self.models,
            self.served,
            self.content,
            lambda: live_versions(self.database),
            self.sync.once,
            ROOT / "nlu_data",
            clock,
        )

    def teach(
        self,
        name: str,
        *wrong: int,
        live_wrong: tuple[int, ...] = (),
        stage_s: float = 0.0,
        failed: str = "",
    ) -> None:
        """What the next training makes."""
        lesson = {
            "model": f"{name}.tar.gz",
            "rows": answers(*wrong),
            "live_rows": answers(*live_wrong),
            "stage_s": stage_s,
            "failed": failed,
            "card": {
                "fingerprint": name,
                "trained_at": "2026-11-24T21:26:56+00:00",
                "seconds": 131.2,
                "examples": 24123,
                "matters": 48,
                "acts": 20,
                "size": 46_104_531,
            },
        }
        (self.folder / "lesson.json").write_text(json.dumps(lesson))

    def join(self, app: FastAPI) -> None:
        """Add the pages, and what Rasa says."""
        app.include_router(build_models_router(self.pages))

        @app.get("/staff/enter/{login}")
        def enter(login: str, request: Request) -> Response:
            """Signed in without the form, which other tests try."""
            response = Response("")
            Sessions("only for these tests").begin(request, response, login, "test")
            return response

        @app.get("/halo/model")
        def model() -> dict[str, str]:
            pointer = self.models.pointer()
            name = f"{pointer.name}.tar.gz" if pointer else ""
            return {"model": name, "wanted": name, "error": ""}
