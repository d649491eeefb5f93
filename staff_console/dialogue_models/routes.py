"""The pages under ``/staff/models``: train, compare, publish, undo, retire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Form, Request
from starlette.responses import JSONResponse, Response

from staff_console.dialogue_models import failures, refusals
from staff_console.dialogue_models.compare import changes, unmeasured
from staff_console.dialogue_models.learnt import changed_since, file_words
from staff_console.dialogue_models.pages import ModelDesk, ModelPages, served_words
from staff_console.dialogue_models.progress import STAGES_PL, estimate, words
from staff_console.dialogue_models.values import Model, Training
from staff_console.editor.pages import to_page, to_sign_in, unkept
from voice_gateway.errors import RequestError
from voice_gateway.records.staff import StaffAccount

T = TypeVar("T")

HOME = "/staff/models"
LONGEST_REASON = 500
DONE_PL = {
    "published": "Opublikowano. Rozmowy, które trwają, toczą się dalej.",
    "asked": "Wysłano do zatwierdzenia: musi to zrobić druga osoba.",
    "approved": "Zatwierdzono i opublikowano.",
    "rejected": "Model nie czeka już na zatwierdzenie.",
    "undone": "Cofnięto: znów obowiązuje poprzedni model.",
    "retired": "Wycofano: plik modelu został usunięty.",
    "stopped": "Nauka zostanie przerwana w ciągu kilku sekund.",
}
Token = Annotated[str, Form()]
Reason = Annotated[str, Form()]


def build_models_router(pages: ModelPages) -> APIRouter:
    """Routes under ``/staff/models``. Raises ``SetupError`` when the secret key is empty."""
    router = APIRouter(prefix=HOME, include_in_schema=False)
    routes = _Routes(ModelDesk(pages))
    get, post = ["GET"], ["POST"]
    router.add_api_route("", routes.models, methods=get)
    router.add_api_route("/served", routes.served, methods=get)
    router.add_api_route("/train", routes.train, methods=post)
    router.add_api_route("/undo", routes.undo, methods=post)
    router.add_api_route("/trainings/{number}", routes.training, methods=get)
    router.add_api_route("/trainings/{number}/state", routes.training_state, methods=get)
    router.add_api_route("/trainings/{number}/stop", routes.stop, methods=post)
    router.add_api_route("/{name}", routes.model, methods=get)
    router.add_api_route("/{name}/publish", routes.publish, methods=post)
    router.add_api_route("/{name}/decide", routes.decide, methods=post)
    router.add_api_route("/{name}/compare", routes.compare, methods=post)
    router.add_api_route("/{name}/retire", routes.retire, methods=post)
    return router


class _Routes:
    def __init__(self, desk: ModelDesk) -> None:
        self._desk = desk
        self._pages = desk.pages
        self._store = desk.pages.store
        self._trainings = desk.pages.trainings

    # --- the list ---

    async def models(self, request: Request, done: str = "") -> Response:
        """All models, the live one on top."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        return await self._models_page(request, account, done=DONE_PL.get(done, ""))

    async def _models_page(
        self, request: Request, account: StaffAccount, *, done: str = "", error: str = ""
    ) -> Response:
        values = await asyncio.to_thread(self._list_values)
        live = values["live"]
        told, _ = served_words(await self._pages.served.now(), live)
        names = await self._desk.names()
        logins = {one.who for one in (*values["models"], *values["trainings"], *values["history"])}
        logins |= {one.approver for one in values["history"]}
        logins |= {model.asked_by for model in values["models"]}
        shown = {
            **values,
            "changed": [file_words(path, names) for path in values["changed"]],
            "people": await self._desk.people(logins),
            "served": told,
            "done": done,
            "error": error,
            "why": {one.id: _why(one) for one in values["trainings"]},
        }
        status = 409 if error else 200
        return await self._desk.page(request, account, "models_list.html", shown, status)

    def _list_values(self) -> dict[str, Any]:
        live, now = self._store.live(), self._pages.now()
        models = self._store.models()
        return {
            "live": live,
            "previous": self._store.previous(),
            "models": models,
            "titles": {one.name: one for one in models},
            "here": {one.name for one in models if self._pages.folder.has(one.name)},
            "running": self._trainings.running(now),
            "trainings": self._trainings.last(),
            "history": self._store.history(),
            "drafts": len(self._pages.content.drafts()),
            "changed": changed_since(live.card, self._pages.versions()) if live else [],
        }

    async def served(self, request: Request) -> Response:
        """Which model answers on this machine, for the page's script."""
        if await self._desk.account(request) is None:
            raise RequestError("staff-form", "Proszę zalogować się jeszcze raz.", status=403)
        live = await asyncio.to_thread(self._store.live)
        told, settled = served_words(await self._pages.served.now(), live)
        return unkept(JSONResponse({"words": told, "settled": settled}))

    # --- training ---

    async def train(self, request: Request, token: Token = "") -> Response:
        """Begin a training."""
        account = await self._desk.poster(request, token, "train")
        try:
            training = await self._pages.runner.train(account.login)
        except RequestError as error:
            return await self._models_page(request, account, error=error.detail_pl)
        return to_page(f"{HOME}/trainings/{training.id}")

    async def training(self, request: Request, number: int) -> Response:
        """How far a training is, or how it ended."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        training = await asyncio.to_thread(self._seen, number)
        values = {
            "training": training,
            "people": await self._desk.people([training.who]),
            "why": _why(training),
            **await asyncio.to_thread(self._state, training),
        }
        return await self._desk.page(request, account, "models_training.html", values)

    async def training_state(self, request: Request, number: int) -> Response:
        """The same for the page's script."""
        if await self._desk.account(request) is None:
            raise RequestError("staff-form", "Proszę zalogować się jeszcze raz.", status=403)
        training = await asyncio.to_thread(self._seen, number)
        return unkept(JSONResponse(await asyncio.to_thread(self._state, training)))

    def _seen(self, number: int) -> Training:
        self._trainings.running(self._pages.now())  # puts one right whose gateway died
        return self._trainings.get(number)

    def _state(self, training: Training) -> dict[str, Any]:
        last = self._trainings.last_durations()
        found = estimate(training.kind, training.progress, last, self._pages.now())
        return {
            "running": training.state == "running",
            "percent": min(99, round(100 * found.share)) if training.state == "running" else 100,
            "stage": STAGES_PL.get(training.progress.stage, "zaczynam"),
            "remaining": words(found.remaining_s),
        }

    async def stop(self, request: Request, number: int, token: Token = "") -> Response:
        """Break a training off."""
        await self._desk.poster(request, token, "train")
        await asyncio.to_thread(self._trainings.ask_to_stop, number)
        return to_page(f"{HOME}/trainings/{number}")

    # --- one model ---

    async def model(self, request: Request, name: str) -> Response:
        """A model beside the live one."""
        account = await self._desk.account(request)
        if account is None:
            return to_sign_in()
        return await self._model_page(request, account, name)

    async def _model_page(
        self,
        request: Request,
        account: StaffAccount,
        name: str,
        refused: RequestError | None = None,
        reason: str = "",
    ) -> Response:
        values = await asyncio.to_thread(self._model_values, name)
        model, scores = values["model"], values.pop("scores")
        if scores:
            (new, live), names = scores, await self._desk.names()
            values["changes"] = changes(new, live, names)
            values["unmeasured"] = unmeasured(new, names)
        shown = {
            **values,
            "people": await self._desk.people([model.who, model.asked_by]),
            "own": account.login in (model.who, model.asked_by),
            "error": refused.detail_pl if refused else "",
            "wrong": refused.code if refused else "",
            "reason": reason,
        }
        status = refused.status if refused else 200
        return await self._desk.page(request, account, "models_compare.html", shown, status)

    def _model_values(self, name: str) -> dict[str, Any]:
        model, live, before = self._store.model(name), self._store.live(), self._store.previous()
        return {
            "model": model,
            "live": live,
            "verdict": self._store.verdict(name),
            "scores": self._store.scores(name, live.name) if live and live.name != name else None,
            "changes": None,
            "here": self._pages.folder.has(name),
            "is_previous": before is not None and before.name == name,
        }

    async def publish(
        self, request: Request, name: str, reason: Reason = "", token: Token = ""
    ) -> Response:
        """Make a model live, or ask a second person to."""
        account = await self._desk.poster(request, token, "publish")
        reason = reason.strip()[:LONGEST_REASON]
        deed = partial(self._store.publish, name, reason, account.login, self._pages.now())
        return await self._deed(request, account, name, deed, reason, needs_file=True)

    async def decide(
        self,
        request: Request,
        name: str,
        deed: Annotated[str, Form()] = "",
        reason: Reason = "",
        token: Token = "",
    ) -> Response:
        """A second person's decision, or the wish taken back."""
        account = await self._desk.poster(request, token, "approve")
        reason, now = reason.strip()[:LONGEST_REASON], self._pages.now()
        if deed == "approve":
            approve = partial(self._store.approve, name, account.login, now)
            return await self._deed(
                request, account, name, approve, done="approved", needs_file=True
            )
        reject = partial(self._store.reject, name, reason, account.login, now)
        return await self._deed(request, account, name, reject, done="rejected")

    async def compare(self, request: Request, name: str, token: Token = "") -> Response:
        """Ask the model and the live one the held-out questions."""
        account = await self._desk.poster(request, token, "train")
        try:
            training = await self._pages.runner.compare(name, account.login)
        except RequestError as error:
            return await self._model_page(request, account, name, error)
        return to_page(f"{HOME}/trainings/{training.id}")

    async def undo(
        self, request: Request, live: Annotated[str, Form()] = "", token: Token = ""
    ) -> Response:
        """The model before is live again."""
        account = await self._desk.poster(request, token, "publish")
        try:
            before = await asyncio.to_thread(self._store.previous)
            if before and not self._pages.folder.has(before.name):
                raise refusals.file_gone()
            await asyncio.to_thread(self._store.undo, live, account.login, self._pages.now())
        except RequestError as error:
            return await self._models_page(request, account, error=error.detail_pl)
        await asyncio.to_thread(self._pages.follow)
        return to_page(f"{HOME}?done=undone")

    async def retire(self, request: Request, name: str, token: Token = "") -> Response:
        """Delete a model that nobody needs."""
        account = await self._desk.poster(request, token, "publish")
        deed = partial(self._store.retire, name, account.login, self._pages.now())
        answer = await self._deed(request, account, name, deed, done="retired")
        if answer.status_code == 303:
            await asyncio.to_thread(self._pages.folder.delete, name)
        return answer

    async def _deed(
        self,
        request: Request,
        account: StaffAccount,
        name: str,
        deed: Callable[[], Model],
        reason: str = "",
        *,
        done: str = "",
        needs_file: bool = False,
    ) -> Response:
        """Do it and show the list, or the model's page with what is in the way."""
        try:
            if needs_file and not self._pages.folder.has(name):
                raise refusals.file_gone()
            model = await asyncio.to_thread(deed)
        except RequestError as error:
            if error.code == "model-unknown":
                raise
            return await self._model_page(request, account, name, error, reason)
        await asyncio.to_thread(self._pages.follow)
        told = done or ("published" if model.state == "live" else "asked")
        return to_page(f"{HOME}?done={told}")


def _why(training: Training) -> str:
    return failures.sentence(training.code, training.detail) if training.code else ""
