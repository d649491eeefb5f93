"""Runs Rasa on the loopback: ``bot/.venv/bin/python -m bot.serve [--port 5005] [--model FILE]``.

Serves the live model of models/rasa and changes it when another one becomes live (``bot.swap``).
Texts of talks are not logged: only warnings and errors are, and they hold none.
"""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path
from typing import Any

from bot.build import BOT
from bot.environment import quiet, quiet_logs
from bot.model_files import live_model, models_dir


def serve(folder: Path, port: int, model: Path | None = None) -> None:
    """Serve until killed: ``rasa run --enable-api`` without the rest of Rasa's command line.

    ``model``: this one, whatever becomes live in ``folder``.
    """
    from rasa.core import run  # noqa: PLC0415 - takes seconds, after quiet()
    from rasa.core.utils import AvailableEndpoints  # noqa: PLC0415
    from rasa.utils.common import update_sanic_log_level  # noqa: PLC0415

    from bot.swap import ADDRESS, ModelSwap  # noqa: PLC0415

    quiet_logs()
    _check_actions_quickly()
    endpoints = AvailableEndpoints.read_endpoints(str(BOT / "endpoints.yml"))
    channels = run.create_http_input_channels(None, str(BOT / "credentials.yml"))
    app = run.configure_app(channels, enable_api=True, port=port, endpoints=endpoints)
    first = str(model or live_model(folder))
    app.register_listener(
        partial(run.load_agent_on_start, first, endpoints, None), "before_server_start"
    )
    if model is None:
        swap = ModelSwap(app, folder, endpoints)
        app.add_route(swap.tell, ADDRESS)
        app.add_task(swap.watch())
    app.register_listener(run.close_resources, "after_server_stop")
    update_sanic_log_level()
    app.run(host="127.0.0.1", port=port, workers=1)


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
    parser.add_argument("--model", type=Path, help="default: the live one")
    parser.add_argument("--models", type=Path, default=models_dir())
    parser.add_argument("--actions-url", default="http://127.0.0.1:5055")
    arguments = parser.parse_args()
    quiet()
    os.environ["HALO_ACTIONS_URL"] = arguments.actions_url
    serve(arguments.models, arguments.port, arguments.model)


if __name__ == "__main__":
    main()
