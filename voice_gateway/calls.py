"""Which calls are on, how each one ended, and where the dialplan sends the caller next."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

from voice_gateway.errors import RequestError
from voice_gateway.values import Handoff

REMEMBERED_CALLS = 1000  # ended calls kept for the dialplan's question; the oldest is forgotten


@dataclass(frozen=True, slots=True)
class NextStep:
    """The dialplan's answer: ``target`` is a name of its own list, never a number."""

    action: Literal["transfer", "hangup"]
    target: str
    context: str


class CallRegistry:
    """Owner of "may this call begin?" and "what next for it?"."""

    def __init__(self, max_calls: int, default_target: str) -> None:
        """``default_target`` is where a caller goes when a talk ended without a decision."""
        self._max_calls = max_calls
        self._default_target = default_target
        self._active: set[str] = set()
        self._ended: OrderedDict[str, NextStep] = OrderedDict()

    @property
    def active(self) -> int:
        """Calls on at the moment."""
        return len(self._active)

    def begin(self, call_id: str) -> None:
        """Claim ``call_id``. Raises ``RequestError`` call-duplicate (409) or call-limit (503)."""
        if call_id in self._active:
            raise RequestError("call-duplicate", "Ta rozmowa już trwa.", status=409)
        if len(self._active) >= self._max_calls:
            raise RequestError("call-limit", "Wszystkie linie asystenta są zajęte.", status=503)
        self._active.add(call_id)

    def end(self, call_id: str, step: NextStep | None) -> None:
        """The bot's leg is over; None: it broke, so the caller goes to a person."""
        self._active.discard(call_id)
        self._ended[call_id] = step or self._to_person("trouble")
        self._ended.move_to_end(call_id)
        while len(self._ended) > REMEMBERED_CALLS:
            self._ended.popitem(last=False)

    def next(self, call_id: str) -> NextStep:
        """Where the caller goes now. Raises ``RequestError`` call-unknown (404)."""
        if call_id in self._ended:
            return self._ended[call_id]
        if call_id in self._active:  # the leg broke and we have not noticed yet
            return self._to_person("trouble")
        raise RequestError("call-unknown", "Nie znamy takiej rozmowy.", status=404)

    def _to_person(self, reason: str) -> NextStep:
        return NextStep("transfer", self._default_target, f"reason={reason}")


def transfer_step(handoff: Handoff, target: str) -> NextStep:
    """The step for a hand-off. The context goes into a SIP header: short, ASCII, no words said."""
    parts = [f"reason={handoff.reason}", f"department={handoff.department}"]
    if handoff.topic:
        parts.append(f"topic={handoff.topic}")
    return NextStep("transfer", target, ";".join(parts))


HANGUP = NextStep("hangup", "", "")
