"""Incident messages: when they are told, to whom, and that a change is live at once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from actions.check import check
from actions.office.calendar import WARSAW
from actions.office.incidents import FILE, Incident, load_incidents, told_now
from tests.chat_parts import SENTENCES, ChatParts, build_parts, sqlite_url
from tests.unit.knowledge_parts import copy_of_knowledge
from voice_gateway.chat_values import ChatReply
from voice_gateway.errors import SetupError
from voice_gateway.live_sentences import LiveSentences
from voice_gateway.notices import Notice
from voice_gateway.values import BotReply, Understood, Utterance

NOON = datetime(2026, 11, 24, 12, tzinfo=WARSAW)
HOUR = timedelta(hours=1)
WATER = {
    "id": "woda",
    "text": "Awaria wody na Witominie.",
    "spoken": "Na Witominie nie ma wody.",
    "from": "2026-11-24T11:00",
    "to": "2026-11-24T13:00+01:00",
    "owner": "informacja",
    "source": "wodociągi",
    "topics": ["waste_collection"],
}


def incident(**more: object) -> Incident:
    return Incident.model_validate({**WATER, **more})


def written(folder: Path, *lines: str) -> None:
    """A file as somebody saves it; a moment later than the one before, for quick tests."""
    path = folder / FILE
    path.write_text("\n".join(("incidents:", *lines)) + "\n", encoding="utf-8")
    stamp = path.stat().st_mtime_ns + 10_000_000
    os.utime(path, ns=(stamp, stamp))


def row(id_: str, spoken: str, ends: str = "2026-11-24T13:00") -> str:
    return (
        f"  - {{id: {id_}, text: {spoken}, spoken: {spoken}, from: 2026-11-24T11:00, "
        f"to: {ends}, owner: informacja, source: test, topics: [passport]}}"
    )


# --- the file ---


def test_a_message_is_told_from_its_beginning_and_before_its_end() -> None:
    one = incident()
    assert one.begins == NOON - HOUR
    assert [one.phase(NOON + shift) for shift in (-2 * HOUR, -HOUR, HOUR / 2, HOUR)] == [
        "planned", "now", "now", "past",
    ]  # fmt: skip


def test_in_summer_the_wall_clock_is_meant() -> None:
    one = incident(**{"from": "2026-07-01T12:00", "to": "2026-07-01T13:00"})
    assert one.begins.utcoffset() == 2 * HOUR


def test_the_latest_comes_first() -> None:
    later = incident(id="prad", **{"from": "2026-11-24T11:30"})
    over = incident(id="dawny", to="2026-11-24T11:30")
    assert [one.id for one in told_now([incident(), over, later], NOON)] == ["prad", "woda"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"to": "2026-11-24T10:00"}, "„to” jest wcześniejsze"),
        ({"spoken": "Dzwoń: {phone}."}, "nazw w nawiasach"),
        ({"id": "Woda!"}, "id"),
        ({"source": ""}, "source"),
        ({"to": "jutro"}, "to"),
        ({"pilne": "tak"}, "pilne: nie znam takiego pola"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: dict[str, str], fault: str) -> None:
    data = {**WATER, **change}
    lines = [f"    {name}: {value!r}" for name, value in data.items() if name != "id"]
    written(tmp_path, f"  - id: {data['id']!r}", *lines)
    with pytest.raises(SetupError, match=fault):
        load_incidents(tmp_path)


def test_two_of_one_id_are_refused(tmp_path: Path) -> None:
    written(tmp_path, row("a", "Raz."), row("a", "Dwa."))
    with pytest.raises(SetupError, match="to samo id"):
        load_incidents(tmp_path)


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert load_incidents(tmp_path) == ()


def test_the_check_knows_owners_topics_and_what_cannot_be_read_aloud(tmp_path: Path) -> None:
    folder = copy_of_knowledge(tmp_path)
    before = check(folder, NOON.date())
    bad = row("a", "Zobacz www.miasto.example").replace("informacja", "nikt")
    written(folder, bad.replace("[passport]", "[zamek]"))
    new = [fault for fault in check(folder, NOON.date()) if fault not in before]
    assert new == [
        "incidents.yml: a: owner: nie ma wydziału „nikt” w office.yml",
        "incidents.yml: a: nie znam sprawy „zamek” (taxonomy.yml)",
        "incidents.yml: a: spoken ma „www.”, czego nie da się przeczytać na głos",
    ]


# --- live ---


class Voice:
    """Remembers in which order it was asked; ``seen``: what was live while it rendered."""

    def __init__(self) -> None:
        self.rendered: list[str] = []
        self.pinned: set[str] = set()
        self.while_rendering: Callable[[], object] = lambda: None
        self.seen: list[object] = []

    async def warm(self, texts: Sequence[str], *, pin: bool = False) -> int:
        self.rendered += texts
        self.seen.append(self.while_rendering())
        if pin:
            self.pinned |= set(texts)
        return 0

    def unpin(self, texts: Sequence[str]) -> None:
        self.pinned -= set(texts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of_knowledge(tmp_path)


async def test_a_change_is_rendered_and_then_told(folder: Path) -> None:
    live, voice = LiveSentences(folder, lambda: NOON), Voice()
    assert live.notices() == []
    assert not await live.refresh(voice)
    voice.while_rendering = live.notices
    written(folder, row("a", "Nie ma wody."), row("b", "Było.", "2026-11-24T11:30"))
    assert await live.refresh(voice)
    assert voice.rendered[0] == "Nie ma wody."  # before the fixed sentences
    assert "Było." not in voice.rendered
    assert voice.seen[0] == []
    assert live.notices() == [Notice("a", "Nie ma wody.", "Nie ma wody.", ("passport",))]
    (folder / FILE).write_text("incidents: []\n")
    assert await live.refresh(voice)
    assert live.notices() == []


async def test_a_slow_voice_does_not_hold_a_message_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_gateway.live_sentences.RENDER_S", 0.0)
    live, voice = LiveSentences(folder, lambda: NOON), Voice()
    seen: list[int] = []

    async def slow(texts: Sequence[str], *, pin: bool = False) -> int:
        while not live.notices():
            await asyncio.sleep(0)
        seen.append(len(live.notices()))
        return 0

    monkeypatch.setattr(voice, "warm", slow)
    written(folder, row("a", "Nie ma wody."))
    assert await live.refresh(voice)
    assert seen == [1, 1]


async def test_a_new_greeting_is_live_and_the_old_one_no_longer_pinned(folder: Path) -> None:
    live, voice = LiveSentences(folder, lambda: NOON), Voice()
    voice.pinned = set(live.words.pinned())
    old = live.voice().greeting[0].spoken
    path = folder / "system.yml"
    text = path.read_text().replace("Tu automatyczny asystent", "Mówi automatyczny asystent")
    path.write_text(text)
    assert await live.refresh(voice)
    assert live.voice().greeting[0].spoken.startswith("Mówi automatyczny asystent")
    assert "Mówi" not in old
    assert live.chat().chat_disclosure.startswith("Mówi")
    assert voice.pinned == set(live.words.pinned())


async def test_a_broken_file_changes_nothing_until_it_is_mended(folder: Path) -> None:
    live, voice = LiveSentences(folder, lambda: NOON), Voice()
    written(folder, row("a", "Nie ma wody."))
    await live.refresh(voice)
    written(folder, "  - [")
    assert not await live.refresh(voice)
    assert [one.id for one in live.notices()] == ["a"]
    written(folder, row("b", "Jest woda już."))
    assert await live.refresh(voice)
    assert [one.id for one in live.notices()] == ["b"]


# --- in the chat ---

NEWS = Notice("woda", "Nie ma wody.", "Nie ma wody.", ("waste_collection",))
ABOUT = BotReply(
    (Utterance("W piątek.", "W piątek."),), understood=Understood(topic="waste_collection")
)
ALARM = BotReply((Utterance("Dzwoń 112.", "Dzwoń 112."),), understood=Understood(act="emergency"))


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[tuple[ChatParts, list[Notice]]]:
    notices = [NEWS]
    parts = build_parts(sqlite_url(tmp_path), notices=lambda: notices)
    parts.dialogue.script |= {"śmieci": ABOUT, "pożar": ALARM}
    yield parts, notices
    await parts.close()


def texts(reply: ChatReply) -> list[str]:
    return [one.text for one in reply.replies]


async def test_the_page_shows_it_at_once_and_once(told: tuple[ChatParts, list[Notice]]) -> None:
    parts, _ = told
    talk, resumed = await parts.chat.open(None)
    opening = [one.text for one in parts.chat.opening(talk, resumed)]
    assert opening == [SENTENCES.chat_greeting, "Nie ma wody."]
    assert "Nie ma wody." not in texts(await parts.chat.turn(talk, "śmieci"))
    again, resumed = await parts.chat.open(talk.public_id)
    assert resumed
    assert parts.chat.opening(again, resumed) == ()


async def test_the_first_answer_brings_it_and_no_other(
    told: tuple[ChatParts, list[Notice]],
) -> None:
    parts, _ = told
    first = await parts.chat.say("godziny")
    assert texts(first)[:2] == [SENTENCES.chat_disclosure, "Nie ma wody."]
    assert "Nie ma wody." not in texts(await parts.chat.say("śmieci", first.conversation_id))


async def test_one_that_begins_later_is_told_before_the_answer_it_concerns(
    told: tuple[ChatParts, list[Notice]],
) -> None:
    parts, notices = told
    notices.clear()
    talk = (await parts.chat.say("godziny")).conversation_id
    notices.append(NEWS)
    assert "Nie ma wody." not in texts(await parts.chat.say("godziny", talk))
    assert texts(await parts.chat.say("śmieci", talk)) == ["Nie ma wody.", "W piątek."]
    assert texts(await parts.chat.say("śmieci", talk)) == ["W piątek."]
    notices[:] = [Notice("woda", "Wody nie ma do rana.", "Wody nie ma.", NEWS.topics)]
    assert texts(await parts.chat.say("śmieci", talk))[0] == "Wody nie ma do rana."


async def test_an_emergency_comes_first(told: tuple[ChatParts, list[Notice]]) -> None:
    parts, _ = told
    first = await parts.chat.say("pożar")
    assert texts(first) == ["Dzwoń 112.", SENTENCES.chat_disclosure, "Nie ma wody."]
