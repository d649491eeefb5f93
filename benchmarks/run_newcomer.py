"""``python -m benchmarks.run_newcomer``: somebody's first new matter, from the form to the phone.

A script in a real Chromium does what a newcomer does with the whole product: adds a matter with
five questions and two answers, publishes the wording, trains, compares, publishes the model, asks
by chat and by voice, and takes the model back. Prints minutes and clicks of each step. The clicks
are those a person needs; the minutes are those of the machine: a person reads and types besides.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize, sync_playwright
from rich.console import Console
from rich.table import Table

from benchmarks.callers import VOICES, speak
from benchmarks.report import machine
from tests.browser.conftest import ARGUMENTS
from tests.running_product import DESK_PASSWORD, ROOT, RunningProduct, running_product
from voice_gateway.voice_client import VoiceCaller

NAME = "basen miejski"
NAMES = {"name": NAME, "accusative": NAME, "genitive": "basenu miejskiego"}
CALLED = ("basen miejski", "basen", "pływalnia", "kryta pływalnia")
ANSWERS = (
    (
        "where",
        ("gdzie jest basen miejski", "jak dojechać na pływalnię", "pod jakim adresem jest basen"),
        "Basen jest przy ulicy Leśnej, za torami.",
    ),
    (
        "how",
        ("jak zapisać dziecko na naukę pływania", "jak kupić karnet na basen"),
        "Zapisy na naukę pływania przyjmuje kasa basenu.",
    ),
)
CHAT_QUESTION = "gdzie znajdę pływalnię"
VOICE_QUESTION = "gdzie jest basen miejski"
PROOF = "Leśnej"
RATE_HZ = 8000
SCREEN: ViewportSize = {"width": 1280, "height": 900}
TRAINING_S = 900.0
SWAP_S = 60.0


@dataclass
class Step:
    """One step. ``keys``: fields that were typed into."""

    name: str
    seconds: float = 0.0
    clicks: int = 0
    fields: int = 0


@dataclass
class Figures:
    """What it took, and whether each answer was right."""

    steps: list[Step] = field(default_factory=list)
    chat_before: str = ""
    chat_after: str = ""
    voice_after: str = ""
    chat_undone: str = ""
    right: bool = False


class Newcomer:
    """A person with a mouse, whose clicks are counted."""

    def __init__(self, page: Page, figures: Figures) -> None:
        self.page = page
        self._figures = figures
        self._step = Step("")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time and count what happens within."""
        self._step = Step(name)
        began_s = time.monotonic()
        yield
        self._step.seconds = round(time.monotonic() - began_s, 1)
        self._figures.steps.append(self._step)

    def clicks(self, what: Locator) -> None:
        """One click."""
        self._step.clicks += 1
        what.click()

    def types(self, label: str, text: str) -> None:
        """Fill a field."""
        self._step.fields += 1
        self.page.get_by_label(label, exact=True).fill(text)

    def chooses(self, label: str, value: str) -> None:
        """Choose from a list: a click on it and one on the choice."""
        self._step.clicks += 2
        self.page.get_by_label(label, exact=True).select_option(value)

    def link(self, name: str) -> None:
        """Follow a link."""
        self.clicks(self.page.get_by_role("link", name=name).first)

    def button(self, name: str) -> None:
        """Press a button."""
        self.clicks(self.page.get_by_role("button", name=name).first)


def sign_in(person: Newcomer, product: RunningProduct) -> None:
    """To the staff's pages."""
    with person.step("signs in"):
        person.page.goto(f"{product.url}/staff/")
        person.types("Login", "konsultant")
        person.types("Hasło", DESK_PASSWORD)
        person.button("Zaloguj")
        person.page.get_by_role("link", name="Odpowiedzi").wait_for()


def add_matter(person: Newcomer) -> None:
    """Two answers with five questions, and the words residents use."""
    page = person.page
    with person.step("adds a matter with five questions and two answers"):
        person.link("Odpowiedzi")
        person.link("Dodaj sprawę")
        for label, name in (
            ("Nazwa", "name"),
            ("Nazwa w bierniku", "accusative"),
            ("Nazwa w dopełniaczu", "genitive"),
        ):
            person.types(label, NAMES[name])
        person.chooses("Wydział, który prowadzi sprawę", "informacja")
        person.button("Zacznij szkic")
        for aspect, questions, answer in ANSWERS:
            person.link("Dodaj pytanie z")
            person.chooses("Część sprawy", aspect)
            person.types("Jak mieszkańcy o to pytają", "\n".join(questions))
            person.types("Tekst w czacie", answer)
            person.types("Tekst w telefonie", answer)
            person.types("Źródło", "regulamin schroniska")
            person.types("Ważne do", "2027-11-24")
            person.button("Dodaj do szkicu")
        person.clicks(page.locator("summary").first)
        person.types("Jak mieszkańcy to nazywają", "\n".join(CALLED))
        for box in page.locator("#f-offer input[type=checkbox]").all():
            person.clicks(box)
    with person.step("publishes the wording"):
        person.types("Powód zmiany (wymagany)", "nowa sprawa")
        person.button("Opublikuj")
        page.locator(".done").first.wait_for()


