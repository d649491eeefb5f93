"""A visit that is booked already: find it by its number and one more fact, then check, cancel or
move it, or take an offer from the waiting list."""

from __future__ import annotations

from dataclasses import replace

from actions.office.reply import Reply
from actions.office.sentence import same
from actions.office.visiting import booking, phrasing, times
from actions.office.visiting.state import Deed, VisitState, Wish
from actions.office.visiting.turn import YES_NO, VisitTurn
from polish.dictated_phone import DictatedPhone, hear
from polish.dictation import read_surname
from polish.said_number import hear_number, read_number
from visits.values import Visit, VisitError

LENGTH = 8  # digits of a reservation number
MOST_WRONG = 2  # numbers or proofs that lead nowhere, before a person is offered


def start(turn: VisitTurn, deed: Deed) -> Reply:
    """The first message: it may hold the number already; a visit just booked is meant itself."""
    before = turn.memory.visit
    number = read_number(turn.text) or (before.number if before else "")
    state = VisitState(deed, asked="number", number=number)
    if before and before.number == number:
        state = state.then(proof=before.proof or before.surname or before.phone)
    return _look(turn, state)


def go_on(turn: VisitTurn, state: VisitState) -> Reply | None:
    """The reply to an answer; None: the message answers nothing that was asked."""
    return {
        "number": _number_told,
        "proof": _proof_told,
        "cancel_confirm": _cancel_confirmed,
        "accept": _accepted,
    }[state.asked](turn, state)


def again(state: VisitState) -> str:
    """The sentence that asks once more for what was not understood."""
    return {
        "number": "number",
        "proof": "proof",
        "cancel_confirm": "cancel_confirm",
        "accept": "accept",
    }[state.asked]


def _number_told(turn: VisitTurn, state: VisitState) -> Reply | None:
    number = hear_number(state.number if len(state.number) < LENGTH else "", turn.text)
    if not number or number == state.number:
        return None
    if len(number) < LENGTH:
        kept = replace(state, number=number)
        return turn.ask("number_more", kept, digits=phrasing.number(number))
    return _look(turn, replace(state, number=number))


def _proof_told(turn: VisitTurn, state: VisitState) -> Reply | None:
    phone = hear(DictatedPhone(), turn.text)
    proof = phone.digits if phone.complete else read_surname(turn.text)
    return _look(turn, replace(state, proof=proof)) if proof else None


def _look(turn: VisitTurn, state: VisitState) -> Reply:
    """Ask for what is missing; then find the visit and go on with the deed."""
    if len(state.number) < LENGTH:
        return turn.ask("number", replace(state, asked="number", number=""))
    try:
        visit = turn.book.find(state.number, state.proof, turn.now)
    except VisitError as error:
        return _not_found(turn, state, error)
    return _found(turn, replace(state, service=visit.service, tries=0), visit)


def _not_found(turn: VisitTurn, state: VisitState, error: VisitError) -> Reply:
    wrong = replace(state, tries=state.tries + 1)
    if error.code == "visit-locked":
        return turn.person("locked", state)
    if error.code == "visit-number-wrong":
        if wrong.tries > MOST_WRONG:
            return turn.person("not_found_person", state)
        return turn.ask("number_wrong", replace(wrong, asked="number", number=""))
    if error.code != "visit-not-found":
        raise error
    if not state.proof:
        return turn.ask("proof", replace(state, asked="proof"))
    if wrong.tries >= MOST_WRONG:
        return turn.person("not_found_person", state)
    return turn.ask("not_found", replace(wrong, asked="proof", proof=""))


def _found(turn: VisitTurn, state: VisitState, visit: Visit) -> Reply:
    told = turn.time(visit)
    if visit.state == "offered":
        return turn.ask("accept", state.then(asked="accept"), choices=YES_NO, **told)
    if state.deed == "check":
        return turn.done("found", state, number=phrasing.number(visit.number), **told)
    if state.deed == "cancel":
        return turn.ask(
            "cancel_confirm", state.then(asked="cancel_confirm"), choices=YES_NO, **told
        )
    state = state.then(asked="when")
    wish = times.merged(Wish(), turn.wanted)
    if wish != Wish():
        return booking.offer(turn, state.then(wish=wish))
    return turn.ask("move_when", state, **told)


def _cancel_confirmed(turn: VisitTurn, state: VisitState) -> Reply | None:
    if turn.heard.intent == "deny":
        return turn.over("kept", state)
    # "tak, odwołać": the act is named again
    if turn.heard.intent not in ("affirm", "appointment_cancel"):
        return None
    visit = turn.book.cancel(state.number, state.proof, turn.now)
    reply = turn.over("cancelled", state, **turn.time(visit))
    return replace(reply, interruptible=False)


def _accepted(turn: VisitTurn, state: VisitState) -> Reply | None:
    if turn.heard.intent == "deny":
        turn.book.cancel(state.number, state.proof, turn.now)
        return turn.over("declined", state)
    if turn.heard.intent != "affirm":
        return None
    visit = turn.book.accept(state.number, state.proof, turn.now)
    number = phrasing.number(visit.number)
    service = turn.services.get(visit.service)
    bring = same(service.bring if service else "")
    return turn.done("booked", state, number=number, bring=bring, **turn.time(visit))
