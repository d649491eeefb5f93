"""Learning from talks on real records (SQLite, PostgreSQL), and replays by the real model."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select

from actions.office.calendar import to_local
from polish.masking import mask
from staff_console.content.store import ContentStore
from staff_console.editor.names import names_from
from staff_console.learning.assign import HeldOut, Target, assign
from staff_console.learning.bad_talks import bad_talks
from staff_console.learning.decisions import Decision, key_of
from staff_console.learning.inbox import Inbox
from staff_console.learning.replay import ReplayedTalk, replay
from staff_console.learning.said import SaidWords
from staff_console.learning.trial import actions_by_intent, load_trial
from staff_console.learning.understanding import (
    RunningRasa,
    Understands,
    guesses,
    model_process,
)
from tests.integration.test_content_store import unchecked
from tests.running_product import RunningProduct
from tests.unit.knowledge_parts import REAL, copy_of_knowledge
from tests.unit.learning_parts import NOT_UNDERSTOOD, Talks, answered, missed, passed_on
from voice_gateway.errors import DialogueError, RequestError
from voice_gateway.records.database import Database
from voice_gateway.records.keeper import DatabaseRecords
from voice_gateway.records.models import HandoffRow, TurnRow
from voice_gateway.records.privacy import PERSONAL
from voice_gateway.settings import ROOT
from voice_gateway.values import TurnRecord, Understood

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
PASSPORT = "topics/passport.yml"
DOG = "czy pies musi mieć paszport"


@pytest.fixture
def store(database: Database, tmp_path: Path) -> ContentStore:
    store = ContentStore(database, copy_of_knowledge(tmp_path), unchecked)
    store.adopt(NOW)
    return store


@pytest.fixture
def inbox(database: Database, store: ContentStore) -> Inbox:
    return Inbox(database, store, kept_days=90)


def groups(inbox: Inbox, store: ContentStore):
    names = names_from(store.live("dialogue.yml").body, store.live("office.yml").body)
    return inbox.groups("not_understood", 30, NOW, names)


def test_from_a_turn_to_an_example_in_the_draft(
    database: Database, store: ContentStore, inbox: Inbox, tmp_path: Path
) -> None:
    talks = Talks(database, NOW - timedelta(days=1))
    talks.add(missed(DOG), missed("czy pies musi miec paszport"), missed("50% zniżki_na kino"))
    found = groups(inbox, store)
    assert [(one.leader.words, one.turns) for one in found] == [(DOG, 2), ("50% zniżki_na kino", 1)]
    assert len(found[0].wordings) == 1  # the same words, once without Polish letters
    names = names_from(store.live("dialogue.yml").body, store.live("office.yml").body)
    target, held_out = Target(PASSPORT, "eligibility"), HeldOut(tmp_path / "none")
    done = assign(store, target, [DOG], held_out, names, "anna", NOW)
    assert done.added == [DOG]
    inbox.decide([Decision(key_of(DOG), DOG, "assigned", PASSPORT, "eligibility", 2, "anna", NOW)])
    assert [one.leader.words for one in groups(inbox, store)] == ["50% zniżki_na kino"]
    draft = store.draft(PASSPORT)
    assert DOG in yaml.safe_load(draft.body)["questions"]["eligibility"]
    assert store.publish(PASSPORT, "z rozmów", "anna", NOW).state == "live"
    assert [one.leader.words for one in groups(inbox, store)] == ["50% zniżki_na kino"]


def test_a_decision_is_replaced_and_taken_back(
    database: Database, store: ContentStore, inbox: Inbox
) -> None:
    Talks(database, NOW - timedelta(days=1)).add(missed(DOG))
    for who in ("anna", "ewa"):
        inbox.decide([Decision(key_of(DOG), DOG, "dismissed", "", "", 1, who, NOW)])
    assert [one.who for one in inbox.latest(5)] == ["ewa"]
    assert groups(inbox, store) == []
    inbox.take_back(key_of(DOG))
    assert len(groups(inbox, store)) == 1


def test_people_who_assign_and_edit_at_once_lose_nothing(
    store: ContentStore, tmp_path: Path
) -> None:
    names = names_from(store.live("dialogue.yml").body, store.live("office.yml").body)
    held_out = HeldOut(tmp_path / "none")
    words = [f"ile kosztuje paszport dla {pet}" for pet in ("psa", "kota", "konia", "szczura")]

    def one(question: str) -> None:
        while True:
            try:
                target = Target(PASSPORT, "cost")
                assign(store, target, [question], held_out, names, question[-3:], NOW)
            except RequestError as error:
                assert error.code == "content-conflict"
            else:
                return

    async def all_at_once() -> None:
        await asyncio.gather(*(asyncio.to_thread(one, question) for question in words))

    asyncio.run(all_at_once())
    kept = yaml.safe_load(store.draft(PASSPORT).body)["questions"]["cost"]
    assert sorted(kept[-4:]) == sorted(words)


async def test_what_the_keeper_masked_is_what_is_shown(
    database: Database, store: ContentStore, inbox: Inbox
) -> None:
    records = DatabaseRecords(database, mask)
    records.start()
    for number, (words, personal) in enumerate(
        [("mój pesel 44051401359 i co dalej", False), ("Jan Kowalski", True)], 1
    ):
        await records.turn(
            TurnRecord(
                "t", "chat", number, "typed", words, NOT_UNDERSTOOD, Understood(), personal=personal
            )
        )
    await records.close()
    kept = await database.call(lambda s: list(s.scalars(select(TurnRow.caller_text))))
    assert PERSONAL in kept
    names = names_from(store.live("dialogue.yml").body, store.live("office.yml").body)
    shown = inbox.groups("not_understood", 30, datetime.now(UTC), names)
    assert [one.leader.words for one in shown] == ["mój pesel [PESEL] i co dalej"]


def test_bad_talks_of_a_day_in_poland(database: Database, store: ContentStore) -> None:
    late = datetime(2026, 11, 24, 22, 59, 30, tzinfo=UTC)  # 23:59:30 in Poland
    Talks(database, late).add(missed("pies"), *[answered("x")] * 3, passed_on("kot"), talk="night")
    said = SaidWords.of([store.live("dialogue.yml").body])
    read = partial(bad_talks, said=said, now=NOW)
    day = to_local(late).date()
    (one,) = database.run(partial(read, day=day))
    assert (one.id, len(one.turns), one.reasons) == ("night", 5, ["failures"])
    assert database.run(partial(read, day=day + timedelta(days=1))) == []


# --- the real model ---


@pytest.fixture
def whole(tmp_path: Path, empty_database: Path) -> Iterator[tuple[Database, ContentStore]]:
    """All topics and empty records."""
    shutil.copy(empty_database, tmp_path / "halo.db")
    knowledge = tmp_path / "all"
    shutil.copytree(REAL, knowledge, ignore=shutil.ignore_patterns("held_out", "tuning"))
    database = Database(f"sqlite:///{tmp_path / 'halo.db'}")
    store = ContentStore(database, knowledge, unchecked)
    store.adopt(NOW)
    yield database, store
    database.close()


async def replayed(
    database: Database, store: ContentStore, understands: Understands
) -> list[ReplayedTalk]:
    said = SaidWords.of([store.live("dialogue.yml").body])
    day = to_local(NOW).date() - timedelta(days=1)
    failed = database.run(partial(bad_talks, day=day, said=said, now=NOW))
    trial = load_trial(store)
    actions = actions_by_intent()
    return [await replay(one, trial.knowledge, actions, understands) for one in failed]


def failed_talks(database: Database) -> None:
    """Failed "yesterday"; the first would go well today, the second would not."""
    talks = Talks(database, NOW - timedelta(days=1))
    talks.add(
        missed("ile kosztuje paszport"),
        passed_on("a jakie dokumenty?"),
        channel="phone",
        talk="well",
    )
    talks.add(missed("brum brum kwadratura parowozu"), passed_on("qwerty uiop asdf"), talk="badly")


def counts(database: Database) -> list[int | None]:
    return [
        database.run(lambda session: session.scalar(select(func.count(row.id))))  # noqa: B023
        for row in (TurnRow, HandoffRow)
    ]


def changed_cost(store: ContentStore) -> None:
    body = store.live(PASSPORT).body
    data = yaml.safe_load(body)
    data["answers"]["cost"]["text"] = "Tak mówi szkic."
    store.save_draft(PASSPORT, yaml.safe_dump(data, allow_unicode=True), 0, "anna", NOW)


async def check_replay(database: Database, store: ContentStore, understands: Understands) -> None:
    failed_talks(database)
    changed_cost(store)
    before = counts(database)
    done = {one.talk.id: one for one in await replayed(database, store, understands)}
    assert {name: one.verdict for name, one in done.items()} == {"well": "passes", "badly": "fails"}
    cost, documents = done["well"].turns
    assert (cost.topic, cost.aspect, cost.said) == ("passport", "cost", "Tak mówi szkic.")
    assert (documents.topic, documents.aspect) == ("passport", "documents")  # it was remembered
    assert done["badly"].turns[1].handoff == "unsure"
    assert counts(database) == before


@pytest.mark.rasa
async def test_a_replay_by_the_running_rasa(
    whole: tuple[Database, ContentStore], product: RunningProduct
) -> None:
    rasa = RunningRasa(f"http://127.0.0.1:{product.rasa_port}", 10.0)
    try:
        await check_replay(*whole, rasa)
        found = guesses(await rasa("paszport dla psa"))
        assert "passport" in {one.topic for one in found}
    finally:
        await rasa.close()


@pytest.mark.rasa
async def test_a_replay_by_a_model_file(
    whole: tuple[Database, ContentStore], product: RunningProduct
) -> None:
    model = max((ROOT / "models" / "rasa").glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)
    async with model_process(model) as understands:
        await check_replay(*whole, understands)


@pytest.mark.rasa
async def test_a_file_that_is_no_model_is_told(product: RunningProduct, tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_bytes(b"no model")
    with pytest.raises(DialogueError) as caught:
        async with model_process(tmp_path / "x.tar.gz"):
            pass
    assert caught.value.code == "dialogue-no-model"


async def test_a_missing_program_is_told(tmp_path: Path) -> None:
    with pytest.raises(DialogueError) as caught:
        async with model_process(tmp_path / "x.tar.gz", tmp_path / "python"):
            pass
    assert caught.value.code == "dialogue-no-model"