def train(person: Newcomer) -> None:
    """Train and look at the comparison."""
    page = person.page
    with person.step("trains (the machine's time) and looks at the comparison"):
        person.link("Modele")
        person.button("Ucz model")
        ready = page.get_by_role("link", name="Zobacz, jak wypada")
        ready.wait_for(timeout=TRAINING_S * 1000)
        person.clicks(ready)
        page.get_by_role("heading", name="Teraz dobrze, było źle").wait_for()


def publish_model(person: Newcomer) -> None:
    """Put it live; waits until the assistant answers by it."""
    page = person.page
    with person.step("publishes the model"):
        person.button("Opublikuj")
        page.get_by_text("Opublikowano.").first.wait_for()
        page.locator("#served").get_by_text("Asystent odpowiada tym modelem.").wait_for(
            timeout=SWAP_S * 1000
        )


def wait_for_swap(page: Page) -> None:
    """Until the page says that the assistant answers by the published model."""
    said = page.locator("#served").get_by_text("Asystent odpowiada tym modelem.")
    said.wait_for(timeout=SWAP_S * 1000)


def ask(product: RunningProduct) -> str:
    """The chat's answer to a new talk."""
    with product.client() as client:
        answer = client.post("/api/v1/chat", json={"text": CHAT_QUESTION}).json()
    return " ".join(message["text"] for message in answer["replies"][1:])


async def ask_by_voice(product: RunningProduct) -> str:
    """What a caller is told."""
    async with VoiceCaller(product.voice_url, RATE_HZ) as caller:
        await caller.wait_until_quiet()
        seen = len(caller.events)
        await caller.say(speak(VOICE_QUESTION, *VOICES[0], RATE_HZ))
        await caller.wait_until_quiet(after_s=caller.spoke_until_s)
        return " ".join(e["text"] for _, e in caller.events[seen:] if e["type"] == "reply")


def asked_by_voice(product: RunningProduct) -> str:
    """The same from another thread: Playwright keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(ask_by_voice(product))).result()


def measure(product: RunningProduct, page: Page) -> Figures:
    """The whole way."""
    figures = Figures()
    person = Newcomer(page, figures)
    figures.chat_before = ask(product)
    sign_in(person, product)
    add_matter(person)
    train(person)
    publish_model(person)
    with person.step("asks by chat"):
        figures.chat_after = ask(product)
    with person.step("asks by voice"):
        figures.voice_after = asked_by_voice(product)
    with person.step("takes the model back"):
        person.link("Modele")
        person.clicks(page.get_by_role("button", name=re.compile("Cofnij")))
        page.get_by_text("Cofnięto").first.wait_for()
        page.locator("#served").get_by_text("Asystent odpowiada tym modelem.").wait_for(
            timeout=SWAP_S * 1000
        )
    figures.chat_undone = ask(product)
    figures.right = (
        PROOF not in figures.chat_before
        and PROOF in figures.chat_after
        and PROOF in figures.voice_after
    )
    return figures


def show(figures: Figures, console: Console) -> None:
    """A table of the steps, and the answers."""
    table = Table("step", "seconds", "clicks", "fields")
    for step in figures.steps:
        table.add_row(step.name, f"{step.seconds:.1f}", str(step.clicks), str(step.fields))
    table.add_row(
        "all",
        f"{sum(s.seconds for s in figures.steps):.0f}",
        str(sum(s.clicks for s in figures.steps)),
        str(sum(s.fields for s in figures.steps)),
    )
    console.print(table)
    for name in ("chat_before", "chat_after", "voice_after", "chat_undone"):
        console.print(f"{name}: {getattr(figures, name)}", markup=False)
    console.print(f"the new answer was given by chat and by voice: {figures.right}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench" / "newcomer.json")
    out: Path = parser.parse_args().out
    with tempfile.TemporaryDirectory(prefix="halo-newcomer-") as name:
        folder = Path(name)
        shutil.copytree(ROOT / "nlu_data", folder / "nlu_data")
        shutil.copytree(ROOT / "models" / "rasa", folder / "models" / "rasa")
        (folder / "models" / "speech").symlink_to(ROOT / "models" / "speech")
        with (
            running_product(
                folder / "var",
                knowledge_dir=str(folder / "nlu_data"),
                models_dir=str(folder / "models"),
            ) as product,
            sync_playwright() as playwright,
        ):
            chromium = shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            page = browser.new_page(viewport=SCREEN, locale="pl-PL")
            page.set_default_timeout(10_000)
            try:
                figures = measure(product, page)
            except Exception:
                page.screenshot(path=str(out.parent / "newcomer-failed.png"), full_page=True)
                raise
            browser.close()
    out.write_text(
        json.dumps({"machine": machine(), **asdict(figures)}, ensure_ascii=False, indent=1), "utf-8"
    )
    show(figures, Console(width=140))


if __name__ == "__main__":
    main()
