"""Why a deed on the content is refused, in Polish."""

from __future__ import annotations

from collections.abc import Sequence

from voice_gateway.errors import RequestError

CONFLICT = "content-conflict"


def unknown() -> RequestError:
    """No such file or version."""
    return RequestError("content-unknown", "Nie ma takiej treści.", status=404)


def conflict(detail_pl: str) -> RequestError:
    """Somebody else was quicker."""
    return RequestError(CONFLICT, detail_pl, status=409)


def nothing() -> RequestError:
    """It is so already."""
    return RequestError("content-nothing", "Nic nie zmieniono.", status=409)


def own() -> RequestError:
    """Nobody approves their own change."""
    return RequestError("content-own", "Własnej zmiany nie można zatwierdzić.", status=403)


def invalid(faults: Sequence[str]) -> RequestError:
    """The text would be broken; one line for each fault, with its place."""
    return RequestError("content-invalid", "\n".join(faults), status=422)
