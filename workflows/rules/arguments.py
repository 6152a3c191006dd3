"""Guards, effects and dates a definition names: known to the office, each with an argument it understands."""

from collections.abc import Callable, Iterator
from typing import Any, TypeGuard

from workflows.definition import Transition, Workflow
from workflows.reading import Place
from workflows.rules.report import Report, known
from workflows.rules.values import NAMING
from workflows.values import Named
from workflows.vocabulary import Takes

Fault = tuple[str, str, str]
"""Code, what is wrong, hint."""
Check = Callable[[Workflow, Transition, Named], Iterator[Fault]]

PARENT_ACTIONS = "actions of the parent"
_SIZES = ("companies", "zones", "anchors")


def references(report: Report) -> None:
    """WF102-WF106, WF111, WF112: every guard and effect is known and gets what it takes."""
    words = report.words
    for place, step in report.steps():
        for index, guard in enumerate(step.requires):
            at = (*place, "requires", index)
            if guard.name not in words.guards:
                report.add("WF103", at, f"unknown guard '{guard.name}'", known(words.guards, guard.name))
            else:
                _argument(report, at, step, guard)
        for key, effects in (("effects", step.effects), ("compensate", step.compensate)):
            for index, effect in enumerate(effects):
                _effect(report, (*place, key, index), step, effect)


def _effect(report: Report, place: Place, step: Transition, effect: Named) -> None:
    words = report.words
    if effect.name not in words.effects:
        report.add("WF104", place, f"unknown effect '{effect.name}'", known(words.effects, effect.name))
    elif effect.name == "mail" and effect.argument not in words.mails:
        report.add("WF104", place, f"unknown mail '{effect.argument}'", known(words.mails, str(effect.argument)))
    else:
        _argument(report, place, step, effect)


def _argument(report: Report, place: Place, step: Transition, named: Named) -> None:
    takes = report.words.arguments.get(named.name)
    if takes is None:
        return
    for code, what, hint in _faults(takes, report.workflow, step, named):
        report.add(code, place, what, hint)


def _faults(takes: Takes, flow: Workflow, step: Transition, named: Named) -> Iterator[Fault]:
    if isinstance(takes, tuple):
        if named.argument not in takes:
            yield "WF102", f"'{named.name}' does not know '{named.argument}'", known(takes, str(named.argument))
        return
    if takes not in {"nothing", "own input"} and named.argument is None:
        yield "WF102", f"'{named.name}' needs an argument", f"write {named.name}:<{takes}>"
        return
    yield from KINDS[takes](flow, step, named)


def _nothing(_: Workflow, __: Transition, named: Named) -> Iterator[Fault]:
    if named.argument is not None:
        yield "WF102", f"'{named.name}' takes no argument, not '{named.argument}'", f"write {named.name}"


def _form(flow: Workflow, _: Transition, named: Named) -> Iterator[Fault]:
    if str(named.argument) not in flow.forms:
        yield (
            "WF106",
            f"'{named.name}' names the unknown form '{named.argument}'",
            known(flow.forms, str(named.argument)),
        )


def _checklist(flow: Workflow, step: Transition, named: Named) -> Iterator[Fault]:
    form = flow.forms.get(str(named.argument))
    if form is None:
        yield from _form(flow, step, named)
    elif not any(field.type == "yes_no" for field in form.fields):
        yield "WF102", f"the form '{named.argument}' asks no yes-or-no question", "name a checklist"


def _section(flow: Workflow, _: Transition, named: Named) -> Iterator[Fault]:
    name, _dot, code = str(named.argument).partition(".")
    form = flow.forms.get(name)
    if form is None:
        yield "WF106", f"'{named.name}' names the unknown form '{name}'", known(flow.forms, name)
    elif form.section(code) is None:
        sections = [f"{name}.{section.code}" for section in form.sections]
        yield "WF102", f"the form '{name}' has no section '{code}'", known(sections, str(named.argument))


def _grid(flow: Workflow, _: Transition, named: Named) -> Iterator[Fault]:
    name, _dot, field = str(named.argument).partition(".")
    form = flow.forms.get(name)
    if form is None:
        yield "WF106", f"'{named.name}' names the unknown form '{name}'", known(flow.forms, name)
        return
    found = form.field(field)
    if found is None or found.type != "group":
        grids = [f"{name}.{one.name}" for one in form.fields if one.type == "group"]
        yield "WF102", f"the form '{name}' has no grid '{field}'", known(grids, str(named.argument))


def _field(flow: Workflow, _: Transition, named: Named) -> Iterator[Fault]:
    name, _dot, field = str(named.argument).partition(".")
    form = flow.forms.get(name)
    if form is None:
        yield "WF106", f"'{named.name}' names the unknown form '{name}'", known(flow.forms, name)
    elif form.field(field) is None:
        fields = [f"{name}.{one.name}" for one in form.fields]
        yield "WF102", f"the form '{name}' has no field '{field}'", known(fields, str(named.argument))


