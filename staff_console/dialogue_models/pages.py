"""What the pages of models share: who asks, and how a page is made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from fastapi import Request
from starlette.responses import Response

from staff_console.content.values import Draft
from staff_console.dialogue_models import learnt
from staff_console.dialogue_models.files import ModelFolder
from staff_console.dialogue_models.runner import TrainingRunner
from staff_console.dialogue_models.serving import ERRORS_PL, Served, ServedModel
from staff_console.dialogue_models.store import ModelStore
from staff_console.dialogue_models.trainings import TrainingStore
from staff_console.dialogue_models.values import Model
from staff_console.editor.pages import moment, unkept
from staff_console.rights import Right, may
from staff_console.sessions import Sessions
from staff_console.templating import templates
from staff_console.who import Who
from voice_gateway.records.staff import StaffAccount, StaffAccounts

STATES_PL = {
    "candidate": "nieopublikowany",
    "waiting": "czeka na zatwierdzenie",
    "live": "obowiązuje",
    "past": "dawny",
    "retired": "wycofany",
}
TRAININGS_PL = {
    "running": "trwa",
    "done": "gotowe",
    "failed": "nie udało się",
    "cancelled": "przerwano",
    "broken": "przerwane",
}
PUBLICATIONS_PL = {
    "published": "opublikowano",
    "approved": "opublikowano po zatwierdzeniu",
    "undone": "cofnięto do poprzedniego",
    "adopted": "przyjęto z polecenia na serwerze",
}


class UnpublishedContent(Protocol):
    """What is not live yet, so that no model can know it."""

    def drafts(self) -> Sequence[Draft]:
        """All drafts."""
        ...


@dataclass(frozen=True, slots=True)
class ModelPages:
    """What the pages use. ``follow``: tell this machine's Rasa what is live now; blocks.

    ``versions``: content file -> number of its live version; blocks.
    """

    secret_key: str
    accounts: StaffAccounts
    store: ModelStore
    trainings: TrainingStore
    runner: TrainingRunner
    folder: ModelFolder
    served: ServedModel
    content: UnpublishedContent
    versions: Callable[[], Mapping[str, int]]
    follow: Callable[[], object]
    knowledge: Path
    now: Callable[[], datetime]


class ModelDesk:
    """The shared part of the routes."""

    def __init__(self, pages: ModelPages) -> None:
        self.pages = pages
        self._sessions = Sessions(pages.secret_key)
        self._who = Who(self._sessions, pages.accounts)
        self._templates = templates()
        filters = self._templates.env.filters
        filters.update(moment=moment, title=title, percent=percent, points=points, size=size)
        filters["thousands"] = thousands
        self._templates.env.globals["model_states_pl"] = STATES_PL
        self._templates.env.globals["training_states_pl"] = TRAININGS_PL
        self._templates.env.globals["publication_kinds_pl"] = PUBLICATIONS_PL

    async def account(self, request: Request) -> StaffAccount | None:
        """Who looks at a page; None: nobody is signed in. Raises ``RequestError`` 403."""
        return await self._who.looks(request, "train")

    async def poster(self, request: Request, token: str, right: Right) -> StaffAccount:
        """Who sends a form of ours. Raises ``RequestError`` 403."""
        return await self._who.posts(request, token, right)

    async def people(self, logins: Iterable[str]) -> dict[str, str]:
        """Login -> name; who has no account (any more) is called by the login."""
        found = {}
        for login in dict.fromkeys(logins):
            account = await self.pages.accounts.get(login) if login else None
            found[login] = account.name if account else login
        return found

    async def page(
        self,
        request: Request,
        account: StaffAccount,
        name: str,
        values: Mapping[str, Any],
        status: int = 200,
    ) -> Response:
        """A page for somebody signed in."""
        session = self._sessions.read(request)
        shared = {
            "account": account,
            "token": session.token if session else "",
            "may_publish": may(account.role, "publish"),
            "may_approve": may(account.role, "approve"),
        }
        page = self._templates.TemplateResponse(
            request, name, {**shared, **values}, status_code=status
        )
        return unkept(page)

    async def names(self) -> Any:
        """Polish names of topics and aspects."""
        return await asyncio.to_thread(learnt.meanings, self.pages.knowledge)


def title(model: Model) -> str:
    """ "Model z 24.11.2026, 21:26"."""
    trained = model.card.trained_at
    return f"Model z {moment(datetime.fromisoformat(trained) if trained else model.created_at)}"


def percent(share: float) -> str:
    """ "93,9 %" for 0.939."""
    return f"{100 * share:.1f} %".replace(".", ",")


def points(change: float) -> str:
    """ "+1,2 pkt" for 0.012."""
    if abs(change) < 0.0005:
        return "bez zmian"
    return f"{100 * change:+.1f} pkt".replace(".", ",").replace("-", "−")


def thousands(count: int) -> str:
    """ "24 123", with a space that does not break."""
    return f"{count:,}".replace(",", "\u00a0")


def size(count: int) -> str:
    """ "46 MB" for a file's bytes."""
    return f"{count / 1e6:.0f} MB"


def served_words(served: Served, live: Model | None) -> tuple[str, bool]:
    """What is said of the machine's Rasa, and whether that is the end of it."""
    if live is None:
        return "Nie ma jeszcze modelu.", True
    if not served.model:
        return "Program rozmowy nie odpowiada; gdy wróci, wczyta ten model.", False
    if served.error:
        why = ERRORS_PL.get(served.error, served.error)
        return f"Asystent odpowiada jeszcze poprzednim modelem: {why}.", True
    if served.model != served.wanted:
        return "Asystent wczytuje ten model; rozmowy trwają dalej.", False
    return "Asystent odpowiada tym modelem.", True
