"""A reply by e-mail: who wrote it, what they wrote themselves, and which visit it is about.

Only what stands above the quoted letter counts as written. Our letters begin with a line that says
so, which ends the resident's own text in every mail program; the usual marks of quoting are known
beside it. An answer to our invitation (RFC 5546, METHOD:REPLY) is read instead of the text.
"""

from __future__ import annotations

import hashlib
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import Any, cast

from icalendar import Calendar

from polish.fold import fold
from visits.replies import REPLY_ABOVE, Reply, number_in

TEXT_CHARS = 20_000
MAIL_ROBOTS = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply)@", re.IGNORECASE)
ROBOT_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "List-Id", "List-Unsubscribe")
ROBOT_PRECEDENCE = {"bulk", "list", "junk", "auto_reply"}
OUR_UID = re.compile(r"wizyta-\d+-(\d{8})@", re.IGNORECASE)

ABOVE = fold(REPLY_ABOVE)
QUOTED = re.compile(
    r"^\s*(?:>|_{5,}\s*$|-{3,}\s*\S|--\s*$|(?:od|from|von|nadawca)\s*:)"
    r"|(?:napisa[łl](?:\(a\)|a|/a)?|pisze|wrote|schrieb)\s*:\s*$",
    re.IGNORECASE,
)
ATTRIBUTION = re.compile(
    r"^\s*(?:w dniu|dnia|on|am|pon\.?|wt\.?|śr\.?|czw\.?|pt\.?|sob\.?|niedz\.?)[ ,]"
    r"|<[^<>\s]+@[^<>\s]+>",
    re.IGNORECASE,
)
FROM_TELEPHONE = re.compile(
    r"^\s*(?:wysłan[oe]|sent|pobierz|get)\s+(?:z|ze|from|za|outlook|aplikacj)\b.*$", re.IGNORECASE
)
BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote", "hr", "table"}
UNSEEN = {"style", "script", "head", "title"}


def reply_of(raw: bytes) -> Reply | None:
    """The reply that this e-mail is; None when nobody is named as its sender, or it is too broken
    to be read."""
    try:
        letter = message_from_bytes(raw, policy=default)
        return _reply(letter, raw)
    except (ValueError, LookupError, TypeError, AttributeError):  # ways of letters to be broken
        return None


def _reply(letter: EmailMessage, raw: bytes) -> Reply | None:
    senders = [address for _, address in getaddresses(letter.get_all("From", []))]
    if len(senders) != 1 or "@" not in senders[0]:
        return None
    name = str(letter["Message-ID"] or "").strip() or hashlib.sha256(raw).hexdigest()
    automatic = is_automatic(letter)
    answered = _calendar_answer(letter)
    if answered:
        state, number, revision = answered
        return Reply("email", senders[0], "", number, name, automatic, state, revision)
    own, quoted = own_and_quoted(_text(letter)[:TEXT_CHARS])
    number = number_in(own, str(letter["Subject"] or ""), quoted)
    return Reply("email", senders[0], own, number, name, automatic)


def is_automatic(letter: EmailMessage) -> bool:
    """Whether a program wrote it (RFC 3834 and older customs): it must never be answered."""

    def value(header: str) -> str:
        return str(letter[header] or "").strip().lower()

    return (
        value("Auto-Submitted").split(";")[0].strip() not in ("", "no")
        or value("Precedence") in ROBOT_PRECEDENCE
        or value("Return-Path") == "<>"
        or any(header in letter for header in ROBOT_HEADERS)
        or letter.get_content_type() == "multipart/report"
        or any(MAIL_ROBOTS.match(a) for _, a in getaddresses(letter.get_all("From", [])))
    )


def own_and_quoted(text: str) -> tuple[str, str]:
    """What was written now, and what it quotes or is signed with."""
    lines = text.splitlines()
    end = next((place for place, line in enumerate(lines) if _is_quoted(line)), len(lines))
    own = lines[:end]
    while len(own) > end - 3 and own and end < len(lines) and _introduces(own[-1]):
        own.pop()  # "W dniu 24.11.2026 o 10:00 Urząd" above "<urzad@…> napisał(a):"
    own = [line for line in own if not FROM_TELEPHONE.match(line)]
    return "\n".join(own).strip(), "\n".join(lines[end:])


def _is_quoted(line: str) -> bool:
    return ABOVE in fold(line) or QUOTED.search(line) is not None


def _introduces(line: str) -> bool:
    return not line.strip() or ATTRIBUTION.search(line) is not None


def _text(letter: EmailMessage) -> str:
    part = letter.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    content = cast("EmailMessage", part).get_content()
    if not isinstance(content, str):
        return ""
    return _Words.of(content) if part.get_content_subtype() == "html" else content


def _calendar_answer(letter: EmailMessage) -> tuple[str, str | None, int | None] | None:
    """What a calendar program answers: its word, the reservation number, and the revision."""
    for part in letter.walk():
        if part.get_content_type() == "text/calendar":
            calendar = cast("Any", Calendar.from_ical(cast("bytes", part.get_payload(decode=True))))
            if str(calendar.get("METHOD", "")).upper() != "REPLY":
                continue
            for event in calendar.walk("VEVENT"):
                attendees = event.get("ATTENDEE", [])
                attendees = attendees if isinstance(attendees, list) else [attendees]
                states = {str(a.params.get("PARTSTAT", "")).lower() for a in attendees}
                found = OUR_UID.match(str(event.get("UID", "")))
                state = "declined" if states == {"declined"} else "other"
                return state, number_in(found[1]) if found else None, event.get("SEQUENCE")
            return "other", None, None
    return None


class _Words(HTMLParser):
    """The text of a letter that has only HTML; what it quotes begins with ">"."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._quotes = self._unseen = 0

    @classmethod
    def of(cls, html: str) -> str:
        words = cls()
        words.feed(html)
        words.close()
        return "".join(words._pieces)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, a quotation or something that is not shown."""
        self._quotes += tag == "blockquote"
        self._unseen += tag in UNSEEN
        if tag in BLOCKS:
            self._pieces.append("\n> " if self._quotes else "\n")

    def handle_endtag(self, tag: str) -> None:
        """End what began."""
        self._quotes -= tag == "blockquote" and self._quotes > 0
        self._unseen -= tag in UNSEEN and self._unseen > 0
        if tag in BLOCKS:
            self._pieces.append("\n> " if self._quotes else "\n")

    def handle_data(self, data: str) -> None:
        """Words; a line break in the source is only a space."""
        if not self._unseen:
            self._pieces.append(" ".join(data.split("\n")))
