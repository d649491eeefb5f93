"""Entry: whether a message belongs to a talk about a visit, and what is answered to it."""

from __future__ import annotations

import re
from dataclasses import replace

import structlog

from actions.office.reply import Reply
from actions.office.sentence import Sentence, same
from actions.office.visiting import booking, phrasing, reservation, times
from actions.office.visiting.state import VisitState
from actions.office.visiting.turn import VisitTurn, deed_of
from polish.fold import fold
from polish.said_number import is_dictation, spelled
from visits.values import VisitError
from voice_gateway.records.database import RecordsError

log = structlog.get_logger(__name__)

ALWAYS_USUAL = ("human", "emergency")  # heard in every state of every talk
DICTATED = ("phone", "wait", "number", "proof", "confirm")  # digits may answer these
OF_RESERVATION = ("number", "proof", "cancel_confirm", "accept")
# Acts that are answered in between; then the visit goes on where it was.
IN_BETWEEN = ("help", "bot_identity", "language", "greet", "thanks", "abuse", "out_of_scope")
# What is said before and after these holds names and numbers.
PERSONAL = frozenset(
    ("name", "phone", "wait", "confirm", "number", "proof", "cancel_confirm", "accept", "done")
)
SURE = 0.4  # confidence of a question's aspect or topic from which it is answered in between
_STOPS = re.compile(
    r"\b(rezygnuje|rezygnacja|rozmyslil\w*|niewazne|nieaktualne|jednak nie (?:chce|trzeba)|"
    r"zostawmy to|koniec z tym|nie umawiaj\w*|dajmy spokoj|daj\w* spokoj)\b"
)
_NUMBER = re.compile(r"\bnumer\w*\b|\bpowtorz\w*\b|\bjeszcze raz\b")
_SPELL = re.compile(r"\b(przeliter\w*|literuj\w*|cyfra po cyfrze|po jednej cyfrze|pojedynczo)\b")
_SHORT = 6  # words


def reply(turn: VisitTurn) -> Reply | None:
    """The reply if the message starts or goes on with a talk about a visit; else None."""
    state, intent = turn.memory.visit, turn.heard.intent
    try:
        if state is not None and (answer := _in_talk(turn, state)):
            return answer
        going_on = state is not None and state.asked != "done"
        if going_on:
            return None
        deed = deed_of(intent)
        if deed == "book" or booking.is_wanted(turn):
            return booking.start(turn)
        return reservation.start(turn, deed) if deed else None
    except (RecordsError, VisitError) as error:
        log.error("visits_unavailable", code=error.code)
        return replace(
            turn.person("unavailable", VisitState("book"), reason="trouble"), error_code=error.code
        )


def _in_talk(turn: VisitTurn, state: VisitState) -> Reply | None:
    intent = turn.heard.intent
    dictates = state.asked in DICTATED and is_dictation(turn.text)
    if not dictates and (intent in ALWAYS_USUAL or _says(turn, "complaint")):
        return _leave(turn, state)
    if state.asked == "done":
        return _after(turn, state)
    if _says(turn, "repeat", "slower") and not dictates:
        return None  # the last reply once more; the slot stays
    return _stopped(turn, state) or _other_deed(turn, state) or _answered(turn, state)


def _says(turn: VisitTurn, *acts: str) -> bool:
    """Whether one of the acts was said, and not only guessed from an answer like "wcześniej"."""
    heard = turn.heard
    return heard.intent in acts and (
        heard.intent_confidence >= SURE and not times.says_when(turn.wanted)
    )


def _answered(turn: VisitTurn, state: VisitState) -> Reply:
    if state.asked in OF_RESERVATION:
        answer, again = reservation.go_on(turn, state), reservation.again(state)
    else:
        answer, again = booking.go_on(turn, state), booking.again(state)
    if answer := answer or _in_between(turn, state):
        return answer
    return turn.not_understood(again, state, **_values(turn, state))


