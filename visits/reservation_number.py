"""Reservation numbers: seven random digits and a check digit (Damm's).

Damm's digit catches every single wrong digit and every swap of two neighbours, which is what people
do when they read, hear and type a number. H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004.
"""

from __future__ import annotations

import secrets

DIGITS = 8
# A totally anti-symmetric quasigroup of order 10, from Damm's dissertation.
_TABLE = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def check_digit(digits: str) -> str:
    """The digit that follows ``digits`` (ASCII digits only)."""
    state = 0
    for digit in digits:
        state = int(_TABLE[state][int(digit)])
    return str(state)


def random_number() -> str:
    """A new number; it never begins with 0, so that it is read out as it is written."""
    body = str(secrets.randbelow(9 * 10 ** (DIGITS - 2)) + 10 ** (DIGITS - 2))
    return body + check_digit(body)


def plain(number: str) -> str:
    """The digits of what somebody wrote or said, without spaces and hyphens."""
    return "".join(c for c in number if c.isascii() and c.isdigit())


def is_number(number: str) -> bool:
    """Whether these are eight digits of which the last one fits."""
    wanted = len(number) == DIGITS and number.isascii() and number.isdigit()
    return wanted and number[0] != "0" and check_digit(number) == "0"
