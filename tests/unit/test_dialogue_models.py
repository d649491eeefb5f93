"""Models of understanding: the gate, the estimate, failures in words, files and the pointer."""

from __future__ import annotations

import json
import signal
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from staff_console.dialogue_models import failures
from staff_console.dialogue_models.compare import Meanings, changes, unmeasured
from staff_console.dialogue_models.files import ModelFolder, Pointer
from staff_console.dialogue_models.gate import MEASURES, OPEN, judge
from staff_console.dialogue_models.learnt import changed_since, file_words, meanings
from staff_console.dialogue_models.pages import percent, points, served_words
from staff_console.dialogue_models.progress import STAGES_PL, USUAL_S, estimate, words
from staff_console.dialogue_models.runner import advanced
from staff_console.dialogue_models.serving import Served, ServedModel
from staff_console.dialogue_models.values import Card, Model, Progress, Row
from voice_gateway.settings import ROOT

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NAMES = Meanings({"passport": "Paszport"}, {"fee": "Ile to kosztuje?"})


def rows(meant: str, right: int, wrong: int, got: str = "nlu_fallback") -> list[Row]:
    """Questions of one meaning, of which so many are understood."""
    texts = (f"{meant} {number}" for number in range(right + wrong))
    gots = [meant] * right + [got] * wrong
    return [Row(text, meant, one, "typed") for text, one in zip(texts, gots, strict=True)]


def score(**right: int) -> list[Row]:
    """A hundred questions of each kind; ``right`` of them understood."""
    meant = {
        "matters": "passport.fee",
        "acts": "greet",
        "out_of_scope": "out_of_scope",
        "emergencies": "emergency",
    }
    found = []
    for kind, name in meant.items():
        good = right.get(kind, 90)
        got = "greet" if name == "out_of_scope" else "nlu_fallback"
        found += rows(name, good, 100 - good, got)
    return found


@pytest.mark.parametrize(
    ("kind", "fewest"), [("matters", 89), ("acts", 88), ("out_of_scope", 87), ("emergencies", 90)]
)
def test_the_gate_lets_through_what_chance_explains_and_no_more(kind: str, fewest: int) -> None:
    assert judge(score(**{kind: fewest}), score()).passes
    verdict = judge(score(**{kind: fewest - 1}), score())
    assert not verdict.passes
    assert [line.measure.id for line in verdict.lines if not line.passes] == [kind]


def test_false_alarms_may_hardly_rise() -> None:
    def alarms(count: int) -> list[Row]:
        return rows("passport.fee", 400 - count, count, "emergency")

    assert judge(alarms(2), alarms(0)).passes
    assert not judge(alarms(3), alarms(0)).passes
    assert judge(alarms(0), alarms(40)).passes


def test_better_models_pass_and_uncompared_ones_do_not() -> None:
    assert judge(score(matters=100), score()).passes
    assert not judge(None, score()).passes
    assert not judge(score(), None).passes
    assert not judge(score(), [Row("inne", "greet", "greet", "typed")]).passes
    assert OPEN.passes
    assert {line.measure.id for line in judge(score(), score()).lines} == {m.id for m in MEASURES}


def test_questions_that_a_model_learnt_by_heart_do_not_count() -> None:
    learnt = [Row(row.text, row.meant, row.meant, "typed", learnt=True) for row in score()]
    assert not judge(learnt, score()).compared
    known = [*score(matters=0)[:100], *score()[100:]]
    cheating = [Row(r.text, r.meant, r.meant, "typed", learnt=True) for r in known[:100]]
    verdict = judge([*cheating, *known[100:]], score())
    assert "matters" not in {line.measure.id for line in verdict.lines}


def test_changed_questions_are_told_by_name() -> None:
    before = [
        Row("ile za paszport", "passport.fee", "nlu_fallback", "typed"),
        Row("cześć", "greet", "greet", "typed"),
        Row("dobry", "greet", "greet", "typed"),
    ]
    now = [
        Row("ile za paszport", "passport.fee", "passport.fee", "typed"),
        Row("cześć", "greet", "None.fee", "typed"),
        Row("dobry", "greet", "greet", "typed"),
        Row("nowe", "greet", "greet", "typed"),
    ]
    found = changes(now, before, NAMES)
    assert [(c.text, c.meant, c.before, c.now) for c in found.better] == [
        ("ile za paszport", "Paszport: Ile to kosztuje?", "nie zrozumiał", found.better[0].meant)
    ]
    assert [(c.before, c.now) for c in found.worse] == [
        ("powitanie", "Bez nazwy sprawy: Ile to kosztuje?")
    ]
    assert found.by_matter == {"Paszport": 1, "Powitanie": -1}
    assert (found.questions, found.left_out) == (3, 1)
    more = Meanings({"passport": "paszport", "pond": "staw"}, {})
    assert unmeasured(now, more) == ["Staw"]


