"""Where SMSAPI.pl hands residents' SMS over: ``POST /api/v1/sms/incoming/{secret}``."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import SecretStr
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from visits.inbound_sms import IncomingSms
from visits.replying import ReplyDesk
from voice_gateway.errors import RequestError
from voice_gateway.rate_limits import ClientLimits

TAKEN = "OK"  # what the provider waits for; otherwise it sends the message again
SMS_CHARS = 2000  # thirteen parts
NAME_CHARS = 64
FIELDS = 20


def build_sms_router(
    secret: SecretStr, desk: ReplyDesk, limits: ClientLimits, now: Callable[[], datetime]
) -> APIRouter:
    """The router. With an empty secret, as with a wrong one, there is nothing at the address."""
    router = APIRouter()

    @router.post("/api/v1/sms/incoming/{given}", include_in_schema=False)
    async def incoming(request: Request, given: str) -> PlainTextResponse:
        """Do what an SMS says; answered when it is done and kept."""
        await limits.check(request.client.host if request.client else None)
        _let_in(secret, given)
        async with request.form(max_files=0, max_fields=FIELDS) as form:
            reply = _sms(form).reply()
        if reply:
            await asyncio.to_thread(desk.handle, reply, now())
        return PlainTextResponse(TAKEN)

    return router


def _let_in(secret: SecretStr, given: str) -> None:
    """Raises 404 unless the address holds the secret."""
    wanted = secret.get_secret_value().encode()
    if not wanted or not secrets.compare_digest(wanted, given.encode()):
        raise HTTPException(404)


def _sms(form: FormData) -> IncomingSms:
    """The provider's fields. Raises ``RequestError`` request-invalid."""

    def text(name: str, longest: int = NAME_CHARS) -> str:
        value = form.get(name, "")
        if not isinstance(value, str) or len(value) > longest:
            raise RequestError("request-invalid", "Pola formularza są nieprawidłowe.", status=422)
        return value

    return IncomingSms(
        sms_from=text("sms_from"),
        sms_to=text("sms_to"),
        sms_text=text("sms_text", SMS_CHARS),
        sms_date=text("sms_date"),
        message_id=text("MsgId"),
    )
