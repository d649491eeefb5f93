"""The ``DialogueEngine`` port over Rasa's HTTP API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx

from actions.office.heard import Heard
from polish.entities import NamedEntity
from voice_gateway.errors import DialogueError
from voice_gateway.settings import Settings
from voice_gateway.values import (
    BotReply,
    CallerTurn,
    Entity,
    Expects,
    Handoff,
    Understood,
    Utterance,
)

EXPECTS: dict[str, Expects] = {
    "anything": "anything",
    "yes_no": "yes_no",
    "digits": "digits",
}
KEPT_CONNECTIONS = 32
ReadEntities = Callable[[str], Sequence[NamedEntity]]


class RasaDialogue:
    """Asks Rasa by its REST channel. Never retries: a turn must not be taken twice."""

    def __init__(
        self,
        settings: Settings,
        read: ReadEntities = lambda text: (),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``read`` gives what is named in a text; ``transport`` replaces the network in tests."""
        self._client = httpx.AsyncClient(
            base_url=settings.rasa_url,
            timeout=settings.dialogue_timeout_s,
            limits=httpx.Limits(max_keepalive_connections=KEPT_CONNECTIONS),
            transport=transport,
            trust_env=False,  # Rasa is on loopback or a private network, never behind a proxy
        )
        self._actions_url = settings.actions_url
        self._read = read
        self._model = ""

    async def reply(self, turn: CallerTurn) -> BotReply:
        """The answer to one turn. Raises ``DialogueError``."""
        messages = await self._post(
            "/webhooks/rest/webhook",
            {
                "sender": turn.conversation_id,
                "message": without_command(turn.text),
                "metadata": {"channel": turn.channel, "kind": turn.kind},
            },
        )
        if not isinstance(messages, list):
            raise DialogueError("dialogue-bad-reply")
        if not messages:  # Rasa's 200 for "the action failed"
            raise DialogueError("dialogue-empty-reply")
        try:
            reply = _bot_reply([message["custom"] for message in messages], self._model)
            return replace(reply, understood=self._with_named(reply.understood, turn.text))
        except (KeyError, TypeError, ValueError) as error:
            raise DialogueError("dialogue-bad-reply", type(error).__name__) from error

    async def understand(self, text: str) -> Understood:
        """What the text means; changes no talk. Raises ``DialogueError``."""
        parsed = await self._post("/model/parse", {"text": without_command(text)})
        try:
            understood = _understood(Heard.of(parsed).as_understood(), self._model)
            return self._with_named(understood, text)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DialogueError("dialogue-bad-reply", type(error).__name__) from error

    async def ready(self) -> str:
        """Name of the model that answers. Raises ``DialogueError``."""
        status = await self._ask("GET", "/status")
        self._model = str(status.get("model_file") or "").rpartition("/")[2]
        if not self._model:
            raise DialogueError("dialogue-no-model")
        await self.understand("dzień dobry")
        await self._ask("GET", f"{self._actions_url}/health")  # an answer needs the actions too
        return self._model

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _with_named(self, understood: Understood, text: str) -> Understood:
        named = tuple(Entity(e.label, e.value, e.start, e.end) for e in self._read(text))
        return replace(understood, entities=(*understood.entities, *named))

    async def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self._ask("POST", path, body)

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        try:
            answer = await self._client.request(method, path, json=body)
            answer.raise_for_status()
            return answer.json()
        except httpx.TimeoutException as error:
            raise DialogueError("dialogue-timeout", retry=True) from error
        except httpx.TransportError as error:
            raise DialogueError("dialogue-down", retry=True) from error
        except (httpx.HTTPStatusError, ValueError) as error:
            raise DialogueError("dialogue-bad-reply", type(error).__name__) from error


def without_command(text: str) -> str:
    """The text without leading slashes: Rasa takes "/word" for a command, people do not."""
    return text.lstrip("/ ") or "?"


def _bot_reply(pieces: list[Mapping[str, Any]], model: str) -> BotReply:
    last = pieces[-1]
    return BotReply(
        utterances=tuple(
            Utterance(p["text"], p.get("spoken") or p["text"], p.get("interruptible", True))
            for p in pieces
        ),
        choices=tuple(str(choice) for choice in last.get("choices") or ()),
        expects=EXPECTS[last.get("expects") or "anything"],
        understood=_understood(last.get("understood") or {}, model),
        handoff=_handoff(last.get("handoff")),
        ends=bool(last.get("end")),
        personal=any(piece.get("personal") for piece in pieces),
    )


def _handoff(body: Mapping[str, Any] | None) -> Handoff | None:
    if not body:
        return None
    return Handoff(str(body["department"]), str(body["reason"]), body.get("topic"))


def _understood(body: Mapping[str, Any], model: str) -> Understood:
    return Understood(
        act=body.get("act"),
        topic=body.get("topic"),
        aspect=body.get("aspect"),
        confidence=float(body.get("confidence") or 0.0),
        entities=tuple(
            Entity(str(e["entity"]), str(e["value"]), int(e["start"]), int(e["end"]))
            for e in body.get("entities") or ()
            if e["entity"] not in ("topic", "aspect")  # these cover the whole text
        ),
        model=str(body.get("model") or model),
    )
