"""SMS through SMSAPI.pl: ``POST /sms.do`` (https://www.smsapi.pl/docs).

``idx`` is our key and ``check_idx`` asks the provider to refuse a second message with it: should
one ever be sent again by mistake, error 53 says that the first was taken.
"""

from __future__ import annotations

import re
from typing import Any

import httpx

from visits.senders.base import REFUSED, TIMEOUT_S, UNSURE, Message, SendError

SMSAPI_URL = "https://api.smsapi.pl"
DOWN = "outbox-sms"
LOGIN = "outbox-login"
CREDIT = "outbox-credit"

PHONE = re.compile("[0-9]{9}")
COUNTRY = "48"
SENT_BEFORE = 53
REFUSALS = frozenset({13, 57, 59, 112})  # no valid number, blacklisted, opted out, country barred
LOGIN_TROUBLES = frozenset({101, 102, 105, 110, 401})  # token, address filter, rights
NO_CREDIT = 103
PASSING = frozenset({52, 200, 201, 202, 203, 999})  # too many at once, their own fault
BUSY_STATUSES = frozenset({429, 503})

# These failed before a byte of the request had gone out.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class SmsApiSender:
    """Sends each message with one request. ``sender``: the registered name; empty: the account's.

    ``close`` it in the end.
    """

    def __init__(
        self,
        token: str,
        sender: str = "",
        *,
        url: str = SMSAPI_URL,
        timeout_s: float = TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._sender = sender
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout_s,
            transport=transport,
        )

    def send(self, message: Message) -> None:
        """Give the message to the provider. Raises ``SendError``."""
        if not PHONE.fullmatch(message.recipient):
            raise SendError(REFUSED, "not nine digits")
        form = {
            "to": COUNTRY + message.recipient,
            "message": message.body,
            "encoding": "utf-8",
            "format": "json",
            "idx": message.key,
            "check_idx": "1",
        }
        if self._sender:
            form["from"] = self._sender
        try:
            answer = self._client.post("/sms.do", data=form)
        except NOT_SENT as error:
            raise SendError(DOWN, type(error).__name__, retry=True) from error
        except httpx.HTTPError as error:
            raise SendError(UNSURE, type(error).__name__) from error
        _check(answer)

    def close(self) -> None:
        """End the connections. Idempotent."""
        self._client.close()


def _check(answer: httpx.Response) -> None:
    """Back when the provider took the message. Raises ``SendError``."""
    told = _json(answer)
    if told.get("error"):
        _refuse(told["error"])
    elif answer.status_code in BUSY_STATUSES:
        raise SendError(DOWN, f"HTTP {answer.status_code}", retry=True)
    elif answer.status_code in (401, 403):
        raise SendError(LOGIN, f"HTTP {answer.status_code}", retry=True)
    elif 400 <= answer.status_code < 500:
        raise SendError(DOWN, f"HTTP {answer.status_code}")
    elif not told.get("count"):
        raise SendError(UNSURE, f"HTTP {answer.status_code} without a result")


def _refuse(error: object) -> None:
    """Raise what the provider's error number means; nothing for a message taken before."""
    code = int(error) if str(error).isdecimal() else 0  # type: ignore[call-overload]  # checked
    if code == SENT_BEFORE:
        return
    if code in REFUSALS:
        raise SendError(REFUSED, f"SMSAPI {code}")
    if code in LOGIN_TROUBLES:
        raise SendError(LOGIN, f"SMSAPI {code}", retry=True)
    if code == NO_CREDIT:
        raise SendError(CREDIT, f"SMSAPI {code}", retry=True)
    raise SendError(DOWN, f"SMSAPI {code}", retry=code in PASSING)


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
