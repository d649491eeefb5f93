"""Whole talks about visits through the actions, with a real calendar in a real SQLite file."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.actions import all_actions
from actions.office.calendar import WARSAW
from actions.office.knowledge import KnowledgeStore
from actions.office.visiting.state import VisitState, Wish
from tests.unit.knowledge_parts import REAL, message
from tests.unit.test_actions import ACTIONS
from visits.book import EmbeddedBook
from visits.seed import seed
from visits.values import FreeTime, Visitor, Wanted
from voice_gateway.records.database import Database

STORE = KnowledgeStore(REAL)
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=WARSAW)  # a Tuesday
BOOK = "appointment_book"


class VisitPlay:
    """One talk; the clock stands still unless it is moved."""

    def __init__(self, book: EmbeddedBook, talk_id: str = "t1", channel: str = "phone") -> None:
        self.book = book
        self.now = NOW
        self.actions = {a.name(): a for a in all_actions(STORE, lambda: self.now, book)}
        self.slots: dict[str, Any] = {}
        self.talk_id = talk_id
        self.channel = channel
        self.replies: list[dict[str, Any]] = []

    def say(
        self, text: str, intent: str = "nlu_fallback", choice: int = 0, aspect: str | None = None
    ) -> str:
        """What is spoken in answer."""
        latest = message(text, intent, channel=self.channel, aspect=aspect)
        if choice:
            latest["entities"].append({"entity": "choice", "value": str(choice)})
        tracker = Tracker.from_dict(
            {
                "sender_id": self.talk_id,
                "slots": self.slots,
                "latest_message": latest,
                "events": [],
            }
        )
        dispatcher = CollectingDispatcher()
        action = self.actions[ACTIONS.get(intent, "action_reply_act")]
        for event in action.run(dispatcher, tracker, {}):
            self.slots[event["name"]] = event["value"]
        payload: dict[str, Any] = dispatcher.messages[0]["custom"]
        assert not payload.get("error_code"), payload
        self.replies.append(payload)
        return str(payload["spoken"])

    @property
    def last(self) -> dict[str, Any]:
        return self.replies[-1]

    @property
    def number(self) -> str:
        found = re.search(r"(\d\d) (\d\d) (\d\d) (\d\d)", str(self.last["text"]))
        assert found, self.last["text"]
        return "".join(found.groups())

    def coming(self) -> list[Any]:
        return list(self.book.coming(self.now))


@pytest.fixture(scope="module")
def seeded(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the plan in it: made once, each test takes a copy."""
    path = tmp_path_factory.mktemp("seeded") / "visits.db"
    shutil.copy(empty_database, path)
    database = Database(f"sqlite:///{path}")
    seed(database, REAL / "visits.yml")
    database.close()
    return path


@pytest.fixture
def book(tmp_path: Path, seeded: Path) -> Iterator[EmbeddedBook]:
    shutil.copy(seeded, tmp_path / "visits.db")
    database = Database(f"sqlite:///{tmp_path / 'visits.db'}")
    yield EmbeddedBook(database)
    database.close()


@pytest.fixture
def play(book: EmbeddedBook) -> VisitPlay:
    return VisitPlay(book)


def booked(play: VisitPlay, when: str = "we wtorek pierwszego grudnia o dziesiątej") -> str:
    """Book a passport visit; the number."""
    play.say(f"chcę się umówić w sprawie paszportu {when}", BOOK)
    if "nazwisko" in play.last["spoken"]:
        play.say("Kowalski")
    play.say("pięćset jeden dwieście trzydzieści cztery pięćset sześćdziesiąt siedem")
    play.say("tak", "affirm")
    return play.number


def test_service_day_and_hour_in_one_sentence_book_in_few_turns(play: VisitPlay) -> None:
    said = play.say(
        "chciałbym się umówić w sprawie paszportu dla syna w przyszły wtorek po południu, "
        "najlepiej po szesnastej",
        BOOK,
    )
    assert "paszport" in said
    assert "wtorek 1 grudnia" in said or "Wtedy nie ma" in said
    play.say("pierwszy")
    while "Czy zapisać" not in play.last["spoken"]:
        play.say("Kowalski" if "nazwisko" in play.last["spoken"] else "501 234 567")
    assert play.coming() == []  # held only
    said = play.say("tak", "affirm")
    assert "Numer rezerwacji" in said
    assert play.last["interruptible"] is False
    assert len(play.replies) <= 6
    (visit,) = play.coming()
    assert visit.visitor.phone == "501234567"
    assert visit.number == play.number