def _task(flow: Workflow, _: Transition, named: Named) -> Iterator[Fault]:
    tasks = {task for state in flow.states.values() for task in state.tasks}
    if named.argument not in tasks:
        yield "WF112", f"'{named.name}' names the unknown task '{named.argument}'", known(tasks, str(named.argument))


def _task_there(flow: Workflow, step: Transition, named: Named) -> Iterator[Fault]:
    """Work is opened in the state the step leads to, so that state must declare it."""
    faults = list(_task(flow, step, named))
    yield from faults
    target = flow.states.get(step.target)
    if not faults and target is not None and named.argument not in target.tasks:
        what = f"'{named.name}' opens '{named.argument}', which is no task of '{step.target}'"
        yield "WF112", what, f"declare it there, or {known(target.tasks)}"


def _action(flow: Workflow, _: Transition, named: Named) -> Iterator[Fault]:
    if named.argument not in flow.actions():
        yield (
            "WF105",
            f"'{named.name}' names the unknown action '{named.argument}'",
            known(flow.actions(), str(named.argument)),
        )


def _rounds(flow: Workflow, _: Transition, named: Named) -> Iterator[Fault]:
    wanted = named.argument if isinstance(named.argument, dict) else {}
    most = wanted.get("max")
    if set(wanted) != {"action", "max"} or not _whole(most) or most < 1:
        hint = f"write {{{named.name}: {{action: <action>, max: 2}}}}"
        yield "WF102", f"'{named.name}' takes an action and a whole number from 1", hint
    elif wanted["action"] not in flow.actions():
        what = f"'{named.name}' names the unknown action '{wanted['action']}'"
        yield "WF105", what, known(flow.actions(), str(wanted["action"]))


def _link(flow: Workflow, _: Transition, named: Named) -> Iterator[Fault]:
    if named.argument not in flow.links:
        yield "WF111", f"unknown link '{named.argument}'", known(flow.links, str(named.argument))


def _number(_: Workflow, __: Transition, named: Named) -> Iterator[Fault]:
    if not (_whole(named.argument) or str(named.argument).isdecimal()):
        yield "WF102", f"'{named.name}' takes a whole number, not '{named.argument}'", "write digits only"


def _members(_: Workflow, __: Transition, named: Named) -> Iterator[Fault]:
    wanted = named.argument
    if not isinstance(wanted, dict) or not wanted or not all(_whole(value) and value > 0 for value in wanted.values()):
        yield "WF102", f"'{named.name}' takes numbers from 1", f"write {{{named.name}: {{companies: 2}}}}"
    elif set(wanted) - set(_SIZES):
        yield "WF102", f"'{named.name}' does not count '{min(set(wanted) - set(_SIZES))}'", known(_SIZES)


def _names(_: Workflow, __: Transition, named: Named) -> Iterator[Fault]:
    if not parent_actions(named):
        yield "WF102", f"'{named.name}' takes an action or a list of actions", f"write {{{named.name}: [<action>]}}"


def parent_actions(named: Named) -> list[str]:
    """The actions an effect names; none if its argument is no name and no list of names."""
    wanted = named.argument if isinstance(named.argument, list) else [named.argument]
    return wanted if all(isinstance(name, str) for name in wanted) else []


def _mail(_: Workflow, __: Transition, ___: Named) -> Iterator[Fault]:
    """Which mails exist is asked before."""
    return iter(())


def _whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


KINDS: dict[str, Check] = {
    "nothing": _nothing,
    "form": _form,
    "checklist": _checklist,
    "form.section": _section,
    "form.grid": _grid,
    "form.field": _field,
    "task": _task,
    "task of the target": _task_there,
    "action": _action,
    "rounds": _rounds,
    "link": _link,
    "number": _number,
    "members": _members,
    PARENT_ACTIONS: _names,
    "mail": _mail,
    **NAMING,
}
"""The kinds of arguments the office's guards and effects take."""


def dates(report: Report) -> None:
    """WF110: a deadline counts from a date that exists."""
    flow, words = report.workflow, report.words
    for name, state in flow.states.items():
        anchor = state.deadline.due.anchor if state.deadline else ""
        kind, _, wanted = anchor.partition(":")
        place = ("states", name, "deadline", "due")
        if kind == "fact" and wanted not in words.facts:
            report.add("WF110", place, f"unknown date '{wanted}'", known(words.facts, wanted))
        if kind == "field":
            fields = {field.name for form in flow.forms.values() for field in form.fields if field.type == "date"}
            if wanted not in fields:
                report.add("WF110", place, f"no form asks for a date '{wanted}'", known(fields, wanted))
