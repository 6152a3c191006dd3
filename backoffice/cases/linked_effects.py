"""Effects of a case on those that hang on it: what happens to an event reaches its guests."""

from collections.abc import Mapping
from typing import Any

from backoffice.cases import queries
from backoffice.engine.values import Happening
from workflows.machine import NotFromHere, UnknownAction


def act_on_linked(happening: Happening, wanted: Mapping[str, Any]) -> None:
    """``{link: guests, actions: [call_off, lapse]}``: on every case of the link, the first step that starts where it rests.

    A case that rests where none of them starts is left alone. The office itself takes the steps: a member of staff may
    decide about the event without a role on each guest's case.
    """
    engine, workflow = happening.engine, happening.definition.links[wanted["link"]].workflow
    for row in queries.linked(happening.subject.id):
        if row.workflow != workflow or row.final is not None:
            continue
        compiled = engine.definitions.get(row.workflow, row.workflow_version)
        for action in wanted["actions"]:
            try:
                step = compiled.step(row.state, action)
            except (NotFromHere, UnknownAction):
                continue
            form = compiled.workflow.forms[step.input] if step.input is not None else None
            given = (
                {field.name: happening.input[field.name] for field in form.fields if field.name in happening.input}
                if form
                else None
            )
            happening.let_system(row.id, action, input=given)
            break
