"""What happens when a call ends: its line is hung up, and the time that it held is let go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from tests.plays.stage import ScriptedLine
from voice_gateway import voice_talks
from voice_gateway.build import releaser
from voice_gateway.call import CallEnd
from voice_gateway.calls import CallRegistry
from voice_gateway.records.database import RecordsError
from voice_gateway.values import Handoff
from voice_gateway.voice_talks import VoiceTalks


class BrokenLine(ScriptedLine):
    async def hang_up(self) -> None:
        raise OSError("gone")


class Book:
    """Lets go, or cannot."""

    def __init__(self, error: Exception | None = None) -> None:
        self.released: list[str] = []
        self._error = error

    def release(self, talk: str) -> None:
        self.released.append(talk)
        if self._error:
            raise self._error


def the_call(run: Callable[[], CallEnd]) -> Any:
    """A call that ends like this, in place of the real one."""

    class Call:
        def __init__(self, *_: object) -> None: ...

        async def run(self) -> CallEnd:
            return run()

    return Call


async def talk(line: ScriptedLine, told: list[tuple[str, bool]]) -> None:
    """Handle one call; ``told``: whose end was told, and whether the line was hung up by then."""

    async def on_end(call_id: str) -> None:
        told.append((call_id, line.closed))

    talks = VoiceTalks(cast("Any", None), CallRegistry(1, "informacja"), str, on_end)
    talks.admit(line.start.call_id)
    await talks.handle(line)


@pytest.mark.parametrize(
    "end", [CallEnd(), CallEnd(finished=True), CallEnd(handoff=Handoff("obywatelskie", "asked"))]
)
async def test_every_end_is_told_after_the_line_is_hung_up(
    monkeypatch: pytest.MonkeyPatch, end: CallEnd
) -> None:
    monkeypatch.setattr(voice_talks, "VoiceCall", the_call(lambda: end))
    told: list[tuple[str, bool]] = []
    await talk(ScriptedLine([]), told)
    assert told == [("call-1", True)]


@pytest.mark.parametrize("line", [ScriptedLine([]), BrokenLine([])])
async def test_an_end_by_a_fault_is_told_too(
    monkeypatch: pytest.MonkeyPatch, line: ScriptedLine
) -> None:
    def stopped() -> CallEnd:
        raise asyncio.CancelledError

    told: list[tuple[str, bool]] = []
    monkeypatch.setattr(voice_talks, "VoiceCall", the_call(stopped))
    with pytest.raises((asyncio.CancelledError, OSError)):
        await talk(line, told)
    assert [call_id for call_id, _ in told] == ["call-1"]


@pytest.mark.parametrize("error", [None, RecordsError("records-failed", "x"), OSError("full")])
async def test_a_book_that_fails_does_not_break_the_end(error: Exception | None) -> None:
    book = Book(error)
    await releaser(cast("Any", book))("call-1")
    assert book.released == ["call-1"]
