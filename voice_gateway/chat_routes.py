"""The text doors: ``POST /api/v1/understand``, ``POST /api/v1/chat``, ``WS /ws/chat``."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, WebSocket
from pydantic import BaseModel, Field, StrictStr

from voice_gateway.chat_socket import ChatSocket
from voice_gateway.services import Services
from voice_gateway.values import as_jsonable


class TextRequest(BaseModel):
    """A text to understand."""

    text: StrictStr = Field(description="What the resident wrote.")


class ChatRequest(TextRequest):
    """One text turn."""

    conversation_id: StrictStr | None = Field(
        None, description="The talk that goes on; without it a new one begins."
    )


class EntityBody(BaseModel):
    """A piece of the text that was recognised, with its place in characters."""

    entity: str
    value: str
    start: int
    end: int


class UnderstoodBody(BaseModel):
    """What a text means, in the ids of taxonomy.yml."""

    act: str | None
    topic: str | None
    aspect: str | None
    confidence: float = Field(ge=0, le=1)
    entities: list[EntityBody]
    model: str


class MessageBody(BaseModel):
    """One thing the assistant writes."""

    text: str
    choices: list[str]


class HandoffBody(BaseModel):
    """How far the wish to reach a person is; ``position`` only while waiting."""

    department: str
    state: str
    reason: str
    topic: str | None
    position: int | None = None
    name: str | None = None


class ChatBody(BaseModel):
    """The answer to one text turn."""

    conversation_id: str
    replies: list[MessageBody]
    understood: UnderstoodBody
    handoff: HandoffBody | None


class ProblemBody(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    code: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": words,
        "content": {"application/problem+json": {"schema": ProblemBody.model_json_schema()}},
    }
    for status, words in {
        400: "Not JSON",
        413: "Body above 64 KB",
        422: "Empty, too long or unreadable",
        429: "Too fast",
        503: "Cannot answer now",
    }.items()
}


def build_chat_router(services: Services) -> APIRouter:
    """The router of the text doors."""
    router = APIRouter()

    @router.post("/api/v1/understand", response_model=UnderstoodBody, responses=PROBLEMS)
    async def understand(request: Request, body: TextRequest) -> Any:
        """Say what a text means, without answering it."""
        await services.limits.check(_address(request))
        return as_jsonable(await services.chat.understand(body.text))

    @router.post(
        "/api/v1/chat",
        response_model=ChatBody,
        response_model_exclude_unset=True,
        responses=PROBLEMS,
    )
    async def chat(request: Request, body: ChatRequest) -> Any:
        """Answer one text turn."""
        await services.limits.check(_address(request))
        reply = await services.chat.say(body.text, body.conversation_id)
        return reply.as_jsonable()

    @router.websocket("/ws/chat")
    async def live(socket: WebSocket) -> None:
        await ChatSocket(socket, services).run()

    return router


def _address(request: Request) -> str | None:
    return request.client.host if request.client else None
