"""Changes the model inside a running Rasa, with no turn lost and no talk forgotten.

A task watches ``live.json``. A new model is loaded and tried in a thread (one to two seconds, in
which turns go on: docs/dialogue-models.md has the figures) and then put in the old one's place. A
turn that began before ends with the old model. When it fails, the old one stays.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.model_files import read_pointer

ADDRESS = "/halo/model"
LOOK_EVERY_S = 0.2
TRIAL_TEXT = "dzień dobry"
# While a model is loaded the thread of the talks gets the interpreter after so long, not after
# Python's 5 ms: it asks for it a dozen times a turn (p95 of a parse 38 -> 24 ms, measured).
GIVE_WAY_S = 0.0005

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Served:
    """What ``/halo/model`` tells. ``wanted``: the pointer's model; ``error``: why it is not served.

    ``error`` is empty, ``model-file-gone`` or ``model-broken``.
    """

    model: str
    loaded_at: str
    wanted: str
    error: str


class ModelSwap:
    """Keeps the served model the one that the pointer names."""

    def __init__(self, app: Sanic, folder: Path, endpoints: AvailableEndpoints) -> None:
        self._app = app
        self._folder = folder
        self._endpoints = endpoints
        self._loaded_at = _now()
        self._wanted = ""
        self._error = ""
        self._refused: object = None  # not tried again while pointer and file stay as they are

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except Exception as error:  # the next look may do better; turns go on
                logger.error("model swap: %s", type(error).__name__)

    async def look(self) -> None:
        """Swap if the pointer names another model than is served."""
        pointer = read_pointer(self._folder)
        if pointer is None:
            return
        model = self._folder / pointer.model
        if self._wanted != pointer.model:
            self._wanted, self._error = pointer.model, ""
        if pointer.model == self._served():
            self._error = ""
            return
        state = _state(model)
        if (pointer.model, state) == self._refused:
            return
        if state is None:
            self._refuse("model-file-gone", pointer.model, state)
            return
        loop = asyncio.get_event_loop()
        try:
            agent = await loop.run_in_executor(None, self._load, model)
        except Exception as error:  # whatever is wrong with the file, the old model goes on
            logger.error("model swap: %s cannot be loaded: %s", model.name, type(error).__name__)
            self._refuse("model-broken", pointer.model, state)
            return
        self._app.ctx.agent = agent
        self._loaded_at, self._error, self._refused = _now(), "", None

    def _refuse(self, code: str, name: str, state: object) -> None:
        self._error, self._refused = code, (name, state)

    def _served(self) -> str:
        agent = self._app.ctx.agent
        return agent.processor.model_filename if agent and agent.processor else ""

    def _load(self, model: Path) -> Agent:
        """The new agent, tried; runs in a thread.

        The store is a new one on the same talks (``ExpiringTrackerStore``): an agent that is being
        loaded writes its domain into its store, and turns must not see a half-made one. The locks
        are shared, so that a talk's turns stay in order across the swap.
        """
        old: Agent = self._app.ctx.agent
        interval_s = sys.getswitchinterval()
        sys.setswitchinterval(GIVE_WAY_S)
        try:
            agent = Agent.load(
                str(model),
                tracker_store=TrackerStore.create(self._endpoints.tracker_store),
                lock_store=old.lock_store,
                action_endpoint=old.action_endpoint,
                generator=self._endpoints.nlg,
            )
            asyncio.run(agent.parse_message(TRIAL_TEXT))  # loads dictionaries, and shows it works
            return agent
        finally:
            sys.setswitchinterval(interval_s)

    async def tell(self, _: Request) -> HTTPResponse:
        """``GET /halo/model``."""
        return json(asdict(Served(self._served(), self._loaded_at, self._wanted, self._error)), 200)


def _state(model: Path) -> Any:
    try:
        found = model.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
