"""Clocks that can be trusted: who may pause one, what counts on it, and how far the law lets a date be moved."""

from collections.abc import Iterator

from workflows.definition import Deadline, Workflow
from workflows.roles import COMPANY_SIDE, Role
from workflows.rules.report import Report

Fault = tuple[str, tuple[str | int, ...], str, str]
"""Code, place, what is wrong, hint."""

_OUTSIDE = COMPANY_SIDE | {Role.BROKER, Role.OPERATOR}


def clocks(report: Report) -> None:
    """WF321, WF322."""
    for code, place, what, hint in _faults(report.workflow):
        report.add(code, place, what, hint)


def _faults(workflow: Workflow) -> Iterator[Fault]:
    counting = {state.deadline.clock for state in workflow.states.values() if state.deadline and state.deadline.clock}
    for name, state in workflow.states.items():
        place = ("states", name)
        for clock in state.pauses:
            if clock not in counting:
                known = ", ".join(sorted(counting)) or "none is known"
                yield (
                    "WF321",
                    (*place, "pauses"),
                    f"pauses the unknown clock '{clock}'",
                    f"name a deadline's clock: {known}",
                )
            elif state.owner not in _OUTSIDE:
                what = f"pauses '{clock}' although the office has the ball"
                yield "WF321", (*place, "pauses"), what, "pause a clock only while somebody outside must act"
            elif not _comes_back(workflow, name, clock):
                what = f"pauses '{clock}', but no step leads back to a state on that clock"
                yield "WF321", (*place, "pauses"), what, "add the way back, or remove the pause"
        if state.deadline is not None:
            yield from _deadline(name, state.deadline, state.pauses)


def _deadline(name: str, deadline: Deadline, pauses: tuple[str, ...]) -> Iterator[Fault]:
    place = ("states", name, "deadline")
    if deadline.clock is not None and deadline.due.anchor != "entry":
        what = f"counts on the clock '{deadline.clock}' and from '{deadline.due.anchor}' at once"
        yield "WF321", (*place, "clock"), what, "write a bare length such as 7d: a clock counts from its own start"
    if deadline.clock in pauses:
        yield "WF321", (*place, "clock"), f"counts on and pauses '{deadline.clock}' at once", "keep one of the two"
    if deadline.extendable is not None and deadline.basis is None:
        what = "says how far it may be extended, but names no law"
        yield "WF322", (*place, "extendable"), what, "add basis, or remove it: other deadlines may always be moved"
    if deadline.extendable is not None and deadline.extendable.count <= 0:
        yield "WF322", (*place, "extendable"), "extends by nothing", "write a positive length such as 15d"


def _comes_back(workflow: Workflow, state: str, clock: str) -> bool:
    """Whether a step leads from here to a state on the clock, or to another one that pauses it."""
    targets = {step.target for step in workflow.transitions if state in step.source and step.target in workflow.states}
    for target in targets - {state}:
        there = workflow.states[target]
        if clock in there.pauses or (there.deadline is not None and there.deadline.clock == clock):
            return True
    return False
