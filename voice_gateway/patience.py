"""How long do we wait for the caller, and how often do we ask again?"""

from __future__ import annotations

from typing import Literal

Step = Literal["first_reminder", "second_reminder", "person"]
Heard = Literal["ask_again", "person"]

LONGEST_REMINDERS = 2
UNHEARD_BEFORE_PERSON = 2


class Patience:
    """Counts silences and unheard turns in a row. One a talk."""

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
        if self._silences > LONGEST_REMINDERS:
            return "person"
        return "first_reminder" if self._silences == 1 else "second_reminder"

    def unheard(self) -> Heard:
        """The caller spoke and no word was heard: what now?"""
        self._unheard += 1
        return "person" if self._unheard >= UNHEARD_BEFORE_PERSON else "ask_again"
