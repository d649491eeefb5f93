"""Hand-offs to a person: to whom, why, and what the resident is told about the waiting."""

from __future__ import annotations

from dataclasses import dataclass, replace

from actions.office.answers import Answers
from actions.office.facts import Department
from actions.office.reply import Handoff, Reply
from actions.office.routing import Route, route
from actions.office.sentence import Sentence


@dataclass(frozen=True)
class Persons:
    """Hand-offs at one moment. ``on_phone``: a call is connected; else a request is queued."""

    answers: Answers
    on_phone: bool

    def handoff(
        self, reason: str, topic: str | None, department: Department | None = None
    ) -> Reply:
        """A person of the topic's (or the named) department, whether or not the office is open."""
        to = self._route(topic)
        if department:
            to = replace(to, department=department)
        if reason == "complaint":
            said = self.answers.knowledge.acts["complaint"].replies[0]
            return self._reply(to, reason, topic, said)
        act = self.answers.knowledge.acts["human"]
        if to.people_now:
            sentence = act.replies[0] if self.on_phone else act.sentences["chat_open"]
        else:
            sentence = act.sentences["phone_closed" if self.on_phone else "chat_closed"]
        return self._reply(to, reason, topic, sentence)

    def after_failures(self, topic: str | None) -> Reply:
        """Understood nothing twice in a row: a person."""
        to = self._route(topic)
        name = "unsure_handoff" if to.people_now else "unsure_handoff_closed"
        said = self.answers.knowledge.dialogue.sentences[name]
        return self._reply(to, "unsure", topic, said)

    def _route(self, topic: str | None) -> Route:
        return route(self.answers.knowledge, topic, self.answers.now)

    def _reply(self, to: Route, reason: str, topic: str | None, said: Sentence) -> Reply:
        return Reply(
            self.answers.fill(said, department=to.department),
            interruptible=False,  # what announces a hand-off is heard whole
            handoff=Handoff(to.department.id, reason, topic),
        )
