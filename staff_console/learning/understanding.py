"""What a text means to a model: the running one over HTTP, or any other in a process of its own.

Both give what Rasa gives for ``/model/parse``; nothing is remembered and no talk is touched.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from actions.office.heard import Heard
from voice_gateway.dialogue.rasa import without_command
from voice_gateway.errors import DialogueError
from voice_gateway.settings import ROOT

Parsed = Mapping[str, Any]
Understands = Callable[[str], Awaitable[Parsed]]
"""A text -> Rasa's parse of it. Raises ``DialogueError``."""

BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
LOAD_S = 120.0  # a model is loaded in about eight seconds on an idle machine
PARSE_S = 10.0
LONGEST_LINE = 1 << 20  # bytes of one answer; usual ones have 3,000
NO_ACTS = ("ask", "nlu_fallback")
TWO = 2


@dataclass(frozen=True, slots=True)
class Guess:
    """What a wording may mean: a matter with what is asked about it, or an act."""

    topic: str = ""
    aspect: str = ""
    act: str = ""
    confidence: float = 0.0


def guesses(parsed: Parsed) -> tuple[Guess, ...]:
    """The two likeliest meanings, likeliest first; also those too weak to act on."""
    heard = Heard.of(parsed)
    aspect = heard.aspects[0].id if heard.aspects else ""
    found = [Guess(one.id, aspect, "", one.confidence) for one in heard.topics]
    for one in parsed.get("intent_ranking") or ():
        if one.get("name") not in NO_ACTS:
            found.append(Guess(act=str(one["name"]), confidence=float(one["confidence"])))
    return tuple(sorted(found, key=lambda guess: -guess.confidence)[:TWO])


class RunningRasa:
    """``Understands`` by the Rasa that answers residents; one question at a time."""

    def __init__(
        self, rasa_url: str, timeout_s: float, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._client = httpx.AsyncClient(
            base_url=rasa_url, timeout=timeout_s, trust_env=False, transport=transport
        )
        self._turn = asyncio.Semaphore(1)  # residents' turns come in between

    async def __call__(self, text: str) -> Parsed:
        """The parse of a text. Raises ``DialogueError``."""
        try:
            async with self._turn:
                answer = await self._client.post(
                    "/model/parse", json={"text": without_command(text)}
                )
            answer.raise_for_status()
            return _checked(answer.json())
        except httpx.TimeoutException as error:
            raise DialogueError("dialogue-timeout", retry=True) from error
        except httpx.TransportError as error:
            raise DialogueError("dialogue-down", retry=True) from error
        except (httpx.HTTPStatusError, ValueError) as error:
            raise DialogueError("dialogue-bad-reply", type(error).__name__) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


@asynccontextmanager
async def model_process(model: Path, python: Path = BOT_PYTHON) -> AsyncIterator[Understands]:
    """``Understands`` by a model file, loaded in a process that ends with the block.

    Raises ``DialogueError``: ``dialogue-no-model`` when it cannot be loaded.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *(str(python), "-m", "bot.parse", str(model)),
            cwd=ROOT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LONGEST_LINE,
        )
    except OSError as error:
        raise DialogueError("dialogue-no-model", type(error).__name__) from error
    lines = _Lines(process)
    try:
        try:
            await lines.read(LOAD_S)  # "ready"
        except DialogueError as error:
            raise DialogueError("dialogue-no-model") from error
        yield lines.ask
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


class _Lines:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    async def ask(self, text: str) -> Parsed:
        async with self._turn:
            stdin = self._process.stdin
            assert stdin is not None  # noqa: S101 - it was started with a pipe
            try:
                stdin.write((json.dumps({"text": without_command(text)}) + "\n").encode())
                await stdin.drain()
            except (BrokenPipeError, ConnectionResetError) as error:
                raise DialogueError("dialogue-down") from error
            return await self.read(PARSE_S)

    async def read(self, seconds: float) -> Parsed:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - it was started with a pipe
        try:
            async with asyncio.timeout(seconds):
                line = await stdout.readline()
        except TimeoutError as error:
            self._process.kill()  # an answer that comes late would be taken for the next one
            raise DialogueError("dialogue-timeout") from error
        if not line:
            raise DialogueError("dialogue-down")
        try:
            return _checked(json.loads(line))
        except ValueError as error:
            raise DialogueError("dialogue-bad-reply") from error


def _checked(parsed: Any) -> Parsed:
    if not isinstance(parsed, dict):
        raise ValueError("no parse")
    return parsed
