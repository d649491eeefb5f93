"""Understands texts with one model: ``bot/.venv/bin/python -m bot.parse MODEL``.

Reads JSON lines ``{"text": …}`` and answers each with a line as Rasa's ``/model/parse`` gives it.
The first line it writes, ``{"ready": true}``, comes when the model is loaded. Ends with its input.
Nothing is kept and no text is logged.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import IO, Any

from bot.environment import quiet, quiet_logs


def answer(model: Path, questions: IO[str], answers: IO[str]) -> None:
    """Parse line by line until the input ends."""
    from rasa.core.agent import Agent  # noqa: PLC0415 - takes seconds, and after quiet()

    quiet_logs()
    agent = Agent.load(str(model))
    if not agent.is_ready():
        raise SystemExit(f"{model} is no model that can be used")
    asyncio.run(_answer_all(agent, questions, answers))


async def _answer_all(agent: Any, questions: IO[str], answers: IO[str]) -> None:
    await agent.parse_message("dzień dobry")  # the first parse loads dictionaries
    _write(answers, {"ready": True})
    for line in questions:
        _write(answers, await agent.parse_message(json.loads(line)["text"]))


def _write(answers: IO[str], value: Any) -> None:
    answers.write(json.dumps(value, default=float) + "\n")  # numpy's numbers are no JSON
    answers.flush()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    arguments = parser.parse_args()
    quiet()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print must not stand among the answers
    answer(arguments.model, sys.stdin, answers)


if __name__ == "__main__":
    main()
