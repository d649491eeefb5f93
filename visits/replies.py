"""What a resident's reply to our message means: only a clear "I am not coming" cancels a visit.

Plain functions of texts; nothing here reads a clock, a file or a database. Whatever is not clear
(a question, a condition, a wish to move, a "nie" before the cancelling word) cancels nothing:
a visit kept in vain can still be cancelled, a visit lost cannot be had back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from polish.fold import fold
from visits.reservation_number import is_number, plain
from visits.senders.base import MessageChannel

Meaning = Literal["cancel", "other"]
CANCEL_WORD = "REZYGNUJĘ"  # what our messages ask people to write
REPLY_ABOVE = "--- Odpowiedź proszę wpisać nad tą linią ---"

SENTENCE = re.compile(r"[^.!?;\n]+[.!?;\n]?")
# Eight digits at once, in pairs or in fours. Such as are parts of longer numbers are none of ours.
SEPARATED = r"(?:\d{2}[ \u00a0.-]){3}\d{2}|\d{4}[ \u00a0-]\d{4}"
NUMBERS = re.compile(rf"(?<!\d)\d{{8}}(?!\d)|(?<![\d+])(?<!\d[ .-])(?:{SEPARATED})(?![ .-]?\d)")

# All on folded text: lower case, no diacritics, words split by single spaces.
NOT_COMING = re.compile(
    r"\bnie (?:przyjd[ezi]\w*|przyjad[ei]\w*|przybed\w+|stawi[ei]\w* sie|pojawi[ei]\w* sie"
    r"|skorzystam\w*|dam\w* rady(?: przyjsc| byc)?|dotr[ez]\w*"
    r"|(?:moge|mozemy) (?:\w+ ){0,2}?(?:przyjsc|byc|przyjechac|dotrzec|stawic)(?: sie)?"
    r"|bed[ez]\w* (?:\w+ ){0,2}?(?:mogl\w*|obecn\w+|na wizycie|w stanie przyjsc)"
    r"(?: (?:\w+ ){0,2}?(?:przyjsc|byc|przyjechac|dotrzec|stawic(?: sie)?))?)\b"
)
NOT_THERE = re.compile(  # "nie będę" says it only where nothing follows: "nie będę spóźniony"
    r"^(?:(?:niestety|jednak|jutro|dzis|dzisiaj|ja|my|przepraszam|dzien dobry) )*nie bed[ez]\w*"
    r"(?: (?:niestety|jednak|jutro|dzis|dzisiaj|przepraszam|dziekuje))*$"
)
ABOUT_VISIT = (
    r"(?:mojej |mej |tej |swojej |naszej |moja |te |swoja )?(?:wizyt|rezerwacj|termin|spotkan)"
)
CANCELLING = re.compile(
    r"\b(?:z?rezygnuj[ei]\w*|zrezygnowac|rezygnacj[aei]"
    r"|odwoluj[ei]\w*(?! sie\b)|odwolac|odwolam|odwolajcie|odwolaj"
    r"|anuluj[ei]?\w*|anulowac|anulacj[aei]|anulowani[ea]"
    rf"|odwolani[ea] {ABOUT_VISIT}\w*)\b|^odwolani[ea]$"
)
NEGATED = re.compile(rf"\b(?:nie|bez) (?:\w+ ){{0,2}}?(?:{CANCELLING.pattern})")
UNCLEAR = re.compile(
    r"\b(?:jesli|jezeli|jakby|gdyby\w*|gdy|moze|chyba|prawdopodobnie|byc moze|o ile"
    r"|przeloz\w*|przelozyc|przesun\w*|zmieni\w*|zmian\w*|inn(?:y|ym|ego) termin\w*|zamiast"
    r"|spozni\w*|pozniej|wczesniej|decyzj\w*|wyrok\w*)\b"
)
QUESTION = re.compile(r"^(?:czy|jak|dlaczego|czemu|kiedy|gdzie|kto|po co|ile)\b")
ALONE = frozenset({"nie", "r", "n", "stop"})  # as the whole reply, beside number and courtesies
COURTESIES = re.compile(
    r"\b(?:dzien dobry|dobry wieczor|witam|dziekuje\w*|dzieki|prosze|przepraszam|pozdrawiam"
    r"|z powazaniem|numer|nr|rezerwacji|rezerwacja|wizyta|wizyty|wizyte)\b"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """A message that came in. ``sender``: nine digits or an e-mail address; ``text``: what the
    resident wrote, without what is quoted; ``number``: the one reservation number that stands in
    it or in what it quotes; ``message_id``: the same when the same message comes again;
    ``revision``: of a declined invitation. ``automatic``: no person wrote it. ``calendar``:
    "declined" or another answer of a calendar program, empty for a letter. Never log any of it.
    """

    channel: MessageChannel
    sender: str
    text: str
    number: str | None
    message_id: str
    automatic: bool = False
    calendar: str = ""
    revision: int | None = None

    @property
    def meaning(self) -> Meaning:
        """What is to be done."""
        if self.calendar:
            return "cancel" if self.calendar == "declined" else "other"
        return "other" if self.automatic else meaning_of(self.text)


def meaning_of(text: str) -> Meaning:
    """Whether the text (without what it quotes) clearly cancels a visit."""
    bare = NUMBERS.sub(" ", text)
    if " ".join(COURTESIES.sub(" ", fold(bare)).split()) in ALONE:
        return "cancel"
    said = [_said(sentence) for sentence in SENTENCE.findall(bare)]
    return "cancel" if "cancel" in said and "keep" not in said else "other"


def _said(sentence: str) -> Literal["cancel", "keep", ""]:
    """What one sentence says; a comma ends what a "nie" before it can be about."""
    folded = fold(sentence)
    if sentence.endswith("?") or QUESTION.search(folded):
        return ""
    clauses = [fold(clause) for clause in sentence.split(",")]
    rest = [NOT_COMING.sub(" # ", clause) for clause in clauses]
    if any(NEGATED.search(clause) for clause in rest):
        return "keep"
    if UNCLEAR.search(folded):
        return ""
    found = (
        "#" in clause or CANCELLING.search(clause.strip()) or NOT_THERE.search(clause.strip())
        for clause in rest
    )
    return "cancel" if any(found) else ""


def number_in(*texts: str) -> str | None:
    """The reservation number in the first of the texts that holds any; None if it holds several:
    which of them is meant, nobody can know."""
    for text in texts:
        found = {digits for one in NUMBERS.findall(text) if is_number(digits := plain(one))}
        if found:
            return found.pop() if len(found) == 1 else None
    return None
