"""Technology transfer through the engine: candidates in reserve, terms, royalties, support, change and end."""

from datetime import timedelta

import pytest

from backoffice.cases import queries as cases
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Invalid, NotFound, Refused
from backoffice.engine.chain import verify
from backoffice.engine.perform import Engine
from backoffice.funding import queries as funding
from backoffice.licensing import queries as licensing
from tests.licensing.deal import Deal
from tests.make import MILLION, attach_file


def reasons_of(deal: Deal, action: str, person: object, **typed: object) -> list[str]:
    with pytest.raises(Refused) as refused:
        deal.do(action, person, **typed)  # type: ignore[arg-type]
    return [reason.code for reason in refused.value.reasons]


def sees(deal: Deal, person: object) -> bool:
    try:
        cases.case(deal.case().reference, person)  # type: ignore[arg-type]
    except NotFound:
        return False
    return True


def test_a_supplier_sees_the_demand_only_while_it_is_the_one_that_is_asked(office: Engine) -> None:
    deal = Deal(office).searching()
    assert not sees(deal, deal.supplier)
    deal.proposed()
    assert (sees(deal, deal.supplier), sees(deal, deal.next_supplier)) == (True, False)
    deal.do("decline_match", deal.supplier, reason="이미 다른 기업에 전용실시권을 주었습니다.")
    assert not sees(deal, deal.supplier)
    deal.do("propose_next", deal.zone_staff)
    assert (sees(deal, deal.supplier), sees(deal, deal.next_supplier)) == (False, True)
    deal.do("decline_match", deal.applicant, reason="요구 성능에 미치지 못합니다.")
    assert reasons_of(deal, "propose_next", deal.zone_staff) == ["no_candidate"]
    assert [row.status for row in licensing.candidates(deal.case_id)] == ["dropped", "dropped"]


def test_after_a_failed_negotiation_the_next_partner_gets_the_contract(office: Engine) -> None:
    deal = Deal(office).searching().proposed().negotiating()
    deal.do("break_negotiation", deal.supplier, reason="기술료 수준에 합의하지 못했습니다.")
    deal.do("propose_next", deal.zone_staff)
    deal.negotiating(deal.next_supplier).terms()
    for person in (deal.next_supplier, deal.applicant):
        deal.do("agree_terms", person)
    deal.papers()
    deal.do("sign_contract", deal.approver)
    found = licensing.license_of(deal.case_id)
    assert found is not None
    assert found.supplier_id == deal.second.id


def test_the_company_cannot_be_its_own_supplier(office: Engine) -> None:
    deal = Deal(office).searching()
    own = {
        "technology": "자기 기술", "supplier": deal.company.name_ko,
        "business_number": deal.company.business_number, "zone": "GS-GIMHAE",
    }  # fmt: skip
    with pytest.raises(Invalid):
        deal.do("propose_match", deal.zone_staff, candidates=[own])


def test_the_handing_over_waits_for_the_upfront_royalty(office: Engine) -> None:
    deal = Deal(office).signed()
    assert reasons_of(deal, "start_delivery", deal.supplier) == ["upfront_owed"]
    deal.pay(1, 15 * MILLION)
    assert reasons_of(deal, "start_delivery", deal.supplier) == ["upfront_owed"]
    with pytest.raises(Invalid) as invalid:
        deal.pay(1, 26 * MILLION)
    assert "2,500만 원" in invalid.value.sentence.ko
    deal.pay(1, 25 * MILLION)
    deal.do("start_delivery", deal.supplier)


def test_a_lump_sum_transfer_goes_straight_to_outcome_tracking(office: Engine) -> None:
    deal = Deal(office).signed().delivering()
    row = {"year": clock.today().year, "sales": 10 * MILLION}
    assert reasons_of(deal, "report_sales", deal.applicant, **row) == ["nothing_owed"]
    deal.fill("delivery", {"results": "공정 조건과 설비 운용을 전수하였습니다.", "days": 12}, deal.supplier)
    deal.handed_over("finish_without_royalty")
    assert "tracked" in office.compiled(office.subject(deal.case_id)).workflow.state(deal.case().state).tags
    assert deal.case().due_at is not None
    assert clock.in_seoul(deal.case().due_at).year == clock.today().year + 5
    assert [row.workflow for row in cases.linked(deal.case_id)] == ["outcome_report"]
    assert verify(db.session)[1] == []


