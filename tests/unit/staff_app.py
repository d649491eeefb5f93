"""The real application with all its staff pages, on a database of its own and idle other parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from pydantic import SecretStr

from staff_console.accounts.signed import SignedSessions
from staff_console.rights import RIGHTS
from staff_console.sessions import COOKIE, Sessions
from tests.unit.content_parts import MemoryContent
from voice_gateway import app as program
from voice_gateway.desk import HandoffDesk
from voice_gateway.records.database import Database
from voice_gateway.records.staff import StaffAccount, StaffAccounts
from voice_gateway.settings import ROOT, Settings

KEY = "tests only"
KNOWLEDGE = ROOT / "nlu_data"
FORMS = ("topics/passport.yml", "acts/*.yml", "*.yml")
BODIES = {
    path.relative_to(KNOWLEDGE).as_posix(): path.read_text(encoding="utf-8")
    for form in FORMS
    for path in sorted(KNOWLEDGE.glob(form))
}
TOKEN = "the form's token"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class StaffApp:
    """A browser before the whole application; one account of each role, called like it."""

    def __init__(self, client: TestClient, database: Database) -> None:
        self.client = client
        self.signed = SignedSessions(database)

    def do(self, function: Any, *arguments: Any) -> Any:
        assert self.client.portal
        return self.client.portal.call(function, *arguments)

    def headers(self, role: str) -> dict[str, str]:
        """What the browser of somebody signed in sends; "" is nobody."""
        if not role:
            return {}
        id_ = self.do(self.signed.begin, role)
        assert id_
        cookie = Sessions(KEY)._signer.dumps([role, TOKEN, id_])
        return {"cookie": f"{COOKIE}={cookie}"}

    def routes(self) -> list[tuple[str, str]]:
        """Method and path of every staff route; ``WS`` for the live channel."""
        found = []
        for route in flat(self.client.app.routes):
            path = str(getattr(route, "path", ""))
            if path.startswith("/staff"):
                found += [(method, path) for method in getattr(route, "methods", None) or ["WS"]]
        return sorted(found)


def flat(routes: Any) -> Iterator[Any]:
    """Routes, and those of routers that were included whole."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is None:
            yield route
        else:
            yield from flat(inner.routes)


@contextmanager
def staff_app(folder: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Iterator[StaffApp]:
    """``folder`` holds ``halo.db`` with empty tables."""
    settings = Settings(_env_file=None, data_dir=folder, secret_key=SecretStr(KEY), **more)
    database = Database(settings.db_url)
    accounts = StaffAccounts(database, CHEAP)
    gateway = MagicMock(name="gateway")
    gateway.services.settings = settings
    gateway.services.database = database
    gateway.services.staff = accounts
    gateway.services.desk = HandoffDesk(database, lambda text: text)

    gateway.content = MemoryContent(BODIES, datetime.now(UTC))

    @asynccontextmanager
    async def running(_: Settings) -> Any:
        for role in RIGHTS:
            await accounts.add(StaffAccount(role, role.title(), "", role), "a long password")
        yield gateway

    monkeypatch.setattr(program, "running_gateway", running)
    client = TestClient(
        program.create_app(settings),
        base_url="http://urzad.test",
        follow_redirects=False,
        raise_server_exceptions=False,
    )
    with client:
        yield StaffApp(client, database)
        gateway.services.desk.close()
    database.close()
