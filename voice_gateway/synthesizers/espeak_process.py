"""A voice without pyttsx3: the program ``espeak-ng`` once a sentence, its sound through a pipe.

Slower by a process start (about 20 ms), and a stuck one is simply killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process

from voice_gateway.errors import SetupError, VoiceError
from voice_gateway.synthesizers import sound

PROGRAM = "espeak-ng"
VOICE = "pl"
PITCH = 45
ENGINE_HZ = 22050
WAV_HEADER_BYTES = 44
MAX_PROCESSES = 2
MAX_WAITING = 64


class EspeakProcess:
    """``SpeechSynthesizer`` that runs the program. Raises ``SetupError`` where there is none."""

    def __init__(self, *, rate_wpm: int, timeout_s: float) -> None:
        program = shutil.which(PROGRAM)
        if not program:
            raise SetupError("setup-voice", "no program espeak-ng: apt-get install espeak-ng")
        voice = ("-v", VOICE, "-s", str(rate_wpm), "-p", str(PITCH))
        self._command = (program, *voice, "-b", "1", "--stdin", "--stdout")
        self._rate_wpm = rate_wpm
        self._timeout_s = timeout_s
        self._free = asyncio.Semaphore(MAX_PROCESSES)
        self._waiting = 0
        self._running: set[Process] = set()
        self._closed = False

    @property
    def voice_name(self) -> str:
        """Voice and its settings; two voices of one name sound the same."""
        return f"process-espeak-{VOICE}-{self._rate_wpm}-p{PITCH}"

    @property
    def engine_name(self) -> str:
        """The program that speaks."""
        return PROGRAM

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the programs that speak right now."""
        return tuple(p.pid for p in self._running)

    def start(self) -> None:
        """Nothing to bring up: a process is started for each text."""

    async def synthesize(self, spoken: str, rate_hz: int, *, background: bool = False) -> bytes:
        """PCM of the whole text; codes as in ``Pyttsx3Voice``. ``background`` changes nothing."""
        sound.check_rate(rate_hz)
        text = sound.speakable(spoken)
        if not text:
            raise VoiceError("voice-empty", "nothing to say")
        if self._waiting >= MAX_WAITING:
            raise VoiceError("voice-busy", retry=True)
        self._waiting += 1
        try:
            async with asyncio.timeout(self._timeout_s), self._free:
                pcm = await self._run(text)
                if not sound.long_enough(pcm, ENGINE_HZ, text, self._rate_wpm):
                    raise VoiceError("voice-empty", "too little sound", retry=True)
                # numpy work of a long text takes tens of milliseconds: not on the event loop
                return await asyncio.to_thread(sound.telephone_sound, pcm, ENGINE_HZ, rate_hz)
        except TimeoutError as error:
            raise VoiceError("voice-timeout", retry=True) from error
        finally:
            self._waiting -= 1

    async def _run(self, text: str) -> bytes:
        """One process, one text. The text goes by stdin: arguments are visible to everybody."""
        if self._closed:
            raise VoiceError("voice-worker-died")
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True
            )
        except OSError as error:
            raise VoiceError("voice-worker-died", type(error).__name__) from error
        self._running.add(process)
        try:
            wav, _ = await process.communicate(text.encode())
            if process.returncode:
                raise VoiceError("voice-worker-died", retry=True)
            return wav[WAV_HEADER_BYTES:]
        finally:
            self._running.discard(process)
            _kill(process)
            await process.wait()

    async def close(self) -> None:
        """Stop what runs. Idempotent."""
        self._closed = True
        for process in tuple(self._running):
            _kill(process)


def _kill(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            # Not Process.kill(): that reaps the child behind asyncio's back.
            os.kill(process.pid, signal.SIGKILL)
