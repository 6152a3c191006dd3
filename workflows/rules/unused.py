"""WF114: what a definition declares and never uses is a slip, or the rest of something that was taken out."""

import re
from collections.abc import Iterator
from typing import Any

from workflows.definition import Workflow
from workflows.rules.report import Report

_WORD = re.compile(r"[a-z][a-z0-9_]*")


def declarations(report: Report) -> None:
    """Forms, documents, stages, tasks and links that nothing in the definition names."""
    flow = report.workflow
    spoken = set(_words_of_arguments(flow))
    for index, stage in enumerate(flow.stages):
        if not any(state.stage == stage.code for state in flow.states.values()):
            report.add("WF114", ("stages", index), f"no state is in the stage '{stage.code}'", "remove it")
    for name in flow.forms:
        if name not in spoken | set(_forms(flow)):
            report.add("WF114", ("forms", name), f"nobody is asked to fill the form '{name}'", "remove it or use it")
    for name in flow.documents:
        if name not in set(_documents(flow)):
            report.add(
                "WF114", ("documents", name), f"nobody is asked for the document '{name}'", "remove it or use it"
            )
    for name, state in flow.states.items():
        for task in state.tasks:
            if task not in spoken:
                what = f"no step opens the task '{task}' or waits for it"
                report.add("WF114", ("states", name, "tasks", task), what, f"require quorum:{task}, or remove it")
    for name, link in flow.links.items():
        if name not in spoken and not (link.opened_by and link.while_in):
            hint = "say who opens it in which states, or open it by an effect"
            report.add("WF114", ("links", name), f"nothing opens the link '{name}'", hint)


def _forms(flow: Workflow) -> Iterator[str]:
    yield from (form for state in flow.states.values() for form in state.edit)
    yield from (task.form for state in flow.states.values() for task in state.tasks.values() if task.form)
    yield from (step.input for step in flow.transitions if step.input)


def _documents(flow: Workflow) -> Iterator[str]:
    yield from (field.document for form in flow.forms.values() for field in form.fields if field.document)
    yield from (name for step in flow.transitions for name in step.documents)


def _words_of_arguments(flow: Workflow) -> Iterator[str]:
    """Every word in an argument of a guard or effect: it may name a part of the definition."""
    for step in flow.transitions:
        for named in (*step.requires, *step.effects, *step.compensate):
            yield from _words(named.argument)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _WORD.findall(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (*_words(key), *_words(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
