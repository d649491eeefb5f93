"""How well residents are understood: ``bot/.venv/bin/python -m bot.evaluate [--stock] [--out F]``.

Runs the held-out questions through the trained model and, with ``--stock``, through Rasa's stock
recommended configuration trained on the same data in the same run (minutes: DIET is slow).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bot.build import BOT, BUILD, ROOT, knowledge_dir
from bot.environment import quiet, quiet_logs
from bot.scoring import Guess, Question, as_spoken, figures, from_sound, held_out, right
from bot.train import train
from bot.understanding.examples import ASK, read_yaml

TOLD_EVERY = 25  # questions
SPLIT = "__"  # stock intents are topic__aspect: what a Rasa user would do
STOCK_CONFIG = BOT / "stock_config.yml"


def guesses(
    model: Path,
    questions: list[Question],
    *,
    stock: bool,
    told: Callable[[float], None] = lambda share: None,
) -> list[Guess]:
    """What a trained model makes of each question; ``told`` hears the share that is done."""
    from rasa.core.agent import Agent  # noqa: PLC0415 - takes seconds, and after quiet()

    agent = Agent.load(str(model))

    async def parse_all() -> list[Guess]:
        await agent.parse_message("rozgrzewka")  # the first parse loads dictionaries
        found = []
        for number, question in enumerate(questions):
            if number % TOLD_EVERY == 0:
                told(number / len(questions))
            start = time.process_time()
            parsed = await agent.parse_message(question.text)
            found.append(_guess(parsed, time.process_time() - start, stock=stock))
        return found

    return asyncio.run(parse_all())


def _guess(parsed: dict[str, Any], seconds: float, *, stock: bool) -> Guess:
    intent = parsed["intent"]["name"]
    if stock:
        if SPLIT not in intent:
            return Guess(intent, None, None, seconds)
        topic, aspect = intent.split(SPLIT)
        return Guess(ASK, None if topic == "none" else topic, aspect, seconds)
    named = {e["entity"]: e["value"] for e in parsed["entities"]}
    return Guess(intent, named.get("topic"), named.get("aspect"), seconds)


def train_stock(build: Path) -> Path:
    """Rasa's stock pipeline, trained on the very data of ours."""
    from rasa.model_training import train_nlu  # noqa: PLC0415

    folder = build / "stock"
    folder.mkdir(parents=True, exist_ok=True)
    data = read_yaml(build / "nlu.yml")
    for block in data["nlu"]:
        meaning = block.pop("metadata", None)
        if meaning:
            block["intent"] = f"{meaning['topic'] or 'none'}{SPLIT}{meaning['aspect']}"
    (folder / "nlu.yml").write_text(yaml.safe_dump(data, allow_unicode=True, width=1000), "utf-8")
    model = train_nlu(str(STOCK_CONFIG), str(folder / "nlu.yml"), str(folder))
    if model is None:
        raise RuntimeError("training the stock configuration failed")
    return Path(model)


def evaluate(build: Path, options: argparse.Namespace) -> dict[str, Any]:
    """The figures of our model and, if wanted, of the stock one."""
    stock = options.stock
    questions = held_out(knowledge_dir() / options.set)
    start = time.perf_counter()
    model = train(build / "models", build, force=stock)
    seconds = time.perf_counter() - start
    found = guesses(model, questions, stock=False)
    report = {"ours": {"train_s": round(seconds, 1), **figures(list(zip(questions, found)))}}
    if options.wrong:
        for question, guess in zip(questions, found):
            if not right(question, guess):
                sys.stdout.write(f"{question}\n    {guess}\n")
    if options.spoken:
        spoken = as_spoken(options.spoken)
        report["ours"]["from_sound"] = from_sound(
            list(zip(spoken, guesses(model, spoken, stock=False)))
        )
    if stock:
        start = time.perf_counter()
        model = train_stock(build)
        seconds = time.perf_counter() - start
        found = guesses(model, questions, stock=True)
        report["stock"] = {"train_s": round(seconds, 1), **figures(list(zip(questions, found)))}
    return report


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stock", action="store_true", help="compare with Rasa's stock pipeline")
    parser.add_argument("--wrong", action="store_true", help="list the questions got wrong")
    parser.add_argument("--set", choices=["held_out", "tuning"], default="held_out")
    parser.add_argument(
        "--spoken", type=Path, help="held-out questions as heard, from recipe.heard"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "eval.json")
    arguments = parser.parse_args()
    quiet()
    quiet_logs()
    report = evaluate(BUILD / "eval", arguments)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(report, ensure_ascii=False, indent=2), "utf-8")
    for name, found in report.items():
        sys.stdout.write(f"{name}:\n")
        for key, value in found.items():
            sys.stdout.write(f"  {key}: {value}\n")


if __name__ == "__main__":
    main()
