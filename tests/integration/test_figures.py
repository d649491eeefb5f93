"""Figures of hand-made talks, on SQLite and on PostgreSQL: each definition has its known number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from staff_console.content.models import VersionRow
from staff_console.dialogue_models.models import PublicationRow
from staff_console.figures.models import PublicFiguresRow
from staff_console.figures.open_data import OpenData
from staff_console.figures.read import read_figures
from staff_console.figures.values import Period, Share, Spread, VisitFigures
from tests.integration.visits_child import KNOWLEDGE, PLAN
from tests.integration.visits_child import NOW as VISITS_NOW
from visits.book import EmbeddedBook
from visits.models import VisitRow
from visits.seed import seed
from visits.values import FreeTime, Visitor
from voice_gateway.records.call_models import CallRow, ContactSecretRow
from voice_gateway.records.contacts import CallNotes, add_call, end_call, settle
from voice_gateway.records.database import Database
from voice_gateway.records.models import HandoffRow, TurnRow
from voice_gateway.records.privacy import PERSONAL
from voice_gateway.values import CallStart

BEGIN = datetime(2026, 10, 5, 8, tzinfo=UTC)  # a Monday, 10:00 in Poland
LATER = BEGIN + timedelta(days=30)
WEEK = Period(date(2026, 10, 5), date(2026, 10, 11))
DIALOGUE = "sentences:\n  not_understood: Nie wiem, o jaką sprawę chodzi.\n"
ANSWER = "Dowód jest bezpłatny."
PEPPER = b"pepper"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def turn(talk: str, at: datetime = BEGIN, **more: Any) -> TurnRow:
    values = {
        "channel": "chat",
        "turn": 1,
        "kind": "typed",
        "caller_text": "pytanie",
        "bot_text": ANSWER,
        "confidence": 0.9,
        "model": "m",
        "interrupted": False,
        "topic": "id_card",
        "dialogue_s": 0.5,
    }
    return TurnRow(conversation_id=talk, created_at=at, **{**values, **more})


def handoff(talk: str, reason: str, at: datetime = BEGIN, **more: Any) -> HandoffRow:
    values = {"channel": "chat", "department": "informacja", "state": "ended", "context": ""}
    return HandoffRow(
        conversation_id=talk, reason=reason, created_at=at, **{**values, "topic": None, **more}
    )


def version(path: str, number: int, at: datetime, body: str = "") -> VersionRow:
    return VersionRow(
        path=path,
        number=number,
        body=body,
        body_hash="",
        author="anna",
        reason="",
        created_at=at,
        state="past" if number == 1 else "live",
        based_on=0,
        approver="",
        decided_at=at,
        origin="",
    )


def keep(database: Database, *rows: object) -> None:
    def write(session: Session) -> None:
        session.add(version("dialogue.yml", 1, BEGIN - 100 * DAY, DIALOGUE))
        session.add_all(rows)

    database.run(write)


def outcomes(database: Database, now: datetime = LATER, channel: str = "chat") -> dict[str, int]:
    return dict(read_figures(database, WEEK, now).outcomes.get(channel, {}))


@pytest.mark.parametrize(
    ("turns", "outcome"),
    [
        ([{}], "unknown"),
        ([{"bot_text": "Nie wiem, o jaką sprawę chodzi. Proszę inaczej."}], "not_understood"),
        ([{"bot_text": "Nie wiem, o jaką sprawę chodzi."}, {}], "unknown"),  # then it understood
        ([{"handoff_reason": "unsure"}], "not_understood"),
        ([{"handoff_reason": "asked"}], "passed_on"),
        ([{"handoff_reason": "trouble", "error_code": "dialogue-down"}], "passed_on"),
        ([{"bot_text": "Chodzi o dowód, czy o paszport?"}], "given_up"),
        ([{"bot_text": "Zrobione. W czym jeszcze mogę pomóc?"}], "unknown"),
        ([{"act": "cancel", "bot_text": "Dobrze."}], "given_up"),
        ([{"act": "greet", "topic": None, "bot_text": "Dzień dobry. W czym pomóc?"}], "given_up"),
        ([{"bot_text": PERSONAL}], "given_up"),
        ([{"act": "appointment_cancel"}, {"bot_text": PERSONAL}], "unknown"),
    ],
)
def test_a_chat_has_one_outcome(
    database: Database, turns: Sequence[dict[str, Any]], outcome: str
) -> None:
    keep(database, *(turn("t", BEGIN + n * MINUTE, turn=n + 1, **o) for n, o in enumerate(turns)))
    assert outcomes(database) == {outcome: 1}


def test_a_chat_that_goes_on_hours_later_came_back(database: Database) -> None:
    keep(database, turn("t"), turn("t", BEGIN + HOUR, turn=2), turn("u"), turn("u", BEGIN + MINUTE))
    assert outcomes(database) == {"returned": 1, "unknown": 1}


def call(database: Database, talk: str, caller: str, at: datetime, *, says: bool = True) -> None:
    """A phone call of two minutes, with an answer in it unless the caller hangs up before."""
    start = CallStart(talk, "phone", caller=caller)
    database.run(lambda session: add_call(session, start, PEPPER, at))
    if says:
        stages = {"endpoint_s": 0.5, "hearing_s": 0.1, "dialogue_s": 0.2, "speech_s": 0.2}
        row = turn(talk, at + MINUTE, channel="phone", kind="speech", **stages)
        database.run(lambda session: session.add(row))
    database.run(lambda session: end_call(session, talk, at + 2 * MINUTE))


def test_resolved_is_a_call_after_which_the_person_did_not_call_again(database: Database) -> None:
    keep(database)
    call(database, "once", "600100200", BEGIN)
    call(database, "again-1", "+48600100300", BEGIN)
    call(database, "again-2", "600100300", BEGIN + 6 * DAY)
    call(database, "late-1", "600100400", BEGIN)
    call(database, "withheld", "anonymous", BEGIN)
    call(database, "silent", "600100500", BEGIN, says=False)
    call(database, "late-2", "0048600100400", BEGIN + 7 * DAY)
    found = outcomes(database, BEGIN + 6 * DAY + HOUR, "phone")
    assert found == {"open": 3, "returned": 1, "unknown": 1, "given_up": 1}
    for now in (LATER, BEGIN + 20 * DAY):
        expected = {"resolved": 3, "returned": 1, "unknown": 1, "given_up": 1}
        assert outcomes(database, now, "phone") == expected
        database.run(lambda session, now=now: settle(session, now, keep_days=90))


def test_no_number_is_kept_and_the_keys_do_not_outlive_the_week(database: Database) -> None:
    keep(database)
    call(database, "a", "600100200", BEGIN)
    call(database, "b", "600100200", BEGIN + 9 * DAY)  # another secret by then

    def keys() -> list[str | None]:
        query = select(CallRow.contact_key).order_by(CallRow.id)
        return list(database.run(lambda session: session.scalars(query).all()))

    first, second = keys()
    assert first and second and first != second
    everything = database.run(
        lambda session: (
            str(session.execute(text("SELECT * FROM calls")).all())
            + str(session.execute(text("SELECT * FROM contact_secrets")).all())
        )
    )
    assert "600100200" not in everything
    database.run(lambda session: settle(session, BEGIN + 10 * DAY, keep_days=90))
    assert keys() == [None, second]
    database.run(lambda session: settle(session, BEGIN + 40 * DAY, keep_days=90))
    assert keys() == [None, None]
    assert database.run(lambda session: session.scalars(select(ContactSecretRow)).all()) == []
    database.run(lambda session: settle(session, BEGIN + 95 * DAY, keep_days=90))
    assert len(keys()) == 1


def test_a_return_is_seen_across_a_change_of_the_secret(database: Database) -> None:
    """Whenever a person calls, and six days later again: it is always seen."""
    for shift in range(9):
        at = BEGIN + shift * DAY
        call(database, f"a{shift}", f"60010020{shift}", at, says=False)
        call(database, f"b{shift}", f"60010020{shift}", at + 6 * DAY, says=False)
    query = select(CallRow.conversation_id).where(CallRow.came_back.is_(True))
    found = database.run(lambda session: session.scalars(query).all())
    assert sorted(found) == [f"a{shift}" for shift in range(9)]


async def test_notes_of_calls_are_written_and_never_raise(database: Database) -> None:
    notes = CallNotes(database, "pepper", lambda: BEGIN)
    notes.began(CallStart("a", "phone", caller="600100200"))
    await notes.ended("a")
    row = database.run(lambda session: session.scalars(select(CallRow)).one())
    assert (row.channel, row.began_at, row.ended_at) == ("phone", BEGIN, BEGIN)
    database.run(lambda session: session.execute(text("DROP TABLE calls")))
    notes.began(CallStart("b", "phone"))
    await notes.ended("b")


def test_channels_hours_topics_and_times(database: Database) -> None:
    keep(
        database,
        turn("a", topic=None, dialogue_s=0.2),
        turn("a", BEGIN + MINUTE, turn=2, topic="passport", dialogue_s=9.0),
        turn("b", BEGIN + HOUR, dialogue_s=0.4),
        turn("c", BEGIN + HOUR, dialogue_s=0.9),
        turn("before", BEGIN - 11 * HOUR),  # Sunday evening, and it goes on on Monday
        turn("before", BEGIN, turn=2),
        turn("after", BEGIN + 7 * DAY),
        handoff("a", "asked", BEGIN, taken_at=BEGIN + MINUTE),
        handoff("b", "asked", BEGIN + HOUR),
        handoff("phone", "asked", BEGIN, channel="phone"),
    )
    call(database, "p", "", BEGIN)
    figures = read_figures(database, WEEK, LATER)
    assert figures.talks == 5  # a, b, c, p and the call that was passed on
    assert figures.hours == {10: 3, 11: 2}
    topics = {topic: sum(counts.values()) for topic, counts in figures.topics.items()}
    assert topics == {"passport": 1, "id_card": 3, "": 1}
    assert figures.first_answer["chat"].count == 3
    assert figures.first_answer["chat"].median_s == pytest.approx(0.4)
    assert figures.first_answer["phone"].median_s == pytest.approx(1.0)
    assert figures.call_length == {"phone": Spread(1, 120.0, 120.0)}
    assert figures.waited == Spread(1, 60.0, 60.0)
    assert figures.never_taken == 1


def test_visits_count_what_was_booked_and_who_came(database: Database, tmp_path: Any) -> None:
    plan = tmp_path / "visits.yml"
    plan.write_text(PLAN, encoding="utf-8")
    seed(database, plan, KNOWLEDGE)
    book = EmbeddedBook(database)

    def visit(minutes: int, talk: str) -> Any:
        starts = VISITS_NOW.replace(hour=8, minute=0) + timedelta(minutes=minutes)
        free = FreeTime("id_card", "front", starts, starts + 20 * MINUTE)
        book.hold(free, talk, VISITS_NOW)
        return book.confirm(talk, Visitor("Kowalski", ""), VISITS_NOW)

    made = [visit(20 * n, f"t{n}") for n in range(5)]
    starts = VISITS_NOW.replace(hour=10, minute=20)
    book.hold(FreeTime("id_card", "front", starts, starts + 20 * MINUTE), "held", VISITS_NOW)
    book.cancel(made[4].number, "Kowalski", VISITS_NOW)
    evening = VISITS_NOW.replace(hour=9, minute=0)
    assert book.mark(made[0].id, "front", True, evening)
    assert book.mark(made[1].id, "front", False, evening)
    assert book.mark(made[2].id, "front", True, evening)
    assert book.mark(made[2].id, "front", None, evening)
    assert not book.mark(made[3].id, "back", True, evening)  # another desk's
    assert not book.mark(made[3].id, "front", True, VISITS_NOW - HOUR)  # it has not begun
    assert not book.mark(made[4].id, "front", True, evening)  # it was cancelled
    today = VISITS_NOW.date()
    figures = read_figures(database, Period(today, today), evening)
    assert figures.visits == VisitFigures(booked=5, cancelled=1, came=1, missed=1, unmarked=2)
    assert list(figures.services.values()) == [figures.visits]
    assert [v.came for v in book.day("front", today)] == [True, False, None, None]


def test_a_talk_that_booked_is_no_given_up_one(database: Database, tmp_path: Any) -> None:
    plan = tmp_path / "visits.yml"
    plan.write_text(PLAN, encoding="utf-8")
    seed(database, plan, KNOWLEDGE)
    keep(database, turn("t", bot_text=PERSONAL))
    row = VisitRow(
        number="00000000", state="booked", service="id_card", desk="front", desk_place=0,
        starts_at=BEGIN, ends_at=BEGIN, surname="", phone="", email="", talk="t", revision=0,
        created_at=BEGIN, changed_at=BEGIN, booked_at=BEGIN,
    )  # fmt: skip
    database.run(lambda session: session.add(row))
    assert outcomes(database) == {"unknown": 1}


def test_a_publication_is_compared_with_the_week_before(database: Database) -> None:
    at = BEGIN + 3 * DAY
    rows: list[Any] = [turn(f"b{n}", at - DAY, handoff_reason="unsure") for n in range(3)]
    rows += [turn("b3", at - 2 * DAY, handoff_reason="asked"), turn("old", at - 8 * DAY)]
    rows += [turn("a0", at + 2 * DAY), turn("a1", at, handoff_reason="asked")]
    rows += [turn("other", at + DAY, topic="passport", handoff_reason="unsure")]
    rows += [version("topics/id_card.yml", 1, at - HOUR), version("topics/id_card.yml", 2, at)]
    rows += [
        PublicationRow(
            model="new", before="old", kind="publish", at=at, who="ola", approver="", reason=""
        )
    ]
    keep(database, *rows)
    content, model = read_figures(database, WEEK, at + 7 * DAY).publications
    assert (content.what, content.topic, content.whole) == ("topics/id_card.yml", "id_card", True)
    assert content.before == Share(talks=4, not_understood=3, passed_on=1)
    assert content.after == Share(talks=2, not_understood=0, passed_on=1)
    assert (model.kind, model.what, model.topic) == ("model", "new", "")
    assert model.after == Share(talks=3, not_understood=1, passed_on=1)
    assert not read_figures(database, WEEK, at + 6 * DAY).publications[0].whole


def test_open_data_of_a_month_is_made_once_when_the_month_is_settled(database: Database) -> None:
    october = datetime(2026, 10, 15, 8, tzinfo=UTC)
    keep(database, *(turn(f"t{n}", october) for n in range(25)))
    keep_clock = [datetime(2026, 11, 8, 22, tzinfo=UTC)]
    data = OpenData(database, lambda: {"id_card": "dowód"}, 60, lambda: keep_clock[0])
    assert data.rows() == []  # eight days after October are not over
    keep_clock[0] += 2 * HOUR
    values = {(row.figure, row.part): row.value for row in data.rows()}
    assert {row.month for row in data.rows()} == {"2026-10"}
    assert values["talks", ""] == 25 and values["talks_by_hour", "10"] is None
    database.run(lambda session: session.add(turn("late", october)))
    keep_clock[0] += DAY
    assert {(row.figure, row.part): row.value for row in data.rows()} == values
    kept = database.run(lambda session: session.scalars(select(PublicFiguresRow.rows)).all())
    assert len(kept) == 1 and json.loads(kept[0])[0]["figure"] == "talks"
