"""The turn detector as lists of frames: no clock, no sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_gateway.turns import (
    SpeechStarted,
    TurnDetector,
    TurnEnded,
    dictating,
    sounds_unfinished,
)
from voice_gateway.values import FRAME_S


def feed(detector: TurnDetector, speech: bool, seconds: float) -> list[object]:
    events = [detector.frame(speech) for _ in range(round(seconds / FRAME_S))]
    return [event for event in events if event]


def test_a_click_is_not_a_turn():
    detector = TurnDetector()
    assert feed(detector, True, 0.04) == []
    assert feed(detector, False, 2.0) == []


def test_a_word_begins_and_ends_a_turn():
    detector = TurnDetector()
    assert feed(detector, True, 0.3) == [SpeechStarted()]
    detector.words("tak")
    (ended,) = feed(detector, False, 1.0)
    assert isinstance(ended, TurnEnded)
    assert ended.silence_s == pytest.approx(0.5)
    assert ended.speech_s == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("words", "silence_s"),
    [("jakie godziny", 0.5), ("chciałbym zapytać o", 0.9), ("pięć zero jeden", 1.6), ("", 0.9)],
)
def test_silence_that_ends_a_turn_depends_on_the_words(words, silence_s):
    detector = TurnDetector()
    feed(detector, True, 1.0)
    detector.words(words)
    assert feed(detector, False, silence_s - 0.04) == []
    assert len(feed(detector, False, 0.06)) == 1


def test_asked_for_digits_even_the_first_breath_is_waited_out():
    detector = TurnDetector()
    detector.expect("digits")
    feed(detector, True, 0.6)
    detector.words("pięć")
    assert feed(detector, False, 1.4) == []


def test_ten_minutes_of_noise_end_in_turns_of_thirty_seconds():
    detector = TurnDetector()
    ends = [e for e in feed(detector, True, 600) if isinstance(e, TurnEnded)]
    assert len(ends) == pytest.approx(20, abs=1)


@given(st.lists(st.booleans(), max_size=2000))
def test_starts_and_ends_take_turns(frames):
    detector = TurnDetector()
    events = [event for event in map(detector.frame, frames) if event]
    kinds = [type(event) for event in events]
    expected = [SpeechStarted if n % 2 == 0 else TurnEnded for n in range(len(kinds))]
    assert kinds == expected


@pytest.mark.parametrize("text", ["", "chciałbym", "zapytać o", "czy mogę w"])
def test_unfinished(text):
    assert sounds_unfinished(text)


@pytest.mark.parametrize("text", ["tak", "nie", "konsultant", "ile kosztuje paszport"])
def test_finished(text):
    assert not sounds_unfinished(text)


def test_dictating_needs_three_number_words():
    assert dictating("mój numer pięć zero jeden")
    assert dictating("dwieście trzydzieści cztery")
    assert not dictating("o piętnastej trzydzieści")
    assert not dictating("osiem plus")
