"""The office's own sign-in system (OpenID Connect, code flow with PKCE), as a client of it.

Discovery, state, nonce, PKCE, the token's signature by the provider's keys, issuer, audience and
expiry are all checked. Nothing of a provider's answer is logged or shown.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import structlog
from authlib.integrations.base_client.errors import OAuthError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from staff_console.accounts.passwords import LOGIN, LONGEST_NAME
from staff_console.accounts.tokens import hashed
from staff_console.rights import RIGHTS
from voice_gateway.errors import RequestError, SetupError
from voice_gateway.records.staff import StaffAccount
from voice_gateway.settings import Settings

log = structlog.get_logger(__name__)

TIMEOUT_S = 10.0
KNOWN_S = 3600.0  # how long the provider's addresses and keys are taken for known
LEEWAY_S = 60  # its clock may differ
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "ES384", "ES512")
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}  # plain http is for trying on one machine
DOWN_PL = "System logowania urzędu nie odpowiada. Proszę spróbować za chwilę."
REFUSED_PL = "Logowanie przez system urzędu nie powiodło się. Proszę spróbować jeszcze raz."
NO_ROLE_PL = (
    "System urzędu potwierdził, kim Pan lub Pani jest, ale nie nadał żadnej roli w Halo Urząd. "
    "Proszę poprosić administratora o dodanie do właściwej grupy."
)
FAULTS = (httpx.HTTPError, OAuthError, JoseError, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that goes on at ``address``; the rest must be there when somebody comes back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Provided:
    """Whom the provider signed in. ``oidc_id``: hash of issuer and subject."""

    account: StaffAccount
    oidc_id: str


@dataclass(slots=True)
class _Known:
    metadata: Mapping[str, Any]
    keys: KeySet
    until_s: float


def provider_from(settings: Settings) -> Provider | None:
    """The office's provider; None when none is set. Raises ``SetupError`` setup-oidc."""
    if not settings.oidc_issuer:
        return None
    issuer = urlsplit(settings.oidc_issuer)
    if issuer.scheme != "https" and issuer.hostname not in LOCAL_HOSTS:
        raise SetupError("setup-oidc", "HALO_OIDC_ISSUER must begin with https://")
    if not settings.oidc_client_id:
        raise SetupError("setup-oidc", "HALO_OIDC_CLIENT_ID is empty")
    return Provider(settings, roles_from(settings.oidc_roles))


def roles_from(text: str) -> Sequence[tuple[str, str]]:
    """ "clerk=grupa-a,admin=grupa-b" as pairs, in order. Raises ``SetupError`` setup-oidc."""
    pairs = []
    for one in filter(None, (part.strip() for part in text.split(","))):
        role, equals, group = (piece.strip() for piece in one.partition("="))
        if role not in RIGHTS or not equals or not group:
            raise SetupError("setup-oidc", "HALO_OIDC_ROLES is role=group,role=group")
        pairs.append((role, group))
    if not pairs:
        raise SetupError("setup-oidc", "HALO_OIDC_ROLES is empty: nobody would have a role")
    return pairs


