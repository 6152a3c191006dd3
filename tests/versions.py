"""A small workflow in several versions, published for tests, and cases that sit in it."""

from workflows import catalogue
from workflows.definition import Workflow
from workflows.loader import Loaded, load_bytes
from workflows.rewriting import read
from workflows.writer import dump

PLANNING = "joint_rbd_planning"


def edited(workflow: str = PLANNING, *, version: int = 2, **pieces: object) -> str:
    """The shipped definition with another version number and other pieces at its top, as YAML."""
    data = read(catalogue.newest(workflow).source)
    return dump({**data, "version": version, **pieces})


def loaded(text: str) -> Loaded:
    return load_bytes(text.encode(), "test.yaml")


def definition(text: str) -> Workflow:
    return loaded(text).workflow


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    """A text with words replaced; each of them must be there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def next_version(*pairs: tuple[str, str], workflow: str = PLANNING, version: int = 2) -> str:
    """The shipped text as the next version, with words replaced."""
    return replaced(catalogue.newest(workflow).source, ("version: 1\n", f"version: {version}\n"), *pairs)


RENAMED = (
    ("  screening:\n", "  eligibility:\n"),
    ("to: screening\n", "to: eligibility\n"),
    ("from: screening\n", "from: eligibility\n"),
    ("submitted, screening, correction", "submitted, eligibility, correction"),
)
"""The planning program with one state under another name."""
