"""What a changed file must stand before it is told to callers, and the switch of a topic."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from actions import check as knowledge_check
from actions.office.facts import Office
from actions.office.files import Record, checked
from actions.office.incidents import Incidents
from actions.office.knowledge_files import Act, Dialogue, Topic
from staff_console.content.folder import is_content
from staff_console.content.refusals import invalid
from visits.plan import load_plan
from voice_gateway.errors import SetupError

Check = Callable[[Path, date], list[str]]
MOST_BYTES = 1_000_000  # fifty times the longest topic
MOST_DEPTH = 20  # libyaml's loader dies of very many
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Quoted, because YAML reads a bare off as "false".
SWITCH = re.compile(
    r"""^["']off["']:[ \t]*(true|false)[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)""", re.MULTILINE
)
KINDS: Mapping[str, type[Record]] = {
    "topics": Topic,
    "acts": Act,
    "office.yml": Office,
    "dialogue.yml": Dialogue,
    "incidents.yml": Incidents,
}
ID_LINE = re.compile(r"^id:[^\n]*\n", re.MULTILINE)


def check_all(folder: Path, today: date) -> list[str]:
    """All faults of a folder: the knowledge's, the plan of visits', files that are not YAML."""
    faults = knowledge_check.check(folder, today)
    try:
        if (folder / "visits.yml").exists():
            load_plan(folder / "visits.yml")
    except SetupError as error:
        faults.append(str(error))
    return faults


def new_faults(
    before: Mapping[str, str],
    changes: Mapping[str, str],
    folder: Path,
    today: date,
    check: Check,
) -> list[str]:
    """Faults that ``changes`` bring into the content ``before``; old ones are nobody's now.

    ``folder``: where files that nobody edits are taken from (``taxonomy.yml``).
    """
    after = _faults({**before, **changes}, folder, today, check)
    if not after:  # the usual case; a check takes seconds
        return []
    return list((after - _faults(before, folder, today, check)).elements())


def _faults(bodies: Mapping[str, str], folder: Path, today: date, check: Check) -> Counter[str]:
    with _written(bodies, folder) as copy:
        return Counter(fault.replace(f"{copy}/", "") for fault in check(copy, today))


@contextmanager
def _written(bodies: Mapping[str, str], folder: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="halo-content-") as name:
        copy = Path(name)
        write_all(copy, {path: _unswitched(path, body) for path, body in bodies.items()})
        for file in folder.glob("*.yml"):
            if not is_content(file.name):
                (copy / file.name).symlink_to(file.resolve())
        yield copy


def write_all(folder: Path, bodies: Mapping[str, str]) -> None:
    """Write bodies below ``folder``, byte for byte."""
    for place in ("topics", "acts"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    for path, body in bodies.items():
        (folder / path).write_bytes(body.encode())


def _unswitched(path: str, body: str) -> str:
    # A topic that is off is checked all the same: it may be switched on at any moment.
    return SWITCH.sub("", body) if path.startswith("topics/") else body


def storable(body: str) -> str:
    """``body``, if it is text that can be kept. ``content-invalid``."""
    try:
        data = body.encode()
    except UnicodeEncodeError:
        raise invalid(["w tekście są znaki, których nie da się zapisać"]) from None
    if len(data) > MOST_BYTES:
        raise invalid([f"plik może mieć najwyżej {MOST_BYTES // 1000} kB"])
    if "\0" in body:
        raise invalid(["w tekście są znaki, których nie da się zapisać"])
    return body


def shape_fault(path: str, body: str) -> str:
    """Why the assistant could not even read the file; empty when it could."""
    kind = KINDS.get(path.split("/", maxsplit=1)[0])
    try:
        if fault := _tangle(body):
            return f"{path}: {fault}"
        data = yaml.load(_unswitched(path, body), Loader=LOADER)  # noqa: S506 - a safe one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", wiersz {mark.line + 1}" if mark else ""
        return f"{path}{line}: to nie jest poprawny YAML"
    if not isinstance(data, dict):
        return f"{path}: mają tu być pola z wartościami"
    return _record_fault(path, data, kind) if kind else ""


def _tangle(body: str) -> str:
    """Why loading the text could exhaust the process; asked before anything loads it."""
    anchored: list[bool] = []  # for each level
    for event in yaml.parse(body, Loader=LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            anchored.append(event.anchor is not None)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchored.pop()
        elif isinstance(event, yaml.AliasEvent) and any(anchored):
            return "odwołanie YAML (*nazwa) nie może stać w tym, do czego prowadzi inne"
        if len(anchored) > MOST_DEPTH:
            return "za dużo poziomów wcięć"
    return ""


def _record_fault(path: str, data: dict[Any, Any], kind: type[Record]) -> str:
    try:
        checked(data, kind, Path(path))
    except SetupError as error:
        return str(error)
    return ""


def is_off(body: str) -> bool:
    """Whether a topic's file says that the topic is switched off."""
    found = SWITCH.search(body)
    return found is not None and found[1] == "true"


def switched(body: str, *, active: bool) -> str:
    """The body with the topic on or off; all else stays as it is. ``content-invalid``."""
    bare = SWITCH.sub("", body)
    if active:
        return bare
    line = ID_LINE.search(bare)
    if line is None:
        raise invalid(["brakuje wiersza „id: …”"])
    end = "\r\n" if line[0].endswith("\r\n") else "\n"
    return f'{bare[: line.end()]}"off": true{end}{bare[line.end() :]}'
