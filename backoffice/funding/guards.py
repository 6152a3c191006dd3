"""Guards about money: budget, award, instalments, settlement."""

from typing import Any

from backoffice.core import clock, money
from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.engine.values import Question
from backoffice.funding.queries import FundingFacts
from workflows.roles import Role


def _money(question: Question) -> FundingFacts:
    found: FundingFacts | None = question.facts["funding"]
    return found or FundingFacts()


def budget_available(question: Question, _: Any) -> Reason | None:
    """The call has budget left: for the amount typed, or for anything at all while the step is only offered."""
    left = _money(question).budget_left
    if left is None:
        return Reason(
            "no_budget",
            Sentence("이 공고에 예산이 등록되지 않았습니다.", "The call has no budget yet."),
            unblocks=Role.HQ_STAFF,
            link="budget",
        )
    wanted = int((question.input or {}).get("amount", 1))
    requested = question.facts["case"].amount
    if wanted > left:
        return Reason(
            "budget_short",
            Sentence(f"예산 잔액이 {money.reading(left)}입니다.", f"The budget left is {left:,} won."),
            unblocks=Role.HQ_STAFF,
            link="budget",
        )
    if wanted > requested:
        return Reason(
            "over_request",
            Sentence(
                f"지원 결정액은 신청 금액 {money.reading(requested)}을 넘을 수 없습니다.",
                f"The award cannot exceed the {requested:,} won requested.",
            ),
        )
    return None


def amount_within_award(question: Question, _: Any) -> Reason | None:
    awarded, requested = _money(question).reserved, question.facts["case"].amount
    if requested <= awarded:
        return None
    return Reason(
        "over_award",
        Sentence(
            f"수정계획서의 금액 {money.reading(requested)}이 지원 결정액 {money.reading(awarded)}을 넘습니다.",
            f"The revised plan asks for {requested:,} won; {awarded:,} were awarded.",
        ),
        unblocks=Role.APPLICANT,
        link="form:application",
    )


def agreement_within_reservation(question: Question, _: Any) -> Reason | None:
    facts = _money(question)
    if 0 < facts.agreed <= facts.reserved:
        return None
    return Reason(
        "agreement_over_reservation",
        Sentence("협약 금액이 배정된 예산과 맞지 않습니다.", "The agreement does not match the reserved budget."),
        unblocks=Role.HQ_STAFF,
        link="agreement",
    )


def award_at_most(question: Question, ceiling: Any) -> Reason | None:
    """Small grants may skip the final review (Decree 16(3)3)."""
    if _money(question).agreed <= int(ceiling):
        return None
    return Reason(
        "award_too_large",
        Sentence(
            f"협약 금액이 {money.reading(int(ceiling))} 이하일 때만 생략할 수 있습니다.",
            f"Only possible up to {int(ceiling):,} won.",
        ),
    )


def change_within_award(question: Question, _: Any) -> Reason | None:
    """A requested rise needs budget; the exact amount is checked again when it is booked."""
    if _money(question).agreed > 0:
        return None
    return Reason(
        "no_agreement", Sentence("체결된 협약이 없습니다.", "There is no concluded agreement."), link="agreement"
    )


def instalment_open(question: Question, _: Any) -> Reason | None:
    facts = _money(question)
    if facts.ordered_instalment is not None:
        return Reason(
            "payment_pending",
            Sentence(
                f"{facts.ordered_instalment}차 지급이 아직 처리되지 않았습니다.",
                f"Instalment {facts.ordered_instalment} is ordered but not paid yet.",
            ),
            unblocks=Role.FINANCE,
            link="agreement",
        )
    if facts.open_instalment is None:
        return Reason(
            "no_instalment", Sentence("지급할 회차가 없습니다.", "No instalment is left to pay."), link="agreement"
        )
    return None


