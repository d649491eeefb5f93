"""When a turn passed its stages, in the words of ``/ws/voice``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Stages:
    """When the stages of the turn in progress were passed; ``time.monotonic`` seconds."""

    last_sound: float = 0.0
    hearing_s: float = 0.0
    turn_ended: float = 0.0
    answered: float = 0.0
    spoke_until: float = 0.0

    def as_ms(self, now: float) -> dict[str, int]:
        """The stages in the words of ``/ws/voice``: from the caller's last sound."""
        seconds = {
            "endpoint_ms": self.turn_ended - self.spoke_until - self.hearing_s,
            "hearing_ms": self.hearing_s,
            "dialogue_ms": self.answered - self.turn_ended,
            "speech_ms": now - self.answered,
            "total_ms": now - self.spoke_until,
        }
        return {name: round(value * 1000) for name, value in seconds.items()}
