"""The pages under ``/staff/content`` on which staff change what the assistant says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.responses import Response

from staff_console.editor.add_routes import AddRoutes
from staff_console.editor.edit_routes import EditRoutes
from staff_console.editor.incident_routes import IncidentRoutes
from staff_console.editor.pages import EditorDesk, EditorPages
from staff_console.editor.plan_routes import PlanRoutes
from staff_console.editor.review_routes import ReviewRoutes
from staff_console.editor.transfer_routes import TransferRoutes
from staff_console.editor.understood_routes import UnderstoodRoutes

__all__ = ["EditorPages", "build_editor_router"]

Route = tuple[str, str, Callable[..., Awaitable[Response]]]
"""Method, address below ``/staff/content``, and what answers."""


def build_editor_router(pages: EditorPages) -> APIRouter:
    """Routes under ``/staff/content``. Raises ``SetupError`` when the secret key is empty."""
    router = APIRouter(prefix="/staff/content", include_in_schema=False)
    desk = EditorDesk(pages)
    edit, add, review = EditRoutes(desk), AddRoutes(desk), ReviewRoutes(desk)
    incidents, plan = IncidentRoutes(desk), PlanRoutes(desk)
    transfer, understood = TransferRoutes(desk, pages.content), UnderstoodRoutes(desk)
    routes: list[Route] = [
        ("GET", "", review.topics),
        ("GET", "/new", add.topic_form),
        ("POST", "/new", add.add_topic),
        ("GET", "/acts", review.acts),
        ("GET", "/sentences", review.sentences),
        ("GET", "/approvals", review.approvals),
        ("POST", "/approvals", review.decide),
        ("GET", "/log", review.log),
        ("POST", "/save", edit.save),
        ("POST", "/editing", edit.editing),
        ("POST", "/advice", edit.advice),
        ("POST", "/understood", understood.understood),
        ("POST", "/listen", edit.listen),
        ("GET", "/office", edit.office),
        ("POST", "/office", edit.post_office),
        ("GET", "/office/department", plan.department_form),
        ("POST", "/office/department", plan.add_department),
        ("GET", "/visits", edit.visits),
        ("POST", "/visits", edit.post_visits),
        ("GET", "/visits/service", plan.service_form),
        ("POST", "/visits/service", plan.add_service),
        ("GET", "/visits/desk", plan.desk_form),
        ("POST", "/visits/desk", plan.add_desk),
        ("GET", "/incidents", incidents.messages),
        ("GET", "/incidents/new", incidents.new),
        ("POST", "/incidents/save", incidents.save),
        ("POST", "/incidents/decide", incidents.decide),
        ("GET", "/incidents/{id_}", incidents.edit),
        ("GET", "/transfer", transfer.page),
        ("GET", "/transfer/all.zip", transfer.download),
        ("POST", "/transfer/look", transfer.look),
        ("POST", "/transfer/take", transfer.take),
        ("POST", "/transfer/publish", transfer.publish),
        ("GET", "/transfer/file/{path:path}", transfer.download_one),
        ("GET", "/topics/{topic}", edit.topic),
        ("POST", "/topics/{topic}", edit.post_topic),
        ("POST", "/topics/{topic}/switch", edit.switch),
        ("GET", "/topics/{topic}/add", add.aspect_form),
        ("POST", "/topics/{topic}/add", add.add_aspect),
        ("GET", "/acts/{act}", edit.act),
        ("POST", "/acts/{act}", edit.post_act),
        ("GET", "/sentences/{file}", edit.sentences),
        ("POST", "/sentences/{file}", edit.post_sentences),
        ("GET", "/{path:path}/versions", review.versions),
        ("POST", "/{path:path}/versions", review.restore),
    ]
    for method, address, page in routes:
        router.add_api_route(address, page, methods=[method])
    return router
