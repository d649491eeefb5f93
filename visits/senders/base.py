"""What every sender of messages is: one method, and one error that says how it ended.

Four ends, and no fifth: accepted (``send`` comes back), surely not accepted and worth another try
(``retry``), refused for good, and unknown (``UNSURE``), which is never tried again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from voice_gateway.errors import HaloError

MessageChannel = Literal["email", "sms"]
TIMEOUT_S = 20.0  # of one step: connecting, one command, one answer

REFUSED = "outbox-refused"
UNSURE = "outbox-unsure"


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready to go. ``key``: its name, the same in every try. Never log the rest."""

    key: str
    channel: MessageChannel
    recipient: str
    subject: str
    body: str
    ics: str = ""
    ics_method: str = ""


class SendError(HaloError):
    """A message was not accepted. With ``retry`` it surely was not and may be later. Codes:

    ``outbox-smtp`` the mail server cannot be used now · ``outbox-sms`` the SMS provider cannot ·
    ``outbox-login`` either refuses our name, password or token · ``outbox-credit`` the SMS account
    is empty · ``outbox-refused`` this recipient or text is refused · ``outbox-spool`` the folder
    cannot be written · ``outbox-unsure`` the connection broke while it was being accepted
    """


class MessageSender(Protocol):
    """Gives messages of one channel to whoever delivers them."""

    def send(self, message: Message) -> None:
        """Back when the message is accepted; blocks. Raises ``SendError``."""
        ...
