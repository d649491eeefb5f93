"""``python -m benchmarks.run_visit_calls``: visits booked, moved and cancelled by voice.

Each caller is a voice that the speech model never met, through the telephone band, in real time
over ``/ws/voice`` of the whole product (real Vosk, Rasa, calendar and pyttsx3). It hears what the
assistant says as text and answers as a person would; what counts is what the calendar holds
afterwards. Prints the share of deeds done and the assistant's turns that they took.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from actions.office.calendar import WARSAW
from benchmarks.callers import speak
from benchmarks.report import machine
from polish.dictated_phone import read_back
from polish.said_number import in_pairs
from tests.running_product import ROOT, RunningProduct, running_product
from visits.book import EmbeddedBook
from visits.values import Visit
from voice_gateway.records.database import Database
from voice_gateway.voice_client import VoiceCaller

RATE_HZ = 8000
MOST_TURNS = 12
AT_ONCE = 2
EVER = datetime(2026, 1, 1, tzinfo=WARSAW)  # before every visit of this run
NUMBER = re.compile(r"\b\d\d \d\d \d\d \d\d\b")


@dataclass(frozen=True)
class Scenario:
    """A caller: what is said first, and what to each question. ``then``: a second call's deed."""

    voice: tuple[str, int]
    opening: str
    phone: str
    when: str = "najwcześniej jak się da"
    matter: str = "dowód osobisty"
    surname: str = "Kowalski"
    pick: str = "pierwszy"
    then: str = ""


@dataclass
class Outcome:
    """How one call went."""

    opening: str
    voice: str
    done: bool = False
    turns: int = 0
    number: str = ""
    talk: list[tuple[str, str]] = field(default_factory=list)


SCENARIOS = (
    Scenario(("pl+f4", 150), "chcę się umówić w sprawie paszportu w przyszły wtorek o dziesiątej",
             "501234567", then="cancel"),
    Scenario(("pl+m7", 140), "chciałbym umówić wizytę w sprawie dowodu osobistego w czwartek rano",
             "602345678"),
    Scenario(("pl+linda", 160), "dzień dobry chciałam umówić wizytę", "603111222",
             matter="prawo jazdy", when="w piątek po dziewiątej"),
    Scenario(("pl+victor", 150), "umów mnie w sprawie zameldowania jutro po dwunastej",
             "604987654", pick="ten drugi"),
    Scenario(("pl+Alicia", 150), "poproszę termin wizyty w sprawie rejestracji samochodu",
             "605222333", when="w przyszłym tygodniu", then="cancel"),
    Scenario(("pl+Marco", 145), "chcę umówić wizytę w sprawie paszportu dla dziecka w czwartek",
             "606454545", surname="Nowak"),
    Scenario(("pl+grandpa", 130), "dzień dobry chciałbym się umówić w sprawie dowodu",
             "607100200", when="w poniedziałek o dziesiątej"),
    Scenario(("pl+paul", 150), "umówić wizytę w sprawie aktu urodzenia pojutrze", "608333444",
             pick="obojętnie"),
    Scenario(("pl+norbert", 150), "chcę zarejestrować wizytę w sprawie profilu zaufanego",
             "609876543", when="dzisiaj po południu"),
    Scenario(("pl+edward", 140), "chciałbym się zapisać w sprawie ślubu w przyszły piątek",
             "661505606", surname="Wiśniewski"),
    Scenario(("pl+iven2", 150), "proszę o wizytę w sprawie podatku od nieruchomości w środę",
             "662717273", pick="pierwsza", then="move"),
    Scenario(("pl+m4", 150), "chcę się umówić na wymianę dowodu trzeciego grudnia o dziewiątej",
             "663848586"),
)  # fmt: skip


def answer(scenario: Scenario, asked: str, number: str) -> str | None:
    """What the caller says to the assistant's words; None: the deed is done or lost."""
    rules = (
        (r"Zapisane|jest odwołana|jest przełożona|pracownik", None),
        (r"Czy zapisać", _check(scenario, asked)),
        (r"Czy (?:ją odwołać|przełożyć)", "tak"),
        (r"następne cyfry", _rest(scenario, asked, number)),
        (r"nazwisko albo numer telefonu|z rezerwacji", read_back(scenario.phone)),
        (r"numer rezerwacji|Ten numer się nie zgadza", in_pairs(number) if number else None),
        (r"[Nn]umer(?:u)? telefonu|Numer telefonu ma", read_back(scenario.phone)),
        (r"nazwisko", scenario.surname),
        (r"W jakiej sprawie|Która to sprawa", scenario.matter),
        (r"[Nn]a jaki dzień|podać dzień|ma być wizyta", scenario.when),
        (r"Czy pasuje", "tak"),
        (r"pasuje|który termin wybrać", scenario.pick),
    )
    for pattern, said in rules:
        if re.search(pattern, asked):
            return said
    return scenario.opening


