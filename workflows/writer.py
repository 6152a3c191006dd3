"""Definition -> plain data -> YAML text without comments."""

from enum import Enum
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel

from workflows.definition import Workflow
from workflows.durations import Due, Length
from workflows.values import Named

_WIDTH = 10_000
"""Long texts stay on one line: a comparison line by line then shows what changed."""

_SHORT = 110
"""Collections of so many characters or fewer stand on one line."""


def length_text(length: Length) -> str:
    """Five business days -> ``5bd``."""
    return f"{length.count}{length.unit}"


def due_text(due: Due) -> str:
    """The form a definition writes: ``7d``, ``call_closes``, ``fact:agreement_end+60d``."""
    if due.anchor == "entry":
        return length_text(due.length)
    return due.anchor if due.length.count == 0 else f"{due.anchor}{due.length.count:+d}{due.length.unit}"


def plain(value: Any) -> Any:
    """A definition (or a piece of one) as the plain data its YAML holds; what equals its default is left out."""
    if isinstance(value, Named):
        return str(value) if value.argument is None or isinstance(value.argument, str) else {value.name: value.argument}
    if isinstance(value, BaseModel):
        return {
            field.alias or name: _item(field.alias, getattr(value, name))
            for name, field in type(value).model_fields.items()
            if field.is_required() or getattr(value, name) != field.get_default(call_default_factory=True)
        }
    if isinstance(value, Due):
        return due_text(value)
    if isinstance(value, Length):
        return length_text(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, tuple | list) else value


def _item(alias: str | None, value: Any) -> Any:
    """A step with one source names it as a word, not as a list."""
    data = plain(value)
    return data[0] if alias == "from" and isinstance(data, list) and len(data) == 1 else data


def canonical(workflow: Workflow) -> str:
    """The definition as YAML, without comments."""
    return dump(plain(workflow))


def dump(data: Any) -> str:
    """Plain data as YAML: short collections on one line, Korean as it is, keys in their order."""
    return str(yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH, indent=2))


class _Dumper(yaml.SafeDumper):
    def represent(self, data: Any) -> None:
        """What is dumped is an entry of a block: it is never one line in brackets itself."""
        node = self.represent_data(data)
        if isinstance(node, yaml.CollectionNode):
            node.flow_style = False
        self.serialize(node)

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        return _short(super().represent_sequence(tag, sequence, flow_style))

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        return _short(super().represent_mapping(tag, mapping, flow_style))

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  # PyYAML's signature
        super().increase_indent(flow, False)  # lists are indented below their key, as people write them

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # PyYAML's signature
        return True


_Collection = TypeVar("_Collection", yaml.SequenceNode, yaml.MappingNode)


def _short(node: _Collection) -> _Collection:
    """What fits on one line is written on one line."""
    parts = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
    plain_parts = all(isinstance(part, yaml.ScalarNode) or part.flow_style for part in parts)
    node.flow_style = plain_parts and sum(_length(part) for part in parts) <= _SHORT
    return node


def _length(node: yaml.Node) -> int:
    if isinstance(node, yaml.ScalarNode):
        return len(node.value) + 2
    parts = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
    return 2 + sum(_length(part) for part in parts)
