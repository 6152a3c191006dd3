"""engine.actions100: which steps a person could take on a hundred rows, against bare dict lookups.

Ours is ``verdicts.offered``, the function behind every list of actions: from a case's scope and a person's grants it
finds the roles they hold there, and from the compiled workflow every action of these roles, with the role and whether
it starts here. The other side is one bare lookup in ``{(state, action): step}`` per row and action of the workflow: what
the simplest program that knows nothing of roles would do. Guards are left out: their facts are read for the whole page
and each costs what it computes. The rows rest in every state of the joint planning program in turn.
"""

import statistics
from collections.abc import Callable
from datetime import timedelta

from backoffice.access.actors import Actor, CaseScope, Grant
from backoffice.core import clock
from backoffice.engine.values import Subject
from backoffice.engine.verdicts import offered
from tests.bench.benchmark import Benchmark, duration
from workflows import catalogue
from workflows.machine import CompiledWorkflow
from workflows.roles import Role

ROWS, ROUNDS, TRIES = 100, 100, 5
WORKFLOW = "joint_rbd_planning"
PERSON = Actor(7, "담당자", "", grants=(Grant(Role.ZONE_STAFF, zone_id=3), Grant(Role.FINANCE)))


def benchmarks() -> tuple[Benchmark, ...]:
    return (Benchmark("engine.actions100", 3.0, "×", "at most", times_a_lookup),)


def times_a_lookup() -> float:
    """How many times as long as the bare lookups: the fastest of a few tries each, in turn; the median of the rounds."""
    loaded = catalogue.shipped()[WORKFLOW, 1]
    compiled = CompiledWorkflow(loaded.workflow, loaded.digest)
    steps = {(source, step.action): step for step in compiled.workflow.transitions for source in step.source}
    actions, rows = compiled.workflow.actions(), _rows(list(compiled.workflow.states))

    def ours() -> list[set[str]]:
        return [{step.action for step, _, here in offered(compiled, row, PERSON) if here} for row in rows]

    def bare() -> list[set[str]]:
        return [{action for action in actions if steps.get((row.state, action)) is not None} for row in rows]

    _check(ours(), bare(), steps=steps, rows=rows)
    return statistics.median(_fastest(ours) / _fastest(bare) for _ in range(ROUNDS))


def _rows(states: list[str]) -> list[Subject]:
    since = clock.now() - timedelta(days=1)
    return [
        Subject(
            number, f"2026-RBD-01-{number:04d}", WORKFLOW, 1, states[number % len(states)], 1, since, None, 1, None, "",
            2026, "", 0, CaseScope(number, frozenset({3, 4}), 1, frozenset({1, 2})),
        )
        for number in range(ROWS)
    ]  # fmt: skip


def _check(ours: list[set[str]], bare: list[set[str]], *, steps: dict, rows: list[Subject]) -> None:  # type: ignore[type-arg]
    """Ours is what the lookups find, less what these roles may not do. Raises AssertionError otherwise."""
    held = set(PERSON.roles)
    for row, mine, all_ in zip(rows, ours, bare, strict=True):
        assert mine == {action for action in all_ if held & set(steps[row.state, action].by)}


def _fastest(block: Callable[[], object]) -> float:
    return min(duration(block) for _ in range(TRIES))
