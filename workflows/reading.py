"""YAML text -> plain data and the line of every place. What could harm or mislead is refused at its line."""

import math
import re
from datetime import date
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 512_000
MAX_DEPTH = 24

_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
"""YAML takes them for new lines and editors do not, so every line number after them would be wrong."""

Place = tuple[str | int, ...]
Lines = dict[Place, int]


class Refused(Exception):
    """Why a text is not read: the line, the place, what is wrong, and what to do."""

    def __init__(self, line: int, place: Place, what: str, hint: str) -> None:
        super().__init__(what)
        self.line, self.place, self.what, self.hint = line, place, what, hint


def read_bytes(path: Path) -> bytes:
    """The content of a file, or one byte too much: a huge file is never held whole. Raises OSError."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def read(raw: bytes) -> tuple[Any, Lines, str]:
    """(data, line of every place, text). Raises Refused."""
    if len(raw) > MAX_BYTES:
        raise Refused(1, (), f"is larger than {MAX_BYTES:,} bytes", "split it into several files")
    text = _decoded(raw)
    try:
        _refuse_tricks(text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        what = f"is not readable YAML ({error.problem})"
        raise Refused(_line(error.problem_mark), (), what, "check indentation, quotes and brackets") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Refused(1, (), "is not readable YAML", "check the file with a YAML editor") from error
    if node is None:
        raise Refused(1, (), "the file is empty", "start with 'workflow: <name>'")
    lines: Lines = {}
    return _converted(node, (), lines), lines, text


def line_of(lines: Lines, place: Place) -> int:
    """The line of a place, or of the nearest place around it that has one."""
    return next((lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in lines), 1)


def _decoded(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Refused(line, (), "is not UTF-8 text", "save the file as UTF-8") from error
    unprintable = yaml.reader.Reader.NON_PRINTABLE.search(text) or _OTHER_BREAKS.search(text)
    if unprintable:
        line = text.count("\n", 0, unprintable.start()) + 1
        what = f"holds the control character U+{ord(unprintable.group()):04X}"
        raise Refused(line, (), what, "remove it; a definition is plain text")
    return text


def _line(mark: Any) -> int:
    """Marks count from nought; people count lines from one."""
    return int(mark.line) + 1 if mark is not None else 1


def _refuse_tricks(text: str) -> None:
    """Anchors, aliases, tags and second documents are not part of the language; depth is bounded before the tree grows."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Refused(line, (), "uses an anchor or alias", "write the content out where it is used")
        tag = getattr(event, "tag", None)
        if tag:
            raise Refused(line, (), f"uses the YAML tag '{tag[:40]}'", "write the plain value without a tag")
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        if documents > 1:
            raise Refused(line, (), "holds a second document", "keep one document in a file, without '---' between")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise Refused(line, (), "is nested too deeply", f"use at most {MAX_DEPTH} levels")


def _converted(node: yaml.Node, place: Place, lines: Lines) -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_converted(item, (*place, index), lines) for index, item in enumerate(node.value)]
    return _scalar(node, place)


def _mapping(node: yaml.MappingNode, place: Place, lines: Lines) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise Refused(line, place, "has a key that is not a word", "use plain words as keys")
        key = str(key_node.value)
        if key in result:
            raise Refused(line, (*place, key), "is written twice", "keep one of the two")
        result[key] = _converted(value_node, (*place, key), lines)
        lines[(*place, key)] = line
    return result


def _scalar(node: yaml.Node, place: Place) -> Any:
    if node.tag == "tag:yaml.org,2002:str":
        return node.value
    line, shown = node.start_mark.line + 1, str(node.value)[:40]
    try:
        value = yaml.CSafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise Refused(line, place, f"'{shown}' is not a plain value", "use text or a number") from error
    if isinstance(value, date) or (isinstance(value, float) and not math.isfinite(value)):
        raise Refused(line, place, f"'{shown}' is read as a date or no number", "put it in quotes")
    return value