def payment_ordered(question: Question, _: Any) -> Reason | None:
    if _money(question).ordered_instalment is not None:
        return None
    return Reason(
        "no_order",
        Sentence("지급 요청된 회차가 없습니다.", "No payment is ordered."),
        unblocks=Role.FINANCE,
        link="agreement",
    )


def no_payment_pending(question: Question, _: Any) -> Reason | None:
    number = _money(question).ordered_instalment
    if number is None:
        return None
    return Reason(
        "payment_pending",
        Sentence(f"{number}차 지급을 먼저 처리해 주세요.", f"Instalment {number} must be paid or recalled first."),
        unblocks=Role.FINANCE,
        link="agreement",
    )


def period_over(question: Question, _: Any) -> Reason | None:
    end = _money(question).ends_on
    if end is not None and clock.in_seoul(question.now).date() > end:
        return None
    return Reason(
        "period_running",
        Sentence(
            f"협약 종료일({end or '-'})이 지난 뒤에 할 수 있습니다.",
            f"Possible after the agreement ends ({end or '-'}).",
        ),
        link="agreement",
    )


def agreement_goes_on(question: Question, name: Any) -> Reason | None:
    """``form.field``: the agreement runs on after the date answered there, so that one more year is to be reported."""
    form, _, field = str(name).partition(".")
    day, end = (question.facts["answers"] or {}).get(form, {}).get(field), _money(question).ends_on
    if end is not None and isinstance(day, str) and end.isoformat() > day:
        return None
    return Reason(
        "last_year",
        Sentence(
            f"협약 종료일({end or '-'})이 마지막 연도에 들어 있어 최종보고로 갈음합니다.",
            f"This is the last year of the agreement ({end or '-'}); the final report takes its place.",
        ),
        link="agreement",
    )


def settlement_calculated(question: Question, _: Any) -> Reason | None:
    if _money(question).recovery is not None:
        return None
    return Reason(
        "not_calculated",
        Sentence("정산액을 먼저 산출해 주세요.", "Calculate the settlement first."),
        unblocks=Role.FINANCE,
        link="money",
    )


def nothing_to_recover(question: Question, _: Any) -> Reason | None:
    recovery = _money(question).recovery or 0
    if recovery == 0:
        return None
    return Reason(
        "recovery_due",
        Sentence(f"환수할 금액이 {money.reading(recovery)} 있습니다.", f"{recovery:,} won must go back first."),
        unblocks=Role.APPROVER,
        link="money",
    )


def something_to_recover(question: Question, _: Any) -> Reason | None:
    if (_money(question).recovery or 0) > 0:
        return None
    return Reason("nothing_due", Sentence("환수할 금액이 없습니다.", "Nothing is to be recovered."), link="money")


def support(question: Question, wanted: Any) -> Reason | None:
    """``reserved``, ``agreed`` or ``none``: how far the foundation's own money is promised to this case."""
    facts = _money(question)
    stands = "agreed" if facts.agreed else ("reserved" if facts.held else "none")
    if stands == wanted:
        return None
    words = {
        "none": ("지원금이 배정되지 않은 건입니다.", "No support was granted to this case."),
        "reserved": ("지원금이 배정된 건입니다. 지원 협약과 함께 처리해 주세요.", "Support is reserved; conclude it together with its agreement."),
        "agreed": ("지원 협약이 이미 체결되었습니다.", "The agreement on support is concluded already."),
    }  # fmt: skip
    return Reason(f"support_{stands}", Sentence(*words[stands]), unblocks=Role.APPROVER, link="money")


def support_accounted(question: Question, _: Any) -> Reason | None:
    """Where support was agreed, the finance office has calculated what goes back, if anything."""
    facts = _money(question)
    if facts.agreed == 0 or facts.recovery is not None:
        return None
    return Reason(
        "not_calculated",
        Sentence("지급한 지원금의 환수액을 먼저 산출해 주세요.", "Calculate first what part of the support goes back."),
        unblocks=Role.FINANCE,
        link="money",
    )
