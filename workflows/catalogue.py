"""What is shipped: every definition under programs/, by name and version."""

from functools import cache
from pathlib import Path

from workflows.definition import Workflow
from workflows.loader import Loaded, load_file

PROGRAMS = Path(__file__).resolve().parent / "programs"


@cache
def shipped() -> dict[tuple[str, int], Loaded]:
    """All shipped definitions. Raises DefinitionError if one cannot be read, ValueError if two claim one version."""
    found: dict[tuple[str, int], Loaded] = {}
    for path in sorted(PROGRAMS.glob("*.yaml")):
        loaded = load_file(path)
        identity = (loaded.workflow.workflow, loaded.workflow.version)
        if identity in found:
            raise ValueError(f"{path.name} and {found[identity].file} are both version {identity[1]} of {identity[0]}")
        found[identity] = loaded
    return found


def newest(name: str) -> Loaded:
    """The newest shipped version of a workflow. Raises KeyError."""
    versions = [version for known, version in shipped() if known == name]
    if not versions:
        raise KeyError(name)
    return shipped()[name, max(versions)]


def workflows() -> tuple[Workflow, ...]:
    """The newest version of every shipped workflow, by name."""
    return tuple(newest(name).workflow for name in sorted({name for name, _ in shipped()}))
