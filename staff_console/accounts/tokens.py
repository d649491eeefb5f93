"""Secrets that we make: what is shown once, and the hash that is kept."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """256 random bits, fit for an address or a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hashed(token: str) -> str:
    """What the database keeps; with 256 random bits inside nobody counts back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
