"""The gateway's side of one voice worker: a process of its own, started fresh, never forked."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path
from typing import cast

from voice_gateway.errors import VoiceError
from voice_gateway.synthesizers import wire

CODE_ROOT = Path(__file__).resolve().parents[2]
"""Folder that holds the package ``voice_gateway``, wherever the gateway was started from."""

START_TIMEOUT_S = 15.0
"""A cold start reads numpy from disk: 0.3 s on a quiet machine, seconds on a busy one."""

STDIN = 0


def died() -> VoiceError:
    """The error for a worker that went away."""
    return VoiceError("voice-worker-died", retry=True)


class _Answers(asyncio.SubprocessProtocol):
    """Puts the worker's frames together; one answer is waited for at a time.

    Not asyncio's streams: their ``wait()`` never returns for a killed child whose output nobody
    reads to the end.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._waiting: asyncio.Future[bytes] | None = None
        self.ended = asyncio.Event()

    def expect(self) -> asyncio.Future[bytes]:
        """The next answer's payload."""
        self._waiting = asyncio.get_running_loop().create_future()
        if self.ended.is_set():
            self._waiting.set_exception(died())
        return self._waiting

    def pipe_data_received(self, fd: int, data: bytes | str) -> None:
        self._buffer += cast(bytes, data)
        if len(self._buffer) < wire.HEADER.size:
            return
        try:
            end = wire.HEADER.size + wire.frame_length(bytes(self._buffer[: wire.HEADER.size]))
        except ValueError:
            self._fail()
            return
        if len(self._buffer) >= end:
            payload = bytes(self._buffer[wire.HEADER.size : end])
            self._buffer.clear()
            if self._waiting and not self._waiting.done():
                self._waiting.set_result(payload)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._fail()

    def process_exited(self) -> None:
        self.ended.set()
        self._fail()

    def _fail(self) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(died())


class VoiceWorker:
    """One running worker. Serves one request at a time; ``pid`` is its process id."""

    def __init__(self, transport: asyncio.SubprocessTransport, answers: _Answers) -> None:
        self._transport = transport
        self._answers = answers
        self.engine_name = ""
        self.pid = transport.get_pid()

    @classmethod
    async def start(cls, command: tuple[str, ...]) -> VoiceWorker:
        """Start a worker and wait until it can speak. Raises ``VoiceError``."""
        answers = _Answers()
        greeting = answers.expect()
        try:
            transport, _ = await asyncio.get_running_loop().subprocess_exec(
                lambda: answers,
                *command,
                cwd=CODE_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # espeak-ng may print what it reads: never in logs
                start_new_session=True,  # Ctrl-C in the terminal is the gateway's to handle
            )
        except OSError as error:
            raise VoiceError("voice-worker-died", type(error).__name__) from error
        worker = cls(transport, answers)
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                worker.engine_name = _accepted(await greeting).decode()
        except TimeoutError as error:
            await worker.kill()
            raise VoiceError("voice-timeout", "worker did not start") from error
        except BaseException:
            await worker.kill()
            raise
        return worker

    async def render(self, request: wire.Request) -> bytes:
        """The sound of one text. Raises ``VoiceError`` when the worker fails or goes away."""
        answer = self._answers.expect()
        stdin = cast(asyncio.WriteTransport, self._transport.get_pipe_transport(STDIN))
        stdin.write(wire.frame(wire.encode_request(request)))
        return _accepted(await answer)

    async def ended(self) -> None:
        """Wait until the process is gone."""
        await self._answers.ended.wait()

    async def kill(self) -> None:
        """End the process at once, also a stopped or stuck one, and collect it."""
        if not self._answers.ended.is_set():
            with contextlib.suppress(ProcessLookupError):
                # Not the transport's kill(): that reaps the child behind asyncio's back.
                os.kill(self.pid, signal.SIGKILL)
            await self.ended()
        self._transport.close()


def _accepted(payload: bytes) -> bytes:
    managed, said = wire.split_answer(payload)
    if not managed:
        raise VoiceError("voice-worker-died", said.decode(errors="replace"), retry=True)
    return said
