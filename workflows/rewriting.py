"""The text of a definition with only what changed written anew: comments and layout around it stay."""

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from workflows.writer import dump


def revise(text: str, data: Any) -> str:
    """A text that says ``data``: as much of the old one as can be kept, comments included, else all of it anew."""
    try:
        revised = rewrite(text, data)
        if read(revised) == data:
            return revised
    except (ValueError, yaml.YAMLError):
        return dump(data)
    return dump(data)


@dataclass(frozen=True, slots=True)
class _Edit:
    """Characters ``start`` to ``end`` of the old text give way to ``text``."""

    start: int
    end: int
    text: str


class _Cannot(Exception):
    """This place has no simple rewriting; the entry around it is written anew."""


def read(text: str) -> Any:
    """The plain data of a text that the loader has accepted, exactly as it was typed."""
    return _read(_composed(text))


@lru_cache(maxsize=16)
def _composed(text: str) -> yaml.Node | None:
    """The nodes of a text, which nobody changes: saving a piece and showing the draft again read the same text again and again."""
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    return node


def rewrite(text: str, data: Any) -> str:
    """The text with only those entries written anew that say something else than ``data``.

    Comments and layout around them stay. Raises ValueError where nothing of the old text can be kept.
    """
    root = _composed(text)
    try:
        edits = sorted(_edits(text, root, data), key=lambda edit: edit.start, reverse=True)
    except _Cannot as error:
        raise ValueError("the text cannot be rewritten piece by piece") from error
    for edit in edits:
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _edits(text: str, node: yaml.Node | None, data: Any) -> Iterator[_Edit]:
    if isinstance(node, yaml.MappingNode) and isinstance(data, dict) and not node.flow_style and data:
        return _mapping(text, node, data)
    if isinstance(node, yaml.SequenceNode) and isinstance(data, list) and not node.flow_style and data:
        return _sequence(text, node, data)
    raise _Cannot


def _mapping(text: str, node: yaml.MappingNode, data: dict[str, Any]) -> Iterator[_Edit]:
    column = node.start_mark.column
    known = {key.value for key, _ in node.value}
    last = node.value[0][0]
    for key, value in node.value:
        if key.value not in data:
            yield _removal(text, key, value, column)
        elif _read(value) != data[key.value]:
            yield from _entry(text, key, value, data[key.value])
        last = value
    fresh = {name: inner for name, inner in data.items() if name not in known}
    if fresh:
        yield _insertion(text, _end(text, last), column, fresh)


def _entry(text: str, key: yaml.Node, value: yaml.Node, data: Any) -> list[_Edit]:
    """A key whose value changed: inside it if that can be, else the whole entry."""
    try:
        return list(_edits(text, value, data))
    except _Cannot:
        column = key.start_mark.column
        return [_Edit(key.start_mark.index, _end(text, value), _indented({key.value: data}, column))]


def _sequence(text: str, node: yaml.SequenceNode, data: list[Any]) -> Iterator[_Edit]:
    column = node.start_mark.column
    old, new = [_identity(_read(item)) for item in node.value], [_identity(item) for item in data]
    for kind, first, end, from_, to in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        pairs = min(end - first, to - from_) if kind == "replace" else 0
        for place in range(pairs):
            yield from _changed_item(text, node.value[first + place], data[from_ + place], column)
        if kind != "equal":
            for item in node.value[first + pairs : end]:
                yield _removal(text, item, item, column)
            fresh = data[from_ + pairs : to]
            if fresh:
                if first + pairs == 0:
                    raise _Cannot
                yield _insertion(text, _end(text, node.value[first + pairs - 1]), column, fresh)


def _changed_item(text: str, item: yaml.Node, data: Any, column: int) -> list[_Edit]:
    try:
        return list(_edits(text, item, data))
    except _Cannot:
        start = _line_start(text, item.start_mark.index) + column
        return [_Edit(start, _end(text, item), _indented([data], column))]


def _removal(text: str, first: yaml.Node, last: yaml.Node, column: int) -> _Edit:
    """Whole lines go; an entry that shares its first line with the dash of a list cannot go alone."""
    start = _line_start(text, first.start_mark.index)
    before = text[start : first.start_mark.index]
    if before.strip() and (before.strip() != "-" or len(before) - len(before.lstrip()) != column):
        raise _Cannot
    end = text.find("\n", _end(text, last))
    return _Edit(start, len(text) if end < 0 else end + 1, "")


def _insertion(text: str, after: int, column: int, data: Any) -> _Edit:
    end = text.find("\n", after)
    place = len(text) if end < 0 else end
    return _Edit(place, place, "\n" + " " * column + _indented(data, column))


def _indented(data: Any, column: int) -> str:
    """The dumped data; every line but the first carries the indentation."""
    return dump(data).rstrip("\n").replace("\n", "\n" + " " * column)


def _end(text: str, node: yaml.Node) -> int:
    """Where the last word of a node ends: comments behind it belong to what follows."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    start = int(node.start_mark.index)
    return start + len(text[start : int(node.end_mark.index)].rstrip())


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _read(node: yaml.Node | None) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _read(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_read(item) for item in node.value]
    if node is None:
        return None
    return node.value if node.tag == "tag:yaml.org,2002:str" else yaml.CSafeLoader("").construct_object(node)


def _identity(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)
