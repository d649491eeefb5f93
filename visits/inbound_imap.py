"""The mailbox to which residents reply (IMAP4rev1, RFC 3501).

It must be a mailbox of its own: every unseen letter in it is read, and marked as seen when what it
says is done and kept. Who dies before that finds it again.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from visits.senders.base import TIMEOUT_S
from voice_gateway.errors import HaloError, SetupError

PORTS = {"imaps": 993, "imap": 143, "imap+plain": 143}
AT_ONCE = 50  # letters of one round
LETTER_BYTES = 256 * 1024  # of each: what is behind that is an attachment
BODY = f"BODY.PEEK[]<0.{LETTER_BYTES}>"


class ReplyError(HaloError):
    """The mailbox cannot be read now. Codes:

    ``replies-imap`` the server is away or refuses · ``replies-login`` it refuses name or password
    """


@dataclass(frozen=True, slots=True)
class ImapAddress:
    """Where the mailbox is. ``scheme``: imaps (TLS at once), imap (STARTTLS, required) or
    imap+plain (no TLS: a server on this machine only)."""

    scheme: str
    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    folder: str = "INBOX"

    @classmethod
    def of(cls, url: str) -> ImapAddress:
        """From ``imaps://user:password@host/INBOX``; in user and password ``%40`` stands for @.

        Raises ``SetupError`` setup-messages.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS[parts.scheme]
        except (ValueError, KeyError) as error:
            raise SetupError("setup-messages", "HALO_IMAP_URL is no imaps:// address") from error
        if parts.scheme not in PORTS or not parts.hostname or not parts.username:
            raise SetupError("setup-messages", "HALO_IMAP_URL names no host or user")
        user, password = unquote(parts.username), unquote(parts.password or "")
        folder = unquote(parts.path.strip("/")) or "INBOX"
        return cls(parts.scheme, parts.hostname, port, user, password, folder)


class Mailbox:
    """Reads unseen letters, with a connection for each round."""

    def __init__(
        self,
        address: ImapAddress,
        *,
        timeout_s: float = TIMEOUT_S,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._address = address
        self._timeout_s = timeout_s
        self._tls = tls or ssl.create_default_context()

    def read(self, handle: Callable[[bytes], object]) -> int:
        """Give each unseen letter to ``handle`` and mark it as seen when that comes back; blocks.

        Gives the number of letters. What ``handle`` raises ends the round; that letter stays
        unseen. Raises ``ReplyError``.
        """
        with self._session() as server:
            server.select_folder(self._address.folder)
            unseen = server.search(["UNSEEN"])[:AT_ONCE]
            for uid in unseen:
                found = server.fetch([uid], [BODY]).get(uid, {})
                raw = next((value for name, value in found.items() if b"BODY" in name), None)
                if isinstance(raw, bytes):  # else somebody deleted it meanwhile
                    handle(raw)
                    server.add_flags([uid], [SEEN], silent=True)
            return len(unseen)

    @contextmanager
    def _session(self) -> Iterator[IMAPClient]:
        """A connection that is signed in."""
        server = None
        try:
            server = self._connected()
            yield server
        except LoginError as error:
            raise ReplyError("replies-login", "the server refuses the password") from error
        except (OSError, IMAPClientError, UnicodeError) as error:
            raise ReplyError("replies-imap", type(error).__name__, retry=True) from error
        finally:
            if server:
                _leave(server)

    def _connected(self) -> IMAPClient:
        address, at_once = self._address, self._address.scheme == "imaps"
        server = IMAPClient(
            address.host,
            address.port,
            ssl=at_once,
            ssl_context=self._tls if at_once else None,
            timeout=self._timeout_s,
        )
        try:
            if address.scheme == "imap":
                server.starttls(self._tls)
            if server.has_capability("AUTH=PLAIN"):  # takes ż in a password, LOGIN does not
                server.plain_login(address.user, address.password)
            else:
                server.login(address.user, address.password)
        except BaseException:
            _leave(server)
            raise
        return server


def _leave(server: IMAPClient) -> None:
    """Say goodbye; what happens now changes nothing."""
    try:
        server.logout()
    except (OSError, IMAPClientError):
        server.shutdown()
