"""The default voice: pyttsx3's binding of espeak-ng, in worker processes.

One text goes to one worker. A worker that dies, gets stuck or gives back too little sound is
replaced, and the text is tried once more on another within the same deadline.
"""

from __future__ import annotations

import asyncio

from voice_gateway.errors import VoiceError
from voice_gateway.synthesizers import sound
from voice_gateway.synthesizers.pool import WorkerPool, worker_command
from voice_gateway.synthesizers.wire import Request
from voice_gateway.synthesizers.worker_process import VoiceWorker

VOICE = "pl"
PITCH = 45
"""espeak-ng's pitch, 0-100; its usual 50 sounds hurried at telephone bandwidth."""

MAX_WAITING = 64
"""Requests waiting for a worker; at 10-40 ms a sentence the last one waits about two seconds."""

ATTEMPTS = 2


class Pyttsx3Voice:
    """``SpeechSynthesizer`` on worker processes. Nothing is started before the first use.

    ``timeout_s`` is the deadline of one synthesis with its waiting and its second attempt.
    ``bundled`` takes the library of espeakng-loader even where the system has its own.
    """

    def __init__(
        self,
        *,
        rate_wpm: int,
        timeout_s: float,
        workers: int = 1,
        max_waiting: int = MAX_WAITING,
        bundled: bool = False,
    ) -> None:
        self._rate_wpm = rate_wpm
        self._timeout_s = timeout_s
        command = worker_command(VOICE, rate_wpm, PITCH, bundled)
        self._pool = WorkerPool(command, workers, max_waiting)
        self._settling: set[asyncio.Task[None]] = set()

    @property
    def voice_name(self) -> str:
        """Voice and its settings; two voices of one name sound the same."""
        return f"pyttsx3-espeak-{VOICE}-{self._rate_wpm}-p{PITCH}"

    @property
    def engine_name(self) -> str:
        """Engine and version; "" while no worker is up."""
        return self._pool.engine_name

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers that are up."""
        return self._pool.pids

    @property
    def restarts(self) -> int:
        """How many workers were replaced so far."""
        return self._pool.restarts

    def start(self) -> None:
        """Bring the workers up in the background. Idempotent."""
        self._pool.start()

    async def synthesize(self, spoken: str, rate_hz: int, *, background: bool = False) -> bytes:
        """PCM of the whole text. ``background`` waits until no live caller wants a worker.

        Raises ``VoiceError``: voice-empty (nothing to say, or no sound came), voice-timeout,
        voice-worker-died, voice-busy (too many waiting).
        """
        sound.check_rate(rate_hz)
        text = sound.speakable(spoken)
        if not text:
            raise VoiceError("voice-empty", "nothing to say")
        request = Request(text=text, rate_hz=rate_hz)
        deadline_s = asyncio.get_running_loop().time() + self._timeout_s
        failure = VoiceError("voice-timeout", retry=True)
        for attempt in range(ATTEMPTS):
            try:
                async with asyncio.timeout_at(deadline_s):
                    worker = await self._pool.acquire(background=background)
                return await self._render(worker, request, deadline_s, last=attempt > 0)
            except TimeoutError:
                failure = VoiceError("voice-timeout", retry=True)
            except VoiceError as error:
                if error.code == "voice-busy":
                    raise
                failure = error
        raise failure

    async def _render(
        self, worker: VoiceWorker, request: Request, deadline_s: float, *, last: bool
    ) -> bytes:
        left_s = deadline_s - asyncio.get_running_loop().time()
        rendering = asyncio.create_task(worker.render(request))
        try:
            # The first attempt leaves time for a second one on a fresh worker.
            await asyncio.wait({rendering}, timeout=left_s if last else left_s / 2)
        finally:
            if not rendering.done():
                self._settle_later(worker, rendering)
        if not rendering.done():
            self._pool.discard(worker)
            raise TimeoutError
        return self._checked(worker, rendering, request)

    def _checked(
        self, worker: VoiceWorker, rendering: asyncio.Task[bytes], request: Request
    ) -> bytes:
        try:
            pcm = rendering.result()
        except VoiceError:
            self._pool.discard(worker)
            raise
        if not sound.long_enough(pcm, request.rate_hz, request.text, self._rate_wpm):
            self._pool.discard(worker)
            raise VoiceError("voice-empty", "too little sound", retry=True)
        self._pool.release(worker)
        return pcm

    def _settle_later(self, worker: VoiceWorker, rendering: asyncio.Task[bytes]) -> None:
        """Nobody waits any more (too slow, or the caller hung up): keep the worker if it ends."""
        task = asyncio.create_task(self._settle(worker, rendering))
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    async def _settle(self, worker: VoiceWorker, rendering: asyncio.Task[bytes]) -> None:
        try:
            async with asyncio.timeout(self._timeout_s):
                await rendering
        except (TimeoutError, VoiceError):
            self._pool.discard(worker)
        else:
            self._pool.release(worker)

    async def close(self) -> None:
        """Stop the workers. Idempotent."""
        await self._pool.close()
        await asyncio.gather(*self._settling, return_exceptions=True)
