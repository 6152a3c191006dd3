"""Separation of duties and approvals as pure questions to what was done before; nobody stands above them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workflows.definition import Transition
from workflows.roles import Role


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing somebody did: a step taken, or one of the approvals a step waits for."""

    action: str
    source: str
    target: str
    role: Role
    person: str
    complete: bool = True
    """False for an approval that did not yet take the step."""


def present_cycle(history: Sequence[Deed], action: str) -> list[Deed]:
    """The newest time an action was taken, with the approvals that led to it.

    What lies between two approvals does not end the cycle; only coming into the state anew does.
    """
    cycle: list[Deed] = []
    for deed in reversed(history):
        if deed.action == action:
            if deed.complete and cycle:
                break
            cycle.append(deed)
        elif cycle and _enters(deed, cycle[-1].source):
            break
    return cycle


def _enters(deed: Deed, state: str) -> bool:
    return deed.complete and deed.target == state != deed.source


def conflicts(step: Transition, history: Sequence[Deed], person: str) -> Iterator[str]:
    """The earlier steps of the present cycle that this person took, and whoever takes ``step`` may not have."""
    for action in step.separate_from:
        if any(deed.person == person for deed in present_cycle(history, action)):
            yield action


def approvals_given(step: Transition, history: Sequence[Deed], state: str) -> list[Deed]:
    """Approvals given for a step since it was last taken or the case last came into its present state."""
    given: list[Deed] = []
    for deed in reversed(history):
        if _enters(deed, state) or (deed.complete and deed.action == step.action):
            break
        if deed.action == step.action:
            given.append(deed)
    return given


def acting_role(step: Transition, held: Sequence[Role], given: Sequence[Deed]) -> Role | None:
    """The role a person acts in: for an approval one that is still missing, if they hold it. None: they may not act."""
    able = [role for role in step.by if role in held]
    distinct = step.approvals.distinct_roles if step.approvals else ()
    wanted = [role for role in distinct if role in able]
    missing = [role for role in wanted if role not in {deed.role for deed in given}]
    return next(iter([*missing, *wanted, *able]), None)


def already_approved(given: Sequence[Deed], person: str) -> bool:
    """Whether this person gave an approval of the present round."""
    return any(deed.person == person for deed in given)


def missing_role(step: Transition, given: Sequence[Deed], role: Role) -> Role | None:
    """The role whose approval must come now, because no other approval is left to give."""
    if step.approvals is None:
        return None
    missing = [wanted for wanted in step.approvals.distinct_roles if wanted not in {deed.role for deed in given}]
    spare = step.approvals.n - len(given) - len(missing)
    return missing[0] if missing and spare <= 0 and role not in missing else None


def completes(step: Transition, given: Sequence[Deed], role: Role) -> bool:
    """Whether this approval is the last one the step needs."""
    if step.approvals is None:
        return True
    roles = {deed.role for deed in given} | {role}
    return len(given) + 1 >= step.approvals.n and set(step.approvals.distinct_roles) <= roles
