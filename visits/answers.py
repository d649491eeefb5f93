"""What is answered to replies that are not simply done: the sentences, for e-mail and SMS."""

from __future__ import annotations

from typing import Literal

from actions.office.facts import Office
from visits.messages import Letter, plain
from visits.replies import CANCEL_WORD
from visits.senders.base import MessageChannel

AnswerKind = Literal["failed", "no-number", "unclear", "declined"]

SUBJECTS: dict[AnswerKind, str] = {
    "failed": "Wizyta nie została odwołana",
    "no-number": "Jak odwołać wizytę",
    "unclear": "Odpowiedzi czyta automat",
    "declined": "Termin odrzucony",
}
WHOSE: dict[MessageChannel, str] = {"sms": "telefonu", "email": "adresu"}
SENTENCES: dict[AnswerKind, str] = {
    "failed": (
        "Nie odwołano wizyty: numer rezerwacji nie pasuje do tego {whose} albo jest chwilowo "
        "zablokowany. Proszę zadzwonić: {phone}"
    ),
    "no-number": "Aby odwołać wizytę, proszę odpisać: {word} i numer rezerwacji (8 cyfr). "
    "Pomoc: {phone}",
    "unclear": "Odpowiedzi czyta automat. Aby odwołać wizytę, proszę odpisać: {word} i numer "
    "rezerwacji. Inne sprawy: {phone}",
    "declined": "Proponowany termin jest odrzucony. Nowa wizyta: {phone}",
}


def answer(kind: AnswerKind, channel: MessageChannel, office: Office) -> Letter:
    """The answer; an SMS has no subject and no diacritics."""
    words = {"word": CANCEL_WORD, "whose": WHOSE[channel], "phone": office.phone}
    sentence = SENTENCES[kind].format(**words)
    if channel == "sms":
        return Letter("", plain(sentence))
    body = f"Dzień dobry,\n\n{sentence}\n\n{office.name}\nWiadomość wysłał automat.\n"
    return Letter(f"{SUBJECTS[kind]} – {office.name}", body)
