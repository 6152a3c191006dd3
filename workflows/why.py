"""Why a step is closed in a simulation: codes the engine knows too, and a sentence in both languages."""

from collections.abc import Sequence
from dataclasses import dataclass

from workflows.definition import Transition, Workflow, label_for
from workflows.roles import COMPANY_SIDE, ROLE_LABELS, Role
from workflows.values import Label, Named

SEPARATION, ALREADY_APPROVED, ROLE_MISSING = "separation", "already_approved", "role_missing"
WRONG_ROLE, NOT_FROM_HERE, UNKNOWN_ACTION = "wrong_role", "not_from_here", "unknown_action"
CODES = frozenset({SEPARATION, ALREADY_APPROVED, ROLE_MISSING, WRONG_ROLE, NOT_FROM_HERE, UNKNOWN_ACTION})
"""The reasons that are really computed. A guard that is assumed closed has its own name as its reason."""


@dataclass(frozen=True, slots=True)
class Why:
    """One reason why a step is closed."""

    code: str
    sentence: Label


def guard_closed(guard: Named) -> Why:
    return Why(
        guard.name,
        Label(
            ko=f"조건 '{_short(guard)}'이(가) 충족되지 않았다고 가정했습니다.",
            en=f"The condition '{_short(guard)}' is assumed not to hold.",
        ),
    )


def _short(guard: Named) -> str:
    return str(guard)[:120]


def separated(label: Label) -> Why:
    return Why(
        SEPARATION,
        Label(
            ko=f"'{label.ko[:120]}'을(를) 처리한 사람은 이 단계를 처리할 수 없습니다. 다른 담당자가 처리해야 합니다.",
            en=f"Whoever took '{label.en[:120]}' may not take this step; somebody else must.",
        ),
    )


def already_approved() -> Why:
    return Why(
        ALREADY_APPROVED,
        Label(
            ko="이미 승인한 사람입니다. 다른 승인자가 승인해야 합니다.",
            en="This person approved already; somebody else must.",
        ),
    )


def role_missing(role: Role) -> Why:
    ko, en = ROLE_LABELS[role]
    return Why(ROLE_MISSING, Label(ko=f"{ko}의 승인이 더 필요합니다.", en=f"The approval of {en} is still missing."))


def wrong_role(steps: Sequence[Transition]) -> Why:
    by = list(dict.fromkeys(role for step in steps for role in step.by))
    if not by:
        return Why(WRONG_ROLE, Label(ko="이 처리를 할 수 있는 역할이 없습니다.", en="No role may take this step."))
    ko = ", ".join(ROLE_LABELS[role][0] for role in by)
    en = ", ".join(ROLE_LABELS[role][1] for role in by)
    return Why(WRONG_ROLE, Label(ko=f"이 처리는 {ko}만 할 수 있습니다.", en=f"Only {en} may take this step."))


def not_from_here(workflow: Workflow, state: str, steps: Sequence[Transition], roles: Sequence[Role]) -> Why:
    """Where the action starts, in the words these roles may read."""
    public = bool(roles) and set(roles) <= COMPANY_SIDE
    sources = [name for step in steps for name in step.source if name in workflow.states]
    places = [label_for(workflow.state(name), public=public) for name in sources]
    here = label_for(workflow.state(state), public=public)
    ko = ", ".join(dict.fromkeys(f"'{label.ko}'" for label in places))
    en = ", ".join(dict.fromkeys(f"'{label.en}'" for label in places))
    return Why(
        NOT_FROM_HERE,
        Label.model_construct(
            ko=f"지금은 '{here.ko}' 단계입니다. 이 처리는 {ko} 단계에서 할 수 있습니다.",
            en=f"The case is in '{here.en}'; this step starts in {en}.",
        ),
    )
