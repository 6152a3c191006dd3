"""Guards about earlier steps of a case: taken or not, and what was asked and waits for its answer."""

from collections.abc import Mapping
from typing import Any

from backoffice.access.actors import roles_on
from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.engine.spine import TRANSITION
from backoffice.engine.values import Past, Question
from workflows.roles import ROLE_LABELS


def _taken(question: Question, action: str) -> bool:
    return any(past.action == action and past.kind == TRANSITION for past in question.history)


def done(question: Question, action: str) -> Reason | None:
    """A step was taken in this case before."""
    if _taken(question, action):
        return None
    label = question.definition.label_of(action)
    return Reason(
        "not_done_before",
        Sentence(f"'{label.ko}' 처리를 거친 건에서만 할 수 있습니다.", f"Only possible after '{label.en}'."),
        link="history",
    )


def not_done(question: Question, action: str) -> Reason | None:
    """A step was not taken in this case yet."""
    if not _taken(question, action):
        return None
    label = question.definition.label_of(action)
    return Reason(
        "done_before",
        Sentence(
            f"이미 '{label.ko}' 처리를 거친 건에서는 할 수 없습니다.", f"Not possible any more after '{label.en}'."
        ),
        link="history",
    )


def _asked(question: Question, wanted: Mapping[str, Any]) -> Past | None:
    """The newest request, unless it was answered since."""
    named = {wanted["asked"], *wanted["answered"]}
    newest = next(
        (past for past in reversed(question.history) if past.action in named and past.kind == TRANSITION), None
    )
    return newest if newest is not None and newest.action == wanted["asked"] else None


def nothing_asked(question: Question, wanted: Mapping[str, Any]) -> Reason | None:
    """``{asked: request_change, answered: [agree_change, refuse_change]}``: no request waits for its answer."""
    if _asked(question, wanted) is None:
        return None
    label = question.definition.label_of(wanted["asked"])
    return Reason(
        "asked_already",
        Sentence(f"'{label.ko}'에 대한 답을 기다리고 있습니다.", f"'{label.en}' waits for an answer."),
        link="history",
    )


def asked_by_other(question: Question, wanted: Mapping[str, Any]) -> Reason | None:
    """A request waits, and it came from another side than the one that answers now."""
    label = question.definition.label_of(wanted["asked"])
    request = _asked(question, wanted)
    if request is None:
        return Reason(
            "nothing_asked",
            Sentence(f"답할 '{label.ko}'이(가) 없습니다.", f"No '{label.en}' waits for an answer."),
            link="history",
        )
    if request.role not in roles_on(question.actor, question.subject.scope):
        return None
    ko, en = ROLE_LABELS[next(role for role in question.step.by if role != request.role)]
    return Reason(
        "own_request",
        Sentence(
            f"요청한 쪽에서는 답할 수 없습니다. {ko}이(가) 답해야 합니다.",
            f"The side that asked cannot answer; {en} must.",
        ),
        unblocks=next(role for role in question.step.by if role != request.role),
    )
