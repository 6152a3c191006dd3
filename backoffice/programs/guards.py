"""Guards about the call a case answers: its period, its ceiling, its way of reviewing."""

from typing import Any

from backoffice.core import clock, money
from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.engine.values import CallTerms, Question
from workflows.roles import Role


def _terms(question: Question) -> CallTerms:
    found = question.facts["call"]
    assert isinstance(found, CallTerms)  # noqa: S101  # a step that asks about a call belongs to a case with one
    return found


def call_open(question: Question, _: Any) -> Reason | None:
    """Applications count from the opening to the closing time plus the printed grace, by the server's clock.

    A case that answers no call, such as one a company opened of its own accord, has no such period.
    """
    if question.facts["call"] is None:
        return None
    terms = _terms(question)
    if question.now < terms.opens_at:
        local = clock.in_seoul(terms.opens_at)
        return Reason(
            "call_not_open",
            Sentence(
                f"접수는 {local:%Y-%m-%d %H:%M}에 시작합니다.", f"The call opens at {local:%Y-%m-%d %H:%M} (Seoul)."
            ),
        )
    if question.now > terms.accepts_until:
        local = clock.in_seoul(terms.closes_at)
        return Reason(
            "call_closed",
            Sentence(
                f"접수가 {local:%Y-%m-%d %H:%M}에 마감되어 제출할 수 없습니다. 작성한 내용은 그대로 보관됩니다.",
                f"The call closed at {local:%Y-%m-%d %H:%M} (Seoul); what you wrote is kept.",
            ),
            unblocks=Role.HQ_STAFF,
            link="call",
        )
    return None


def call_closed(question: Question, _: Any) -> Reason | None:
    terms = _terms(question)
    if question.now > terms.accepts_until:
        return None
    local = clock.in_seoul(terms.accepts_until)
    return Reason(
        "call_still_open",
        Sentence(
            f"접수가 {local:%Y-%m-%d %H:%M}에 마감된 뒤에 할 수 있습니다.",
            f"Possible after the call closes at {local:%Y-%m-%d %H:%M} (Seoul).",
        ),
        link="call",
    )


def amount_within_call(question: Question, _: Any) -> Reason | None:
    requested = question.facts["case"].amount
    ceiling = _terms(question).max_amount
    if requested <= ceiling:
        return None
    return Reason(
        "amount_over_call",
        Sentence(
            f"신청 금액 {money.reading(requested)}이 이 공고의 한도 {money.reading(ceiling)}을 넘습니다.",
            f"The amount of {requested:,} won is over the ceiling of {ceiling:,} won.",
        ),
        unblocks=Role.APPLICANT,
        link="form:amount",
    )


def presentation(question: Question, wanted: Any) -> Reason | None:
    """``required`` or ``waived``: whether the call has a presentation round."""
    has = _terms(question).presentation
    if has == (wanted == "required"):
        return None
    if has:
        return Reason(
            "presentation_required",
            Sentence("이 공고는 발표평가를 해야 합니다.", "This call has a presentation round."),
            link="call",
        )
    return Reason(
        "presentation_waived",
        Sentence("이 공고에는 발표평가가 없습니다.", "This call has no presentation round."),
        link="call",
    )
