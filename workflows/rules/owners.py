"""Whose turn it is: every open state has an owner who can do something, and nobody acts who may only look."""

from workflows.definition import Workflow
from workflows.roles import READ_ONLY, Role
from workflows.rules.report import Report


def states(report: Report) -> None:
    """WF301, WF302, WF305: open states have an owner who can act, final ones have nothing left to do."""
    for name, state in report.workflow.states.items():
        place = ("states", name)
        if state.final:
            if state.owner or state.deadline or state.edit or state.tasks:
                what = "is final but has an owner, a deadline, a form to fill or a task"
                report.add("WF305", place, what, "nothing is left to do in a final state")
            continue
        if state.owner is None:
            report.add("WF301", place, "has no owner", "say whose turn it is: owner: <role>")
        elif state.owner in READ_ONLY or state.owner is Role.SYSTEM:
            report.add(
                "WF301", (*place, "owner"), f"is owned by '{state.owner}', who never acts", "name a role that acts"
            )
        elif not _has_something_to_do(report.workflow, name, state.owner):
            hint = f"give {state.owner} an action here, or name another owner"
            report.add("WF302", (*place, "owner"), f"its owner '{state.owner}' cannot take any step here", hint)


def _has_something_to_do(flow: Workflow, state: str, role: Role) -> bool:
    """Whether a role can take a step here or open a linked case, such as an objection."""
    steps = any(state in step.source and role in step.by for step in flow.transitions)
    return steps or any(state in link.while_in and role in link.opened_by for link in flow.links.values())


def writers(report: Report) -> None:
    """WF323: whoever a page of a form is left to fills that form in some state."""
    flow = report.workflow
    for name, form in flow.forms.items():
        filling = {role for state in flow.states.values() for role in state.edit.get(name, ())}
        for number, section in enumerate(form.sections):
            for index, role in enumerate(section.by):
                if role not in filling:
                    hint = f"let {role} fill '{name}' in a state ('edit'), or leave the page to somebody who does"
                    place = ("forms", name, "sections", number, "by", index)
                    report.add(
                        "WF323", place, f"page '{section.code}' is left to '{role}', who never fills the form", hint
                    )


def actors(report: Report) -> None:
    """WF306, WF307: every step has somebody to take it, and nobody acts who may only look."""
    flow = report.workflow
    for place, step in report.steps():
        for index, role in enumerate(step.by):
            if role in READ_ONLY:
                report.add("WF306", (*place, "by", index), f"'{role}' may look but never act", "remove it")
        if not step.by:
            report.add("WF307", (*place, "by"), f"nobody may take '{step.action}'", "name at least one role in 'by'")
    for name, state in flow.states.items():
        for form, roles in state.edit.items():
            for role in set(roles) & (READ_ONLY | {Role.SYSTEM}):
                report.add("WF306", ("states", name, "edit", form), f"'{role}' never fills a form", "remove it")
    for name, link in flow.links.items():
        for role in set(link.opened_by) & (READ_ONLY | {Role.SYSTEM}):
            report.add("WF306", ("links", name, "opened_by"), f"'{role}' never opens a case", "remove it")
