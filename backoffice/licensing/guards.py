"""Guards about technology transfer: candidates in reserve, royalties paid or owed, the broker's fee."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from backoffice.core import clock, money
from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.engine.values import Question
from backoffice.licensing import royalty
from backoffice.licensing.queries import LicenseFacts
from workflows.roles import Role


def _license(question: Question) -> LicenseFacts:
    found: LicenseFacts | None = question.facts["license"]
    return found or LicenseFacts()


def candidate_left(question: Question, _: Any) -> Reason | None:
    """A technology is in reserve whose supplier was not asked yet."""
    if _license(question).reserve > 0:
        return None
    return Reason(
        "no_candidate",
        Sentence(
            "예비 후보기술이 남아 있지 않습니다. 새 후보기술을 제안해 주세요.",
            "No candidate is in reserve; propose new ones.",
        ),
        unblocks=Role.ZONE_STAFF,
        link="license",
    )


def upfront_paid(question: Question, _: Any) -> Reason | None:
    """The upfront royalty came in, as the supplier confirmed."""
    owed = royalty.open_amount(_license(question).parts, royalty.UPFRONT)
    if owed == 0:
        return None
    return Reason(
        "upfront_owed",
        Sentence(
            f"선급기술료 {money.reading(owed)}의 납부가 확인되어야 합니다.",
            f"The upfront royalty is not paid yet: {owed:,} won.",
        ),
        unblocks=Role.SUPPLIER,
        link="license",
    )


def royalty_owed(question: Question, _: Any) -> Reason | None:
    """Something is still to be paid, now or by and by."""
    facts = _license(question)
    if royalty.open_amount(facts.parts) > 0 or (facts.terms and royalty.unreported(facts.terms, facts.parts)):
        return None
    return Reason(
        "nothing_owed",
        Sentence("더 낼 기술료가 없습니다.", "No royalty is left to pay."),
        link="license",
    )


def royalties_settled(question: Question, _: Any) -> Reason | None:
    """Every sum is paid, and every year's sales that are to be reported were reported."""
    facts = _license(question)
    owed = royalty.open_amount(facts.parts)
    years = royalty.unreported(facts.terms, facts.parts) if facts.terms else []
    if owed == 0 and not years:
        return None
    if owed > 0:
        ko, en = f"기술료 {money.reading(owed)}이 남아 있습니다.", f"{owed:,} won are still owed."
    else:
        ko = f"{years[0]}년 매출이 아직 보고되지 않았습니다."
        en = f"The sales of {years[0]} are not reported yet."
    return Reason("royalty_open", Sentence(ko, en), unblocks=Role.APPLICANT, link="license")


def no_arrears(question: Question, _: Any) -> Reason | None:
    """Nothing that was due before today is unpaid, and no year's sales are overdue."""
    facts, today = _license(question), clock.in_seoul(question.now).date()
    owed = royalty.overdue_amount(facts.parts, today)
    due = royalty.next_due(facts.terms, facts.parts) if facts.terms else None
    if owed == 0 and (due is None or due >= today):
        return None
    ko = (
        f"기한이 지난 기술료 {money.reading(owed)}이 남아 있습니다." if owed else f"매출 보고 기한({due})이 지났습니다."
    )
    en = f"{owed:,} won are overdue." if owed else f"The report of sales was due on {due}."
    return Reason("arrears", Sentence(ko, en), unblocks=Role.APPLICANT, link="license")


def broker_fee_within(question: Question, wanted: Mapping[str, int]) -> Reason | None:
    """``{percent: 5, most: 10000000}``: the typed ``amount`` is at most so much of the upfront royalty, and paid once."""
    facts = _license(question)
    if facts.broker_fee > 0:
        return Reason(
            "fee_paid",
            Sentence("중개수수료가 이미 지급되었습니다.", "The broker's fee is paid already."),
            link="license",
        )
    if question.input is None:
        return None
    upfront = sum(part.amount for part in facts.parts if part.kind == royalty.UPFRONT)
    share = (upfront * Decimal(wanted["percent"]) / 100).quantize(Decimal(1), ROUND_HALF_UP)
    most = min(int(share), int(wanted["most"]))
    if int(question.input.get("amount", 0)) <= most:
        return None
    return Reason(
        "fee_too_large",
        Sentence(
            f"중개수수료는 선급기술료의 {wanted['percent']}%, 최대 {money.reading(most)}까지입니다.",
            f"The fee is at most {wanted['percent']}% of the upfront royalty, here {most:,} won.",
        ),
    )
