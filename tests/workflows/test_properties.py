"""What holds for every definition, every state and every crowd of people: the simulation and the machine agree."""

from collections.abc import Sequence
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from workflows import catalogue
from workflows.definition import Workflow
from workflows.duties import Deed
from workflows.machine import CompiledWorkflow, NotFromHere
from workflows.roles import Role
from workflows.simulation import Facts, Possible, simulate

WORKFLOWS = [loaded.workflow for loaded in catalogue.shipped().values()]
NAMES = {f"{one.workflow}@{one.version}": one for one in WORKFLOWS}
PEOPLE = ("kim", "lee", "park", "choi")

names = st.sampled_from(sorted(NAMES))
roles = st.lists(st.sampled_from(list(Role)), min_size=1, max_size=4, unique=True)
seeds = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(list(Role)), st.integers(0, 50)), max_size=40)


@cache
def compiled(name: str) -> CompiledWorkflow:
    return CompiledWorkflow(NAMES[name], name)


def guards(workflow: Workflow) -> list[str]:
    return sorted({guard.name for step in workflow.transitions for guard in step.requires})


def open_ones(workflow: Workflow, state: str, held: Sequence[Role], facts: Facts) -> dict[str, Possible]:
    return {one.action: one for one in simulate(workflow, state, held, facts) if one.ok}


@settings(deadline=None)
@given(names, st.integers(0, 200), roles)
def test_what_is_open_to_a_role_is_what_the_machine_does_from_there(name: str, pick: int, held: list[Role]) -> None:
    workflow, machine = NAMES[name], compiled(name)
    state = sorted(workflow.states)[pick % len(workflow.states)]
    found = open_ones(workflow, state, held, Facts(person="newcomer"))
    allowed = {step.action for step in machine.steps_from(state) if set(step.by) & set(held)}
    assert set(found) == allowed
    for action, one in found.items():
        assert machine.fire(state, action) == one.step.target
        assert one.role in held


@settings(deadline=None)
@given(names, st.integers(0, 200))
def test_everybody_together_with_every_guard_open_can_do_what_the_machine_can(name: str, pick: int) -> None:
    workflow, machine = NAMES[name], compiled(name)
    state = sorted(workflow.states)[pick % len(workflow.states)]
    for one in simulate(workflow, state, list(Role), Facts(person="newcomer")):
        try:
            assert one.ok == (machine.fire(state, one.action) in workflow.states)
        except NotFromHere:
            assert not one.from_here


@settings(deadline=None)
@given(names, st.integers(0, 200), roles, st.data())
def test_closing_more_guards_never_opens_a_step(name: str, pick: int, held: list[Role], data: st.DataObject) -> None:
    workflow = NAMES[name]
    state = sorted(workflow.states)[pick % len(workflow.states)]
    few = data.draw(st.frozensets(st.sampled_from(guards(workflow)), max_size=5))
    more = few | data.draw(st.frozensets(st.sampled_from(guards(workflow)), max_size=5))
    wide, narrow = (open_ones(workflow, state, held, Facts(closed)) for closed in (few, more))
    assert set(narrow) <= set(wide)
    assert not any({guard.name for guard in one.step.requires} & more for one in narrow.values())


def since_entering(history: Sequence[Deed], state: str) -> list[Deed]:
    """What was done since the case last came into a state."""
    entered = [index for index, deed in enumerate(history) if deed.complete and deed.target == state != deed.source]
    return list(history[entered[-1] + 1 if entered else 0 :])


@settings(deadline=None)
@given(names, seeds)
def test_random_walks_stay_in_declared_states_and_keep_every_duty(
    name: str, choices: list[tuple[str, Role, int]]
) -> None:
    workflow, machine = NAMES[name], compiled(name)
    state, history = workflow.initial, list[Deed]()
    for person, role, pick in choices:
        found = list(open_ones(workflow, state, [role], Facts(history=tuple(history), person=person)).values())
        if not found:
            continue
        one = found[pick % len(found)]
        step, given = one.step, [deed for deed in since_entering(history, state) if deed.action == one.action]
        for other in step.separate_from:
            taken = [deed for deed in history if deed.action == other and deed.complete]
            assert not taken or taken[-1].person != person
        if step.approvals is not None:
            assert person not in {deed.person for deed in given if not deed.complete}
        if step.approvals is not None and one.completes:
            assert len({deed.person for deed in given} | {person}) >= step.approvals.n
            assert {deed.role for deed in given} | {role} >= set(step.approvals.distinct_roles)
        target = machine.fire(state, one.action) if one.completes else state
        history.append(Deed(one.action, state, target, role, person, complete=one.completes))
        state = target
        assert state in workflow.states
    assert (workflow.states[state].final is None) or not open_ones(workflow, state, list(Role), Facts())