def at(stage: str, ran_s: float, share: float = 0.0, **done: float) -> Progress:
    return Progress(stage, share, NOW - timedelta(seconds=ran_s), done)


def test_the_first_estimate_is_the_usual_time() -> None:
    found = estimate("train", Progress(), {}, NOW)
    assert found.share == 0
    assert found.remaining_s == sum(USUAL_S.values())


def test_remaining_time_comes_from_the_last_training() -> None:
    last = dict.fromkeys(STAGES_PL, 10.0)
    found = estimate("train", at("matters", 4, waiting=10, preparing=10, starting=10), last, NOW)
    later = list(STAGES_PL)[list(STAGES_PL).index("matters") + 1 :]
    assert found.remaining_s == pytest.approx(6 + 10 * len(later))
    assert 0 < found.share < 1


def test_a_slower_machine_takes_longer_in_the_later_stages_too() -> None:
    last = dict.fromkeys(STAGES_PL, 10.0)
    quick = estimate("train", at("matters", 0, preparing=10, starting=10), last, NOW)
    slow = estimate("train", at("matters", 0, preparing=20, starting=20), last, NOW)
    assert 1.5 * quick.remaining_s < slow.remaining_s < 2 * quick.remaining_s
    hiccup = {**last, "preparing": 0.1, "starting": 0.1}
    after = estimate("train", at("matters", 0, preparing=1, starting=1), hiccup, NOW)
    assert after.remaining_s < 1.5 * sum(hiccup.values())


def test_a_stage_that_overruns_never_promises_nothing() -> None:
    last = dict.fromkeys(STAGES_PL, 10.0)
    found = estimate("train", at("comparing", 500), last, NOW)
    assert found.remaining_s > 0
    assert found.share < 1


def test_a_stage_that_counts_tells_its_own_remainder() -> None:
    found = estimate("compare", at("comparing", 30, share=0.75, scoring=9), {}, NOW)
    assert found.remaining_s == pytest.approx(10)
    assert estimate("compare", Progress(), {}, NOW).remaining_s == (
        USUAL_S["scoring"] + USUAL_S["comparing"]
    )


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (3, "kilka sekund"),
        (42, "około 40 s"),
        (60, "około minuty"),
        (95, "około 1,5 min"),
        (130, "około 2 min"),
    ],
)
def test_the_remaining_time_in_words(seconds: float, told: str) -> None:
    assert told in words(seconds)


def test_lines_of_the_child_become_progress() -> None:
    progress = advanced(Progress(), {"stage": "preparing"}, NOW)
    progress = advanced(progress, {"stage": "scoring"}, NOW + timedelta(seconds=4))
    progress = advanced(progress, {"stage": "scoring", "share": 0.5}, NOW + timedelta(seconds=5))
    progress = advanced(progress, {"stage": "scoring", "share": 0.2}, NOW + timedelta(seconds=6))
    assert (progress.stage, progress.share, dict(progress.done)) == (
        "scoring",
        0.5,
        {"preparing": 4},
    )


def test_every_failure_has_words_and_says_that_nothing_changed() -> None:
    for code in failures.SENTENCES_PL:
        told = failures.sentence(code, "Paszport")
        assert told.endswith(failures.NOTHING_CHANGED_PL)
        assert "{" not in told
    fields = {
        name
        for text in failures.SENTENCES_PL.values()
        for _, name, _, _ in string.Formatter().parse(text)
    }
    assert fields == {None, "detail"}
    assert failures.sentence("model-odd") == failures.sentence("model-failed")


def test_a_silent_end_is_told_by_its_signal() -> None:
    assert failures.of_exit(-signal.SIGKILL) == "model-memory"
    assert failures.of_exit(-signal.SIGTERM) == "model-broken-off"
    assert failures.of_exit(1) == "model-failed"


@pytest.fixture
def folder(tmp_path: Path) -> ModelFolder:
    return ModelFolder(tmp_path)


def add(folder: ModelFolder, name: str, **card: object) -> None:
    (folder.folder / f"{name}.tar.gz").write_bytes(b"model")
    if card:
        (folder.folder / f"{name}.json").write_text(json.dumps(card))


def test_the_pointer_comes_before_the_newest(folder: ModelFolder) -> None:
    assert folder.served() == ""
    add(folder, "a-1")
    add(folder, "b-2")
    (folder.folder / "b-2.tar.gz").touch()
    folder.point(Pointer("a-1", "staff"))
    assert (folder.served(), folder.pointer()) == ("a-1", Pointer("a-1", "staff"))
    (folder.folder / "a-1.tar.gz").unlink()
    assert folder.served() == "b-2"


