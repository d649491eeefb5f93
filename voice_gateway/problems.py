"""Errors as a person or a program gets them: RFC 9457 problem details with a stable ``code``.

Fields: ``type`` (``urn:halo-urzad:<code>``), ``title`` (what kind of problem), ``status``,
``detail`` (what to do, Polish) and ``code``. Nothing that was sent to us is repeated, and a fault
of ours is never described: that goes to the log.
"""

from __future__ import annotations

from http import HTTPStatus

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voice_gateway import telemetry
from voice_gateway.errors import HaloError, RequestError
from voice_gateway.web.headers import secured

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
MAX_BODY_BYTES = 64 * 1024
LARGER_BODIES = {"/staff/content/transfer/look": 3_500_000}  # a city's whole content as a zip
LENGTH_DIGITS = 12  # a longer Content-Length is an attack on int()
RETRY_AFTER_S = 5  # told with 429 and 503

TITLES = {
    400: "Nieprawidłowe żądanie",
    401: "Wymagane logowanie",
    403: "Brak dostępu",
    404: "Nie znaleziono",
    405: "Niedozwolona metoda",
    409: "Konflikt",
    413: "Za dużo danych",
    415: "Nieobsługiwany rodzaj danych",
    422: "Nieprawidłowa treść",
    429: "Zbyt wiele żądań",
    500: "Błąd po naszej stronie",
    503: "Chwilowo niedostępne",
}
DEFAULTS = {
    400: ("request-invalid", "Nie udało się odczytać żądania."),
    401: ("request-unauthorized", "Proszę się zalogować."),
    403: ("request-forbidden", "Ta operacja jest niedozwolona."),
    404: ("request-not-found", "Nie ma takiego adresu."),
    405: ("request-method", "Ten adres nie przyjmuje takiej metody."),
    413: ("request-too-large", "Dane są za duże, przyjmujemy najwyżej 64 KB."),
    415: ("request-invalid", "Oczekujemy danych w formacie JSON."),
    422: ("request-invalid", "Treść żądania nie zgadza się z opisem usługi."),
    500: ("internal", "Coś się u nas zepsuło. Proszę spróbować ponownie za chwilę."),
    503: ("unavailable", "Usługa chwilowo nie działa. Proszę spróbować za chwilę."),
}


def problem(
    status: int, code: str, detail: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """A problem as a response."""
    more = dict(headers or {})
    if status in (429, 503):
        more.setdefault("Retry-After", str(RETRY_AFTER_S))
    body = {
        "type": f"urn:halo-urzad:{code}",
        "title": TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    return JSONResponse(body, status, more, media_type=MEDIA_TYPE)


def of_status(status: int, headers: dict[str, str] | None = None) -> JSONResponse:
    """The problem that stands for a bare HTTP status."""
    code, detail = DEFAULTS.get(status) or DEFAULTS[500 if status >= 500 else 400]
    return problem(status, code, detail, headers)


def install(app: FastAPI) -> None:
    """Make ``app`` answer every error as a problem and refuse bodies above 64 KB."""
    app.add_middleware(BodyLimit)
    app.add_exception_handler(RequestError, _refused)
    app.add_exception_handler(HaloError, _failed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestError)  # noqa: S101 - the handler's registration says so
    telemetry.count_error(error.code)
    return problem(error.status, error.code, error.detail_pl)


async def _failed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HaloError)  # noqa: S101 - the handler's registration says so
    telemetry.count_error(error.code)
    log.error("request_failed", code=error.code)
    return problem(503, error.code, DEFAULTS[503][1])


async def _invalid(_: Request, __: Exception) -> JSONResponse:
    telemetry.count_error("request-invalid")
    return of_status(422)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - the handler's registration says so
    return of_status(error.status_code, dict(error.headers or {}))


async def _broken(_: Request, error: Exception) -> Response:
    telemetry.count_error("internal")
    log.error("request_broken", code="internal", fault_type=type(error).__name__)
    return secured(of_status(500))  # from outside every other layer, so with headers of its own


class BodyLimit:
    """Refuses HTTP bodies above ``MAX_BODY_BYTES`` before they fill the memory."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._max = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = max(self._max, LARGER_BODIES.get(scope["path"], 0))
        body = await self._read(scope, receive, most)
        if body is None:
            telemetry.count_error("request-too-large")
            await of_status(413, {"Connection": "close"})(scope, receive, send)
            return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)

    async def _read(self, scope: Scope, receive: Receive, most: int) -> bytes | None:
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and (len(declared) > LENGTH_DIGITS or int(declared) > most):
            return None
        pieces, size = [], 0
        while True:
            message = await receive()
            piece = message.get("body", b"")
            size += len(piece)
            if size > most:
                return None
            pieces.append(piece)
            if message["type"] == "http.disconnect" or not message.get("more_body"):
                return b"".join(pieces)
