"""How many messages one client may send. Generous for people, narrow for floods."""

from __future__ import annotations

import ipaddress

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from voice_gateway.errors import RequestError

RATE = "300/minute"  # many people of one household or office share an address


class ClientLimits:
    """One limit a client address, held in memory.

    This machine itself is not limited: a proxy here must pass ``X-Forwarded-For`` on, so that
    its clients are told apart.
    """

    def __init__(self, rate: str = RATE) -> None:
        self._rate = parse(rate)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def check(self, address: str | None) -> None:
        """Count one message from ``address``. Raises ``RequestError`` request-too-fast (429)."""
        if address is None or _is_this_machine(address):
            return
        if not await self._limiter.hit(self._rate, "client", address):
            raise RequestError(
                "request-too-fast",
                "Zbyt wiele wiadomości naraz. Proszę odczekać chwilę.",
                status=429,
            )


def _is_this_machine(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
