"""Little plays with times: what the caller does, and what must come of it."""

import pytest

from tests.plays.stage import (
    HangUp,
    Play,
    Press,
    Say,
    ScriptedBot,
    ScriptReader,
    Silhouette,
    plain,
    say,
)
from tests.plays.virtual_time import run_virtually
from voice_gateway.call import CallEnd
from voice_gateway.errors import DialogueError
from voice_gateway.values import BotReply, Handoff

TO_PERSON = Handoff("obywatelskie", "asked")


def perform(play: Play) -> CallEnd:
    return run_virtually(play.run())


def texts(play: Play) -> list[str]:
    return [turn.text for turn in play.bot.asked]


def test_greeting_question_answer():
    play = Play([Say(2, 3.5, "jakie godziny"), HangUp(8)])
    perform(play)
    assert play.line.sent_at_s[0] < 0.1, "the greeting begins at once"
    assert play.line.said()[0] == "machine speaking konsultant works"
    assert texts(play) == ["jakie godziny"]
    assert "answer to jakie godziny" in play.line.said()


def test_answer_begins_soon_after_the_caller_stops():
    play = Play([Say(2, 3.5, "jakie godziny"), HangUp(8)])
    perform(play)
    waited_s = play.line.said_at_s("answer to jakie godziny") - 3.5
    assert 0.4 < waited_s < 0.6


def test_pause_inside_a_sentence_does_not_cut_the_caller():
    play = Play([Say(2, 3, "ile kosztuje"), Say(3.4, 4, "paszport"), HangUp(9)])
    perform(play)
    assert texts(play) == ["ile kosztuje paszport"]


def test_unfinished_sentence_waits_longer():
    play = Play([Say(2, 3, "chciałbym zapytać o"), Say(3.8, 4.4, "dowód"), HangUp(9)])
    perform(play)
    assert texts(play) == ["chciałbym zapytać o dowód"]


def test_dictated_digits_wait_through_breaths():
    play = Play([Say(2, 3, "pięć zero jeden"), Say(4.2, 5.2, "dwa trzy cztery"), HangUp(12)])
    perform(play)
    assert texts(play) == ["pięć zero jeden dwa trzy cztery"]


@pytest.mark.parametrize("word", ["tak", "nie", "konsultant"])
def test_one_short_word_is_a_full_turn(word):
    play = Play([Say(2, 2.3, word), HangUp(6)])
    perform(play)
    assert texts(play) == [word]


def test_barge_in_stops_the_answer_and_is_remembered():
    long = say("bardzo długa odpowiedź " * 20)
    play = Play(
        [Say(2, 3, "jakie godziny"), Say(5, 5.8, "konsultant"), HangUp(12)],
        bot=ScriptedBot({"jakie godziny": long, "konsultant": say("łączę", handoff=TO_PERSON)}),
    )
    end = perform(play)
    assert play.line.flushed_at_s, "sound already sent is thrown away"
    assert play.line.flushed_at_s[0] - 5 < 0.3
    first = play.records.turns[0]
    assert first.interrupted
    assert first.heard_s is not None
    assert 1.0 < first.heard_s < 2.0
    assert end.handoff == TO_PERSON


def test_greetings_first_sentence_cannot_be_cut_but_is_answered():
    play = Play([Say(0.1, 0.35, "konsultant"), HangUp(6)])
    perform(play)
    assert play.line.said_at_s("answer to konsultant") >= 0.4, "heard whole: 4 words of 0.1 s"
    assert not play.line.flushed_at_s
    assert "how can I help" not in play.line.said()


def test_cough_over_the_answer_does_not_leave_silence():
    play = Play(
        [Say(2, 3, "jakie godziny"), Say(5, 5.3, ""), HangUp(12)],
        bot=ScriptedBot({"jakie godziny": say("bardzo długa odpowiedź " * 20)}),
    )
    perform(play)
    said = play.line.said()
    assert said.count("bardzo długa odpowiedź " * 20) == 2
    assert len(play.bot.asked) == 1