def test_missing_pieces_are_asked_one_at_a_time(play: VisitPlay) -> None:
    assert "W jakiej sprawie" in play.say("chcę umówić wizytę", BOOK)
    assert "Na jaki dzień" in play.say("dowód osobisty")
    said = play.say("w czwartek rano")
    assert "czwartek 26 listopada" in said
    assert said.count(" o ") <= 3
    said = play.say("ten drugi", choice=2)
    assert "jest wolne" in said


def test_a_very_hour_of_a_day_is_taken_at_once(play: VisitPlay) -> None:
    said = play.say("umów mnie na dowód w czwartek o dziesiątej", BOOK)
    assert "czwartek 26 listopada o 10:00" in said.lower()
    assert "jest wolne" in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wcześniej", r"(24|25|26) listopada|Wcześniejszych"),
        ("coś później", r"listopada|grudnia"),
        ("inny dzień", r"(27|30) listopada"),
        ("nie czwartek, piątek", r"piątek 27 listopada"),
        ("w grudniu", r"1 grudnia"),
        ("najwcześniej jak się da", r"25 listopada|24 listopada|jest wolne"),
    ],
)
def test_other_times(play: VisitPlay, text: str, expected: str) -> None:
    play.say("chcę umówić wizytę w sprawie dowodu w czwartek", BOOK)
    assert re.search(expected, play.say(text)), play.last["spoken"]


def test_it_does_not_matter_which(play: VisitPlay) -> None:
    play.say("chcę umówić wizytę w sprawie dowodu w czwartek", BOOK)
    assert "jest wolne" in play.say("obojętnie")


def test_a_question_in_the_middle_is_answered_and_the_visit_goes_on(play: VisitPlay) -> None:
    play.say("chcę umówić wizytę w sprawie paszportu w czwartek", BOOK)
    said = play.say("a ile to kosztuje?", "ask", aspect="cost")
    assert "140 zł" in said
    assert "Wracając do wizyty" in said
    assert "jest wolne" in play.say("ten pierwszy", choice=1)


def test_giving_up_lets_the_time_go(play: VisitPlay) -> None:
    play.say("umów mnie na dowód w czwartek o dziesiątej", BOOK)
    assert "nie umawiam" in play.say("rezygnuję", "cancel")
    other = VisitPlay(play.book, "t2")
    assert "jest wolne" in other.say("umów mnie na dowód w czwartek o dziesiątej", BOOK)


def test_a_person_is_always_reached_and_the_time_is_let_go(play: VisitPlay) -> None:
    play.say("umów mnie na dowód w czwartek o dziesiątej", BOOK)
    play.say("konsultant", "human")
    assert play.last["handoff"]
    assert play.slots["visit"] is None


def test_an_emergency_comes_first_and_the_talk_goes_on(play: VisitPlay) -> None:
    play.say("umów mnie na dowód w czwartek o dziesiątej", BOOK)
    assert "112" in play.say("pali się", "emergency").split(".")[0]
    assert "Czy zapisać" in play.say("501 234 567")


def test_a_phone_number_in_breaths_with_a_group_put_right(play: VisitPlay) -> None:
    play.say("umów mnie na dowód w czwartek o dziesiątej", BOOK)
    said = play.say("pięćset jeden dwieście trzydzieści cztery")
    assert "pięćset jeden, dwieście trzydzieści cztery" in said
    said = play.say("pięćset sześćdziesiąt siedem")
    assert "pięćset sześćdziesiąt siedem" in said
    assert "Czy zapisać" in said
    said = play.say("nie, środkowe dwieście trzydzieści pięć", "deny")
    assert "dwieście trzydzieści pięć" in said
    play.say("tak", "affirm")
    assert play.coming()[0].visitor.phone == "501235567"


@pytest.mark.parametrize("refusal", ["bez telefonu", "nie mam telefonu"])
def test_without_a_phone_a_name_is_asked_for(play: VisitPlay, refusal: str) -> None:
    play.say("umów mnie na dowód w czwartek o dziesiątej", BOOK)
    assert "nazwisko" in play.say(refusal)
    assert "Nazwisko Nowak" in play.say("Nowak")
    assert "Numer rezerwacji" in play.say("tak", "affirm")


