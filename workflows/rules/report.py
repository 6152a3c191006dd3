"""What every rule writes to and reads with: the report, the words it knows, and the steps of a definition."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

from workflows.definition import Transition, Workflow
from workflows.loader import Finding, Loaded
from workflows.reading import Place
from workflows.vocabulary import Vocabulary


@dataclass(slots=True)
class Report:
    """The findings of one definition."""

    loaded: Loaded
    words: Vocabulary
    findings: list[Finding] = field(default_factory=list)

    @property
    def workflow(self) -> Workflow:
        return self.loaded.workflow

    def add(self, code: str, place: Place, what: str, hint: str) -> None:
        dotted = ".".join(str(part) for part in place)
        self.findings.append(Finding(self.loaded.file, self.loaded.line(*place), code, dotted, what, hint))

    def steps(self) -> Iterator[tuple[Place, Transition]]:
        for index, step in enumerate(self.workflow.transitions):
            yield ("transitions", index), step

    def states_are_known(self) -> bool:
        """Whether questions about the graph make sense: every name in it is a state."""
        named = {name for step in self.workflow.transitions for name in (*step.source, step.target)}
        return named | {self.workflow.initial} <= set(self.workflow.states)


def known(names: Iterable[str], wrong: str = "") -> str:
    """A hint: the name that was probably meant, or else the names that may be used."""
    listed = sorted(names)
    meant = get_close_matches(wrong, listed, n=1, cutoff=0.75)
    if meant:
        return f"did you mean '{meant[0]}'?"
    return "use one of: " + ", ".join(listed[:40]) if listed else "none is known"
