"""Linked steps: what a step should have done to its parent or begun as a linked case, and what is missing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from backoffice.core.db import db
from backoffice.engine.spine import TRANSITION, History
from workflows.definition import Transition

PARENT, OPEN = "parent", "open_linked"
"""The effects that reach another case, as the charter names them."""

StepOf = Callable[[str, Any], Transition | None]
Wanted = tuple[str, int, str, tuple[str, ...]]
"""Reference and revision of the step, what it should have done, and the keys one of which proves it."""


def missing_links(
    step_of: StepOf, cases: Sequence[Any], histories: Mapping[int, Sequence[Any]]
) -> Iterator[tuple[str, int, str, str]]:
    """(reference, revision, code, what) of every step that reached no other case although it should have: one query."""
    wanted = [one for case in cases for row in histories.get(case.id, ()) for one in _wanted(step_of, case, row)]
    keys = {key for *_, proofs in wanted for key in proofs}
    there = set(db.session.scalars(select(History.key).where(History.key.in_(keys)))) if keys else set()
    for reference, revision, what, proofs in wanted:
        if not there.intersection(proofs):
            yield reference, revision, "linked", what


def _wanted(step_of: StepOf, case: Any, row: Any) -> Iterator[Wanted]:
    step = step_of(case.workflow, row) if row.kind == TRANSITION else None
    for effect in (*step.compensate, *step.effects) if step else ():
        if effect.name == PARENT:
            actions = [effect.argument] if isinstance(effect.argument, str) else list(effect.argument)
            proofs = tuple(f"{row.key[:100]}/{case.parent_id}/{action}" for action in actions)
            yield case.reference, row.revision, f"the parent did not take {' or '.join(actions)}", proofs
        elif effect.name == OPEN:
            proof = f"{row.key[:120]}/open/{effect.argument}"
            yield case.reference, row.revision, f"no linked case {effect.argument} was opened", (proof,)
