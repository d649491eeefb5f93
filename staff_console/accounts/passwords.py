"""What a login and a password may be."""

from __future__ import annotations

import re

from voice_gateway.errors import RequestError
from voice_gateway.records.staff import LONGEST_PASSWORD

LOGIN = re.compile(r"[a-z0-9._-]{2,64}")
SHORTEST_PASSWORD = 12
FEWEST_KINDS = 5  # different characters
LONGEST_NAME = 128
# Long enough, and still the first that somebody guesses; without case, spaces and marks.
COMMON = frozenset(
    """123456789012 1234567890123 12345678901234 123456789abc 1234qwerasdf 1q2w3e4r5t6y
    abcdefghijkl administrator administrator1 adminadminadmin correcthorsebatterystaple
    haslohaslo123 haslohaslohaslo letmeinletmein mojehaslo123 passwordpassword password1234
    password12345 qwerty123456 qwertyuiop12 qwertyuiop123 qwertyuiopasdf qazwsxedcrfv
    tajnehaslo123 urzadmiasta urzadmiejski urzadmiejski1 urzadmiasta123 urzadgminy123
    zaq12wsxcde3 polskapolska polska123456 halourzad1234 halourzad123 konsultant123
    konsultant1234 zmienmnie123 trudnehaslo123 welcome12345""".split()
)
MARKS = re.compile(r"[\W_]+")
POLISH = str.maketrans("ąćęłńóśźż", "acelnoszz")


def check_login(login: str) -> None:
    """Raises ``RequestError`` staff-login."""
    if not LOGIN.fullmatch(login):
        raise RequestError(
            "staff-login",
            "Login to 2–64 znaki: małe litery bez polskich znaków, cyfry, kropki lub kreski.",
        )


def check_name(name: str) -> None:
    """Raises ``RequestError`` staff-name."""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise RequestError("staff-name", "Proszę podać imię i nazwisko, najwyżej 128 znaków.")


def check_password(password: str, again: str, login: str) -> None:
    """Raises ``RequestError`` staff-weak, staff-repeat."""
    if len(password) < SHORTEST_PASSWORD:
        raise _weak(f"Hasło musi mieć co najmniej {SHORTEST_PASSWORD} znaków.")
    if len(password) > LONGEST_PASSWORD:
        raise _weak(f"Hasło może mieć najwyżej {LONGEST_PASSWORD} znaków.")
    plain = MARKS.sub("", password.casefold()).translate(POLISH)
    own = MARKS.sub("", login)
    if len(own) >= 4 and own in plain:
        raise _weak("Hasło nie może zawierać loginu.")
    if plain in COMMON or len(set(password)) < FEWEST_KINDS:
        raise _weak("To hasło łatwo zgadnąć. Proszę wymyślić inne, na przykład z kilku słów.")
    if password != again:
        raise RequestError("staff-repeat", "Hasła w obu polach się różnią.")


def _weak(detail: str) -> RequestError:
    return RequestError("staff-weak", detail)
