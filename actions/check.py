"""Checks the knowledge before it is published: ``python -m actions.check [FOLDER]``.

Prints one line a fault, in Polish for the staff who mend it, and exits with 1 when there is one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from actions.office import own_topics
from actions.office.answers import Answers
from actions.office.calendar import WARSAW
from actions.office.facts import load_office
from actions.office.files import Record, read_record, read_yaml
from actions.office.incidents import Incident, load_incidents
from actions.office.knowledge import Knowledge
from actions.office.knowledge_files import Act, Answer, Dialogue, Topic
from actions.office.own_topics import is_own
from actions.office.placeholders import NAMES
from actions.office.sentence import SENTENCE_END, Sentence
from actions.office.system import load_system
from polish.fold import fold
from polish.speech import to_speech
from voice_gateway.errors import SetupError
from voice_gateway.settings import Settings

MOST_SECONDS = 13.0  # a caller forgets the beginning of a longer answer
MOST_GREETING_S = 8.0  # nobody phones to listen to a greeting
SECONDS_A_LETTER = 0.0765  # espeak-ng, fitted on the 117 answers of November 2026
MOST_SENTENCES = 2
QUESTIONS = (8, 30)  # fewer teach the classifier nothing, more drown the other aspects
R = TypeVar("R", bound=Record)
FORBIDDEN_ALOUD = re.compile(r"https?://|www\.|@|\b(ul|tel|nr|np|m\.in|godz|pon|pt)\.|[/]")
_folded = lru_cache(maxsize=20_000)(fold)  # a check at a publication meets the same questions again
ACT_SENTENCES: Mapping[str, frozenset[str]] = {
    "human": frozenset({"chat_open", "phone_closed", "chat_closed"}),
    "out_of_scope": frozenset({"institution_with_phone", "institution"}),
}


@dataclass(frozen=True)
class Taxonomy:
    """The fixed ids."""

    topics: frozenset[str]
    aspects: frozenset[str]
    acts: frozenset[str]


def check(folder: Path, today: date) -> list[str]:
    """All faults of the knowledge in ``folder``; empty when it may be published."""
    faults: list[str] = []
    topics = _read(sorted((folder / "topics").glob("*.yml")), Topic, faults)
    acts = _read(sorted((folder / "acts").glob("*.yml")), Act, faults)
    try:
        data = read_yaml(folder / "taxonomy.yml")
        ids = Taxonomy(*(frozenset(data[kind]) for kind in ("topics", "aspects", "acts")))
        knowledge = Knowledge(
            load_office(folder / "office.yml"),
            read_record(folder / "dialogue.yml", Dialogue),
            {topic.id: topic for topic in topics.values()},
            {act.id: act for act in acts.values()},
        )
        system = load_system(folder / "system.yml")
        incidents = load_incidents(folder)
    except SetupError as error:
        return [*faults, str(error)]
    checks = Checks(knowledge, ids, today)
    faults += [
        f"topics/{name}.yml: {f}" for name, t in topics.items() for f in checks.topic(name, t)
    ]
    faults += [f"acts/{name}.yml: {f}" for name, a in acts.items() for f in checks.act(name, a)]
    faults += [f"system.yml: {f}" for f in _system(system)]
    faults += [f"incidents.yml: {one.id}: {f}" for one in incidents for f in checks.incident(one)]
    return [*faults, *checks.whole()]


def _system(system: Mapping[str, Sentence]) -> Iterator[str]:
    for name, sentence in system.items():
        yield from (f"{name}: {fault}" for fault in _aloud(sentence.spoken))
    seconds = reading_s(system["greeting"].spoken)
    if seconds > MOST_GREETING_S:
        yield f"greeting trwa {seconds:.0f} s, najwyżej {MOST_GREETING_S:.0f} s"


def _read(paths: Iterable[Path], kind: type[R], faults: list[str]) -> dict[str, R]:
    """File name without ending -> its record; a broken file is a fault."""
    found: dict[str, R] = {}
    for path in paths:
        try:
            found[path.stem] = read_record(path, kind)
        except SetupError as error:
            faults.append(str(error))
    return found


@dataclass(frozen=True)
class Checks:
    """The rules, over one picture of the knowledge. Each method yields faults in Polish."""

    knowledge: Knowledge
    ids: Taxonomy
    today: date

    def topic(self, name: str, topic: Topic) -> Iterator[str]:
        """A topic file."""
        if topic.id != name:
            yield f"id „{topic.id}” nie zgadza się z nazwą pliku"
        if topic.id not in self.ids.topics and not is_own(topic.id):
            yield f"nie znam sprawy „{topic.id}” (taxonomy.yml)"
        yield from self._departments("department", topic.department)
        for aspect in sorted({*topic.questions, *topic.answers} - self.ids.aspects):
            yield f"nie znam części sprawy „{aspect}” (taxonomy.yml)"
        for aspect in sorted(set(topic.answers) ^ set(topic.questions)):
            yield f"{aspect}: musi mieć i pytania, i odpowiedź"
        if not 2 <= len(topic.offer) <= 3 or not set(topic.offer) <= set(topic.answers):
            yield "offer: potrzebne są dwie albo trzy części sprawy, które mają odpowiedź"
        for aspect, questions in topic.questions.items():
            least = own_topics.LEAST_QUESTIONS if is_own(topic.id) else QUESTIONS[0]
            yield from self._questions(aspect, questions, least)
        for aspect, answer in topic.answers.items():
            yield from (f"{aspect}: {fault}" for fault in self._answer(topic, aspect, answer))
        yield from self._variants(topic)

    def act(self, name: str, act: Act) -> Iterator[str]:
        """An act file."""
        if act.id != name:
            yield f"id „{act.id}” nie zgadza się z nazwą pliku"
        if act.id not in self.ids.acts:
            yield f"nie znam „{act.id}” (taxonomy.yml)"
        yield from self._questions("questions", act.questions)
        missing = ACT_SENTENCES.get(act.id, frozenset()) - set(act.sentences)
        yield from (f"brakuje sentences.{name}" for name in sorted(missing))
        answers = self._answers()
        for reply in act.replies:
            unknown = reply.placeholders - NAMES
            if unknown:
                yield f"nie znam {{{', '.join(sorted(unknown))}}}"
            else:
                yield from _aloud(answers.fill(reply).spoken)
        if act.id == "emergency" and "112" not in SENTENCE_END.split(act.replies[0].spoken)[0]:
            yield "pierwsze zdanie musi kierować na 112"

    def incident(self, incident: Incident) -> Iterator[str]:
        """An incident message."""
        yield from self._departments("owner", incident.owner)
        known = self.ids.topics | set(self.knowledge.topics)
        for topic in sorted(set(incident.topics) - known):
            yield f"nie znam sprawy „{topic}” (taxonomy.yml)"
        yield from _aloud(incident.spoken)

    def whole(self) -> Iterator[str]:
        """What only shows when all files are looked at together."""
        for kind, ids, found in (
            ("topics", self.ids.topics, self.knowledge.topics),
            ("acts", self.ids.acts, self.knowledge.acts),
        ):
            yield from (f"{kind}: brakuje pliku {i}.yml" for i in sorted(ids - set(found)))
        aspects = self.ids.aspects - set(self.knowledge.dialogue.aspects)
        yield from (f"dialogue.yml: brakuje aspects.{a}" for a in sorted(aspects))
        seen: dict[str, str] = {}
        for meaning, question in self._all_questions():
            before = seen.setdefault(_folded(question), meaning)
            if before != meaning:
                yield f"pytanie „{question}” jest i w {before}, i w {meaning}"

    def _all_questions(self) -> Iterator[tuple[str, str]]:
        for topic in self.knowledge.topics.values():
            for aspect, questions in topic.questions.items():
                yield from ((f"{topic.id}.{aspect}", q) for q in questions)
        for act in self.knowledge.acts.values():
            yield from ((act.id, q) for q in act.questions)

    def _variants(self, topic: Topic) -> Iterator[str]:
        for name, variant in topic.variants.items():
            for aspect, answer in variant.answers.items():
                where = f"variants.{name}.{aspect}"
                if aspect not in topic.answers:
                    yield f"{where}: tej części nie ma w answers"
                yield from (f"{where}: {fault}" for fault in self._answer(topic, aspect, answer))
            for called in variant.called:
                if fold(called) != called:
                    yield f"variants.{name}: „{called}” ma być bez polskich znaków i wielkich liter"

    def _answer(self, topic: Topic, aspect: str, answer: Answer) -> Iterator[str]:
        yield from self._departments("owner", answer.owner)
        if answer.valid_until < self.today:
            yield f"odpowiedź jest nieaktualna od {answer.valid_until}"
        if answer.checked_on > self.today:
            yield f"checked_on jest w przyszłości: {answer.checked_on}"
        yield from _aloud(self._answers().fill(answer.sentence, topic.id).spoken)

    def _questions(
        self, where: str, questions: tuple[str, ...], least: int = QUESTIONS[0]
    ) -> Iterator[str]:
        most = QUESTIONS[1]
        if not least <= len(questions) <= most:
            yield f"{where}: {len(questions)} pytań, ma być od {least} do {most}"

    def _departments(self, field: str, department: str) -> Iterator[str]:
        if department not in {d.id for d in self.knowledge.office.departments}:
            yield f"{field}: nie ma wydziału „{department}” w office.yml"

    def _answers(self) -> Answers:
        return Answers(self.knowledge, datetime.combine(self.today, time(10), WARSAW))


def _aloud(spoken: str) -> Iterator[str]:
    """Faults of a filled spoken text: too long for the ear, or written for the eye."""
    sentences = len(SENTENCE_END.split(spoken))
    if sentences > MOST_SENTENCES:
        yield f"spoken ma {sentences} zdania, najwyżej {MOST_SENTENCES}"
    seconds = reading_s(spoken)
    if seconds > MOST_SECONDS:
        yield f"spoken trwa {seconds:.0f} s, najwyżej {MOST_SECONDS:.0f} s"
    if found := FORBIDDEN_ALOUD.search(spoken):
        yield f"spoken ma „{found[0]}”, czego nie da się przeczytać na głos"


@lru_cache(maxsize=4096)  # and the same answers
def reading_s(spoken: str) -> float:
    """Seconds that reading aloud takes at the usual 150 words a minute, within one second."""
    return len(to_speech(spoken)) * SECONDS_A_LETTER


def main(arguments: list[str]) -> int:
    """Check the folder given (default: the product's); 0 when there is no fault."""
    folder = Path(arguments[0]) if arguments else Settings().knowledge_dir
    faults = check(folder, datetime.now(WARSAW).date())
    for fault in faults:
        print(fault)
    print(f"Błędów: {len(faults)}" if faults else "Wiedza jest w porządku.")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
