"""Runs Rasa on the loopback: ``bot/.venv/bin/python -m bot.serve [--port 5005] [--model FILE]``.

Texts of talks are not logged: only warnings and errors are, and they hold none.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from bot.build import BOT, ROOT
from bot.environment import quiet, quiet_logs


def newest_model(folder: Path) -> Path:
    """The model that was made last. Raises ``FileNotFoundError`` when there is none."""
    models = sorted(folder.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime)
    if not models:
        raise FileNotFoundError(f"no model in {folder}: run `python -m bot.train` first")
    return models[-1]


def serve(model: Path, port: int) -> None:
    """Serve until killed: ``rasa run --enable-api`` without the rest of Rasa's command line."""
    from rasa.core.run import serve_application  # noqa: PLC0415 - takes seconds, after quiet()
    from rasa.core.utils import AvailableEndpoints  # noqa: PLC0415

    quiet_logs()
    _check_actions_quickly()
    serve_application(
        model_path=str(model),
        interface="127.0.0.1",
        port=port,
        credentials=str(BOT / "credentials.yml"),
        enable_api=True,
        endpoints=AvailableEndpoints.read_endpoints(str(BOT / "endpoints.yml")),
    )


def _check_actions_quickly() -> None:
    """Check action results against a schema that is itself checked once, not every time.

    Rasa validates its own constant schema again for each action result: half of the processor
    time of a turn (measured: 80 ms -> 40 ms).
    """
    from jsonschema.validators import validator_for  # noqa: PLC0415
    from rasa.core.actions.action import RemoteAction  # noqa: PLC0415

    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validate(_: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate


def main() -> None:
    """Command line; does not return before Rasa ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--model", type=Path, help="default: the newest in models/rasa")
    parser.add_argument("--actions-url", default="http://127.0.0.1:5055")
    arguments = parser.parse_args()
    quiet()
    os.environ["HALO_ACTIONS_URL"] = arguments.actions_url
    serve(arguments.model or newest_model(ROOT / "models" / "rasa"), arguments.port)


if __name__ == "__main__":
    main()
