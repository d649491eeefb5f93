"""What residents are told about their visits: the sentences, for e-mail and SMS.

Plain functions of facts; nothing here reads a clock, a file or a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from actions.office.calendar import to_local
from actions.office.facts import Office
from polish.dates import MONTHS
from polish.fold import strip_diacritics
from visits.replies import CANCEL_WORD, REPLY_ABOVE
from visits.values import Service, Visit

MessageKind = Literal["booked", "moved", "cancelled", "offered", "reminder"]

WEEKDAYS = "poniedziałek wtorek środa czwartek piątek sobota niedziela".split()
SHORT_WEEKDAYS = "pon. wt. śr. czw. pt. sob. niedz.".split()
SMS_CHARS = 160  # of the GSM 7-bit alphabet, in one part
GSM_DOUBLE = frozenset("[]{}|^~\\€")  # each takes two places there
# Signs that office.yml may hold and the GSM alphabet lacks.
PLAIN = str.maketrans({"–": "-", "—": "-", "„": '"', "”": '"', "’": "'", "…": "...", "\xa0": " "})


@dataclass(frozen=True, slots=True)
class Facts:
    """What a message is made of. ``place``: where the desk is; ``previous``: the old time;
    ``can_reply``: whether replies on the message's channel are read."""

    visit: Visit
    service: Service
    place: str
    office: Office
    previous: datetime | None = None
    can_reply: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail's subject and text."""

    subject: str
    body: str


SUBJECTS: dict[MessageKind, str] = {
    "booked": "Potwierdzenie wizyty: {when}",
    "moved": "Zmiana terminu wizyty: {when}",
    "cancelled": "Wizyta odwołana: {when}",
    "offered": "Zwolnił się termin wizyty: {when}",
    "reminder": "Przypomnienie o wizycie: {when}",
}

OPENINGS: dict[MessageKind, str] = {
    "booked": "potwierdzamy wizytę w {office_locative}.",
    "moved": "zmieniliśmy termin wizyty w {office_locative}. Poprzedni termin: {previous}.",
    "cancelled": "odwołaliśmy wizytę w {office_locative}. Termin jest już wolny dla innych osób.",
    "offered": (
        "zwolnił się termin wizyty w {office_locative}. Czekamy na odpowiedź do: {until}. "
        "Potem zaproponujemy ten termin następnej osobie."
    ),
    "reminder": "przypominamy o wizycie w {office_locative}.",
}

CLOSINGS: dict[MessageKind, str] = {
    "booked": "Aby odwołać lub przełożyć wizytę, proszę {ways} i podać numer rezerwacji.",
    "moved": "Aby odwołać lub przełożyć wizytę, proszę {ways} i podać numer rezerwacji.",
    "cancelled": "Aby umówić nową wizytę, proszę {ways}.",
    "offered": "Aby przyjąć ten termin, proszę {ways} i podać numer rezerwacji.",
    "reminder": "Aby odwołać lub przełożyć wizytę, proszę {ways} i podać numer rezerwacji.",
}

# Where replies are read, these three are cancelled by a reply as well.
BY_REPLY: tuple[MessageKind, ...] = ("booked", "moved", "reminder")
REPLY_CLOSING = (
    "Aby odwołać wizytę, wystarczy odpisać na tę wiadomość: {word}. "
    "Aby ją przełożyć, proszę {ways} i podać numer rezerwacji."
)
ROBOT = "Wiadomość wysłał automat, prosimy na nią nie odpowiadać."
REPLY_ROBOT = "Wiadomość wysłał automat. Odpowiedzi też czyta automat: rozumie tylko odwołanie."
SMS_BY_TELEPHONE = "Odwołanie: tel. {phone}"
SMS_BY_REPLY = "Odwołanie: proszę odpisać {word} {digits}"

