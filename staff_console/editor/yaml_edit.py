"""Changes values in a YAML file and nothing else: other lines, comments and order stay as they are.

A file is not written anew from its data (which folds lines in another way and loses comments);
the places of the values are found, and only those pieces of text are replaced.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, TypeAlias

import yaml

Value: TypeAlias = "str | Sequence[Value] | Mapping[str, Value]"
Key: TypeAlias = str | int

WIDTH = 100  # longer sentences are folded, as people fold them in these files
STEP = 2
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times as fast


class Bare(str):
    """A value written without quotes although YAML reads no text then: a number, true, false."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _Edit:
    """``text[start:end]`` becomes ``put``."""

    start: int
    end: int
    put: str


@lru_cache(maxsize=256)  # bodies are asked for again and again, and never change
def load(text: str) -> Any:
    """The data of a file, not to be changed. Dates stay text. Raises ``yaml.YAMLError``."""
    return _plain(yaml.compose(text, Loader=_LOADER))


def put(text: str, path: Sequence[Key], value: Value) -> str:
    """The file with ``value`` at ``path``; keys on the way that are missing are added.

    An equal value changes nothing. Raises ``yaml.YAMLError``, or ``KeyError`` for a place in a
    list that does not exist.
    """
    root = yaml.compose(text, Loader=_LOADER)
    if root is None:
        return "\n".join(_block(_nested(path, value), 0)) + "\n"
    if _at(load(text), path) == _as_data(value):
        return text
    if _is_shared(root, path):  # a change here must not be a change there
        return put(_spelt_out(text, root), path, value)
    edits = list(_Editor(text).at(root, tuple(path), value, root.start_mark.column))
    return _applied(text, edits)


def drop(text: str, path: Sequence[Key]) -> str:
    """The file without the key at ``path``; unchanged when it is not there."""
    node = yaml.compose(text, Loader=_LOADER)
    for step in path[:-1]:
        node = _child(node, step)
    if not isinstance(node, yaml.MappingNode):
        return text
    for key, value in node.value:
        if key.value != path[-1]:
            continue
        if node.flow_style:
            return put(text, path, "")
        start = _line_start(text, key.start_mark.index)
        end = text.find("\n", _end(text, value))
        return text[:start] + (text[end + 1 :] if end >= 0 else "")
    return text


