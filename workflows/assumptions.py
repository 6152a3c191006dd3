"""The facts file of a simulation: which guards say no, what was done before, and who is asking."""

from pydantic import Field

from workflows.definition import Workflow
from workflows.duties import Deed, approvals_given, completes
from workflows.loader import DefinitionError, Finding, load_as
from workflows.reading import Lines, line_of
from workflows.scenarios import ActorText
from workflows.simulation import Facts, says_no
from workflows.values import Frozen, Name


class Done(Frozen):
    """One earlier step: ``{action: order_payment, by: finance, person: kim}`` or ``by: finance/kim``."""

    action: Name
    by: ActorText
    person: str | None = Field(default=None, min_length=1, max_length=40)


class FactsFile(Frozen):
    """YAML or JSON. Every key may be left out."""

    closed: tuple[str, ...] = ()
    history: tuple[Done, ...] = ()
    person: str | None = Field(default=None, min_length=1, max_length=40)


def facts_from(raw: bytes, file: str, workflow: Workflow) -> Facts:
    """Read facts about an imagined case of a workflow. Raises DefinitionError."""
    content, lines, _ = load_as(FactsFile, raw, file)
    findings = _unknown(content, lines, file, workflow)
    if findings:
        raise DefinitionError(tuple(findings))
    return Facts(frozenset(content.closed), _deeds(content, workflow), content.person)


def _unknown(content: FactsFile, lines: Lines, file: str, workflow: Workflow) -> list[Finding]:
    guards = [guard for step in workflow.transitions for guard in step.requires]
    names, actions = sorted({guard.name for guard in guards}), workflow.actions()
    found = []
    for index, name in enumerate(content.closed):
        if not any(says_no(guard, frozenset({name})) for guard in guards):
            line, hint = line_of(lines, ("closed", index)), f"use one of: {', '.join(names)}"
            found.append(Finding(file, line, "WF503", f"closed.{index}", f"no step requires the guard '{name}'", hint))
    for index, done in enumerate(content.history):
        steps = [step for step in workflow.transitions if step.action == done.action]
        line, place = line_of(lines, ("history", index)), f"history.{index}"
        if not steps:
            what, hint = f"unknown action '{done.action}'", f"use one of: {', '.join(actions)}"
            found.append(Finding(file, line, "WF503", place, what, hint))
        elif not any(done.by.role in step.by for step in steps):
            what = f"'{done.by.role}' may not take '{done.action}'"
            hint = f"use one of: {', '.join(role for step in steps for role in step.by)}"
            found.append(Finding(file, line, "WF503", place, what, hint))
    return found


def _deeds(content: FactsFile, workflow: Workflow) -> tuple[Deed, ...]:
    """The history as it would have been written: each step from where the one before led, if it starts there."""
    deeds: list[Deed] = []
    state = workflow.initial
    for done in content.history:
        steps = [step for step in workflow.transitions if step.action == done.action]
        step = next((step for step in steps if state in step.source), steps[0])
        source = state if state in step.source else step.source[0]
        given = approvals_given(step, deeds, source)
        complete = completes(step, given, done.by.role)
        state = step.target if complete else source
        person = done.person or done.by.person
        deeds.append(Deed(done.action, source, state, done.by.role, person, complete=complete))
    return tuple(deeds)
