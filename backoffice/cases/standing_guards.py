"""Guards about what stands around a case: sanctions elsewhere, a yearly ceiling, free places, members who qualify."""

from typing import Any

from backoffice.cases.standing import Elsewhere, Places
from backoffice.core import money
from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.engine.values import Question
from workflows.roles import ROLE_LABELS, Role


def no_case_elsewhere(question: Question, tag: str) -> Reason | None:
    """No organization of this case leads another open case in a state with this tag, such as a sanction in force."""
    found: list[Elsewhere] = question.facts["elsewhere"] or []
    other = next((one for one in found if tag in one.tags), None)
    if other is None:
        return None
    return Reason(
        "barred_elsewhere",
        Sentence(
            f"참여기관에 효력이 있는 다른 건({other.reference})이 있어 할 수 없습니다.",
            f"An organization of this case is held by {other.reference}.",
        ),
        unblocks=Role.HQ_STAFF,
    )


def yearly_amount_within(question: Question, ceiling: Any) -> Reason | None:
    """What one organization asks for in a program year, all its cases of this program together."""
    asked = int(question.facts["yearly"] or 0)
    if asked <= int(ceiling):
        return None
    return Reason(
        "yearly_ceiling",
        Sentence(
            f"올해 신청 금액 합계 {money.reading(asked)}이 기업당 연간 한도 {money.reading(int(ceiling))}을 넘습니다.",
            f"{asked:,} won are asked for this year; a company may have {int(ceiling):,} won.",
        ),
        unblocks=Role.APPLICANT,
    )


def _places(question: Question) -> Places:
    found: Places = question.facts["places"] or Places(0, {})
    return found


def places_left(question: Question, tag: str) -> Reason | None:
    """The call has a place that no case in a state with this tag holds; a call without a number has no limit."""
    places = _places(question)
    if places.total == 0 or places.taken.get(tag, 0) < places.total:
        return None
    return Reason(
        "no_place",
        Sentence(
            f"{places.total}자리가 모두 찼습니다. 자리가 날 때까지 기다려야 합니다.",
            f"All {places.total} places are taken; wait until one is free.",
        ),
        unblocks=Role.ZONE_STAFF,
        link="call",
    )


def places_taken(question: Question, tag: str) -> Reason | None:
    """All places are held: only then does somebody wait."""
    places = _places(question)
    if places.total > 0 and places.taken.get(tag, 0) >= places.total:
        return None
    return Reason(
        "place_free",
        Sentence("빈 자리가 있어 대기로 둘 필요가 없습니다.", "A place is free; nobody needs to wait."),
        link="call",
    )


def member_holds(question: Question, role: str) -> Reason | None:
    """A member organization besides the lead is registered in this role: somebody there holds it today."""
    if Role(role) in (question.facts["member_roles"] or frozenset()):
        return None
    ko, en = ROLE_LABELS[Role(role)]
    return Reason(
        "member_not_registered",
        Sentence(
            f"{ko}으로 등록된 참여기관이 없습니다. 등록된 기관을 고르거나 등록을 요청해 주세요.",
            f"No member is registered as {en}; choose one that is, or ask for its registration.",
        ),
        unblocks=Role.HQ_STAFF,
        link="form:members",
    )
