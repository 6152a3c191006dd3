"""Names a definition gives and uses: states, stages, actions, roles, reserved words, and the workflow's own code."""

import keyword
import re
from collections.abc import Sequence

from workflows.reading import Place
from workflows.rules.report import Report, known

_RESERVED = re.compile(r"^(to_|is_|may_).+|^(trigger|state|machine|model|create|migrate|undo|move_deadline)$")


def states(report: Report) -> None:
    """WF101, WF108: every state and stage that is named exists."""
    flow = report.workflow
    found, stages = set(flow.states), {stage.code for stage in flow.stages}
    if flow.initial not in found:
        report.add("WF101", ("initial",), f"unknown state '{flow.initial}'", known(found, flow.initial))
    for name, state in flow.states.items():
        if state.stage not in stages:
            report.add("WF108", ("states", name, "stage"), f"unknown stage '{state.stage}'", known(stages, state.stage))
    for place, step in report.steps():
        for index, name in enumerate(step.source):
            if name not in found:
                what = f"'{step.action}' starts in the unknown state '{name}'"
                report.add("WF101", (*place, "from", index), what, known(found, name))
        if step.target not in found:
            what = f"'{step.action}' leads to the unknown state '{step.target}'"
            report.add("WF101", (*place, "to"), what, known(found, step.target))
    for link_name, link in flow.links.items():
        for index, name in enumerate(link.while_in):
            if name not in found:
                place = ("links", link_name, "while_in", index)
                report.add("WF101", place, f"unknown state '{name}'", known(found, name))


def actions(report: Report) -> None:
    """WF105, WF106, WF107: every action, form and document that a step names exists."""
    flow, found = report.workflow, set(report.workflow.actions())
    for place, step in report.steps():
        for index, name in enumerate(step.separate_from):
            if name not in found:
                report.add("WF105", (*place, "separate_from", index), f"unknown action '{name}'", known(found, name))
        if step.input is not None and step.input not in flow.forms:
            report.add("WF106", (*place, "input"), f"unknown form '{step.input}'", known(flow.forms, step.input))
        for index, name in enumerate(step.documents):
            if name not in flow.documents:
                report.add(
                    "WF107", (*place, "documents", index), f"unknown document '{name}'", known(flow.documents, name)
                )
    for name, state in flow.states.items():
        breach = state.deadline.on_breach if state.deadline else None
        if breach is not None and breach not in found:
            place = ("states", name, "deadline", "on_breach")
            report.add("WF105", place, f"unknown breach action '{breach}'", known(found, breach))


def reserved(report: Report) -> None:
    """WF109: an action is a verb of its own, no keyword, no state and none of the engine's words."""
    for place, step in report.steps():
        if keyword.iskeyword(step.action) or _RESERVED.match(step.action) or step.action in report.workflow.states:
            hint = "choose a verb that is no keyword, no state's name and does not start with to_, is_ or may_"
            report.add("WF109", (*place, "action"), f"'{step.action}' is a reserved name", hint)


def own_code(report: Report) -> None:
    """WF116: case numbers carry the code, so no two programs may share one."""
    flow = report.workflow
    for other in report.words.others.values():
        if other.code == flow.code and other.workflow != flow.workflow:
            report.add("WF116", ("code",), f"'{flow.code}' is the code of {other.workflow}", "choose another code")


def repetitions(report: Report) -> None:
    """WF115: what is listed twice is a slip: a second guard asks nothing new, a second mail annoys."""
    flow = report.workflow
    _twice(report, [stage.code for stage in flow.stages], ("stages",))
    for name, state in flow.states.items():
        _twice(report, list(state.tags), ("states", name, "tags"))
        for form, roles in state.edit.items():
            _twice(report, list(roles), ("states", name, "edit", form))
        if state.deadline is not None:
            lengths = [f"{length.count}{length.unit}" for length in state.deadline.remind]
            _twice(report, lengths, ("states", name, "deadline", "remind"))
    for place, step in report.steps():
        _twice(report, list(step.by), (*place, "by"))
        _twice(report, list(step.separate_from), (*place, "separate_from"))
        _twice(report, [str(guard) for guard in step.requires], (*place, "requires"))
        _twice(report, [str(effect) for effect in step.effects], (*place, "effects"))
        if step.approvals is not None:
            _twice(report, list(step.approvals.distinct_roles), (*place, "approvals", "distinct_roles"))
    for name, link in flow.links.items():
        _twice(report, list(link.opened_by), ("links", name, "opened_by"))
        _twice(report, list(link.while_in), ("links", name, "while_in"))


def _twice(report: Report, items: Sequence[str], place: Place) -> None:
    for index, item in enumerate(items):
        if item in items[:index]:
            report.add("WF115", (*place, index), f"'{item}' is listed twice", "keep one of the two")
