"""Another city's newer text, taken over without losing what was changed here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from staff_console.editor import yaml_edit
from staff_console.editor.yaml_edit import Value

Way = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """``body``: ours with their news. ``clashes``: fields that both changed; ours stay."""

    body: str
    clashes: Sequence[str]


def merged(base: str, ours: str, theirs: str) -> Merged:
    """``base``: their text as we took it last. A list is one value: it is theirs or ours whole.

    Raises ``yaml.YAMLError``.
    """
    before, mine, sent = (dict(_leaves(yaml_edit.load(one))) for one in (base, ours, theirs))
    body, clashes = ours, []
    for way in dict.fromkeys([*sent, *before]):
        new, old, own = sent.get(way), before.get(way), mine.get(way)
        if new in (old, own):
            continue
        if own != old:
            clashes.append(".".join(way))
        elif new is None:
            body = _without(body, way)
        else:
            body = yaml_edit.put(body, way, new)
    return Merged(body, clashes)


def _without(body: str, way: Way) -> str:
    """Without a value, and without what then holds nothing any more."""
    for length in range(len(way), 0, -1):
        body = yaml_edit.drop(body, way[:length])
        holder = yaml_edit.load(body)
        for step in way[: length - 1]:
            holder = holder[step]
        if holder:
            break
    return body


def _leaves(data: Any, way: Way = ()) -> Iterator[tuple[Way, Value]]:
    """Each text and each list with the way to it."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _leaves(value, (*way, str(key)))
    elif way:
        yield way, data
