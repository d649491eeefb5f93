"""One turn of a talk about a visit: what was heard, where the talk stands, and the replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from actions.office.answers import Answers
from actions.office.heard import Heard
from actions.office.offers import Question
from actions.office.persons import Persons
from actions.office.reply import Expects, Memory, Reply
from actions.office.sentence import Sentence, same
from actions.office.visiting import phrasing
from actions.office.visiting.state import Asked, Deed, VisitState
from polish.wanted_time import WantedTime, read_wanted
from visits.ports import VisitBook
from visits.values import FreeTime, Service, Visit

_EXPECTS: Mapping[Asked, Expects] = {
    "phone": "digits",
    "number": "digits",
    "wait": "digits",
    "confirm": "yes_no",
    "cancel_confirm": "yes_no",
    "accept": "yes_no",
}
YES_NO = ("Tak", "Nie")
MOST_TRIES = 2  # answers in a row that lead nowhere, before a person


@dataclass(frozen=True)
class VisitTurn:
    """One message in a talk about a visit. ``usual``: the reply if there were no visit."""

    heard: Heard
    memory: Memory
    answers: Answers
    persons: Persons
    book: VisitBook
    talk_id: str
    usual: Callable[[], Reply]

    @property
    def now(self) -> datetime:
        """The moment, aware."""
        return self.answers.now

    @property
    def text(self) -> str:
        """What the resident said."""
        return self.heard.text

    @cached_property
    def wanted(self) -> WantedTime:
        """What the message says about when."""
        return read_wanted(self.text, self.now)

    @cached_property
    def services(self) -> Mapping[str, Service]:
        """Everything that can be booked, by id."""
        return {service.id: service for service in self.book.services()}

    # --- replies ---

    def ask(
        self,
        name: str,
        state: VisitState,
        *,
        choices: Sequence[str] = (),
        first: Sentence | None = None,
        **values: Sentence,
    ) -> Reply:
        """A question that goes on with the talk, as ``state`` has it; ``first`` is said before."""
        said = self.say(name, state, **values)
        return Reply(
            first.then(said) if first else said,
            choices=tuple(choices),
            expects=_EXPECTS.get(state.asked, "anything"),
            visit=state,
            topic=self._topic(state),
        )

    def done(self, name: str, state: VisitState, **values: Sentence) -> Reply:
        """Something was done, or found; the talk may go on about anything.

        Heard whole: what confirms a deed cannot be talked over.
        """
        return Reply(
            self.say(name, state, **values),
            interruptible=False,
            visit=state.then(asked="done"),
            topic=self._topic(state),
        )

    def over(self, name: str, state: VisitState, **values: Sentence) -> Reply:
        """The talk about the visit ends here."""
        return Reply(self.say(name, state, **values), visit_over=True)

    def person(self, name: str, state: VisitState, reason: str = "asked") -> Reply:
        """Cannot go on; "tak" then connects with a person."""
        return Reply(
            self.say(name, state),
            choices=YES_NO,
            expects="yes_no",
            question=Question("person", reason=reason),
            visit_over=True,
            topic=self._topic(state),
        )

    def not_understood(self, again: str, state: VisitState, **values: Sentence) -> Reply:
        """Says again what was asked, in other words; after ``MOST_TRIES`` a person."""
        if state.tries + 1 >= MOST_TRIES:
            reply = self.persons.after_failures(self._topic(state))
            return replace(reply, visit_over=True)
        choices = [phrasing.button(free.starts_at) for free in state.offered]
        asking = replace(state, tries=state.tries + 1)
        return self.ask(again, asking, choices=choices if state.asked == "pick" else (), **values)

    def say(self, name: str, state: VisitState, **values: Sentence) -> Sentence:
        """A sentence of ``dialogue.yml`` (visits), filled; its ``{about}`` from the state."""
        service = self.services.get(state.service)
        filled = {
            "about": same(service.about if service else "w urzędzie"),
            "who": phrasing.who(state.surname, state.phone, state.email),
            **values,
        }
        sentence = self.answers.knowledge.dialogue.visits[name]
        topic = self._topic(state)
        return self.answers.fill(sentence, topic, MappingProxyType(filled))

    # --- values of sentences ---

    def time(self, free: FreeTime | Visit) -> dict[str, Sentence]:
        """``{time}`` and ``{desk}`` of a free time or a visit."""
        desk = next((d for d in self.book.desks() if d.id == free.desk), None)
        return {"time": phrasing.moment(free.starts_at), "desk": phrasing.place(desk)}

    def _topic(self, state: VisitState) -> str | None:
        service = self.services.get(state.service)
        return service.topic if service else None


def deed_of(intent: str) -> Deed | None:
    """Which deed an act starts; None for the others."""
    return _DEEDS.get(intent)


_DEEDS: Mapping[str, Deed] = {
    "appointment_book": "book",
    "appointment_move": "move",
    "appointment_cancel": "cancel",
    "appointment_check": "check",
}