# From the fullest to the shortest: the first that fits into one SMS is sent.
SMS: dict[MessageKind, tuple[str, ...]] = {
    "booked": (
        "{office}: wizyta {about}, {when}, {place}. Numer {number}. Odwołanie: tel. {phone}",
        "{office}: wizyta {about}, {when}. Numer {number}. Odwołanie: tel. {phone}",
        "{office}: wizyta {when}, {place}. Numer {number}. Odwołanie: tel. {phone}",
        "{office}: wizyta {when}. Numer {number}. Odwołanie: tel. {phone}",
    ),
    "moved": (
        "{office}: nowy termin wizyty {about}: {when}, {place}. "
        "Numer {number}. Odwołanie: tel. {phone}",
        "{office}: nowy termin wizyty: {when}, {place}. Numer {number}. Odwołanie: tel. {phone}",
        "{office}: nowy termin wizyty: {when}. Numer {number}. Odwołanie: tel. {phone}",
    ),
    "cancelled": (
        "{office}: odwołano wizytę {about}, {when}. Numer {number}. Nowa wizyta: tel. {phone}",
        "{office}: odwołano wizytę {when}. Numer {number}. Nowa wizyta: tel. {phone}",
    ),
    "offered": (
        "{office}: wolny termin wizyty {about}: {when}. Odpowiedź do {until}: "
        "tel. {phone}, numer {number}",
        "{office}: wolny termin wizyty: {when}. Odpowiedź do {until}: tel. {phone}, numer {number}",
    ),
    "reminder": (
        "{office}: przypominamy o wizycie {about}, {when}, {place}. "
        "Numer {number}. Odwołanie: tel. {phone}",
        "{office}: przypominamy o wizycie {when}, {place}. Numer {number}. Odwołanie: tel. {phone}",
        "{office}: przypominamy o wizycie {when}. Numer {number}. Odwołanie: tel. {phone}",
    ),
}


def email(kind: MessageKind, facts: Facts) -> Letter:
    """The e-mail of this kind."""
    office, visit = facts.office, facts.visit
    words = {
        "office_locative": office.name_locative,
        "previous": long_time(facts.previous) if facts.previous else "",
        "until": long_time(visit.until or visit.starts_at),
        "ways": f"zadzwonić pod numer {office.phone} albo napisać na czacie ({office.website})",
        "word": CANCEL_WORD,
    }
    by_reply = facts.can_reply and kind in BY_REPLY
    details = [
        f"Sprawa: {facts.service.name}",
        f"Kiedy: {long_time(visit.starts_at)}",
        f"Gdzie: {facts.place}, {office.address}",
        f"Numer rezerwacji: {grouped(visit.number)}",
    ]
    paragraphs = [
        REPLY_ABOVE if by_reply else "",
        "Dzień dobry,\n" + OPENINGS[kind].format(**words),
        "\n".join(details),
        facts.service.bring if kind != "cancelled" else "",
        (REPLY_CLOSING if by_reply else CLOSINGS[kind]).format(**words),
        f"{office.name}\n{REPLY_ROBOT if by_reply else ROBOT}",
    ]
    subject = SUBJECTS[kind].format(when=short_time(visit.starts_at))
    if by_reply:  # comes back in "Re: …" even where the letter is not quoted
        subject += f" (numer {visit.number})"
    return Letter(f"{subject} – {office.name}", "\n\n".join(filter(None, paragraphs)) + "\n")


def sms(kind: MessageKind, facts: Facts) -> str:
    """The SMS of this kind, without diacritics; of one part when any of its forms fits."""
    visit = facts.visit
    words = {
        "office": facts.office.name,
        "about": facts.service.about,
        "when": short_time(visit.starts_at),
        "place": facts.place,
        "number": grouped(visit.number),
        "phone": facts.office.phone,
        "until": short_time(visit.until or visit.starts_at),
        "word": CANCEL_WORD,
        "digits": visit.number,
    }
    forms: tuple[str, ...] = SMS[kind]
    if facts.can_reply:
        forms = tuple(form.replace(SMS_BY_TELEPHONE, SMS_BY_REPLY) for form in forms)
    texts = [plain(form.format(**words)) for form in forms]
    return next((text for text in texts if sms_length(text) <= SMS_CHARS), texts[-1])


def plain(text: str) -> str:
    """The text in letters that a plain telephone shows: no diacritics, simple signs."""
    return strip_diacritics(text.translate(PLAIN))


def sms_length(text: str) -> int:
    """Places that the text takes in the GSM 7-bit alphabet."""
    return len(text) + sum(sign in GSM_DOUBLE for sign in text)


def grouped(number: str) -> str:
    """A reservation number in pairs, "12 34 56 78"."""
    return " ".join(number[place : place + 2] for place in range(0, len(number), 2))


def long_time(moment: datetime) -> str:
    """ "środa, 25 listopada 2026 r., godz. 10:30", Warsaw time."""
    local = to_local(moment)
    return f"{long_day(moment)}, godz. {local:%H:%M}"


def long_day(moment: datetime) -> str:
    """ "środa, 25 listopada 2026 r.", Warsaw time."""
    local = to_local(moment)
    return f"{WEEKDAYS[local.weekday()]}, {local.day} {MONTHS[local.month - 1]} {local.year} r."


def short_time(moment: datetime) -> str:
    """ "śr. 25.11.2026, 10:30", Warsaw time."""
    local = to_local(moment)
    return f"{SHORT_WEEKDAYS[local.weekday()]} {local:%d.%m.%Y}, {local:%H:%M}"
