"""A definition as a Mermaid state diagram, for documents that draw themselves."""

from collections.abc import Iterator

from workflows.definition import Workflow
from workflows.sketch import steps_of

_RESERVED = frozenset({"state", "note", "direction", "end", "class", "classdef", "style", "hide", "default", "click"})
"""Words of Mermaid that a state may not be called."""


def mermaid(workflow: Workflow, language: str) -> str:
    """Every state inside its stage, every step as one arrow."""
    return "\n".join(_lines(workflow, language)) + "\n"


def _lines(workflow: Workflow, language: str) -> Iterator[str]:
    yield "stateDiagram-v2"
    for stage in workflow.stages:
        names = [name for name, state in workflow.states.items() if state.stage == stage.code]
        if names:
            yield f'  state "{_plain(stage.label.text(language))}" as stage_{stage.code} {{'
            for name in names:
                yield f'    state "{_plain(workflow.state(name).label.text(language))}" as {_name(name)}'
            yield "  }"
    yield f"  [*] --> {_name(workflow.initial)}"
    for source, step in steps_of(workflow):
        yield f"  {_name(source)} --> {_name(step.target)}: {_plain(step.label.text(language))}"
    for name, state in workflow.states.items():
        if state.final:
            yield f"  {_name(name)} --> [*]"


def _name(state: str) -> str:
    return f"{state}_" if state in _RESERVED else state


def _plain(text: str) -> str:
    """Without what Mermaid reads as its own: quotes, semicolons, number signs and line breaks."""
    return " ".join(text.replace('"', "'").replace(";", ",").replace("#", "").replace(":", "·").split())
