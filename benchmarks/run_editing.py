"""``python -m benchmarks.run_editing``: what editing does to the people who talk meanwhile.

On the whole product (real Rasa, Vosk and pyttsx3), through the staff's pages:

* two people add fifty names each to one field at the same time: how many are lost;
* twenty wordings are published while residents write without a pause: how many turns fail, and
  how long after the click the new wording stands in an answer;
* each wording is asked for by a caller on a line that is open all the time: whether the answer is
  the new one, and whether its words are in the sound (transcribed by Vosk).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

import yaml
from rich.console import Console

from benchmarks.callers import VOICES, speak
from benchmarks.report import in_ms, machine
from tests.running_product import DESK_PASSWORD, ROOT, RunningProduct, running_product
from voice_gateway.recognizers.vosk_recognizer import VoskRecognizer
from voice_gateway.records.database import Database
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.voice_client import VoiceCaller

EDITS = 50  # of each person
TOPIC = "legal_aid"
FIELD = "called"
QUESTION = "w którym budynku jest punkt porad prawnych"
RATE_HZ = 8000
MOST_TRIES = 200
SEEN_WITHIN_S = 20.0
WRITERS = 2
# Words that the speech model knows and that sound unlike each other: one a publication.
WORDS = (
    "rower zegar lampa okno kwiat jabłko młotek parasol telefon krzesło komputer samolot gitara "
    "herbata marchewka ołówek kapelusz poduszka tramwaj czekolada"
).split()
PASSWORD = "cztery konie na łące"  # noqa: S105 - of a product that lives for this run only


@dataclass
class Figures:
    """What was found. Times in seconds from the click on "Opublikuj"."""

    edits_sent: int = 0
    edits_refused: int = 0
    edits_lost: int = 0
    publications: int = 0
    written_turns: int = 0
    failed_turns: list[str] = field(default_factory=list)
    answered_s: list[float] = field(default_factory=list)
    accepted_s: list[float] = field(default_factory=list)
    spoken_new: int = 0
    heard_new: int = 0
    heard: list[tuple[str, str]] = field(default_factory=list)


class Person:
    """Somebody signed in at the staff's pages."""

    def __init__(self, product: RunningProduct, login: str, password: str) -> None:
        self.client = product.client()
        form = self.client.get("/staff/sign-in").text
        sent = {"login": login, "password": password, "token": _hidden(form, "token")}
        answer = self.client.post("/staff/sign-in", data=sent)
        if answer.status_code != 303:
            raise RuntimeError(f"{login} cannot sign in: {answer.status_code}")

    def form(self, page: str) -> Mapping[str, str]:
        """The hidden fields of a topic's form, as they stand now."""
        text = self.client.get(page).text
        return {"token": _hidden(text, "token"), "marks": _hidden(text, "marks")}

    def sends(self, page: str, form: Mapping[str, str], deed: str, **fields: str) -> int:
        """Status of a form that was sent."""
        sent = {**form, "deed": deed, **fields}
        return self.client.post(page, data=sent).status_code


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    if found is None:
        raise RuntimeError(f"no {name} on the page")
    return found[1].replace("&#34;", '"').replace("&quot;", '"').replace("&amp;", "&")


def names_now(person: Person) -> list[str]:
    """The names of the topic in the draft that everybody sees."""
    text = person.client.get(f"/staff/content/topics/{TOPIC}").text
    found = re.search(rf'<textarea[^>]*name="{FIELD}"[^>]*>([^<]*)</textarea>', text)
    if found is None:
        raise RuntimeError("no field of names")
    return found[1].strip().splitlines()


def add_names(product: RunningProduct, login: str, figures: Figures, password: str) -> set[str]:
    """One person's fifty edits of the same field; each is tried until it is taken."""
    person, page = Person(product, login, password), f"/staff/content/topics/{TOPIC}"
    mine = {f"porada {login} {number}" for number in range(EDITS)}
    for name in sorted(mine):
        for _ in range(MOST_TRIES):
            form, names = person.form(page), names_now(person)
            figures.edits_sent += 1
            status = person.sends(page, form, "save", **{FIELD: "\n".join([*names, name])})
            if status == 303:
                break
            figures.edits_refused += 1
    return mine


def two_editors(product: RunningProduct, figures: Figures) -> None:
    """Both at once; afterwards every name must be in the draft."""
    people = (("konsultant", DESK_PASSWORD), ("druga", PASSWORD))
    with ThreadPoolExecutor(len(people)) as pool:
        added = [
            pool.submit(add_names, product, login, figures, password) for login, password in people
        ]
        wanted = set().union(*(one.result() for one in added))
    figures.edits_lost = len(wanted - set(names_now(Person(product, *people[0]))))


def write_on(product: RunningProduct, figures: Figures, stop: threading.Event) -> None:
    """A resident who writes without a pause; a turn fails when it is no plain answer."""
    with product.client() as client:
        while not stop.is_set():
            answer = client.post("/api/v1/chat", json={"text": QUESTION})
            figures.written_turns += 1
            body = answer.json() if answer.status_code == 200 else {}
            understood = body.get("understood") or {}
            if understood.get("topic") != TOPIC or body.get("handoff"):
                figures.failed_turns.append(f"{answer.status_code} {answer.text[:200]}")


