"""What reaches from one workflow into another: links that can be opened, and steps taken on the parent."""

from workflows.definition import Transition, Workflow
from workflows.reading import Place
from workflows.rules.arguments import PARENT_ACTIONS, parent_actions
from workflows.rules.report import Report, known
from workflows.values import Named


def links(report: Report) -> None:
    """WF111, WF320: a link names another workflow, and people can open it in time."""
    flow, words = report.workflow, report.words
    for name, link in flow.links.items():
        place = ("links", name)
        if words.workflows and link.workflow not in words.workflows:
            report.add(
                "WF111",
                (*place, "workflow"),
                f"unknown workflow '{link.workflow}'",
                known(words.workflows, link.workflow),
            )
        if link.workflow == flow.workflow:
            what = "links the workflow to itself: a case could have a case of its own kind without end"
            report.add("WF320", (*place, "workflow"), what, "name another workflow")
        if link.within is not None and link.within.anchor != "entry":
            what = "counts from the day the case came into its state, and from nothing else"
            report.add("WF320", (*place, "within"), what, "write a length such as 10d")
        elif link.within is not None and link.within.length.count <= 0:
            report.add("WF320", (*place, "within"), "leaves no time to open it", "write a length such as 10d")
        if link.within is not None and not link.opened_by:
            report.add("WF320", (*place, "within"), "gives a time to people who cannot open it", "name opened_by")


def parents(report: Report) -> None:
    """WF319: what a case does to its parent is a step there, which the same person may take with what they typed."""
    flow, words = report.workflow, report.words
    above = [one for one in words.others.values() if any(link.workflow == flow.workflow for link in one.links.values())]
    for place, step in report.steps():
        for index, effect in enumerate(step.effects):
            if words.arguments.get(effect.name) == PARENT_ACTIONS and words.others:
                _on_parent(report, (*place, "effects", index), step, effect, above=above)


def _on_parent(report: Report, place: Place, step: Transition, effect: Named, *, above: list[Workflow]) -> None:
    if not above:
        report.add("WF319", place, "has no parent: no workflow links to this one", "declare the link there")
        return
    for name in parent_actions(effect):
        there = [(one, other) for one in above for other in one.transitions if other.action == name]
        if not there:
            actions = {action for one in above for action in one.actions()}
            report.add("WF319", place, f"no workflow that links here has a step '{name}'", known(actions, name))
        elif not any(set(other.by) & set(step.by) for _, other in there):
            roles = sorted({role for _, other in there for role in other.by})
            what = f"nobody who may take '{step.action}' may take '{name}' on the parent"
            report.add("WF319", place, what, f"add one of {', '.join(roles)} to 'by'")
        elif all(_asks_more(report, step, one, other) for one, other in there):
            what = f"'{name}' of the parent asks for more than is typed for '{step.action}'"
            report.add("WF319", place, what, "ask for the same fields here")


def _asks_more(report: Report, step: Transition, parent: Workflow, other: Transition) -> bool:
    """Whether the parent's step requires an answer that nobody gives here."""
    asked, given = parent.forms.get(other.input or ""), report.workflow.forms.get(step.input or "")
    wanted = {field.name for field in asked.fields if field.required} if asked else set()
    return bool(wanted - ({field.name for field in given.fields} if given else set()))
