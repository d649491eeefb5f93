"""Tells how far a training is, as JSON lines that the gateway reads.

``{"stage": "matters"}`` begins a stage; ``{"stage": "scoring", "share": 0.4}`` says how much of it
is done. The stages are the real ones: Rasa's own log says when it begins with a component.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any, TextIO

Tell = Callable[[str], None]

# What Rasa trains -> the stage; the rest (its rules, which take no time) belongs to "rules".
STAGES = {
    "PolishIntentClassifier": "matters",
    "EmergencyGuard": "emergencies",
    "TopicAspectClassifier": "aspects",
}
STARTED = re.compile(r"Starting to train component '(\w+)'")


class Progress:
    """Writes the lines, each at once."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def stage(self, name: str, share: float = 0.0) -> None:
        """A stage begins, or goes on (``share`` 0..1 of it is done)."""
        self.write({"stage": name, "share": round(share, 3)} if share else {"stage": name})

    def write(self, line: dict[str, Any]) -> None:
        """One line."""
        self._out.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._out.flush()


class _ComponentLog(logging.Handler):
    def __init__(self, tell: Tell) -> None:
        super().__init__(logging.INFO)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        found = STARTED.search(record.getMessage())
        if found:
            self._tell(STAGES.get(found[1], "rules"))


def follow_rasa(tell: Tell) -> None:
    """Call ``tell`` with the stage whenever Rasa begins to train a component."""
    logger = logging.getLogger("rasa.engine.training.hooks")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(_ComponentLog(tell))
