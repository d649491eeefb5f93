"""Why a deed on a model is refused, in Polish."""

from __future__ import annotations

from voice_gateway.errors import RequestError


def unknown() -> RequestError:
    """No such model or training."""
    return RequestError("model-unknown", "Nie ma takiego modelu.", status=404)


def busy() -> RequestError:
    """One training at a time."""
    return RequestError("model-busy", "Trwa już nauka albo porównanie modelu.", status=409)


def conflict(detail_pl: str) -> RequestError:
    """Somebody else was quicker."""
    return RequestError("model-conflict", detail_pl, status=409)


def own() -> RequestError:
    """Nobody approves a model that they trained or asked for."""
    return RequestError(
        "model-own",
        "Zatwierdzić musi inna osoba niż ta, która uczyła model albo prosi o jego publikację.",
        status=403,
    )


def no_reason() -> RequestError:
    """A model worse than is allowed needs one."""
    return RequestError(
        "model-reason",
        "Ten model wypada gorzej, niż wolno. Proszę napisać, dlaczego mimo to ma obowiązywać.",
        status=422,
    )


def in_use() -> RequestError:
    """What callers hear, or what an undo would bring back, stays."""
    return RequestError(
        "model-in-use",
        "Tego modelu nie można wycofać: obowiązuje, czeka na zatwierdzenie albo jest tym, "
        "do którego wraca „Cofnij”.",
        status=409,
    )


def file_gone() -> RequestError:
    """The file was deleted by hand, or is on another machine."""
    return RequestError("model-file-gone", "Na serwerze nie ma pliku tego modelu.", status=409)


def nothing(detail_pl: str) -> RequestError:
    """It is so already."""
    return RequestError("model-nothing", detail_pl, status=409)
