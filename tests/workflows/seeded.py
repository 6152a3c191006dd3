"""Seeded faults: small patches against a sound definition, each saying which finding it must cause on which line."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from backoffice.wiring import vocabulary
from workflows.linter import lint
from workflows.loader import DefinitionError, Finding, load_bytes
from workflows.vocabulary import Vocabulary

FAULTS = Path(__file__).resolve().parent / "faults"
PATCHES = sorted(FAULTS.glob("wf*.patch"))

_MARK = re.compile(r"\s+# <- (WF\d{3})$")
_HEADER = re.compile(r"^# (WF\d{3}): (.+)$")


@dataclass(frozen=True)
class Fault:
    """A patch: what it must cause, against which file, and what the office knows about published cases."""

    code: str
    sentence: str
    base: str
    published: bool
    occupied: frozenset[str]
    hunks: tuple[tuple[str, ...], ...]


def read(path: Path) -> Fault:
    """A patch file: ``# CODE: sentence``, then ``#`` directives, then hunks of ``-``, ``+`` and context lines."""
    lines = path.read_text(encoding="utf-8").splitlines()
    header = _HEADER.match(lines[0])
    assert header, f"{path.name} must begin with '# CODE: what is wrong'"
    told = dict(line[2:].split(": ", 1) for line in lines[1:] if line.startswith("# "))
    body = [line for line in lines if not line.startswith("# ")]
    hunks = tuple(tuple(hunk.splitlines()) for hunk in "\n".join(body).split("\n@@\n"))
    return Fault(
        header[1], header[2], told.get("against", "base.yaml"), "published" in told,
        frozenset(told.get("occupied", "").split()), hunks,
    )  # fmt: skip


def patched(fault: Fault) -> tuple[str, set[tuple[int, str]]]:
    """The broken text, and the (line, code) pairs that are marked in it."""
    text = (FAULTS / fault.base).read_text(encoding="utf-8")
    for hunk in fault.hunks:
        before = "\n".join(_MARK.sub("", line[1:]) for line in hunk if line[:1] in {" ", "-"})
        after = "\n".join(line[1:] for line in hunk if line[:1] in {" ", "+"})
        assert text.count(f"\n{before}\n") == 1, f"a hunk of '{fault.sentence}' fits {text.count(before)} times"
        text = text.replace(f"\n{before}\n", f"\n{after}\n")
    marked = {(number, found[1]) for number, line in enumerate(text.splitlines(), 1) if (found := _MARK.search(line))}
    return _without_marks(text), marked


def _without_marks(text: str) -> str:
    return "\n".join(_MARK.sub("", line) for line in text.splitlines()) + "\n"


def words(fault: Fault) -> Vocabulary:
    """What the office knows, with the two small workflows beside the shipped ones."""
    known = vocabulary()
    base, appeal = (load_bytes((FAULTS / name).read_bytes(), name) for name in ("base.yaml", "appeal.yaml"))
    others = {**known.others, **{one.workflow.workflow: one.workflow for one in (base, appeal)}}
    published = {("small_grant", 2): base.digest} if fault.published else {}
    occupied = {("small_grant", 1): fault.occupied}
    return replace(known, others=others, workflows=frozenset(others), published=published, occupied=occupied)


def findings(fault: Fault) -> list[Finding]:
    text, _ = patched(fault)
    try:
        return list(lint(load_bytes(text.encode(), fault.base), words(fault)))
    except DefinitionError as error:
        return list(error.findings)
