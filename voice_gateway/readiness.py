"""``/readyz``: does each part work right now, which model does it use, and if not, why?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

from voice_gateway.errors import HaloError

CHECK_TIMEOUT_S = 4.0


@dataclass(frozen=True, slots=True)
class PartState:
    """``state`` is ok or failed; ``model`` names what works; ``reason`` is an error code."""

    state: str
    model: str = ""
    reason: str = ""


class Readiness:
    """Asks every part, all at once. A part is a function that gives its model's name or raises."""

    def __init__(self, parts: dict[str, Callable[[], Awaitable[str]]]) -> None:
        self._parts = parts

    async def states(self) -> dict[str, PartState]:
        """The state of each part by name."""
        found = await asyncio.gather(*(_state(ask) for ask in self._parts.values()))
        return dict(zip(self._parts, found, strict=True))


async def _state(ask: Callable[[], Awaitable[str]]) -> PartState:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            return PartState("ok", await ask())
    except TimeoutError:
        return PartState("failed", reason="timeout")
    except HaloError as error:
        return PartState("failed", reason=error.code)
    except Exception as error:  # a part that breaks in a new way is still just not ready
        return PartState("failed", reason=type(error).__name__)


def as_body(states: dict[str, PartState]) -> dict[str, object]:
    """The contract's JSON."""
    ready = all(state.state == "ok" for state in states.values())
    return {"ready": ready, "parts": {name: asdict(state) for name, state in states.items()}}
