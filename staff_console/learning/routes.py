"""The pages under ``/staff/learning``: what real talks teach."""

from __future__ import annotations

from fastapi import APIRouter

from staff_console.learning.inbox_routes import InboxRoutes
from staff_console.learning.pages import LearningDesk, LearningPages, ModelChoice
from staff_console.learning.replay_job import ReplayJob
from staff_console.learning.talk_routes import TalkRoutes

__all__ = ["LearningPages", "ModelChoice", "ReplayJob", "build_learning_router"]


def build_learning_router(pages: LearningPages, job: ReplayJob) -> APIRouter:
    """Routes under ``/staff/learning``; ``job`` runs the replays and is stopped by its owner.

    Raises ``SetupError`` when the secret key is empty.
    """
    router = APIRouter(prefix="/staff/learning", include_in_schema=False)
    desk = LearningDesk(pages)
    inbox, talks = InboxRoutes(desk), TalkRoutes(desk, job)
    router.add_api_route("", inbox.inbox, methods=["GET"])
    router.add_api_route("/assign", inbox.assign, methods=["POST"])
    router.add_api_route("/dismiss", inbox.dismiss, methods=["POST"])
    router.add_api_route("/restore", inbox.restore, methods=["POST"])
    router.add_api_route("/talks", talks.talks, methods=["GET"])
    router.add_api_route("/replay", talks.replay_page, methods=["GET"])
    router.add_api_route("/replay", talks.replay, methods=["POST"])
    return router
