"""An e-mail as it goes over the wire."""

from __future__ import annotations

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from visits.senders.base import REFUSED, Message, SendError

WIRE = SMTP.clone(cte_type="7bit")  # every server takes it


def mail(message: Message, mail_from: str, written_at: datetime) -> EmailMessage:
    """The e-mail; its Message-ID follows from the key. Raises ``SendError`` outbox-refused.

    ``mail_from``: an address, with or without a name.
    """
    letter = EmailMessage(policy=WIRE)
    try:
        letter["From"] = mail_from
        letter["To"] = Address(addr_spec=message.recipient)
        letter["Subject"] = message.subject
    except (MessageError, ValueError, IndexError) as error:  # ways to refuse an address
        raise SendError(REFUSED, "the address cannot be written") from error
    letter["Date"] = format_datetime(written_at)
    letter["Message-ID"] = message_id(message.key, mail_from)
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday note comes back
    letter.set_content(message.body)
    if message.ics:
        letter.add_attachment(
            message.ics,
            subtype="calendar",
            filename="wizyta.ics",
            params={"method": message.ics_method},
        )
    return letter


def message_id(key: str, mail_from: str) -> str:
    """The Message-ID of the message with this key."""
    return f"<{key.replace(':', '.')}@{address_of(mail_from).rpartition('@')[2]}>"


def address_of(mail_from: str) -> str:
    """The bare address of "Urząd <urzad@miasto.pl>"."""
    return parseaddr(mail_from)[1]
