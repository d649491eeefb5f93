"""Whose visit it is: a reservation number together with a surname, a phone number or an e-mail
address.

A number alone or a phone alone never tells anything. Wrong proofs are counted for each number, so
that nobody can try surnames until one fits.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from polish.fold import fold
from visits.models import TriesRow, VisitRow
from visits.plan import Rules
from visits.reservation_number import is_number, plain
from visits.values import VisitError, VisitState

PHONE_DIGITS = 9


def nine_digits(phone: str) -> str:
    """A phone number without spaces and Poland's prefix, as it is kept and compared."""
    digits = plain(phone).removeprefix("00")
    foreign = len(digits) == PHONE_DIGITS + 2 and digits.startswith("48")
    return digits[2:] if foreign else digits[:15]


def identify(
    session: Session,
    rules: Rules,
    number: str,
    proof: str,
    now: datetime,
    states: Collection[VisitState],
) -> VisitRow | VisitError:
    """The visit with this number that has not ended and is in one of ``states``, locked.

    An error is given back, not raised: the wrong try that was counted must be kept, and raising
    would undo it. Codes: see ``VisitBook.find``.
    """
    digits = plain(number)
    if not is_number(digits):
        return VisitError("visit-number-wrong", "the check digit does not fit")
    query = select(VisitRow).where(VisitRow.number == digits, VisitRow.ends_at > now)
    row = session.scalar(query.with_for_update())
    if row is None or row.state not in states or (row.until and row.until <= now):
        return VisitError("visit-not-found", "no such visit")
    tries = session.get(TriesRow, digits)
    if tries and tries.locked_until:
        if now < tries.locked_until:
            return VisitError("visit-locked", "too many wrong tries")
        tries.wrong, tries.locked_until = 0, None
    if not _proves(proof, row):
        _count(session, rules, tries or TriesRow(number=digits, wrong=0), now)
        return VisitError("visit-not-found", "surname and phone do not fit")
    if tries:
        session.delete(tries)
    return row


def _proves(proof: str, row: VisitRow) -> bool:
    if "@" in proof:
        return bool(row.email) and proof.strip().casefold() == row.email.casefold()
    phone = nine_digits(proof)
    if len(phone) >= PHONE_DIGITS:
        return phone == row.phone
    surname = _joined(proof)
    return bool(surname) and surname == _joined(row.surname)


def _joined(surname: str) -> str:
    return fold(surname).replace(" ", "")  # "Nowak-Kowalska", "nowak kowalska", "NOWAKKOWALSKA"


def _count(session: Session, rules: Rules, tries: TriesRow, now: datetime) -> None:
    tries.wrong += 1
    if tries.wrong >= rules.number_tries:
        tries.locked_until = now + timedelta(minutes=rules.lock_min)
    session.add(tries)