class _Editor:
    def __init__(self, text: str) -> None:
        self._text = text

    def at(
        self, node: yaml.Node, path: tuple[Key, ...], value: Value, column: int
    ) -> Iterator[_Edit]:
        """Edits that put ``value`` at ``path`` below ``node``."""
        if not path:
            yield from self._replace(node, value, column)
        elif isinstance(node, yaml.MappingNode):
            yield from self._in_mapping(node, path, value)
        elif isinstance(node, yaml.SequenceNode) and isinstance(path[0], int):
            if path[0] >= len(node.value):
                raise KeyError(path[0])
            child = node.value[path[0]]
            yield from self.at(child, path[1:], value, node.start_mark.column)
        else:  # a bare sentence where two forms are wanted, or nothing at all
            start, put_ = node.start_mark.index, _lines_or_inline(_nested(path, value), column)
            yield _Edit(start, _end(self._text, node), put_)

    def _in_mapping(
        self, node: yaml.MappingNode, path: tuple[Key, ...], value: Value
    ) -> Iterator[_Edit]:
        for key, child in node.value:
            if key.value != path[0]:
                continue
            deeper = path[1:]
            if deeper and (isinstance(child, yaml.ScalarNode) or _is_bare(child)):
                yield from self._entry(node, key, child, _nested(deeper, value))
            elif not deeper and (not _same_kind(child, value) or _is_bare(child)):
                if _plain(child) != _as_data(value):
                    yield from self._entry(node, key, child, value)
            else:
                yield from self.at(child, deeper, value, key.start_mark.column)
            return
        yield self._added(node, {str(path[0]): _nested(path[1:], value)})

    def _entry(
        self, mapping: yaml.MappingNode, key: yaml.Node, child: yaml.Node, value: Value
    ) -> Iterator[_Edit]:
        """A whole ``key: value`` written anew, because the value changes its kind."""
        end = max(_end(self._text, child), key.end_mark.index + 1)
        if mapping.flow_style:
            yield _Edit(key.start_mark.index, end, f"{key.value}: {_flow(value)}")
            return
        lines = _block({key.value: value}, key.start_mark.column)
        yield _Edit(key.start_mark.index, end, "\n".join(lines).lstrip())

    def _added(self, node: yaml.MappingNode, entry: Mapping[str, Value]) -> _Edit:
        if not node.value or node.flow_style:
            at = node.end_mark.index - 1
            comma = ", " if node.value else ""
            inside = ", ".join(f"{key}: {_flow(value)}" for key, value in entry.items())
            return _Edit(at, at, comma + inside)
        at = _end(self._text, node)
        lines = _block(entry, node.value[0][0].start_mark.column)
        return _Edit(at, at, "\n" + "\n".join(lines))

    def _replace(self, node: yaml.Node, value: Value, column: int) -> Iterator[_Edit]:
        if _plain(node) == _as_data(value):
            return
        if isinstance(node, yaml.SequenceNode) and not isinstance(value, str | Mapping):
            yield from self._list(node, value, column)
        elif isinstance(node, yaml.MappingNode) and isinstance(value, Mapping):
            for key, one in value.items():
                yield from self._in_mapping(node, (key,), one)
        else:
            yield self._scalar(node, value if isinstance(value, str) else str(value), column)

    def _scalar(self, node: yaml.Node, value: str, column: int) -> _Edit:
        start, end = node.start_mark.index, _end(self._text, node)
        line_end = self._text.find("\n", end)
        rest = self._text[end : line_end if line_end >= 0 else len(self._text)].strip()
        room = WIDTH - (start - _line_start(self._text, start))
        if rest:  # a comment, or the rest of a list in brackets: the value must stay in its line
            return _Edit(start, end, _flow(value))
        return _Edit(start, end, _scalar_text(value, column + STEP, room))

    def _list(
        self, node: yaml.SequenceNode, value: Sequence[Value], column: int
    ) -> Iterator[_Edit]:
        if node.flow_style or not node.value or not value:
            yield _Edit(node.start_mark.index, _end(self._text, node), _flow(value))
            return
        old = [_plain(item) for item in node.value]
        if len(old) == len(value) and all(
            _same_kind(*pair) for pair in zip(node.value, value, strict=True)
        ):
            for item, one in zip(node.value, value, strict=True):
                yield from self._replace(item, one, node.start_mark.column)
            return
        yield from self._rows(node, old, value)

    def _rows(
        self, node: yaml.SequenceNode, old: Sequence[Any], value: Sequence[Value]
    ) -> Iterator[_Edit]:
        """Rows added and taken away; the others keep their lines and the comments above them."""
        column = node.start_mark.column
        starts = [_line_start(self._text, item.start_mark.index) for item in node.value]
        ends = [_end(self._text, item) for item in node.value]
        keys = [[repr(one) for one in side] for side in (old, [_as_data(v) for v in value])]
        matcher = SequenceMatcher(None, keys[0], keys[1], autojunk=False)
        for kind, a, b, c, d in matcher.get_opcodes():
            if kind == "equal":
                continue
            for item in range(a, b):
                line_end = self._text.find("\n", ends[item])
                yield _Edit(starts[item], line_end + 1 if line_end >= 0 else len(self._text), "")
            lines = [line for one in value[c:d] for line in _item(one, column)]
            if not lines:
                continue
            if a < len(starts):
                yield _Edit(starts[a], starts[a], "\n".join(lines) + "\n")
            else:
                yield _Edit(ends[-1], ends[-1], "\n" + "\n".join(lines))


def _is_shared(root: yaml.Node, path: Sequence[Key]) -> bool:
    """Whether the way to the value leads through a piece that stands in two places (``*name``)."""
    seen: dict[int, int] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        seen[id(node)] = seen.get(id(node), 0) + 1
        if seen[id(node)] > 1:
            continue
        if isinstance(node, yaml.MappingNode):
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    found: yaml.Node | None = root
    for step in path:
        found = _child(found, step)
        if found is not None and seen[id(found)] > 1:
            return True
    return False


def _spelt_out(text: str, root: yaml.Node) -> str:
    """The file with each ``key: *name`` written out in full."""
    edits = []
    values: dict[str, Any] = {}
    data = _by_place(root)
    for event in yaml.parse(text, Loader=_LOADER):
        if not isinstance(event, yaml.NodeEvent) or not (event.anchor and event.start_mark):
            continue
        start = int(event.start_mark.index)
        if not isinstance(event, yaml.AliasEvent):
            values[event.anchor] = data[start]
        elif event.end_mark:
            line = text[_line_start(text, start) :]
            column = len(line) - len(line.lstrip(" ")) + STEP
            value, before = values[event.anchor], len(text[:start].rstrip(" "))
            lines = ["", *_block(value, column)]
            shown = f" {_quoted(value)}" if isinstance(value, str) else "\n".join(lines)
            edits.append(_Edit(before, int(event.end_mark.index), shown))
    return _applied(text, edits)


