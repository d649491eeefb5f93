"""What the dialogue model learns from, and that it is never measured with the same."""

import random
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.build import ROOT, nlu_file, write_build
from bot.understanding.examples import ASK, Example, read_phrases, read_yaml, training_examples
from bot.understanding.noise import as_heard, mistyped, variants
from polish.fold import fold

KNOWLEDGE = ROOT / "nlu_data"
PHRASES = read_phrases(ROOT / "bot" / "phrases")
TAXONOMY = read_yaml(KNOWLEDGE / "taxonomy.yml")
EXAMPLES = training_examples(KNOWLEDGE, PHRASES)
HELD_OUT = [q for path in KNOWLEDGE.glob("held_out/*.yml") for q in read_yaml(path)]


def test_nothing_held_out_is_trained_on():
    trained = {fold(example.text) for example in EXAMPLES}
    assert [q["text"] for q in HELD_OUT if fold(q["text"]) in trained] == []


def test_held_out_questions_have_known_meanings():
    assert len(HELD_OUT) >= 220
    for question in HELD_OUT:
        assert set(question) <= {"text", "act", "topic", "aspect", "kind", "channel"}
        assert question["kind"] in {"typed", "no_diacritics", "typo", "speech", "rambling"}
        assert question["channel"] in {"chat", "phone"}
        if "act" in question:
            assert question["act"] in TAXONOMY["acts"]
        else:
            assert question["topic"] is None or question["topic"] in TAXONOMY["topics"]
            assert question["aspect"] in TAXONOMY["aspects"]


def test_every_act_and_every_topic_on_file_is_learnt():
    intents = Counter(example.intent for example in EXAMPLES)
    assert set(intents) == {ASK, *TAXONOMY["acts"]}
    assert min(intents.values()) >= 10
    on_file = {path.stem for path in (KNOWLEDGE / "topics").glob("*.yml")}
    assert {e.topic for e in EXAMPLES if e.intent == ASK} == {None, *on_file}


def test_phrases_use_known_ids_and_foreign_things_are_not_ours():
    assert set(PHRASES["templates"]) == set(TAXONOMY["aspects"])
    assert set(PHRASES["topic_free"]) == set(TAXONOMY["aspects"])
    assert set(PHRASES["acts"]) <= set(TAXONOMY["acts"])
    ours = {fold(name) for t in (KNOWLEDGE / "topics").glob("*.yml") for name in names(t)}
    assert {fold(thing) for thing in PHRASES["foreign"]} & ours == set()


def names(path: Path) -> list[str]:
    topic = read_yaml(path)
    return [topic["name"], *topic.get("called", [])]


def test_templates_use_the_names_of_a_topic_in_the_right_case(tmp_path):
    (tmp_path / "topics").mkdir()
    topic = {"id": "passport", "name": "paszport", "questions": {"cost": ["drogi jest?"]}}
    (tmp_path / "topics" / "passport.yml").write_text(yaml.safe_dump(topic))
    found = training_examples(tmp_path, PHRASES)
    assert Example("drogi jest?", ASK, "passport", "cost") in found
    assert Example("jaki jest koszt paszportu", ASK, "passport", "cost") in found
    assert Example("mam pytanie o paszport", ASK, "passport", "general") in found
    assert Example("ile to kosztuje", ASK, None, "cost") in found
    assert not any(e.aspect == "deadline" and e.topic for e in found)


def test_noise_is_repeatable_and_keeps_the_meaning():
    example = Example("Ile kosztuje dowód osobisty?", ASK, "id_card", "cost")
    found = list(variants([example], ["halo"], ["proszę"]))
    assert found == list(variants([example], ["halo"], ["proszę"]))
    assert found[0] == example
    assert found[-1].text.startswith("halo ile kosztuje dowód osobisty")
    assert {(e.intent, e.topic, e.aspect) for e in found} == {(ASK, "id_card", "cost")}


@pytest.mark.parametrize("seed", range(20))
def test_one_slip_of_the_fingers(seed):
    slipped = mistyped("ile kosztuje paszport", random.Random(seed))
    assert abs(len(slipped) - len("ile kosztuje paszport")) <= 1
    assert mistyped("do 3", random.Random(seed)) == "do 3"


def test_rasas_file_holds_no_entity_marks():
    data = nlu_file([Example("co [to](jest) {x}", "help")])
    assert data["nlu"] == [{"intent": "help", "examples": "- co to jest x\n"}]


def test_fingerprint_follows_meaning_not_wording(tmp_path):
    knowledge = tmp_path / "nlu"
    for folder in ("topics", "acts"):
        (knowledge / folder).mkdir(parents=True)
    act = {"id": "emergency", "questions": ["pali się"], "patterns": [], "false_alarms": []}
    topic = {"id": "passport", "name": "paszport", "answers": {"cost": {"text": "140 zł"}}}

    def fingerprint() -> str:
        (knowledge / "acts" / "emergency.yml").write_text(yaml.safe_dump(act))
        (knowledge / "topics" / "passport.yml").write_text(yaml.safe_dump(topic))
        return write_build(knowledge, tmp_path / "build")

    first = fingerprint()
    topic["answers"]["cost"]["text"] = "sto czterdzieści złotych"
    assert fingerprint() == first
    topic["called"] = ["książeczka paszportowa"]
    second = fingerprint()
    assert second != first
    act["patterns"] = ["nie oddychać"]
    assert fingerprint() not in (first, second)


def test_what_was_heard_is_learnt_beside_what_was_said():
    said = [Example("ile kosztuje paszport", ASK, "passport", "cost"), Example("Tak!", "affirm")]
    heard = {"ile kosztuje paszport": "ile kosztuje raport", "Tak!": "tak", "inne": "coś"}
    assert list(as_heard(said, heard)) == [Example("ile kosztuje raport", ASK, "passport", "cost")]
