"""Deadlines that work: there is one, it can be met, somebody is told in time, and the law's are the law's."""

from workflows.definition import Deadline
from workflows.durations import Length, Unit
from workflows.reading import Place
from workflows.roles import COMPANY_SIDE, READ_ONLY, Role
from workflows.rules.report import Report
from workflows.vocabulary import answers_to

_DAYS = {Unit.DAYS: 1.0, Unit.BUSINESS_DAYS: 1.4, Unit.MONTHS: 30.0}
"""Roughly how many days a unit has: enough to compare a reminder with a deadline."""


def deadlines(report: Report) -> None:
    """WF303, WF312-WF316."""
    settings: dict[str, Length] = {}
    for name, state in report.workflow.states.items():
        place: Place = ("states", name)
        if state.final:
            continue
        if state.deadline is None:
            if state.no_deadline is None:
                report.add("WF303", place, "has no deadline", "write deadline: {due: ...} or no_deadline: <why>")
            continue
        if state.no_deadline is not None:
            report.add(
                "WF303", (*place, "no_deadline"), "has a deadline and says why it has none", "keep one of the two"
            )
        at = (*place, "deadline")
        _length(report, at, state.deadline)
        _escalation(report, at, state.deadline, state.owner)
        _setting(report, at, state.deadline, settings)


def _length(report: Report, place: Place, deadline: Deadline) -> None:
    due = deadline.due
    counted = due.anchor == "entry"
    if counted and due.length.count <= 0:
        report.add("WF315", (*place, "due"), "is over as soon as the state is entered", "write a length such as 7d")
        return
    for index, before in enumerate(deadline.remind):
        at = (*place, "remind", index)
        if before.count > 0:
            report.add(
                "WF312", at, f"reminds {before.count}{before.unit} too late", f"write -{before.count}{before.unit}"
            )
        elif counted and -before.count * _DAYS[before.unit] >= due.length.count * _DAYS[due.length.unit]:
            what = f"reminds {-before.count}{before.unit} before a deadline of {due.length.count}{due.length.unit}"
            report.add("WF312", at, what, "remind later, or give more time")


def _escalation(report: Report, place: Place, deadline: Deadline, owner: Role | None) -> None:
    to, at = deadline.escalate_to, (*place, "escalate_to")
    if to is None:
        return
    if to is owner:
        report.add("WF313", at, f"escalates to its own owner '{to}'", "name somebody who can help")
    elif to in READ_ONLY or to is Role.SYSTEM:
        report.add("WF313", at, f"escalates to '{to}', who never acts", "name somebody who can help")
    elif to in COMPANY_SIDE and owner not in COMPANY_SIDE:
        report.add("WF313", at, f"tells the company that '{owner}' is late", "name a role of the foundation")


def _setting(report: Report, place: Place, deadline: Deadline, settings: dict[str, Length]) -> None:
    if deadline.setting is None:
        return
    at = (*place, "setting")
    if deadline.basis is not None:
        what = f"is set by law ({deadline.basis}) and by the call ('{deadline.setting}')"
        report.add("WF314", at, what, "remove setting, or basis if the law leaves the length open")
    if settings.setdefault(deadline.setting, deadline.due.length) != deadline.due.length:
        what = f"'{deadline.setting}' already sets a deadline of another length"
        report.add("WF316", at, what, "give each deadline a setting of its own")


def breaches(report: Report) -> None:
    """WF304: the system can really take the step when the time is up."""
    flow, words = report.workflow, report.words
    for name, state in flow.states.items():
        breach = state.deadline.on_breach if state.deadline else None
        if breach is None or breach not in flow.actions():
            continue
        step = next((step for step in flow.transitions if step.action == breach and name in step.source), None)
        place = ("states", name, "deadline", "on_breach")
        if step is None:
            report.add("WF304", place, f"'{breach}' does not start in this state", "name a step that starts here")
        elif Role.SYSTEM not in step.by:
            report.add("WF304", place, f"'{breach}' is no step of the system", "add system to its 'by'")
        elif step.input is not None:
            report.add("WF304", place, f"'{breach}' asks for input, which the system cannot give", "remove its input")
        elif step.approvals is not None:
            report.add("WF304", place, f"'{breach}' waits for approvals, which the system cannot give", "remove them")
        else:
            never = {other for pair in words.opposites if pair & words.overdue for other in pair - words.overdue}
            for guard in step.requires:
                if answers_to(guard, frozenset(never)):
                    what = f"'{breach}' asks for '{guard}', which no longer holds when the time is up"
                    report.add("WF304", place, what, "remove that guard")
