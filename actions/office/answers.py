"""Answers to questions about a matter, from checked knowledge only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from actions.office import placeholders
from actions.office.calendar import to_local
from actions.office.facts import Department
from actions.office.knowledge import Knowledge, Lack
from actions.office.offers import Question, offered_aspects
from actions.office.reply import Reply
from actions.office.routing import department_of
from actions.office.sentence import Sentence, same

OFFICE = "office"
HOURS = "hours"
GENERAL = "general"


@dataclass(frozen=True)
class Answers:
    """Answers at one moment, from one picture of the knowledge."""

    knowledge: Knowledge
    now: datetime

    def about(
        self, topic_id: str, aspect: str | None, question: str, variant: str | None = None
    ) -> Reply:
        """The reply to a question about a known topic; ``aspect`` None: only the matter was named.

        ``question`` is the resident's text: a day or hour named in it is answered for that day.
        ``variant``: the kind of the matter that is meant, remembered with the reply.
        """
        aspect = aspect or GENERAL
        if aspect == HOURS and self._by_calendar(topic_id, question):
            sentence = self.knowledge.hours.answer(question, self.now)
            return Reply(sentence, topic=topic_id, aspect=aspect)
        found = self.knowledge.answer(topic_id, aspect, to_local(self.now).date(), variant)
        if isinstance(found, Lack):
            return self.no_answer(topic_id, aspect)
        said = self.fill(found.sentence, topic_id)
        reply = Reply(said, topic=topic_id, aspect=aspect, variant=variant)
        return self._with_offer(reply, topic_id) if aspect == GENERAL else reply

    def fill(
        self,
        sentence: Sentence,
        topic_id: str | None = None,
        more: Mapping[str, Sentence] = MappingProxyType({}),
        department: Department | None = None,
    ) -> Sentence:
        """The sentence with all placeholders of this moment and the topic's department.

        ``more``: further values, which win over the usual ones. ``department``: in place of the
        topic's.
        """
        values = placeholders.values(
            self.knowledge.office,
            self.knowledge.hours,
            department or department_of(self.knowledge, topic_id),
            self.now,
        )
        return sentence.fill(values | dict(more))

    def say(
        self,
        name: str,
        topic_id: str | None = None,
        more: Mapping[str, Sentence] = MappingProxyType({}),
    ) -> Sentence:
        """A sentence of ``dialogue.yml``, filled."""
        return self.fill(self.knowledge.dialogue.sentences[name], topic_id, more)

    def _by_calendar(self, topic_id: str, question: str) -> bool:
        """Whether the office's calendar answers: "kiedy wywóz" asks for the lorry's day instead."""
        topic = self.knowledge.topics.get(topic_id)
        if topic is None or not topic.office_hours:
            return False
        return topic_id == OFFICE or self.knowledge.hours.names_moment(question, self.now)

    def no_answer(self, topic_id: str, aspect: str | None) -> Reply:
        """Says that nothing checked is known about this, and offers a person."""
        topic = self.knowledge.topics.get(topic_id)
        name = same(topic.name if topic else self.knowledge.office.name)
        return Reply(
            self.say("no_answer", topic_id, {"topic": name}),
            choices=("Tak", "Nie"),
            expects="yes_no",
            question=Question("person", reason="no_answer"),
            topic=topic_id,
            aspect=aspect,
        )

    def _with_offer(self, reply: Reply, topic_id: str) -> Reply:
        aspects = tuple(offered_aspects(topic_id, self.knowledge))
        if len(aspects) < 2:
            return reply
        names = [self.knowledge.dialogue.aspects[a] for a in aspects]
        offers = zip(("first", "second", "third"), (same(n.offer) for n in names), strict=False)
        offer = self.say("offer_three" if len(aspects) == 3 else "offer_two", more=dict(offers))
        return Reply(
            reply.sentence.first_spoken().then(offer),
            choices=tuple(n.choice for n in names),
            question=Question("aspects", aspects),
            topic=topic_id,
            variant=reply.variant,
        )
