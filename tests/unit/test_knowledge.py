"""Knowledge is reread without a restart; a broken file and an old answer do no harm."""

from datetime import date
from pathlib import Path

import pytest

from actions.office.knowledge import KnowledgeStore, Lack
from actions.office.knowledge_files import Answer
from actions.office.known_sentences import spoken_answers
from actions.office.sentence import Sentence, same
from actions.office.system import load_system
from tests.unit.knowledge_parts import OPEN, REAL, copy_of_knowledge
from voice_gateway.errors import SetupError

TODAY = date(2026, 11, 23)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of_knowledge(tmp_path)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def cost(store: KnowledgeStore) -> str:
    answer = store.current().answer("id_card", "cost", TODAY)
    assert isinstance(answer, Answer)
    return answer.spoken


def test_a_changed_wording_is_said_within_two_seconds(folder: Path) -> None:
    clock = Clock()
    store = KnowledgeStore(folder, clock)
    before = store.current()
    edit(
        folder / "topics/id_card.yml",
        "Dowód osobisty jest bezpłatny, także",
        "Dowód jest gratis, także",
    )
    clock.now = 2.0
    assert cost(store).startswith("Dowód jest gratis")
    assert (
        "gratis" not in before.topics["id_card"].answers["cost"].spoken
    )  # the old picture is whole


def test_files_are_not_looked_at_for_every_message(folder: Path) -> None:
    clock = Clock()
    store = KnowledgeStore(folder, clock)
    first = store.current()
    clock.now = 0.5
    assert store.current() is first


def test_a_broken_file_keeps_its_last_good_content_and_is_reported(folder: Path) -> None:
    clock = Clock()
    store = KnowledgeStore(folder, clock)
    good = cost(store)
    edit(folder / "topics/id_card.yml", "id: id_card", "id: [id_card")
    edit(folder / "topics/passport.yml", "Paszport kosztuje 140 zł, ze", "Paszport to 140 zł, ze")
    clock.now = 2.0
    assert cost(store) == good
    assert "Paszport to 140" in store.current().topics["passport"].answers["cost"].spoken
    assert list(store.problems) == ["id_card.yml"]
    edit(folder / "topics/id_card.yml", "id: [id_card", "id: id_card")
    clock.now = 4.0
    store.current()
    assert store.problems == {}


def test_an_unknown_placeholder_breaks_the_file(folder: Path) -> None:
    edit(folder / "topics/id_card.yml", "{department}", "{wydzial}")
    store = KnowledgeStore(folder)
    assert "wydzial" in store.problems["id_card.yml"]
    assert "id_card" not in store.current().topics


def test_a_new_and_a_deleted_topic_are_noticed(folder: Path) -> None:
    clock = Clock()
    store = KnowledgeStore(folder, clock)
    text = (folder / "topics/passport.yml").read_text("utf-8")
    (folder / "topics/nowa.yml").write_text(text.replace("id: passport", "id: nowa"), "utf-8")
    (folder / "topics/passport.yml").unlink()
    clock.now = 2.0
    assert {"nowa"} == set(store.current().topics) - {p.stem for p in REAL.glob("topics/*.yml")}
    assert "passport" not in store.current().topics


def test_without_office_facts_nothing_starts(folder: Path) -> None:
    (folder / "office.yml").unlink()
    with pytest.raises(SetupError, match="nie można odczytać"):
        KnowledgeStore(folder)


def test_an_answer_is_given_up_to_its_date_and_not_after() -> None:
    knowledge = KnowledgeStore(REAL).current()
    last = knowledge.topics["waste_collection"].answers["hours"].valid_until
    assert isinstance(knowledge.answer("waste_collection", "hours", last), Answer)
    later = date(last.year + 1, 1, 1)
    assert knowledge.answer("waste_collection", "hours", later) is Lack.EXPIRED
    assert knowledge.answer("waste_collection", "validity", TODAY) is Lack.MISSING
    assert knowledge.answer("no_such_topic", "cost", TODAY) is Lack.MISSING


def test_system_sentences_are_filled_and_complete(folder: Path) -> None:
    system = load_system(folder / "system.yml")
    text, spoken = system["greeting"]
    assert "automatyczny asystent Urzędu Miasta Nadmorzyn" in spoken.split(".")[0]
    assert "konsultant" in spoken.split(".")[0]
    assert "„konsultant”" in text
    assert "{position}" in system["handoff_chat_position"].text
    edit(folder / "system.yml", "goodbye:", "farewell:")
    with pytest.raises(SetupError, match="brakuje zdania goodbye; nie znam zdania farewell"):
        load_system(folder / "system.yml")


def test_sentences_known_ahead_are_ready_to_be_spoken() -> None:
    texts = spoken_answers(REAL, OPEN)
    assert len(texts) > 100
    assert len(set(texts)) == len(texts)
    assert not [t for t in texts if "{" in t]


def test_a_sentence_is_filled_in_both_forms() -> None:
    sentence = Sentence.of({"text": "{a} i {b}", "spoken": "{a}"})
    assert sentence.fill({"a": Sentence("x", "y"), "b": same("z")}) == ("X i z", "Y")
    with pytest.raises(KeyError):
        sentence.fill({"a": same("x")})
    for wrong in ("", {"text": "a"}, {"text": "", "spoken": "b"}, {"text": 1, "spoken": "b"}, 7):
        with pytest.raises(ValueError, match=r"text i spoken|potrzebne"):
            Sentence.of(wrong)


def test_a_matter_that_is_switched_off_tells_nothing(folder: Path) -> None:
    path = folder / "topics" / "passport.yml"
    path.write_text('"off": true\n' + path.read_text("utf-8"), "utf-8")
    knowledge = KnowledgeStore(folder).current()
    assert knowledge.answer("passport", "cost", OPEN.date()) is Lack.OFF
    assert isinstance(knowledge.answer("id_card", "cost", OPEN.date()), Answer)
