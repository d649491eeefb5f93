"""Every sentence that is known before anybody asks, so that its sound can be made ahead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from actions.office.answers import Answers
from actions.office.calendar import WARSAW
from actions.office.knowledge import Knowledge, KnowledgeStore
from actions.office.knowledge_files import Act
from actions.office.persons import Persons
from actions.office.sentence import Sentence


def spoken_answers(folder: Path, now: datetime | None = None) -> list[str]:
    """Spoken texts as they would be said at ``now`` (Warsaw; default: this moment), no doubles.

    Sentences about the present hour are among them and go out of date; their sound is then made
    when they are said. Raises ``SetupError`` when the knowledge cannot be read.
    """
    knowledge = KnowledgeStore(folder).current()
    answers = Answers(knowledge, now or datetime.now(WARSAW))
    return list(dict.fromkeys(sentence.spoken for sentence in _all(knowledge, answers)))


def _all(knowledge: Knowledge, answers: Answers) -> Iterator[Sentence]:
    persons = Persons(answers, on_phone=True)
    for topic in knowledge.topics.values():
        for aspect in topic.answers:
            yield answers.about(topic.id, aspect, "").sentence
        for name, variant in topic.variants.items():
            for aspect in variant.answers:
                yield answers.about(topic.id, aspect, "", name).sentence
        yield persons.handoff("asked", topic.id).sentence
    for act in knowledge.acts.values():
        yield from _act(act, answers)
    for sentence in knowledge.dialogue.sentences.values():
        yield from _filled(sentence, answers)


def _act(act: Act, answers: Answers) -> Iterator[Sentence]:
    for reply in act.replies:
        yield from _filled(reply, answers)
    for institution in act.institutions:
        name = "institution_with_phone" if institution.phone else "institution"
        values = {
            "institution": Sentence(institution.name, institution.name),
            "institution_phone": Sentence(institution.phone, institution.phone),
        }
        yield answers.fill(act.sentences[name], more=values)


def _filled(sentence: Sentence, answers: Answers) -> Iterator[Sentence]:
    with suppress(KeyError):  # needs a value that only the talk has, such as two rival topics
        yield answers.fill(sentence)
