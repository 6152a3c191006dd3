"""Golden scenarios: what a definition promises, written down as short stories, one file per workflow version."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from workflows.loader import bytes_of, load_as
from workflows.reading import Lines, line_of
from workflows.roles import Role
from workflows.values import Frozen, Name

SCENARIOS = Path(__file__).resolve().parent / "scenarios"

SAME_PERSON = "same_person"
"""What an author writes when one person may not do both: separation of steps, or a second approval."""

_STORIES = re.compile(rb"^scenarios\s*:", re.MULTILINE)
_FAMILIES = {SAME_PERSON: frozenset({"separation", "already_approved"})}


class Actor(Frozen):
    """Somebody in a role. Two people of one role differ by their name: ``approver`` and ``approver/b``."""

    role: Role
    person: str = Field(min_length=1, max_length=40)

    def __str__(self) -> str:
        return self.role if self.person == self.role else f"{self.role}/{self.person}"


def _read_actor(value: object) -> object:
    if not isinstance(value, str):
        return value
    role, slash, person = value.partition("/")
    return {"role": role, "person": person if slash else role}


def _read_many(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


ActorText = Annotated[Actor, BeforeValidator(_read_actor)]


class Move(Frozen):
    """One line of a story: a step that must be open and lead somewhere, or one that must be closed for a reason."""

    do: Name | None = None
    refuse: Name | None = None
    by: Annotated[tuple[ActorText, ...], BeforeValidator(_read_many), Field(min_length=1, max_length=5)]
    to: Name | None = None
    because: Name | None = None
    closed: tuple[str, ...] = ()
    """Guards that say no in this line, by name or ``name:argument``."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.do is None) == (self.refuse is None):
            raise ValueError("write either do or refuse")
        if self.do is not None and (self.to is None or self.because is not None):
            raise ValueError("'do' says where it leads ('to') and gives no 'because'")
        if self.refuse is not None and (self.because is None or self.to is not None or len(self.by) > 1):
            raise ValueError("'refuse' says whom it concerns (one 'by') and why ('because'), and leads nowhere")
        return self

    @property
    def action(self) -> str:
        return self.do or self.refuse or ""

    @property
    def reasons(self) -> frozenset[str]:
        """The reason codes ``because`` stands for."""
        return _FAMILIES.get(self.because or "", frozenset({self.because or ""}))


class Scenario(Frozen):
    """A story with a name that is a sentence. It starts in the initial state unless it says otherwise."""

    name: str = Field(min_length=5, max_length=160)
    start: Name | None = None
    closed: tuple[str, ...] = ()
    """Guards that say no in the whole story."""
    steps: tuple[Move, ...] = Field(min_length=1, max_length=200)


class ScenarioFile(Frozen):
    """All stories of one version of one workflow."""

    workflow: Name
    version: int = Field(ge=1)
    scenarios: tuple[Scenario, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Stories:
    """A scenario file with the line of every place in it."""

    content: ScenarioFile
    file: str
    lines: Lines

    def line(self, scenario: int, move: int = 0) -> int:
        """The line of a scenario (from nought), or of one of its steps (from one)."""
        place: tuple[str | int, ...] = ("scenarios", scenario)
        return line_of(self.lines, (*place, "steps", move - 1) if move else place)

    def line_of_key(self, key: str) -> int:
        """The line of a key at the top of the file."""
        return line_of(self.lines, (key,))


def load_stories(path: Path) -> Stories:
    """Read a scenario file. Raises DefinitionError."""
    return stories_from(bytes_of(path), path.name)


def stories_from(raw: bytes, file: str) -> Stories:
    """Read scenarios from bytes. Raises DefinitionError."""
    content, lines, _ = load_as(ScenarioFile, raw, file)
    return Stories(content, file, lines)


def tells_stories(raw: bytes) -> bool:
    """Whether a file holds scenarios rather than a definition."""
    return _STORIES.search(raw) is not None


def path_of(workflow: str, version: int) -> Path:
    """Where the scenarios of a shipped version lie."""
    return SCENARIOS / f"{workflow}.v{version}.yaml"
