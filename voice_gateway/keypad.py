"""What pressed telephone keys mean: a spoken word, or the digits of a number being keyed in.

Keeps no time: whoever holds it says when the caller has paused.
"""

from __future__ import annotations

PAUSE_S = 2.5  # without another key the number is complete; people look digits up in between
MOST = 12  # keys of one number: a telephone number with +48 has 11
KEY_WORDS = {"0": "konsultant", "*": "powtórz"}  # telephone keys as spoken words
ERASE, DONE = "*", "#"


class Keypad:
    """Owner of "what was keyed in?". One a talk."""

    def __init__(self) -> None:
        self.digits_expected = False  # the assistant has asked for a number
        self._digits = ""

    @property
    def collecting(self) -> bool:
        """True from a number's first key until it is complete or erased."""
        return bool(self._digits)

    def press(self, key: str) -> str | None:
        """Take a key; the text that the caller has said with it, if that is complete now."""
        # A number begun is keyed in to its end even when the talk has meanwhile gone on.
        if not (self.digits_expected or self._digits):
            return KEY_WORDS.get(key)
        if key == DONE:
            return self.pause()
        if key == ERASE:
            self._digits = ""
            return None
        self._digits += key
        return self.pause() if len(self._digits) == MOST else None

    def pause(self) -> str | None:
        """No key came for ``PAUSE_S``: the text keyed in until then, if any."""
        text, self._digits = self._digits, ""
        if text == "0":  # no number: a person is asked for, as at any other moment
            return KEY_WORDS[text]
        return text or None
