"""Reading one knowledge file into a checked model; what is wrong is said in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from voice_gateway.errors import SetupError


class Record(BaseModel):
    """A piece of a knowledge file: unchangeable, and no field that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


R = TypeVar("R", bound=Record)

# libyaml's safe loader is ten times as fast; PyYAML's wheels have it, other builds may not.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_KINDS = {
    "missing": "brakuje tego pola",
    "extra_forbidden": "nie znam takiego pola",
    "string_type": "ma tu być tekst",
    "list_type": "ma tu być lista",
    "dict_type": "mają tu być pola z wartościami",
    "date_from_datetime_parsing": "ma tu być data, np. 2027-06-30",
    "date_type": "ma tu być data, np. 2027-06-30",
}


def read_yaml(path: Path) -> Any:
    """Content of a YAML file. Raises ``SetupError("setup-knowledge")`` with file and line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe one
    except OSError as error:
        raise SetupError("setup-knowledge", f"{path}: nie można odczytać pliku") from error
    except UnicodeDecodeError as error:
        raise SetupError("setup-knowledge", f"{path}: plik nie jest zapisany w UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", wiersz {mark.line + 1}" if mark else ""
        raise SetupError("setup-knowledge", f"{path}{line}: to nie jest poprawny YAML") from error


def read_record(path: Path, kind: type[R]) -> R:
    """A file as a checked record. Raises ``SetupError("setup-knowledge")`` naming each field."""
    return checked(read_yaml(path), kind, path)


def checked(data: Any, kind: type[R], path: Path) -> R:
    """Already read data as a checked record; ``path`` is named when something is wrong."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'plik'}: {_KINDS.get(e['type'], e['msg'])}"
            for e in error.errors(include_input=False, include_url=False)
        )
        raise SetupError("setup-knowledge", f"{path}: {wrong}") from error