def _check(scenario: Scenario, asked: str) -> str:
    """Yes, if the number that is read back is right; else the number again."""
    heard = re.search(r"[Tt]elefon ([\d ]+)\.", asked)
    if heard and heard[1].replace(" ", "") == scenario.phone:
        return "tak"
    return f"nie, jeszcze raz {read_back(scenario.phone)}"


def _rest(scenario: Scenario, asked: str, number: str) -> str:
    heard = re.sub(r"\D", "", asked)
    if number:
        return in_pairs(number[len(heard) :]) if number.startswith(heard) else in_pairs(number)
    rest = scenario.phone[len(heard) :]
    right = scenario.phone.startswith(heard) and rest
    return read_back(rest) if right else f"od początku {read_back(scenario.phone)}"


async def call(product: RunningProduct, scenario: Scenario, first: str, number: str) -> Outcome:
    """One call from the greeting to the deed."""
    outcome = Outcome(first, scenario.voice[0], number=number)
    said: str | None = first
    async with VoiceCaller(product.voice_url, RATE_HZ) as caller:
        await caller.wait_until_quiet()
        while said and outcome.turns < MOST_TURNS and not caller.ended.is_set():
            seen = len(caller.events)
            await caller.say(speak(said, *scenario.voice, RATE_HZ))
            await caller.wait_until_quiet(after_s=caller.spoke_until_s)
            new = [event for _, event in caller.events[seen:]]
            asked = " ".join(e["text"] for e in new if e["type"] == "reply")
            heard = " ".join(e["text"] for e in new if e["type"] == "transcript" and e["final"])
            outcome.turns += 1
            outcome.talk.append((heard, asked))
            if found := NUMBER.search(asked):
                outcome.number = found[0].replace(" ", "")
            said = answer(scenario, asked, number)
    return outcome


async def whole(
    product: RunningProduct, scenario: Scenario, book: EmbeddedBook, turn: asyncio.Semaphore
) -> list[Outcome]:
    """The booking and, where there is one, the second call."""
    async with turn:
        first = await call(product, scenario, scenario.opening, "")
        visit = visit_of(book, first.number)
        first.done = visit is not None and visit.visitor.phone == scenario.phone
        outcomes = [first]
        if scenario.then and visit and first.done:
            opening = {"cancel": "chcę odwołać wizytę", "move": "chcę przełożyć wizytę"}
            second = await call(product, scenario, opening[scenario.then], first.number)
            after = visit_of(book, first.number)
            if scenario.then == "cancel":
                second.done = after is None
            else:
                second.done = after is not None and after.starts_at != visit.starts_at
            outcomes.append(second)
        return outcomes


def visit_of(book: EmbeddedBook, number: str) -> Visit | None:
    """The booked visit of this number."""
    coming = book.coming(EVER)
    return next((visit for visit in coming if visit.number == number), None)


async def run(product: RunningProduct, voices: list[str]) -> list[Outcome]:
    """The scenarios of these voices (none named: of all), two calls at once."""
    database = Database(f"sqlite:///{product.data_dir / 'halo.db'}")
    chosen = [one for one in SCENARIOS if not voices or one.voice[0] in voices]
    book, turn = EmbeddedBook(database), asyncio.Semaphore(AT_ONCE)
    done = await asyncio.gather(*(whole(product, one, book, turn) for one in chosen))
    database.close()
    return [outcome for outcomes in done for outcome in outcomes]


def show(outcomes: list[Outcome], console: Console) -> None:
    """A table of the calls, and each talk that failed."""
    table = Table("voice", "said first", "done", "turns")
    for outcome in outcomes:
        table.add_row(
            outcome.voice, outcome.opening, "yes" if outcome.done else "NO", str(outcome.turns)
        )
    console.print(table)
    done = [outcome for outcome in outcomes if outcome.done]
    console.print(f"done: {len(done)} of {len(outcomes)}")
    if done:
        turns = [outcome.turns for outcome in done]
        console.print(f"turns of those: median {statistics.median(turns)}, most {max(turns)}")
    for outcome in outcomes:
        if not outcome.done:
            for heard, asked in outcome.talk:
                console.print(f"  heard: {heard}\n    said: {asked}", style="dim")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench" / "visit_calls.json")
    parser.add_argument("--voices", nargs="*", default=[], help="only these callers")
    arguments = parser.parse_args()
    out: Path = arguments.out
    with (
        tempfile.TemporaryDirectory(prefix="halo-visit-calls-") as folder,
        running_product(Path(folder)) as product,
    ):
        outcomes = asyncio.run(run(product, arguments.voices))
    out.parent.mkdir(parents=True, exist_ok=True)
    rows = [{**vars(outcome)} for outcome in outcomes]
    out.write_text(
        json.dumps({"machine": machine(), "calls": rows}, ensure_ascii=False, indent=1), "utf-8"
    )
    show(outcomes, Console(width=160))


if __name__ == "__main__":
    main()
