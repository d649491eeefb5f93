"""How long do we wait for the caller, and how often do we ask again?"""

from __future__ import annotations

from typing import Literal

Step = Literal["ask_again", "person"]

TRIES_BEFORE_PERSON = 2


class Patience:
    """Counts silences and unheard turns in a row; the second of a kind leads to a person."""

    def __init__(self, answer_wait_s: float) -> None:
        """``answer_wait_s``: silence in seconds after which we ask again."""
        self.answer_wait_s = answer_wait_s
        self._silences = 0
        self._unheard = 0

    def heard(self) -> None:
        """The caller was heard: begin counting anew."""
        self._silences = 0
        self._unheard = 0

    def silence(self) -> Step:
        """The caller said nothing for ``answer_wait_s``: what now?"""
        self._silences += 1
        return "person" if self._silences >= TRIES_BEFORE_PERSON else "ask_again"

    def unheard(self) -> Step:
        """The caller spoke and no word was heard: what now?"""
        self._unheard += 1
        return "person" if self._unheard >= TRIES_BEFORE_PERSON else "ask_again"
