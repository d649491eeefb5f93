"""The editor's pages on the real store of a small knowledge folder, with a browser before them.

Signing in is another test's matter: here somebody is signed in by being named.
"""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from actions.office.facts import load_office
from staff_console.content.publish import Check
from staff_console.content.store import ContentStore
from staff_console.editor.routes import EditorPages, build_editor_router
from staff_console.sessions import CHECKED, StaffSession
from tests.unit.knowledge_parts import copy_of_knowledge
from voice_gateway import problems
from voice_gateway.records.database import Database
from voice_gateway.records.staff import StaffAccount

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)  # noon in Poland
TOKEN = "the form's token"
ROLES = {"anna": "clerk", "ewa": "editor", "jan": "editor", "ola": "approver"}


class Accounts:
    """Everybody of ``ROLES``."""

    async def get(self, login: str) -> StaffAccount | None:
        role = ROLES.get(login)
        return StaffAccount(login, f"{login.title()} z urzędu", "", role) if role else None


class SignedIn:
    """Stands where the product asks who has a session."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.login = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[CHECKED] = StaffSession(self.login, TOKEN) if self.login else None
        await self._app(scope, receive, send)


class StoreOffice:
    """``check``: of the whole content, as a test wants it; the real one takes a second."""

    def __init__(self, folder: Path, empty_database: Path) -> None:
        shutil.copy(empty_database, folder / "halo.db")
        self.database = Database(f"sqlite:///{folder / 'halo.db'}")
        self.now = NOW
        self.knowledge = copy_of_knowledge(folder)
        for act in (self.knowledge / "acts").glob("*.yml"):
            if act.stem not in ("bye", "thanks"):
                act.unlink()  # fewer files, quicker tests
        self.check: Check = lambda folder, today: []
        check = lambda *asked: self.check(*asked)  # noqa: E731, PLW0108 - tests change it later
        self.content = ContentStore(self.database, self.knowledge, check)
        self.content.adopt(NOW)
        app = FastAPI()
        problems.install(app)
        app.include_router(build_editor_router(self._pages()))
        self._door = SignedIn(app)
        self.client = TestClient(self._door, base_url="http://urzad.test", follow_redirects=False)

    def _pages(self) -> EditorPages:
        return EditorPages(
            "tests only",
            cast("Any", Accounts()),
            self.content,
            lambda: load_office(self.knowledge / "office.yml"),
            _voice,
            lambda: self.now,
            self.knowledge / "taxonomy.yml",
        )

    def sign_in(self, login: str) -> "StoreOffice":
        self._door.login = login
        return self

    def page(self, path: str, status: int = 200) -> str:
        answer = self.client.get(f"/staff/content{path}")
        assert answer.status_code == status, answer.text
        return str(answer.text)

    def post(self, path: str, /, files: Any = None, **data: Any) -> Any:
        fields = {"token": TOKEN, **data}
        return self.client.post(f"/staff/content{path}", data=fields, files=files)

    def send(self, deed: str, path: str, /, **data: Any) -> Any:
        """A form with what it held when it was opened now."""
        return self.post(path, deed=deed, **{"marks": value_of("marks", self.page(path)), **data})

    def live(self, path: str) -> str:
        return self.content.live(path).body

    def file(self, path: str) -> str:
        return (self.knowledge / path).read_text(encoding="utf-8")


def value_of(name: str, page: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


async def _voice(text: str) -> bytes:
    return b""
