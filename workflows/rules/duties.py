"""Duties that people can really keep: separation, approvals, quorums, and the outcomes a funded case owes."""

from collections.abc import Iterable

from workflows.definition import Transition
from workflows.graph import edges_of, reachable
from workflows.reading import Place
from workflows.roles import COMPANY_SIDE, Role
from workflows.rules.report import Report, known

_ONE_PERSON = COMPANY_SIDE | {Role.CHAIR, Role.BROKER, Role.OPERATOR}
"""Roles that one person may hold alone on a case: its chair, or the only account of a small company."""


def separation(report: Report) -> None:
    """WF308: somebody else exists who can take the step, and there is something to be separated from."""
    for place, step in report.steps():
        if not step.separate_from:
            continue
        at = (*place, "separate_from")
        if set(step.by) == {Role.SYSTEM}:
            report.add("WF308", at, "the system cannot be separated from anybody", "remove it")
            continue
        for index, name in enumerate(step.separate_from):
            _apart(report, (*at, index), step, name)


def _apart(report: Report, place: Place, step: Transition, name: str) -> None:
    earlier = [other for other in report.workflow.transitions if other.action == name]
    if not earlier:
        return
    takers = {role for other in earlier for role in other.by}
    if name == step.action:
        what = f"'{name}' is separated from itself: nobody could take it a second time"
        report.add("WF308", place, what, "use approvals for several people in one step")
    elif set(step.by) == takers and len(takers) == 1 and takers <= _ONE_PERSON:
        what = f"'{name}' and '{step.action}' are both taken by '{min(takers)}', who may be one person"
        report.add("WF308", place, what, "name another role in 'by'")
    elif takers == {Role.SYSTEM}:
        report.add("WF308", place, f"'{name}' is taken by the system, never by a person", "remove it")
    elif report.states_are_known() and not _may_follow(report, step, earlier):
        what = f"'{name}' never comes before '{step.action}', so nobody is kept apart"
        report.add("WF308", place, what, "name the step that leads here")


def _may_follow(report: Report, step: Transition, earlier: Iterable[Transition]) -> bool:
    after = reachable(edges_of(report.workflow), [other.target for other in earlier])
    return bool(after & set(step.source))


def approvals(report: Report) -> None:
    """WF309: the approvals a step asks for can be given, by the people it names."""
    for place, step in report.steps():
        if step.approvals is None:
            continue
        at, wanted, n = (*place, "approvals"), set(step.approvals.distinct_roles), step.approvals.n
        people = set(step.by) - {Role.SYSTEM}
        if not people:
            report.add("WF309", at, "the system cannot approve", "name people in 'by'")
        elif wanted - people:
            what = f"approval by {', '.join(sorted(wanted - people))}, who may not take '{step.action}'"
            report.add("WF309", at, what, "add the role to 'by'")
        elif len(wanted) == 1:
            report.add("WF309", at, "one role is not distinct from any other", "name the second role, or none")
        elif len(wanted) > n:
            report.add("WF309", at, "asks for more roles than approvals", "raise n")
        elif len(wanted) == n and people - wanted:
            what = f"'{min(people - wanted)}' may take '{step.action}', but no approval of theirs ever counts"
            report.add("WF309", at, what, "remove the role from 'by', or raise n")
        elif Role.SYSTEM in step.by:
            report.add("WF309", at, "the system cannot approve", "remove system from 'by'")


def quorums(report: Report) -> None:
    """WF310: as many people are asked as must answer."""
    for name, state in report.workflow.states.items():
        for task_name, task in state.tasks.items():
            place = ("states", name, "tasks", task_name, "quorum")
            wanted = task.quorum.submitted
            if isinstance(wanted, int) and task.count is not None and wanted > task.count:
                what = f"wants {wanted} sheets of {task.count} people"
                report.add("WF310", place, what, "lower the quorum or raise the count")
            elif isinstance(wanted, int) and wanted < 1:
                report.add("WF310", place, f"is met by {wanted} sheets", "ask for at least one")
            if task.quorum.min_score_avg is not None and task.assign == "organizations":
                report.add("WF310", place, "wants a score of organizations, who sign and do not score", "remove it")


def outcomes(report: Report) -> None:
    """WF311: a funded case does not end well before its outcomes are reported."""
    flow, words = report.workflow, report.words
    if flow.funding_scheme == "none" or not words.outcome_guards:
        return
    for place, step in report.steps():
        target = flow.states.get(step.target)
        if target is None or target.final != "success":
            continue
        if not any(guard.name in words.outcome_guards for guard in step.requires):
            what = f"'{step.action}' ends a funded case without its outcome reports"
            report.add("WF311", place, what, known(words.outcome_guards))
