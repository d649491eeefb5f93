"""Little plays with times: what the caller does, and what must come of it."""

import asyncio
from dataclasses import replace

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
from voice_gateway.keypad import PAUSE_S
from voice_gateway.listener import WAITING_TURNS
from voice_gateway.notices import Notice
from voice_gateway.values import BotReply, CallerTurn, Handoff, Understood

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


def keys_pressed(from_s: float, keys: str, every_s: float = 0.4) -> list[Press]:
    return [Press(from_s + number * every_s, key) for number, key in enumerate(keys)]


def asked_for_a_number(*then: object, question: BotReply | None = None, **more: BotReply) -> Play:
    """The caller is asked for a number at 3.5 s; the question takes 8 s to say."""
    question = question or say("podaj numer " * 40, expects="digits")
    answers = {"numer": question, "konsultant": say("łączę", handoff=TO_PERSON), **more}
    return Play([Say(2, 3, "numer"), *then], bot=ScriptedBot(answers))


def asked_at_s(play: Play, text: str) -> float:
    return play.line.said_at_s(f"answer to {text}")


def test_keys_are_the_digits_that_were_asked_for():
    play = asked_for_a_number(*keys_pressed(5, "501234567#"), HangUp(20))
    perform(play)
    assert texts(play) == ["numer", "501234567"]
    assert play.bot.asked[1].kind == "key"
    assert asked_at_s(play, "501234567") == pytest.approx(5 + 9 * 0.4, abs=0.1)


def test_the_first_key_stops_the_voice():
    play = asked_for_a_number(*keys_pressed(5, "501#"), HangUp(20))
    perform(play)
    assert play.line.flushed_at_s[0] == pytest.approx(5, abs=0.1)
    assert play.records.turns[0].interrupted


def test_what_must_be_heard_whole_is_not_stopped_by_keys():
    question = BotReply((plain("podaj numer " * 20, False),), expects="digits")
    play = asked_for_a_number(*keys_pressed(4, "501#"), HangUp(20), question=question)
    perform(play)
    assert not play.line.flushed_at_s
    assert texts(play) == ["numer", "501"]
    assert asked_at_s(play, "501") == pytest.approx(7.5, abs=0.1), "40 words of 0.1 s from 3.5 s"


def test_keyed_digits_end_after_a_pause():
    play = asked_for_a_number(*keys_pressed(5, "50123", every_s=PAUSE_S - 0.2), HangUp(30))
    perform(play)
    assert texts(play) == ["numer", "50123"]
    last_key_s = 5 + 4 * (PAUSE_S - 0.2)
    assert asked_at_s(play, "50123") == pytest.approx(last_key_s + PAUSE_S, abs=0.1)


def test_the_assistant_does_not_speak_up_while_keys_are_pressed():
    play = asked_for_a_number(*keys_pressed(5, "501234567", every_s=2.4), HangUp(40))
    perform(play)
    said = play.line.said()
    assert "are you there" not in said[: said.index("answer to 501234567")]


def test_a_star_begins_the_number_again():
    play = asked_for_a_number(*keys_pressed(5, "509*501#"), HangUp(20))
    perform(play)
    assert texts(play) == ["numer", "501"]


def test_nothing_keyed_in_is_silence():
    play = asked_for_a_number(*keys_pressed(5, "50*"), HangUp(60))
    end = perform(play)
    assert texts(play) == ["numer"]
    assert "are you there" in play.line.said()
    assert end.handoff


@pytest.mark.parametrize(("keys", "waits_s"), [("0", PAUSE_S), ("0#", 0.4)])
def test_zero_alone_is_a_person_even_where_digits_are_expected(keys, waits_s):
    play = asked_for_a_number(*keys_pressed(5, keys), HangUp(30))
    end = perform(play)
    assert texts(play) == ["numer", "konsultant"]
    assert end.handoff == TO_PERSON
    assert play.line.said_at_s("łączę") == pytest.approx(5 + waits_s, abs=0.1)


