"""Undo and bulk where they are safe: what cannot be taken back, and what differs from case to case."""

from workflows.reading import Place
from workflows.roles import Role
from workflows.rules.report import Report

_DIFFERS = frozenset({"money", "files", "group", "business_number", "indicators"})
"""Types of answers that belong to one case and can never be the same for all."""


def undo(report: Report) -> None:
    """WF317: a step is taken back as if it had not happened, so nothing of it may last."""
    for place, step in report.steps():
        if not step.undo:
            continue
        at = (*place, "undo")
        done = (*step.effects, *step.compensate)
        lasting = [effect.name for effect in done if effect.name not in report.words.reversible]
        target = report.workflow.states.get(step.target)
        if lasting:
            what = f"'{step.action}' cannot be taken back: '{lasting[0]}' lasts"
            report.add("WF317", at, what, "remove undo, or write a step that corrects it")
        elif step.approvals is not None:
            what = f"'{step.action}' is taken by several people, and one cannot undo it for all"
            report.add("WF317", at, what, "remove undo")
        elif set(step.by) == {Role.SYSTEM}:
            report.add("WF317", at, f"the system takes '{step.action}' and never takes it back", "remove undo")
        elif target is not None and target.final is not None:
            report.add("WF317", at, f"'{step.action}' ends the case, and an end is not undone", "remove undo")


def bulk(report: Report) -> None:
    """WF318: one click on a hundred cases asks for nothing that belongs to one case."""
    for place, step in report.steps():
        if step.bulk:
            _same_for_all(report, (*place, "bulk"), step.input, step.action)
        if step.bulk and set(step.by) == {Role.SYSTEM}:
            report.add("WF318", (*place, "bulk"), "the system does not choose rows on a page", "remove bulk")
        if step.bulk and step.documents:
            report.add("WF318", (*place, "bulk"), "the documents differ from case to case", "remove bulk")


def _same_for_all(report: Report, place: Place, form: str | None, action: str) -> None:
    asked = report.workflow.forms.get(form or "")
    own = [field for field in asked.fields if field.type in _DIFFERS] if asked else []
    if own:
        what = f"'{action}' asks for '{own[0].name}', which differs from case to case"
        report.add("WF318", place, what, "remove bulk, or leave that question out")
