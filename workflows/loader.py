"""YAML -> definition and content digest; every fault has file:line, place, what is wrong, and a hint."""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from workflows import reading
from workflows.definition import Workflow
from workflows.reading import MAX_BYTES as MAX_BYTES
from workflows.reading import Lines, Place, Refused

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: where it stands, its code, what is wrong and what to do."""

    file: str
    line: int
    code: str
    place: str
    what: str
    hint: str

    def __str__(self) -> str:
        """One line, whatever the definition holds."""
        said = f"{self.file}:{self.line} {self.code} {self.place[:200]}: {self.what[:600]}; {self.hint[:600]}"
        return _UNPRINTABLE.sub(" ", said)


class DefinitionError(ValueError):
    """A definition that cannot be read. ``findings`` say why, one line each."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Loaded:
    """A definition with the digest of its content and the line of every place in its file."""

    workflow: Workflow
    digest: str
    file: str
    lines: Lines
    source: str

    def line(self, *place: str | int) -> int:
        """The line of a place, or of the nearest place around it that has one."""
        return reading.line_of(self.lines, place)


def digest_of(workflow: Workflow) -> str:
    """SHA-256 of the canonical content: comments and layout do not change it, every meaning does."""
    content = workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def load_file(path: Path) -> Loaded:
    """Read a definition from a file. Raises DefinitionError."""
    return load_bytes(bytes_of(path), path.name)


@lru_cache(maxsize=128)
def load_bytes(raw: bytes, file: str) -> Loaded:
    """Read a definition from bytes. Raises DefinitionError; reads at most MAX_BYTES.

    It takes 40 ms and the same bytes are the same definition, which nobody can change: the last ones read are kept.
    """
    workflow, lines, text = load_as(Workflow, raw, file)
    return Loaded(workflow, digest_of(workflow), file, lines, text)


def bytes_of(path: Path) -> bytes:
    """The content of a file. Raises DefinitionError."""
    try:
        return reading.read_bytes(path)
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise DefinitionError((Finding(str(path), 1, "WF001", "file", what, "check the path"),)) from error


def load_as(model: type[Model], raw: bytes, file: str) -> tuple[Model, Lines, str]:
    """Bytes -> a value of the charter, the line of every place, the text. Raises DefinitionError."""
    try:
        data, lines, text = reading.read(raw)
    except Refused as refused:
        finding = Finding(file, refused.line, "WF001", _dotted(refused.place), refused.what, refused.hint)
        raise DefinitionError((finding,)) from refused
    try:
        return model.model_validate_json(json.dumps(data), strict=True), lines, text
    except ValidationError as error:
        faults = [fault for fault in error.errors() if not _echoes(fault, error)]
        raise DefinitionError(tuple(_from_pydantic(file, lines, fault) for fault in faults)) from error


def _echoes(fault: Any, error: ValidationError) -> bool:
    """Whether a list only seems too short because an item of it is wrong, which is told by itself."""
    inner = [other["loc"] for other in error.errors() if len(other["loc"]) > len(fault["loc"])]
    return fault["type"] == "too_short" and any(loc[: len(fault["loc"])] == fault["loc"] for loc in inner)


def _dotted(place: Place) -> str:
    return ".".join(str(part)[:60] for part in place) or "file"


_WORDS = {
    "missing": ("is missing", "add it"),
    "extra_forbidden": ("is no key of the language", "remove it or correct its spelling"),
    "enum": ("", "use one of the known words"),
    "literal_error": ("", "use one of the known words"),
    "string_pattern_mismatch": ("is not written as it must be", "use lower-case words joined by _"),
    "string_type": ("must be text", "put it in quotes"),
    "int_type": ("must be a whole number", "write digits without quotes"),
    "bool_type": ("must be true or false", "write true or false without quotes"),
    "tuple_type": ("must be a list", "write it in square brackets: [...]"),
    "dict_type": ("must be keys with values", "write it as 'key: value'"),
    "model_type": ("must be keys with values", "write it as 'key: value'"),
    "too_short": ("has too few entries", "add what is missing"),
    "too_long": ("has too many entries", "split it"),
    "string_too_short": ("is too short", "write more"),
    "string_too_long": ("is too long", "write less"),
    "value_error": ("", "correct it"),
}
"""By pydantic's kind of fault: what to say instead of its own words, which are for programmers, and a hint."""


def _from_pydantic(file: str, lines: Lines, fault: Any) -> Finding:
    place = tuple(fault["loc"])
    said, hint = _WORDS.get(fault["type"], ("", "see the author's guide"))
    if "A-Z" in str(fault.get("ctx", {}).get("pattern", "")):
        hint = "use two to four capital letters"
    what = said or str(fault["msg"]).removeprefix("Value error, ")
    return Finding(file, reading.line_of(lines, place), "WF002", _dotted(place), what[:300], hint)
