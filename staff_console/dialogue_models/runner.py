"""Runs a training or a comparison as a child process that gives way to the talks.

The child (``bot/candidate.py``) tells its stages line by line; each second they are kept in the
database, where every machine's pages see them. Nothing is made live here, so a training that
fails, is stopped or dies with the gateway changes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog

from staff_console.dialogue_models import failures, refusals
from staff_console.dialogue_models.files import ARCHIVE, ModelFolder, card_from
from staff_console.dialogue_models.progress import STAGES_PL
from staff_console.dialogue_models.store import ModelStore
from staff_console.dialogue_models.trainings import TrainingStore
from staff_console.dialogue_models.values import Progress, Row, Training, TrainingKind
from voice_gateway import telemetry
from voice_gateway.errors import HaloError

T = TypeVar("T")

LONGEST_S = 30 * 60.0  # fifteen times as long as usual
TICK_S = 1.0
STOP_S = 5.0  # then the child is killed
LONGEST_LINE = 1 << 16
LOG_FILE = "model-training.log"
RESULT_FILE = "model-training.json"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TrainingPlace:
    """Where and how trainings run. ``command`` starts ``bot.candidate``; ``program`` must exist.

    ``versions``: content file -> number of its live version; blocks.
    """

    command: Sequence[str]
    program: Path
    cwd: Path
    environment: Mapping[str, str]
    data_dir: Path
    versions: Callable[[], Mapping[str, int]]
    longest_s: float = LONGEST_S


@dataclass
class _Run:
    """What is known of a child while it runs."""

    training: Training
    versions: Mapping[str, int] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)
    failed: tuple[str, str] | None = None
    stopped: bool = False


class TrainingRunner:
    """Begins trainings on this machine and watches them."""

    def __init__(
        self,
        models: ModelStore,
        trainings: TrainingStore,
        folder: ModelFolder,
        place: TrainingPlace,
        clock: Callable[[], datetime],
    ) -> None:
        self._models = models
        self._trainings = trainings
        self._folder = folder
        self._place = place
        self._clock = clock
        self._host = socket.gethostname()
        self._task: asyncio.Task[None] | None = None

    async def recover(self) -> None:
        """At the start: a training that died with the last gateway is said to be broken off."""
        await asyncio.to_thread(self._trainings.break_off, self._host, self._clock())

    async def train(self, who: str) -> Training:
        """Begin a training on what is published. ``model-busy``."""
        return await self._begin("train", "", who)

    async def compare(self, name: str, who: str) -> Training:
        """Begin to ask a model and the live one the held-out questions. ``model-busy``."""
        if not self._folder.has(name):
            raise refusals.file_gone()
        return await self._begin("compare", name, who)

    async def close(self) -> None:
        """The gateway stops: the child is killed and the training said to be broken off."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def wait(self) -> None:
        """Until the present one has ended."""
        if self._task:
            await asyncio.wait([self._task])

    async def _begin(self, kind: TrainingKind, model: str, who: str) -> Training:
        begin = partial(self._trainings.begin, kind, model, who, self._host, self._clock())
        training = await asyncio.to_thread(begin)
        self._task = asyncio.create_task(self._whole(training))
        return training

    async def _whole(self, training: Training) -> None:
        run = _Run(training)
        try:
            await self._in_words(run)
        except asyncio.CancelledError:
            await _unbroken(self._end(run, "broken", "model-broken-off"))
            raise
        except Exception as error:
            log.error("training_broken", code="model-failed", fault_type=type(error).__name__)
            await self._end(run, "failed", "model-failed")

    async def _in_words(self, run: _Run) -> None:
        """Every way it can end, each with its code."""
        try:
            if not self._place.program.exists():
                await self._end(run, "failed", "model-no-rasa")
                return
            if not await asyncio.to_thread(self._folder.has_room):
                await self._end(run, "failed", "model-disk")
                return
            status = await self._child(run)
        except TimeoutError:
            await self._end(run, "failed", "model-timeout", f"{self._place.longest_s / 60:.0f}")
            return
        except OSError as error:
            log.error("training_folder", code="model-folder", reason=type(error).__name__)
            await self._end(run, "failed", "model-folder")
            return
        if run.stopped:
            await self._end(run, "cancelled", "model-cancelled")
        elif run.failed:
            await self._end(run, "failed", *run.failed)
        elif status:
            await self._end(run, "failed", failures.of_exit(status))
        else:
            await self._take(run)

    async def _child(self, run: _Run) -> int:
        """Run it to its end; the exit status. Raises ``TimeoutError``."""
        logs = self._place.data_dir / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        self._result.unlink(missing_ok=True)
        run.versions = await asyncio.to_thread(self._place.versions)
        arguments = await asyncio.to_thread(self._arguments, run.training)
        with (logs / LOG_FILE).open("wb") as log_file:
            process = await asyncio.create_subprocess_exec(
                *self._place.command,
                *arguments,
                cwd=self._place.cwd,
                env={**os.environ, **self._place.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log_file,
                limit=LONGEST_LINE,
                start_new_session=True,
            )
        reading = asyncio.create_task(self._read(process, run))
        try:
            async with asyncio.timeout(self._place.longest_s):
                await self._watch(process, run)
            if not run.stopped:
                await reading
            return process.returncode or 0
        finally:
            reading.cancel()
            await _unbroken(_end_process(process))

    def _arguments(self, training: Training) -> list[str]:
        live = self._models.live()
        given = ["--models", str(self._folder.folder), "--result", str(self._result)]
        given += ["--parent", str(os.getpid())]
        if live:
            given += ["--live", live.file]
        if training.model:
            given += ["--candidate", f"{training.model}{ARCHIVE}"]
        return [*given, "--scored", *(f"{m}{ARCHIVE}@{q}" for m, q in self._models.scored())]

    async def _watch(self, process: asyncio.subprocess.Process, run: _Run) -> None:
        """Until it ends or is stopped: keep how far it is."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), TICK_S)
                return
            try:
                seen = partial(self._trainings.seen, run.training.id, run.progress, self._clock())
                run.stopped = await asyncio.to_thread(seen)
            except HaloError as error:  # the database is away for a moment: training goes on
                telemetry.count_error(error.code)
            if run.stopped:
                return

    async def _read(self, process: asyncio.subprocess.Process, run: _Run) -> None:
        assert process.stdout is not None  # noqa: S101 - it is a pipe, see _child
        async for raw in process.stdout:
            try:
                line = json.loads(raw)
            except ValueError:
                continue
            if "failed" in line:
                run.failed = (str(line["failed"]), str(line.get("detail", "")))
            elif line.get("stage") in STAGES_PL:
                run.progress = advanced(run.progress, line, self._clock())

    async def _take(self, run: _Run) -> None:
        """Keep the model and the scores that it brought."""
        body = json.loads(await asyncio.to_thread(self._result.read_bytes))
        await asyncio.to_thread(self._keep, run, body)

    def _keep(self, run: _Run, body: Mapping[str, Any]) -> None:
        name, now = str(body["model"]).removesuffix(ARCHIVE), self._clock()
        card = card_from(body["card"], run.versions)
        for model, rows in body["scores"].items():
            score = [Row(**row) for row in rows]
            self._models.put_score(model.removesuffix(ARCHIVE), body["set"], score, now)
        self._models.add(name, card, run.training.who, now)
        done = advanced(run.progress, {"stage": ""}, now)
        self._trainings.end(
            run.training.id, "done", now, model=name, is_new=bool(body["new"]), progress=done
        )
        self._result.unlink(missing_ok=True)

    async def _end(self, run: _Run, state: Any, code: str, detail: str = "") -> None:
        telemetry.count_error(code)
        log.info("training_ended", code=code)
        end = partial(self._trainings.end, run.training.id, state, self._clock())
        try:
            await asyncio.to_thread(partial(end, code=code, detail=detail, progress=run.progress))
        except HaloError as error:  # whoever looks next finds it silent and says the same
            log.error("training_unkept", code=error.code)

    @property
    def _result(self) -> Path:
        return self._place.data_dir / RESULT_FILE


def advanced(progress: Progress, line: Mapping[str, Any], now: datetime) -> Progress:
    """The progress after a line of the child."""
    stage, share = str(line["stage"]), float(line.get("share", 0.0))
    if stage == progress.stage:
        return replace(progress, share=min(1.0, max(progress.share, share)))
    done = dict(progress.done)
    if progress.stage and progress.began_at:
        took = (now - progress.began_at).total_seconds()
        done[progress.stage] = round(done.get(progress.stage, 0.0) + took, 2)
    return Progress(stage, share, now, done)


async def _end_process(process: asyncio.subprocess.Process) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), STOP_S)


async def _unbroken(doing: Awaitable[T]) -> T:
    """To its end, also while this task is being cancelled."""
    task = asyncio.ensure_future(doing)
    while True:
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.done():
                raise


def training_place(
    python: Path,
    root: Path,
    knowledge_dir: Path,
    data_dir: Path,
    versions: Callable[[], Mapping[str, int]],
) -> TrainingPlace:
    """How the product trains: Rasa's own interpreter, on the knowledge folder of this machine."""
    return TrainingPlace(
        command=(str(python), "-m", "bot.candidate"),
        program=python,
        cwd=root,
        environment={"HALO_KNOWLEDGE_DIR": str(knowledge_dir)},
        data_dir=data_dir,
        versions=versions,
    )
