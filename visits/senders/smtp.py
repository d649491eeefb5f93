"""E-mail through the office's own mail server (SMTP)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from visits.senders.base import REFUSED, TIMEOUT_S, UNSURE, Message, SendError
from visits.senders.mail import address_of, mail
from voice_gateway.errors import SetupError

DOWN = "outbox-smtp"
LOGIN = "outbox-login"
PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """Where the mail server is. ``scheme``: smtps (TLS at once), smtp (STARTTLS, required) or
    smtp+plain (no TLS: a server on this machine only)."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> SmtpAddress:
        """From ``smtp://user:password@host:587``; in user and password ``%40`` stands for @.

        Raises ``SetupError`` setup-messages.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS[parts.scheme]
        except (ValueError, KeyError) as error:
            raise SetupError("setup-messages", "HALO_SMTP_URL is no smtp:// address") from error
        if not parts.hostname:
            raise SetupError("setup-messages", "HALO_SMTP_URL names no host")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.scheme, parts.hostname, port, user, password)


class SmtpSender:
    """Sends each message over a connection of its own."""

    def __init__(
        self,
        address: SmtpAddress,
        mail_from: str,
        *,
        timeout_s: float = TIMEOUT_S,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._address = address
        self._mail_from = mail_from
        self._timeout_s = timeout_s
        self._tls = tls or ssl.create_default_context()
        self._clock = clock

    def send(self, message: Message) -> None:
        """Give the message to the server. Raises ``SendError``."""
        letter = mail(message, self._mail_from, self._clock()).as_bytes()
        with self._session() as smtp:
            self._envelope(smtp, message.recipient)
            try:
                code, _ = smtp.data(letter)
            except smtplib.SMTPDataError as error:  # the server did not want to begin
                raise _answered(error.smtp_code) from error
            except (OSError, smtplib.SMTPException) as error:
                raise SendError(UNSURE, type(error).__name__) from error
            if code != 250:
                raise _answered(code)

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """A connection that is signed in; what fails before a message is taken is worth a retry."""
        smtp = None
        try:
            smtp = self._connected()
            yield smtp
        except smtplib.SMTPAuthenticationError as error:
            raise SendError(LOGIN, "the server refuses the password", retry=True) from error
        except (OSError, smtplib.SMTPException) as error:
            raise SendError(DOWN, type(error).__name__, retry=True) from error
        finally:
            if smtp:
                _leave(smtp)

    def _connected(self) -> smtplib.SMTP:
        address = self._address
        if address.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                address.host, address.port, timeout=self._timeout_s, context=self._tls
            )
        else:
            smtp = smtplib.SMTP(address.host, address.port, timeout=self._timeout_s)
        try:
            if address.scheme == "smtp":
                smtp.starttls(context=self._tls)
            if address.user:
                smtp.login(address.user, address.password)
            smtp.ehlo_or_helo_if_needed()
        except BaseException:
            _leave(smtp)
            raise
        return smtp

    def _envelope(self, smtp: smtplib.SMTP, recipient: str) -> None:
        try:
            code, _ = smtp.mail(address_of(self._mail_from))
            if code == 250:
                code, _ = smtp.rcpt(recipient)
        except UnicodeError as error:  # ż in an address: few servers take it
            raise SendError(REFUSED, "the address is not ASCII") from error
        if code not in (250, 251):
            raise _answered(code)


def _answered(code: int) -> SendError:
    """What a server's refusal means: 5xx is for good, 4xx is for now."""
    if 500 <= code < 600:
        return SendError(REFUSED, f"SMTP {code}")
    return SendError(DOWN, f"SMTP {code}", retry=True)


def _leave(smtp: smtplib.SMTP) -> None:
    """Say goodbye; what happens now changes nothing for the message."""
    try:
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        smtp.close()
