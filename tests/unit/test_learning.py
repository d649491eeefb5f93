"""Learning from talks: likeness, the inbox, examples in drafts, bad talks, replay, pages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import func, select

from actions.office.talk import STEPS
from polish.fold import fold
from staff_console.desk import StaffServices, build_staff_router
from staff_console.editor.names import names_from
from staff_console.learning import assign as assigning
from staff_console.learning.assign import HeldOut, Target, assign, may_be_example
from staff_console.learning.bad_talks import bad_talks
from staff_console.learning.decisions import Decision, key_of
from staff_console.learning.inbox import Inbox
from staff_console.learning.labels import beginning
from staff_console.learning.likeness import WordWeights, grouped, weights_of
from staff_console.learning.pages import Page
from staff_console.learning.replay import replay
from staff_console.learning.routes import LearningPages, ReplayJob, build_learning_router
from staff_console.learning.said import SaidWords
from staff_console.learning.trial import actions_by_intent, load_trial
from staff_console.learning.understanding import RunningRasa, guesses
from tests.unit.content_parts import MemoryContent
from tests.unit.knowledge_parts import message
from tests.unit.learning_parts import EITHER, Talks, answered, missed, passed_on
from voice_gateway import problems
from voice_gateway.desk import HandoffDesk
from voice_gateway.errors import DialogueError, RequestError
from voice_gateway.records.database import Database
from voice_gateway.records.models import HandoffRow, TurnRow
from voice_gateway.records.privacy import PERSONAL, UNKEPT
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.settings import ROOT, Settings

KNOWLEDGE = ROOT / "nlu_data"
FILES = (
    "dialogue.yml", "office.yml", "topics/passport.yml", "topics/id_card.yml",
    "acts/human.yml", "acts/out_of_scope.yml", "acts/affirm.yml", "acts/complaint.yml",
)  # fmt: skip
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday, 13:00 in Poland
YESTERDAY = date(2026, 11, 23)
PASSPORT = "topics/passport.yml"
DOG = "ile kosztuje paszport dla psa"
PASSWORD = "koń bateria zszywka"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PLAIN = WordWeights({}, 0)


@pytest.fixture(scope="module")
def bodies() -> dict[str, str]:
    return {path: (KNOWLEDGE / path).read_text(encoding="utf-8") for path in FILES}


@pytest.fixture
def content(bodies: dict[str, str]) -> MemoryContent:
    return MemoryContent(bodies, NOW - timedelta(30))


@pytest.fixture(scope="module")
def names(bodies: dict[str, str]):
    return names_from(bodies["dialogue.yml"], bodies["office.yml"])


@pytest.fixture(scope="module")
def said(bodies: dict[str, str]) -> SaidWords:
    return SaidWords.of([bodies["dialogue.yml"]])


@pytest.fixture
def database(tmp_path: Path, empty_database: Path) -> Iterator[Database]:
    shutil.copy(empty_database, tmp_path / "halo.db")
    database = Database(f"sqlite:///{tmp_path / 'halo.db'}")
    yield database
    database.close()


@pytest.fixture
def talks(database: Database) -> Talks:
    return Talks(database, NOW - timedelta(days=1))


@pytest.fixture
def inbox(database: Database, content: MemoryContent) -> Inbox:
    return Inbox(database, content, kept_days=90)


@pytest.fixture
def held_out(tmp_path: Path) -> HeldOut:
    folder = tmp_path / "held_out"
    folder.mkdir()
    (folder / "passport.yml").write_text('- {text: "Paszport dla chomika?", topic: passport}\n')
    return HeldOut(folder)


# --- likeness ---


def leaders(*wordings: str, weights: WordWeights = PLAIN) -> list[int]:
    return [place.leader for place in grouped(wordings, weights)]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("ile kosztuje karta wędkarska", "ile kosztuje karta wedkarska", True),
        ("ile kosztuje karta wędkarska", "karta wędkarska ile kosztuje", True),
        ("gdzie wyrobię kartę wędkarską", "gdzie wyrobić karty wędkarskie", True),
        ("zgubiłam kartę wędkarską", "zgubilam karte wedkarskom", True),
        ("ile kosztuje karta wędkarska", "ile kosztuje pozwolenie na broń", False),
        ("karta wędkarska", "psy na plaży", False),
    ],
)
def test_what_is_alike(bodies: dict[str, str], one: str, other: str, alike: bool) -> None:
    known = yaml.safe_load(bodies[PASSPORT])["questions"].values()
    weights = weights_of([tuple(questions) for questions in known])
    assert (leaders(one, other, weights=weights) == [0, 0]) == alike


def test_members_join_the_leader_that_they_resemble_most() -> None:
    first, second = "psy na plaży w lecie", "psy na plaży w zimie rano"
    assert leaders(first, "kurs euro", second, "psy na plaży w zimie")[3] in (0, 2)
    places = grouped([first, second, "psy na plaży w zimie o rano"], PLAIN)
    assert places[2].leader == places[1].leader
    assert places[0].likeness == 1.0


def test_no_words_are_like_nothing() -> None:
    assert leaders("?!", "...", "pies") == [0, 1, 2]
    assert grouped([], PLAIN) == []


def test_a_frequent_word_weighs_less() -> None:
    weights = weights_of([("ile kosztuje paszport", "ile kosztuje dowód", "gdzie zapłacić")])
    assert 0 < weights.of("ile") < weights.of("gdzie") < weights.of("wędkarski") == 1.0


@given(st.lists(st.text("abcdeęł ", max_size=12), max_size=12))
@settings(max_examples=30, deadline=None)
def test_each_member_resembles_its_leader(wordings: list[str]) -> None:
    places = grouped(wordings, PLAIN)
    assert places == grouped(wordings, PLAIN)
    for row, place in enumerate(places):
        assert places[place.leader].leader == place.leader <= row or place.likeness >= 0.55


# --- the inbox ---


def groups(inbox: Inbox, names: object, trouble: str = "not_understood", now: datetime = NOW):
    return inbox.groups(trouble, 30, now, names)


def test_groups_are_ranked_by_turns_and_then_talks(inbox: Inbox, talks: Talks, names) -> None:
    for _ in range(3):
        talks.add(missed("kiedy grają w teatrze"))
    talks.add(*[missed("karta wędkarska")] * 3)
    talks.add(missed(DOG), channel="phone")
    talks.add(missed("Ile kosztuje PASZPORT dla psa?"), missed("ile kosztuje paszport psa"))
    talks.add(missed(DOG))
    found = groups(inbox, names)
    assert [(one.leader.words, one.turns, one.talks) for one in found] == [
        (DOG, 4, 3),
        ("kiedy grają w teatrze", 3, 3),
        ("karta wędkarska", 3, 1),
    ]
    first = found[0]
    assert [one.words for one in first.wordings] == [DOG, "ile kosztuje paszport psa"]
    assert first.channels == {"chat": 3, "phone": 1}
    assert first.said[0][1] == 4
    assert first.last == NOW - timedelta(days=1) + timedelta(seconds=20)


def test_what_counts_as_not_understood(inbox: Inbox, talks: Talks, names) -> None:
    talks.add(missed("pies"), passed_on("kotek"))
    talks.add({"words": "emerytura", "said": "Nie mam o tym…", "act": "out_of_scope"})
    talks.add(missed("mecz", act="out_of_scope"))  # said to be not understood all the same
    talks.add(answered("paszport"), answered("paszprot", confidence=0.2))
    talks.add({"words": "ten dokument", "said": EITHER})
    talks.add({"words": "cześć", "said": "Dzień dobry.", "act": "greet"})
    talks.add(missed("awaria", error="dialogue-down"))
    words = {one: {g.leader.words for g in groups(inbox, names, one)} for one in
             ("not_understood", "refused", "unsure")}  # fmt: skip
    assert words == {
        "not_understood": {"pies", "kotek", "mecz"},
        "refused": {"emerytura"},
        "unsure": {"paszprot", "ten dokument"},
    }


def test_personal_and_unkept_texts_never_appear(inbox: Inbox, talks: Talks, names) -> None:
    talks.add(missed(PERSONAL), missed(UNKEPT), missed(""), missed("mój pesel to [PESEL]"))
    assert [one.leader.words for one in groups(inbox, names)] == ["mój pesel to [PESEL]"]
    assert not may_be_example("mój pesel to [PESEL]")


def test_turns_of_a_booking_are_left_out(inbox: Inbox, talks: Talks, names) -> None:
    asked = {"words": "umów mnie", "said": "Proszę podać dzień, na przykład „w przyszły wtorek”, "
             "albo powiedzieć „najwcześniej, jak się da”.", "act": "appointment_book"}  # fmt: skip
    talks.add(asked, passed_on("kiedy indziej chyba"))
    talks.add(answered("paszport", said=PERSONAL), passed_on("no przecież mówię"))
    talks.add(answered("paszport"), passed_on("a dla chomika"))
    assert [one.leader.words for one in groups(inbox, names)] == ["a dla chomika"]


def test_old_wordings_of_the_sentence_are_known(
    content: MemoryContent, database: Database, talks: Talks, names, bodies: dict[str, str]
) -> None:
    changed = bodies["dialogue.yml"].replace("Nie wiem, o jaką sprawę chodzi.", "Hm.")
    content.save_draft("dialogue.yml", changed, 0, "anna", NOW)
    content.publish("dialogue.yml", "krócej", "anna", NOW)
    talks.add(missed("pies"))
    assert len(groups(Inbox(database, content, 90), names)) == 1


def test_only_the_chosen_days(inbox: Inbox, talks: Talks, names) -> None:
    talks.add(missed("pies"), after=timedelta(days=-40))
    assert groups(inbox, names) == []
    assert len(inbox.groups("not_understood", 90, NOW, names)) == 1


def dismissed(group, now: datetime = NOW) -> list[Decision]:
    return [
        Decision(one.key, one.words, "dismissed", "", "", group.turns, "anna", now)
        for one in group.wordings
    ]


def test_a_dismissed_group_stays_away_until_it_grows(inbox: Inbox, talks: Talks, names) -> None:
    talks.add(*[missed(DOG)] * 12)
    inbox.decide(dismissed(groups(inbox, names)[0]))
    assert groups(inbox, names) == []
    talks.add(*[missed("a ile kosztuje paszport dla psa")] * 11, after=timedelta(days=2))
    later = NOW + timedelta(days=3)
    assert groups(inbox, names, now=later) == []  # one less than came before
    talks.add(missed(DOG), after=timedelta(days=2))
    back = groups(inbox, names, now=later)[0]
    assert back.turns == 24
    assert (back.returned.who, back.returned.verdict) == ("anna", "dismissed")


def test_a_dismissed_wording_without_turns_still_hides(inbox: Inbox, talks: Talks, names) -> None:
    gone = Decision(key_of(DOG), DOG, "dismissed", "", "", 3, "anna", NOW - timedelta(days=3))
    inbox.decide([gone])
    talks.add(missed("ile kosztuje paszport psa"), missed("kurs euro"))
    assert [one.leader.words for one in groups(inbox, names)] == ["kurs euro"]


def test_decisions_are_taken_back_and_forgotten(inbox: Inbox, talks: Talks, names) -> None:
    talks.add(missed(DOG))
    inbox.decide(dismissed(groups(inbox, names)[0]))
    assert inbox.take_back(key_of(DOG))
    assert not inbox.take_back(key_of(DOG))
    assert len(groups(inbox, names)) == 1
    inbox.decide(dismissed(groups(inbox, names)[0], NOW - timedelta(days=91)))
    inbox.forget_old(NOW)
    assert inbox.latest(10) == []


def test_an_assigned_wording_is_gone_while_its_question_stands(
    inbox: Inbox, content: MemoryContent, talks: Talks, names, held_out: HeldOut
) -> None:
    talks.add(missed(DOG), missed("ile kosztuje paszport psa"))
    target = Target(PASSPORT, "cost")
    assert assign(content, target, [DOG], held_out, names, "anna", NOW).added == [DOG]
    inbox.decide([Decision(key_of(DOG), DOG, "assigned", PASSPORT, "cost", 1, "anna", NOW)])
    assert [one.leader.words for one in groups(inbox, names)] == ["ile kosztuje paszport psa"]
    content.drop_draft(PASSPORT, "ewa", NOW)
    assert len(groups(inbox, names)[0].wordings) == 2


# --- examples ---


def questions(content: MemoryContent, path: str = PASSPORT) -> Any:
    return yaml.safe_load(content.draft(path).body)["questions"]


def test_an_example_changes_one_line_of_the_draft(
    content: MemoryContent, names, held_out: HeldOut, bodies: dict[str, str]
) -> None:
    assign(content, Target(PASSPORT, "cost"), [DOG], held_out, names, "anna", NOW)
    before, after = bodies[PASSPORT].splitlines(), content.draft(PASSPORT).body.splitlines()
    assert [line for line in after if line not in before] == [f"    - {DOG}"]
    assert len(after) == len(before) + 1
    assert content.live(PASSPORT).body == bodies[PASSPORT]


def test_an_act_takes_examples(content: MemoryContent, names, held_out: HeldOut) -> None:
    done = assign(content, Target("acts/human.yml"), ["dajcie szefa"], held_out, names, "a", NOW)
    assert done.added == ["dajcie szefa"]
    assert questions(content, "acts/human.yml")[-1] == "dajcie szefa"


def test_what_may_not_be_an_example(content: MemoryContent, names, held_out: HeldOut) -> None:
    first = questions_of_live(content)["how"][0]
    words = [
        "PASZPORT dla chomika", "paszport [PESEL]", "mój pesel 44051401359", "a" * 301,
        first, questions_of_live(content)["cost"][0], "dobre pytanie",
    ]  # fmt: skip
    done = assign(content, Target(PASSPORT, "cost"), words, held_out, names, "anna", NOW)
    assert done.added == ["dobre pytanie"]
    assert done.known == [words[5]]
    assert [done.refused[one] for one in words[:4]] == [
        assigning.HELD_OUT_PL, assigning.PERSONAL_PL, assigning.PERSONAL_PL, assigning.LONG_PL,
    ]  # fmt: skip
    assert done.refused[first].startswith("stoi już w: ")


def questions_of_live(content: MemoryContent) -> Mapping[str, list[str]]:
    return yaml.safe_load(content.live(PASSPORT).body)["questions"]


def test_a_part_takes_no_more_than_may_be_published(
    content: MemoryContent, names, held_out: HeldOut
) -> None:
    place = Target(PASSPORT, "cost")
    room = 30 - len(questions_of_live(content)["cost"])
    words = [f"nowe pytanie {sign}" for sign in "abcdefghijklmnopq"[: room + 2]]
    done = assign(content, place, words, held_out, names, "anna", NOW)
    assert len(done.added) == room
    assert set(done.refused.values()) == {assigning.FULL_PL}


def test_a_part_that_is_not_there_is_refused(
    content: MemoryContent, names, held_out: HeldOut
) -> None:
    with pytest.raises(RequestError) as caught:
        assign(content, Target(PASSPORT, "smell"), [DOG], held_out, names, "anna", NOW)
    assert caught.value.code == "learning-no-place"


def test_two_people_lose_nothing_and_a_flood_is_refused(
    content: MemoryContent, names, held_out: HeldOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = content.save_draft
    interferes = 1

    def raced(path: str, body: str, revision: int, who: str, now: datetime):
        nonlocal interferes
        if interferes:
            interferes -= 1
            old = content.draft(path)
            text = (old.body if old else content.live(path).body) + f"# {interferes}\n"
            save(path, text, old.revision if old else 0, "ewa", now)
        return save(path, body, revision, who, now)

    monkeypatch.setattr(content, "save_draft", raced)
    assign(content, Target(PASSPORT, "cost"), [DOG], held_out, names, "anna", NOW)
    assert content.draft(PASSPORT).body.endswith("# 0\n")
    assert DOG in questions(content)["cost"]
    interferes = 99
    with pytest.raises(RequestError) as caught:
        assign(content, Target(PASSPORT, "cost"), ["inne"], held_out, names, "anna", NOW)
    assert caught.value.code in ("content-conflict",)


def test_no_held_out_question_of_the_product_can_be_taught(content: MemoryContent, names) -> None:
    real = HeldOut(KNOWLEDGE / "held_out")
    rows = yaml.load((KNOWLEDGE / "held_out" / "passport.yml").read_text(), yaml.CSafeLoader)
    words = [row["text"].upper() for row in rows]
    assert all(real.holds(one) for one in words)
    assert not real.holds(DOG)


# --- bad talks ---


def bad(database: Database, said: SaidWords, day: date = YESTERDAY, now: datetime = NOW):
    return bad_talks_by_id(database.run(partial(bad_talks, day=day, said=said, now=now)))


def bad_talks_by_id(found) -> dict[str, list[str]]:
    return {one.id: list(one.reasons) for one in found}


def test_why_a_talk_ended_badly(database: Database, talks: Talks, said: SaidWords) -> None:
    talks.add(missed("pies"), passed_on("kot"), talk="two")
    asks = {"words": "konsultant", "said": "Łączę.", "act": "human", "handoff": "asked"}
    hello = {"words": "dzień dobry", "said": "Dzień dobry.", "act": "greet"}
    talks.add(hello, asks, talk="once", channel="phone")
    talks.add(answered("paszport"), asks, talk="later", channel="phone")
    talks.add(answered("paszport"), talk="hung", channel="phone")
    talks.add(answered("paszport"), talk="read", channel="chat")
    bye = {"words": "do widzenia", "said": "Do widzenia.", "act": "bye"}
    talks.add(answered("paszport"), bye, talk="polite", channel="phone")
    talks.add(missed("pies"), talk="left")
    talks.add(answered("szafot", handoff="no_answer"), talk="empty")
    talks.add(answered("paszport"), talk="today", after=timedelta(days=1), channel="phone")
    assert bad(database, said) == {
        "two": ["failures"],
        "once": ["at_once"],
        "hung": ["hang_up"],
        "left": ["abandoned"],
        "empty": ["no_answer"],
    }


def test_a_call_that_is_still_on_has_not_ended(
    database: Database, talks: Talks, said: SaidWords
) -> None:
    talks.add(answered("paszport"), channel="phone", after=timedelta(days=1))
    today = date(2026, 11, 24)
    assert bad(database, said, today, NOW + timedelta(minutes=5)) == {}
    assert list(bad(database, said, today, NOW + timedelta(hours=1)).values()) == [["hang_up"]]


def test_a_caller_who_was_never_heard_counts_as_not_understood(
    database: Database, talks: Talks, said: SaidWords
) -> None:
    talk = talks.add(answered("paszport"), channel="phone")
    asked = HandoffRow(
        conversation_id=talk, channel="phone", department="informacja", reason="unsure",
        state="ended", context="", created_at=NOW,
    )  # fmt: skip
    database.run(lambda session: session.add(asked))
    assert bad(database, said) == {talk: ["failures"]}


# --- replay ---


async def replayed(talks, content: MemoryContent, meanings: Mapping[str, Any]):
    trial = load_trial(content)

    async def understands(text: str) -> Mapping[str, Any]:
        return meanings[text]

    actions = actions_by_intent()
    return [await replay(one, trial.knowledge, actions, understands) for one in talks]


def test_every_intent_has_an_action_that_exists() -> None:
    actions = actions_by_intent()
    assert set(actions.values()) <= set(STEPS)
    assert actions["nlu_fallback"] == "action_unsure"


async def test_a_replay_says_what_the_draft_would_say(
    database: Database, content: MemoryContent, talks: Talks, said: SaidWords
) -> None:
    talks.add(missed("psi paszport"), passed_on("a ile to kosztuje"), channel="phone")
    failed = database.run(partial(bad_talks, day=YESTERDAY, said=said, now=NOW))
    body = content.live(PASSPORT).body
    data = yaml.safe_load(body)
    data["answers"]["cost"]["text"] = "Z tego szkicu."
    content.save_draft(PASSPORT, yaml.safe_dump(data, allow_unicode=True), 0, "anna", NOW)
    meanings = {
        "psi paszport": message("", topic="passport", aspect="documents"),
        "a ile to kosztuje": message("", aspect="cost"),
    }
    before = database.run(lambda s: s.scalar(select(func.count(TurnRow.id))))
    (one,) = await replayed(failed, content, meanings)
    assert one.verdict == "passes"
    assert [turn.topic for turn in one.turns] == ["passport", "passport"]  # it is remembered
    assert one.turns[1].said == "Z tego szkicu."
    assert one.turns[1].handoff == ""
    assert database.run(lambda s: s.scalar(select(func.count(TurnRow.id)))) == before
    assert database.run(lambda s: s.scalar(select(func.count(HandoffRow.id)))) == 0


async def test_what_is_still_not_understood_fails(
    database: Database, content: MemoryContent, talks: Talks, said: SaidWords
) -> None:
    talks.add(missed("brum"), passed_on("bzz"), missed("po wszystkim"), channel="phone")
    failed = database.run(partial(bad_talks, day=YESTERDAY, said=said, now=NOW))
    weak = message("", "nlu_fallback")
    (one,) = await replayed(failed, content, {"brum": weak, "bzz": weak})
    assert one.verdict == "fails"
    assert [turn.failed for turn in one.turns] == [True, True, False]
    assert one.turns[1].handoff == "unsure"
    assert one.turns[2].skipped == "over"  # the call would have been passed on
    assert one.turns[0].same


async def test_personal_turns_and_bookings_are_skipped(
    database: Database, content: MemoryContent, talks: Talks, said: SaidWords
) -> None:
    which = "W jakiej sprawie ma być wizyta? Na przykład dowodu, paszportu, prawa jazdy albo "
    visit = {"words": "umów wizytę", "said": f"{which}rejestracji pojazdu."}
    talks.add(visit, {"words": PERSONAL, "said": PERSONAL}, passed_on("no mówię"))
    failed = database.run(partial(bad_talks, day=YESTERDAY, said=said, now=NOW))
    (one,) = await replayed(failed, content, {})
    assert [turn.skipped for turn in one.turns] == ["visit", "personal", "visit"]
    assert one.verdict == "skipped"


async def test_a_broken_draft_is_told_and_left_out(content: MemoryContent) -> None:
    content.save_draft(PASSPORT, "id: passport\nname: [", 0, "anna", NOW)
    trial = load_trial(content)
    assert (trial.drafts, trial.broken) == ([], [PASSPORT])
    assert "passport" in trial.knowledge.topics


def test_the_two_best_guesses() -> None:
    parsed = message("", topic=[("passport", 0.3), ("id_card", 0.1)], aspect="cost")
    parsed["intent_ranking"] = [
        {"name": "ask", "confidence": 0.3},
        {"name": "human", "confidence": 0.2},
        {"name": "nlu_fallback", "confidence": 0.9},
    ]
    found = guesses(parsed)
    assert [(one.topic, one.aspect, one.act) for one in found] == [
        ("passport", "cost", ""),
        ("", "", "human"),
    ]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(500), "dialogue-bad-reply"),
        (httpx.Response(200, text="x"), "dialogue-bad-reply"),
        (httpx.Response(200, json=[]), "dialogue-bad-reply"),
    ],
)
async def test_a_broken_rasa_is_a_dialogue_error(answer: httpx.Response, code: str) -> None:
    rasa = RunningRasa("http://rasa.test", 1.0, httpx.MockTransport(lambda request: answer))
    with pytest.raises(DialogueError) as caught:
        await rasa("pies")
    assert caught.value.code == code
    await rasa.close()


# --- pages ---


class Office:
    """The pages over real routes; ``meaning``: of every text, None: Rasa is down."""

    def __init__(self, database: Database, content: MemoryContent, folder: Path) -> None:
        self.content = content
        self.meaning: Mapping[str, Any] | None = message("", "nlu_fallback", topic="passport")
        accounts = StaffAccounts(database, CHEAP)
        key = "only for these tests"
        services = StaffServices(
            Settings(_env_file=None, secret_key=SecretStr(key)),
            HandoffDesk(database, lambda text: text),
            accounts,
        )
        self.job = ReplayJob()
        pages = LearningPages(
            key, accounts, content, database, folder / "held_out", self.understands,
            lambda: [], self._no_model, 90, lambda: NOW,
        )  # fmt: skip
        app = FastAPI()
        problems.install(app)
        app.include_router(build_staff_router(services))
        app.include_router(build_learning_router(pages, self.job))
        self.client = TestClient(app, base_url="http://urzad.test", follow_redirects=True)
        self.accounts = accounts

    async def understands(self, text: str) -> Mapping[str, Any]:
        if self.meaning is None:
            raise DialogueError("dialogue-down")
        return self.meaning

    def _no_model(self, file: Path) -> Any:
        raise AssertionError("there is none")

    def sign_in(self, login: str, role: str) -> None:
        self.client.portal.call(
            self.accounts.add, StaffAccount(login, f"{login.title()} K.", "", role), PASSWORD
        )
        form = self.client.get("/staff/sign-in").text
        self.client.post(
            "/staff/sign-in",
            data={"login": login, "password": PASSWORD, "token": token_of(form)},
            follow_redirects=False,
        )

    def get(self, path: str = "") -> str:
        answer = self.client.get(f"/staff/learning{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, **fields: Any) -> httpx.Response:
        token = token_of(self.get())
        return self.client.post(f"/staff/learning/{path}", data={"token": token, **fields})


def token_of(page: str) -> str:
    return re.search(r'name="token" value="([^"]+)"', page)[1]


@pytest.fixture
def office(
    database: Database, content: MemoryContent, held_out: HeldOut, tmp_path: Path
) -> Iterator[Office]:
    office = Office(database, content, tmp_path)
    with office.client:
        yield office


@pytest.mark.parametrize(("role", "status"), [("clerk", 403), ("analyst", 403), ("editor", 200)])
def test_who_may_read(office: Office, role: str, status: int) -> None:
    office.sign_in("osoba", role)
    for path in ("", "/talks", "/replay"):
        assert office.client.get(f"/staff/learning{path}").status_code == status


def test_nobody_reads_unsigned(office: Office) -> None:
    for path in ("", "/talks", "/replay"):
        answer = office.client.get(f"/staff/learning{path}", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/staff/sign-in")
    for path in ("assign", "dismiss", "restore", "replay"):
        assert office.client.post(f"/staff/learning/{path}", data={}).status_code == 403


def test_a_form_of_another_page_is_refused(office: Office) -> None:
    office.sign_in("maria", "editor")
    for path in ("assign", "dismiss", "restore", "replay"):
        answer = office.client.post(f"/staff/learning/{path}", data={"token": "obcy"})
        assert answer.status_code == 403


def test_assigning_by_the_page(office: Office, talks: Talks) -> None:
    talks.add(missed(DOG), missed("paszport dla chomika"), missed("<b>pies</b>"))
    office.sign_in("maria", "editor")
    page = office.get()
    assert "&lt;b&gt;pies" in page
    assert '<option value="topics/passport.yml" selected>' in page
    chosen = [key_of(DOG), key_of("paszport dla chomika")]
    done = office.post("assign", target=PASSPORT, aspect="cost", wording=chosen).text
    assert "zaczną działać po nauce i publikacji" in done
    assert "pytań sprawdzających" in done
    assert DOG in questions(office.content)["cost"]
    assert "Paszport dla chomika?" not in done  # the held-out question itself is not shown
    assert "pytań sprawdzających" not in office.get()  # told once
    again = office.post("assign", target=PASSPORT, aspect="cost", wording=[key_of(DOG)]).text
    assert "Ktoś zdecydował o tym w tym czasie" in again


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"target": PASSPORT, "aspect": "cost"}, "co najmniej jedno"),
        ({"wording": ["x"]}, "wybrać sprawę"),
        ({"wording": ["x"], "target": "office.yml", "aspect": "cost"}, "wybrać sprawę"),
        ({"wording": ["x"], "target": PASSPORT}, "o co pytają"),
        ({"wording": [key_of(DOG)], "target": PASSPORT, "aspect": "smell"}, "nie ma jeszcze"),
        ({"wording": [key_of(DOG)], "target": "topics/../x.yml", "aspect": "cost"}, "Odmowa"),
    ],
)
def test_what_the_form_refuses(office: Office, talks: Talks, fields: dict, told: str) -> None:
    talks.add(missed(DOG))
    office.sign_in("maria", "editor")
    assert told in office.post("assign", **fields).text
    assert office.content.drafts() == []


def test_dismissing_and_taking_back_by_the_page(office: Office, talks: Talks) -> None:
    talks.add(missed(DOG))
    office.sign_in("maria", "editor")
    assert "Odrzucono" in office.post("dismiss", leader=key_of(DOG)).text
    assert "Nic tu nie czeka" in office.get()
    assert "wróciło na listę" in office.post("restore", key=key_of(DOG)).text
    assert "Ktoś zdecydował" in office.post("dismiss", leader="x").text


def test_without_rasa_the_inbox_is_shown_all_the_same(office: Office, talks: Talks) -> None:
    talks.add(missed(DOG))
    office.meaning = None
    office.sign_in("maria", "editor")
    page = office.get()
    assert DOG in page
    assert "Podpowiedzi są teraz niedostępne" in page


def test_bad_talks_by_the_page(office: Office, talks: Talks) -> None:
    talks.add(missed("pies"), passed_on("kot"))
    office.sign_in("maria", "editor")
    page = office.get("/talks?day=2026-11-23")
    assert "rozmów: 1" in page
    assert "koniec wypowiedzi 0,5 s" in page
    for query in (
        "day=2026-11-22",
        "day=2026-11-23&channel=phone",
        "day=2026-11-23&reason=hang_up",
    ):
        assert "rozmów: 0" in office.get(f"/talks?{query}")
    assert "rozmów: 0" in office.get("/talks?day=nie&page=abc&channel=%22x")


def test_a_replay_by_the_page(office: Office, talks: Talks) -> None:
    talks.add(missed("pies"), passed_on("kot"))
    office.sign_in("maria", "editor")
    office.meaning = message("", topic="passport", aspect="cost")
    office.post("replay", day="2026-11-23")
    wait_for(office)
    page = office.get("/replay")
    assert "Powtórzono 1 z&nbsp;1 rozmów" in page
    assert office.job.state.count("passes") == 1
    office.meaning = None
    office.post("replay", day="2026-11-23")
    wait_for(office)
    assert "Model rozumienia nie odpowiada" in office.get("/replay")
    assert office.post("replay", day="2026-11-23", model="x").status_code == 422


def wait_for(office: Office) -> None:
    for _ in range(500):
        if not office.job.state.running:
            return
        office.client.portal.call(_a_moment)
    raise AssertionError("the replay does not end")


async def _a_moment() -> None:
    import asyncio

    await asyncio.sleep(0.01)


async def test_one_replay_at_a_time_within_its_budget(
    database: Database, content: MemoryContent, talks: Talks, said: SaidWords
) -> None:
    import asyncio
    from contextlib import asynccontextmanager

    from staff_console.learning.replay_job import ReplayState

    for _ in range(3):
        talks.add(missed("brum"), passed_on("bzz"))
    failed = database.run(partial(bad_talks, day=YESTERDAY, said=said, now=NOW))
    trial = load_trial(content)
    goes_on = asyncio.Event()

    async def understands(text: str) -> Mapping[str, Any]:
        await goes_on.wait()
        return message("", "nlu_fallback")

    @asynccontextmanager
    async def opens():
        yield understands

    async def run(job: ReplayJob) -> ReplayState:
        state = ReplayState(YESTERDAY, "m", "anna", NOW)
        job.start(state, lambda: failed, lambda: trial, opens)
        with pytest.raises(RequestError) as caught:
            job.start(state, lambda: failed, lambda: trial, opens)
        assert caught.value.code == "learning-busy"
        goes_on.set()
        while job.state.running:
            await asyncio.sleep(0.01)
        return job.state

    fewer = await run(ReplayJob(most_talks=2))
    assert (len(fewer.done), fewer.total, fewer.left_out, fewer.late) == (2, 2, 1, False)
    late = await run(ReplayJob(budget_s=0.0))
    assert (len(late.done), late.total, late.late) == (0, 3, True)
    stopped = ReplayJob()
    goes_on.clear()
    stopped.start(ReplayState(YESTERDAY, "m", "anna", NOW), lambda: failed, lambda: trial, opens)
    await asyncio.sleep(0.05)
    await stopped.stop()
    assert not stopped.state.running


@pytest.mark.parametrize(
    ("wanted", "number"), [("", 1), ("2", 2), ("99", 3), ("0", 1), ("-1", 1), ("9" * 50, 1)]
)
def test_pages_of_a_list(wanted: str, number: int) -> None:
    assert Page.of(wanted, 21, 10).number == number
    assert Page.of(wanted, 0, 10) == Page(1, 1, slice(0, 10))


def test_the_beginning_of_a_text() -> None:
    assert beginning("krótko") == "krótko"
    assert beginning("słowo " * 50).endswith("słowo …")
    assert fold(DOG) == DOG
