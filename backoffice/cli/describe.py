"""A definition as text and as plain data, for people who read it in a terminal."""

from collections.abc import Iterator
from typing import Any

from backoffice.core.i18n import language
from workflows.definition import Deadline, State, Transition, Workflow
from workflows.durations import Due


def summary(definition: Workflow) -> dict[str, Any]:
    """States and steps as data."""
    return {
        "workflow": definition.workflow,
        "version": definition.version,
        "code": definition.code,
        "title": definition.title.model_dump(),
        "initial": definition.initial,
        "states": [_state(name, state) for name, state in definition.states.items()],
        "transitions": [_step(step) for step in definition.transitions],
    }


def _state(name: str, state: State) -> dict[str, Any]:
    return {
        "state": name,
        "label": state.label.model_dump(),
        "stage": state.stage,
        "owner": state.owner,
        "due": _due(state.deadline.due) if state.deadline else None,
        "final": state.final,
        "tags": list(state.tags),
    }


def _step(step: Transition) -> dict[str, Any]:
    return {
        "action": step.action,
        "label": step.label.model_dump(),
        "from": list(step.source),
        "to": step.target,
        "by": list(step.by),
        "requires": [str(guard) for guard in step.requires],
        "effects": [str(effect) for effect in step.effects],
        "input": step.input,
    }


def described(definition: Workflow) -> Iterator[str]:
    """The definition in lines: per state who acts until when, and each way out with its conditions."""
    said = language()
    yield f"{definition.code} {definition.workflow}@{definition.version}: {definition.title.text(said)}"
    yield f"starts in {definition.initial}"
    for name, state in definition.states.items():
        yield ""
        yield f"{name}: {state.label.text(said)} ({', '.join(_facts(state))})"
        for step in definition.transitions:
            if name in step.source:
                yield f"  {step.action} -> {step.target}: {step.label.text(said)}, by {', '.join(step.by)}"
                if step.requires:
                    yield f"    requires {', '.join(map(str, step.requires))}"
                if step.effects:
                    yield f"    then {', '.join(map(str, step.effects))}"


def _facts(state: State) -> Iterator[str]:
    if state.final:
        yield f"final: {state.final}"
    if state.owner:
        yield state.owner
    if state.deadline:
        yield _until(state.deadline)


def _until(deadline: Deadline) -> str:
    breach = f", then {deadline.on_breach}" if deadline.on_breach else ""
    return f"due {_due(deadline.due)}{breach}"


def _due(due: Due) -> str:
    length = f"{due.length.count}{due.length.unit}"
    if due.anchor == "entry":
        return length
    return due.anchor if due.length.count == 0 else f"{due.anchor}{due.length.count:+d}{due.length.unit}"
