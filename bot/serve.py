"""Runs Rasa on the loopback: ``bot/.venv/bin/python -m bot.serve [--port 5005] [--model FILE]``.

The process becomes Rasa itself (exec), so that killing it kills Rasa. Texts of talks are not
logged: the log level is WARNING.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bot.build import BOT, ROOT
from bot.environment import quiet


def newest_model(folder: Path) -> Path:
    """The model that was made last. Raises ``FileNotFoundError`` when there is none."""
    models = sorted(folder.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime)
    if not models:
        raise FileNotFoundError(f"no model in {folder}: run `python -m bot.train` first")
    return models[-1]


def main() -> None:
    """Command line; does not return."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--model", type=Path, help="default: the newest in models/rasa")
    parser.add_argument("--actions-url", default="http://127.0.0.1:5055")
    arguments = parser.parse_args()
    quiet()
    os.environ["HALO_ACTIONS_URL"] = arguments.actions_url
    os.environ.setdefault("PYTHONPATH", str(ROOT))
    model = arguments.model or newest_model(ROOT / "models" / "rasa")
    os.execv(sys.executable, rasa_command(model, arguments.port))  # noqa: S606 - our own program


def rasa_command(model: Path, port: int) -> list[str]:
    """The command line of ``rasa run`` with the API, on the loopback only."""
    return [
        *(sys.executable, "-m", "rasa", "run", "--enable-api", "--interface", "127.0.0.1"),
        *("--port", str(port), "--model", str(model)),
        *("--endpoints", str(BOT / "endpoints.yml")),
        *("--credentials", str(BOT / "credentials.yml")),
        *("--log-file", os.devnull, "--quiet"),
    ]


if __name__ == "__main__":
    main()