def publish(person: Person, word: str) -> float:
    """Change the wording and publish it; seconds that the click took."""
    page = f"/staff/content/topics/{TOPIC}"
    said = f"Teraz najważniejsze słowo to {word}."
    fields = {"answers.where.text": said, "answers.where.spoken": said, "reason": f"próba: {word}"}
    form = person.form(page)
    began_s = time.monotonic()
    status = person.sends(page, form, "publish", **fields)
    if status != 303:
        raise RuntimeError(f"not published: {status}")
    return time.monotonic() - began_s


def seen(product: RunningProduct, word: str, began_s: float) -> float:
    """Seconds until the chat gives the new wording."""
    with product.client() as client:
        while time.monotonic() < began_s + SEEN_WITHIN_S:
            answer = client.post("/api/v1/chat", json={"text": QUESTION}).text
            if word in json.loads(answer)["replies"][-1]["text"]:
                return time.monotonic() - began_s
            time.sleep(0.05)
    raise RuntimeError(f"{word} was never answered")


async def publications(product: RunningProduct, figures: Figures) -> None:
    """Twenty wordings, each asked for on a line that stays open."""
    person = await asyncio.to_thread(Person, product, "konsultant", DESK_PASSWORD)
    vosk = VoskRecognizer(ROOT / "models" / "speech" / "pl-small")
    question = speak(QUESTION, *VOICES[0], RATE_HZ)
    async with VoiceCaller(product.voice_url, RATE_HZ) as caller:
        await caller.wait_until_quiet()
        for word in WORDS:
            began_s = time.monotonic()
            asking = asyncio.create_task(asyncio.to_thread(seen, product, word, began_s))
            figures.accepted_s.append(await asyncio.to_thread(publish, person, word))
            figures.answered_s.append(await asking)
            figures.publications += 1
            before, at = len(caller.events), len(caller.ear.heard)
            await caller.say(question)
            await caller.wait_until_quiet(after_s=caller.spoke_until_s)
            said = " ".join(
                event["text"] for _, event in caller.events[before:] if event["type"] == "reply"
            )
            session = vosk.open(RATE_HZ)
            session.accept(bytes(caller.ear.heard[at:]))
            heard = session.finish().text
            figures.spoken_new += word in said
            figures.heard_new += word in heard
            figures.heard.append((word, heard))


async def add_second_person(product: RunningProduct) -> None:
    """Another editor's account."""
    database = Database(f"sqlite:///{product.data_dir / 'halo.db'}")
    try:
        account = StaffAccount("druga", "Druga osoba", "", "editor")
        await StaffAccounts(database).add(account, PASSWORD)
    finally:
        database.close()


def measure(product: RunningProduct) -> Figures:
    """Everything, one after the other."""
    figures = Figures()
    asyncio.run(add_second_person(product))
    two_editors(product, figures)
    stop = threading.Event()
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write_on, product, figures, stop) for _ in range(WRITERS)]
        try:
            asyncio.run(publications(product, figures))
        finally:
            stop.set()
        for writer in writers:
            writer.result()
    return figures


def show(figures: Figures, console: Console) -> None:
    """The figures, a line each."""
    console.print(
        f"two people, {EDITS} edits each, one field: {figures.edits_lost} lost "
        f"({figures.edits_refused} of {figures.edits_sent} refused as somebody was quicker, "
        "and sent again)"
    )
    console.print(
        f"{figures.publications} publications, {figures.written_turns} written turns meanwhile: "
        f"{len(figures.failed_turns)} failed"
    )
    console.print(
        f"click to accepted, ms p50 / p95: {in_ms([s * 1000 for s in figures.accepted_s])}"
    )
    console.print(
        f"click to answered, ms p50 / p95: {in_ms([s * 1000 for s in figures.answered_s])}"
    )
    console.print(
        f"asked on the open line: {figures.spoken_new} of {figures.publications} new, "
        f"{figures.heard_new} with the new word in the transcribed sound"
    )
    for one in figures.failed_turns[:5]:
        console.print(f"  failed: {one}", style="dim", markup=False)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench" / "editing.json")
    out: Path = parser.parse_args().out
    with tempfile.TemporaryDirectory(prefix="halo-editing-") as folder:
        knowledge = Path(folder) / "nlu_data"
        shutil.copytree(ROOT / "nlu_data", knowledge)
        with running_product(Path(folder) / "var", knowledge_dir=str(knowledge)) as product:
            figures = measure(product)
        live = yaml.safe_load((knowledge / "topics" / f"{TOPIC}.yml").read_text("utf-8"))
    if WORDS[-1] not in live["answers"]["where"]["text"]:
        raise RuntimeError("the last wording is not in the file")
    out.parent.mkdir(parents=True, exist_ok=True)
    body = {"machine": machine(), **asdict(figures)}
    out.write_text(json.dumps(body, ensure_ascii=False, indent=1), "utf-8")
    show(figures, Console(width=120))


if __name__ == "__main__":
    main()
