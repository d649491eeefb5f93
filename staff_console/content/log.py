"""The log of who changed what: lines chained by SHA-256, written with the deed itself.

A line's mark covers the line and the mark before it; ``content_head`` keeps the last one. So a
line that was changed, added between or taken out shows. It does not stop somebody who may write
to the database from making the whole chain anew; whoever must be sure notes a mark elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from staff_console.content.models import LOGIN_CHARS, HeadRow, LogRow
from voice_gateway.records.queries import clean

Deed = Literal[
    "account_added",
    "account_changed",
    "account_link",
    "account_off",
    "account_on",
    "account_password",
    "account_provider",
    "adopted",
    "approved",
    "dropped",
    "imported",
    "kept",
    "model_adopted",
    "model_approved",
    "model_published",
    "model_rejected",
    "model_retired",
    "model_sent",
    "model_trained",
    "model_undone",
    "published",
    "rejected",
    "restored",
    "sent",
    "switched_off",
    "switched_on",
    "totp_off",
    "totp_on",
    "totp_recovered",
    "totp_reset",
]
DEEDS_PL: Mapping[Deed, str] = {
    "account_added": "założono konto",
    "account_changed": "zmieniono konto",
    "account_link": "wydano jednorazowy odnośnik",
    "account_off": "wyłączono konto",
    "account_on": "włączono konto",
    "account_password": "ustawiono własne hasło",
    "account_provider": "konto z systemu logowania urzędu",
    "adopted": "przyjęto zmianę z pliku",
    "approved": "zatwierdzono",
    "dropped": "usunięto szkic",
    "imported": "wczytano szkic",
    "kept": "odłożono zmianę z pliku",
    "model_adopted": "przyjęto model z polecenia na serwerze",
    "model_approved": "zatwierdzono model",
    "model_published": "opublikowano model",
    "model_rejected": "odrzucono model",
    "model_retired": "wycofano model",
    "model_sent": "wysłano model do zatwierdzenia",
    "model_trained": "wyuczono model",
    "model_undone": "przywrócono poprzedni model",
    "published": "opublikowano",
    "rejected": "odrzucono",
    "restored": "przywrócono",
    "sent": "wysłano do zatwierdzenia",
    "switched_off": "wyłączono sprawę",
    "switched_on": "włączono sprawę",
    "totp_off": "wyłączono kody z telefonu",
    "totp_on": "włączono kody z telefonu",
    "totp_recovered": "użyto kodu zapasowego",
    "totp_reset": "zdjęto kody z telefonu innej osobie",
}
"""What staff read."""


def lock_head(session: Session) -> HeadRow:
    """The head, locked until the transaction ends: one deed at a time."""
    return session.get_one(HeadRow, 1, with_for_update=True)


def add_line(
    session: Session, head: HeadRow, now: datetime, who: str, deed: Deed, path: str, detail: str
) -> None:
    """Write a line; ``head`` is locked."""
    row = LogRow(
        id=head.log_id + 1,
        at=now,
        who=clean(who)[:LOGIN_CHARS],
        deed=deed,
        path=path,
        detail=clean(detail),
    )
    row.mark = _mark(head.log_mark, row)
    session.add(row)
    head.log_id, head.log_mark = row.id, row.mark


def is_whole(session: Session) -> bool:
    """Whether every line is there as it was written."""
    head = lock_head(session)  # no line may come between the two reads
    before, last = "", 0
    for row in session.scalars(select(LogRow).order_by(LogRow.id)):
        if row.id != last + 1 or row.mark != _mark(before, row):
            return False
        before, last = row.mark, row.id
    return (before, last) == (head.log_mark, head.log_id)


def _mark(before: str, row: LogRow) -> str:
    line = {
        "id": row.id,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "who": row.who,
        "deed": row.deed,
        "path": row.path,
        "detail": row.detail,
    }
    words = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{before}{words}".encode()).hexdigest()
