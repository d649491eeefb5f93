"""Chooses who delivers messages, by the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from visits.senders.base import MessageChannel, MessageSender
from visits.senders.mail import address_of
from visits.senders.smsapi import SMSAPI_URL, SmsApiSender
from visits.senders.smtp import SmtpAddress, SmtpSender
from visits.senders.spool import SpoolSender
from voice_gateway.errors import SetupError

Senders = Mapping[MessageChannel, MessageSender]


@dataclass(frozen=True, slots=True)
class MessageSettings:
    """``smtp_url``, ``smsapi_token``: empty switches the channel off; both empty: the spool.

    ``mail_from``: the sender's address; ``sms_from``: a name registered at SMSAPI; ``replies``:
    the channels whose answers are read.
    """

    spool_dir: Path
    mail_from: str
    smtp_url: SecretStr = field(default_factory=lambda: SecretStr(""))
    smsapi_token: SecretStr = field(default_factory=lambda: SecretStr(""))
    sms_from: str = ""
    smsapi_url: str = SMSAPI_URL
    replies: frozenset[MessageChannel] = frozenset()


def build_senders(settings: MessageSettings) -> Senders:
    """A sender for each channel that is switched on. Raises ``SetupError`` setup-messages.

    With neither a mail server nor SMSAPI both channels are written into the spool folder; with one
    of them the other channel stays off: nobody would read the files.
    """
    if "@" not in address_of(settings.mail_from):
        raise SetupError("setup-messages", "HALO_MAIL_FROM is no e-mail address")
    senders: dict[MessageChannel, MessageSender] = {}
    if url := settings.smtp_url.get_secret_value():
        senders["email"] = SmtpSender(SmtpAddress.of(url), settings.mail_from)
    if token := settings.smsapi_token.get_secret_value():
        senders["sms"] = SmsApiSender(token, settings.sms_from, url=settings.smsapi_url)
    if not senders:
        spool = SpoolSender(settings.spool_dir, settings.mail_from)
        senders = {"email": spool, "sms": spool}
    if settings.replies - set(senders):
        needs = "HALO_IMAP_URL needs HALO_SMTP_URL, HALO_SMS_REPLY_SECRET needs HALO_SMSAPI_TOKEN"
        raise SetupError("setup-messages", needs)
    return senders
