"""Trains the dialogue engine: ``bot/.venv/bin/python -m bot.train [--out DIR] [--force]``.

Prints the path of the model. Nothing is trained when a model with the same fingerprint exists.
"""

from __future__ import annotations

import argparse
import fcntl
import sys
from datetime import datetime, timezone
from pathlib import Path

from bot.build import BOT, BUILD, ROOT, knowledge_dir, write_build
from bot.environment import quiet, quiet_logs

KEPT_MODELS = 5


def train(out: Path, build: Path = BUILD, *, force: bool = False) -> Path:
    """The model for the present knowledge, trained if there is none yet.

    One training at a time in ``out``: a second one waits and then finds the model made.
    Raises ``RuntimeError`` when Rasa gives no model.
    """
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fingerprint = write_build(knowledge_dir(), build)
        ready = sorted(out.glob(f"*-{fingerprint}.tar.gz"))
        if ready and not force:
            ready[-1].touch()  # the newest file is the one that is served
            return ready[-1]
        name = f"{datetime.now(timezone.utc):%Y%m%d-%H%M%S}-{fingerprint}"
        model = _rasa_train(build, name).replace(out / f"{name}.tar.gz")
        for old in sorted(out.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime)[:-KEPT_MODELS]:
            old.unlink()
        return model


def _rasa_train(build: Path, name: str) -> Path:
    quiet()
    quiet_logs()
    import rasa  # noqa: PLC0415 - takes seconds; not needed when nothing is to be trained

    result = rasa.train(
        domain=str(BOT / "domain.yml"),
        config=str(build / "config.yml"),
        training_files=[str(build / "nlu.yml"), str(BOT / "rules.yml")],
        output=str(build / "model"),  # moved when complete: a half-written model is never served
        force_training=True,  # the fingerprint decides; Rasa's own cache does not see our files
        fixed_model_name=name,
    )
    if not result.model:
        raise RuntimeError(f"training failed with code {result.code}")
    return Path(result.model)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "rasa")
    parser.add_argument("--build", type=Path, default=BUILD)
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")
    arguments = parser.parse_args()
    sys.stdout.write(f"{train(arguments.out, arguments.build, force=arguments.force)}\n")


if __name__ == "__main__":
    main()
