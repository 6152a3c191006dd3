"""Separation of duties and approvals, decided from the history of the present cycle; nobody stands above them."""

from collections.abc import Iterable, Sequence

from backoffice.access.actors import identities
from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.engine.spine import APPROVAL, TRANSITION
from backoffice.engine.values import Past, Question
from workflows.definition import Transition
from workflows.roles import COMPANY_SIDE, ROLE_LABELS, Role


def latest(history: Sequence[Past], action: str) -> list[Past]:
    """The newest time an action was taken, with the approvals that led to it: its present cycle.

    What lies between two approvals (a moved deadline, a step that stays in the state) does not end the cycle; only
    coming into the state anew does.
    """
    cycle: list[Past] = []
    for past in reversed(history):
        if past.action == action and past.kind in {TRANSITION, APPROVAL}:
            if past.kind == TRANSITION and cycle:
                break
            cycle.append(past)
        elif cycle and _enters(past, cycle[-1].source):
            break
    return cycle


def _enters(past: Past, state: str) -> bool:
    return past.target == state and past.source != state


def separated(question: Question) -> Iterable[Reason]:
    """A reason for every earlier step of this cycle that the same person took, in person or through a stand-in."""
    actor = question.actor
    acting = identities(actor, question.subject.scope, frozenset(question.step.by))
    for action in question.step.separate_from if acting else ():
        if any(acting & actor.behind(past.actor_id, past.role, past.at) for past in latest(question.history, action)):
            label = question.definition.label_of(action)
            yield Reason(
                "separation",
                Sentence(
                    f"'{label.ko}'을(를) 처리한 사람은 이 단계를 처리할 수 없습니다. 다른 담당자가 처리해야 합니다.",
                    f"Whoever took '{label.en}' may not take this step; somebody else must.",
                ),
                unblocks=question.step.by[0],
                link="history",
            )


def own_case(question: Question, role: Role) -> Reason | None:
    """Nobody decides on a case of their own organization (trust invariant 6)."""
    if role in COMPANY_SIDE or role is Role.SYSTEM:
        return None
    if question.actor.organizations & question.subject.scope.organizations:
        return Reason(
            "own_case",
            Sentence(
                "본인 소속 기관이 참여한 건은 처리할 수 없습니다. 다른 담당자가 처리해야 합니다.",
                "You belong to an organization in this case; somebody else must handle it.",
            ),
            unblocks=role,
        )
    return None


def approvals_so_far(history: Sequence[Past], step: Transition, state: str) -> list[Past]:
    """Approvals given for a step since the case last came into its present state, or since the step was last taken."""
    given: list[Past] = []
    for past in reversed(history):
        if past.kind == APPROVAL:
            if past.action == step.action:
                given.append(past)
        elif past.action == step.action or _enters(past, state):
            break
    return given


def approving_role(step: Transition, held: frozenset[Role], given: Sequence[Past]) -> Role:
    """The role an approval counts for: one that is still missing if the actor holds it."""
    wanted = [role for role in (step.approvals.distinct_roles if step.approvals else ()) if role in held]
    missing = [role for role in wanted if role not in {past.role for past in given}]
    return next(iter([*missing, *wanted, *(role for role in step.by if role in held)]))


def approval_reason(question: Question, role: Role, given: Sequence[Past]) -> Reason | None:
    """Why this actor cannot add an approval: they gave one already, in person or through a stand-in, or another role is still missing."""
    actor, step = question.actor, question.step
    assert step.approvals is not None  # noqa: S101  # only asked for steps with approvals
    acting = identities(actor, question.subject.scope, frozenset({role}))
    if any(acting & actor.behind(past.actor_id, past.role, past.at) for past in given):
        return Reason(
            "already_approved",
            Sentence(
                "이미 승인하셨습니다. 다른 승인자의 승인을 기다리고 있습니다.",
                "You approved already; another approval is awaited.",
            ),
            unblocks=next((wanted for wanted in step.approvals.distinct_roles if wanted != role), role),
        )
    missing = set(step.approvals.distinct_roles) - {past.role for past in given}
    if len(missing) >= step.approvals.n - len(given) and missing and role not in missing:
        wanted = min(missing)
        ko, en = ROLE_LABELS[wanted]
        return Reason(
            "role_missing",
            Sentence(f"{ko}의 승인이 더 필요합니다.", f"The approval of {en} is still missing."),
            unblocks=wanted,
        )
    return None


def completes(step: Transition, given: Sequence[Past], role: Role) -> bool:
    """Whether this approval is the last one the step needs."""
    if step.approvals is None:
        return True
    roles = {past.role for past in given} | {role}
    return len(given) + 1 >= step.approvals.n and set(step.approvals.distinct_roles) <= roles
