"""How often a password may be tried. Counted before the check, so that haste gains nothing."""

from __future__ import annotations

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from voice_gateway.errors import RequestError

# One address and login together is somebody who forgot; an address alone is somebody who guesses;
# a login alone, from many addresses, is an attack (and so wide that it locks no clerk out).
PER_PERSON = RateLimitItemPerMinute(5, 5)
PER_ADDRESS = RateLimitItemPerMinute(30, 5)
PER_LOGIN = RateLimitItemPerHour(100)


class SignInGuard:
    """Counts attempts to sign in, in memory."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def attempt(self, address: str, login: str) -> None:
        """Count one attempt. Raises ``RequestError`` staff-too-many (429)."""
        for limit, keys in self._keys(address, login):
            if not await self._limiter.hit(limit, *keys):
                raise RequestError(
                    "staff-too-many",
                    "Za dużo prób logowania. Proszę spróbować za kilka minut.",
                    status=429,
                )

    async def succeeded(self, address: str, login: str) -> None:
        """The password was right: earlier slips of this person are forgotten."""
        limit, keys = self._keys(address, login)[0]
        await self._limiter.clear(limit, *keys)

    @staticmethod
    def _keys(address: str, login: str) -> list[tuple[RateLimitItem, tuple[str, ...]]]:
        return [
            (PER_PERSON, ("person", address, login)),
            (PER_ADDRESS, ("address", address)),
            (PER_LOGIN, ("login", login)),
        ]
