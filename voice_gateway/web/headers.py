"""Security headers of our own pages."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import Response

# Only our own files; no inline script or style; nobody frames our pages. 'self' covers wss: too.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


def secured(response: Response, *, microphone: bool = False) -> Response:
    """``response`` with the headers every page of ours has; ``microphone``: it may be asked for."""
    add_security(response.headers, microphone=microphone)
    return response


def add_security(headers: MutableHeaders, *, microphone: bool = False) -> None:
    """The same for the headers alone."""
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = (
        f"microphone=({'self' if microphone else ''}), camera=(), geolocation=()"
    )
