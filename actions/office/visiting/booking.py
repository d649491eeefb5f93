"""Booking: which service, when, who, and the deed. Also the second half of moving a visit."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from actions.office.calendar import to_local
from actions.office.reply import Reply
from actions.office.sentence import Sentence, same
from actions.office.variants import named_variant
from actions.office.visiting import phrasing, times
from actions.office.visiting.state import VisitState, Wish
from actions.office.visiting.turn import YES_NO, VisitTurn
from polish.dictated_email import read_email
from polish.dictated_phone import DictatedPhone, hear
from polish.dictation import read_surname
from polish.fold import fold
from polish.said_number import is_dictation
from visits.values import FreeTime, Service, VisitError, Visitor

LONGEST_CLOSED = 5  # days in a row
NAMED_SERVICES = 0.3  # confidence of a question's topic from which it counts as named
_NO_CONTACT = re.compile(
    r"\bbez (?:telefonu|numeru|potwierdzenia|sms\w*|maila|kontaktu)\b|\bnie (?:mam|posiadam|chce|"
    r"podam|podaje|trzeba|potrzeb\w*)\b|^(?:nie|nie dziekuje|niepotrzebne)$|\bobejdzie sie\b"
)
_WANTS_VISIT = re.compile(
    r"\bumow(?:ic|ie|imy)? (?:mnie|sie|nas|wizyt\w*)|\bsie umow\w*|\bzapis(?:ac|z|ze|zcie) "
    r"(?:mnie|sie|nas)\b|\bsie zapisac\b|\b(?:chce|chcial\w+|prosze|poprosze|potrzebuje|potrzebny) "
    r"(?:\w+ ){0,2}(?:wizyt\w+|termin\w*)|\b(?:zarezerw|rezerw|zarejestr)\w+ (?:\w+ )?"
    r"(?:wizyt|termin)\w*"
)
_ASKS = re.compile(r"^(?:a |no |dzien dobry )*(?:czy|jak|gdzie|ile|kiedy|co|po co|do kiedy)\b")
_WAITING_LIST = re.compile(
    r"\blist\w* (?:rezerwow|oczekujac)\w*|\b(?:dopis|wpis|zapis)\w*.*\blist\w*|\bna liste\b|"
    r"\bdac znac\b|\bjak cos sie zwolni\b"
)
_NO_NAME = re.compile(r"\bbez nazwiska\b|\bnie (?:chce|podam|podaje)\b|\bpo co\b")


def start(turn: VisitTurn) -> Reply:
    """The first message: everything it tells is taken."""
    state = VisitState("book")
    service, other = find_service(turn, remembered=True)
    if service is None and other:
        return _not_bookable(turn, state, other)
    state = state.then(service=service.id if service else "")
    return _with_wish(turn, state)


def is_wanted(turn: VisitTurn) -> bool:
    """Whether a visit is asked for in so many words, though the message was taken for a question:
    the name of a matter outweighs "proszę o wizytę w sprawie …" in the classifier."""
    words = fold(turn.text)
    if turn.heard.intent not in ("ask", "nlu_fallback") or _ASKS.search(words):
        return False
    return bool(_WANTS_VISIT.search(words)) and find_service(turn)[0] is not None


def find_service(turn: VisitTurn, *, remembered: bool = False) -> tuple[Service | None, str | None]:
    """The service that the message names; else the topic named that cannot be booked.

    ``remembered``: where none is named, the matter talked about before counts.
    """
    knowledge = turn.answers.knowledge
    named = sorted(knowledge.names.find(turn.text) - {"office"})
    likely = [r.id for r in turn.heard.topics[:1] if r.confidence >= NAMED_SERVICES]
    kept = [turn.memory.topic] if remembered and turn.memory.topic else []
    for topic in named or likely or kept:
        if service := _service_of(turn, topic):
            return service, None
    others = [topic for topic in named or likely if topic in knowledge.topics]
    return None, others[0] if others else None


def _service_of(turn: VisitTurn, topic: str) -> Service | None:
    services = [s for s in turn.services.values() if s.topic == topic]
    variant = named_variant(turn.text, topic, turn.answers.knowledge)
    if variant is None and topic == turn.memory.topic:
        variant = turn.memory.variant
    fits = [s for s in services if s.variant == variant]
    usual = [s for s in services if s.variant is None]
    return next(iter([*fits, *usual, *services]), None)


def go_on(turn: VisitTurn, state: VisitState) -> Reply | None:
    """The reply to an answer; None: the message answers nothing that was asked."""
    return {
        "service": _service_told,
        "when": _when_told,
        "pick": _picked,
        "name": _name_told,
        "phone": _phone_told,
        "wait": _phone_told,
        "confirm": _confirmed,
    }[state.asked](turn, state)


def again(state: VisitState) -> str:
    """The sentence that asks once more for what was not understood."""
    return {
        "service": "which_again",
        "when": "when_again",
        "pick": "pick_again",
        "name": "name_again",
        "phone": "phone_again",
        "wait": "phone_again",
        "confirm": "confirm_again",
    }[state.asked]


def values_of_question(turn: VisitTurn, state: VisitState) -> dict[str, Sentence]:
    """What ``again`` needs to be filled."""
    values = {"services": same(_all_services(turn))}
    if state.offered:
        values["times"] = phrasing.moments(state.offered)
    if state.chosen:
        values |= turn.time(state.chosen)
    return values


def ask_for_next(turn: VisitTurn, state: VisitState, *, first: Sentence | None = None) -> Reply:
    """Ask for the first thing that is missing; nothing is: ask to confirm."""
    service = turn.services[state.service]
    if state.chosen is None:
        return turn.ask("when", state.then(asked="when"), first=first)
    told = turn.time(state.chosen)
    fresh = state.asked in ("pick", "when", "service")  # the time was not named since
    if state.deed == "move":
        return turn.ask(
            "move_confirm", state.then(asked="confirm"), choices=YES_NO, first=first, **told
        )
    nameless = not state.surname and (service.needs_name or state.no_contact)
    if nameless:
        name = "name" if fresh else "name_only"
        return turn.ask(name, state.then(asked="name"), first=first, **told)
    if not (state.email or state.no_contact or DictatedPhone(state.phone).complete):
        name = "phone" if fresh else "phone_only"
        return turn.ask(name, state.then(asked="phone", phone=""), first=first, **told)
    return turn.ask("confirm", state.then(asked="confirm"), choices=YES_NO, first=first, **told)


# --- which service ---


def _service_told(turn: VisitTurn, state: VisitState) -> Reply | None:
    service, other = find_service(turn)
    if service is None:
        if other:
            return _not_bookable(turn, state, other)
        if times.says_when(turn.wanted):  # the day first; the service is asked for again
            return _with_wish(turn, state)
        return None
    return _with_wish(turn, state.then(service=service.id))


def _not_bookable(turn: VisitTurn, state: VisitState, topic: str) -> Reply:
    name = same(turn.answers.knowledge.topics[topic].name)
    reply = turn.ask("not_bookable", state.then(asked="service"), topic=name)
    sentence = turn.answers.knowledge.dialogue.visits["not_bookable"]
    return replace(reply, sentence=turn.answers.fill(sentence, topic, {"topic": name}))


def _all_services(turn: VisitTurn) -> str:
    topics = turn.answers.knowledge.topics
    names = dict.fromkeys(
        topics[s.topic].name if s.topic in topics else s.name for s in turn.services.values()
    )
    return ", ".join(names)


# --- when ---


def _when_told(turn: VisitTurn, state: VisitState) -> Reply | None:
    if times.says_when(turn.wanted):
        return _with_wish(turn, state)
    return _other_service(turn, state)


def _with_wish(turn: VisitTurn, state: VisitState) -> Reply:
    """Take what the message says about when, and offer times or ask on."""
    wanted = turn.wanted
    said = times.says_when(wanted)
    if said and wanted.problem:
        asked = "when" if state.service else "service"
        return turn.ask(wanted.problem, state.then(asked=asked))
    wish = times.merged(state.wish, wanted) if said else state.wish
    state = state.then(wish=wish)
    if not state.service:
        return turn.ask("which", state.then(asked="service"))
    if said or wish != Wish():
        return offer(turn, state)
    return ask_for_next(turn, state)


def offer(turn: VisitTurn, state: VisitState, *, lead: str = "offer") -> Reply:
    """Offer up to three times for the wish; a very hour on a named day is taken at once.

    ``lead``: the sentence that tells them.
    """
    found = times.find_times(turn.book, state.service, state.wish, turn.now)
    if not found.times:
        return turn.ask("nothing_at_all", state.then(asked="pick", offered=()), choices=YES_NO)
    one = found.times[0]
    if found.fitting and lead == "offer" and state.wish.exact and state.wish.names_day:
        return take(turn, state.then(asked="pick"), one)
    if not found.fitting and lead == "offer":
        lead = _why_nothing(turn, state)
    day = same(phrasing.on_day(state.wish.first)) if state.wish.first else same("")
    return _tell(turn, state, found.times, lead, day=day)


def _tell(
    turn: VisitTurn,
    state: VisitState,
    offered: tuple[FreeTime, ...],
    lead: str,
    **values: Sentence,
) -> Reply:
    if lead == "offer" and len(offered) == 1:
        lead = "offer_one"
    matter = None  # named once, so that a wrong one is noticed
    if state.deed == "book" and state.asked in ("service", "when") and not state.offered:
        matter = turn.say("matter", state)
    service = turn.services[state.service]
    return turn.ask(
        lead,
        state.then(asked="pick", offered=offered, chosen=None),
        choices=[phrasing.button(free.starts_at) for free in offered],
        first=matter,
        times=phrasing.moments(offered),
        time=phrasing.moment(offered[0].starts_at),
        days=same(str(service.ahead_days)),
        **values,
    )


def _why_nothing(turn: VisitTurn, state: VisitState) -> str:
    wish, service = state.wish, turn.services[state.service]
    today = to_local(turn.now).date()
    if wish.first and wish.first > today + timedelta(days=service.ahead_days):
        return "too_far"
    if wish.first and wish.last and _is_closed(turn, wish.first, wish.last):
        return "closed_day"
    return "nothing_then"


def _is_closed(turn: VisitTurn, first: date, last: date) -> bool:
    """Whether the office is closed on all of these days."""
    days = min((last - first).days + 1, LONGEST_CLOSED)
    calendar = turn.answers.knowledge.hours.calendar
    return all(calendar.on(first + timedelta(days=n)).hours is None for n in range(days))


def _picked(turn: VisitTurn, state: VisitState) -> Reply | None:
    """An answer to offered times: one of them, others, or the waiting list."""
    return (
        _to_waiting_list(turn, state)
        or _one_of_them(turn, state)
        or _other_times(turn, state)
        or _other_service(turn, state)
    )


def _to_waiting_list(turn: VisitTurn, state: VisitState) -> Reply | None:
    yes = not state.offered and turn.heard.intent == "affirm"
    if not yes and not _WAITING_LIST.search(fold(turn.text)):
        return None
    return turn.ask("wait_phone", state.then(asked="wait"))


def _one_of_them(turn: VisitTurn, state: VisitState) -> Reply | None:
    offered = state.offered
    chosen = next((f for f in offered if phrasing.button(f.starts_at) == turn.text), None)
    chosen = chosen or times.picked(turn.text, turn.heard.choice, turn.wanted, offered)
    says_yes = turn.heard.intent == "affirm" and not times.says_when(turn.wanted)
    if chosen is None and says_yes and len(offered) == 1:
        chosen = offered[0]
    return take(turn, state, chosen) if chosen else None


def _other_times(turn: VisitTurn, state: VisitState) -> Reply | None:
    if turn.wanted.shift and state.offered and not turn.wanted.first:
        return _shifted(turn, state)
    if times.says_when(turn.wanted):
        return _with_wish(turn, state)
    if turn.heard.intent == "deny":
        return turn.ask("when_again", state.then(asked="when", wish=Wish()))
    return None


def _other_service(turn: VisitTurn, state: VisitState) -> Reply | None:
    """Another matter is named ("a jednak paszport"): the talk goes on about that one."""
    service, _ = find_service(turn)
    if state.deed != "book" or service is None or service.id == state.service:
        return None
    if turn.heard.aspects and turn.heard.intent == "ask":
        aspect = turn.heard.aspects[0]
        if aspect.id != "general" and aspect.confidence >= NAMED_SERVICES:
            return None  # only a question about the other matter
    return _with_wish(turn, state.then(service=service.id, offered=(), chosen=None))


def _shifted(turn: VisitTurn, state: VisitState) -> Reply:
    """ "Wcześniej", "coś później", "inny dzień", "inna godzina"."""
    shift, offered = turn.wanted.shift, state.offered
    if shift == "earlier":
        found = times.earlier(turn.book, state.service, offered, turn.now)
        return _tell(turn, state, found or offered, "offer" if found else "nothing_earlier")
    last_day = to_local(offered[-1].starts_at).date()
    if shift == "other_day":
        wish = replace(state.wish, first=last_day + timedelta(days=1), last=None, weekdays=())
        return offer(turn, state.then(wish=wish))
    if shift == "other_hour":
        first_day = to_local(offered[0].starts_at).date()
        wish = Wish(first_day, first_day)
        free = turn.book.free_times(wish.of(state.service), turn.now, limit=times.LOOKED_AT)
        others = times.spread([f for f in free if f not in offered])
        return _tell(turn, state, others or offered, "offer" if others else "nothing_later")
    found = times.later(turn.book, state.service, offered, turn.now)
    return _tell(turn, state, found or offered, "offer" if found else "nothing_later")


def take(turn: VisitTurn, state: VisitState, free: FreeTime) -> Reply:
    """Hold the time and ask for what is missing; offer others when somebody was quicker."""
    try:
        turn.book.hold(free, turn.talk_id, turn.now)
    except VisitError as error:
        if error.code not in ("visit-taken", "visit-not-bookable"):
            raise
        return offer(turn, state, lead="taken")
    return ask_for_next(turn, replace(state, chosen=free, tries=0))


# --- who ---


def _name_told(turn: VisitTurn, state: VisitState) -> Reply | None:
    if surname := read_surname(turn.text):
        return ask_for_next(turn, state.then(surname=surname))
    service = turn.services[state.service]
    if _NO_NAME.search(fold(turn.text)) and not service.needs_name:
        return turn.ask(
            "confirm",
            state.then(asked="confirm"),
            choices=YES_NO,
            **(turn.time(state.chosen) if state.chosen else {}),
        )
    return None


def _phone_told(turn: VisitTurn, state: VisitState) -> Reply | None:
    if email := read_email(turn.text):
        return _contact_known(turn, state.then(email=email, phone=""))
    return _digits_told(turn, state) or _no_contact(turn, state)


def _digits_told(turn: VisitTurn, state: VisitState) -> Reply | None:
    before = DictatedPhone(state.phone, earlier=state.phone_earlier)
    after = hear(before, turn.text)
    if after.problem == "too_long":
        return turn.ask("phone_too_long", state.then(phone="", phone_earlier=()))
    if after.complete:
        return _contact_known(turn, state.then(phone=after.digits))
    if after.digits == before.digits:
        return None
    kept = state.then(phone=after.digits, phone_earlier=after.earlier)
    return turn.ask("phone_more", kept, digits=phrasing.phone(after.digits))


def _no_contact(turn: VisitTurn, state: VisitState) -> Reply | None:
    if turn.heard.intent != "deny" and not _NO_CONTACT.search(fold(turn.text)):
        return None
    if state.asked == "wait":
        return _stopped_waiting(turn, state)
    return ask_for_next(turn, state.then(no_contact=True, phone=""))


def _contact_known(turn: VisitTurn, state: VisitState) -> Reply:
    if state.asked != "wait":
        return ask_for_next(turn, state)
    visitor = Visitor(state.surname, state.phone, state.email)
    wanted = state.wish.of(state.service)
    place = turn.book.wait(wanted, visitor, turn.talk_id, turn.now)
    return replace(turn.over("waiting", state, ahead=same(str(place.ahead))), interruptible=False)


def _stopped_waiting(turn: VisitTurn, state: VisitState) -> Reply:
    if state.offered:
        return _tell(turn, state, state.offered, "offer")
    return turn.over("stopped", state)


# --- the deed ---


def _confirmed(turn: VisitTurn, state: VisitState) -> Reply | None:
    if state.chosen is None:
        return offer(turn, state)
    if changed := _time_changed(turn, state) or _details_corrected(turn, state):
        return changed
    if turn.heard.intent == "affirm":
        return _do(turn, state)
    if turn.heard.intent == "deny":
        return turn.ask("confirm_again", state, choices=YES_NO, **turn.time(state.chosen))
    return None


def _time_changed(turn: VisitTurn, state: VisitState) -> Reply | None:
    """ "Nie, jednak w piątek"; the chosen time said once more ("tak, wtorek") changes nothing."""
    chosen = [state.chosen] if state.chosen else []
    if not times.says_when(turn.wanted) or times.picked("", None, turn.wanted, chosen):
        return None
    if turn.wanted.shift and not turn.wanted.first:
        return _shifted(turn, state.then(offered=state.offered or tuple(chosen)))
    return _with_wish(turn, state.then(chosen=None))


def _details_corrected(turn: VisitTurn, state: VisitState) -> Reply | None:
    """Another phone number, one group of it, or another surname."""
    if state.deed == "move":
        return None
    after = hear(DictatedPhone(state.phone), turn.text)
    said_again = is_dictation(turn.text) and hear(DictatedPhone(), turn.text).complete
    if after.complete and not after.problem and (after.digits != state.phone or said_again):
        return ask_for_next(turn, state.then(phone=after.digits))
    if state.surname and turn.heard.intent not in ("affirm", "deny"):
        meant = re.sub(r"^\W*nie\b\W*", "", turn.text, flags=re.IGNORECASE)
        surname = read_surname(meant)
        if surname and surname != state.surname:
            return ask_for_next(turn, state.then(surname=surname))
    return None


def _do(turn: VisitTurn, state: VisitState) -> Reply:
    try:
        if state.deed == "move":
            visit = turn.book.move(state.number, state.proof, turn.talk_id, turn.now)
        else:
            visitor = Visitor(state.surname, state.phone, state.email)
            visit = turn.book.confirm(turn.talk_id, visitor, turn.now)
    except VisitError as error:
        if error.code == "visit-hold-expired":
            return offer(turn, state, lead="expired")
        if error.code == "visit-too-many":
            turn.book.release(turn.talk_id)
            return turn.person("too_many", state)
        raise
    name = "moved" if state.deed == "move" else "booked"
    bring = turn.services[state.service].bring
    return turn.done(
        name,
        state.then(number=visit.number),
        number=phrasing.number(visit.number),
        bring=same(bring),
        **turn.time(visit),
    )