def test_twelve_digits_are_no_phone(play: VisitPlay) -> None:
    play.say("umów mnie na dowód w czwartek o dziesiątej", BOOK)
    assert "za dużo cyfr" in play.say("501234567890")
    assert play.coming() == []


def test_the_time_can_be_changed_before_yes(play: VisitPlay) -> None:
    play.say("umów mnie na dowód w czwartek o dziesiątej", BOOK)
    play.say("501 234 567")
    said = play.say("nie, jednak w piątek o dziesiątej", "deny")
    assert "piątek 27 listopada o 10:00" in said.lower()
    play.say("tak", "affirm")
    assert play.coming()[0].starts_at == datetime(2026, 11, 27, 10, 0, tzinfo=WARSAW)


def test_one_booking_for_a_repeated_yes(play: VisitPlay) -> None:
    booked(play)
    state = play.replies
    assert len(play.coming()) == 1
    play.say("tak", "affirm")  # "Powtórzyć go?"
    assert "Numer rezerwacji" in play.last["spoken"]
    assert len(play.coming()) == 1
    assert state


def test_the_number_is_repeated_and_spelled(play: VisitPlay) -> None:
    number = booked(play)
    assert play.say("powtórz numer", "repeat")
    assert play.number == number
    said = play.say("proszę przeliterować", "slower")
    assert len(re.findall(r"\w+", said)) >= 8
    assert play.number == number


def test_a_time_that_was_not_confirmed_in_time_is_offered_anew(play: VisitPlay) -> None:
    play.say("umów mnie na dowód w czwartek o dziesiątej", BOOK)
    play.say("501 234 567")
    play.now = NOW + timedelta(minutes=30)
    assert "nie został potwierdzony na czas" in play.say("tak", "affirm")
    assert play.coming() == []


def test_somebody_was_quicker(play: VisitPlay) -> None:
    play.say("chcę umówić wizytę w sprawie prawa jazdy w czwartek", BOOK)
    offered = VisitState.from_slot(play.slots["visit"])
    assert offered
    for number in range(9):  # all places of the first time offered
        for free in play.book.free_times(Wanted(offered.service), NOW, limit=400):
            if free.starts_at == offered.offered[0].starts_at:
                play.book.hold(free, f"other{number}", NOW)
    assert "ktoś zajął" in play.say("pierwszy", choice=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wczoraj", "już minął"),
        ("30 lutego", "nie ma w kalendarzu"),
        ("o dwudziestej piątej", "Takiej godziny nie ma"),
        ("w niedzielę", "nieczynne|nieczynny"),
        ("w Boże Narodzenie", "nieczynny|najwyżej na"),
        ("trzeciego czerwca", "najwyżej na"),
    ],
)
def test_times_that_cannot_be(play: VisitPlay, text: str, expected: str) -> None:
    play.say("chcę umówić wizytę w sprawie dowodu", BOOK)
    assert re.search(expected, play.say(text)), play.last["spoken"]
    assert play.last["spoken"].rstrip().endswith("?")
    assert play.coming() == []


def test_what_cannot_be_booked_is_said(play: VisitPlay) -> None:
    said = play.say("chcę umówić wizytę w sprawie zaginionego psa", BOOK)
    assert "nie trzeba się umawiać" in said or "W jakiej sprawie" in said


def test_a_named_matter_that_needs_no_visit_is_not_the_one_talked_about_before(
    play: VisitPlay,
) -> None:
    play.slots["topic"] = "passport"
    said = play.say("chcę umówić wizytę w sprawie wycinki drzewa", BOOK)
    assert "nie trzeba się umawiać" in said
    assert "paszport" not in said


def test_cancelling_needs_number_and_name_or_phone(play: VisitPlay) -> None:
    number = booked(play)
    later = VisitPlay(play.book, "t2")
    assert "numer rezerwacji" in later.say("chcę odwołać wizytę", "appointment_cancel")
    assert "nazwisko albo numer telefonu" in later.say(number)
    assert "Nie ma wizyty" in later.say("Malinowski")
    assert "odwołać" in later.say("501 234 567")
    assert "jest odwołana" in later.say("tak", "affirm")
    assert play.coming() == []


