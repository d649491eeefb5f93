"""Hearing off the event loop: one talk's recogniser session, driven in a shared thread pool."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor

from voice_gateway.errors import HearingError
from voice_gateway.ports import RecognitionSession
from voice_gateway.values import Transcript

HEARING_TIMEOUT_S = 3.0  # a piece of 0.1 s takes 3 ms; longer than this, the recogniser hangs


class Hearing:
    """Async face of a recogniser session. One call at a time, in order."""

    def __init__(self, session: RecognitionSession, executor: Executor) -> None:
        self._session = session
        self._executor = executor

    async def accept(self, pcm: bytes) -> Transcript:
        """Feed PCM; the words so far. Raises ``HearingError``."""
        future = asyncio.get_running_loop().run_in_executor(
            self._executor, self._session.accept, pcm
        )
        return await self._within_limit(future)

    async def finish(self) -> Transcript:
        """The utterance's final words. Raises ``HearingError``."""
        future = asyncio.get_running_loop().run_in_executor(self._executor, self._session.finish)
        return await self._within_limit(future)

    async def _within_limit(self, future: asyncio.Future[Transcript]) -> Transcript:
        try:
            return await asyncio.wait_for(future, HEARING_TIMEOUT_S)
        except TimeoutError as error:
            raise HearingError("hearing-timeout") from error
        except HearingError:
            raise
        except Exception as error:  # whatever a recogniser throws must end in a spoken sentence
            raise HearingError("hearing-failed", type(error).__name__) from error
