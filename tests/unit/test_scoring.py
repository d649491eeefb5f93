"""The figures of `make eval`."""

from bot.scoring import Guess, Question, figures, from_sound


def question(act=None, topic=None, aspect=None, kind="typed", channel="chat"):
    return Question("x", act, topic, aspect, kind, channel)


def test_figures():
    pairs = [
        (question(topic="passport", aspect="cost"), Guess("ask", "passport", "cost", 0.001)),
        (question(topic="passport", aspect="cost"), Guess("ask", "passport", "where", 0.002)),
        (question(topic="id_card", aspect="cost"), Guess("nlu_fallback", None, None, 0.003)),
        (question(topic=None, aspect="cost", kind="speech"), Guess("ask", None, "cost", 0.004)),
        (question(act="emergency"), Guess("emergency", None, None, 0.005)),
        (question(act="out_of_scope"), Guess("nlu_fallback", None, None, 0.006)),
        (question(act="out_of_scope"), Guess("emergency", None, None, 0.007)),
    ]
    found = figures(pairs)
    assert found["right"] == round(3 / 7, 4)
    assert found["topic"] == 0.75
    assert found["aspect"] == 0.5
    assert found["topic_and_aspect"] == 0.5
    assert found["topic_and_aspect_by_kind"] == {"speech": 1.0, "typed": round(1 / 3, 4)}
    assert found["out_of_scope_refused"] == 0.5
    assert found["false_refusals"] == 0.25
    assert found["emergencies_caught"] == 1.0
    assert found["false_alarms"] == round(1 / 6, 4)
    assert found["parse_p50_ms"] == 4.0


def test_figures_from_sound():
    pairs = [
        (question(topic="passport", aspect="cost"), Guess("ask", "passport", "cost", 0.001)),
        (question(topic="passport", aspect="cost"), Guess("ask", "passport", "how", 0.001)),
        (question(act="emergency"), Guess("nlu_fallback", None, None, 0.001)),
    ]
    found = from_sound(pairs)
    assert (found["topic"], found["topic_and_aspect"]) == (1.0, 0.5)
    assert found["emergencies_caught"] == 0.0
