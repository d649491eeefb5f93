"""Runs voice talks on any line and remembers for the dialplan how each one ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from voice_gateway import telemetry
from voice_gateway.call import CallEnd, CallParts, VoiceCall
from voice_gateway.calls import HANGUP, CallRegistry, NextStep, transfer_step
from voice_gateway.ports import CallLine
from voice_gateway.values import CallStart

log = structlog.get_logger(__name__)


class VoiceTalks:
    """All voice talks of this process. ``admit`` first, then ``handle`` or ``forget``."""

    def __init__(
        self,
        parts: CallParts,
        registry: CallRegistry,
        target_of: Callable[[str], str],
        on_end: Callable[[str], Awaitable[None]],
        on_begin: Callable[[CallStart], None] = lambda _: None,
    ) -> None:
        """``target_of``: the dialplan's name for a department id; ``on_begin``: told of each call
        whose line is open; ``on_end``: told the id of each call that ended, however it did. Neither
        raises, and ``on_begin`` does not wait.
        """
        self._parts = parts
        self._registry = registry
        self._target_of = target_of
        self._on_end = on_end
        self._on_begin = on_begin

    def admit(self, call_id: str) -> None:
        """Claim a place for the call. Raises ``RequestError`` call-limit or call-duplicate."""
        self._registry.begin(call_id)

    def forget(self, call_id: str) -> None:
        """The call was admitted but its line never opened."""
        self._registry.end(call_id, None)

    async def handle(self, line: CallLine) -> None:
        """Talk over an opened line until it ends, then hang up our leg."""
        start = line.start
        telemetry.call_began(start.channel)
        self._on_begin(start)
        step: NextStep | None = None
        try:
            end = await VoiceCall(line, self._parts).run()
            step = self._step(end)
            log.info("call_ended", channel=start.channel, reason=_reason(end))
        finally:
            # Before our leg ends: the dialplan asks what is next the moment it does.
            self._registry.end(start.call_id, step)
            telemetry.call_ended(start.channel)
            try:
                await line.hang_up()
            finally:  # last: nobody on the line waits for it
                await self._on_end(start.call_id)

    def _step(self, end: CallEnd) -> NextStep:
        if end.handoff:
            return transfer_step(end.handoff, self._target_of(end.handoff.department))
        return HANGUP


def _reason(end: CallEnd) -> str:
    if end.handoff:
        return f"handoff-{end.handoff.reason}"
    return "finished" if end.finished else "caller"