def test_zero_is_a_person_at_once_when_digits_are_no_longer_expected():
    play = asked_for_a_number(*keys_pressed(5, "501#"), Press(8, "0"), HangUp(30))
    perform(play)
    assert texts(play) == ["numer", "501", "konsultant"]
    assert play.line.said_at_s("łączę") == pytest.approx(8, abs=0.1)


def test_speech_counts_beside_keys():
    play = asked_for_a_number(*keys_pressed(5, "501"), Say(5.5, 6.5, "chwileczkę"), HangUp(20))
    perform(play)
    assert sorted(texts(play)) == ["501", "chwileczkę", "numer"]


def test_keys_that_nobody_waits_for_any_more_are_bounded():
    many = "".join(f"{number}#" for number in range(1, 10))
    play = asked_for_a_number(*keys_pressed(5, many, every_s=0.05), HangUp(60))
    play.bot.takes_s = 1.4
    perform(play)
    assert texts(play) == ["numer", "1", *"6789"], "the oldest that wait are dropped"
    assert len("6789") == WAITING_TURNS


def test_a_hang_up_while_keys_are_pressed_leaves_no_timer():
    play = asked_for_a_number(*keys_pressed(5, "501"), HangUp(6.5))

    async def timers_left() -> list[asyncio.TimerHandle]:
        await play.run()
        scheduled = asyncio.get_running_loop()._scheduled  # asyncio shows its timers nowhere else
        return [timer for timer in scheduled if not timer.cancelled()]

    assert run_virtually(timers_left()) == []
    assert texts(play) == ["numer"]


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


# --- incident messages ---

NEWS = Notice("woda", "no water today", "no water today", ("waste_collection",))

LONG = replace(NEWS, text="no water today " * 8, spoken="no water today " * 8)


def about(topic: str | None, act: str | None = None, text: str = "w piątek") -> BotReply:
    return replace(say(text), understood=Understood(act=act, topic=topic))


def test_an_incident_is_said_after_who_speaks_and_before_the_first_question():
    play = Play([HangUp(5)], notices=[NEWS])
    perform(play)
    said = play.line.said()
    assert said[1] == "no water today"
    assert said.index("no water today") < said.index("how can I help")


def test_an_incident_is_said_once_a_talk():
    play = Play(
        [Say(4, 5, "śmieci"), HangUp(12)],
        bot=ScriptedBot({"śmieci": about("waste_collection")}),
        notices=[NEWS],
    )
    perform(play)
    assert play.line.said().count("no water today") == 1


def test_who_speaks_over_the_incident_hears_it_before_the_answer_it_concerns():
    play = Play(
        [Say(0.8, 2.0, "śmieci"), Say(9, 10, "śmieci"), HangUp(16)],
        bot=ScriptedBot({"śmieci": about("waste_collection")}),
        notices=[LONG],
    )
    perform(play)
    said = play.line.said()
    assert play.line.flushed_at_s, "it can be interrupted"
    assert said[-3:] == [LONG.text, "w piątek", "w piątek"]


def test_no_more_than_two_incidents_are_said_at_the_beginning():
    notices = [replace(NEWS, id=str(n), text=f"news {n}", spoken=f"news {n}") for n in range(4)]
    play = Play([HangUp(8)], notices=notices)
    perform(play)
    assert [one for one in play.line.said() if one.startswith("news")] == ["news 0", "news 1"]


def test_an_incident_that_began_during_the_talk_never_delays_112():
    answers = {
        "pożar": about("waste_collection", "emergency", "call 112"),
        "śmieci": about("waste_collection"),
    }
    notices: list[Notice] = []

    class BotOfThatMoment(ScriptedBot):
        async def reply(self, turn: CallerTurn) -> BotReply:
            notices[:] = [NEWS]
            return await super().reply(turn)

    calls = [Say(3, 4, "pożar"), Say(8, 9, "śmieci"), HangUp(15)]
    play = Play(calls, bot=BotOfThatMoment(answers), notices=notices)
    perform(play)
    said = play.line.said()
    assert said.index("call 112") < said.index("no water today") < said.index("w piątek")