@pytest.mark.parametrize("odd", ["", "[]", '{"model": 5}', '{"model": "../../x.tar.gz"}', "{"])
def test_an_odd_pointer_is_none(folder: ModelFolder, odd: str) -> None:
    (folder.folder / "live.json").write_text(odd)
    pointer = folder.pointer()
    assert pointer is None or not folder.has(pointer.name)
    assert folder.served() == ""


def test_cards_and_equal_models(folder: ModelFolder) -> None:
    add(folder, "a-1", fingerprint="1", examples=7, origin="staff")
    assert folder.card("a-1", {"topics/a.yml": 2}) == Card(
        "1", examples=7, versions={"topics/a.yml": 2}
    )
    assert folder.card("none") == Card()
    assert folder.same_as("a-1", "1") == "a-1"
    assert folder.same_as("elsewhere-1", "1") == "a-1"
    assert folder.same_as("elsewhere-2", "2") == ""


def test_what_is_served_is_never_deleted(folder: ModelFolder) -> None:
    add(folder, "a-1", fingerprint="1")
    add(folder, "b-2", fingerprint="2")
    folder.point(Pointer("a-1", "staff"))
    folder.delete("a-1")
    folder.delete("../a-1")
    assert folder.has("a-1")
    folder.delete("b-2")
    assert {file.name for file in folder.folder.iterdir()} == {
        "a-1.tar.gz",
        "a-1.json",
        "live.json",
    }


def test_a_full_disk_is_seen_before(folder: ModelFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    from staff_console.dialogue_models import files

    assert folder.has_room()
    usage = type("Usage", (), {"free": files.COPIES * files.USUAL_BYTES + files.SPARE_BYTES})
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _: usage)
    assert not folder.has_room()


def test_what_changed_since_a_model_learnt() -> None:
    card = Card(versions={"topics/passport.yml": 1, "acts/greet.yml": 2})
    now = {"topics/passport.yml": 3, "acts/greet.yml": 2, "topics/new.yml": 1}
    assert changed_since(card, now) == ["topics/new.yml", "topics/passport.yml"]
    assert changed_since(Card(), now) == []


def test_names_are_those_of_the_knowledge() -> None:
    names = meanings(ROOT / "nlu_data")
    assert names.words("passport.validity") == "Paszport: Jak długo ważne?"
    assert file_words("topics/passport.yml", names) == "Paszport"
    assert file_words("acts/greet.yml", names) == "powitanie"
    assert names.words("unknown.fee") == "Unknown: fee"


def test_figures_as_people_read_them() -> None:
    assert percent(0.9388) == "93,9 %"
    assert [points(one) for one in (0.012, -0.02, 0.0001)] == ["+1,2 pkt", "−2,0 pkt", "bez zmian"]


async def test_what_rasa_serves_is_asked() -> None:
    answers = [{"model": "a-1.tar.gz", "wanted": "b-2.tar.gz", "error": ""}]

    def rasa(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/halo/model"
        return httpx.Response(200, json=answers.pop()) if answers else httpx.Response(404)

    served = ServedModel("http://rasa", lambda: "b-2", httpx.MockTransport(rasa))
    assert await served.now() == Served("a-1", "b-2")
    assert await served.now() == Served()
    await served.close()


async def test_a_pointer_that_rasa_has_not_seen_yet_is_no_swap_that_is_over() -> None:
    answers = [
        {"model": "b-2.tar.gz", "wanted": "b-2.tar.gz", "error": ""},
        {"model": "a-1.tar.gz", "wanted": "b-2.tar.gz", "error": ""},
        {"model": "a-1.tar.gz", "wanted": "a-1.tar.gz", "error": "model-broken"},
    ]
    rasa = httpx.MockTransport(lambda request: httpx.Response(200, json=answers.pop()))
    served = ServedModel("http://rasa", lambda: "b-2", rasa)
    assert await served.now() == Served("a-1", "b-2"), "the fault was another model's"
    told: list[str] = []

    async def tell() -> None:
        told.append(f"{len(answers)} left")

    await served.settled(tell)
    assert told == ["0 left"]
    await served.close()


def test_what_is_said_of_the_swap() -> None:
    live = Model("a-1", "live", "ewa", NOW, Card())
    cases = {
        Served("a-1", "a-1"): ("odpowiada tym modelem", True),
        Served("b-2", "a-1"): ("wczytuje", False),
        Served("b-2", "a-1", "model-broken"): ("nie da się wczytać", True),
        Served(): ("nie odpowiada", False),
    }
    for served, (part, settled) in cases.items():
        told = served_words(served, live)
        assert part in told[0]
        assert told[1] is settled
    assert served_words(Served(), None)[1]
