"""Messages as files in a folder: for trying the product out, and for an office's own program that
takes them from there."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from visits.senders.base import Message, SendError
from visits.senders.mail import mail

DOWN = "outbox-spool"
WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
SUFFIXES = {"email": ".eml", "sms": ".txt"}


class SpoolSender:
    """Writes each message into a file named by its key: whole or not at all, and once.

    Other users of the machine cannot read the files.
    """

    def __init__(
        self,
        folder: Path,
        mail_from: str,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._folder = folder
        self._mail_from = mail_from
        self._clock = clock

    def send(self, message: Message) -> None:
        """Write the file. Raises ``SendError`` outbox-spool."""
        path = self._folder / (message.key.replace(":", "-") + SUFFIXES[message.channel])
        half = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(half, WRITE, 0o600), "wb") as file:
                file.write(self._content(message))
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
        except OSError as error:
            raise SendError(DOWN, type(error).__name__, retry=True) from error

    def _content(self, message: Message) -> bytes:
        if message.channel == "email":
            return mail(message, self._mail_from, self._clock()).as_bytes()
        return f"{message.recipient}\n{message.body}\n".encode()


def forget_spooled(folder: Path, before: datetime) -> int:
    """Remove files written before this moment: they hold names and numbers. Gives their number."""
    old = [path for path in folder.glob("*.*") if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
