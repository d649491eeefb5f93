"""Lines of the log about accounts, written in the transaction of the deed itself."""

from __future__ import annotations

from sqlalchemy.orm import Session

from staff_console.content.log import Deed, add_line, lock_head
from voice_gateway.records.queries import now

SERVER = "serwer"  # who sits at the machine itself and has no account


def note(session: Session, who: str, deed: Deed, login: str, detail: str = "") -> None:
    """Write that ``who`` (a login) did something to the account ``login``."""
    add_line(session, lock_head(session), now(), who, deed, f"accounts/{login}", detail)
