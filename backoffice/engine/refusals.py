"""The engine's own refusals and conflicts, as sentences."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from backoffice.core import clock
from backoffice.core.errors import Conflict, Reason
from backoffice.core.i18n import Sentence
from backoffice.engine.values import Subject
from workflows.definition import Transition
from workflows.machine import CompiledWorkflow
from workflows.roles import ROLE_LABELS
from workflows.values import Label


def wrong_role(step: Transition) -> Reason:
    ko = ", ".join(ROLE_LABELS[role][0] for role in step.by)
    en = ", ".join(ROLE_LABELS[role][1] for role in step.by)
    return Reason(
        "wrong_role",
        Sentence(f"이 처리는 {ko}만 할 수 있습니다.", f"Only {en} may take this step."),
        unblocks=step.by[0] if step.by else None,
    )


def unknown_action(compiled: CompiledWorkflow, action: str) -> Reason:
    known = ", ".join(compiled.workflow.actions())
    return Reason(
        "unknown_action",
        Sentence(
            f"'{action[:60]}'(이)라는 처리는 없습니다. 화면을 새로 고쳐 주세요.",
            f"There is no step '{action[:60]}'; known steps: {known}.",
        ),
    )


def input_missing() -> Reason:
    return Reason(
        "input_missing", Sentence("이 처리에 필요한 내용을 입력해 주세요.", "This step needs input; fill its form.")
    )


def moved(who: str, at: datetime, label: Label) -> Conflict:
    """Somebody else moved the case first."""
    local = clock.in_seoul(at)
    return Conflict(
        "stale",
        Sentence(
            f"{local:%Y-%m-%d %H:%M}에 {who} 님이 먼저 처리하여 지금은 '{label.ko}' 단계입니다. "
            "내용을 확인하고 다시 진행해 주세요.",
            f"{who} was faster ({local:%Y-%m-%d %H:%M}): the case moved to '{label.en}'. Look at it and try again.",
        ),
    )


def key_reused() -> Conflict:
    return Conflict(
        "key_reused",
        Sentence(
            "이 요청 번호는 이미 다른 처리에 쓰였습니다. 화면을 새로 고친 뒤 다시 시도해 주세요.",
            "This key was used for another step; reload the page and try again.",
        ),
    )


def undeclared(step: Transition, subject: Subject, other: Subject, action: str) -> None:
    """Raise RuntimeError when a step acts on another case in a way its definition does not declare.

    It may reach its own family only (the parent, what hangs on it, and what hangs on the same parent), by the actions
    that the arguments of its effects name.
    """
    family = {subject.id, subject.parent_id} - {None}
    kin = other.id == subject.parent_id or other.parent_id in family
    named = {word for effect in step.effects for word in _words(effect.argument)}
    if not kin or action not in named:
        raise RuntimeError(f"'{step.action}' does not declare that it takes '{action}' on case {other.id}")


def _words(argument: object) -> Iterator[str]:
    """Every word in the argument of an effect."""
    if isinstance(argument, str):
        yield argument
    elif isinstance(argument, Mapping):
        for value in argument.values():
            yield from _words(value)
    elif isinstance(argument, Sequence):
        for value in argument:
            yield from _words(value)