class Provider:
    """The provider. Faults of it are ``RequestError`` staff-provider (503)."""

    def __init__(self, settings: Settings, roles: Sequence[tuple[str, str]]) -> None:
        self._issuer = settings.oidc_issuer
        self._client_id = settings.oidc_client_id
        self._client_secret = settings.oidc_client_secret.get_secret_value()
        self._claim = settings.oidc_role_claim
        self._scope = settings.oidc_scope
        self._roles = roles
        self._known: _Known | None = None

    async def begin(self, redirect_uri: str) -> Begun:
        """Send somebody to the provider."""
        known = await self._provider()
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        async with self._client(redirect_uri) as client:
            address, state = client.create_authorization_url(
                str(known.metadata["authorization_endpoint"]), nonce=nonce, code_verifier=verifier
            )
        return Begun(address, state, nonce, verifier)

    async def finish(self, redirect_uri: str, code: str, nonce: str, verifier: str) -> Provided:
        """Who came back with ``code``.

        Raises ``RequestError`` staff-oidc (401): not proven; staff-no-role (403).
        """
        known = await self._provider()
        try:
            async with self._client(redirect_uri) as client:
                token = await client.fetch_token(
                    str(known.metadata["token_endpoint"]),
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                )
                claims = await self._proven(known, token, nonce)
                if (told := known.metadata.get("userinfo_endpoint")) and self._lacks(claims):
                    answer = await client.get(str(told))
                    answer.raise_for_status()
                    more = answer.json()
                    if more.get("sub") != claims["sub"]:
                        raise ValueError("userinfo of somebody else")
                    claims = {**more, **claims}
        except FAULTS as fault:
            log.warning("oidc_refused", code="staff-oidc", fault_type=type(fault).__name__)
            raise RequestError("staff-oidc", REFUSED_PL, status=401) from fault
        return Provided(self._account(claims), hashed(f"{self._issuer}\n{claims['sub']}"))

    async def end_address(self, back: str) -> str:
        """Where somebody ends the provider's own session, too; "" when it has no such page."""
        known = await self._provider()
        end = known.metadata.get("end_session_endpoint")
        if not end:
            return ""
        wanted = {"client_id": self._client_id, "post_logout_redirect_uri": back}
        return f"{end}{'&' if '?' in str(end) else '?'}{urlencode(wanted)}"

    def _client(self, redirect_uri: str) -> Any:
        from authlib.integrations.httpx_client import (  # noqa: PLC0415 - only where it is set
            AsyncOAuth2Client,
        )

        return AsyncOAuth2Client(
            client_id=self._client_id,
            client_secret=self._client_secret or None,
            token_endpoint_auth_method=None if self._client_secret else "none",
            scope=self._scope,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
        )

    async def _provider(self, *, fresh: bool = False) -> _Known:
        """Its addresses and keys."""
        if not fresh and self._known and time.monotonic() < self._known.until_s:
            return self._known
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
                address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
                metadata = (await client.get(address)).raise_for_status().json()
                if metadata["issuer"] != self._issuer:
                    raise ValueError("the provider calls itself otherwise")
                keys = (await client.get(metadata["jwks_uri"])).raise_for_status().json()
            known = _Known(metadata, KeySet.import_key_set(keys), time.monotonic() + KNOWN_S)
        except FAULTS as fault:
            log.error("oidc_down", code="staff-provider", fault_type=type(fault).__name__)
            raise RequestError("staff-provider", DOWN_PL, status=503) from fault
        self._known = known
        return known

    async def _proven(self, known: _Known, token: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        """The claims of a token that the provider signed for us, now, for this very sign-in."""
        id_token = str(token["id_token"])
        try:
            decoded = jwt.decode(id_token, known.keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):  # it may sign with a new key since an hour
            known = await self._provider(fresh=True)
            decoded = jwt.decode(id_token, known.keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "value": self._client_id},
                "exp": {"essential": True},
                "sub": {"essential": True},
                "nonce": {"essential": True, "value": nonce},
            },
            params={
                "client_id": self._client_id,
                "nonce": nonce,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(leeway=LEEWAY_S)
        return dict(claims)

    def _lacks(self, claims: Mapping[str, Any]) -> bool:
        """Whether the token leaves out what userinfo may tell."""
        return not _groups(claims, self._claim) or "name" not in claims

    def _account(self, claims: Mapping[str, Any]) -> StaffAccount:
        groups = _groups(claims, self._claim)
        role = next((role for role, group in self._roles if group in groups), "")
        if not role:
            raise RequestError("staff-no-role", NO_ROLE_PL, status=403)
        login = _login(claims)
        name = str(claims.get("name") or login)
        name = "".join(c for c in name if c.isprintable()).strip()[:LONGEST_NAME]
        return StaffAccount(login, name or login, "", role)


def _groups(claims: Mapping[str, Any], path: str) -> set[str]:
    """The values of a claim; ``realm_access.roles`` looks inside, a word alone is one value."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for step in path.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return {found}
    return {one for one in found if isinstance(one, str)} if isinstance(found, list) else set()


def _login(claims: Mapping[str, Any]) -> str:
    """A login of our kind from what the provider calls somebody."""
    for claim in ("preferred_username", "email"):
        given = str(claims.get(claim) or "").lower().partition("@")[0]
        login = re.sub(r"[^a-z0-9._-]", "-", given)[:64]
        if LOGIN.fullmatch(login):
            return login
    return f"urzad-{hashed(str(claims['sub']))[:12]}"
