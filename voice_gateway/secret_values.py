"""Passwords and keys that nobody has set: made at first start, kept readable by us only."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from voice_gateway.settings import Settings

MADE_AT_FIRST_START = ("asterisk_password", "secret_key")
FILE_NAME = "secrets.json"


def with_secrets(settings: Settings) -> Settings:
    """The settings with every secret filled in: the set value, else the one made at first start."""
    missing = [
        name for name in MADE_AT_FIRST_START if not getattr(settings, name).get_secret_value()
    ]
    if not missing:
        return settings
    made = _made(settings.data_dir)
    return settings.model_copy(update={name: SecretStr(made[name]) for name in missing})


def _made(data_dir: Path) -> dict[str, str]:
    """The made secrets; completes the file when it lacks one."""
    path = data_dir / FILE_NAME
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in MADE_AT_FIRST_START if name not in kept]
    if missing:
        kept |= {name: secrets.token_urlsafe(18) for name in missing}
        data_dir.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(kept, file)
        temporary.replace(path)
    return kept