def test_a_wrong_digit_is_noticed(play: VisitPlay) -> None:
    number = booked(play)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    later = VisitPlay(play.book, "t2")
    later.say("chcę odwołać wizytę", "appointment_cancel")
    assert "nie zgadza" in later.say(wrong)
    assert "nazwisko albo" in later.say(number)


def test_moving_keeps_the_number(play: VisitPlay) -> None:
    number = booked(play)
    later = VisitPlay(play.book, "t2")
    later.say("chcę przełożyć wizytę", "appointment_move")
    later.say(number)
    assert "Na jaki dzień" in later.say("501234567")
    assert "Czy przełożyć" in later.say("w środę drugiego grudnia o dziesiątej")
    assert "przełożona" in later.say("tak", "affirm")
    assert later.number == number
    (visit,) = play.coming()
    assert visit.starts_at.date().isoformat() == "2026-12-02"


def test_checking_says_when_and_where(play: VisitPlay) -> None:
    number = booked(play)
    later = VisitPlay(play.book, "t2")
    later.say("kiedy mam wizytę", "appointment_check")
    later.say(number)
    said = later.say("501 234 567")
    assert "wtorek 1 grudnia o 10:00" in said


def test_an_offer_from_the_waiting_list_is_taken(play: VisitPlay) -> None:
    number = booked(play)
    book = play.book
    visit = book.find(number, "501234567", NOW)
    day = visit.starts_at.date()
    for taken in range(400):  # the rest of the day is full
        free = list(book.free_times(Wanted(visit.service, day, day), NOW, limit=1))
        if not free:
            break
        book.hold(free[0], f"full{taken}", NOW)
        book.confirm(f"full{taken}", Visitor("Pełny", f"6{taken:08d}"), NOW)
    waiting = VisitPlay(book, "t3")
    waiting.say("chcę umówić wizytę w sprawie paszportu we wtorek pierwszego grudnia", BOOK)
    assert "Wtedy nie ma wolnych" in waiting.last["spoken"]
    assert "Na jaki numer" in waiting.say("na listę rezerwową proszę")
    assert "Wpisane na listę" in waiting.say("602 111 222")
    play.say("odwołaj moją wizytę", "appointment_cancel")
    play.say("tak", "affirm")
    offers = [v for v in book.between(day, day) if v.state == "offered"]
    assert len(offers) == 1
    later = VisitPlay(book, "t4")
    later.say("mam numer z listy rezerwowej", "appointment_check")
    later.say(offers[0].number)
    assert "Zwolnił się termin" in later.say("602 111 222")
    assert "Numer rezerwacji" in later.say("tak", "affirm")


def test_two_answers_that_lead_nowhere_lead_to_a_person(play: VisitPlay) -> None:
    play.say("chcę umówić wizytę w sprawie dowodu", BOOK)
    assert "Proszę podać dzień" in play.say("brum brum")
    play.say("kwadratura")
    assert play.last["handoff"]["reason"] == "unsure"


def test_too_many_for_one_phone_leads_to_a_person(play: VisitPlay) -> None:
    for hour in ("ósmej", "dziewiątej", "dziesiątej", "jedenastej", "trzynastej"):
        other = VisitPlay(play.book, f"t-{hour}")
        other.say(f"umów mnie na dowód w czwartek o {hour}", BOOK)
        other.say("501 234 567")
        other.say("tak", "affirm")
        if "tyle wizyt" in other.last["spoken"]:
            break
    else:
        pytest.fail("nobody was told")
    other.say("tak", "affirm")
    assert other.last["handoff"]


def test_the_state_survives_the_tracker() -> None:
    free = FreeTime("id_card", "d", NOW, NOW + timedelta(minutes=15))
    state = VisitState(
        "book",
        "pick",
        "id_card",
        Wish(NOW.date(), NOW.date(), NOW.time(), None, True, (1, 2)),
        (free,),
        free,
        phone="501",
        phone_earlier=("",),
    )
    assert VisitState.from_slot(state.as_slot()) == state
    assert VisitState.from_slot({"deed": "book", "bogus": 1}) is None
    assert VisitState.from_slot(None) is None
    assert replace(state, tries=3).then().tries == 0
