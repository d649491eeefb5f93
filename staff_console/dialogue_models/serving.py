"""Which model this machine's Rasa really serves now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx

TIMEOUT_S = 2.0
WAIT_S = 30.0
LOOK_EVERY_S = 0.2
ERRORS_PL = {
    "model-file-gone": "na serwerze nie ma pliku modelu",
    "model-broken": "pliku modelu nie da się wczytać",
}


@dataclass(frozen=True, slots=True)
class Served:
    """``model``: its name, "" when Rasa does not answer; ``error``: why the wanted one is not
    served, a code."""

    model: str = ""
    wanted: str = ""
    error: str = ""


class ServedModel:
    """Asks Rasa (``bot/swap.py``).

    ``pointed``: which model this machine's pointer names now. Rasa itself sees a new pointer up to
    a second later, and says until then that all is as wanted.
    """

    def __init__(
        self,
        rasa_url: str,
        pointed: Callable[[], str],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._pointed = pointed
        self._client = httpx.AsyncClient(
            base_url=rasa_url, timeout=TIMEOUT_S, transport=transport, trust_env=False
        )

    async def now(self) -> Served:
        """What is served; empty when Rasa does not say."""
        try:
            answer = await self._client.get("/halo/model")
            answer.raise_for_status()
            found = answer.json()
            model, seen, error = (str(found[key]) for key in ("model", "wanted", "error"))
            wanted = await asyncio.to_thread(self._pointed) or _name(seen)
            return Served(_name(model), wanted, error if wanted == _name(seen) else "")
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return Served()

    async def settled(self, then: Callable[[], Awaitable[object]]) -> None:
        """Wait until the swap is over, at most half a minute, and call ``then``."""
        for _ in range(round(WAIT_S / LOOK_EVERY_S)):
            await asyncio.sleep(LOOK_EVERY_S)
            served = await self.now()
            if served.model and (served.error or served.model == served.wanted):
                break
        await then()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _name(file: str) -> str:
    return file.removesuffix(".tar.gz")
