"""One-time links that set a password: the first administrator's, a new colleague's, a lost one's.

Nobody ever gets a made-up password: who opens the link chooses their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from staff_console.accounts.deeds import SERVER, note
from staff_console.accounts.models import LinkRow
from staff_console.accounts.tokens import hashed, new_token
from voice_gateway.errors import RequestError
from voice_gateway.records.database import Database
from voice_gateway.records.models import StaffRow
from voice_gateway.records.queries import now
from voice_gateway.records.staff import StaffAccount, find

VALID = timedelta(hours=24)
FIRST = ""  # the login of the first administrator's link: nobody's
PATH = "/staff/link/"
STALE_PL = (
    "Ten odnośnik jest nieważny: wygasł, został już użyty albo wydano nowszy. "
    "Proszę poprosić administratora o nowy."
)


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A valid link. ``login`` "": it makes the first administrator."""

    login: str
    name: str


class Links:
    """Makes links and takes them back in. Each new one makes the login's older one void."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first(self) -> str:
        """The path of a link for the first administrator; "" when somebody is administrator."""
        token = new_token()
        made = await self._database.call(partial(_make_first, token_hash=hashed(token)))
        return f"{PATH}{token}" if made else ""

    async def make(self, login: str, who: str = SERVER) -> str:
        """The path of a link for an active account. Raises ``RequestError`` staff-unknown."""
        token = new_token()
        await self._database.call(partial(_make, login=login, who=who, token_hash=hashed(token)))
        return f"{PATH}{token}"

    async def look(self, token: str) -> OpenLink:
        """What a link is for. Raises ``RequestError`` staff-link (410)."""
        return await self._database.call(partial(_look, token_hash=hashed(token)))

    async def use(self, token: str, account: StaffAccount, password_hash: str) -> None:
        """Set the password, and make the account when it is the first administrator.

        ``account`` counts only then. Raises ``RequestError`` staff-link (410), staff-taken (409).
        """
        await self._database.call(
            partial(_use, token_hash=hashed(token), account=account, password_hash=password_hash)
        )


def has_administrator(session: Session) -> bool:
    """Whether an administrator is active who can sign in."""
    return other_administrators(session, 0) > 0


def other_administrators(session: Session, id_: int) -> int:
    """How many active administrators who can sign in there are besides the account ``id_``."""
    can_sign_in = or_(StaffRow.password_hash != "", StaffRow.oidc_id.is_not(None))
    return (
        session.scalar(
            select(func.count())
            .select_from(StaffRow)
            .where(StaffRow.role == "admin", StaffRow.active, can_sign_in, StaffRow.id != id_)
        )
        or 0
    )


def _make_first(session: Session, token_hash: str) -> bool:
    if has_administrator(session):
        session.execute(delete(LinkRow).where(LinkRow.login == FIRST))
        return False
    _keep(session, FIRST, token_hash)
    return True


def _make(session: Session, login: str, who: str, token_hash: str) -> None:
    row = find(session, login)
    if row is None or not row.active:
        raise RequestError("staff-unknown", f"Nie ma czynnego konta {login}.", status=404)
    _keep(session, login, token_hash)
    note(session, who, "account_link", login)


def _keep(session: Session, login: str, token_hash: str) -> None:
    session.merge(LinkRow(login=login, token_hash=token_hash, expires_at=now() + VALID))


def _valid(session: Session, token_hash: str, at: datetime) -> tuple[LinkRow, StaffRow | None]:
    link = session.scalar(
        select(LinkRow)
        .where(LinkRow.token_hash == token_hash, LinkRow.expires_at > at)
        .with_for_update()
    )
    if link is None:
        raise _stale()
    row = find(session, link.login) if link.login != FIRST else None
    good = not has_administrator(session) if link.login == FIRST else row and row.active
    if not good:
        raise _stale()
    return link, row


def _look(session: Session, token_hash: str) -> OpenLink:
    link, row = _valid(session, token_hash, now())
    return OpenLink(link.login, row.name if row else "")


def _use(session: Session, token_hash: str, account: StaffAccount, password_hash: str) -> None:
    at = now()
    link, row = _valid(session, token_hash, at)
    session.delete(link)
    if row is None:
        if find(session, account.login):
            raise RequestError("staff-taken", "Ten login jest już zajęty.", status=409)
        row = StaffRow(
            login=account.login,
            name=account.name,
            department="",
            role="admin",
            password_hash=password_hash,
            active=True,
            created_at=at,
            session_version=0,
        )
        session.add(row)
        note(session, SERVER, "account_added", account.login, "pierwszy administrator")
    else:
        row.password_hash = password_hash
        row.session_version += 1
    note(session, row.login, "account_password", row.login, "z jednorazowego odnośnika")


def _stale() -> RequestError:
    return RequestError("staff-link", STALE_PL, status=410)