def running(office: Engine) -> Deal:
    """A contract with 3 percent of sales, at least 2 million won a year, that is handed over."""
    deal = Deal(office).searching().proposed().negotiating().terms(rate="3", minimum=2 * MILLION).agreed().papers()
    deal.do("sign_contract", deal.approver)
    return deal.delivering().handed_over()


def test_sales_are_billed_paid_and_at_the_end_settled(office: Engine) -> None:
    deal = running(office)
    year = clock.today().year
    deal.do("report_sales", deal.applicant, year=year, sales=500 * MILLION)
    part = licensing.parts_of(deal.case_id)[-1]
    assert (part.amount, part.year) == (15 * MILLION, year)
    deal.do("report_sales", deal.applicant, year=year, sales=10 * MILLION)
    assert licensing.parts_of(deal.case_id)[-1].amount == 2 * MILLION
    deal.pay(2, 2 * MILLION)
    with pytest.raises(Invalid):
        deal.do("report_sales", deal.applicant, year=year, sales=20 * MILLION)
    assert reasons_of(deal, "settle_royalty", deal.supplier) == ["royalty_open"]
    for later in range(1, 4):
        with clock.travelling(clock.now() + timedelta(days=365 * later)):
            deal.do("report_sales", deal.applicant, year=year + later, sales=0)
            deal.pay(2 + later, 2 * MILLION)
    deal.do("settle_royalty", deal.supplier)


def test_a_missed_payment_makes_arrears_until_nothing_is_overdue(office: Engine) -> None:
    deal = running(office)
    deal.do("report_sales", deal.applicant, year=clock.today().year, sales=500 * MILLION)
    with clock.travelling(clock.now() + timedelta(days=60)):
        assert office.breach() >= 1
        assert "late" in office.compiled(office.subject(deal.case_id)).workflow.state(deal.case().state).tags
        deal.do("remind_payment", deal.zone_staff, reason="30일 안에 납부해 주시기 바랍니다.")
        deal.pay(2, 10 * MILLION)
        assert reasons_of(deal, "clear_arrears", deal.supplier) == ["arrears"]
        deal.pay(2, 5 * MILLION)
        deal.do("clear_arrears", deal.supplier)
    assert "late" not in office.compiled(office.subject(deal.case_id)).workflow.state(deal.case().state).tags


def test_a_change_needs_the_other_side(office: Engine) -> None:
    deal = running(office)
    ends = clock.today().replace(year=clock.today().year + 6, day=1).isoformat()
    deal.do("request_change", deal.applicant, description="계약 기간을 3년 연장하고자 합니다.", new_ends_on=ends)
    assert reasons_of(deal, "agree_change", deal.applicant) == ["own_request"]
    assert reasons_of(deal, "request_change", deal.supplier, description="요율을 낮추고자 합니다.") == ["asked_already"]
    deal.do("agree_change", deal.supplier)
    found = licensing.license_of(deal.case_id)
    assert found is not None
    assert (found.version, found.ends_on.isoformat()) == (2, ends)
    assert reasons_of(deal, "refuse_change", deal.supplier, reason="이미 동의하였습니다.") == ["nothing_asked"]


def test_the_brokers_fee_has_a_ceiling_and_is_paid_once(office: Engine) -> None:
    deal = Deal(office).signed().delivering()
    fee = {"broker": "한빛기술거래", "paid_on": clock.today().isoformat()}
    assert reasons_of(deal, "pay_broker", deal.finance, amount=2_000_001, **fee) == ["fee_too_large"]
    deal.do("pay_broker", deal.finance, amount=2 * MILLION, **fee)
    assert reasons_of(deal, "pay_broker", deal.finance, amount=1, **fee) == ["fee_paid"]


