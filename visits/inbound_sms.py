"""SMS replies as SMSAPI.pl hands them over: a form with six fields, answered by "OK".

Fields (its documentation, "Odbiory wiadomości"; not compared with the live service): ``sms_to`` our
number, ``sms_from`` the sender with the country's prefix, ``sms_text``, ``sms_date`` seconds since
1970, ``username`` our account, ``MsgId``. Without "OK" it is expected to come again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from visits.proof import PHONE_DIGITS, nine_digits
from visits.replies import Reply, number_in


@dataclass(frozen=True, slots=True)
class IncomingSms:
    """The fields that matter. Never log any of it."""

    sms_from: str
    sms_to: str
    sms_text: str
    sms_date: str
    message_id: str

    def reply(self) -> Reply | None:
        """The reply; None when the sender is no telephone number."""
        sender = nine_digits(self.sms_from)
        if len(sender) < PHONE_DIGITS:
            return None
        # ``MsgId`` alone may name the message that was answered: two answers to one differ in
        # text or date, a repeated one differs in nothing.
        facts = (self.message_id, self.sms_from, self.sms_to, self.sms_date, self.sms_text)
        name = hashlib.sha256("\0".join(facts).encode("utf-8", "replace")).hexdigest()
        return Reply("sms", sender, self.sms_text, number_in(self.sms_text), name)
