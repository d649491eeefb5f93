"""Going to the office's sign-in system and coming back from it.

Coming back is a journey begun by another site, on which a browser sends no ``SameSite=Strict``
cookie. So what we must know then lies in a short-lived ``Lax`` cookie, and the last step to the
desk is a new journey, begun by a page of ours: only then is the session's Strict cookie sent.
"""

from __future__ import annotations

import secrets

import structlog
from fastapi import APIRouter, Request
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.responses import RedirectResponse, Response

from staff_console.accounts.oidc import REFUSED_PL, Provider
from staff_console.accounts.parts import HOME, AccountParts, base
from voice_gateway.errors import RequestError
from voice_gateway.web.headers import secured

log = structlog.get_logger(__name__)

COOKIE = "halo_staff_oidc"
PATH = "/staff/oidc"
VALID_S = 10 * 60


def add_oidc_routes(router: APIRouter, parts: AccountParts, provider: Provider) -> None:
    """Routes ``/oidc/start`` and ``/oidc/callback`` of ``router``."""
    routes = _OidcRoutes(parts, provider)
    router.add_api_route("/oidc/start", routes.start, methods=["GET"])
    router.add_api_route("/oidc/callback", routes.callback, methods=["GET"])


class _OidcRoutes:
    def __init__(self, parts: AccountParts, provider: Provider) -> None:
        self._parts = parts
        self._provider = provider
        key = parts.settings.secret_key.get_secret_value()
        self._signer = URLSafeTimedSerializer(key, salt="staff-oidc")

    async def start(self, request: Request) -> Response:
        """Off to the provider."""
        try:
            begun = await self._provider.begin(_back(request))
        except RequestError as error:
            return self._refused(request, error)
        response = RedirectResponse(begun.address, status_code=303)
        response.set_cookie(
            COOKIE,
            self._signer.dumps([begun.state, begun.nonce, begun.verifier]),
            max_age=VALID_S,
            path=PATH,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
        return secured(response)

    async def callback(self, request: Request, code: str = "", state: str = "") -> Response:
        """Back from the provider."""
        parts = self._parts
        try:
            nonce, verifier = self._remembered(request, state)
            if not code:  # it was broken off there
                raise _refusal()
            provided = await self._provider.finish(_back(request), code, nonce, verifier)
            account = await parts.people.from_provider(provided.account, provided.oidc_id)
            id_ = await parts.signed.begin(account.login)
            if not id_:
                raise _refusal()
        except RequestError as error:
            log.warning("staff_refused", code=error.code)
            response = self._refused(request, error)
        else:
            response = parts.form_page(request, "signed_in.html", {"home": HOME})
            parts.sessions.begin(request, response, account.login, id_)
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")
        return response

    def _remembered(self, request: Request, state: str) -> tuple[str, str]:
        """Nonce and verifier of the sign-in that this browser began. Raises ``RequestError``."""
        try:
            known, nonce, verifier = self._signer.loads(
                request.cookies.get(COOKIE, ""), max_age=VALID_S
            )
        except (BadData, TypeError, ValueError) as fault:
            raise _refusal() from fault
        if not secrets.compare_digest(str(known).encode(), state.encode("utf-8", "replace")):
            raise _refusal()
        return str(nonce), str(verifier)

    def _refused(self, request: Request, error: RequestError) -> Response:
        return self._parts.form_page(request, "sign_in_refused.html", {}, error=error)


def _back(request: Request) -> str:
    return f"{base(request)}{PATH}/callback"


def _refusal() -> RequestError:
    return RequestError("staff-oidc", REFUSED_PL, status=401)
