"""Has a turn begun, has it ended? Counts frames, never reads a clock.

The detector listens to the recogniser's words so far: a sentence that sounds complete ends after
a short silence, one that hangs ("chciałbym zapytać o …") or digits being dictated wait longer.
A one-word answer is a full turn.
"""

from __future__ import annotations

from dataclasses import dataclass

from voice_gateway.values import FRAME_S, Expects

# Words after which a Polish sentence goes on: prepositions, conjunctions, openings, fillers.
HANGING_WORDS = frozenset(
    "a aby albo ale bez bo by chcę chciałabym chciałbym czy dla do gdy i jaka jaki jakie jako "
    "jeśli jeżeli która które który lub na nad o od oraz po pod ponieważ przed przez przy u w we "
    "więc z za ze żeby że yyy eee hmm".split()
)
DIGIT_WORDS = frozenset(
    "zero jeden jedna dwa dwie trzy cztery pięć sześć siedem osiem dziewięć dziesięć".split()
)
NUMBER_ENDINGS = ("naście", "dzieścia", "dzieści", "dziesiąt", "sto", "dwieście", "sta", "set")


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """Times in seconds; see settings ``HALO_…`` for what each one does."""

    start_s: float = 0.06
    end_silence_s: float = 0.5
    hold_silence_s: float = 0.9
    digits_silence_s: float = 1.6
    stalled_s: float = 2.5
    longest_s: float = 30.0


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Somebody began to speak."""


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The turn is over. ``silence_s`` since the last speech, ``speech_s`` of speech in it."""

    silence_s: float
    speech_s: float


class TurnDetector:
    """Owner of "has a turn begun or ended?". One a talk."""

    def __init__(self, limits: TurnLimits | None = None) -> None:
        self._limits = limits or TurnLimits()
        self._expects: Expects = "anything"
        self.reset()

    def reset(self) -> None:
        """Forget the turn in progress."""
        self._in_turn = False
        self._run_s = 0.0  # speech in a row, before the turn has begun
        self._speech_s = 0.0
        self._silence_s = 0.0
        self._length_s = 0.0
        self._unchanged_s = 0.0
        self._text = ""

    @property
    def in_turn(self) -> bool:
        """True from SpeechStarted to TurnEnded."""
        return self._in_turn

    @property
    def speech_s(self) -> float:
        """Seconds of speech in the turn so far; decides about barge-in."""
        return self._speech_s

    def expect(self, expects: Expects) -> None:
        """What kind of answer the assistant has just asked for."""
        self._expects = expects

    def words(self, text: str) -> None:
        """The recogniser's words so far."""
        if text != self._text:
            self._text = text
            self._unchanged_s = 0.0

    def frame(self, speech: bool) -> SpeechStarted | TurnEnded | None:
        """Take one 20 ms frame: did it hold speech?"""
        if not self._in_turn:
            return self._before_turn(speech)
        self._length_s += FRAME_S
        self._unchanged_s += FRAME_S
        if speech:
            self._speech_s += FRAME_S
            self._silence_s = 0.0
        else:
            self._silence_s += FRAME_S
        # Half a frame of slack: sums of 0.02 are not exact.
        if self._silence_s + FRAME_S / 2 >= self._needed_silence_s() or self._must_end():
            ended = TurnEnded(self._silence_s, self._speech_s)
            self.reset()
            return ended
        return None

    def _before_turn(self, speech: bool) -> SpeechStarted | None:
        self._run_s = self._run_s + FRAME_S if speech else max(0.0, self._run_s - FRAME_S)
        if self._run_s + FRAME_S / 2 < self._limits.start_s:
            return None
        self._in_turn = True
        self._speech_s = self._run_s
        self._length_s = self._run_s
        return SpeechStarted()

    def _must_end(self) -> bool:
        """Noise that never stops must not keep a caller waiting."""
        stalled = bool(self._text) and self._unchanged_s >= self._limits.stalled_s
        return stalled or self._length_s >= self._limits.longest_s

    def _needed_silence_s(self) -> float:
        if self._expects == "digits" or dictating(self._text):
            return self._limits.digits_silence_s
        if sounds_unfinished(self._text):
            return self._limits.hold_silence_s
        return self._limits.end_silence_s


def sounds_unfinished(text: str) -> bool:
    """True when nothing was heard yet or the last word asks for more."""
    words = text.split()
    if not words:
        return True
    return words[-1] in HANGING_WORDS


def dictating(text: str) -> bool:
    """True when the text ends in at least three number words: a number is being dictated."""
    tail = text.split()[-3:]
    return len(tail) == 3 and all(
        word in DIGIT_WORDS or word.isdigit() or word.endswith(NUMBER_ENDINGS) for word in tail
    )