def test_silence_asks_again_then_leads_to_a_person():
    play = Play([HangUp(60)])
    end = perform(play)
    assert "are you there" in play.line.said()
    assert end.handoff
    assert end.handoff.reason == "silence"


def test_sound_without_words_asks_again_then_leads_to_a_person():
    play = Play([Say(3, 4, ""), Say(7, 8, ""), HangUp(30)])
    end = perform(play)
    assert "please repeat" in play.line.said()
    assert end.handoff
    assert end.handoff.reason == "unsure"


def test_key_zero_asks_for_a_person_at_once():
    play = Play(
        [Press(1.0, "0"), HangUp(20)],
        bot=ScriptedBot({"konsultant": say("łączę", handoff=TO_PERSON)}),
    )
    end = perform(play)
    assert [turn.kind for turn in play.bot.asked] == ["key"]
    assert end.handoff == TO_PERSON


def test_keys_without_a_meaning_are_ignored():
    play = Play([Press(1.0, "7"), HangUp(3)])
    perform(play)
    assert not play.bot.asked


@pytest.mark.parametrize("code", ["dialogue-down", "dialogue-timeout", "dialogue-empty-reply"])
def test_dialogue_failure_is_a_sentence_and_a_person(code):
    play = Play(
        [Say(2, 3, "jakie godziny"), HangUp(20)],
        bot=ScriptedBot({"jakie godziny": DialogueError(code)}),
    )
    end = perform(play)
    assert play.line.said()[-1] == "trouble, a person comes"
    assert end.handoff
    assert end.handoff.reason == "trouble"


def test_recogniser_failure_is_a_sentence_and_a_person():
    play = Play(
        [Say(2, 3, "jakie bum godziny"), HangUp(20)], recognizer=ScriptReader(breaks_at_word="bum")
    )
    end = perform(play)
    assert play.line.said()[-1] == "trouble, a person comes"
    assert end.handoff
    assert end.handoff.reason == "trouble"


def test_voice_failure_falls_back_to_the_sentence_rendered_ahead():
    play = Play([HangUp(20)], voice=Silhouette(broken=True))
    end = perform(play)
    assert play.line.said() == ["trouble, a person comes"]
    assert end.handoff


def test_a_slow_answer_is_bridged():
    play = Play([Say(2, 3, "jakie godziny"), HangUp(20)], bot=ScriptedBot(takes_s=2.5))
    perform(play)
    said = play.line.said()
    assert said.index("one moment") < said.index("answer to jakie godziny")


def test_last_sentence_before_a_handoff_is_heard_whole():
    reply = BotReply((plain("łączę z wydziałem", False),), handoff=TO_PERSON)
    play = Play(
        [Say(2, 3, "konsultant"), Say(3.6, 4.4, "halo halo"), HangUp(20)],
        bot=ScriptedBot({"konsultant": reply}),
    )
    end = perform(play)
    assert end.handoff == TO_PERSON
    assert not play.records.turns[0].interrupted


def test_noise_that_never_stops_still_ends_the_turn():
    play = Play([Say(2, 60, "jakie godziny"), HangUp(40)])
    perform(play)
    assert play.bot.asked, "a caller on a noisy line is not kept waiting for ever"


def test_hang_up_in_the_middle_of_an_answer_ends_quietly():
    play = Play(
        [Say(2, 3, "jakie godziny"), HangUp(4.5)],
        bot=ScriptedBot({"jakie godziny": say("długa " * 60)}),
    )
    assert perform(play) == CallEnd()


def test_goodbye_ends_the_call():
    play = Play(
        [Say(2, 3, "do widzenia"), HangUp(20)],
        bot=ScriptedBot({"do widzenia": say("do widzenia", ends=True)}),
    )
    assert perform(play) == CallEnd(finished=True)
