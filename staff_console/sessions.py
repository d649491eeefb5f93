"""Who is signed in, as a browser knows it: a signed cookie, and the token that every form carries.

Whether the session still holds is the server's to say (``accounts.signed``): the gate before the
staff pages asks, and puts what it found into the scope under ``CHECKED``.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from fastapi import Request
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from voice_gateway.errors import RequestError, SetupError

COOKIE = "halo_staff"
FORM_COOKIE = "halo_staff_form"  # the sign-in form's own, so that opening it signs nobody out
PATH = "/staff"
SIGN_IN = "/staff/sign-in"
LONGEST_S = 10 * 3600  # a working day; then the password again
CHECKED = "halo.staff"


@dataclass(frozen=True, slots=True)
class StaffSession:
    """``login`` and ``id`` are empty before signing in; ``token`` must come back in every form."""

    login: str
    token: str
    id: str = ""


class Sessions:
    """Reads and writes the cookie."""

    def __init__(self, secret_key: str) -> None:
        if not secret_key:
            raise SetupError("setup-secret-key", "HALO_SECRET_KEY is empty")
        self._signer = URLSafeTimedSerializer(secret_key, salt="staff-session-2")

    def read(self, connection: HTTPConnection, cookie: str = COOKIE) -> StaffSession | None:
        """The session of a request or WebSocket; None when missing, changed, too old or ended."""
        if cookie == COOKIE and CHECKED in connection.scope:
            checked: StaffSession | None = connection.scope[CHECKED]
            return checked
        return self.cookie(connection, cookie)

    def cookie(self, connection: HTTPConnection, cookie: str = COOKIE) -> StaffSession | None:
        """What the cookie says, whether or not the server still agrees."""
        try:
            login, token, id_ = self._signer.loads(
                connection.cookies.get(cookie, ""), max_age=LONGEST_S
            )
        except (BadData, TypeError, ValueError):
            return None
        return StaffSession(str(login), str(token), str(id_))

    def begin(self, request: Request, response: Response, login: str, id_: str) -> None:
        """Sign ``login`` in; with a new token, so that old forms are void."""
        self._set(request, response, COOKIE, StaffSession(login, secrets.token_urlsafe(24), id_))

    def end(self, response: Response) -> None:
        """Forget the cookie."""
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")

    def form(self, request: Request) -> StaffSession:
        """The sign-in form's session, known already or new; ``keep_form`` puts it into a cookie."""
        return self.read(request, FORM_COOKIE) or StaffSession("", secrets.token_urlsafe(24))

    def keep_form(self, request: Request, response: Response, session: StaffSession) -> None:
        """Remember the sign-in form's token."""
        self._set(request, response, FORM_COOKIE, session)

    def _set(
        self, request: Request, response: Response, cookie: str, session: StaffSession
    ) -> None:
        response.set_cookie(
            cookie,
            self._signer.dumps([session.login, session.token, session.id]),
            max_age=LONGEST_S,
            path=PATH,
            secure=request.url.scheme == "https",  # over http a Secure cookie would be refused
            httponly=True,
            samesite="strict",
        )

    def checked(self, request: Request, token: str, cookie: str = COOKIE) -> StaffSession:
        """The session a form came from. Raises ``RequestError`` staff-form (403)."""
        session = self.read(request, cookie)
        if session is None or not secrets.compare_digest(
            session.token.encode(), token.encode("utf-8", "replace")
        ):
            raise RequestError(
                "staff-form", "Formularz wygasł. Proszę spróbować jeszcze raz.", status=403
            )
        return session


def same_origin(connection: HTTPConnection) -> bool:
    """Whether a WebSocket was opened by a page of ours; browsers always send ``Origin`` there."""
    origin = connection.headers.get("origin", "")
    return origin.partition("://")[2] == connection.headers.get("host", "")
