"""Trains the dialogue engine: ``bot/.venv/bin/python -m bot.train [--out DIR] [--force]``.

Prints the path of the model and makes it the live one. Nothing is trained when a model with the
same fingerprint exists. The pages of the staff train with ``bot.candidate`` instead.
"""

from __future__ import annotations

import argparse
import fcntl
import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from bot.build import BOT, BUILD, knowledge_dir, sources_hash, write_build
from bot.environment import quiet, quiet_logs
from bot.model_files import (
    MACHINE,
    STAFF,
    Card,
    Pointer,
    models_dir,
    prune,
    read_card,
    read_pointer,
    write_card,
    write_pointer,
)
from bot.understanding.examples import read_yaml

Tell = Callable[[str], None]


def silent(stage: str) -> None:
    """For those who need not know how far it is."""


def train(
    out: Path,
    build: Path = BUILD,
    *,
    force: bool = False,
    origin: str = MACHINE,
    tell: Tell = silent,
) -> Path:
    """The model for the present knowledge, trained if there is none yet.

    One training at a time in ``out``: a second one waits and then finds the model made.
    ``tell`` hears the stages. Raises ``RuntimeError`` when Rasa gives no model.
    """
    out.mkdir(parents=True, exist_ok=True)
    tell("waiting")
    with (out / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tell("preparing")
        began_s = time.monotonic()
        fingerprint = write_build(knowledge_dir(), build)
        ready = sorted(out.glob(f"*-{fingerprint}.tar.gz"))
        if ready and not force:
            if origin == MACHINE:
                ready[-1].touch()  # the newest are kept
            return ready[-1]
        now = datetime.now(timezone.utc)
        name = f"{now:%Y%m%d-%H%M%S}-{fingerprint}"
        tell("starting")
        made = _rasa_train(build, name, tell)
        tell("saving")
        card = _card(made, build, fingerprint, now, time.monotonic() - began_s, origin)
        model = out / made.name
        write_card(model, card, build / "nlu.yml")  # before: a model without a card may be deleted
        made.replace(model)
        prune(out)
        return model


def _card(
    made: Path, build: Path, fingerprint: str, now: datetime, seconds: float, origin: str
) -> Card:
    blocks = read_yaml(build / "nlu.yml")["nlu"]
    topics = {(block.get("metadata") or {}).get("topic") for block in blocks}
    return Card(
        model=made.name,
        fingerprint=fingerprint,
        sources=sources_hash(),
        trained_at=now.isoformat(timespec="seconds"),
        seconds=round(seconds, 1),
        examples=sum(block["examples"].count("\n") for block in blocks),
        matters=len(topics - {None}),
        acts=len({block["intent"] for block in blocks} - {"ask"}),
        size=made.stat().st_size,
        origin=origin,
    )


def _rasa_train(build: Path, name: str, tell: Tell) -> Path:
    quiet()
    quiet_logs()
    import rasa  # noqa: PLC0415 - takes seconds; not needed when nothing is to be trained

    from bot.progress import follow_rasa  # noqa: PLC0415 - as above

    if tell is not silent:
        follow_rasa(tell)
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


def staff_model(out: Path) -> Path | None:
    """The model that staff published, if it is still there and of this program's version."""
    pointer = read_pointer(out)
    if pointer is None or pointer.by != STAFF or not (out / pointer.model).is_file():
        return None
    model = out / pointer.model
    return model if read_card(model).get("sources") == sources_hash() else None


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=models_dir())
    parser.add_argument("--build", type=Path, default=BUILD)
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")
    parser.add_argument(
        "--keep-published",
        action="store_true",
        help="train nothing while a model that staff published is there",
    )
    arguments = parser.parse_args()
    model = staff_model(arguments.out) if arguments.keep_published else None
    if model is None:
        model = train(arguments.out, arguments.build, force=arguments.force)
        pointer = read_pointer(arguments.out)
        if pointer is None or pointer.model != model.name:
            write_pointer(arguments.out, Pointer(model.name, MACHINE))
    sys.stdout.write(f"{model}\n")


if __name__ == "__main__":
    main()
