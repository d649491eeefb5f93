"""Replays of a day's failed talks: one at a time, beside everything else, within a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime

import structlog

from staff_console.learning.bad_talks import BadTalk
from staff_console.learning.replay import ReplayedTalk, Verdict, replay
from staff_console.learning.trial import Trial, actions_by_intent
from staff_console.learning.understanding import Understands
from voice_gateway import telemetry
from voice_gateway.errors import HaloError, RequestError

log = structlog.get_logger(__name__)

MOST_TALKS = 200
BUDGET_S = 180.0  # 200 talks of five turns take half a minute; a busy machine gets more
FAILED_PL = "Powtórka nie udała się. Proszę spróbować jeszcze raz."
FAULTS_PL = {
    "dialogue-no-model": "Tego modelu nie da się wczytać. Proszę wybrać inny.",
    "dialogue-down": "Model rozumienia nie odpowiada. Proszę spróbować za chwilę.",
    "dialogue-timeout": "Model rozumienia nie odpowiedział na czas. Proszę spróbować za chwilę.",
    "dialogue-bad-reply": "Model rozumienia odpowiada nieczytelnie. Proszę spróbować za chwilę.",
}
Opens = Callable[[], AbstractAsyncContextManager[Understands]]


@dataclass(frozen=True, slots=True)
class ReplayState:
    """How far a replay is. ``fault_pl``: why it ended early, else empty; ``late``: time was up."""

    day: date
    model: str
    who: str
    started: datetime
    total: int = 0
    left_out: int = 0  # talks beyond ``MOST_TALKS``
    done: Sequence[ReplayedTalk] = ()
    drafts: Sequence[str] = ()
    broken: Sequence[str] = ()
    running: bool = True
    late: bool = False
    fault_pl: str = ""

    def count(self, verdict: Verdict) -> int:
        """How many talks got this verdict so far."""
        return sum(one.verdict == verdict for one in self.done)


class ReplayJob:
    """The replay that runs or was the last to run in this process."""

    def __init__(self, budget_s: float = BUDGET_S, most_talks: int = MOST_TALKS) -> None:
        self.state: ReplayState | None = None
        self._budget_s = budget_s
        self._most_talks = most_talks
        self._task: asyncio.Task[None] | None = None

    def start(
        self,
        state: ReplayState,
        talks: Callable[[], Sequence[BadTalk]],
        trial: Callable[[], Trial],
        opens: Opens,
    ) -> None:
        """Begin; ``talks`` and ``trial`` may block. Raises ``RequestError`` learning-busy (409)."""
        if self.state and self.state.running:
            raise RequestError(
                "learning-busy", "Powtórka już trwa. Proszę poczekać na jej koniec.", status=409
            )
        self.state = state
        self._task = asyncio.create_task(self._run(talks, trial, opens))

    async def stop(self) -> None:
        """End a replay that runs."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(
        self,
        talks: Callable[[], Sequence[BadTalk]],
        trial: Callable[[], Trial],
        opens: Opens,
    ) -> None:
        fault_pl = ""
        try:
            await self._replay_all(talks, trial, opens)
        except RequestError as error:
            fault_pl = error.detail_pl
        except HaloError as error:
            telemetry.count_error(error.code)
            log.error("replay_failed", code=error.code)
            fault_pl = FAULTS_PL.get(error.code, FAILED_PL)
        except Exception as error:  # a bug of ours must not leave "it runs" on the page for ever
            telemetry.count_error("internal")
            log.exception("replay_failed", fault_type=type(error).__name__)
            fault_pl = FAILED_PL
        finally:
            self._set(running=False, fault_pl=fault_pl)

    async def _replay_all(
        self,
        talks: Callable[[], Sequence[BadTalk]],
        trial: Callable[[], Trial],
        opens: Opens,
    ) -> None:
        found = await asyncio.to_thread(talks)
        chosen = found[: self._most_talks]
        drafts = await asyncio.to_thread(trial)
        self._set(
            total=len(chosen),
            left_out=len(found) - len(chosen),
            drafts=drafts.drafts,
            broken=drafts.broken,
        )
        actions = await asyncio.to_thread(actions_by_intent)
        done: list[ReplayedTalk] = []
        async with opens() as understands:
            began_s = time.monotonic()  # loading a model has a limit of its own
            for talk in chosen:
                if time.monotonic() - began_s > self._budget_s:
                    self._set(late=True)
                    return
                done.append(await replay(talk, drafts.knowledge, actions, understands))
                self._set(done=tuple(done))

    def _set(self, **changes: object) -> None:
        if self.state:
            self.state = replace(self.state, **changes)  # type: ignore[arg-type] # names above
