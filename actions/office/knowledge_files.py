"""The shape of the knowledge files: topics, acts, and the sentences between them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from actions.office import placeholders
from actions.office.files import Record
from actions.office.sentence import Sentence

DIALOGUE_SENTENCES = frozenset(
    "either_or which_topic offer_two offer_three not_understood rephrase no_answer "
    "unsure_handoff unsure_handoff_closed what_else".split()
)
VISIT_SENTENCES = frozenset(
    "which which_again not_bookable when when_again offer offer_one matter "
    "pick_again nothing_then nothing_earlier nothing_later nothing_at_all closed_day too_far past "
    "no_such_day no_such_hour taken expired name name_only name_again phone phone_only phone_more "
    "phone_again phone_too_long confirm confirm_again booked too_many stopped back number "
    "number_more number_wrong proof not_found not_found_person locked found cancel_confirm "
    "cancelled kept move_when move_confirm moved wait_phone waiting accept declined number_again "
    "unavailable".split()
)


class Answer(Record):
    """One checked answer. Given up to and including ``valid_until``; then a person is offered."""

    text: str = Field(min_length=1)
    spoken: str = Field(min_length=1)
    owner: str
    checked_on: date
    valid_until: date
    legal_basis: str = ""
    source: str = ""

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if not (self.legal_basis or self.source):
            raise ValueError("odpowiedź musi mieć legal_basis albo source")
        unknown = self.sentence.placeholders - placeholders.NAMES
        if unknown:
            raise ValueError(f"nie znam {{{', '.join(sorted(unknown))}}}")
        if self.valid_until < self.checked_on:
            raise ValueError("valid_until jest wcześniejsze niż checked_on")
        return self

    @property
    def sentence(self) -> Sentence:
        """Both forms of the wording, with placeholders."""
        return Sentence(self.text, self.spoken)


class Variant(Record):
    """A kind of the same matter with some answers of its own: a child's passport.

    ``called``: folded words that name it. No ``answers``: back to the matter's usual ones.
    """

    called: tuple[str, ...] = Field(min_length=1)
    answers: Mapping[str, Answer] = Field(default_factory=dict)


class Topic(Record):
    """A matter of the office. Keys of ``questions`` and ``answers`` are aspect ids."""

    id: str
    name: str
    accusative: str
    genitive: str
    department: str
    called: tuple[str, ...] = ()
    offer: tuple[str, ...] = ()
    redirect: str = ""  # id of the institution that runs the matter instead of the office
    off: bool = False  # switched off by the staff: nothing is told, a person is offered
    office_hours: bool = True  # False: "kiedy" asks for something else than the office's hours
    questions: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, Answer]
    variants: Mapping[str, Variant] = Field(default_factory=dict)

    def answer(self, aspect: str, variant: str | None = None) -> Answer | None:
        """The variant's own answer where it has one, else the matter's; None where none is."""
        kind = self.variants.get(variant or "")
        return (kind.answers.get(aspect) if kind else None) or self.answers.get(aspect)


class Institution(Record):
    """Somebody else's office that people ask us about. ``called``: folded words and phrases."""

    id: str
    name: str
    handles: str
    called: tuple[str, ...]
    phone: str = ""
    source: str


class Act(Record):
    """Something said that is not a question about a matter.

    ``offers_person``: the reply asks whether to connect with a person; "tak" then does it.
    ``patterns`` and ``false_alarms`` (emergency) are read by the guard in Rasa.
    """

    id: str
    questions: tuple[str, ...]
    replies: tuple[Sentence, ...] = Field(min_length=1)
    sentences: Mapping[str, Sentence] = Field(default_factory=dict)
    expects: Literal["anything", "yes_no", "digits"] = "anything"
    offers_person: bool = False
    ends: bool = False
    legal_basis: str = ""
    institutions: tuple[Institution, ...] = ()
    patterns: tuple[str, ...] = ()
    false_alarms: tuple[str, ...] = ()


class AspectNames(Record):
    """How an aspect is offered in a sentence, and on a button of the chat."""

    offer: str
    choice: str


class Dialogue(Record):
    """``dialogue.yml``: what is said between question and answer."""

    aspects: Mapping[str, AspectNames]
    sentences: Mapping[str, Sentence]
    visits: Mapping[str, Sentence]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = DIALOGUE_SENTENCES - set(self.sentences)
        if missing_of_visits := VISIT_SENTENCES - set(self.visits):
            raise ValueError(f"w visits brakuje: {', '.join(sorted(missing_of_visits))}")
        if missing:
            raise ValueError(f"w sentences brakuje: {', '.join(sorted(missing))}")
        return self
