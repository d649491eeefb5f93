"""Who asks for a staff page or sends its form, and whether they may."""

from __future__ import annotations

from fastapi import Request

from staff_console.rights import Right, may
from staff_console.sessions import Sessions
from voice_gateway.errors import RequestError
from voice_gateway.records.staff import StaffAccount, StaffAccounts


class Who:
    """Finds the account behind a request. All raise ``RequestError`` 403."""

    def __init__(self, sessions: Sessions, accounts: StaffAccounts) -> None:
        self._sessions = sessions
        self._accounts = accounts

    async def looks(self, request: Request, right: Right) -> StaffAccount | None:
        """Who looks at a page; None: nobody is signed in."""
        session = self._sessions.read(request)
        account = await self._accounts.get(session.login) if session else None
        if account:
            require(account, right)
        return account

    async def posts(self, request: Request, token: str, right: Right) -> StaffAccount:
        """Who sends a form of ours."""
        session = self._sessions.checked(request, token)
        account = await self._accounts.get(session.login)
        if account is None:
            raise RequestError("staff-form", "Proszę zalogować się jeszcze raz.", status=403)
        require(account, right)
        return account


def require(account: StaffAccount, right: Right) -> None:
    """Raises ``RequestError`` staff-right (403)."""
    if not may(account.role, right):
        raise RequestError("staff-right", "To konto nie ma prawa do tej czynności.", status=403)