def _leave(turn: VisitTurn, state: VisitState) -> Reply:
    """A person or 112: the usual reply. An emergency keeps the talk open, a hand-off ends it."""
    usual = turn.usual()
    if turn.heard.intent == "emergency":
        return replace(usual, visit=state)
    turn.book.release(turn.talk_id)
    return replace(usual, visit_over=True)


def _stopped(turn: VisitTurn, state: VisitState) -> Reply | None:
    """ "Rezygnuję": what was held is let go."""
    if state.asked == "cancel_confirm":
        return None  # "rezygnuję" means the visit itself there
    if turn.heard.intent != "cancel" and not _STOPS.search(fold(turn.text)):
        return None
    turn.book.release(turn.talk_id)
    return turn.over("stopped" if state.deed == "book" else "kept", state)


def _other_deed(turn: VisitTurn, state: VisitState) -> Reply | None:
    """ "Chcę odwołać wizytę" while a new one is being booked, and the like."""
    deed = deed_of(turn.heard.intent)
    if deed is None or deed == state.deed or "wizyt" not in fold(turn.text):
        return None
    if state.asked in ("confirm", "cancel_confirm", "pick"):
        return None
    turn.book.release(turn.talk_id)
    return booking.start(turn) if deed == "book" else reservation.start(turn, deed)


def _after(turn: VisitTurn, state: VisitState) -> Reply | None:
    """After a deed: the number again, spelled if wanted; anything else is an ordinary message."""
    words = fold(turn.text)
    if not state.number or deed_of(turn.heard.intent):
        return None
    short = len(words.split()) <= _SHORT
    if _SPELL.search(words) or turn.heard.intent == "slower":
        told = Sentence(phrasing.number(state.number).text, spelled(state.number))
        return turn.done("number_again", state, number=told)
    wanted = turn.heard.intent in ("repeat", "affirm") or (short and _NUMBER.search(words))
    if wanted:
        return turn.done("number_again", state, number=phrasing.number(state.number))
    if turn.heard.intent == "deny":
        return Reply(turn.answers.say("what_else"), visit_over=True)
    return None


def _in_between(turn: VisitTurn, state: VisitState) -> Reply | None:
    """A question or a remark in the middle: it is answered, and the visit goes on."""
    heard = turn.heard
    aspect = heard.aspects[0] if heard.aspects else None
    asks = heard.intent == "ask" and aspect is not None and aspect.confidence >= SURE
    remarks = heard.intent in IN_BETWEEN and heard.intent_confidence >= SURE
    if not (asks and aspect and aspect.id != "general") and not remarks:
        return None
    usual = turn.usual()
    if usual.handoff:
        return replace(usual, visit_over=True)
    question = _asked_before(turn, state)
    back = turn.say("back", state, question=question)
    return replace(
        usual,
        sentence=usual.sentence.then(back),
        choices=tuple((turn.memory.last_reply or {}).get("choices", ())),
        expects=(turn.memory.last_reply or {}).get("expects", "anything"),
        question=None,
        ends=False,
        failures=0,
        visit=state,
    )


def _asked_before(turn: VisitTurn, state: VisitState) -> Sentence:
    name = _SHORT_QUESTIONS[state.asked]
    return turn.say(name, state, **_values(turn, state))


_SHORT_QUESTIONS = {
    "service": "which",
    "when": "when_again",
    "pick": "offer",
    "name": "name_only",
    "phone": "phone_only",
    "wait": "wait_phone",
    "confirm": "confirm_again",
    "number": "number",
    "proof": "proof",
    "cancel_confirm": "cancel_confirm",
    "accept": "accept",
}


def _values(turn: VisitTurn, state: VisitState) -> dict[str, Sentence]:
    if state.asked in ("cancel_confirm", "accept"):
        visit = turn.book.find(state.number, state.proof, turn.now)
        return turn.time(visit)
    if state.asked in ("number", "proof"):
        return {}
    return {"times": same(""), **booking.values_of_question(turn, state)}


def is_personal(before: VisitState | None, after: VisitState | None) -> bool:
    """Whether a turn holds who somebody is: asked for before it, or told after it."""
    return any(state is not None and state.asked in PERSONAL for state in (before, after))