def supported(office: Engine) -> Deal:
    """Twenty million won of support were granted and paid."""
    deal = Deal(office, budget=100 * MILLION).searching().proposed().negotiating().terms()
    deal.fill("support", {"requested": 20 * MILLION, "grounds": "선급기술료 자금이 부족합니다."}, deal.applicant)
    attach_file(deal.case(), "quotation_file", deal.applicant, form="support")
    deal.do("apply_support", deal.applicant)
    deal.do("approve_support", deal.approver, amount=20 * MILLION, resolution="2026-심의-31")
    deal.papers()
    today = clock.today()
    terms = {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=180)).isoformat(), "first_share": "100"}
    assert reasons_of(deal, "sign_contract", deal.approver) == ["support_reserved"]
    deal.do("sign_supported_contract", deal.approver, **terms)
    deal.pay(1, 40 * MILLION)
    usage = [{"spent_on": today.isoformat(), "category": "upfront", "payee": "재료연구원", "amount": 40 * MILLION}]
    deal.fill("support_account", {"usage": usage}, deal.applicant)
    attach_file(deal.case(), "proof_file", deal.applicant, form="support_account")
    deal.do("order_support", deal.finance)
    assert reasons_of(deal, "pay_support", deal.finance) == ["separation"]
    deal.do("pay_support", deal.payer)
    return deal


def test_support_is_at_most_half_of_the_upfront_royalty(office: Engine) -> None:
    deal = Deal(office, budget=100 * MILLION).searching().proposed().negotiating().terms()
    deal.fill(
        "support", {"requested": 20 * MILLION + 1_000, "grounds": "선급기술료 자금이 부족합니다."}, deal.applicant
    )
    attach_file(deal.case(), "quotation_file", deal.applicant, form="support")
    assert reasons_of(deal, "apply_support", deal.applicant) == ["share_too_large"]


def test_support_is_paid_by_two_people_and_goes_back_when_the_contract_is_terminated(office: Engine) -> None:
    deal = supported(office)
    agreement = funding.agreement_of(deal.case_id)
    assert agreement is not None
    assert agreement.disbursed == 20 * MILLION
    for person in (deal.approver, deal.hq_staff):
        deal.do("terminate", person, reason="공급기관의 권리가 무효로 확정되었습니다.")
    assert reasons_of(deal, "close_terminated", deal.payer) == ["not_calculated"]
    deal.do("assess_recovery", deal.finance, disallowed=20 * MILLION)
    assert reasons_of(deal, "close_terminated", deal.payer) == ["recovery_due"]
    deal.do("complete_recovery", deal.payer, amount=20 * MILLION, paid_on=clock.today().isoformat())
    assert deal.case().final == "cancelled"
    assert verify(db.session)[1] == []


def test_without_support_a_terminated_contract_just_ends(office: Engine) -> None:
    deal = Deal(office).signed()
    for person in (deal.hq_staff, deal.approver):
        deal.do("terminate", person, reason="기업이 사업을 접었습니다.")
    deal.do("close_terminated", deal.finance)
    assert licensing.parts_of(deal.case_id) == []


def test_a_withdrawn_demand_gives_its_support_back_to_the_budget(office: Engine) -> None:
    deal = Deal(office, budget=100 * MILLION).searching().proposed().negotiating().terms()
    deal.fill("support", {"requested": 20 * MILLION, "grounds": "선급기술료 자금이 부족합니다."}, deal.applicant)
    attach_file(deal.case(), "quotation_file", deal.applicant, form="support")
    deal.do("apply_support", deal.applicant)
    deal.do("approve_support", deal.approver, amount=20 * MILLION, resolution="2026-심의-31")
    line = funding.budget_line(deal.case().call_id or 0)
    assert line is not None
    assert line.reserved == 20 * MILLION
    deal.do("renegotiate", deal.applicant, reason="기술료를 다시 협의합니다.")
    db.session.refresh(line)
    assert line.reserved == 0


def test_a_match_nobody_answers_goes_back_to_the_search(office: Engine) -> None:
    deal = Deal(office).searching().proposed()
    with clock.travelling(clock.now() + timedelta(days=20)):
        assert office.breach() == 1
        deal.do("propose_next", deal.zone_staff)
        assert sees(deal, deal.next_supplier)
