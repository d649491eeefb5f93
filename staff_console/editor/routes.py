"""The pages under ``/staff/content`` on which staff change what the assistant says."""

from __future__ import annotations

from fastapi import APIRouter

from staff_console.editor.add_routes import AddRoutes
from staff_console.editor.edit_routes import EditRoutes
from staff_console.editor.pages import EditorDesk, EditorPages
from staff_console.editor.review_routes import ReviewRoutes

__all__ = ["EditorPages", "build_editor_router"]


def build_editor_router(pages: EditorPages) -> APIRouter:
    """Routes under ``/staff/content``. Raises ``SetupError`` when the secret key is empty."""
    router = APIRouter(prefix="/staff/content", include_in_schema=False)
    desk = EditorDesk(pages)
    edit, add, review = EditRoutes(desk), AddRoutes(desk), ReviewRoutes(desk)
    get, post = ["GET"], ["POST"]
    router.add_api_route("", review.topics, methods=get)
    router.add_api_route("/new", add.topic_form, methods=get)
    router.add_api_route("/new", add.add_topic, methods=post)
    router.add_api_route("/acts", review.acts, methods=get)
    router.add_api_route("/sentences", review.sentences, methods=get)
    router.add_api_route("/approvals", review.approvals, methods=get)
    router.add_api_route("/approvals", review.decide, methods=post)
    router.add_api_route("/log", review.log, methods=get)
    router.add_api_route("/save", edit.save, methods=post)
    router.add_api_route("/editing", edit.editing, methods=post)
    router.add_api_route("/advice", edit.advice, methods=post)
    router.add_api_route("/listen", edit.listen, methods=post)
    router.add_api_route("/office", edit.office, methods=get)
    router.add_api_route("/office", edit.post_office, methods=post)
    router.add_api_route("/topics/{topic}", edit.topic, methods=get)
    router.add_api_route("/topics/{topic}", edit.post_topic, methods=post)
    router.add_api_route("/topics/{topic}/add", add.aspect_form, methods=get)
    router.add_api_route("/topics/{topic}/add", add.add_aspect, methods=post)
    router.add_api_route("/acts/{act}", edit.act, methods=get)
    router.add_api_route("/acts/{act}", edit.post_act, methods=post)
    router.add_api_route("/sentences/{file}", edit.sentences, methods=get)
    router.add_api_route("/sentences/{file}", edit.post_sentences, methods=post)
    router.add_api_route("/{path:path}/versions", review.versions, methods=get)
    router.add_api_route("/{path:path}/versions", review.restore, methods=post)
    return router