def _by_place(root: yaml.Node) -> dict[int, Any]:
    """Place in the text -> the data that begin there; of several, the outermost."""
    found: dict[int, Any] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        found.setdefault(int(node.start_mark.index), _plain(node))
        if isinstance(node, yaml.MappingNode):
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    return found


def _at(data: Any, path: Sequence[Key]) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _applied(text: str, edits: Sequence[_Edit]) -> str:
    # From the end, so that places stay true; at one place, what was found first stands first,
    # and what is put in goes before what is taken out.
    order = sorted(enumerate(edits), key=lambda one: (one[1].start, one[1].end, -one[0]))
    for _, edit in reversed(order):
        text = text[: edit.start] + edit.put + text[edit.end :]
    return text


def _child(node: yaml.Node | None, step: Key) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child: yaml.Node = node.value[step]
        return child
    return None


def _plain(node: yaml.Node | None) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return node.value if node is not None and node.tag != "tag:yaml.org,2002:null" else ""


def _as_data(value: Value) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {key: _as_data(one) for key, one in value.items()}
    return [_as_data(one) for one in value]


def _nested(path: Sequence[Key], value: Value) -> Value:
    for step in reversed(path):
        value = {str(step): value}
    return value


def _same_kind(node: yaml.Node, value: Value) -> bool:
    if isinstance(value, str):
        return isinstance(node, yaml.ScalarNode)
    kind = yaml.MappingNode if isinstance(value, Mapping) else yaml.SequenceNode
    return isinstance(node, kind)


def _is_bare(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and not node.value


def _end(text: str, node: yaml.Node) -> int:
    """Where a node's own text ends: a block's mark lies behind blank lines and comments."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        if isinstance(last, tuple):
            key, value = last
            return max(_end(text, value), int(key.end_mark.index) + 1)
        return _end(text, last)
    start, end = node.start_mark.index, node.end_mark.index
    return int(start) + len(text[start:end].rstrip())


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _block(entries: Value, column: int) -> list[str]:
    """``key: value`` lines of a mapping at ``column``."""
    if not isinstance(entries, Mapping):
        return [line for one in entries for line in _item(one, column)]
    pad, lines = " " * column, []
    for key, value in entries.items():
        if isinstance(value, str):
            room = WIDTH - column - len(key) - 2
            lines.append(f"{pad}{key}: {_scalar_text(value, column + STEP, room)}")
        elif not value:
            lines.append(f"{pad}{key}: {_flow(value)}")
        else:
            lines += [f"{pad}{key}:", *_block(value, column + STEP)]
    return lines


def _item(value: Value, column: int) -> list[str]:
    """The lines of one row of a list, whose dash stands at ``column``."""
    pad = " " * column
    if isinstance(value, str):
        return [f"{pad}- {_scalar_text(value, column + STEP, 10**6)}"]
    lines = _block(value, column + STEP)
    return [f"{pad}- {lines[0].lstrip()}", *lines[1:]]


def _lines_or_inline(value: Value, column: int) -> str:
    return "\n".join(_block(value, column + STEP)).lstrip()


def _flow(value: Value) -> str:
    if isinstance(value, Bare):
        return str(value)
    if isinstance(value, str):
        return value if _is_safe(value, f"[{value}]", [value]) else _quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value.items()) + "}"
    return "[" + ", ".join(map(_flow, value)) + "]"


def _scalar_text(value: str, column: int, room: int) -> str:
    """A text as YAML: bare, quoted, folded (``>-``) or in lines of its own (``|-``)."""
    if isinstance(value, Bare):
        return str(value)
    pad = " " * column
    if "\n" in value:
        shown = "|-\n" + "\n".join(pad + line if line else "" for line in value.split("\n"))
    elif len(value) <= room:
        return value if _is_safe(value, f"x: {value}", {"x": value}) else _quoted(value)
    else:
        lines = textwrap.wrap(value, WIDTH - column, break_long_words=False, break_on_hyphens=False)
        shown = ">-\n" + "\n".join(pad + line for line in lines)
    return (
        shown if _is_safe(value, f"x:\n{' ' * (column - 1)}y: {shown}\n", None) else _quoted(value)
    )


def _is_safe(value: str, document: str, expected: Any) -> bool:
    """Whether the text, written like this, is read back as the same text (or as a date)."""
    if not value or value != value.strip():
        return False
    try:
        read = yaml.load(document, Loader=_LOADER)  # noqa: S506 - a safe one
    except yaml.YAMLError:
        return False
    if expected is None:
        return bool(read["x"]["y"] == value)
    return bool(read == expected or _DATE.fullmatch(value))


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
