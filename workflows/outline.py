"""The process map in words, stage by stage: the same content as the drawing, for those who do not see it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from workflows.definition import State, Workflow
from workflows.diagram import Progress, progress
from workflows.roles import Role
from workflows.sketch import StepKey
from workflows.values import Label


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step that starts in a state: where it leads, how often it was taken, and whether it is open now."""

    key: StepKey
    label: Label
    target: Label
    times: int
    open: bool


@dataclass(frozen=True, slots=True)
class StateLine:
    """A state and every step from it. ``standing`` is ``now``, ``done``, ``possible`` or empty."""

    name: str
    label: Label
    owner: Role | None
    final: bool
    standing: str
    steps: tuple[StepLine, ...]


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage and its states, in the order of the definition."""

    label: Label
    states: tuple[StateLine, ...]


def outline(
    workflow: Workflow,
    *,
    done: Mapping[StepKey, int] | None = None,
    now: str | None = None,
    possible: Collection[str] = (),
) -> tuple[StageLine, ...]:
    """Every stage with its states and their steps; the arguments are those of ``diagram.svg``."""
    case = progress(workflow, done or {}, now, possible)
    return tuple(
        StageLine(
            stage.label,
            tuple(
                _state(workflow, name, state, case)
                for name, state in workflow.states.items()
                if state.stage == stage.code
            ),
        )
        for stage in workflow.stages
    )


def _state(workflow: Workflow, name: str, state: State, case: Progress) -> StateLine:
    steps = tuple(
        StepLine(
            (name, step.action),
            step.label,
            workflow.state(step.target).label,
            case.done.get((name, step.action), 0),
            case.step((name, step.action)) == "possible",
        )
        for step in workflow.transitions
        if name in step.source
    )
    return StateLine(name, state.label, state.owner, state.final is not None, case.standing(name), steps)
