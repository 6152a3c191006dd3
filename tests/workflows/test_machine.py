"""The compiled machine: same answers as the plain library, and no way around the declared steps."""

import itertools

import pytest
from transitions import Machine, MachineError

from workflows import catalogue
from workflows.machine import CompiledWorkflow, NotFromHere, Token, UnknownAction

LOADED = list(catalogue.shipped().values())


@pytest.mark.parametrize("loaded", LOADED, ids=lambda loaded: loaded.workflow.workflow)
def test_the_fast_machine_agrees_with_the_plain_library_on_every_pair(loaded) -> None:  # type: ignore[no-untyped-def]
    workflow = loaded.workflow
    compiled = CompiledWorkflow(workflow, loaded.digest)
    plain = Machine(
        model=None, states=list(workflow.states), initial=workflow.initial, auto_transitions=False, send_event=True,
        transitions=[
            {"trigger": step.action, "source": source, "dest": step.target}
            for step in workflow.transitions for source in step.source
        ],
    )  # fmt: skip
    for state, action in itertools.product(workflow.states, workflow.actions()):
        token = Token(state)
        try:
            plain.events[action].trigger(token)
            expected: str | None = token.state
        except MachineError:
            expected = None
        try:
            found: str | None = compiled.fire(state, action)
        except NotFromHere:
            found = None
        assert found == expected


@pytest.mark.parametrize("loaded", LOADED, ids=lambda loaded: loaded.workflow.workflow)
def test_every_declared_step_leads_where_it_says(loaded) -> None:  # type: ignore[no-untyped-def]
    compiled = CompiledWorkflow(loaded.workflow, loaded.digest)
    for step in loaded.workflow.transitions:
        for source in step.source:
            assert compiled.fire(source, step.action) == step.target
            assert step in compiled.steps_from(source)


def test_there_is_no_automatic_way_into_a_state() -> None:
    compiled = CompiledWorkflow(LOADED[0].workflow, LOADED[0].digest)
    for state in LOADED[0].workflow.states:
        with pytest.raises(UnknownAction):
            compiled.fire(LOADED[0].workflow.initial, f"to_{state}")
