"""The voice of the telephone, for a text that stands in a form."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from polish.speech import to_speech
from voice_gateway.errors import RequestError

LONGEST = 1000  # a minute and more; no answer is so long
AT_ONCE = 1  # calls need the voice more than editors do

Voice = Callable[[str], Awaitable[bytes]]
"""Gives a WAV of 8 kHz mono for a text that is ready to be read aloud."""


class Listening:
    """Gives the voice one text at a time."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def wav(self, spoken: str) -> bytes:
        """``spoken`` as callers will hear it. Raises ``RequestError`` 422."""
        if len(spoken) > LONGEST:
            raise RequestError("content-invalid", "Ten tekst jest za długi.", status=422)
        ready = to_speech(spoken)
        if not ready:
            raise RequestError("content-invalid", "Nie ma czego przeczytać.", status=422)
        async with self._turn:
            return await self._voice(ready)
