"""What is answered to one message: the decisions of the actions, without Rasa."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from actions.office.answers import HOURS, OFFICE, Answers
from actions.office.called import find_called
from actions.office.corrections import corrected_topic, goes_back
from actions.office.heard import Heard
from actions.office.knowledge import Knowledge
from actions.office.knowledge_files import Act
from actions.office.offers import Question, chosen, pressed
from actions.office.persons import Persons
from actions.office.reply import Memory, Reply
from actions.office.sentence import Sentence, same
from actions.office.slower import in_pieces
from actions.office.variants import named_variant, names_only_variant
from actions.office.visiting import talk as visiting
from actions.office.visiting.turn import VisitTurn
from actions.office.which import SURE, aspect_of, topic_and_rival
from polish.fold import fold
from visits.ports import VisitBook

WORTH_ASKING = 0.4  # two rivals together; weaker ones are not even asked about
MERE_DAY_WORDS = 4
MERE_NAME_WORDS = 2
MERE_GUESS = 0.25  # confidence of "not our matter" under which nobody is told so
MANY_OPTIONS = 3  # with so many, "to ostatnie" is not the second one
ABOUT_OFFICE = ("hours", "where", "contact")  # without a matter, these ask about the office
_AND_WHAT_OF = re.compile(r"^(a|i|oraz|albo)( co z)? ")  # "a paszport?" keeps the aspect


@dataclass(frozen=True)
class Talk:
    """One turn: what was heard, what is remembered, what is known, and the moment.

    ``book``: where visits are kept, None: none can be booked; ``talk_id``: the conversation's.
    """

    heard: Heard
    memory: Memory
    knowledge: Knowledge
    now: datetime
    book: VisitBook | None = None
    talk_id: str = ""

    @property
    def answers(self) -> Answers:
        """Answers of this moment."""
        return Answers(self.knowledge, self.now)

    @property
    def persons(self) -> Persons:
        """Hand-offs of this moment."""
        return Persons(self.answers, self.heard.on_phone)

    def answer(self) -> Reply:
        """A question about a matter."""
        again = self._picked() or self._corrected() or self._variant_again() or self._mere_day()
        if again:
            return again
        topic, rival = topic_and_rival(self.heard, self.knowledge)
        if topic and rival:
            return self._either(topic, rival)
        aspect = aspect_of(self.heard)
        if topic is None:
            return self._back(aspect) or self._without_topic(aspect)
        if aspect in (None, "general"):
            aspect = self._kept_aspect()
        elif len(fold(self.heard.text).split()) <= MERE_NAME_WORDS:
            aspect = self._open_aspect() or aspect  # "na dowód": only says of which matter
        return self._about(topic, aspect)

    def unsure(self) -> Reply:
        """Nothing was understood, or too little to act on."""
        if picked := self._picked():
            return picked
        if elsewhere := self._institution():
            return elsewhere
        if again := self._corrected() or self._hours_again() or self._variant_again():
            return again
        if back := self._back(None) or self._asked_of_same():
            return back
        topic, rival = topic_and_rival(self.heard, self.knowledge)
        weak = sum(r.confidence for r in self.heard.topics[:2]) < WORTH_ASKING
        if topic and rival and not weak:
            return self._either(topic, rival)
        return self._not_understood()

    def act(self, act_id: str) -> Reply:
        """Anything that only needs its own reply."""
        if act_id == "out_of_scope" and (better := self._not_ours()):
            return better
        act = self.knowledge.acts[act_id]
        sentence = self.answers.fill(self._fresh(act), self.memory.topic)
        question = Question("person", reason="asked") if act.offers_person else None
        if act_id == "thanks":
            question = Question("more")
        return Reply(
            sentence,
            choices=("Tak", "Nie") if act.offers_person else (),
            expects="yes_no" if question else act.expects,
            ends=act.ends,
            question=question,
            topic=self._named() if act.offers_person else None,
        )

    def _not_ours(self) -> Reply | None:
        """What fits better than "that is not our matter"; None: it is not ours indeed."""
        if again := self._variant_again():
            return again  # "a dla dziecka?" belongs to the matter talked about
        if elsewhere := self._institution():
            return elsewhere
        if self.heard.intent_confidence < MERE_GUESS:
            return self._not_understood()  # a mere guess: nobody is told that it is not ours
        return None

    def human(self) -> Reply:
        """The resident wants a person: always granted."""
        return self._to_person("asked")

    def complaint(self) -> Reply:
        """Regret, and a person."""
        if picked := self._picked():
            return picked  # "to trzecie" was an answer
        return self._to_person("complaint")

    def emergency(self) -> Reply:
        """112 first, heard whole; what was asked before stays open."""
        reply = self.act("emergency")
        return replace(reply, interruptible=False, question=self.memory.last_question)

    def affirm(self) -> Reply:
        """Yes to what was asked last."""
        question = self.memory.last_question
        if question is None:
            return self.act("affirm")
        if question.asked == "person":
            return self.persons.handoff(question.reason, self.memory.topic)
        if question.asked == "more":
            return Reply(self.answers.fill(self.knowledge.acts["affirm"].replies[0]))
        if picked := self._picked():
            return picked
        if question.asked == "aspects" and question.options:
            return self._pick(question, question.options[0])
        return self._not_understood()

    def deny(self) -> Reply:
        """No to what was asked last, or to what was understood."""
        if corrected := self._corrected():
            return corrected
        question = self.memory.last_question
        if question is None:
            return self.act("deny")
        if question.asked == "more":
            return self.act("bye")
        if picked := self._picked():
            return picked
        if question.asked in ("either", "which_topic"):
            return Reply(self.answers.say("rephrase"), failures=self.memory.failures)
        return Reply(self.answers.say("what_else"))

    def repeat(self, *, slower: bool = False) -> Reply:
        """The last reply once more; ``slower``: in shorter pieces."""
        last = self.memory.last_reply
        if not last:
            return self.act("slower" if slower else "repeat")
        spoken = str(last["spoken"])
        return Reply(
            Sentence(str(last["text"]), in_pieces(spoken) if slower else spoken),
            choices=tuple(last.get("choices", ())),
            expects=last.get("expects", "anything"),
            question=self.memory.last_question,
            failures=self.memory.failures,
            slower=slower,
        )

    def cancel(self) -> Reply:
        """Back to the beginning, or to the matter before this one."""
        if back := self._back(None):
            return back
        return replace(self.act("cancel"), forget=True)

    def _named(self) -> str | None:
        """The one matter named in a message that is not a question about it."""
        named = self.knowledge.names.find(self.heard.text)
        return named.pop() if len(named) == 1 else None

    def _to_person(self, reason: str) -> Reply:
        named = find_called(self.heard.text, self.knowledge.office.departments)
        return self.persons.handoff(reason, self._named() or self.memory.topic, named)

    def _hours_again(self) -> Reply | None:
        """A mere day or hour ("a w sobotę?") after a talk about hours, or in so many words."""
        after_hours = self.memory.aspect == HOURS
        if not after_hours and len(fold(self.heard.text).split()) > MERE_DAY_WORDS:
            return None
        if not self.knowledge.hours.names_moment(self.heard.text, self.now):
            return None
        topic = self.memory.topic if after_hours else None
        return self._about(topic or OFFICE, HOURS)

    def _mere_day(self) -> Reply | None:
        """Only another day after a talk about hours ("a 24 grudnia?")."""
        mere = len(fold(self.heard.text).split()) <= MERE_DAY_WORDS
        if not mere or self.memory.aspect != HOURS:
            return None
        return None if self.knowledge.names.find(self.heard.text) else self._hours_again()

    def _asked_of_same(self) -> Reply | None:
        """The aspect is clear and no matter is named: the one talked about is meant."""
        topic, aspect = self.memory.topic, self.heard.aspects[:1]
        if topic is None or not aspect or aspect[0].confidence < SURE:
            return None
        if aspect[0].id == "general" or self.knowledge.names.find(self.heard.text):
            return None
        return self._about(topic, aspect[0].id)

    def _about(self, topic: str, aspect: str | None) -> Reply:
        named = named_variant(self.heard.text, topic, self.knowledge)
        same_matter = topic == self.memory.topic and not self.heard.topics
        kept = self.memory.variant if same_matter else None
        return self.answers.about(topic, aspect, self.heard.text, named or kept)

    def _corrected(self) -> Reply | None:
        """Another matter was meant ("nie, paszport, nie dowód"): the same is told about it."""
        topic = corrected_topic(self.heard.text, self.knowledge)
        if topic is None or topic == self.memory.topic:
            return None
        asked = aspect_of(self.heard)
        question = self.memory.last_question
        kept = question.aspect if question and question.aspect else self.memory.aspect
        return self._about(topic, kept if asked in (None, "general") else asked)

    def _back(self, aspect: str | None) -> Reply | None:
        """The matter before this one, when somebody wants to go back to it."""
        earlier = self.memory.earlier_topic
        if earlier is None or not goes_back(self.heard.text):
            return None
        return self._about(earlier, aspect)

    def _variant_again(self) -> Reply | None:
        """Only another kind of the same matter was named ("a dla dziecka?")."""
        topic = self.memory.topic
        if topic is None or not names_only_variant(self.heard.text, topic, self.knowledge):
            return None
        return self._about(topic, self.memory.aspect)

    def _kept_aspect(self) -> str | None:
        """Only a matter was named: the aspect that was open, or None."""
        if aspect := self._open_aspect():
            return aspect
        if _AND_WHAT_OF.match(fold(self.heard.text)):
            return self.memory.aspect
        return None

    def _open_aspect(self) -> str | None:
        """The aspect asked about when only its matter was unclear."""
        question = self.memory.last_question
        asked = question and question.asked in ("which_topic", "either")
        return question.aspect if question and asked else None

    def _without_topic(self, aspect: str | None) -> Reply:
        if aspect in (None, "general"):
            return self._hours_again() or self._not_understood()
        if self.memory.topic:
            return self._about(self.memory.topic, aspect)
        if aspect in ABOUT_OFFICE and OFFICE in self.knowledge.topics:
            return self._about(OFFICE, aspect)
        return Reply(
            self.answers.say("which_topic"),
            question=Question("which_topic", aspect=aspect),
            aspect=aspect,
            failures=self.memory.failures,
        )

    def _either(self, first: str, second: str) -> Reply:
        asked = self.memory.last_question
        if asked and asked.asked == "either" and set(asked.options) == {first, second}:
            return self._not_understood()
        topics = self.knowledge.topics
        names = same(topics[first].accusative), same(topics[second].accusative)
        aspect = aspect_of(self.heard)
        return Reply(
            self.answers.say("either_or", more={"first": names[0], "second": names[1]}),
            choices=(topics[first].name, topics[second].name),
            question=Question("either", (first, second), aspect=aspect),
            failures=self.memory.failures,
        )

    def _picked(self) -> Reply | None:
        """The reply when the message answers the last question, by number or by name."""
        question = self.memory.last_question
        if question is None or question.asked not in ("either", "aspects"):
            return None
        if self.heard.choice and self.heard.choice <= len(question.options) < MANY_OPTIONS:
            return self._pick(question, question.options[self.heard.choice - 1])
        if button := pressed(self.heard.text, question, self.knowledge):
            return self._pick(question, button)
        topic, rival = topic_and_rival(self.heard, self.knowledge)
        elsewhere = topic and not rival and topic not in (*question.options, self.memory.topic)
        option = None if elsewhere else chosen(self.heard.text, question, self.knowledge)
        return self._pick(question, option) if option else None

    def _pick(self, question: Question, option: str) -> Reply:
        if question.asked == "either":
            return self._about(option, question.aspect)
        return self._about(self.memory.topic or OFFICE, option)

    def _not_understood(self) -> Reply:
        if self.memory.failures >= 1:
            return self.persons.after_failures(self.memory.topic)
        return Reply(self.answers.say("not_understood"), failures=self.memory.failures + 1)

    def _institution(self) -> Reply | None:
        act = self.knowledge.acts.get("out_of_scope")
        found = find_called(self.heard.text, act.institutions) if act else None
        if act is None or found is None:
            return None
        name = "institution_with_phone" if found.phone else "institution"
        sentence = act.sentences[name]
        values = {"institution": same(found.name), "institution_phone": same(found.phone)}
        return Reply(self.answers.fill(sentence, more=values))

    def _fresh(self, act: Act) -> Sentence:
        """A wording that was not said just before, where there are several."""
        said = (self.memory.last_reply or {}).get("text")
        others = [r for r in act.replies if r.text != said]
        return (others or list(act.replies))[0]


Step = Callable[[Talk], Reply]

STEPS: Mapping[str, Step] = {
    "action_answer": Talk.answer,
    "action_reply_act": lambda talk: talk.act(talk.heard.intent),
    "action_human": Talk.human,
    "action_complaint": Talk.complaint,
    "action_emergency": Talk.emergency,
    "action_unsure": Talk.unsure,
    "action_affirm": Talk.affirm,
    "action_deny": Talk.deny,
    "action_repeat": Talk.repeat,
    "action_slower": lambda talk: talk.repeat(slower=True),
    "action_cancel": Talk.cancel,
}


def decide(action: str, talk: Talk) -> Reply:
    """The reply of one action. Raises ``KeyError`` for an unknown action or act.

    ``understood`` names the matter that was answered, also when it was only remembered.
    """
    reply = _about_visit(action, talk) or STEPS[action](talk)
    understood = talk.heard.as_understood()
    if reply.topic:
        understood |= {"topic": reply.topic, "aspect": reply.aspect or understood["aspect"]}
    personal = visiting.is_personal(talk.memory.visit, reply.visit)
    return replace(reply, understood=understood, personal=personal)


def _about_visit(action: str, talk: Talk) -> Reply | None:
    if talk.book is None:
        return None
    turn = VisitTurn(
        talk.heard,
        talk.memory,
        talk.answers,
        talk.persons,
        talk.book,
        talk.talk_id,
        lambda: STEPS[action](talk),
    )
    return visiting.reply(turn)
